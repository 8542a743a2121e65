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
	s = strings.TrimSpace(wording.Unquoted(wording.Visible(s)))
	free := v.form == textForm && v.refers == nil && v.enum == nil && !v.Time
	switch {
	case slices.Contains(v.enum, strings.ToLower(s)) && (s != "None" || required):
		return false // "none" is a value here; what Python prints is not
	case slices.Contains(nothings, s):
		return true
	case free && !required:
		return false
	case slices.Contains(nones, s):
		return true
	}
	return v.refers == nil && slices.Contains(misspelled, s)
}

// isNoValue reports whether what was given for v is nothing: empty, or a text that
// stands for no value, also in a list or an object around it, as {"content": "null"}.
func (v value) isNoValue(given any, required bool) bool {
	if isEmpty(given) {
		return true
	}
	if list, ok := embedded[[]any](given, '['); ok {
		if v.item != nil {
			v = *v.item
		}
		return !slices.ContainsFunc(list, func(item any) bool { return !v.isNoValue(item, required) })
	}
	if object, ok := given.(map[string]any); ok {
		if v.refers != nil && isReference(object) && isEmpty([]any{object["id"], object["name"], object["email"], object["summary"]}) {
			return true // the type of nothing
		}
		if v.form != textForm {
			return false
		}
	}
	s, isText := textOf(v, given)
	return isText && (isEmpty(s) || v.isNothing(s, required))
}

// leftOut reports whether what was given for a field is no value, so that the field
// counts as not given. It notes what was taken for that, where that is not plain.
func (d *Decoded) leftOut(path string, f Field, given any) bool {
	if list, ok := given.([]any); ok && len(list) == 0 && f.item != nil && f.min != nil && *f.min == 0 {
		return false // an empty list is a value here
	}
	switch {
	case isEmpty(given):
		return true
	case !f.isNoValue(given, f.Required):
		return false
	}
	if !f.Required {
		d.note("%s: %s was taken as left out.", path, wording.Show(given))
	}
	return true
}
