package aiops

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/pcl"
)

// parse reads JSON, numbers as they are written; nil if it is none.
func parse(raw []byte) any {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return nil
	}
	return value
}

// rule is what this package looks at in a router's rule. The rule itself stays
// as it is.
type rule struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	// Conditions may be absent, or null, or have nulls: then the rule always
	// matches.
	Conditions []*condition `json:"conditions"`
	Disabled   isTrue       `json:"disabled"`
	Actions    struct {
		RouteTo string          `json:"route_to"`
		Dynamic json.RawMessage `json:"dynamic_route_to"`
	} `json:"actions"`
}

// isTrue is whether a value is true. Other values, which PagerDuty doesn't send, keep
// no rule from being read.
type isTrue bool

// UnmarshalJSON implements [json.Unmarshaler].
func (is *isTrue) UnmarshalJSON(data []byte) error {
	*is = string(data) == "true"
	return nil
}

type condition struct {
	Expression string `json:"expression"`
}

func (r rule) isDynamic() bool {
	return len(r.Actions.Dynamic) > 0 && string(r.Actions.Dynamic) != "null"
}

// read reads rules, or names the first that is none.
func read(raw []json.RawMessage) ([]rule, error) {
	out := make([]rule, len(raw))
	for i, r := range raw {
		if err := json.Unmarshal(r, &out[i]); err != nil {
			return nil, fmt.Errorf("rules[%d] is not of the form that get_event_orchestration_router shows", i)
		}
	}
	return out, nil
}

// checkCondition returns what is wrong with a condition in PagerDuty's Condition
// Language, "" if nothing is.
func checkCondition(s string) string {
	if _, err := pcl.Parse(s); err != nil {
		return fmt.Sprintf("is not in PagerDuty's Condition Language: %v; write it as in event.summary matches part 'database' and event.severity matches 'critical'", err)
	}
	return ""
}

// label names a rule in an answer.
type label struct {
	ID    string `json:"id,omitzero"`
	Label string `json:"label,omitzero"`
}

// difference is what an update did to a router's rules.
type difference struct {
	Added   []label `json:"added,omitempty"`
	Removed []label `json:"removed,omitempty"`
	Changed []label `json:"changed,omitempty"`
	Moved   []label `json:"moved,omitempty"`
}

// compare tells two versions of a router's rules apart, by the rules' ids.
func compare(before, after []json.RawMessage) difference {
	var d difference
	old, _ := read(before)
	now, _ := read(after)
	index := func(list []rule, id string) int {
		return slices.IndexFunc(list, func(r rule) bool { return r.ID == id })
	}
	var order []int // where the rules that stayed were before
	var stayed []rule
	for i, r := range now {
		was := index(old, r.ID)
		if r.ID == "" || was < 0 {
			d.Added = append(d.Added, label{r.ID, r.Label})
			continue
		}
		order, stayed = append(order, was), append(stayed, r)
		if !same(before[was], after[i]) {
			d.Changed = append(d.Changed, label{r.ID, r.Label})
		}
	}
	for _, r := range old {
		if index(now, r.ID) < 0 {
			d.Removed = append(d.Removed, label{r.ID, r.Label})
		}
	}
	kept := longestRising(order)
	for i, r := range stayed {
		if !kept[i] {
			d.Moved = append(d.Moved, label{r.ID, r.Label})
		}
	}
	return d
}

// longestRising marks the members of a longest rising subsequence: of rules in a
// new order those that need not have moved.
func longestRising(list []int) []bool {
	length, previous := make([]int, len(list)), make([]int, len(list))
	last := -1
	for i := range list {
		length[i], previous[i] = 1, -1
		for j := range i {
			if list[j] < list[i] && length[j]+1 > length[i] {
				length[i], previous[i] = length[j]+1, j
			}
		}
		if last < 0 || length[i] > length[last] {
			last = i
		}
	}
	kept := make([]bool, len(list))
	for i := last; i >= 0; i = previous[i] {
		kept[i] = true
	}
	return kept
}
