package tool

import (
	"strings"
	"unicode"
)

// Clean takes out of prose what a person doesn't see and a model does: control
// characters other than newline and tab, bidirectional overrides, zero-width
// and other format characters, variation selectors, Unicode tags, private use.
// Line and paragraph separators become newlines.
func Clean(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return cleaned(r) != r }) {
		return s
	}
	return strings.Map(cleaned, s)
}

// cleaned is what stays of a character: itself, another one, or -1.
func cleaned(r rune) rune {
	switch {
	case r == '\n' || r == '\t' || r >= ' ' && r < 0x7f:
		return r
	case r == '\u2028' || r == '\u2029':
		return '\n'
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
		return -1
	}
	return r
}
