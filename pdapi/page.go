package pdapi

import (
	"context"
	"encoding/json"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"
)

// PagerDuty's limits on classic pagination
// (https://developer.pagerduty.com/docs/pagination).
const (
	MaxPageSize = 100
	// MaxDepth is the last record that offset and limit can reach together.
	MaxDepth = 10_000
)

// Window is the part of a list that is wanted: Limit records from Offset on.
// The page size is this package's own business.
type Window struct {
	Offset int
	Limit  int
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T
	// More is set when PagerDuty has records after these.
	More bool
	// Capped is set on the last page when it is [MaxDepth] that ends the list:
	// there may be more, but no offset reaches it.
	Capped bool
}

// pages walks a list with classic pagination, page by page, until w is filled
// or the list ends. It advances by the records received, since PagerDuty may
// send fewer than asked. After an error it stops.
func pages[T any](ctx context.Context, c *conn, key string, query url.Values, w Window, path ...string) iter.Seq2[Page[T], error] {
	return func(yield func(Page[T], error) bool) {
		offset, left := w.Offset, w.Limit
		for left > 0 {
			size := min(left, MaxPageSize, MaxDepth-offset)
			if size <= 0 {
				yield(Page[T]{More: true, Capped: true}, nil)
				return
			}
			page, err := onePage[T](ctx, c, key, query, offset, size, path)
			offset += len(page.Items)
			left -= len(page.Items)
			page.Capped = page.More && offset >= MaxDepth
			if !yield(page, err) || err != nil || !page.More || page.Capped || len(page.Items) == 0 {
				return
			}
		}
	}
}

func onePage[T any](ctx context.Context, c *conn, key string, query url.Values, offset, size int, path []string) (Page[T], error) {
	q := maps.Clone(query)
	if q == nil {
		q = url.Values{}
	}
	q.Set("limit", strconv.Itoa(size))
	if offset > 0 {
		q.Set("offset", strconv.Itoa(offset))
	}
	r := request{method: http.MethodGet, path: path, query: q}
	var envelope map[string]json.RawMessage
	if err := c.do(ctx, r, &envelope); err != nil {
		return Page[T]{}, err
	}
	items, err := open[[]T](r, key, envelope)
	if err != nil {
		return Page[T]{}, err
	}
	var more bool
	_ = json.Unmarshal(envelope["more"], &more) // absent or odd: the list ends here
	return Page[T]{Items: items, More: more}, nil
}
