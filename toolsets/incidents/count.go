package incidents

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// counting are the arguments that ask how many incidents there are, instead of which.
type counting struct {
	CountBy []string `json:"count_by,omitzero" enum:"day,week,service,team,urgency,priority,status,assignee" max:"2" alias:"group_by,by,per" doc:"Only count, by one or two"`
	Total   bool     `json:"total,omitzero" doc:"Only how many"`
}

func (c counting) isWanted() bool { return c.Total || len(c.CountBy) > 0 }

// NeedsZone reports whether incidents are counted by days, which are the caller's.
func (c counting) NeedsZone() bool {
	return slices.Contains(c.CountBy, "day") || slices.Contains(c.CountBy, "week")
}

const (
	// countTime is how much of a call's time is left for what comes after counting.
	countTime = 5 * time.Second
	// maxWithin is how many objects are shown where a count is divided a second time.
	maxWithin = 5
)

// count says how many incidents a filter finds, in all and by what was asked for. Of
// objects, such as services, it shows the most frequent ones.
func (c counting) count(ctx context.Context, call tool.Reading, filter pdapi.IncidentFilter, most int) (tool.List[incident], error) {
	list := tool.List[incident]{Name: "incidents"}
	by := slices.Compact(slices.Clone(c.CountBy))
	counted, known, err := countTotals(ctx, call.PD, filter, by)
	if err == nil && !known {
		counted, err = countRecords(ctx, call, filter, by, &list)
	}
	if err != nil {
		return list, fmt.Errorf("counting incidents: %w", err)
	}
	list.Instead = []tool.Fact{{Name: "total", Value: counted.count}}
	if counted.of > 0 {
		list.Instead = []tool.Fact{{Name: "total", Value: counted.of}, {Name: "counted", Value: counted.count}}
	}
	if len(by) > 0 {
		shown, rest := counted.shown(by, most)
		list.Instead = append(list.Instead, tool.Fact{Name: "by_" + by[0], Value: shown})
		if rest.groups > 0 {
			list.AddNote("%d more with %d incidents in all are left out; raise limit to see them.", rest.groups, rest.incidents)
		}
	}
	for _, dimension := range by {
		switch {
		case dimension == "team" && counted.several["team"]:
			list.AddNote("Incidents of several teams count for each.")
		case dimension == "assignee" && counted.several["assignee"]:
			list.AddNote("Incidents assigned to several users count for each.")
		}
		if dimension == "assignee" && (len(filter.Statuses) == 0 || slices.Contains(filter.Statuses, "resolved")) {
			list.AddNote("Resolved incidents are assigned to no one.")
		}
	}
	return list, nil
}

// group is what incidents have in common that are counted together: a day, a status,
// or an object.
type group struct {
	value string // a day, a status …; of an object empty
	ref   tool.Ref
}

// noObject stands for what an incident doesn't have. It has no id.
var noObject = group{ref: tool.Ref{Summary: "(none)"}}

// tally is how many incidents there are in a group.
type tally struct {
	count   int
	of      int              // how many there are, where not all were counted
	within  map[group]*tally // by the next dimension
	several map[string]bool  // the dimensions in which an incident is in several groups
}

func (t *tally) at(g group) *tally {
	if t.within == nil {
		t.within = map[group]*tally{}
	}
	if t.within[g] == nil {
		t.within[g] = &tally{}
	}
	return t.within[g]
}

// add counts an incident in its groups.
func (t *tally) add(groups [][]group) {
	t.count++
	if len(groups) == 0 {
		return
	}
	for _, g := range groups[0] {
		t.at(g).add(groups[1:])
	}
}

// groupsOf are the groups that an incident belongs to, by a dimension.
func groupsOf(i pdapi.Incident, dimension string, zone *time.Location) []group {
	created := i.CreatedAt.In(zone)
	switch dimension {
	case "day":
		return []group{{value: created.Format(time.DateOnly)}}
	case "week": // the Monday that it begins with
		return []group{{value: created.AddDate(0, 0, -(int(created.Weekday())+6)%7).Format(time.DateOnly)}}
	case "urgency":
		return []group{{value: cmp.Or(i.Urgency, "unknown")}}
	case "status":
		return []group{{value: cmp.Or(i.Status, "unknown")}}
	}
	var refs []pdapi.Reference
	switch dimension {
	case "service":
		if i.Service != nil {
			refs = append(refs, *i.Service)
		}
	case "priority":
		if i.Priority != nil {
			refs = append(refs, *i.Priority)
		}
	case "team":
		refs = i.Teams
	case "assignee":
		for _, a := range i.Assignments {
			refs = append(refs, a.Assignee)
		}
	}
	var groups []group
	for _, ref := range tool.RefsTo(refs) {
		if g := (group{ref: ref}); !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	if groups == nil {
		return []group{noObject}
	}
	return groups
}

// countRecords counts incidents by listing them, as far as PagerDuty lists them and
// time allows. Incidents that are opened meanwhile move others to the next page: each
// counts once.
func countRecords(ctx context.Context, call tool.Reading, filter pdapi.IncidentFilter, by []string, list *tool.List[incident]) (*tally, error) {
	counted, seen := &tally{several: map[string]bool{}}, map[string]bool{}
	filter.SortBy = "created_at:desc"
	listing, cancel := context.WithCancel(ctx)
	defer cancel()
	if end, ok := ctx.Deadline(); ok {
		listing, cancel = context.WithDeadline(ctx, end.Add(-countTime))
		defer cancel()
	}
	for page, err := range call.PD.Incidents(listing, filter, pdapi.Window{Limit: pdapi.MaxDepth}) {
		if err != nil && (ctx.Err() != nil || counted.count == 0) {
			return nil, err
		}
		if err == nil {
			for _, found := range page.Items {
				if seen[found.ID] {
					continue
				}
				seen[found.ID] = true
				var groups [][]group
				for _, dimension := range by {
					in := groupsOf(found, dimension, call.Zone)
					counted.several[dimension] = counted.several[dimension] || len(in) > 1
					groups = append(groups, in)
				}
				counted.add(groups)
			}
		}
		if err == nil && !page.Capped {
			continue
		}
		why := fmt.Sprintf("PagerDuty lists no more than %d", pdapi.MaxDepth)
		if err != nil {
			why = "PagerDuty did not list more in time"
		}
		if n, known, _ := call.PD.CountIncidents(ctx, filter); known && n > counted.count {
			counted.of = n
		}
		list.AddNote("Counted from the newest %d only: %s. Shorten the time, or narrow the search, for exact counts.", counted.count, why)
		break
	}
	return counted, nil
}

// countTotals counts incidents without listing them, which works where they are divided
// by what PagerDuty can search for, and there are few values of that. It reports false
// where it doesn't.
func countTotals(ctx context.Context, pd pdapi.Reader, filter pdapi.IncidentFilter, by []string) (*tally, bool, error) {
	type cell struct {
		filter pdapi.IncidentFilter
		groups [][]group
	}
	cells := []cell{{filter: filter}}
	for _, dimension := range by {
		values := map[string][]string{"status": {"triggered", "acknowledged", "resolved"}, "urgency": {"high", "low"}}[dimension]
		if values == nil {
			return nil, false, nil
		}
		var divided []cell
		for _, c := range cells {
			wanted := &c.filter.Statuses
			if dimension == "urgency" {
				wanted = &c.filter.Urgencies
			}
			given := *wanted
			for _, value := range values {
				if len(given) > 0 && !slices.Contains(given, value) {
					continue
				}
				*wanted = []string{value}
				divided = append(divided, cell{c.filter, append(slices.Clone(c.groups), []group{{value: value}})})
			}
		}
		cells = divided
	}
	type total struct {
		n     int
		known bool
	}
	totals, err := tool.SideBySide(ctx, 4, cells, func(ctx context.Context, c cell) (total, error) {
		n, known, err := pd.CountIncidents(ctx, c.filter)
		return total{n, known}, err
	})
	if err != nil {
		return nil, false, err
	}
	counted := &tally{}
	for i, c := range cells {
		if !totals[i].known {
			return nil, false, nil
		}
		if totals[i].n == 0 {
			continue
		}
		in := counted
		in.count += totals[i].n
		for _, groups := range c.groups {
			in = in.at(groups[0])
			in.count += totals[i].n
		}
	}
	return counted, true, nil
}

// rest is what a list of counts leaves out.
type rest struct{ groups, incidents int }

// counted is the count of an object's incidents.
type counted struct {
	tool.Ref
	divided
}

// divided is a count, and where it is divided a second time the counts in it.
type divided struct {
	Count  int `json:"count"`
	By     any `json:"by,omitzero"`
	Others int `json:"others,omitzero"` // incidents of objects that are left out
}

// shown shows the groups of a tally: objects as a list, the most frequent first, and
// other values as an object of counts.
func (t *tally) shown(by []string, most int) (shown any, left rest) {
	if len(t.within) == 0 {
		return struct{}{}, left
	}
	groups := slices.SortedFunc(maps.Keys(t.within), func(a, b group) int {
		return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(t.within[b].count, t.within[a].count), cmp.Compare(a.ref.Summary, b.ref.Summary), cmp.Compare(a.ref.ID, b.ref.ID))
	})
	if groups[0].value != "" {
		values := map[string]any{}
		for _, g := range groups {
			if values[g.value] = t.within[g].count; len(by) > 1 {
				values[g.value] = t.within[g].divided(by[1:])
			}
		}
		return values, left
	}
	var rows []counted
	for i, g := range groups {
		if i >= most {
			left.groups++
			left.incidents += t.within[g].count
			continue
		}
		rows = append(rows, counted{g.ref, t.within[g].divided(by[1:])})
	}
	return rows, left
}

// divided shows a count with its groups by the next dimension.
func (t *tally) divided(by []string) divided {
	shown := divided{Count: t.count}
	if len(by) > 0 {
		groups, left := t.shown(by, maxWithin)
		shown.By, shown.Others = groups, left.incidents
	}
	return shown
}
