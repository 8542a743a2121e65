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

// LooseKey is a [NameKey] as a plain keyboard has it, for people who type "Zoe" for
// "Zoë", "Soren" for "Søren" or "O'Brien" for "O’Brien": without accents, and with one
// kind of apostrophe and dash.
func LooseKey(name string) string {
	key := NameKey(name)
	ascii := !strings.ContainsFunc(key, func(r rune) bool { return r > unicode.MaxASCII || r == '`' })
	if ascii {
		return key
	}
	var b strings.Builder
	key = strings.ReplaceAll(key, "´", "'") // an accent that stands alone comes apart to a blank
	for _, r := range norm.NFKD.String(key) {
		if plain, ok := plainLetter(r); ok {
			b.WriteString(plain)
		} else if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plainLetter is what people type for a character that has no accent that could be
// taken off.
func plainLetter(r rune) (string, bool) {
	switch {
	case strings.ContainsRune("`‘’‛ʹʻʼʽ′＇", r):
		return "'", true
	case strings.ContainsRune("“”„‟″«»", r):
		return `"`, true
	case r != '-' && unicode.Is(unicode.Pd, r) || r == '−':
		return "-", true
	}
	const letters = "ø o ł l đ d ð d ħ h ı i ŧ t þ th ß ss æ ae œ oe"
	if _, after, ok := strings.Cut(letters, string(r)+" "); ok && r > unicode.MaxASCII {
		plain, _, _ := strings.Cut(after, " ")
		return plain, true
	}
	return "", false
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

// unquoteMarks undoes what [Quote] does to quotation marks.
var unquoteMarks = strings.NewReplacer(`\\`, `\`, `\"`, `"`)

// Unquoted is a text as somebody typed it, without blanks and quotation marks
// around it.
func Unquoted(s string) string {
	s = strings.TrimSpace(Visible(s))
	for _, marks := range []struct{ open, end string }{
		{`"`, `"`}, {"'", "'"}, {"`", "`"}, {"“", "”"}, {"„", "“"}, {"‘", "’"}, {"«", "»"}, {"‹", "›"},
	} {
		if inner, ok := strings.CutPrefix(s, marks.open); ok && len(s) > len(marks.open) {
			if inner, ok = strings.CutSuffix(inner, marks.end); ok {
				if marks.open == `"` { // as Quote writes it
					inner = unquoteMarks.Replace(inner)
				}
				return strings.TrimSpace(inner)
			}
		}
	}
	return s
}
