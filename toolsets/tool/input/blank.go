package input

import (
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// nothings are what programs print where there is no value.
var nothings = []string{
	"null", "NULL", "undefined", "None", "nil", "NaN", "<nil>", "<null>", "<none>", "<undefined>", "<no value>", "(null)", "(none)", "(nil)", "[object Object]",
}

// nones are what models write for "none" besides. A person who writes a
// description may mean them.
var nones = []string{"none", "NONE", "N/A", "n/a"}

// misspelled are nothings that a name may be as well: there are people called Null.
var misspelled = []string{"Null", "Nil", "Undefined", "nan", "NIL", "NONE", "UNDEFINED"}

// isNothing reports whether a text stands for no value where v is wanted. A text
// that is free and optional is left out only if it is what programs print; one that
// is required, as a title, may be none of them.
func (v value) isNothing(s string, required bool) bool {
	if len(s) > wording.MaxName {
		return false
	}
	s = strings.TrimSpace(wording.Visible(s))
	free := v.form == textForm && v.refers == nil && v.enum == nil && !v.Time
	switch {
	case slices.Contains(v.enum, strings.ToLower(s)):
		return false // "none" is a value here
	case slices.Contains(nothings, s):
		return true
	case free && !required:
		return false
	case slices.Contains(nones, s):
		return true
	}
	return v.refers == nil && slices.Contains(misspelled, s)
}

// leftOut reports whether what was given for a field is no value, so that the field
// counts as not given. It notes what was taken for that, where that is not plain.
func (d *Decoded) leftOut(path string, f Field, given any) bool {
	if list, ok := given.([]any); ok && len(list) == 0 && f.item != nil && f.min != nil && *f.min == 0 {
		return false // an empty list is a value here
	}
	if isEmpty(given) {
		return true
	}
	v := f.value
	texts, isList := embedded[[]any](given, '[')
	if !isList || v.item == nil {
		texts = []any{given}
	} else {
		v = *v.item
	}
	for _, text := range texts {
		s, isText := text.(string)
		if text != nil && (!isText || !isEmpty(s) && !v.isNothing(s, f.Required)) {
			return false
		}
	}
	if !f.Required {
		d.note("%s: %s was taken as left out.", path, wording.Show(given))
	}
	return true
}
