package clients

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// tomlFormat is TOML. The library writes documents without their comments, so it is
// asked where things stand, and the text is edited there.
type tomlFormat struct{}

func (tomlFormat) parse(text []byte) (map[string]any, error) {
	doc := map[string]any{}
	if err := toml.Unmarshal(text, &doc); err != nil {
		var wrong *toml.DecodeError
		if errors.As(err, &wrong) {
			line, column := wrong.Position()
			return nil, &syntaxError{line, column, strings.TrimPrefix(wrong.Error(), "toml: ")}
		}
		return nil, &syntaxError{1, 0, strings.TrimPrefix(err.Error(), "toml: ")}
	}
	return doc, nil
}

// statement is a table's header, or a key with its value.
type statement struct {
	path       []string // whole, with its table's
	header     bool
	start, end int // of its lines, line feed included
	stop       int // of the value itself
}

// statements lists what a document consists of.
func statements(text []byte) ([]statement, error) {
	var (
		out    []statement
		table  []string
		parser unstable.Parser
	)
	parser.Reset(text)
	for parser.NextExpression() {
		node := parser.Expression()
		if node.Kind != unstable.Table && node.Kind != unstable.ArrayTable && node.Kind != unstable.KeyValue {
			continue
		}
		var names []string
		first, last := -1, 0
		for keys := node.Key(); keys.Next(); {
			key := keys.Node()
			names = append(names, string(key.Data))
			if first < 0 {
				first = int(key.Raw.Offset)
			}
			last = int(key.Raw.Offset + key.Raw.Length)
		}
		s := statement{path: names, header: node.Kind != unstable.KeyValue, stop: last}
		if s.header {
			table = names
		} else {
			s.path = slices.Concat(table, names)
			first, s.stop = int(node.Raw.Offset), int(node.Raw.Offset+node.Raw.Length)
		}
		s.start = bytes.LastIndexByte(text[:first], '\n') + 1
		s.end = lineEnd(text, s.stop)
		out = append(out, s)
	}
	return out, parser.Error()
}

// lineEnd is the offset behind the line feed that ends the line of an offset.
func lineEnd(text []byte, offset int) int {
	if i := bytes.IndexByte(text[offset:], '\n'); i >= 0 {
		return offset + i + 1
	}
	return len(text)
}

func under(path, prefix []string) bool {
	return len(path) >= len(prefix) && slices.Equal(path[:len(prefix)], prefix)
}

func (f tomlFormat) set(text []byte, path []string, value any) ([]byte, error) {
	all, err := statements(text)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		if _, isObject := value.(object); !s.header && slices.Equal(s.path, path) && !isObject {
			start := s.start + len(text[s.start:s.stop]) - len(bytes.TrimLeft(text[s.start:s.stop], " \t"))
			return splice(text, start, s.stop, tomlLine(path[len(path)-1], value)), nil
		}
	}
	if text, err = f.remove(text, path); err != nil {
		return nil, err
	}
	if all, err = statements(text); err != nil {
		return nil, err
	}
	members, isObject := value.(object)
	table := path
	if !isObject {
		table = path[:len(path)-1]
	}
	// Behind the last key of the table that it belongs to, or else at the end.
	end := -1
	for i, s := range all {
		inside := s.header && slices.Equal(s.path, path[:len(path)-1])
		for ; inside && i+1 < len(all) && !all[i+1].header; i++ {
			s = all[i+1]
		}
		if inside {
			end = s.end
		}
	}
	switch {
	case end < 0 && !isObject:
		return nil, errForm
	case end < 0:
		end = len(text)
	}
	if !isObject {
		return insertLines(text, end, tomlLine(path[len(path)-1], value)+"\n"), nil
	}
	block := tomlTable(table, members)
	if end > 0 {
		block = "\n" + block
	}
	if end < len(text) && text[end] != '\n' {
		block += "\n"
	}
	return insertLines(text, end, block), nil
}

// insertLines puts lines at the offset, where a line begins or the text ends.
func insertLines(text []byte, offset int, lines string) []byte {
	if offset > 0 && text[offset-1] != '\n' {
		lines = "\n" + lines
	}
	return splice(text, offset, offset, lines)
}

func splice(text []byte, start, end int, with string) []byte {
	return slices.Concat(text[:start], []byte(with), text[end:])
}

func (tomlFormat) remove(text []byte, path []string) ([]byte, error) {
	all, err := statements(text)
	if err != nil {
		return nil, err
	}
	for _, s := range slices.Backward(all) {
		if !under(s.path, path) {
			continue
		}
		start := s.start
		if s.header { // a blank line in front of a table goes with it
			if before := bytes.TrimRight(text[:start], "\n"); len(before)+2 <= start {
				start = len(before) + 1
			}
		}
		text = splice(text, start, s.end, "")
	}
	return text, nil
}

// tomlTable is a table with its header, and the tables in it.
func tomlTable(path []string, members object) string {
	var names []string
	for _, name := range path {
		names = append(names, tomlKey(name))
	}
	lines, tables := "["+strings.Join(names, ".")+"]\n", ""
	for _, m := range members {
		if below, ok := m.value.(object); ok {
			tables += "\n" + tomlTable(append(slices.Clone(path), m.name), below)
			continue
		}
		lines += tomlLine(m.name, m.value) + "\n"
	}
	return lines + tables
}

// tomlLine is a key with its value.
func tomlLine(name string, value any) string {
	out, err := toml.Marshal(map[string]any{name: value})
	if err != nil {
		return "" // [edit] sees that it is missing
	}
	return strings.TrimSuffix(string(out), "\n")
}

// tomlKey is a name as a key.
func tomlKey(name string) string {
	key, _, _ := strings.Cut(tomlLine(name, true), " =")
	return key
}
