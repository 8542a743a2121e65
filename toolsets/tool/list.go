package tool

import (
	"fmt"
	"iter"
	"reflect"
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Paging is embedded in the input of a tool that lists.
type Paging struct {
	Limit  int `json:"limit" default:"25" min:"1" max:"1000"`
	Offset int `json:"offset,omitzero" min:"0" max:"9999"`
}

// ByCursor is embedded beside [Paging] where PagerDuty pages by cursor: such a list goes
// on where it ended, without reading again what it skips.
type ByCursor struct {
	Cursor string `json:"cursor,omitzero" hidden:"true" alias:"next_cursor,after" doc:"The next_cursor of the answer before"`
}

// Window is the part of a list that p and the cursor ask for.
func (c ByCursor) Window(p Paging) pdapi.Window {
	return pdapi.Window{Cursor: c.Cursor, Offset: p.Offset, Limit: p.Limit}
}

// Window is the part of a list that p asks for.
func (p Paging) Window() pdapi.Window { return pdapi.Window{Offset: p.Offset, Limit: p.Limit} }

// List is the result of a tool that lists: the records under the resource's
// plural name, then what a reader must know to judge or continue the list.
//
// What the URLs of the records have in common is said once, as the fact "url".
type List[T any] struct {
	Name  string // the resource's plural name
	Items []T
	// Next is the offset of the next record, if there is one.
	Next int
	// NextCursor is where the list goes on, where PagerDuty pages by cursor.
	NextCursor string
	// Instead is shown in place of the records where they were only counted.
	Instead []wording.Fact
	// Facts follow the records in order: what they have in common, or were
	// searched by.
	Facts []wording.Fact
	// Notes are sentences on what was left out or changed.
	Notes []string

	start int // offset of the first record
	pages []listedPage
}

// listedPage is a page of a list that PagerDuty pages by cursor.
type listedPage struct {
	first  int    // the place of its first record in the list
	begins string // leads there
}

// AddNote adds a sentence to the list's notes.
func (l *List[T]) AddNote(format string, args ...any) {
	l.Notes = append(l.Notes, fmt.Sprintf(format, args...))
}

// AddFact adds a named value beside the records.
func (l *List[T]) AddFact(name string, value any) {
	l.Facts = append(l.Facts, wording.Fact{Name: name, Value: value})
}

// Unsearched makes l an empty list that says why PagerDuty was not asked.
func (l *List[T]) Unsearched(format string, args ...any) {
	l.AddNote("Nothing was searched: "+format, args...)
}

// Collect reads the records that p asks for from pages and turns each into what
// the tool shows.
func Collect[A, B any](name string, p Paging, pages iter.Seq2[pdapi.Page[A], error], show func(A) B) (List[B], error) {
	list := List[B]{Name: name, Items: []B{}, start: p.Offset}
	for page, err := range pages {
		if err != nil {
			return List[B]{}, err
		}
		if page.Begins != "" {
			list.pages = append(list.pages, listedPage{len(list.Items), page.Begins})
		}
		for _, item := range page.Items {
			list.Items = append(list.Items, show(item))
		}
		list.Next, list.NextCursor = 0, page.Next
		switch {
		case page.Circular:
			list.AddNote("The list ends here: PagerDuty's cursors lead back to what was listed before.")
		case page.Next != "":
		case page.Capped:
			list.AddNote("There may be more: PagerDuty lists no further than record %d. Narrow the search, for instance by time, to see the rest.", pdapi.MaxDepth)
		case page.More:
			list.Next = p.Offset + len(list.Items)
		}
	}
	return list, nil
}

// Part is the part that p asks for of records that PagerDuty answers in one piece.
func Part[A, B any](name string, p Paging, all []A, show func(A) B) List[B] {
	list := List[B]{Name: name, Items: []B{}, start: p.Offset}
	end := min(p.Offset+p.Limit, len(all))
	for _, item := range all[min(p.Offset, end):end] {
		list.Items = append(list.Items, show(item))
	}
	if end < len(all) {
		list.Next = end
	}
	list.AddFact("total", len(all))
	return list
}

// rendering is what a list is written with beside its records.
type rendering struct {
	searched []wording.Fact // the arguments that narrowed it
	optional []string       // those of them that could be left out
	mayCut   bool           // it may end early once it is long
	notes    []string
}

// lister is implemented by [List].
type lister interface {
	// only empties every field of the records that is not among names; of those that
	// are shown only where they are asked for, if names is nil.
	only(names []string)
	// render writes the list as an object that is left open.
	render(d *wording.Document, how rendering)
}

// recordType is the type of a list's records, or nil for what is no list.
func recordType(list reflect.Type) reflect.Type {
	if !list.Implements(reflect.TypeFor[lister]()) {
		return nil
	}
	items, _ := list.FieldByName("Items")
	return items.Type.Elem()
}

func (l List[T]) only(names []string) { keepFields(reflect.ValueOf(l.Items), names) }

// maxUnasked bounds the records of a list whose length was left to the tool, in
// bytes of JSON: about 9,000 tokens.
const maxUnasked = 27_000

// render implements [lister]. With how.mayCut the list ends at a record's end once it
// is long.
func (l List[T]) render(d *wording.Document, how rendering) {
	l.Notes = append(l.Notes, how.notes...)
	if l.Instead != nil {
		d.WriteByte('{')
		for _, f := range append(l.Instead, l.Facts...) {
			d.Fact(f.Name, f.Value, true)
		}
		d.Fact("filters", wording.Facts(how.searched), len(how.searched) > 0)
		d.Fact("note", closing(d, l.Notes), true)
		return
	}
	if url := shareURL(reflect.ValueOf(l.Items)); url != "" {
		l.Facts = append([]wording.Fact{{Name: "url", Value: url}}, l.Facts...)
	}
	if n := l.writeRecords(d, how.mayCut); n < len(l.Items) {
		goOn := "next_offset"
		if l.Next, l.NextCursor = l.start+n, l.cursorAt(n); l.NextCursor != "" {
			l.Next, goOn = 0, "next_cursor"
		}
		l.AddNote("Cut after %d records, which are long; go on with %s, or ask for fewer with limit.", n, goOn)
		l.Items = l.Items[:n]
	}
	l.AddFact("count", len(l.Items))
	if len(how.searched) > 0 {
		l.AddFact("filters", wording.Facts(how.searched))
	}
	switch {
	case len(l.Items) == 0 && l.start > 0:
		l.AddNote("The list ends before offset %d. Leave offset out to see it from its beginning.", l.start)
	case len(l.Items) == 0 && len(l.Notes) == 0 && len(how.optional) > 0:
		l.AddNote("Nothing matches. Leave out %s to find more, or check the values.", wording.OrList(how.optional))
	}
	for _, f := range l.Facts {
		d.Fact(f.Name, f.Value, true)
	}
	d.Fact(theirs, theirsSays, hasFreeText(reflect.ValueOf(l.Items)))
	d.Fact("more", true, l.Next > 0 || l.NextCursor != "")
	d.Fact("next_cursor", l.NextCursor, l.NextCursor != "")
	d.Fact("next_offset", l.Next, l.Next > 0)
	d.Fact("note", closing(d, l.Notes), true)
}

// cursorAt leads to the nth record; it is empty for a list without cursors.
func (l List[T]) cursorAt(n int) string {
	for _, page := range slices.Backward(l.pages) {
		if page.first <= n {
			return pdapi.CursorAfter(page.begins, n-page.first)
		}
	}
	return ""
}

// writeRecords writes the records, each once, and returns how many.
func (l List[T]) writeRecords(d *wording.Document, mayCut bool) int {
	d.WriteByte('{')
	d.Value(l.Name)
	d.WriteString(":[")
	defer d.WriteByte(']')
	for i, item := range l.Items {
		before := d.Len()
		if i > 0 {
			d.WriteByte(',')
		}
		if d.Value(item); mayCut && i > 0 && d.Len() > maxUnasked {
			d.Truncate(before)
			return i
		}
	}
	return len(l.Items)
}
