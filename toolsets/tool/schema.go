package tool

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// kind is the form of a value.
type kind string

const (
	kindText    kind = "string"
	kindInteger kind = "integer"
	kindBoolean kind = "boolean"
	kindList    kind = "array"
	kindObject  kind = "object"
)

// value describes what an argument may be.
type value struct {
	kind    kind
	id      string // of which kind of object, when the value is an id
	time    bool   // the value is a point in time
	enum    []string
	also    string  // a word that stands where an id would
	min     *int    // of an integer; of a text or list, the length
	max     *int    // likewise
	item    *value  // of a list
	members *object // of an object
}

// itemID is the kind of object whose ids a list holds.
func (v value) itemID() string {
	if v.item == nil {
		return ""
	}
	return v.item.id
}

// field is one member of an object.
type field struct {
	value
	name     string
	aliases  []string // other names it is accepted under, not advertised
	doc      string
	def      string // JSON; empty for none
	required bool
	index    []int
}

// object describes the members of an input struct.
type object struct {
	goType reflect.Type
	fields []field
}

var (
	identifierType = reflect.TypeFor[identifier]()
	timeType       = reflect.TypeFor[Time]()
	freeType       = reflect.TypeFor[Object]()
)

// Object is an argument that is any JSON object, passed on as it is.
type Object json.RawMessage

// compile reads an input struct. Fields are arguments under their json name,
// required unless tagged omitzero. Further tags: doc (the description), enum
// (allowed values, with commas), min and max (of integers, and of the length of
// strings and lists), default, alias (names it is also accepted under),
// also (a word that stands in place of an id). A
// pointer field tells "not given" (nil) from the zero value. What the schema
// rules of MCP clients do not allow is a programming error and panics.
func compile(t reflect.Type) *object {
	o := &object{goType: t}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous || !f.IsExported() {
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			panic(fmt.Sprintf("%v.%s has no json name", t, f.Name))
		}
		v, hasDefault := describe(f.Type, f.Tag), f.Tag.Get("default") != ""
		made := field{
			value: v, name: name, doc: f.Tag.Get("doc"), index: f.Index, def: f.Tag.Get("default"),
			required: !strings.Contains(options, "omitzero") && !hasDefault,
		}
		if kind := cmp.Or(v.id, v.itemID()); kind != "" {
			made.doc = strings.TrimPrefix(strings.TrimSuffix(made.doc, ".")+". "+said(kind), ". ")
		}
		if hasDefault && v.kind == kindText {
			made.def = strconv.Quote(made.def)
		}
		if aliases := f.Tag.Get("alias"); aliases != "" {
			made.aliases = strings.Split(aliases, ",")
		}
		o.fields = append(o.fields, made)
	}
	return o
}

func describe(t reflect.Type, tag reflect.StructTag) value {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	v := value{min: number(tag, "min"), max: number(tag, "max"), also: tag.Get("also")}
	if list := tag.Get("enum"); list != "" {
		v.enum = strings.Split(list, ",")
	}
	switch {
	case t == timeType:
		v.kind, v.time = kindText, true
	case t == freeType:
		v.kind = kindObject
	case t.Implements(identifierType):
		v.kind, v.id = kindText, reflect.Zero(t).Interface().(identifier).kind()
	case t.Kind() == reflect.String:
		v.kind = kindText
	case t.Kind() == reflect.Int:
		v.kind = kindInteger
	case t.Kind() == reflect.Bool:
		v.kind = kindBoolean
	case t.Kind() == reflect.Slice:
		item := describe(t.Elem(), "")
		item.enum, v.enum = v.enum, nil
		v.kind, v.item = kindList, &item
	case t.Kind() == reflect.Struct:
		v.kind, v.members = kindObject, compile(t)
	default:
		panic(fmt.Sprintf("an argument can't be a %v", t))
	}
	return v
}

func number(tag reflect.StructTag, name string) *int {
	s, ok := tag.Lookup(name)
	if !ok {
		return nil
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Sprintf("tag %s: %v", name, err))
	}
	return &n
}

// schema writes the JSON Schema of o in the subset that every MCP client
// accepts: plain types, no references, no unions, no null.
func (o *object) schema() json.RawMessage {
	var b bytes.Buffer
	o.write(&b)
	return b.Bytes()
}

func (o *object) write(b *bytes.Buffer) {
	b.WriteString(`{"type":"object","properties":{`)
	var required []string
	for i, f := range o.fields {
		if i > 0 {
			b.WriteByte(',')
		}
		writeJSON(b, f.name)
		b.WriteByte(':')
		f.write(b)
		if f.required {
			required = append(required, f.name)
		}
	}
	b.WriteByte('}')
	if len(required) > 0 {
		b.WriteString(`,"required":`)
		writeJSON(b, required)
	}
	b.WriteByte('}')
}

func (f field) write(b *bytes.Buffer) {
	f.value.write(b)
	b.Truncate(b.Len() - 1) // reopen the object for the field's own keywords
	if f.doc != "" {
		b.WriteString(`,"description":`)
		writeJSON(b, f.doc)
	}
	if f.def != "" {
		b.WriteString(`,"default":` + f.def)
	}
	b.WriteByte('}')
}

func (v value) write(b *bytes.Buffer) {
	switch {
	case v.members != nil:
		v.members.write(b)
		return
	case v.kind == kindObject: // any
		b.WriteString(`{"type":"object","properties":{}}`)
		return
	}
	fmt.Fprintf(b, `{"type":%q`, v.kind)
	if v.enum != nil {
		b.WriteString(`,"enum":`)
		writeJSON(b, v.enum)
	}
	if v.item != nil {
		b.WriteString(`,"items":`)
		v.item.write(b)
	}
	if v.kind == kindInteger {
		if v.min != nil {
			fmt.Fprintf(b, `,"minimum":%d`, *v.min)
		}
		if v.max != nil {
			fmt.Fprintf(b, `,"maximum":%d`, *v.max)
		}
	}
	b.WriteByte('}')
}

func writeJSON(b *bytes.Buffer, v any) {
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err) // strings only
	}
	b.Truncate(b.Len() - 1) // the encoder's newline
}
