// Package input makes of a Go struct the JSON Schema of a tool's arguments, and of a call's
// arguments a value of the struct. The struct is the single source of both.
package input

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Arguments are read in three steps. Each member of the JSON object finds the
// argument that it is for (argnames.go, wrappers.go, slips.go). What is no value, such as
// an empty text, is left out (blank.go). The rest becomes Go values (values.go, enums.go).

// Decode reads arguments into a new value of o's Go type. It accepts slips that
// can mean only one thing and names everything else that is wrong at once, in an
// [*ArgumentError].
//
// References are left as they are written; the decoder lists them.
func (o *Object) Decode(arguments json.RawMessage) (in reflect.Value, d Decoded, err error) {
	in = reflect.New(o.goType).Elem()
	if len(o.Fields) == 0 { // a tool without arguments takes anything
		return in, d, nil
	}
	given, err := wording.ParseJSON(arguments)
	switch {
	case wording.TooDeep(arguments):
		return in, d, Wrong("the arguments are nested more than %d levels deep; give one JSON object with %s", wording.MaxDepth, o.names())
	case err != nil:
		return in, d, Wrong("the arguments are not valid JSON: give one JSON object")
	case given == nil:
		given = map[string]any{}
	}
	d.reads = o.reads
	d.object("", o, given, in)
	if len(d.problems) == 0 {
		d.clear(o, in)
	}
	if o.needsChange && len(d.problems) == 0 && !slices.ContainsFunc(o.optional(), func(name string) bool { return slices.Contains(d.Given, name) }) {
		d.wrong("", "%s", strings.Join(append([]string{"nothing to change: give at least one of " + strings.Join(o.optional(), ", ")}, d.Notes...), ". "))
	}
	if len(d.problems) > 0 {
		return in, d, &ArgumentError{Problems: d.problems}
	}
	return in, d, nil
}

// clear sets the fields that the argument "clear" names to their zero values.
func (d *Decoded) clear(o *Object, in reflect.Value) {
	if !o.needsChange || !slices.Contains(d.Given, "clear") {
		return
	}
	names := in.FieldByName("Clear").Interface().([]string)
	for _, f := range o.Fields {
		switch {
		case !f.clears || !slices.Contains(names, f.Name):
		case slices.Contains(d.Given, f.Name):
			d.wrong("clear", "%s is given as well; either give it or clear it", f.Name)
		default:
			target := in.FieldByIndex(f.Index)
			target.Set(reflect.New(target.Type().Elem()))
		}
	}
}
