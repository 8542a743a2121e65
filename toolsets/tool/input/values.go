package input

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// value decodes one value into target.
func (d *Decoded) value(at string, v value, given any, target reflect.Value) {
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
		if v.open {
			d.free(at, v, given, target)
			return
		}
		d.object(at, v.members, given, target)
	}
}

// free takes an object as it is: also with what is empty in it, as PagerDuty writes it,
// but without advertised texts, numbers and truths that look like something and are no
// value.
func (d *Decoded) free(at string, v value, given any, target reflect.Value) {
	members, ok := membersOf(given)
	if !ok {
		with := ""
		if names := v.members.names(); names != "" {
			with = "; give one with " + names
		}
		d.wrong(at, "%s is not an object%s", wording.Show(given), with)
		return
	}
	members = maps.Clone(members)
	for _, f := range v.members.Fields {
		given, plain := members[f.Name], f.form == textForm || f.form == integerForm || f.form == booleanForm
		if plain && !f.Required && given != nil && given != "" && f.isNoValue(given, false) {
			delete(members, f.Name)
		}
	}
	data, err := json.Marshal(members) // numbers as they were written
	if err != nil {
		d.wrong(at, "is not JSON")
		return
	}
	target.SetBytes(data)
}

func (d *Decoded) text(at string, v value, given any, target reflect.Value) {
	s, ok := textOf(v, given)
	if !ok {
		d.wrong(at, "%s is not a string%s", wording.Show(given), Field{value: v}.hint())
		return
	}
	switch {
	case v.Time:
		d.time(at, strings.TrimSpace(s), target)
		return
	case v.refers != nil && v.also != "" && strings.EqualFold(strings.TrimSpace(s), v.also):
		s = v.also
	case v.refers != nil:
		s = wording.Unquoted(s)
		id, looksLikeID, problem := kind.Parse(v.refers, s)
		if problem != "" {
			d.wrong(at, "%s", problem)
			return
		}
		if id == "" || looksLikeID {
			d.References = append(d.References, kind.Reference{At: at, Kind: v.refers, Text: s, Target: target, LooksLikeID: looksLikeID})
		}
		if id != "" {
			s = id
		}
	case v.enum != nil:
		if s, ok = d.choice(at, v, s); !ok {
			return
		}
	case v.order != nil:
		if s, ok = d.order(at, v, s); !ok {
			return
		}
	default:
		if v.max == nil {
			most := maxText
			v.max = &most
		}
		if strings.Contains(s, wording.Redacted) && !d.reads {
			d.wrong(at, "has %s in it, which stands for a credential that was left out of an answer: PagerDuty would get it in place of the credential. Leave the argument out, or write the whole text", wording.Redacted)
			return
		}
		// What goes to PagerDuty is what a person sees who is asked about it.
		visible, hid := wording.CleanAndCount(s)
		if s = visible; hid > 0 {
			d.note("%s: characters that nobody sees were left out.", at)
		}
		if !d.length(at, "characters", len([]rune(s)), v) {
			return
		}
	}
	target.SetString(s)
}

// time reads a point in time or a range of time.
func (d *Decoded) time(at, s string, target reflect.Value) {
	var problem string
	var needsZone bool
	if target.Type() == periodType {
		var parsed when.Period
		parsed, problem = when.ParsePeriod(s)
		needsZone = parsed.NeedsZone()
		target.Set(reflect.ValueOf(parsed))
	} else {
		var parsed when.Time
		parsed, problem = when.ParseTime(s)
		needsZone = parsed.NeedsZone()
		target.Set(reflect.ValueOf(parsed))
	}
	if problem != "" {
		d.wrong(at, "%s", problem)
		d.WrongTime = true
	}
	d.NeedsZone = d.NeedsZone || needsZone
}

// length checks how long a text or list is.
func (d *Decoded) length(at, unit string, n int, v value) bool {
	switch {
	case v.min != nil && n < *v.min && *v.min == 1:
		d.wrong(at, "is empty")
	case v.min != nil && n < *v.min:
		d.wrong(at, "has %s %s; at least %d are needed", wording.Thousands(n), unit, *v.min)
	case v.max != nil && n > *v.max:
		d.wrong(at, "has %s %s; at most %s are allowed", wording.Thousands(n), unit, wording.Thousands(*v.max))
	default:
		return true
	}
	return false
}

func (d *Decoded) integer(at string, v value, given any, target reflect.Value) {
	if list, ok := given.([]any); ok && len(list) == 1 {
		given = list[0]
	}
	s, ok := plainText(given)
	s = strings.TrimSpace(s)
	n, err := strconv.ParseInt(s, 10, 0)
	if err != nil {
		// 5.0 and 5e0 are 5 as well.
		f, floatErr := strconv.ParseFloat(s, 64)
		if floatErr == nil && f == math.Trunc(f) && math.Abs(f) < 1e15 {
			n, err = int64(f), nil
		}
	}
	if v.most {
		isWord := slices.Contains([]string{"all", "max", "maximum", "unlimited", "no limit", "everything", "any", "*"}, strings.ToLower(s))
		if isWord || ok && err == nil && (n <= 0 || n > int64(*v.max)) {
			d.note("%s: %s was taken as %s, the most that one call returns.", at, wording.Show(given), wording.Thousands(*v.max))
			target.SetInt(int64(*v.max))
			return
		}
	}
	switch {
	case !ok || err != nil:
		d.wrong(at, "%s is not a whole number%s", wording.Show(given), allowedRange(v))
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

func (d *Decoded) boolean(at string, given any, target reflect.Value) {
	b, ok := given.(bool)
	if s, isText := plainText(given); isText {
		switch strings.ToLower(strings.TrimSpace(s)) {
		case "true", "yes", "on", "1":
			b, ok = true, true
		case "false", "no", "off", "0":
			b, ok = false, true
		}
	}
	if !ok {
		d.wrong(at, "%s is neither true nor false", wording.Show(given))
		return
	}
	target.SetBool(b)
}

func (d *Decoded) list(at string, v value, given any, target reflect.Value) {
	items, ok := embedded[[]any](given, '[')
	if !ok {
		items = []any{given} // one value for a list of one
		if s, isText := given.(string); isText {
			items = separated(v.item, s)
		}
	}
	if v.max == nil || v.item.form == integerForm { // there max is that of the numbers
		most := maxItems
		v.max = &most
	}
	if !d.length(at, "items", len(items), v) {
		return
	}
	if v.item.enum != nil {
		if chosen, ok := d.choices(at, *v.item, items); ok && chosen != nil {
			target.Set(reflect.ValueOf(chosen).Convert(target.Type()))
		}
		return
	}
	list := reflect.MakeSlice(target.Type(), len(items), len(items))
	for i, item := range items {
		path := at
		if len(items) > 1 {
			path = itemPath(at, i)
		}
		if !v.item.open && v.item.isNoValue(item, true) {
			d.wrong(path, "%s is no value; leave it out", wording.Show(item))
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
		if item.enum == nil && item.form != integerForm && !kind.Unmistakable(item.refers, part) {
			return []any{s}
		}
		parts = append(parts, part)
	}
	return parts
}

func (d *Decoded) object(at string, o *Object, given any, in reflect.Value) {
	members, ok := membersOf(given)
	if !ok {
		d.wrong(at, "%s is not an object; give one with %s", wording.Show(given), o.names())
		return
	}
	m := matcher{d: d, at: at, o: o, found: map[int]*argument{}}
	m.match(members)
	for i, f := range o.Fields {
		path := f.Name
		if at != "" {
			path = at + "." + f.Name
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
			d.Given = append(d.Given, f.Name)
		}
		target := reflect.Value{}
		if f.Selects {
			target = reflect.New(fieldsType).Elem()
		} else {
			target = in.FieldByIndex(f.Index)
		}
		switch {
		case f.clears && isZero(arg.value):
			d.wrong(path, "0 would switch it off; if that is meant, give clear: [%q] instead, else leave it out", f.Name)
		default:
			d.value(path, f.value, arg.value, target)
		}
		if f.Selects {
			d.Fields = target.Interface().(Fields)
		}
	}
	m.report()
}

// absent is what happens to a field for which nothing was given, or a blank.
func (d *Decoded) absent(path string, f Field, arg *argument, in reflect.Value) {
	switch {
	case f.def != "":
		def, _ := wording.ParseJSON([]byte(f.def))
		d.value(path, f.value, def, in.FieldByIndex(f.Index))
	case f.Required && arg != nil && arg.value != nil && isEmpty(arg.value):
		d.wrong(path, "is blank%s", f.hint())
	case f.Required && arg != nil && arg.value != nil:
		d.wrong(path, "%s is no value%s", wording.Show(arg.value), f.hint())
	case f.Required:
		d.wrong(path, "is required%s", f.hint())
	case arg != nil && f.clears && arg.value != nil:
		d.note("%s: %s was left out; to empty it give clear: [%q].", path, wording.Show(arg.value), f.Name)
	}
}
