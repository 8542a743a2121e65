package tool

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// form is the form that a value has in JSON.
type form string

const (
	textForm    form = "string"
	integerForm form = "integer"
	booleanForm form = "boolean"
	listForm    form = "array"
	objectForm  form = "object"
)

// value describes what an argument may be.
type value struct {
	form    form
	refers  *kind // the kind of object that the value refers to; nil if it refers to none
	time    bool  // the value is a point in time, or a range of time
	enum    []string
	also    string  // a word that stands where an id would
	min     *int    // of an integer; of a text or list, the length
	max     *int    // likewise
	item    *value  // of a list
	members *object // of an object
}

// referent is the kind of object that the value, or an item of it, refers to; nil
// if it refers to none.
func (v value) referent() *kind {
	if v.refers == nil && v.item != nil {
		return v.item.refers
	}
	return v.refers
}

// field is one member of an object.
type field struct {
	value
	name     string
	aliases  []string // other names it is accepted under, not advertised
	doc      string
	def      string // JSON; empty for none
	required bool
	hidden   bool // accepted, not advertised
	selects  bool // says what to show of a list's records; see [Fields]
	index    []int
}

// object describes the members of an input struct.
type object struct {
	goType reflect.Type
	fields []field
	// needsChange refuses a call with required arguments alone; see [Changes].
	needsChange bool
}

var (
	identifierType = reflect.TypeFor[identifier]()
	timeType       = reflect.TypeFor[Time]()
	periodType     = reflect.TypeFor[Period]()
	freeType       = reflect.TypeFor[Object]()
	fieldsType     = reflect.TypeFor[Fields]()
	changesType    = reflect.TypeFor[Changes]()
)

// Changes is embedded in the input of a tool that changes what is given and leaves
// the rest. A call that gives nothing to change is refused.
type Changes struct{}

// Object is an argument that is any JSON object, passed on as it is.
type Object json.RawMessage

// compile reads an input struct. Fields are arguments under their json name,
// required unless tagged omitzero. Further tags: doc (the description), enum
// (allowed values, with commas), min and max (of integers, and of the length of
// strings and lists), default, alias (names it is also accepted under),
// also (a word that stands in place of an id), hidden (accepted, not advertised). A
// pointer field tells "not given" (nil) from the zero value. What the schema
// rules of MCP clients do not allow is a programming error and panics.
func compile(t reflect.Type) *object {
	o := &object{goType: t}
	for _, f := range reflect.VisibleFields(t) {
		if f.Type == changesType {
			o.needsChange = true
		}
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
			required: !strings.Contains(options, "omitzero") && !hasDefault, selects: f.Type == fieldsType,
			hidden: f.Tag.Get("hidden") != "",
		}
		if k := v.referent(); k != nil {
			made.doc = strings.TrimPrefix(strings.TrimSuffix(made.doc, ".")+". "+k.hint(), ". ")
		}
		if hasDefault && v.form == textForm {
			made.def = strconv.Quote(made.def)
		}
		if aliases := f.Tag.Get("alias"); aliases != "" {
			made.aliases = strings.Split(aliases, ",")
		}
		o.fields = append(o.fields, made)
	}
	return o
}

// selectFields makes o take "fields", which says what to show of a list's records:
// advertised if the input has an argument for it, hidden if not.
func (o *object) selectFields(names []string) {
	for i, f := range o.fields {
		if f.selects {
			o.fields[i].item.enum = names
			return
		}
	}
	v := describe(fieldsType, "")
	v.item.enum = names
	o.fields = append(o.fields, field{value: v, name: "fields", hidden: true, selects: true})
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
	case t == timeType, t == periodType:
		v.form, v.time = textForm, true
	case t == freeType:
		v.form = objectForm
	case t.Implements(identifierType):
		v.form, v.refers = textForm, reflect.Zero(t).Interface().(identifier).kind()
	case t.Kind() == reflect.String:
		v.form = textForm
	case t.Kind() == reflect.Int:
		v.form = integerForm
	case t.Kind() == reflect.Bool:
		v.form = booleanForm
	case t.Kind() == reflect.Slice:
		item := describe(t.Elem(), "")
		item.enum, v.enum = v.enum, nil
		v.form, v.item = listForm, &item
	case t.Kind() == reflect.Struct:
		v.form, v.members = objectForm, compile(t)
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
	var d document
	o.write(&d)
	return d.Bytes() // names and texts: what can't be encoded can't be in it
}

func (o *object) write(d *document) {
	d.WriteString(`{"type":"object","properties":{`)
	var required []string
	for i, f := range o.fields {
		if f.hidden {
			continue
		}
		if i > 0 {
			d.WriteByte(',')
		}
		d.value(f.name)
		d.WriteByte(':')
		f.write(d)
		if f.required {
			required = append(required, f.name)
		}
	}
	d.WriteByte('}')
	if len(required) > 0 {
		d.WriteString(`,"required":`)
		d.value(required)
	}
	d.WriteByte('}')
}

func (f field) write(d *document) {
	f.value.write(d)
	d.Truncate(d.Len() - 1) // reopen the object for the field's own keywords
	if f.doc != "" {
		d.WriteString(`,"description":`)
		d.value(f.doc)
	}
	if f.def != "" {
		d.WriteString(`,"default":` + f.def)
	}
	d.WriteByte('}')
}

func (v value) write(d *document) {
	switch {
	case v.members != nil:
		v.members.write(d)
		return
	case v.form == objectForm: // any
		d.WriteString(`{"type":"object","properties":{}}`)
		return
	}
	fmt.Fprintf(&d.Buffer, `{"type":%q`, v.form)
	if v.enum != nil {
		d.WriteString(`,"enum":`)
		d.value(v.enum)
	}
	if v.item != nil {
		d.WriteString(`,"items":`)
		v.item.write(d)
	}
	if v.form == integerForm {
		if v.min != nil {
			fmt.Fprintf(&d.Buffer, `,"minimum":%d`, *v.min)
		}
		if v.max != nil {
			fmt.Fprintf(&d.Buffer, `,"maximum":%d`, *v.max)
		}
	}
	d.WriteByte('}')
}
