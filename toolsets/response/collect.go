package response

import (
	"iter"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
)

// span is [tool.Span] without the words on how to write times: a model that knows one
// tool of the set knows them all.
type span struct {
	Since  tool.Time   `json:"since,omitzero"`
	Until  tool.Time   `json:"until,omitzero"`
	Period tool.Period `json:"period,omitzero" hidden:"true"`
}

// Range is [tool.Span.Range] for times that lie behind.
func (s span) Range(call *tool.Call) (since, until time.Time, err error) {
	return tool.Span(s).Range(call, tool.Begin)
}

// both is Range for a search in PagerDuty, with what the answer says it was: of times
// of which only the first was given, the last is now. PagerDuty ends some searches
// elsewhere when it is not told.
func (s span) both(call *tool.Call) (since, until time.Time, window string, err error) {
	since, until, err = s.Range(call)
	switch {
	case err != nil || since.IsZero() && until.IsZero():
		return since, until, "", err
	case since.IsZero():
		return since, until, "until " + call.At(until), nil
	case !until.IsZero():
		return since, until, call.Window(since, until), nil
	case !since.Before(call.Now):
		return since, until, "", tool.Wrong("since: %s is not before now; give a time that lies behind", when.Clock(since, call.Zone))
	}
	// PagerDuty's clock may be ahead, and until is not in the range.
	return since, call.Now.Add(time.Minute), call.Window(since, call.Now), nil
}

// within is a list that says which times were searched, if some were.
func within[T any](list tool.List[T], window string) tool.List[T] {
	if window != "" {
		list.AddFact("window", window)
	}
	return list
}

// all reads the records of pages.
func all[T any](pages iter.Seq2[pdapi.Page[T], error]) (records []T, err error) {
	records, _, err = allOf(pages)
	return records, err
}

// allOf reads the records of pages, and whether there are more.
func allOf[T any](pages iter.Seq2[pdapi.Page[T], error]) (records []T, more bool, err error) {
	for page, err := range pages {
		if err != nil {
			return records, false, err
		}
		records, more = append(records, page.Items...), page.More
	}
	return records, more, nil
}

// newestFirst puts records together, each once, the newest first.
func newestFirst[T any](lists [][]T, of func(T) (id string, at time.Time)) []T {
	var merged []T
	seen := map[string]bool{}
	for _, list := range lists {
		for _, r := range list {
			if id, _ := of(r); !seen[id] {
				seen[id] = true
				merged = append(merged, r)
			}
		}
	}
	slices.SortStableFunc(merged, func(x, y T) int {
		_, earlier := of(x)
		_, later := of(y)
		return later.Compare(earlier)
	})
	return merged
}
