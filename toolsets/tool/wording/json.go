package wording

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Document is JSON as it is written, compact. Every string in it is cleaned
// here, whatever it is, so that no tool can forget to.
type Document struct {
	bytes.Buffer
	Err error // of the first value that could not be encoded
	Hid int   // how many characters were taken out that a person would not have seen
	// Redacted is how many credentials were taken out.
	Redacted int
}

// Value writes a value.
func (d *Document) Value(v any) {
	start := d.Len()
	encoder := json.NewEncoder(&d.Buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		if d.Err == nil {
			d.Err = fmt.Errorf("encoding the result: %w", err)
		}
		return
	}
	d.Truncate(d.Len() - len("\n"))
	swept, hid := sweep(withoutNulls(d.Bytes()[start:]))
	d.Hid += hid
	redacted, hid := RedactJSON(swept)
	d.Redacted += hid
	d.Truncate(start + len(swept))
	if hid > 0 {
		d.Truncate(start)
		d.Write(redacted)
	}
}

// Fact adds a member to an object that was left open, if wanted and not null.
func (d *Document) Fact(name string, value any, wanted bool) {
	if !wanted {
		return
	}
	start := d.Len()
	if d.Bytes()[start-1] != '{' {
		d.WriteByte(',')
	}
	d.Value(name)
	d.WriteByte(':')
	d.Value(value)
	if bytes.HasSuffix(d.Bytes(), []byte(":null")) {
		d.Truncate(start)
	}
}

// withoutNulls takes the members of objects that are null, and the nulls of lists, out
// of a compact JSON text, in place: a model learns nothing from them.
func withoutNulls(data []byte) []byte {
	if !bytes.Contains(data, []byte("null")) {
		return data
	}
	out := data[:0]   // never longer than what was read
	lastString := 0   // where in out the newest string begins
	isMember := false // what comes is the value of that key
	for i := 0; i < len(data); {
		switch c := data[i]; {
		case c == '"':
			end := i + 1
			for data[end] != '"' {
				if data[end] == '\\' {
					end++
				}
				end++
			}
			lastString, isMember = len(out), false
			out = append(out, data[i:end+1]...)
			i = end + 1
		case c == 'n' && len(out) > 0:
			if isMember {
				out = out[:lastString]
			}
			isMember = false
			i += len("null")
			if before := out[len(out)-1]; before == ',' {
				out = out[:len(out)-1]
			} else if data[i] == ',' {
				i++
			}
		default:
			isMember = c == ':'
			out = append(out, c)
			i++
		}
	}
	return out
}

// Fact is a named value beside a list's records.
type Fact struct {
	Name  string
	Value any
}

// Facts are an object, in order.
type Facts []Fact

// MarshalJSON implements [encoding/json.Marshaler].
func (fs Facts) MarshalJSON() ([]byte, error) {
	var d Document
	d.WriteByte('{')
	for _, f := range fs {
		d.Fact(f.Name, f.Value, true)
	}
	d.WriteByte('}')
	return d.Bytes(), d.Err
}

// CleanJSON returns a JSON text as a model reads it: compact, with its strings cleaned
// (see [Clean]) and without nulls. What is no JSON comes back as it is.
func CleanJSON(data json.RawMessage) json.RawMessage {
	var compact bytes.Buffer
	if json.Compact(&compact, data) != nil {
		return data
	}
	swept, _ := sweep(withoutNulls(compact.Bytes()))
	return swept
}

// sweep cleans the strings of a JSON text, in place, and counts what it took out that
// hides something. Outside strings JSON has nothing to clean, so it goes by the
// characters alone, raw and escaped.
func sweep(data []byte) (swept []byte, hid int) {
	plain := 0 // most texts are, from end to end
	for plain < len(data) && data[plain] >= ' ' && data[plain] < 0x7f && data[plain] != '\\' {
		plain++
	}
	out := data[:plain] // what replaces a character is never longer
	var c cleaner
	if plain > 0 {
		c.before = rune(data[plain-1])
	}
	for i := plain; i < len(data); {
		r, size := character(data[i:])
		switch kept := c.next(r); {
		case size == 2 && data[i] == '\\' && strings.IndexByte("bfr", data[i+1]) >= 0: // control characters
		case kept == r:
			out = append(out, data[i:i+size]...)
		case kept == '\n':
			out = append(out, `\n`...)
		}
		i += size
	}
	return out, c.hid
}

// character reads the first character of a JSON text, as it is or escaped, and how
// many bytes write it.
func character(data []byte) (r rune, size int) {
	if data[0] != '\\' || len(data) < 2 {
		return utf8.DecodeRune(data)
	}
	if data[1] != 'u' {
		return rune(data[1]), 2
	}
	r, ok := escaped(data)
	if !ok {
		return '\\', 1
	}
	if utf16.IsSurrogate(r) { // characters past U+FFFF are written as two escapes
		if second, ok := escaped(data[6:]); ok {
			if both := utf16.DecodeRune(r, second); both != unicode.ReplacementChar {
				return both, 12
			}
		}
	}
	return r, 6
}

// escaped reads \u and four hexadecimal digits.
func escaped(data []byte) (rune, bool) {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(data[2:6]), 16, 32)
	return rune(n), err == nil
}

// ParseJSON reads one JSON value, numbers as they are written. No text is nil.
func ParseJSON(data []byte) (any, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("more than one value")
	}
	return v, nil
}

// TooDeep reports whether a JSON text is nested more than maxDepth levels deep.
func TooDeep(data []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > MaxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// MaxDepth is how deep JSON may be nested that somebody wrote.
const MaxDepth = 32

// JSON writes a value as compact JSON with its strings cleaned.
func JSON(v any) ([]byte, error) {
	var d Document
	d.Value(v)
	return d.Bytes(), d.Err
}
