package pdapi

import (
	"encoding/base64"
	"html"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A redactor takes a key out of texts that PagerDuty, or something between here
// and PagerDuty, wrote. It finds the key as it is, escaped as HTML, URLs and
// JSON escape characters, and encoded in base64, where headers are often shown.
//
// It looks for pieces of the key, not for the whole of it, so that a key which
// somebody else has cut short does not come out either.
type redactor struct {
	pieces map[string]bool
	sizes  []int // of pieces, in bytes, shortest first
}

const (
	// pieceSize is how much of a key, in bytes, counts as giving it away.
	pieceSize = 8
	// wordsSize is how much it is of a key that looks like words: "account-" is no
	// secret, though a key for tests may contain it.
	wordsSize = 12
	// maxEscapes is how many times over a text may be escaped: a JSON text in an
	// HTML page in a JSON text.
	maxEscapes = 3
	redacted   = "[redacted]"
)

// redactor returns what takes the key out of texts. That of a key of less than 4
// characters takes out nothing: it would blot out ordinary words.
func (k Key) redactor() redactor {
	if len(k.secret) < 4 {
		return redactor{}
	}
	r := redactor{pieces: map[string]bool{}, sizes: []int{min(pieceSize, len(k.secret)), min(wordsSize, len(k.secret))}}
	r.learn(k.secret)
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			r.learn(inBase64(encoding, k.secret, before))
		}
	}
	return r
}

// learn adds the pieces of a form of the key.
func (r redactor) learn(form string) {
	short, long := r.sizes[0], r.sizes[1]
	for i := 0; i+short <= len(form); i++ {
		if piece := form[i : i+short]; short == long || strings.Trim(piece, "abcdefghijklmnopqrstuvwxyz-_") != "" {
			r.pieces[piece] = true
		}
	}
	for i := 0; i+long <= len(form); i++ {
		r.pieces[form[i:i+long]] = true
	}
}

// inBase64 is what base64 makes of a key that stands behind so many other bytes
// (or 3 more, or 6 more), without the characters that also depend on what stands
// around it.
func inBase64(encoding *base64.Encoding, secret string, before int) string {
	encoded := encoding.EncodeToString(append(make([]byte, before), secret...))
	if (before+len(secret))%3 != 0 {
		encoded = encoded[:len(encoded)-1]
	}
	return encoded[[]int{0, 2, 3}[before]:]
}

// redact returns s with "[redacted]" in place of every piece of the key.
func (r redactor) redact(s string) string {
	if len(r.pieces) == 0 {
		return s
	}
	text := make([]letter, len(s))
	for i := range len(s) {
		text[i] = letter{s[i], i, i + 1}
	}
	text = withoutInvisible(text)
	hidden := make([]bool, len(s))
	for range maxEscapes + 1 {
		r.hide(text, hidden)
		plain, escaped := unescape(text)
		if !escaped {
			break
		}
		text = withoutInvisible(plain)
	}
	var out strings.Builder
	for i := range len(s) {
		switch {
		case !hidden[i]:
			out.WriteByte(s[i])
		case i == 0 || !hidden[i-1]:
			out.WriteString(redacted)
		}
	}
	return out.String()
}

// hide marks the bytes of the original text that make up pieces of the key.
func (r redactor) hide(text []letter, hidden []bool) {
	plain := spell(text)
	for _, size := range r.sizes {
		for i := 0; i+size <= len(plain); i++ {
			if !r.pieces[plain[i:i+size]] {
				continue
			}
			for j := text[i].from; j < text[i+size-1].to; j++ {
				hidden[j] = true
			}
		}
	}
}

// A letter is a byte of a text whose escapes have been undone, with where it
// stands in the text as it was: "%2B" at 4 is the letter {'+', 4, 7}.
type letter struct {
	is       byte
	from, to int
}

func spell(text []letter) string {
	plain := make([]byte, len(text))
	for i, l := range text {
		plain[i] = l.is
	}
	return string(plain)
}

// withoutInvisible leaves out the characters that nobody sees, and the breaks of
// lines: what shows errors may leave them out, too, and the key would be whole
// again.
func withoutInvisible(text []letter) []letter {
	plain := spell(text)
	out := make([]letter, 0, len(text))
	for i := 0; i < len(plain); {
		if plain[i] >= ' ' && plain[i] <= '~' {
			out = append(out, text[i])
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(plain[i:])
		if !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
			out = append(out, text[i:i+size]...)
		}
		i += size
	}
	return out
}

// unescape undoes one layer of escapes, and reports whether there was any.
func unescape(text []letter) (out []letter, escaped bool) {
	plain := spell(text)
	if !strings.ContainsAny(plain, `%&\`) {
		return text, false
	}
	out = make([]letter, 0, len(text))
	for i := 0; i < len(plain); {
		means, size := readEscape(plain[i:])
		if size == 0 {
			out = append(out, text[i])
			i++
			continue
		}
		for j := range len(means) {
			out = append(out, letter{means[j], text[i].from, text[i+size-1].to})
		}
		i, escaped = i+size, true
	}
	return out, escaped
}

var (
	percentEscape = pattern(`^%[0-9A-Fa-f]{2}`)
	htmlEscape    = pattern(`^&(#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,31});?`)
	hexEscape     = pattern(`^\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})`)
	charEscape    = pattern(`^\\[^0-9A-Za-z]|^\\[abefnrtv]`)
)

// readEscape returns what the escape at the beginning of s means, and how many
// bytes it takes: 0 if s does not begin with one.
func readEscape(s string) (means string, size int) {
	switch s[0] {
	case '%':
		if found := percentEscape().FindString(s); found != "" {
			n, _ := strconv.ParseUint(found[1:], 16, 8)
			return string([]byte{byte(n)}), len(found)
		}
	case '&':
		if found := htmlEscape().FindString(s); found != "" {
			if means := html.UnescapeString(found); means != found {
				return means, len(found)
			}
		}
	case '\\':
		if found := hexEscape().FindString(s); found != "" {
			n, _ := strconv.ParseUint(found[2:], 16, 32)
			return string(rune(n)), len(found) // a number that is no character becomes U+FFFD
		}
		if found := charEscape().FindString(s); found != "" {
			if c := found[1]; c >= 'a' && c <= 'z' { // \n and the like: invisible
				return "", len(found)
			}
			return found[1:], len(found)
		}
	}
	return "", 0
}

const (
	// maxForeign is how much of one foreign text is looked at, in bytes.
	maxForeign = 16 << 10
	// maxPiece is what a piece of a key may take at the end of a text that was cut
	// there: less than counts as a piece, in characters that are all escaped.
	maxPiece = 256
)

// bounded is the beginning of a foreign text, without the key. The key goes before
// anything else is done with the text: of a text that is cut before, a part of
// the key may be left over that can no longer be told from other words.
func (r redactor) bounded(s string) string {
	whole := len(s) <= maxForeign
	if !whole {
		s = s[:maxForeign]
	}
	s = r.redact(strings.ToValidUTF8(s, "\uFFFD"))
	if !whole {
		s = clip(s, max(0, len(s)-maxPiece))
	}
	return s
}

// foreign is a text that somebody else wrote, made fit for an error: the key is
// out of it, it is one line, and at most so many bytes long.
func (r redactor) foreign(s string, limit int) string {
	return clip(strings.Join(strings.Fields(r.bounded(s)), " "), limit)
}

// page is what a page says that a proxy may have sent, as foreign has it.
func (r redactor) page(body []byte, limit int) string {
	return r.foreign(htmlText(r.bounded(string(body[:min(len(body), maxForeign+1)]))), limit)
}

// pattern is a regular expression that is compiled when it is first used, so that the
// start of the program doesn't wait for it.
func pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
