package pdapi

import (
	"context"
	"encoding/json"
	"iter"
	"maps"
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

// Window is the part of a list that is wanted: Limit records, of which the first
// is the one that comes after Offset others. The page size is this package's own
// business.
type Window struct {
	Offset int
	Limit  int
	// Cursor is where a list goes on that PagerDuty pages by cursor: the Next of
	// a [Page]. Offset counts from there. Other lists don't look at it.
	Cursor string
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T
	// More is set when PagerDuty has records after these.
	More bool
	// Next is where a list that PagerDuty pages by cursor goes on after these:
	// a [Window]'s Cursor. It is empty at the end, and in other lists.
	Next string
	// Begins leads to the first of these in a list that PagerDuty pages by cursor; see
	// [CursorAfter]. It is empty in other lists.
	Begins string
	// Capped is set on the last page when it is [MaxDepth] that ends the list:
	// there may be more, but no offset reaches it.
	Capped bool
	// Circular is set on the last page when PagerDuty's cursor leads back to a
	// page that was there before: there may be more, but no cursor leads there.
	Circular bool
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
func pages[T any](ctx context.Context, r Reader, key string, query url.Values, w Window, p path) iter.Seq2[Page[T], error] {
	return walk[T](ctx, lister[T]{r: r, key: key, query: query, path: p, offset: w.Offset, left: w.Limit, counted: true})
}

// uncounted is pages for a list whose operation knows no total.
func uncounted[T any](ctx context.Context, r Reader, key string, query url.Values, w Window, p path) iter.Seq2[Page[T], error] {
	return walk[T](ctx, lister[T]{r: r, key: key, query: query, path: p, offset: w.Offset, left: w.Limit})
}

// total is how many records a list with classic pagination has. It reports false where
// PagerDuty does not say.
func total[T any](ctx context.Context, r Reader, key string, query url.Values, p path) (n int, known bool, err error) {
	l := lister[T]{r: r, key: key, query: query, path: p}
	page, err := l.fetch(ctx, 0, 1, true)
	return page.total, err == nil && (page.total > 0 || page.rows == 0 && !page.More), err
}

// walk walks a list; begin says where it begins.
func walk[T any](ctx context.Context, begin lister[T]) iter.Seq2[Page[T], error] {
	return func(yield func(Page[T], error) bool) {
		l := begin // each walk has its own
		ctx, cancel := context.WithCancel(ctx)
		defer cancel() // ends what was fetched ahead
		for first := true; l.left > 0; first = false {
			size := min(l.left, MaxPageSize, MaxDepth-l.offset)
			if size <= 0 {
				yield(Page[T]{More: true, Capped: true}, nil)
				return
			}
			page, err := l.fetch(ctx, l.offset, size, first && l.counted && l.left > MaxPageSize)
			if first && err == nil && page.More {
				l.wanted = l.left
				if page.total > 0 {
					l.wanted = min(l.left, page.total-l.offset)
				}
			}
			if !l.take(yield, page, err) {
				return
			}
			// Full pages, as many as the total says: the rest can be fetched ahead.
			if page.total > l.offset && page.rows == size && !l.ahead(ctx, yield, page.total) {
				return
			}
		}
	}
}

// lister walks through a list.
type lister[T any] struct {
	r       Reader
	key     string
	query   url.Values
	path    path
	counted bool // the operation can say how long the list is
	offset  int  // of the next record
	left    int  // still to come
	done    int
	wanted  int // in all, as far as that is known
}

// take hands out a page and reports whether to go on.
func (l *lister[T]) take(yield func(Page[T], error) bool, page fetched[T], err error) bool {
	l.offset += page.rows
	l.left -= page.rows
	l.done += page.rows
	if l.wanted > MaxPageSize {
		l.r.Progress(l.done, l.wanted)
	}
	l.r.reportOdd(page.odd)
	page.Capped = page.More && l.offset >= MaxDepth
	return yield(page.Page, err) && err == nil && page.More && !page.Capped && page.rows > 0
}

// ahead fetches the pages up to the total, several at a time, and reports
// whether the walk goes on after them.
func (l *lister[T]) ahead(ctx context.Context, yield func(Page[T], error) bool, total int) bool {
	type outcome struct {
		page     fetched[T]
		err      error
		panicked any // a bug: for whoever walks the list, not for the process
	}
	type pending struct {
		size   int
		result chan outcome
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	end := min(l.offset+l.left, total, MaxDepth)
	var queue []pending
	for next := l.offset; next < end || len(queue) > 0; {
		atOnce := maxInFlight
		if l.r.budget.low() {
			atOnce = 1
		}
		for next < end && len(queue) < atOnce {
			p := pending{min(MaxPageSize, end-next), make(chan outcome, 1)}
			go func(offset int) {
				var got outcome
				defer func() {
					got.panicked = recover()
					p.result <- got
				}()
				got.page, got.err = l.fetch(ctx, offset, p.size, false)
			}(next)
			queue, next = append(queue, p), next+p.size
		}
		p := queue[0]
		queue = queue[1:]
		got := <-p.result
		if got.panicked != nil {
			panic(got.panicked)
		}
		if !l.take(yield, got.page, got.err) {
			return false
		}
		if got.page.rows < p.size {
			return true // what comes next is not where it was expected
		}
	}
	return true
}

// fetch reads one page and, if asked to, the total.
func (l *lister[T]) fetch(ctx context.Context, offset, size int, count bool) (fetched[T], error) {
	q := url.Values{}
	maps.Copy(q, l.query)
	q.Set("limit", strconv.Itoa(size))
	if offset > 0 {
		q.Set("offset", strconv.Itoa(offset))
	}
	if count {
		q.Set("total", "true")
	}
	return fetchPage[T](ctx, l.r, get(l.path, q), l.key, size)
}

// fetched is a page as it came.
type fetched[T any] struct {
	Page[T]
	rows  int      // records, those that can't be read included
	total int      // of records in the list; 0 if PagerDuty does not say
	rest  envelope // what came beside the records
	odd   []Odd
	cut   bool // there were more records than were asked for
}

// fetchPage reads one page of a list, of at most size records.
func fetchPage[T any](ctx context.Context, r Reader, req request, key string, size int) (page fetched[T], err error) {
	req.reads = true
	e, err := r.open(ctx, req)
	if err != nil {
		return page, err
	}
	page.rest = e
	if page.Items, page.odd, err = member[[]T](req, e, key); err != nil {
		return page, err
	}
	if page.rows = page.count(); page.rows > size {
		e = maps.Clone(e) // a Memory may hold it
		e[key] = firstRecords(e[key], size)
		if page.Items, page.odd, err = member[[]T](req, e, key); err != nil {
			return page, err
		}
		page.rows, page.cut = size, true
	}
	r.seal(&page.Items)
	if raw := e["more"]; json.Unmarshal(raw, &page.More) != nil && len(raw) > 0 {
		// The list ends here, as far as anybody knows.
		page.odd = append(page.odd, Odd{Field: "more"})
	}
	page.More = page.More || page.cut
	_ = json.Unmarshal(e["total"], &page.total) // absent or odd: how long it is nobody knows
	return page, nil
}

// count counts the records of a page, those that were left out included.
func (p *fetched[T]) count() int {
	n := len(p.Items)
	for _, odd := range p.odd {
		if odd.Field == "" {
			n++
		}
	}
	return n
}

// firstRecords cuts a list to its first n records.
func firstRecords(list json.RawMessage, n int) json.RawMessage {
	var records []json.RawMessage
	if json.Unmarshal(list, &records) != nil || len(records) <= n {
		return list
	}
	cut, err := json.Marshal(records[:n])
	if err != nil {
		return list
	}
	return cut
}
