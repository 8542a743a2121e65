package input

// Argument describes an argument for people: what a command line asks for and completes.
type Argument struct {
	Name     string
	Type     string // "string", "integer", "boolean" or "object"; of a list that of its items
	List     bool   // several values can be given
	Required bool
	Refers   string   // what people call the objects that it refers to, such as "service"; "" if it refers to none
	Time     bool     // a point in time, or a range of it
	Enum     []string // the values that are allowed
	Default  string   // as JSON; "" for none
	Doc      string
	Min, Max *int // of an integer; nil for none
}

// Arguments are the arguments that are advertised, in the order declared.
func (o *Object) Arguments() []Argument {
	var all []Argument
	for _, f := range o.Fields {
		if f.hidden {
			continue
		}
		v := f.value
		a := Argument{Name: f.Name, Required: f.Required, Default: f.def, Doc: f.doc, List: v.item != nil}
		if v.item != nil {
			v = *v.item
		}
		a.Type, a.Time, a.Enum = string(v.form), v.Time, v.enum
		if k := v.referent(); k != nil {
			a.Refers = k.Word
		}
		if v.form == integerForm {
			a.Min, a.Max = v.min, v.max
		}
		all = append(all, a)
	}
	return all
}
