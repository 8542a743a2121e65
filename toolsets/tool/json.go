package tool

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// document is JSON as it is written, compact. Every string in it is cleaned
// here, whatever it is, so that no tool can forget to.
type document struct {
	bytes.Buffer
	err error // of the first value that could not be encoded
}

// value writes a value.
func (d *document) value(v any) {
	start := d.Len()
	encoder := json.NewEncoder(&d.Buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		if d.err == nil {
			d.err = fmt.Errorf("encoding the result: %w", err)
		}
		return
	}
	d.Truncate(d.Len() - len("\n"))
	d.Truncate(start + len(sweep(d.Bytes()[start:])))
}

// fact adds a member to an object that was left open, if wanted.
func (d *document) fact(name string, value any, wanted bool) {
	if !wanted {
		return
	}
	if d.Bytes()[d.Len()-1] != '{' {
		d.WriteByte(',')
	}
	d.value(name)
	d.WriteByte(':')
	d.value(value)
}

// facts are an object, in order.
type facts []Fact

// MarshalJSON implements [encoding/json.Marshaler].
func (fs facts) MarshalJSON() ([]byte, error) {
	var d document
	d.WriteByte('{')
	for _, f := range fs {
		d.fact(f.Name, f.Value, true)
	}
	d.WriteByte('}')
	return d.Bytes(), d.err
}

// sweep cleans the strings of a JSON text, in place. Outside strings JSON has
// nothing to clean, so it goes by the characters alone, raw and escaped.
func sweep(data []byte) []byte {
	plain := 0 // most texts are, from end to end
	for plain < len(data) && data[plain] >= ' ' && data[plain] < 0x7f && data[plain] != '\\' {
		plain++
	}
	out := data[:plain] // what replaces a character is never longer
	for i := plain; i < len(data); {
		r, size := rune(data[i]), 1
		switch {
		case data[i] == '\\' && i+5 < len(data) && data[i+1] == 'u':
			size = 6
			if n, err := strconv.ParseUint(string(data[i+2:i+6]), 16, 32); err == nil {
				r = rune(n)
			}
			if kept := cleaned(r); kept == r {
				out = append(out, data[i:i+size]...)
			} else if kept == '\n' {
				out = append(out, `\n`...)
			}
		case data[i] == '\\' && i+1 < len(data):
			size = 2
			// \b, \f and \r are control characters; the other escapes are not.
			if !strings.ContainsRune("bfr", rune(data[i+1])) {
				out = append(out, data[i:i+size]...)
			}
		case r < utf8.RuneSelf:
			if cleaned(r) == r {
				out = append(out, data[i])
			}
		default:
			r, size = utf8.DecodeRune(data[i:])
			if kept := cleaned(r); kept == '\n' {
				out = append(out, `\n`...)
			} else if kept >= 0 {
				out = append(out, data[i:i+size]...)
			}
		}
		i += size
	}
	return out
}
