package clients

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// A format reads and edits the text of a configuration file. What an edit does not
// touch stays as it is, to the byte: comments, order, blank lines, indentation. Texts
// have line feeds alone and no byte order mark; see [edit].
type format interface {
	// parse returns the document as maps, lists, strings, numbers and so on. Its
	// errors are [syntaxError]s.
	parse(text []byte) (map[string]any, error)
	// set puts value at path, in place of what is there.
	set(text []byte, path []string, value any) ([]byte, error)
	// remove takes away what is at path.
	remove(text []byte, path []string) ([]byte, error)
}

// object is a value with members, in the order in which they are to be written.
type object []member

type member struct {
	name  string
	value any // string, bool, int, []string, list or object
}

// list is a value of several, which may be objects.
type list []any

// plain is a value as [format.parse] returns it.
func plain(value any) any {
	switch v := value.(type) {
	case object:
		out := map[string]any{}
		for _, m := range v {
			out[m.name] = plain(m.value)
		}
		return out
	case []string:
		out := make([]any, len(v))
		for i, s := range v {
			out[i] = s
		}
		return out
	case list:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = plain(e)
		}
		return out
	}
	return value
}

// same reports whether two values that [format.parse] returned, or that [plain] made,
// are the same, whatever types numbers have.
func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	if errX != nil || errY != nil { // JSON has no infinities, and no maps by other keys
		return reflect.DeepEqual(a, b)
	}
	return bytes.Equal(x, y)
}

// A syntaxError says where a file stops being what its format allows.
type syntaxError struct {
	line, column int // both from 1; column 0 is unknown
	what         string
}

func (e *syntaxError) Error() string {
	if e.column == 0 {
		return fmt.Sprintf("line %d: %s", e.line, e.what)
	}
	return fmt.Sprintf("line %d, column %d: %s", e.line, e.column, e.what)
}

// errForm is the error of an edit that the form of a file does not allow.
var errForm = errors.New("the file defines it in a form that this program does not edit")

// at is what a document has at path.
func at(doc map[string]any, path []string) (any, bool) {
	var value any = doc
	for _, name := range path {
		members, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		if value, ok = members[name]; !ok {
			return nil, false
		}
	}
	return value, true
}

// put is a copy of doc with value at path, or without anything there if value is nil.
// An object that is missing or null on the way is made.
func put(doc map[string]any, path []string, value any) map[string]any {
	out := map[string]any{}
	for name, v := range doc {
		out[name] = v
	}
	name := path[0]
	switch {
	case len(path) > 1:
		below, _ := out[name].(map[string]any)
		if below == nil && value == nil {
			return out
		}
		out[name] = put(below, path[1:], value)
	case value == nil:
		delete(out, name)
	default:
		out[name] = plain(value)
	}
	return out
}

// change is one edit of a document: the value that is to be at path, nil for none.
type change struct {
	path  []string
	value any
}

// edit makes changes to the text of a file. It reads what comes out again, and fails
// if anything is different but what should be.
func edit(f format, text []byte, changes []change) ([]byte, error) {
	text, dress := undress(text)
	doc, err := f.parse(text)
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		before, there := at(doc, c.path)
		if c.value == nil && !there || there && c.value != nil && same(before, plain(c.value)) {
			continue
		}
		want := put(doc, c.path, c.value)
		if c.value == nil {
			text, err = f.remove(text, c.path)
		} else if _, other := conflict(doc, c.path); other {
			return nil, fmt.Errorf("%s is not an object there: %w", strings.Join(c.path[:len(c.path)-1], "."), errForm)
		} else {
			text, err = f.set(text, c.path, c.value)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", strings.Join(c.path, "."), err)
		}
		doc, err = f.parse(text)
		asWanted := same(doc, want) || c.value == nil && same(doc, pruned(want, c.path))
		if err != nil || !asWanted {
			return nil, fmt.Errorf("%s: %w", strings.Join(c.path, "."), errForm)
		}
	}
	return dress(text), nil
}

// pruned is a copy of doc without the object that held what was at path, if it is empty
// now: TOML has none without a member of their own.
func pruned(doc map[string]any, path []string) map[string]any {
	parent := path[:len(path)-1]
	if members, _ := at(doc, parent); len(parent) == 0 || !same(members, map[string]any{}) {
		return doc
	}
	return put(doc, parent, nil)
}

// conflict returns the value on the way to path that holds no members and is not null.
func conflict(doc map[string]any, path []string) (any, bool) {
	for i := 1; i < len(path); i++ {
		if value, there := at(doc, path[:i]); there && value != nil {
			if _, ok := value.(map[string]any); !ok {
				return value, true
			}
		}
	}
	return nil, false
}

const byteOrderMark = "\uFEFF"

// undress takes the byte order mark and the carriage returns out of a text. The
// function that it returns puts them back.
func undress(text []byte) (bare []byte, dress func([]byte) []byte) {
	bare, mark := bytes.CutPrefix(text, []byte(byteOrderMark))
	windows := bytes.Contains(bare, []byte("\r\n"))
	if windows && bytes.Count(bare, []byte("\r\n")) != bytes.Count(bare, []byte("\n")) {
		windows = false // mixed: leave the lines as they are
	}
	if windows {
		bare = bytes.ReplaceAll(bare, []byte("\r\n"), []byte("\n"))
	}
	return slices.Clone(bare), func(text []byte) []byte {
		if windows {
			text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
		}
		if mark {
			text = append([]byte(byteOrderMark), text...)
		}
		return text
	}
}

// position is the line and column, both from 1, of an offset in a text.
func position(text []byte, offset int) (line, column int) {
	before := text[:min(max(offset, 0), len(text))]
	line = bytes.Count(before, []byte("\n")) + 1
	return line, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}

// indent puts indentation in front of all lines of a text but the first.
func indent(text, by string) string { return strings.ReplaceAll(text, "\n", "\n"+by) }
