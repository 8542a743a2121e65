package wording

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NameKey is a form of a name that is equal for all names that look the same to a
// person: hidden characters are taken out, composed and decomposed letters, small
// and capital letters, and runs of blanks are made alike.
func NameKey(name string) string {
	return strings.ToLower(norm.NFC.String(strings.Join(strings.Fields(Visible(name)), " ")))
}

// SameName reports whether two names or titles look the same to a person.
func SameName(a, b string) bool { return NameKey(a) == NameKey(b) }

// LooseKey is a nameKey without accents, for people who type "Zoe" for "Zoë".
func LooseKey(name string) string {
	decomposed := norm.NFD.String(NameKey(name))
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, decomposed)
}

// SearchText is what to search PagerDuty for so that it lists every object whose name
// looks as text does. PagerDuty compares byte by byte, so that is a part of the text
// that can be written in one way only: the longest without accents, emoji and the
// like. Where that is too short to tell names apart, it is the text.
func SearchText(text string) string {
	text = norm.NFC.String(strings.Join(strings.Fields(Visible(text)), " "))
	longest := ""
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r > unicode.MaxASCII }) {
		if part = strings.TrimSpace(part); len(part) > len(longest) {
			longest = part
		}
	}
	if len(longest) < 3 {
		return text
	}
	return longest
}

// Unquoted is a text as somebody typed it, without blanks and quotation marks
// around it.
func Unquoted(s string) string {
	s = strings.TrimSpace(Visible(s))
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
