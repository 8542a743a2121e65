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

// maxInFlight is how many pages of a list are fetched at a time. PagerDuty asks
// for restraint (https://developer.pagerduty.com/docs/rest-api-rate-limits); when
// little of the rate limit is left it is one.
const maxInFlight = 4

// pages walks a list with classic pagination, page by page and in order, until w
// is filled or the list ends. After an error it stops.
//
// Of a list that may be long the first page also asks for the total, which says
// which pages there are; these are fetched a few at a time. Where PagerDuty does
// not tell, or sends fewer rows than asked for, pages follow one another, each
// beginning where the last one really ended.
func pages[T any](ctx context.Context, c *conn, key string, query url.Values, w Window, path ...string) iter.Seq2[Page[T], error] {
	return list[T](ctx, c, key, query, w, true, path)
}

// list is pages; uncounted lists are those whose operation knows no total.
func list[T any](ctx context.Context, c *conn, key string, query url.Values, w Window, counted bool, path []string) iter.Seq2[Page[T], error] {
	return func(yield func(Page[T], error) bool) {
		l := lister[T]{c: c, key: key, query: query, path: path, offset: w.Offset, left: w.Limit}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel() // ends what was fetched ahead
		for first := true; l.left > 0; first = false {
			size := min(l.left, MaxPageSize, MaxDepth-l.offset)
			if size <= 0 {
				yield(Page[T]{More: true, Capped: true}, nil)
				return
			}
			page, total, err := l.fetch(ctx, l.offset, size, first && counted && l.left > MaxPageSize)
			if first && err == nil && page.More {
				l.wanted = w.Limit
				if total > 0 {
					l.wanted = min(w.Limit, total-w.Offset)
				}
			}
			if !l.take(ctx, yield, page, err) {
				return
			}
			// Full pages, as many as the total says: the rest can be fetched ahead.
			if total > l.offset && len(page.Items) == size && !l.ahead(ctx, yield, total) {
				return
			}
		}
	}
}

// lister is a walk through a list.
type lister[T any] struct {
	c      *conn
	key    string
	query  url.Values
	path   []string
	offset int // of the next record
	left   int // still to come
	done   int
	wanted int // in all, as far as that is known
}

// take hands out a page and reports whether to go on.
func (l *lister[T]) take(ctx context.Context, yield func(Page[T], error) bool, page Page[T], err error) bool {
	l.offset += len(page.Items)
	l.left -= len(page.Items)
	l.done += len(page.Items)
	if l.wanted > MaxPageSize {
		Progress(ctx, l.done, l.wanted)
	}
	page.Capped = page.More && l.offset >= MaxDepth
	return yield(page, err) && err == nil && page.More && !page.Capped && len(page.Items) > 0
}

// ahead fetches the pages up to the total, several at a time, and reports
// whether the walk goes on after them.
func (l *lister[T]) ahead(ctx context.Context, yield func(Page[T], error) bool, total int) bool {
	type fetched struct {
		page     Page[T]
		err      error
		panicked any // a bug: for whoever walks the list, not for the process
	}
	type pending struct {
		size   int
		result chan fetched
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	end := min(l.offset+l.left, total, MaxDepth)
	var queue []pending
	for next := l.offset; next < end || len(queue) > 0; {
		atOnce := maxInFlight
		if l.c.budget.low() {
			atOnce = 1
		}
		for next < end && len(queue) < atOnce {
			p := pending{min(MaxPageSize, end-next), make(chan fetched, 1)}
			go func(offset int) {
				var got fetched
				defer func() {
					got.panicked = recover()
					p.result <- got
				}()
				got.page, _, got.err = l.fetch(ctx, offset, p.size, false)
			}(next)
			queue, next = append(queue, p), next+p.size
		}
		p := queue[0]
		queue = queue[1:]
		got := <-p.result
		if got.panicked != nil {
			panic(got.panicked)
		}
		if !l.take(ctx, yield, got.page, got.err) {
			return false
		}
		if len(got.page.Items) < p.size {
			return true // what comes next is not where it was expected
		}
	}
	return true
}

// fetch reads one page and, if asked to, the total; 0 if PagerDuty does not say.
func (l *lister[T]) fetch(ctx context.Context, offset, size int, count bool) (page Page[T], total int, err error) {
	q := maps.Clone(l.query)
	if q == nil {
		q = url.Values{}
	}
	q.Set("limit", strconv.Itoa(size))
	if offset > 0 {
		q.Set("offset", strconv.Itoa(offset))
	}
	if count {
		q.Set("total", "true")
	}
	r := request{method: http.MethodGet, path: l.path, query: q}
	got, err := unwrap[[]T](ctx, l.c, r, l.key)
	if err != nil {
		return page, 0, err
	}
	page.Items = *got.value
	// Absent or odd: the list ends here, and how long it is nobody knows.
	_ = json.Unmarshal(got.more, &page.More)
	_ = json.Unmarshal(got.total, &total)
	return page, total, nil
}
