package tool

import (
	"reflect"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Ref is a reference in a result: the id to go on with and the name to read.
type Ref struct {
	ID      string `json:"id,omitzero"`
	Summary string `json:"summary,omitzero"`
	// Deleted is set for what PagerDuty still names though it is gone, such as a
	// user in a schedule.
	Deleted bool `json:"deleted,omitzero"`
}

// RefTo shows a reference, if there is one.
func RefTo(r *pdapi.Reference) *Ref {
	if r == nil {
		return nil
	}
	return &Ref{r.ID, r.Summary, !r.DeletedAt.IsZero()}
}

// RefsTo shows references.
func RefsTo(refs []pdapi.Reference) []Ref {
	var out []Ref
	for i := range refs {
		out = append(out, *RefTo(&refs[i]))
	}
	return out
}

// NameOf is the name of what a reference refers to, at most so many characters of it,
// and that it was deleted.
func NameOf(r pdapi.Reference, most int) string {
	name := wording.Shorten(r.Summary, most)
	if !r.DeletedAt.IsZero() {
		name += " (deleted)"
	}
	return name
}

// TypeOf is what a reference refers to: its type without "_reference".
func TypeOf(r pdapi.Reference) string { return strings.TrimSuffix(r.Type, "_reference") }

// recordFields are the names that a list's records are shown with, without those
// that always are.
func recordFields(record reflect.Type) []string {
	var names []string
	for name := range shownFields(record) {
		if name != "id" && name != "url" {
			names = append(names, name)
		}
	}
	return names
}

// shownFields goes through the fields of a record by the names they are shown with.
func shownFields(record reflect.Type) func(yield func(string, reflect.StructField) bool) {
	return func(yield func(string, reflect.StructField) bool) {
		for _, f := range reflect.VisibleFields(record) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name != "" && name != "-" && !yield(name, f) {
				return
			}
		}
	}
}

// keepFields empties every field of records that is not among names. Names that are nil
// stand for all but those tagged asked: these are shown only where they are named.
func keepFields(records reflect.Value, names []string) {
	if records.Type().Elem().Kind() != reflect.Struct {
		return
	}
	for name, f := range shownFields(records.Type().Elem()) {
		if name == "id" || name == "url" || slices.Contains(names, name) || names == nil && f.Tag.Get("asked") == "" {
			continue
		}
		for i := range records.Len() {
			records.Index(i).FieldByIndex(f.Index).SetZero()
		}
	}
}

// shareURL returns what the URLs of records have in common, an address around each
// record's id, and takes it out of the records. Records whose URL is another keep
// theirs. It returns "" for records without URLs.
func shareURL(records reflect.Value) string {
	if records.Type().Elem().Kind() != reflect.Struct {
		return ""
	}
	var id, url reflect.StructField
	for name, f := range shownFields(records.Type().Elem()) {
		switch name {
		case "id":
			id = f
		case "url":
			url = f
		}
	}
	if id.Type == nil || url.Type == nil {
		return ""
	}
	shared := ""
	for i := range records.Len() {
		own, link := records.Index(i).FieldByIndex(id.Index).String(), records.Index(i).FieldByIndex(url.Index)
		if shared == "" && strings.HasSuffix(link.String(), "/"+own) {
			shared = strings.Replace(link.String(), own, "{id}", 1)
		}
		if shared != "" && link.String() == strings.Replace(shared, "{id}", own, 1) {
			link.SetString("")
		}
	}
	return shared
}
