package tool

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
)

// Arguments are read in three steps. Each member of the JSON object finds the
// argument that it is for (argnames.go, slips.go). What is no value, such as an empty
// text, is left out (blank.go). The rest becomes Go values (values.go, enums.go).

const (
	// maxProblems is how many problems an error names.
	maxProblems = 10
	// maxProblem bounds the text of one problem, in characters.
	maxProblem = 600
	// maxDepth is how deep arguments may be nested.
	maxDepth = 32
	// maxLooks is how many members of objects one call may have looked at; it bounds
	// the time that reading a call takes.
	maxLooks = 1000
	// maxItems is how many items a list may have where nothing else is said.
	maxItems = 1000
	// maxText is how long a text may be where nothing else is said, in characters.
	maxText = 25_000
)

// ArgumentError is a call whose arguments are wrong. Nothing was done.
type ArgumentError struct {
	// Problems says for each wrong argument what is wrong and what is allowed.
	Problems []string
	// Know is what to know for the next call besides; may be empty.
	Know string
}

func (e *ArgumentError) Error() string {
	problems, more, know := e.Problems, "", ""
	if e.Know != "" {
		know = "\n" + e.Know
	}
	if len(problems) == 1 {
		return problems[0] + know
	}
	if len(problems) > maxProblems {
		more = fmt.Sprintf("\n- and %s more", thousands(len(problems)-maxProblems))
		problems = problems[:maxProblems]
	}
	return fmt.Sprintf("%s arguments are wrong:\n- %s%s%s", thousands(len(e.Problems)), strings.Join(problems, "\n- "), more, know)
}

// Wrong is the error for arguments that only the tool itself can judge: what is
// wrong and what is allowed, starting with the argument's name.
func Wrong(format string, args ...any) error {
	return &ArgumentError{Problems: []string{fmt.Sprintf(format, args...)}}
}

// decode reads arguments into a new value of o's Go type. It accepts slips that
// can mean only one thing and names everything else that is wrong at once, in an
// [*ArgumentError].
//
// References are left as they are written; the decoder lists them.
func (o *object) decode(arguments json.RawMessage) (in reflect.Value, d decoder, err error) {
	in = reflect.New(o.goType).Elem()
	if len(o.fields) == 0 { // a tool without arguments takes anything
		return in, d, nil
	}
	given, err := parse(arguments)
	switch {
	case tooDeep(arguments):
		return in, d, Wrong("the arguments are nested more than %d levels deep; give one JSON object with %s", maxDepth, o.names())
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
	if o.needsChange && len(d.problems) == 0 && !slices.ContainsFunc(o.optional(), func(name string) bool { return slices.Contains(d.given, name) }) {
		d.wrong("", "%s", strings.Join(append([]string{"nothing to change: give at least one of " + strings.Join(o.optional(), ", ")}, d.notes...), ". "))
	}
	if len(d.problems) > 0 {
		return in, d, &ArgumentError{Problems: d.problems}
	}
	return in, d, nil
}

// parse reads one JSON value, numbers as they are written. No text is nil.
func parse(data []byte) (any, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("more than one value")
	}
	return v, nil
}

// tooDeep reports whether a JSON text is nested more than maxDepth levels deep.
func tooDeep(data []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// decoder collects on the way what is wrong and what is to be looked up.
type decoder struct {
	problems   []string
	references []reference
	needsZone  bool     // a time among them depends on where its user is
	wrongTime  bool     // what one says can't be read
	given      []string // the arguments that are there, in the order declared
	fields     []string // what to show of a list's records
	notes      []string // what the caller should know of how the arguments were read
	reads      bool     // the tool only reads
	looked     int      // at how many members of objects
}

// spend counts one look at a member of an object. Past maxLooks the call is refused.
func (d *decoder) spend() {
	if d.looked++; d.looked == maxLooks+1 {
		d.wrong("", "the arguments have more than %s members; give only what the tool knows", thousands(maxLooks))
	}
}

func (d *decoder) wrong(at, format string, args ...any) {
	problem := fmt.Sprintf(format, args...)
	if at != "" {
		problem = at + ": " + problem
	}
	d.problems = append(d.problems, Shorten(problem, maxProblem))
}

func (d *decoder) note(format string, args ...any) {
	note := Shorten(fmt.Sprintf(format, args...), maxProblem)
	if len(d.notes) < maxProblems && !slices.Contains(d.notes, note) {
		d.notes = append(d.notes, note)
	}
}

func (d *decoder) object(at string, o *object, given any, in reflect.Value) {
	members, ok := membersOf(given)
	if !ok {
		d.wrong(at, "%s is not an object; give one with %s", show(given), o.names())
		return
	}
	m := matcher{d: d, at: at, o: o, found: map[int]*argument{}}
	m.match(members)
	for i, f := range o.fields {
		path := f.name
		if at != "" {
			path = at + "." + f.name
		}
		arg := m.found[i]
		switch {
		case arg != nil && arg.conflict:
			d.wrong(path, "is given more than once, as %s; give it once", strings.Join(arg.names, " and "))
			continue
		case arg == nil, d.leftOut(path, f, arg.value):
			d.absent(path, f, arg, in)
			continue
		}
		if at == "" {
			d.given = append(d.given, f.name)
		}
		target := reflect.Value{}
		if f.selects {
			target = reflect.New(fieldsType).Elem()
		} else {
			target = in.FieldByIndex(f.index)
		}
		switch {
		case f.clears && isZero(arg.value):
			d.wrong(path, "0 would switch it off; if that is meant, give clear: [%q] instead, else leave it out", f.name)
		default:
			d.value(path, f.value, arg.value, target)
		}
		if f.selects {
			d.fields = target.Interface().(Fields)
		}
	}
	m.report()
}

// absent is what happens to a field for which nothing was given, or a blank.
func (d *decoder) absent(path string, f field, arg *argument, in reflect.Value) {
	switch {
	case f.def != "":
		def, _ := parse([]byte(f.def))
		d.value(path, f.value, def, in.FieldByIndex(f.index))
	case f.required && arg != nil && arg.value != nil && isEmpty(arg.value):
		d.wrong(path, "is blank%s", f.hint())
	case f.required && arg != nil && arg.value != nil:
		d.wrong(path, "%s is no value%s", show(arg.value), f.hint())
	case f.required:
		d.wrong(path, "is required%s", f.hint())
	case arg != nil && f.clears && arg.value != nil:
		d.note("%s: %s was left out; to empty it give clear: [%q].", path, show(arg.value), f.name)
	}
}

// hint says what a field wants, for errors.
func (f field) hint() string {
	switch {
	case f.referent() != nil:
		return "; " + f.referent().forms()
	case f.enum != nil:
		return "; use " + orList(f.enum)
	case f.members != nil && !f.open:
		return "; give an object with " + f.members.names()
	case f.item != nil && f.item.members != nil:
		return "; give a list of objects with " + f.item.members.names()
	case f.doc == "":
		return ""
	}
	return ": " + strings.TrimSuffix(f.doc, ".")
}

// clear sets the fields that the argument "clear" names to their zero values.
func (d *decoder) clear(o *object, in reflect.Value) {
	if !o.needsChange || !slices.Contains(d.given, "clear") {
		return
	}
	names := in.FieldByName("Clear").Interface().([]string)
	for _, f := range o.fields {
		switch {
		case !f.clears || !slices.Contains(names, f.name):
		case slices.Contains(d.given, f.name):
			d.wrong("clear", "%s is given as well; either give it or clear it", f.name)
		default:
			target := in.FieldByIndex(f.index)
			target.Set(reflect.New(target.Type().Elem()))
		}
	}
}

// optional are the names of the arguments that may be left out.
func (o *object) optional() []string {
	var names []string
	for _, f := range o.fields {
		if !f.required && f.def == "" && !f.hidden {
			names = append(names, f.name)
		}
	}
	return names
}

// names are the arguments that are advertised, for errors.
func (o *object) names() string { return strings.Join(o.visible(), ", ") }
