package tool

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// nameKey is a form of a name that is equal for all names that look the same to a
// person: hidden characters are taken out, composed and decomposed letters, small
// and capital letters, and runs of blanks are made alike.
func nameKey(name string) string {
	return strings.ToLower(norm.NFC.String(strings.Join(strings.Fields(visible(name)), " ")))
}

// SameName reports whether two names or titles look the same to a person.
func SameName(a, b string) bool { return nameKey(a) == nameKey(b) }

// looseKey is a nameKey without accents, for people who type "Zoe" for "Zoë".
func looseKey(name string) string {
	decomposed := norm.NFD.String(nameKey(name))
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, decomposed)
}

// unquoted is a text as somebody typed it, without blanks and quotation marks
// around it.
func unquoted(s string) string {
	s = strings.TrimSpace(visible(s))
	for _, marks := range []struct{ open, end string }{
		{`"`, `"`}, {"'", "'"}, {"`", "`"}, {"“", "”"}, {"„", "“"}, {"‘", "’"}, {"«", "»"}, {"‹", "›"},
	} {
		if inner, ok := strings.CutPrefix(s, marks.open); ok && len(s) > len(marks.open) {
			if inner, ok = strings.CutSuffix(inner, marks.end); ok {
				return strings.TrimSpace(inner)
			}
		}
	}
	return s
}
