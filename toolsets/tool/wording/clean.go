// Package wording is how texts are written and compared: cleaned of what a person doesn't
// see, quoted, cut, and as JSON.
package wording

import (
	"strings"
	"unicode"
)

// Clean takes out of prose what a person doesn't see and a model does: control
// characters other than newline and tab, what turns the direction of text, zero-width
// and other format characters, Unicode tags, fillers, private use. Line and paragraph
// separators become newlines. What belongs to a letter or an emoji stays: its
// variation selector, and the joiner to the next one. docs/security.md lists them all.
func Clean(s string) string {
	cleaned, _ := CleanAndCount(s)
	return cleaned
}

// CleanAndCount is [Clean], and how many characters it took out that hide something.
func CleanAndCount(s string) (cleaned string, hid int) {
	clean := true
	for i := range len(s) {
		if s[i] >= 0x7f || s[i] < ' ' && s[i] != '\n' && s[i] != '\t' {
			clean = false
			break
		}
	}
	if clean {
		return s, 0
	}
	var c cleaner
	return strings.Map(c.next, s), c.hid
}

// cleaner goes through a text character by character.
type cleaner struct {
	before rune // the character before, as far as it was kept
	hid    int  // how many characters were taken out that hide something
}

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
	case r == '\r': // of a line that ends as on Windows
		return -1
	case r == '\u2028' || r == '\u2029':
		r = '\n'
	case r == textStyle || r == emojiStyle:
		// Of a sign (⚠️) or the base of a keycap (1️⃣), once.
		if !unicode.IsSymbol(c.before) && !strings.ContainsRune("0123456789#*‼⁉ℹ〰〽", c.before) {
			return c.hide()
		}
	case r == zeroWidthJoiner || r == zeroWidthNonJoiner:
		if !joins(c.before) {
			return c.hide()
		}
	case isMongolianSelector(r):
		if !unicode.Is(unicode.Mongolian, c.before) {
			return c.hide()
		}
	case Hidden(r):
		return c.hide()
	}
	c.before = r
	return r
}

func (c *cleaner) hide() rune {
	c.hid++
	return -1
}

// joining are the scripts whose words change with a joiner, or with one that keeps
// letters apart: Persian and the like, and those of India and its neighbors
// (https://www.unicode.org/reports/tr31, 2.3.1).
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mandaic, unicode.Mongolian, unicode.Nko, unicode.Phags_Pa,
	unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu,
	unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan, unicode.Balinese, unicode.Javanese,
}

// joins reports whether a joiner may follow a character: a letter or mark of such a
// script, or a part of an emoji that is made of several.
func joins(before rune) bool {
	return before >= 0x300 && (before == emojiStyle || unicode.In(before, unicode.So, unicode.Sk) || unicode.In(before, joining...))
}

// isMongolianSelector reports whether a character chooses between the forms of a
// Mongolian letter.
func isMongolianSelector(r rune) bool { return r >= '\u180b' && r <= '\u180d' || r == '\u180f' }

// Hidden reports whether a character is of a kind that no font shows, or that changes
// how others are shown.
func Hidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point, unicode.Noncharacter_Code_Point) &&
		!unicode.Is(unicode.Prepended_Concatenation_Mark, r) // signs around Arabic numbers, which are seen
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
