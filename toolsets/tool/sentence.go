package tool

import (
	"reflect"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/input"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// maxSaidText bounds a text in a sentence, in characters: who is asked whether a message is
// to be sent wants to read it.
const maxSaidText = 500

// Sentence says what the call is about to do, with names and ids, so that a person
// can judge it.
func (p *Prepared) Sentence() string {
	var parts []string
	for _, f := range p.tool.input().Fields {
		if slices.Contains(p.given, f.Name) {
			parts = append(parts, spoken(f.Name)+" "+p.words(p.in.FieldByIndex(f.Index)))
		}
	}
	s := p.tool.title
	if len(parts) > 0 {
		s += ": " + strings.Join(parts, "; ")
	}
	return strings.TrimSpace(s + ". " + p.told)
}

// spoken is an argument's name as people say it: incidents for incident_ids.
func spoken(argument string) string {
	name := strings.TrimSuffix(argument, "_id")
	if plural, ok := strings.CutSuffix(argument, "_ids"); ok {
		name = plural + "s"
		if stem, ok := strings.CutSuffix(plural, "y"); ok {
			name = stem + "ies"
		}
	}
	return strings.ReplaceAll(name, "_", " ")
}

// words writes an argument for a person: names with their ids, and lists cut where
// they get long.
func (p *Prepared) words(v reflect.Value) string {
	const most = 10
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if _, isID := v.Interface().(kind.Identifier); isID {
		if said := p.described[v.String()]; said != "" {
			return said
		}
		if name := p.nameOf(v.String()); name != "" {
			return wording.Quote(name) + " (" + v.String() + ")"
		}
		return v.String()
	}
	if t, ok := v.Interface().(when.Time); ok {
		return t.String()
	}
	switch v.Kind() {
	case reflect.Slice:
		if v.Type().Implements(input.OpenType) {
			return wording.QuoteUpTo(string(v.Bytes()), 200)
		}
		var items []string
		for i := range min(v.Len(), most) {
			items = append(items, p.words(v.Index(i)))
		}
		if v.Len() > most {
			items = append(items, "and "+wording.Thousands(v.Len()-most)+" more")
		}
		if len(items) == 0 {
			return "none"
		}
		return strings.Join(items, ", ")
	case reflect.String:
		return wording.QuoteUpTo(v.String(), maxSaidText)
	case reflect.Struct:
		if parts := p.members(v); parts != nil {
			return strings.Join(parts, " ")
		}
	}
	return wording.Show(v.Interface())
}

// members writes what an argument that is an object has.
func (p *Prepared) members(v reflect.Value) (parts []string) {
	for _, f := range reflect.VisibleFields(v.Type()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if member := v.FieldByIndex(f.Index); f.IsExported() && name != "" && name != "-" && !member.IsZero() {
			parts = append(parts, spoken(name)+" "+p.words(member))
		}
	}
	return parts
}

// nameOf is what an object is called that the call, or one before, looked up; "" if that
// is not known.
func (p *Prepared) nameOf(id string) string {
	if name := p.named[id]; name != "" {
		return name
	}
	return p.session.names.nameOf(id)
}
