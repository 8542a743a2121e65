package tool

import (
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// Ref is a reference in a result: the id to go on with and the name to read.
type Ref struct {
	ID      string `json:"id,omitzero"`
	Summary string `json:"summary,omitzero"`
}

// RefTo shows a reference, if there is one.
func RefTo(r *pdapi.Reference) *Ref {
	if r == nil {
		return nil
	}
	return &Ref{r.ID, r.Summary}
}

// RefsTo shows references.
func RefsTo(refs []pdapi.Reference) []Ref {
	var out []Ref
	for i := range refs {
		out = append(out, *RefTo(&refs[i]))
	}
	return out
}

// ShareURL says once, as the fact "url", what the records' URLs have in common:
// the same address around each record's id. Records whose URL is another keep
// theirs. part returns a record's id and where its URL is.
func ShareURL[T any](list *List[T], part func(*T) (id string, url *string)) {
	shared := ""
	for i := range list.Items {
		id, url := part(&list.Items[i])
		if pattern := strings.Replace(*url, id, "{id}", 1); shared == "" && strings.HasSuffix(*url, "/"+id) {
			shared = pattern
			list.AddFact("url", shared)
		}
		if shared != "" && *url == strings.Replace(shared, "{id}", id, 1) {
			*url = ""
		}
	}
}

// TypeOf is what a reference refers to: its type without "_reference".
func TypeOf(r pdapi.Reference) string { return strings.TrimSuffix(r.Type, "_reference") }
