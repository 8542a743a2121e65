package clients

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tailscale/hujson"
)

// jsonc is JSON that may have comments and commas behind last elements, as editors
// write their settings.
type jsonc struct{}

func (jsonc) parse(text []byte) (map[string]any, error) {
	root, err := parseJSON(text)
	if err != nil {
		return nil, err
	}
	root.Standardize()
	doc := map[string]any{}
	if err := json.Unmarshal(root.Pack(), &doc); err != nil {
		var syntax *json.SyntaxError
		offset := 0
		if errors.As(err, &syntax) {
			offset = int(syntax.Offset) - 1
		}
		line, column := position(text, offset)
		return nil, &syntaxError{line, column, "the file does not hold a JSON object"}
	}
	return doc, nil
}

// parseJSON reads a text. An empty one, with comments perhaps, is an empty object.
func parseJSON(text []byte) (hujson.Value, error) {
	root, err := hujson.Parse(bytes.Clone(text)) // the values are parts of the text, and get changed
	if err == nil {
		return root, nil
	}
	if root, emptyErr := hujson.Parse(append(bytes.Clone(text), "\n{}\n"...)); emptyErr == nil {
		root.BeforeExtra = bytes.TrimLeft(root.BeforeExtra, "\n")
		return root, nil
	}
	line, column, what := jsonFault(err)
	return root, &syntaxError{line, column, what}
}

// jsonFault takes an error of package hujson apart.
func jsonFault(err error) (line, column int, what string) {
	what = strings.TrimPrefix(err.Error(), "hujson: ")
	found := regexp.MustCompile(`^line (\d+), column (\d+): (.*)$`).FindStringSubmatch(what)
	if found == nil {
		return 1, 0, what
	}
	_ = json.Unmarshal([]byte(found[1]), &line)
	_ = json.Unmarshal([]byte(found[2]), &column)
	return line, column, found[3]
}

func (jsonc) set(text []byte, path []string, value any) ([]byte, error) {
	root, err := parseJSON(text)
	if err != nil {
		return nil, err
	}
	step := indentation(text)
	here := &root
	for depth, name := range path {
		if here.Value.Kind() == 'n' {
			here.Value = &hujson.Object{}
		}
		object, ok := here.Value.(*hujson.Object)
		if !ok {
			return nil, errForm
		}
		last := depth == len(path)-1
		next := memberOf(object, name)
		if next == nil {
			// The rest of the way is made in one go, so that it is indented alike.
			for i := len(path) - 1; i > depth; i-- {
				value = nested(path[i], value)
			}
			appendMember(object, name, encodeJSON(value, step, depth+1), step, depth)
			break
		}
		if last && !editList(next, value, step, depth+1) {
			next.Value = encodeJSON(value, step, depth+1)
		}
		here = next
	}
	return root.Pack(), nil
}

// editList puts one more element behind those of a list, or takes one away, if that is
// all there is to do. Comments between the others stay.
func editList(v *hujson.Value, value any, step string, depth int) bool {
	array, ok := v.Value.(*hujson.Array)
	wanted, isList := value.(list)
	if !ok || !isList {
		return false
	}
	for i := 0; i < len(array.Elements) && len(wanted) == len(array.Elements)-1; i++ {
		if i < len(wanted) && sameJSON(array.Elements[i], wanted[i]) {
			continue
		}
		e := array.Elements[i]
		array.Elements = slices.Delete(array.Elements, i, i+1)
		if i < len(array.Elements) {
			array.Elements[i].BeforeExtra = joinExtra(e.BeforeExtra, array.Elements[i].BeforeExtra)
			return true
		}
		if i > 0 {
			array.Elements[i-1].AfterExtra = e.AfterExtra
		}
		array.AfterExtra = joinExtra(e.BeforeExtra, array.AfterExtra)
		return true
	}
	if len(wanted) != len(array.Elements)+1 {
		return false
	}
	inner := "\n" + strings.Repeat(step, depth+1)
	e := hujson.Value{BeforeExtra: onNewLine(array.AfterExtra, inner), Value: encodeJSON(wanted[len(wanted)-1], step, depth+1)}
	if n := len(array.Elements); n > 0 && array.Elements[n-1].AfterExtra != nil {
		array.Elements[n-1].AfterExtra = nil
		e.AfterExtra = hujson.Extra{}
	}
	array.Elements = append(array.Elements, e)
	array.AfterExtra = hujson.Extra("\n" + strings.Repeat(step, depth))
	return true
}

// sameJSON reports whether a value of a text is the wanted one.
func sameJSON(v hujson.Value, wanted any) bool {
	v = v.Clone()
	v.Standardize()
	var have any
	return json.Unmarshal(v.Pack(), &have) == nil && same(have, plain(wanted))
}

func nested(name string, value any) object { return object{{name, value}} }

func (jsonc) remove(text []byte, path []string) ([]byte, error) {
	root, err := parseJSON(text)
	if err != nil {
		return nil, err
	}
	here := &root
	for _, name := range path[:len(path)-1] {
		if here = memberOf(objectIn(here), name); here == nil {
			return text, nil
		}
	}
	o := objectIn(here)
	for i := len(o.Members) - 1; i >= 0; i-- {
		m := o.Members[i]
		if nameOf(m) != path[len(path)-1] {
			continue
		}
		o.Members = slices.Delete(o.Members, i, i+1)
		switch {
		case i < len(o.Members):
			o.Members[i].Name.BeforeExtra = joinExtra(m.Name.BeforeExtra, o.Members[i].Name.BeforeExtra)
			continue
		case i > 0:
			o.Members[i-1].Value.AfterExtra = m.Value.AfterExtra // the comma behind the last one
		}
		o.AfterExtra = joinExtra(m.Name.BeforeExtra, o.AfterExtra)
	}
	if len(o.Members) == 0 && len(bytes.TrimSpace(o.AfterExtra)) == 0 {
		o.AfterExtra = nil
	}
	return root.Pack(), nil
}

// joinExtra is what stands between two elements when the one between them is gone:
// the comments in front of it stay.
func joinExtra(before, after hujson.Extra) hujson.Extra {
	return append(bytes.TrimRight(bytes.Clone(before), " \t\n"), after...)
}

// objectIn is the object that a value is, or an empty one.
func objectIn(v *hujson.Value) *hujson.Object {
	if o, ok := v.Value.(*hujson.Object); ok {
		return o
	}
	return &hujson.Object{}
}

func nameOf(m hujson.ObjectMember) string {
	literal, _ := m.Name.Value.(hujson.Literal)
	return literal.String()
}

// memberOf is the value of an object's member, the last one of that name, because it
// counts in JavaScript; or nil.
func memberOf(o *hujson.Object, name string) *hujson.Value {
	for i := len(o.Members) - 1; i >= 0; i-- {
		if nameOf(o.Members[i]) == name {
			return &o.Members[i].Value
		}
	}
	return nil
}

// appendMember puts a member behind the last one of an object that is depth levels
// deep, on a line of its own.
func appendMember(o *hujson.Object, name string, value hujson.ValueTrimmed, step string, depth int) {
	inner, outer := "\n"+strings.Repeat(step, depth+1), "\n"+strings.Repeat(step, depth)
	m := hujson.ObjectMember{
		Name:  hujson.Value{BeforeExtra: onNewLine(o.AfterExtra, inner), Value: hujson.String(name)},
		Value: hujson.Value{BeforeExtra: hujson.Extra(" "), Value: value},
	}
	if n := len(o.Members); n > 0 && o.Members[n-1].Value.AfterExtra != nil { // there is a comma behind the last one
		o.Members[n-1].Value.AfterExtra = nil
		m.Value.AfterExtra = hujson.Extra{}
	}
	o.Members = append(o.Members, m)
	o.AfterExtra = hujson.Extra(outer)
}

// onNewLine is what stands in front of an element that comes behind extra.
func onNewLine(extra hujson.Extra, line string) hujson.Extra {
	return append(bytes.TrimRight(bytes.Clone(extra), " \t\n"), line...)
}

// encodeJSON is a value as it stands depth levels deep.
func encodeJSON(value any, step string, depth int) hujson.ValueTrimmed {
	root, err := hujson.Parse([]byte(writeJSON(value, step, strings.Repeat(step, depth))))
	if err != nil {
		return hujson.Literal("null") // [edit] sees that it is not what was wanted
	}
	return root.Value
}

// writeJSON writes a value whose lines but the first begin with by.
func writeJSON(value any, step, by string) string {
	inner := "\n" + by + step
	switch v := value.(type) {
	case object:
		if len(v) == 0 {
			return "{}"
		}
		var members []string
		for _, m := range v {
			members = append(members, inner+quoteJSON(m.name)+": "+writeJSON(m.value, step, by+step))
		}
		return "{" + strings.Join(members, ",") + "\n" + by + "}"
	case list:
		if len(v) == 0 {
			return "[]"
		}
		var elements []string
		for _, e := range v {
			elements = append(elements, inner+writeJSON(e, step, by+step))
		}
		return "[" + strings.Join(elements, ",") + "\n" + by + "]"
	case map[string]any: // as it was read
		var members object
		for _, name := range slices.Sorted(maps.Keys(v)) {
			members = append(members, member{name, v[name]})
		}
		return writeJSON(members, step, by)
	case []string:
		var elements []string
		for _, s := range v {
			elements = append(elements, quoteJSON(s))
		}
		return "[" + strings.Join(elements, ", ") + "]"
	}
	return quoteJSON(value)
}

// quoteJSON is a text, number or truth value as JSON, with < and & as they are.
func quoteJSON(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value)
	return strings.TrimSuffix(out.String(), "\n")
}

// indentation is what a level of a document is indented by: as its first indented
// line, or two spaces.
func indentation(text []byte) string {
	for line := range bytes.Lines(text) {
		rest := bytes.TrimLeft(line, " \t")
		if space := line[:len(line)-len(rest)]; len(space) > 0 && len(space) <= 8 && bytes.HasPrefix(rest, []byte(`"`)) {
			return string(space)
		}
	}
	return "  "
}
