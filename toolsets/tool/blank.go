package tool

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
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
	if len(s) > maxName {
		return false
	}
	s = strings.TrimSpace(visible(s))
	free := v.form == textForm && v.refers == nil && v.enum == nil && !v.time
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

// isEmpty reports whether a value has nothing in it: null, a text without a visible
// character, or a list or object of such.
func isEmpty(given any) bool {
	switch given := given.(type) {
	case nil:
		return true
	case string:
		return isBlank(given) || slices.Contains([]string{"[]", "{}"}, strings.TrimSpace(given))
	case []any:
		return !slices.ContainsFunc(given, func(item any) bool { return !isEmpty(item) })
	case map[string]any:
		for _, member := range given {
			if !isEmpty(member) {
				return false
			}
		}
		return true
	}
	return false
}

// isBlank reports whether a text has no character that a person sees.
func isBlank(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsSpace(r) && !hidden(r) })
}

// isZero reports whether a value is the number 0, also written as a text.
func isZero(given any) bool {
	switch given := given.(type) {
	case json.Number:
		return strings.Trim(given.String(), "-0.") == ""
	case string:
		return strings.TrimSpace(given) == "0"
	}
	return false
}

// leftOut reports whether what was given for a field is no value, so that the field
// counts as not given. It notes what was taken for that, where that is not plain.
func (d *decoder) leftOut(path string, f field, given any) bool {
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
		if text != nil && (!isText || !isEmpty(s) && !v.isNothing(s, f.required)) {
			return false
		}
	}
	if !f.required {
		d.note("%s: %s was taken as left out.", path, show(given))
	}
	return true
}
