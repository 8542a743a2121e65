package pdapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tape is a list that is paged by cursor: "c7" leads to record 7.
type tape struct {
	by       cursors
	records  int
	deals    int // records a page has more than was asked for
	requests atomic.Int32
	next     func(from, to int) string // overrides the cursor that follows a page
}

func (l *tape) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.requests.Add(1)
	from := 0
	if c := r.URL.Query().Get(l.by.parameter); c != "" {
		from, _ = strconv.Atoi(c[1:])
	}
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	end := min(from+limit+l.deals, l.records)
	records := []map[string]any{}
	for i := from; i < end; i++ {
		records = append(records, map[string]any{"id": fmt.Sprint("R", i)})
	}
	answer := map[string]any{"records": records, "limit": limit, l.by.next: nil}
	switch {
	case l.next != nil:
		answer[l.by.next] = l.next(from, end)
	case end < l.records:
		answer[l.by.next] = fmt.Sprint("c", end)
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// read reads a part of the list and returns the ids, and the last page.
func (l *tape) read(t *testing.T, w Window) (ids []string, last Page[Reference]) {
	t.Helper()
	pd := newClient(t, l.ServeHTTP)
	for page, err := range cursorPages[Reference](t.Context(), pd.Reader, "records", url.Values{}, l.by, w, to("/audit/records")) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Items {
			ids = append(ids, r.ID)
		}
		last = page
	}
	return ids, last
}

// span are the ids of some records.
func span(from, end int) (ids []string) {
	for i := from; i < end; i++ {
		ids = append(ids, fmt.Sprint("R", i))
	}
	return ids
}

func TestCursors(t *testing.T) {
	t.Parallel()
	for _, by := range []cursors{byNextCursor, byAfter} {
		t.Run(by.next, func(t *testing.T) {
			t.Parallel()
			for _, c := range []struct {
				window   Window
				want     []string
				next     string
				requests int32
			}{
				{Window{Limit: 1}, span(0, 1), "c1", 1},
				{Window{Limit: 100}, span(0, 100), "c100", 1},
				{Window{Limit: 250}, span(0, 250), "", 3},
				{Window{Limit: 1000}, span(0, 250), "", 3},
				{Window{Limit: 25, Cursor: "c200"}, span(200, 225), "c225", 1}, // nothing is read twice
				{Window{Limit: 25, Cursor: "c240"}, span(240, 250), "", 1},
				{Window{Limit: 10, Offset: 120}, span(120, 130), "c130", 2},
				{Window{Limit: 10, Offset: 20, Cursor: "c200"}, span(220, 230), "c230", 1},
				{Window{Limit: 10, Offset: 500}, nil, "", 3},
			} {
				l := &tape{by: by, records: 250}
				got, last := l.read(t, c.window)
				if diff := cmp.Diff(c.want, got); diff != "" || last.Next != c.next || last.More != (c.next != "") || l.requests.Load() != c.requests {
					t.Errorf("%+v: next %q, more %v, %d requests; -want +got:\n%s", c.window, last.Next, last.More, l.requests.Load(), diff)
				}
			}
		})
	}
}

// TestCursorsHoldTheLimit has a server that sends more than was asked for: the
// limit holds, and what was cut off is what a later walk begins with.
func TestCursorsHoldTheLimit(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 7, 30, 130} {
		l := &tape{by: byNextCursor, records: 300, deals: 24}
		var all []string
		w := Window{Limit: limit}
		for range 300 {
			got, last := l.read(t, w)
			if len(got) > limit {
				t.Fatalf("%d records, limit %d", len(got), limit)
			}
			all = append(all, got...)
			if w.Cursor = last.Next; w.Cursor == "" {
				break
			}
		}
		if diff := cmp.Diff(span(0, 300), all); diff != "" {
			t.Errorf("limit %d, -want +got:\n%s", limit, diff)
		}
	}
}

// TestCursorsGoOnInsideAPage begins at every record of a walk, by the page it was on.
func TestCursorsGoOnInsideAPage(t *testing.T) {
	t.Parallel()
	for _, w := range []Window{{Limit: 130}, {Limit: 30, Cursor: "c110"}, {Limit: 30, Offset: 15, Cursor: "c110"}} {
		l := &tape{by: byNextCursor, records: 300, deals: 24}
		pd := newClient(t, l.ServeHTTP)
		for page, err := range cursorPages[Reference](t.Context(), pd.Reader, "records", url.Values{}, l.by, w, to("/audit/records")) {
			if err != nil {
				t.Fatal(err)
			}
			for n, record := range page.Items {
				got, _ := l.read(t, Window{Limit: 1, Cursor: CursorAfter(page.Begins, n)})
				if !slices.Equal(got, []string{record.ID}) {
					t.Fatalf("%+v: %d records after %q comes %v, want %s", w, n, page.Begins, got, record.ID)
				}
			}
		}
	}
}

// TestCursorsFromElsewhere are passed on as they are.
func TestCursorsFromElsewhere(t *testing.T) {
	t.Parallel()
	for _, cursor := range []string{"", "after", "after.", "after.x.c1", "after.-1.c1", "after.99999999999999999999.c1", "after.9223372036854775807.", "bGltaXQ9MQ=="} {
		if theirs, skip := splitCursor(cursor); theirs != cursor || skip != 0 {
			t.Errorf("%q is taken for %q and %d", cursor, theirs, skip)
		}
	}
	if theirs, skip := splitCursor(joinCursor("after.7.x", 3)); theirs != "after.7.x" || skip != 3 {
		t.Errorf("%q, %d", theirs, skip)
	}
}

// TestCursorsEnd has cursors that lead nowhere.
func TestCursorsEnd(t *testing.T) {
	t.Parallel()
	circles := map[string]func(from, end int) string{
		"to itself":       func(from, _ int) string { return fmt.Sprint("c", from) },
		"to the begin":    func(int, int) string { return "c0" },
		"between two":     func(from, _ int) string { return fmt.Sprint("c", 100-from) },
		"after two pages": func(_, end int) string { return fmt.Sprint("c", end%300) },
	}
	for name, next := range circles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &tape{by: byNextCursor, records: 10_000, next: next}
			got, last := l.read(t, Window{Limit: 1000})
			if !last.Circular || last.Next != "" || !last.More || l.requests.Load() > 5 {
				t.Errorf("%d records after %d requests, last page %+v", len(got), l.requests.Load(), last)
			}
		})
	}
	t.Run("through empty pages", func(t *testing.T) {
		t.Parallel()
		l := &tape{by: byNextCursor, next: func(from, _ int) string { return fmt.Sprint("c", from+1) }}
		_, last := l.read(t, Window{Limit: 1000})
		if last.Circular || last.Next == "" || l.requests.Load() != maxCursorPages {
			t.Errorf("after %d requests, last page %+v", l.requests.Load(), last)
		}
	})
	t.Run("an odd cursor", func(t *testing.T) {
		t.Parallel()
		pd := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"records":[{"id":"R0"}],"next_cursor":{"x":1}}`))
		})
		var odd []Odd
		r := pd.Reader.WithOdd(func(o Odd) { odd = append(odd, o) })
		for page, err := range cursorPages[Reference](t.Context(), r, "records", nil, byNextCursor, Window{Limit: 5}, to("/audit/records")) {
			if err != nil || page.Next != "" || len(page.Items) != 1 {
				t.Errorf("%+v, %v", page, err)
			}
		}
		if !slices.Equal(odd, []Odd{{Field: "next_cursor"}}) {
			t.Errorf("%v", odd)
		}
	})
}

// TestClassicPagesHoldTheLimit is the same for lists that are paged by offset.
func TestClassicPagesHoldTheLimit(t *testing.T) {
	t.Parallel()
	for _, more := range []int{24, 3} {
		pd := newClient(t, func(w http.ResponseWriter, r *http.Request) {
			from, _ := strconv.Atoi(r.URL.Query().Get("offset"))
			limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
			teams := []map[string]any{}
			for i := from; i < min(from+limit+more, 300); i++ {
				teams = append(teams, map[string]any{"id": fmt.Sprint("R", i)})
			}
			_ = json.NewEncoder(w).Encode(map[string]any{"teams": teams, "more": from+limit+more < 300, "total": 300})
		})
		for _, limit := range []int{1, 25, 150, 299, 1000} {
			var got []string
			var last Page[Team]
			for page, err := range pd.Teams(t.Context(), "", Window{Limit: limit}) {
				if err != nil {
					t.Fatal(err)
				}
				for _, team := range page.Items {
					got = append(got, team.ID)
				}
				last = page
			}
			if diff := cmp.Diff(span(0, min(limit, 300)), got); diff != "" || last.More != (limit < 300) {
				t.Errorf("limit %d, %d records too many a page: more %v, -want +got:\n%s", limit, more, last.More, diff)
			}
		}
	}
}
