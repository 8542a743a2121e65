package input

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
)

var (
	identifierType = reflect.TypeFor[kind.Identifier]()
	timeType       = reflect.TypeFor[when.Time]()
	periodType     = reflect.TypeFor[when.Period]()
	// OpenType is what every [Open] implements.
	OpenType    = reflect.TypeFor[opener]()
	fieldsType  = reflect.TypeFor[Fields]()
	changesType = reflect.TypeFor[Changes]()
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

// Compile reads an input struct. Fields are arguments under their json name,
// required unless tagged omitzero. Further tags: doc (the description), enum
// (allowed values, with commas), min and max (of integers, and of the length of
// strings and lists; a list of min 0 may be given empty), default, alias (names it is also accepted under), also (a
// word that stands in place of an id), clears (see [Changes]), order (the fields
// that a sort order may name, max of them at once), hidden (accepted, not
// advertised). A
// pointer field tells "not given" (nil) from the zero value. What the schema
// rules of MCP clients do not allow is a programming error and panics.
func Compile(t reflect.Type) *Object {
	o := &Object{goType: t}
	visible := reflect.VisibleFields(t)
	o.needsChange = slices.ContainsFunc(visible, func(f reflect.StructField) bool { return f.Type == changesType })
	var clear *Field
	for _, f := range visible {
		if f.Anonymous || !f.IsExported() {
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			panic(fmt.Sprintf("%v.%s has no json name", t, f.Name))
		}
		v, hasDefault := describe(f.Type, f.Tag), f.Tag.Get("default") != ""
		made := Field{
			value: v, Name: name, doc: f.Tag.Get("doc"), Index: f.Index, def: f.Tag.Get("default"),
			Required: !strings.Contains(options, "omitzero") && !hasDefault, Selects: f.Type == fieldsType,
			hidden: f.Tag.Get("hidden") != "", actions: actionsOf(f.Tag.Get("action")),
		}
		if k := v.referent(); k != nil {
			made.doc = strings.TrimPrefix(strings.TrimSuffix(made.doc, ".")+". "+k.Hint(), ". ")
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
		o.Fields = append(o.Fields, made)
	}
	o.offerClear(clear)
	return o
}

// actionsOf reads the tag that says what giving an argument does: "reassign", or by value
// as in "resolved=resolve,triggered=reopen".
func actionsOf(tag string) map[string]string {
	if tag == "" {
		return nil
	}
	actions := map[string]string{}
	for part := range strings.SplitSeq(tag, ",") {
		value, action, byValue := strings.Cut(part, "=")
		if !byValue {
			value, action = "", part
		}
		actions[value] = action
	}
	return actions
}

// Narrowed describes the same arguments, of which the schema shows only those, and those
// values, whose actions are allowed. All are read as before.
func (o *Object) Narrowed(allowed func(action string) bool) *Object {
	narrowed := *o
	narrowed.Fields = slices.Clone(o.Fields)
	for i := range narrowed.Fields {
		f := &narrowed.Fields[i]
		if len(f.actions) == 0 {
			continue
		}
		f.hidden = f.hidden || !slices.ContainsFunc(f.Actions(), allowed)
		if f.enum != nil {
			f.listed = slices.DeleteFunc(slices.Clone(f.enum), func(value string) bool { return !allowed(f.Action(value)) })
		}
	}
	return &narrowed
}

// offerClear adds the argument "clear" if there is anything that it may name.
func (o *Object) offerClear(clear *Field) {
	var names []string
	for _, f := range o.Fields {
		if f.clears {
			names = append(names, f.Name)
		}
	}
	if names == nil {
		return
	}
	clear.item.enum = names
	o.Fields = append(o.Fields, *clear)
}

// BelongsTo tells o, and the objects in it, which tool they are arguments of.
func (o *Object) BelongsTo(tool string, reads bool) {
	o.tool, o.reads = tool, reads
	o.learnOtherNames()
	for _, f := range o.Fields {
		for v := &f.value; v != nil; v = v.item {
			if v.members != nil {
				v.members.BelongsTo(tool, reads)
			}
		}
	}
}

// SelectFields makes o take "fields", which says what to show of a list's records:
// advertised if the input has an argument for it, hidden if not.
func (o *Object) SelectFields(names []string) {
	for i, f := range o.Fields {
		if f.Selects {
			o.Fields[i].item.enum = names
			return
		}
	}
	v := describe(fieldsType, "")
	v.item.enum = names
	o.Fields = append(o.Fields, Field{value: v, Name: "fields", hidden: true, Selects: true})
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
		v.form, v.Time = textForm, true
	case t.Implements(OpenType):
		v.form, v.open = objectForm, true
		v.members = Compile(reflect.Zero(t).Interface().(opener).described())
	case t.Implements(identifierType):
		v.form, v.refers = textForm, reflect.Zero(t).Interface().(kind.Identifier).Kind()
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
		v.form, v.members = objectForm, Compile(t)
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

// Fields is the argument of a tool that lists which says what to show of its
// records; their names come from the records. Tools without such an argument take
// "fields" all the same, without advertising it.
type Fields []string
