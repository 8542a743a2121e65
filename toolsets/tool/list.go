package tool

import (
	"bytes"
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

// MarshalJSON implements [encoding/json.Marshaler].
func (l List[T]) MarshalJSON() ([]byte, error) {
	items := l.Items
	if items == nil {
		items = []T{}
	}
	all := append([]Fact{{l.Name, items}}, l.Facts...)
	if l.Next > 0 {
		all = append(all, Fact{"more", true}, Fact{"next_offset", l.Next})
	}
	if len(l.Notes) > 0 {
		all = append(all, Fact{"note", strings.Join(l.Notes, " ")})
	}
	return facts(all).MarshalJSON()
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

// finish adds to a list what it was searched by and how many it has, and cuts it
// at a record's end if it is long and nobody asked for that.
func (l List[T]) finish(filters []Fact, cut bool) any {
	size := 0
	for i, item := range l.Items {
		data, err := encode(item)
		if err != nil {
			break // encoding the list will say so
		}
		if size += len(data) + 1; cut && size > maxUnasked && i > 0 {
			l.Next = l.start + i
			l.AddNote("Cut after %d records, which are long; go on with next_offset, or ask for fewer with limit.", i)
			l.Items = l.Items[:i]
			break
		}
	}
	l.AddFact("count", len(l.Items))
	if len(filters) > 0 {
		l.AddFact("filters", facts(filters))
	}
	if len(l.Items) == 0 && len(l.Notes) == 0 && len(filters) > 0 {
		var names []string
		for _, f := range filters {
			names = append(names, f.Name)
		}
		l.AddNote("Nothing matches. Leave out %s to find more, or check the values.", orList(names))
	}
	return l
}

// facts marshals in order.
type facts []Fact

// MarshalJSON implements [encoding/json.Marshaler].
func (fs facts) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range fs {
		if i > 0 {
			b.WriteByte(',')
		}
		writeJSON(&b, f.Name)
		b.WriteByte(':')
		data, err := encode(f.Value)
		if err != nil {
			return nil, err
		}
		b.Write(data)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
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
