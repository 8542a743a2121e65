// Package wording is how texts are written and compared: cleaned of what a person doesn't
// see, quoted, cut, and as JSON.
package wording

import (
	"strings"
	"unicode"
)

// Clean takes out of prose what a person doesn't see and a model does: control
// characters other than newline and tab, bidirectional overrides, zero-width
// and other format characters, Unicode tags, private use. Line and paragraph
// separators become newlines. What belongs to a letter or an emoji stays: its
// variation selector, and the joiner to the next one.
func Clean(s string) string {
	clean := true
	for i := range len(s) {
		if s[i] >= 0x7f || s[i] < ' ' && s[i] != '\n' && s[i] != '\t' {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var c cleaner
	return strings.Map(c.next, s)
}

// cleaner goes through a text character by character.
type cleaner struct{ before rune } // the character before, as far as it was kept

const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
	textStyle          = '\ufe0e' // shows the character before as a sign
	emojiStyle         = '\ufe0f' // shows it as a picture
)

// next is what stays of a character: itself, another one, or -1.
func (c *cleaner) next(r rune) rune {
	switch {
	case r == '\n' || r == '\t' || r >= ' ' && r < 0x7f:
	case r == '\u2028' || r == '\u2029':
		r = '\n'
	case r == textStyle || r == emojiStyle:
		// Of a sign (⚠️) or the base of a keycap (1️⃣), once.
		if !unicode.IsSymbol(c.before) && !strings.ContainsRune("0123456789#*‼⁉ℹ〰〽", c.before) {
			return -1
		}
	case r == zeroWidthJoiner || r == zeroWidthNonJoiner:
		// Persian and Indic words and composed emoji need them.
		if c.before < 0x300 || !unicode.In(c.before, unicode.L, unicode.M, unicode.So, unicode.Sk) && c.before != emojiStyle {
			return -1
		}
	case Hidden(r):
		return -1
	}
	c.before = r
	return r
}

// Hidden reports whether a character is of a kind that no font shows.
func Hidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// Visible is a text without any character that a person doesn't see, for
// comparing: also without those that [Clean] leaves to letters and emoji.
func Visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && Hidden(r) {
			return -1
		}
		return r
	}, s)
}
