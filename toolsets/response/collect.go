package response

import (
	"iter"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

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
