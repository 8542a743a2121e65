package tool

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// Paging is embedded in the input of a tool that lists.
type Paging struct {
	Limit  int `json:"limit" doc:"How many to return" default:"25" min:"1" max:"1000"`
	Offset int `json:"offset,omitzero" doc:"How many to skip" min:"0" max:"9999"`
}

// List is the result of a tool that lists: the records under the resource's
// plural name, then what a reader must know to judge or continue the list.
type List[T any] struct {
	Name  string // the resource's plural name
	Items []T
	// Next is the offset of the next record, if there is one.
	Next int
	// Facts follow the records in order: what they have in common, or were
	// searched by.
	Facts []Fact
	// Notes are sentences on what was left out or changed.
	Notes []string

	start      int  // offset of the first record
	unsearched bool // there are none because nothing was asked of PagerDuty
}

// Fact is a named value beside a list's records.
type Fact struct {
	Name  string
	Value any
}

// AddNote adds a sentence to the list's notes.
func (l *List[T]) AddNote(format string, args ...any) {
	l.Notes = append(l.Notes, fmt.Sprintf(format, args...))
}

// AddFact adds a named value beside the records.
func (l *List[T]) AddFact(name string, value any) {
	l.Facts = append(l.Facts, Fact{name, value})
}

// maxUnasked bounds the records of a list whose length was left to the tool, in
// bytes of JSON: about 9,000 tokens.
const maxUnasked = 27_000

// Unsearched makes l an empty list that says why PagerDuty was not asked.
func (l *List[T]) Unsearched(format string, args ...any) {
	l.unsearched = true
	l.AddNote("Nothing was searched: "+format, args...)
}

func (l List[T]) empty() bool { return len(l.Items) == 0 && !l.unsearched }

// MarshalJSON implements [encoding/json.Marshaler].
func (l List[T]) MarshalJSON() ([]byte, error) {
	d := &document{}
	l.writeRecords(d, false)
	return l.writeRest(d)
}

// render writes the list as MarshalJSON does, with what it was searched by, of
// which some was optional, and how many records it has. With cut it ends at a
// record's end once it is long.
func (l List[T]) render(filters []Fact, optional []string, cut bool) ([]byte, error) {
	d := &document{}
	if n := l.writeRecords(d, cut); n < len(l.Items) {
		l.Next = l.start + n
		l.AddNote("Cut after %d records, which are long; go on with next_offset, or ask for fewer with limit.", n)
		l.Items = l.Items[:n]
	}
	l.AddFact("count", len(l.Items))
	if len(filters) > 0 {
		l.AddFact("filters", facts(filters))
	}
	if len(l.Items) == 0 && len(l.Notes) == 0 && len(optional) > 0 {
		l.AddNote("Nothing matches. Leave out %s to find more, or check the values.", orList(optional))
	}
	return l.writeRest(d)
}

// writeRecords writes the records, each once, and returns how many.
func (l List[T]) writeRecords(d *document, cut bool) int {
	d.WriteByte('{')
	d.value(l.Name)
	d.WriteString(":[")
	defer d.WriteByte(']')
	for i, item := range l.Items {
		before := d.Len()
		if i > 0 {
			d.WriteByte(',')
		}
		if d.value(item); cut && i > 0 && d.Len() > maxUnasked {
			d.Truncate(before)
			return i
		}
	}
	return len(l.Items)
}

// writeRest writes what follows the records.
func (l List[T]) writeRest(d *document) ([]byte, error) {
	if l.Next > 0 {
		l.AddFact("more", true)
		l.AddFact("next_offset", l.Next)
	}
	if len(l.Notes) > 0 {
		l.AddFact("note", strings.Join(l.Notes, " "))
	}
	for _, f := range l.Facts {
		d.WriteByte(',')
		d.member(f)
	}
	d.WriteByte('}')
	return d.Bytes(), d.err
}

// facts are an object, in order.
type facts []Fact

// MarshalJSON implements [encoding/json.Marshaler].
func (fs facts) MarshalJSON() ([]byte, error) {
	var d document
	d.WriteByte('{')
	for i, f := range fs {
		if i > 0 {
			d.WriteByte(',')
		}
		d.member(f)
	}
	d.WriteByte('}')
	return d.Bytes(), d.err
}

// Collect reads the records that p asks for from pages and turns each into what
// the tool shows.
func Collect[A, B any](name string, p Paging, pages iter.Seq2[pdapi.Page[A], error], show func(A) B) (List[B], error) {
	list := List[B]{Name: name, Items: []B{}, start: p.Offset}
	for page, err := range pages {
		if err != nil {
			return List[B]{}, err
		}
		for _, item := range page.Items {
			list.Items = append(list.Items, show(item))
		}
		list.Next = 0
		switch {
		case page.Capped:
			list.AddNote("There may be more: PagerDuty lists no further than record %d. Narrow the search, for instance by time, to see the rest.", pdapi.MaxDepth)
		case page.More:
			list.Next = p.Offset + len(list.Items)
		}
	}
	return list, nil
}

// Window is the part of a list that p asks for.
func (p Paging) Window() pdapi.Window { return pdapi.Window{Offset: p.Offset, Limit: p.Limit} }

// Only empties every field of records that is not among names, which are those
// of the JSON they are shown as.
func Only[T any](records []T, names []string) {
	for i := range records {
		record := reflect.ValueOf(&records[i]).Elem()
		for f := range record.NumField() {
			name, _, _ := strings.Cut(record.Type().Field(f).Tag.Get("json"), ",")
			if !slices.Contains(names, name) {
				record.Field(f).SetZero()
			}
		}
	}
}
