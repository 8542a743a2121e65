package pdapi

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"strconv"
	"strings"
)

// maxCursorPages bounds how many pages one walk through a list reads, so that a
// list of empty pages ends. Where it stops a later walk can go on.
const maxCursorPages = 50

// cursors names the fields by which a list is paged: the parameter that says
// where a page begins, and the member of the answer that says where the next one
// does.
type cursors struct{ parameter, next string }

var (
	// Audit records, incident workflow actions and triggers.
	byNextCursor = cursors{"cursor", "next_cursor"}
	// Alert grouping settings.
	byAfter = cursors{"after", "after"}
)

// cursorPages walks a list that PagerDuty pages by cursor
// (https://developer.pagerduty.com/docs/pagination), page by page, until w is
// filled or the list ends. It begins at the cursor of w; such a list knows no
// offset, so what w skips from there is read and left out. After an error it
// stops.
func cursorPages[T any](ctx context.Context, r Reader, key string, query url.Values, by cursors, w Window, p path) iter.Seq2[Page[T], error] {
	return func(yield func(Page[T], error) bool) {
		cursor, inside := splitCursor(w.Cursor)
		skip, left, done := w.Offset+inside, w.Limit, 0
		seen := map[string]bool{}
		for n := 0; left > 0 && n < maxCursorPages; n++ {
			seen[cursor] = true
			q := url.Values{}
			maps.Copy(q, query)
			set(q, by.parameter, cursor)
			q.Set("limit", strconv.Itoa(min(skip+left, MaxPageSize)))
			page, err := fetchPage[T](ctx, r, get(p, q), key, skip+left)
			if err != nil {
				yield(Page[T]{}, err)
				return
			}
			var next string
			if raw := page.rest[by.next]; json.Unmarshal(raw, &next) != nil && len(raw) > 0 {
				page.odd = append(page.odd, Odd{Field: by.next})
			}
			page.Next, page.More = next, page.More || next != ""
			switch {
			case page.cut: // where the page was cut no cursor of PagerDuty's leads
				page.Next = joinCursor(cursor, skip+left)
			case seen[next] && next != "":
				page.Next, page.Circular = "", true
			}
			skipped := min(skip, len(page.Items))
			page.Items, skip = page.Items[skipped:], skip-min(skip, page.rows)
			page.Begins = joinCursor(cursor, skipped)
			left -= len(page.Items)
			done += len(page.Items)
			if w.Limit > MaxPageSize {
				r.Progress(done, w.Limit)
			}
			r.reportOdd(page.odd)
			if !yield(page.Page, nil) || page.Next == "" {
				return
			}
			cursor, inside = splitCursor(page.Next)
			skip += inside
		}
	}
}

// joinCursor is a cursor of this package's own making: the place so many records
// after the one that PagerDuty's cursor leads to.
func joinCursor(cursor string, skip int) string { return fmt.Sprintf("after.%d.%s", skip, cursor) }

// CursorAfter is the cursor of what comes n records after the place that begins leads
// to: a [Page]'s Begins. It goes on in the middle of a page, which is read again.
func CursorAfter(begins string, n int) string {
	cursor, skip := splitCursor(begins)
	return joinCursor(cursor, skip+n)
}

// splitCursor takes a cursor apart that joinCursor may have made.
func splitCursor(cursor string) (theirs string, skip int) {
	rest, ok := strings.CutPrefix(cursor, "after.")
	number, theirs, found := strings.Cut(rest, ".")
	n, err := strconv.Atoi(number)
	if !ok || !found || err != nil || n < 0 || n > MaxDepth {
		return cursor, 0
	}
	return theirs, n
}
