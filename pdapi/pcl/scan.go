package pcl

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

type kind int

const (
	word   kind = iota // a run of characters without space: a path, a number, a time, a keyword
	text               // 'in quotes', here without them
	symbol             // ( ) [ ] == > >= < <=
)

type token struct {
	kind kind
	text string
	at   int // the number of its first character, from 1
}

// scan cuts a condition into tokens.
func scan(s string) ([]token, error) {
	var out []token
	for i := 0; i < len(s); {
		at := utf8.RuneCountInString(s[:i]) + 1
		switch c := s[i]; {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			i++
		case c == '\'':
			value, size, closed := quoted(s[i:])
			if !closed {
				return nil, fmt.Errorf("at character %d: the quote ' is not closed; write ' inside a text as \\'", at)
			}
			out = append(out, token{text, value, at})
			i += size
		case c == '"', c == '`', strings.HasPrefix(s[i:], "‘"), strings.HasPrefix(s[i:], "’"), strings.HasPrefix(s[i:], "“"):
			return nil, fmt.Errorf("at character %d: texts are quoted with ', as in event.summary matches part 'database'", at)
		default:
			size := symbolAt(s[i:])
			k := symbol
			if size == 0 {
				size, k = strings.IndexAny(s[i:]+" ", " \t\r\n'\"`()[]<>=!&|"), word
			}
			if size == 0 {
				return nil, fmt.Errorf("at character %d: %q is not a part of conditions; the comparisons are matches, matches part, matches regex, exists, ==, >, >=, <, <=, "+
					"and they are joined with and, or, not", at, c)
			}
			out = append(out, token{k, s[i : i+size], at})
			i += size
		}
	}
	return out, nil
}

// symbolAt is the length of the symbol a text begins with, or 0.
func symbolAt(s string) int {
	for _, symbol := range []string{"==", ">=", "<=", ">", "<", "(", ")", "[", "]"} {
		if strings.HasPrefix(s, symbol) {
			return len(symbol)
		}
	}
	return 0
}

// quoted reads the text in quotes that s begins with. A backslash takes the
// special meaning from a quote or a backslash; elsewhere it is itself.
func quoted(s string) (value string, size int, closed bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '\'' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case s[i] == '\'':
			return b.String(), i + 1, true
		default:
			b.WriteByte(s[i])
		}
	}
	return "", 0, false
}
