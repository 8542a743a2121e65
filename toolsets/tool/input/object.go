package input

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
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
	refers  *kind.Kind // the kind of object that the value refers to; nil if it refers to none
	Time    bool       // the value is a point in time, or a range of time
	enum    []string
	also    string   // a word that stands where an id would
	min     *int     // of an integer; of a text or list, the length
	max     *int     // likewise
	item    *value   // of a list
	members *Object  // of an object
	open    bool     // an object that is passed on as it is, whatever members it has
	most    bool     // how many to return: what is beyond max means max
	listed  []string // of enum those that the schema shows; all if nil
	order   []string // of a sort order, the fields to sort by; at most max of them
}

// referent is the kind of object that the value, or an item of it, refers to; nil
// if it refers to none.
func (v value) referent() *kind.Kind {
	if v.refers == nil && v.item != nil {
		return v.item.refers
	}
	return v.refers
}

// Field is one member of an object.
type Field struct {
	value
	Name     string
	aliases  []string // other names it is accepted under, not advertised
	doc      string
	def      string // JSON; empty for none
	Required bool
	hidden   bool // accepted, not advertised
	Selects  bool // says what to show of a list's records; see [Fields]
	clears   bool // the argument "clear" may name it; see [Changes]
	Index    []int
	// actions are what giving the argument does, by value; by "" what it does with any
	// other value.
	actions map[string]string
}

// Action is what giving the argument this value does, as acknowledge or reassign; "" for
// an argument that does nothing by itself.
func (f Field) Action(value string) string {
	if action := f.actions[value]; action != "" {
		return action
	}
	return f.actions[""]
}

// Actions are all that giving the argument may do, sorted.
func (f Field) Actions() []string {
	return slices.Compact(slices.Sorted(maps.Values(f.actions)))
}

// Object describes the members of an input struct.
type Object struct {
	goType reflect.Type
	Fields []Field
	// needsChange refuses a call with required arguments alone; see [Changes].
	needsChange bool
	// tool is the name of the tool that the object is an argument of, and reads
	// whether it only reads.
	tool   string
	reads  bool
	others map[string][]elsewhere // the fields by the names that they have elsewhere
}

// elsewhere is a field that has another name elsewhere.
type elsewhere struct {
	field int
	reads bool // the name counts in tools that only read
}

// visible are the names of the fields that are advertised.
func (o *Object) visible() []string {
	var names []string
	for _, f := range o.Fields {
		if !f.hidden {
			names = append(names, f.Name)
		}
	}
	return names
}

// index is where a field is, or -1.
func (o *Object) index(name string) int {
	return slices.IndexFunc(o.Fields, func(f Field) bool { return f.Name == name })
}

// where are the fields for which fits holds.
func (o *Object) where(fits func(f Field) bool) []int {
	var found []int
	for i, f := range o.Fields {
		if fits(f) {
			found = append(found, i)
		}
	}
	return found
}

// exact is the field that has the name or the alias itself, or -1.
func (o *Object) exact(name string) int {
	return slices.IndexFunc(o.Fields, func(f Field) bool { return f.Name == name || slices.Contains(f.aliases, name) })
}

// names are the arguments that are advertised, for errors.
func (o *Object) names() string { return strings.Join(o.visible(), ", ") }

// optional are the names of the arguments that may be left out.
func (o *Object) optional() []string {
	var names []string
	for _, f := range o.Fields {
		if !f.Required && f.def == "" && !f.hidden {
			names = append(names, f.Name)
		}
	}
	return names
}

// hint says what a field wants, for errors.
func (f Field) hint() string {
	switch {
	case f.referent() != nil:
		return "; " + f.referent().Forms()
	case f.enum != nil:
		return "; use " + wording.OrList(f.enum)
	case f.members != nil && !f.open:
		return "; give an object with " + f.members.names()
	case f.item != nil && f.item.members != nil:
		return "; give a list of objects with " + f.item.members.names()
	case f.doc == "":
		return ""
	}
	return ": " + strings.TrimSuffix(f.doc, ".")
}
