package tool

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
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
	also    string   // a word that stands where an id would
	min     *int     // of an integer; of a text or list, the length
	max     *int     // likewise
	item    *value   // of a list
	members *object  // of an object
	open    bool     // an object that is passed on as it is, whatever members it has
	most    bool     // how many to return: what is beyond max means max
	order   []string // of a sort order, the fields to sort by; at most max of them
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
	clears   bool // the argument "clear" may name it; see [Changes]
	index    []int
}

// object describes the members of an input struct.
type object struct {
	goType reflect.Type
	fields []field
	// needsChange refuses a call with required arguments alone; see [Changes].
	needsChange bool
	// tool is the name of the tool that the object is an argument of, and reads
	// whether it only reads.
	tool   string
	reads  bool
	others map[string][]elsewhere // the fields by the names that they have elsewhere
}

var (
	identifierType = reflect.TypeFor[identifier]()
	timeType       = reflect.TypeFor[Time]()
	periodType     = reflect.TypeFor[Period]()
	openType       = reflect.TypeFor[opener]()
	fieldsType     = reflect.TypeFor[Fields]()
	changesType    = reflect.TypeFor[Changes]()
)

// Changes is embedded in the input of a tool that changes what is given and leaves
// the rest. A call that gives nothing to change is refused.
//
// Models send empty texts for what they mean to leave out, so that an empty text
// changes nothing. Pointer fields tagged clears become the values of an argument of
// their own: a field that clear names is set to its zero value, which the tool
// sends. The tag's text says what 0 means where a thing is made, as in "0 is never";
// it is "true" if there is nothing to say.
type Changes struct {
	Clear []string `json:"clear,omitzero" doc:"Empty these"`
}

// Open is an argument that is a JSON object, passed on as it is: with numbers as they
// were written, and with members that T doesn't have. T is what the schema says of
// it.
type Open[T any] json.RawMessage

func (Open[T]) described() reflect.Type { return reflect.TypeFor[T]() }

// opener is implemented by [Open].
type opener interface {
	// described is the type of the members that are advertised.
	described() reflect.Type
}

// compile reads an input struct. Fields are arguments under their json name,
// required unless tagged omitzero. Further tags: doc (the description), enum
// (allowed values, with commas), min and max (of integers, and of the length of
// strings and lists; a list of min 0 may be given empty), default, alias (names it is also accepted under), also (a
// word that stands in place of an id), clears (see [Changes]), order (the fields
// that a sort order may name, max of them at once), hidden (accepted, not
// advertised). A
// pointer field tells "not given" (nil) from the zero value. What the schema
// rules of MCP clients do not allow is a programming error and panics.
func compile(t reflect.Type) *object {
	o := &object{goType: t}
	visible := reflect.VisibleFields(t)
	o.needsChange = slices.ContainsFunc(visible, func(f reflect.StructField) bool { return f.Type == changesType })
	var clear *field
	for _, f := range visible {
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
		if said, ok := f.Tag.Lookup("clears"); ok {
			if f.Type.Kind() != reflect.Pointer {
				panic(fmt.Sprintf("%v.%s can't be cleared: it is not a pointer", t, f.Name))
			}
			made.clears = o.needsChange
			if !o.needsChange && said != "true" {
				made.doc = strings.TrimPrefix(made.doc+"; "+said, "; ")
			}
		}
		made.most = name == "limit" && made.form == integerForm && made.max != nil
		if len(f.Index) > 1 && t.FieldByIndex(f.Index[:len(f.Index)-1]).Type == changesType {
			clear = &made
			continue
		}
		o.fields = append(o.fields, made)
	}
	o.offerClear(clear)
	return o
}

// offerClear adds the argument "clear" if there is anything that it may name.
func (o *object) offerClear(clear *field) {
	var names []string
	for _, f := range o.fields {
		if f.clears {
			names = append(names, f.name)
		}
	}
	if names == nil {
		return
	}
	clear.item.enum = names
	o.fields = append(o.fields, *clear)
}

// belongsTo tells o, and the objects in it, which tool they are arguments of.
func (o *object) belongsTo(tool string, reads bool) {
	o.tool, o.reads = tool, reads
	o.learnOtherNames()
	for _, f := range o.fields {
		for v := &f.value; v != nil; v = v.item {
			if v.members != nil {
				v.members.belongsTo(tool, reads)
			}
		}
	}
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
	if list := tag.Get("order"); list != "" {
		v.order = strings.Split(list, ",")
	}
	switch {
	case t == timeType, t == periodType:
		v.form, v.time = textForm, true
	case t.Implements(openType):
		v.form, v.open = objectForm, true
		v.members = compile(reflect.Zero(t).Interface().(opener).described())
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
