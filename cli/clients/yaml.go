package clients

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yamlFormat is YAML. The library writes documents without their blank lines, so it is
// asked where things stand, and the text is edited there, line by line.
type yamlFormat struct{}

func (yamlFormat) parse(text []byte) (map[string]any, error) {
	doc := map[string]any{}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		return nil, yamlFault(err)
	}
	if err := decoder.Decode(&map[string]any{}); !errors.Is(err, io.EOF) {
		return nil, &syntaxError{1, 0, "the file holds more than one document"}
	}
	if doc == nil {
		doc = map[string]any{}
	}
	return doc, nil
}

// yamlFault takes an error of package yaml apart.
func yamlFault(err error) error {
	what := strings.TrimPrefix(err.Error(), "yaml: ")
	found := regexp.MustCompile(`(?s)^(unmarshal errors:\s*)?line (\d+): (.*)$`).FindStringSubmatch(what)
	if found == nil {
		return &syntaxError{1, 0, what}
	}
	line, _ := strconv.Atoi(found[2])
	if found[1] != "" && !strings.Contains(found[3], "already defined") { // it would show what the file holds
		return &syntaxError{line, 0, "the file does not hold a mapping of names to values"}
	}
	return &syntaxError{line, 0, found[3]}
}

// root is the mapping that a document is, or nil if the document is empty.
func root(text []byte) (*yaml.Node, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, yamlFault(err)
	}
	if len(document.Content) == 0 || document.Content[0].Tag == "!!null" {
		return nil, nil
	}
	return document.Content[0], nil
}

// keyOf is the key of a mapping's entry and its value, or nil.
func keyOf(mapping *yaml.Node, name string) (key, value *yaml.Node) {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i], mapping.Content[i+1]
		}
	}
	return nil, nil
}

func (yamlFormat) set(text []byte, path []string, value any) ([]byte, error) {
	here, err := root(text)
	if err != nil {
		return nil, err
	}
	lines := splitLines(text)
	var key *yaml.Node // of here
	for depth, name := range path {
		if here != nil && (here.Style&yaml.FlowStyle != 0 && len(here.Content) > 0 || here.Anchor != "" || here.Kind == yaml.AliasNode) {
			return nil, errForm
		}
		nextKey, next := keyOf(here, name)
		if nextKey != nil && depth < len(path)-1 {
			key, here = nextKey, next
			continue
		}
		for i := len(path) - 1; i > depth; i-- {
			value = nested(path[i], value)
		}
		switch {
		case nextKey != nil: // in its place
			start, end := nextKey.Line-1, entryEnd(lines, nextKey)
			return joinLines(lines[:start], writeYAML(nested(name, value), nextKey.Column-1), lines[end:]), nil
		case here != nil && len(here.Content) > 0: // behind the last entry
			last := here.Content[len(here.Content)-2]
			end := entryEnd(lines, last)
			return joinLines(lines[:end], writeYAML(nested(name, value), last.Column-1), lines[end:]), nil
		case key != nil: // the mapping is null or {}
			start, end := key.Line-1, entryEnd(lines, key)
			entry := nested(path[depth-1], nested(name, value))
			return joinLines(lines[:start], writeYAML(entry, key.Column-1), lines[end:]), nil
		}
		if strings.TrimSpace(string(text)) == "{}" {
			lines = nil
		}
		return joinLines(lines, writeYAML(nested(name, value), 0), nil), nil
	}
	return text, nil
}

func (f yamlFormat) remove(text []byte, path []string) ([]byte, error) {
	here, err := root(text)
	if err != nil {
		return nil, err
	}
	lines := splitLines(text)
	for depth, name := range path {
		key, value := keyOf(here, name)
		switch {
		case key == nil:
			return text, nil
		case here.Style&yaml.FlowStyle != 0:
			return nil, errForm
		case depth == len(path)-1 && len(here.Content) == 2 && depth > 0:
			return f.set(text, path[:depth], object{}) // {}, because nothing would be null
		case depth == len(path)-1:
			return joinLines(lines[:key.Line-1], "", lines[entryEnd(lines, key):]), nil
		}
		here = value
	}
	return text, nil
}

// splitLines are the lines of a text, each with its line feed.
func splitLines(text []byte) []string {
	if len(text) == 0 {
		return nil
	}
	return strings.SplitAfter(strings.TrimSuffix(string(text), "\n")+"\n", "\n")[:bytes.Count(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))+1]
}

func joinLines(before []string, middle string, after []string) []byte {
	return []byte(strings.Join(before, "") + middle + strings.Join(after, ""))
}

// entryEnd is the number of lines up to the end of a mapping's entry: those behind its
// key that are indented deeper, or begin a list at its own indentation. Blank lines
// and comments at the end belong to what follows, unless they are indented deeper.
func entryEnd(lines []string, key *yaml.Node) int {
	end := key.Line
	for i := key.Line; i < len(lines); i++ {
		text := strings.TrimLeft(lines[i], " ")
		by := len(lines[i]) - len(text)
		text = strings.TrimSpace(text)
		switch {
		case text == "":
			continue
		case by >= key.Column, by == key.Column-1 && strings.HasPrefix(text, "-") && !strings.HasPrefix(text, "---"):
			end = i + 1
			continue
		}
		return end
	}
	return end
}

// writeYAML writes a mapping, indented by so many spaces.
func writeYAML(value object, by int) string {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(yamlNode(value)); err != nil {
		return "" // [edit] sees that it is missing
	}
	space := strings.Repeat(" ", by)
	return space + indent(strings.TrimSuffix(out.String(), "\n"), space) + "\n"
}

func yamlNode(value any) *yaml.Node {
	node := &yaml.Node{}
	if members, ok := value.(object); ok {
		node.Kind = yaml.MappingNode
		if len(members) == 0 {
			node.Style = yaml.FlowStyle
		}
		for _, m := range members {
			node.Content = append(node.Content, yamlNode(m.name), yamlNode(m.value))
		}
		return node
	}
	_ = node.Encode(value) // [edit] sees if that fails
	return node
}
