package tool

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/input"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Up to how many incidents a call may change, and people or escalation policies it may
// page, before a person should be asked.
const (
	manyIncidents = 5
	manyPaged     = 5
)

// risky is implemented by inputs of calls that may do more harm than their tool's access
// and the number of their objects tell: what they can't undo, or who gets to see it. The
// result is "" for a call that is harmless.
type risky interface{ Risk() string }

// Risk says why a person should see the call before it is carried out; it is "" if there
// is no reason.
func (p *Prepared) Risk() string {
	access := p.tool.access
	if access.ReadOnly() {
		return ""
	}
	if r, ok := p.in.Interface().(risky); ok {
		if why := r.Risk(); why != "" {
			return why
		}
	}
	if access == deletes {
		return "this can't be undone"
	}
	incidents, paged := 0, 0
	for _, f := range p.tool.input().Fields {
		if !slices.Contains(p.given, f.Name) {
			continue
		}
		switch list := p.in.FieldByIndex(f.Index).Interface().(type) {
		case []IncidentID:
			incidents += len(list)
		case []UserID:
			paged += len(list)
		case []EscalationPolicyID:
			paged += len(list)
		}
	}
	switch {
	case incidents > manyIncidents:
		return fmt.Sprintf("it changes %d incidents at once", incidents)
	case paged > manyPaged && p.tool.mayPage():
		return fmt.Sprintf("it pages %d people or policies", paged)
	}
	return ""
}

// mayPage reports whether the tool pages the users and policies that it is given.
func (t Tool) mayPage() bool { return t.access == notifies || t.access == creates }

// maxDescribed is of how many objects a sentence has the names as they are now.
const maxDescribed = 12

// Describe is [Prepared.Sentence] with the names of its objects, and the titles and states
// of its incidents, as they are now: PagerDuty is asked for them. What can't be read stays
// as it was given.
func (p *Prepared) Describe(ctx context.Context) string {
	var ids []kind.Identifier
	p.eachObject(func(id kind.Identifier, _ string) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	})
	ids = ids[:min(len(ids), maxDescribed)]
	found, err := SideBySide(ctx, 4, ids, func(ctx context.Context, id kind.Identifier) (string, error) { return p.nameNow(ctx, id), nil })
	if err != nil {
		return p.Sentence()
	}
	p.described = map[string]string{}
	for i, said := range found {
		if said != "" {
			p.described[textOf(reflect.ValueOf(ids[i]))] = said
		}
	}
	return p.Sentence()
}

// nameNow asks PagerDuty what an object is called; "" if it doesn't say.
func (p *Prepared) nameNow(ctx context.Context, object kind.Identifier) string {
	id, pd := textOf(reflect.ValueOf(object)), p.session.Client.Reader
	if _, ok := object.(IncidentID); ok {
		i, err := pd.Incident(ctx, id)
		if err != nil {
			return ""
		}
		return fmt.Sprintf("%s (#%d, %s)", wording.Quote(i.Title), i.Number, i.Status)
	}
	if object.Kind().ByID == nil {
		return ""
	}
	found, err := object.Kind().ByID(ctx, pd, id)
	if err != nil || found.Name == "" {
		return ""
	}
	return wording.Quote(found.Name) + " (" + id + ")"
}

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
		name := p.named[text]
		if name == "" {
			name = p.session.names.nameOf(text)
		}
		all = append(all, Named{id.Kind().Word, text, name})
	})
	return all
}

// eachObject calls f for each reference among the arguments, in their order.
func (p *Prepared) eachObject(f func(id kind.Identifier, text string)) {
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
				if v.Type().Field(i).IsExported() {
					each(v.Field(i))
				}
			}
		}
	}
	for _, field := range p.tool.input().Fields {
		each(p.in.FieldByIndex(field.Index))
	}
}

// Tool is the tool that the call is of.
func (p *Prepared) Tool() Tool { return p.tool }

// Pages reports whether the call may page people.
func (p *Prepared) Pages() bool { return p.tool.mayPage() }

// Text is what the call has for an argument that is a text; "" if it has none.
func (p *Prepared) Text(argument string) string {
	for _, f := range p.tool.input().Fields {
		if f.Name == argument && slices.Contains(p.given, argument) {
			return textOf(p.in.FieldByIndex(f.Index))
		}
	}
	return ""
}
