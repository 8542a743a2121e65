package tool

import (
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/input"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
)

// Actions are what the call does, where its tool does several things, as acknowledge,
// resolve and reassign; none if its tool does one.
func (p *Prepared) Actions() []string {
	var actions []string
	for _, f := range p.tool.input().Fields {
		if slices.Contains(p.given, f.Name) {
			if action := f.Action(textOf(p.in.FieldByIndex(f.Index))); action != "" && !slices.Contains(actions, action) {
				actions = append(actions, action)
			}
		}
	}
	return actions
}

func textOf(v reflect.Value) string {
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() == reflect.String {
		return v.String()
	}
	return ""
}

// Actions are what the tool may do, where it does several things.
func (t Tool) Actions() []string {
	var actions []string
	for _, f := range t.input().Fields {
		actions = append(actions, f.Actions()...)
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

// Always are the actions of every call of the tool: those of its required arguments.
func (t Tool) Always() []string {
	var actions []string
	for _, f := range t.input().Fields {
		if action := f.Action(""); f.Required && action != "" {
			actions = append(actions, action)
		}
	}
	return actions
}

// Narrowed is the tool with a schema of only those arguments, and values, whose actions
// are allowed. It takes the others all the same: whoever allows them says why not.
func (t Tool) Narrowed(allowed func(action string) bool) Tool {
	whole := t.input
	t.input = sync.OnceValue(func() *input.Object { return whole().Narrowed(allowed) })
	return t
}

// Named is an object that a call refers to.
type Named struct {
	Kind string // what people call it: service, escalation policy
	ID   string
	Name string // "" if it is not known
}

// Objects are the objects that the call refers to, in the order of its arguments. An
// incident has its number where the call does.
func (p *Prepared) Objects() []Named {
	var all []Named
	p.eachObject(func(id kind.Identifier, text string) {
		all = append(all, Named{id.Kind().Word, text, p.nameOf(text)})
	})
	return all
}

// eachObject calls f for each reference among the arguments, in their order.
func (p *Prepared) eachObject(f func(id kind.Identifier, text string)) {
	for _, field := range p.tool.input().Fields {
		p.eachObjectOf(field, f)
	}
}

// eachObjectOf calls f for each reference in an argument.
func (p *Prepared) eachObjectOf(field input.Field, f func(id kind.Identifier, text string)) {
	var each func(v reflect.Value)
	each = func(v reflect.Value) {
		if id, ok := v.Interface().(kind.Identifier); ok {
			if v.String() != "" {
				f(id, v.String())
			}
			return
		}
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				each(v.Elem())
			}
		case reflect.Slice:
			if k := v.Type().Elem().Kind(); k == reflect.String || k == reflect.Struct {
				for i := range v.Len() {
					each(v.Index(i))
				}
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Field(i).CanInterface() {
					each(v.Field(i))
				}
			}
		}
	}
	each(p.in.FieldByIndex(field.Index))
}

// Now is the time that the call is meant at.
func (p *Prepared) Now() time.Time { return p.call.Now }

// Tool is the tool that the call is of.
func (p *Prepared) Tool() Tool { return p.tool }

// Text is what the call has for an argument that is a text; "" if it has none.
func (p *Prepared) Text(argument string) string {
	for _, f := range p.tool.input().Fields {
		if f.Name == argument && slices.Contains(p.given, argument) {
			return textOf(p.in.FieldByIndex(f.Index))
		}
	}
	return ""
}
