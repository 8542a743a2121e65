package tool

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// ArgumentError is a call whose arguments are wrong. Nothing was done.
type ArgumentError struct {
	// Problems says for each wrong argument what is wrong and what is allowed.
	Problems []string
	// Know is what to know for the next call besides; may be empty.
	Know string
}

func (e *ArgumentError) Error() string {
	know := ""
	if e.Know != "" {
		know = "\n" + e.Know
	}
	if len(e.Problems) == 1 {
		return e.Problems[0] + know
	}
	return fmt.Sprintf("%d arguments are wrong:\n- %s%s", len(e.Problems), strings.Join(e.Problems, "\n- "), know)
}

// Wrong is the error for arguments that only the tool itself can judge: what is
// wrong and what is allowed, starting with the argument's name.
func Wrong(format string, args ...any) error {
	return &ArgumentError{Problems: []string{fmt.Sprintf(format, args...)}}
}

// decode reads arguments into a new value of o's Go type. It accepts slips that
// can mean only one thing (a number as a string, one value for a list of one,
// an object or list as a JSON string) and names everything else that is wrong
// at once, in an [*ArgumentError].
//
// References are left as they are written; the decoder lists them.
func (o *object) decode(arguments json.RawMessage) (in reflect.Value, d decoder, err error) {
	in = reflect.New(o.goType).Elem()
	given, err := parse(arguments)
	if err != nil {
		return in, d, &ArgumentError{Problems: []string{"the arguments are not valid JSON: give one JSON object"}}
	}
	if given == nil {
		given = map[string]any{}
	}
	d.object("", o, given, in)
	if o.needsChange && len(d.problems) == 0 && !slices.ContainsFunc(o.optional(), func(name string) bool { return slices.Contains(d.given, name) }) {
		d.wrong("", "nothing to change: give at least one of %s", strings.Join(o.optional(), ", "))
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

// decoder collects on the way what is wrong and what is to be looked up.
type decoder struct {
	problems   []string
	references []reference
	needsZone  bool     // a time among them depends on where its user is
	wrongTime  bool     // what one says can't be read
	given      []string // the arguments that are there, in the order declared
	fields     []string // what to show of a list's records
}

func (d *decoder) wrong(at, format string, args ...any) {
	problem := fmt.Sprintf(format, args...)
	if at != "" {
		problem = at + ": " + problem
	}
	d.problems = append(d.problems, problem)
}

func (d *decoder) object(at string, o *object, given any, in reflect.Value) {
	members, ok := embedded[map[string]any](given, '{')
	if !ok {
		d.wrong(at, "%s is not an object; give one with %s", show(given), o.names())
		return
	}
	left := maps.Clone(members)
	for _, f := range o.fields {
		path := f.name
		if at != "" {
			path = at + "." + f.name
		}
		var found []string
		var v any
		for _, name := range append([]string{f.name}, f.aliases...) {
			if got, ok := left[name]; ok {
				delete(left, name)
				if got != nil { // null is a way to leave an argument out
					found, v = append(found, name), got
				}
			}
		}
		switch {
		case len(found) > 1:
			d.wrong(path, "is given more than once, as %s; give it once", strings.Join(found, " and "))
		case len(found) == 0 && f.def != "":
			def, _ := parse([]byte(f.def))
			d.value(path, f.value, def, in.FieldByIndex(f.index))
		case len(found) == 0 && f.required:
			d.wrong(path, "is required%s", hint(f.doc))
		case len(found) == 1:
			if at == "" {
				d.given = append(d.given, f.name)
			}
			if f.selects {
				fields := reflect.New(fieldsType).Elem()
				d.value(path, f.value, v, fields)
				d.fields = fields.Interface().(Fields)
				continue
			}
			d.value(path, f.value, v, in.FieldByIndex(f.index))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		d.unknown(at, name, o)
	}
}

func (d *decoder) unknown(at, name string, o *object) {
	var names []string
	for _, f := range o.fields {
		if !f.hidden {
			names = append(names, f.name)
		}
	}
	where := ""
	if at != "" {
		where = " of " + at
	}
	if len(names) == 0 {
		d.wrong("", "%s: there is no such argument; this tool takes none", quote(name))
		return
	}
	if near := Nearest(name, names); near != "" {
		d.wrong("", "%s: there is no such argument%s; did you mean %s? Known: %s", quote(name), where, near, o.names())
		return
	}
	d.wrong("", "%s: there is no such argument%s; known: %s", quote(name), where, o.names())
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

// names are the arguments that are advertised.
func (o *object) names() string {
	var names []string
	for _, f := range o.fields {
		if !f.hidden {
			names = append(names, f.name)
		}
	}
	return strings.Join(names, ", ")
}

// value decodes one value into target.
func (d *decoder) value(at string, v value, given any, target reflect.Value) {
	if target.Kind() == reflect.Pointer {
		target.Set(reflect.New(target.Type().Elem()))
		target = target.Elem()
	}
	switch v.form {
	case textForm:
		d.text(at, v, given, target)
	case integerForm:
		d.integer(at, v, given, target)
	case booleanForm:
		d.boolean(at, given, target)
	case listForm:
		d.list(at, v, given, target)
	case objectForm:
		if v.members == nil {
			d.free(at, given, target)
			return
		}
		d.object(at, v.members, given, target)
	}
}

// free takes an object as it is.
func (d *decoder) free(at string, given any, target reflect.Value) {
	members, ok := embedded[map[string]any](given, '{')
	if !ok {
		d.wrong(at, "%s is not an object", show(given))
		return
	}
	data, err := json.Marshal(members) // numbers as they were written
	if err != nil {
		d.wrong(at, "is not JSON")
		return
	}
	target.SetBytes(data)
}

func (d *decoder) text(at string, v value, given any, target reflect.Value) {
	if v.refers != nil {
		// A reference is one way to write an id.
		if reference, ok := given.(map[string]any); ok && reference["id"] != nil {
			given = reference["id"]
		}
	}
	s, ok := given.(string)
	if n, isNumber := given.(json.Number); isNumber {
		s, ok = n.String(), true
	}
	if !ok {
		d.wrong(at, "%s is not a string", show(given))
		return
	}
	switch {
	case v.time:
		d.time(at, s, target)
		return
	case v.refers != nil && v.also != "" && strings.EqualFold(strings.TrimSpace(s), v.also):
		s = v.also
	case v.refers != nil:
		s = unquoted(s)
		id, looksLikeID, problem := parseReference(v.refers, s)
		if problem != "" {
			d.wrong(at, "%s", problem)
			return
		}
		if id == "" || looksLikeID {
			d.references = append(d.references, reference{at, v.refers, s, target, looksLikeID})
		}
		if id != "" {
			s = id
		}
	case v.enum != nil:
		i := slices.IndexFunc(v.enum, func(allowed string) bool { return strings.EqualFold(allowed, strings.TrimSpace(s)) })
		if i < 0 {
			d.wrong(at, "%s is not allowed; use %s", quote(s), orList(v.enum))
			return
		}
		s = v.enum[i]
	default:
		if !d.length(at, "characters", len([]rune(s)), v) {
			return
		}
	}
	target.SetString(s)
}

// time reads a point in time or a range of time.
func (d *decoder) time(at, s string, target reflect.Value) {
	var problem string
	var needsZone bool
	if target.Type() == periodType {
		var parsed Period
		parsed, problem = ParsePeriod(s)
		needsZone = parsed.NeedsZone()
		target.Set(reflect.ValueOf(parsed))
	} else {
		var parsed Time
		parsed, problem = ParseTime(s)
		needsZone = parsed.NeedsZone()
		target.Set(reflect.ValueOf(parsed))
	}
	if problem != "" {
		d.wrong(at, "%s", problem)
		d.wrongTime = true
	}
	d.needsZone = d.needsZone || needsZone
}

// length checks how long a text or list is.
func (d *decoder) length(at, unit string, n int, v value) bool {
	switch {
	case v.min != nil && n < *v.min && *v.min == 1:
		d.wrong(at, "is empty")
	case v.min != nil && n < *v.min:
		d.wrong(at, "has %d %s; at least %d are needed", n, unit, *v.min)
	case v.max != nil && n > *v.max:
		d.wrong(at, "has %d %s; at most %d are allowed", n, unit, *v.max)
	default:
		return true
	}
	return false
}

func (d *decoder) integer(at string, v value, given any, target reflect.Value) {
	s, ok := given.(string)
	if n, isNumber := given.(json.Number); isNumber {
		s, ok = n.String(), true
	}
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 0)
	if err != nil {
		// 5.0 and 5e0 are 5 as well.
		f, floatErr := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if floatErr == nil && f == math.Trunc(f) && math.Abs(f) < 1e15 {
			n, err = int64(f), nil
		}
	}
	switch {
	case !ok || err != nil:
		d.wrong(at, "%s is not a whole number%s", show(given), allowedRange(v))
	case v.min != nil && n < int64(*v.min), v.max != nil && n > int64(*v.max):
		d.wrong(at, "%d is out of range%s", n, allowedRange(v))
	default:
		target.SetInt(n)
	}
}

func allowedRange(v value) string {
	switch {
	case v.min != nil && v.max != nil:
		return fmt.Sprintf("; use %d to %d", *v.min, *v.max)
	case v.min != nil:
		return fmt.Sprintf("; use %d or more", *v.min)
	case v.max != nil:
		return fmt.Sprintf("; use at most %d", *v.max)
	}
	return ""
}

func (d *decoder) boolean(at string, given any, target reflect.Value) {
	b, ok := given.(bool)
	if s, isText := given.(string); isText {
		switch strings.ToLower(strings.TrimSpace(s)) {
		case "true":
			b, ok = true, true
		case "false":
			b, ok = false, true
		}
	}
	if !ok {
		d.wrong(at, "%s is neither true nor false", show(given))
		return
	}
	target.SetBool(b)
}

func (d *decoder) list(at string, v value, given any, target reflect.Value) {
	items, ok := embedded[[]any](given, '[')
	if !ok {
		items = []any{given} // one value for a list of one
		if s, isText := given.(string); isText {
			items = separated(v.item, s)
		}
	}
	if !d.length(at, "items", len(items), v) {
		return
	}
	list := reflect.MakeSlice(target.Type(), len(items), len(items))
	for i, item := range items {
		path := at
		if len(items) > 1 {
			path = fmt.Sprintf("%s[%d]", at, i)
		}
		if item == nil {
			d.wrong(path, "null is not a value; leave it out")
			continue
		}
		d.value(path, *v.item, item, list.Index(i))
	}
	target.Set(list)
}

// separated splits a text at its commas where these can only separate items. In a
// name they may not.
func separated(item *value, s string) []any {
	var parts []any
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		if item.enum == nil && !unmistakable(item.refers, part) {
			return []any{s}
		}
		parts = append(parts, part)
	}
	return parts
}

// embedded returns given as a T, also when it was written as a JSON string that
// starts with opening.
func embedded[T any](given any, opening byte) (T, bool) {
	if s, isText := given.(string); isText && strings.HasPrefix(strings.TrimSpace(s), string(opening)) {
		if parsed, err := parse([]byte(s)); err == nil {
			given = parsed
		}
	}
	t, ok := given.(T)
	return t, ok
}
