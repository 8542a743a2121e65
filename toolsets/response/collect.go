package response

import (
	"iter"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
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
