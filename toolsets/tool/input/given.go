package input

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// embedded returns given as a T, also when it was written as a JSON string that
// starts with opening.
func embedded[T any](given any, opening byte) (T, bool) {
	if s, isText := given.(string); isText && strings.HasPrefix(strings.TrimSpace(s), string(opening)) && !wording.TooDeep([]byte(s)) {
		if parsed, err := wording.ParseJSON([]byte(s)); err == nil {
			given = parsed
		}
	}
	t, ok := given.(T)
	return t, ok
}

// membersOf are the members of an object, also of one that was written as a text.
// An empty list stands for an empty object: PHP writes it so.
func membersOf(given any) (map[string]any, bool) {
	if list, ok := given.([]any); ok && len(list) == 0 {
		return map[string]any{}, true
	}
	return embedded[map[string]any](given, '{')
}

func isObject(given any) bool {
	_, ok := embedded[map[string]any](given, '{')
	return ok
}

// isReference reports whether an object has nothing but what references have.
func isReference(object map[string]any) bool {
	for name, given := range object {
		if !isEmpty(given) && !slices.Contains([]string{"id", "type", "summary", "self", "html_url", "name"}, name) {
			return false
		}
	}
	return true
}

// referenceIn is the id in a reference, or the name where it has none; also in an
// object around it, as {"assignee": {"id": …}}.
func referenceIn(object map[string]any) (string, bool) {
	for _, name := range []string{"id", "name", "email", "summary"} {
		if s, ok := plainText(object[name]); ok && !isEmpty(s) {
			return s, true
		}
	}
	var inner map[string]any
	for name, given := range object {
		if isEmpty(given) || name == "at" || name == "type" {
			continue
		}
		object, ok := given.(map[string]any)
		if !ok || inner != nil {
			return "", false
		}
		inner = object
	}
	if inner == nil {
		return "", false
	}
	return referenceIn(inner)
}

// textIn is the text in an object that holds nothing else, as {"content": "…"}.
func textIn(object map[string]any) (string, bool) {
	text, found := "", false
	for name, given := range object {
		if isEmpty(given) || name == "type" {
			continue
		}
		s, ok := plainText(given)
		if !ok || found || !slices.Contains([]string{"content", "details", "text", "value", "expression", "note", "message"}, name) {
			return "", false
		}
		text, found = s, true
	}
	return text, found
}

// plainText is a text, or a number as it was written.
func plainText(given any) (string, bool) {
	if n, ok := given.(json.Number); ok {
		return n.String(), true
	}
	s, ok := given.(string)
	return s, ok
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
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsSpace(r) && !wording.Hidden(r) })
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

// textOf is a text as it was given: as it is, as a number, as the only one of a
// list, or in an object around it.
func textOf(v value, given any) (string, bool) {
	if list, ok := embedded[[]any](given, '['); ok && v.order == nil && len(list) == 1 {
		given = list[0]
	} else if ok && v.order != nil {
		var terms []string
		for _, item := range list {
			term, _ := item.(string)
			terms = append(terms, term)
		}
		return strings.Join(terms, ","), true
	}
	in := textIn
	if v.refers != nil {
		in = referenceIn
	}
	if object, ok := given.(map[string]any); ok {
		return in(object)
	}
	// A text that looks like an object may be just that, except where it can't be
	// an id or a name.
	if object, ok := embedded[map[string]any](given, '{'); ok && v.refers != nil {
		if s, ok := in(object); ok {
			return s, true
		}
	}
	return plainText(given)
}
