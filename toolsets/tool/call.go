package tool

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/input"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Prepared is a call that is ready to be carried out: its arguments are decoded and
// checked, and every name among them is looked up.
type Prepared struct {
	tool       Tool
	session    *Session
	call       *Call
	in         reflect.Value
	given      []string // the arguments that are there, in the order declared
	fields     []string // what to show of a list's records; nil for all
	named      map[string]string
	described  map[string]string // objects as a person reads them, by how they were given
	told       string            // what a person has to know of what the call is about, as it is now
	understood []understood
}

// checker is implemented by inputs whose fields depend on one another. It is asked
// before names are looked up: what is refused here costs no request. References are
// still as they were written.
type checker interface{ Check(*Call) error }

// zoned is implemented by inputs that may need the caller's time zone though none of
// their times does.
type zoned interface{ NeedsZone() bool }

// Prepare reads a call's arguments, looks up the names in them and checks them.
// Wrong arguments fail with an [*ArgumentError] that names all that is wrong.
// Nothing that changes PagerDuty is sent. Progress may be nil.
func (t Tool) Prepare(ctx context.Context, s *Session, arguments json.RawMessage, progress func(done, of int)) (*Prepared, error) {
	return t.PrepareAt(ctx, s, s.now(), arguments, progress)
}

// PrepareAt is [Tool.Prepare] for a call that is meant as it was at another time: tomorrow
// is the day after that.
func (t Tool) PrepareAt(ctx context.Context, s *Session, now time.Time, arguments json.RawMessage, progress func(done, of int)) (*Prepared, error) {
	in, d, err := t.input().Decode(arguments)
	if err != nil {
		return nil, s.tellTime(ctx, err, d)
	}
	if err := askInstead(in); err != nil {
		return nil, err
	}
	p := &Prepared{tool: t, session: s, call: &Call{Now: now, Zone: time.UTC, showContacts: s.ShowContacts, progress: progress, notes: d.Notes, fields: d.Fields, done: &s.done}, in: in, given: d.Given, fields: d.Fields}
	if z, ok := in.Interface().(zoned); d.NeedsZone || ok && z.NeedsZone() {
		if err := s.setZone(ctx, p.call, !t.access.ReadOnly()); err != nil {
			return nil, err
		}
	}
	if c, ok := in.Interface().(checker); ok {
		if err := c.Check(p.call); err != nil {
			return nil, err
		}
	}
	names := &resolver{pd: s.Client.Remembering(&p.call.lookedUp), names: &s.names, writes: !t.access.ReadOnly(), parts: t.takesParts(d.Given)}
	if err := names.resolve(ctx, d.References); err != nil {
		return nil, err
	}
	p.eachOnce()
	p.named, p.understood, p.call.named = names.named, names.understood, names.named
	return p, nil
}

// eachOnce leaves each object once in an argument that is a list of them: what was written
// as a name and as an id is the same.
func (p *Prepared) eachOnce() {
	for _, f := range p.tool.input().Fields {
		list := p.in.FieldByIndex(f.Index)
		if list.Kind() != reflect.Slice || !list.Type().Elem().Implements(reflect.TypeFor[kind.Identifier]()) {
			continue
		}
		seen, n := map[string]bool{}, 0
		for i := range list.Len() {
			if id := list.Index(i).String(); !seen[id] {
				seen[id] = true
				list.Index(n).SetString(id)
				n++
			}
		}
		list.SetLen(n)
	}
}

// Run carries the call out.
func (p *Prepared) Run(ctx context.Context) (*Result, error) {
	out, err := p.tool.run(ctx, p.session, p.call, p.in.Interface())
	if !p.tool.access.ReadOnly() {
		p.session.names.forget()
	}
	if err != nil {
		return nil, p.session.blame(ctx, p.in, err)
	}
	r := &Result{value: out, rendering: rendering{notes: p.call.allNotes()}, changed: p.call.changed, understood: p.understood, names: &p.session.names}
	if list, ok := out.(lister); ok {
		r.list = list
		list.only(p.fields)
		if p.tool.access.ReadOnly() {
			r.searched, r.optional = p.filters()
		}
		goesOn := slices.ContainsFunc(p.tool.input().Fields, func(f input.Field) bool { return f.Name == "offset" })
		r.mayCut = goesOn && !slices.Contains(p.given, "limit")
	}
	return r, nil
}

// notFilters are arguments that say how much is shown, and how, of what was found.
var notFilters = []string{"limit", "offset", "include", "count_by", "total"}

// filters are the arguments that narrowed a list, as they were understood, and the
// names of those that could be left out.
func (p *Prepared) filters() (all []wording.Fact, optional []string) {
	for _, f := range p.tool.input().Fields {
		if slices.Contains(p.given, f.Name) && !slices.Contains(notFilters, f.Name) && !f.Selects && !f.Time {
			all = append(all, wording.Fact{Name: f.Name, Value: p.in.FieldByIndex(f.Index).Interface()})
			if !f.Required {
				optional = append(optional, f.Name)
			}
		}
	}
	return all, optional
}

// Result is what a call brought: a value, and what its reader should know besides.
type Result struct {
	value any
	list  lister // the value, if it is a list
	rendering
	changed    []changedField
	understood []understood
	names      *nameCache // learns the ids in the result
}

// JSON writes the result for a model: compact, every text in it cleaned.
func (r *Result) JSON() ([]byte, error) {
	d := &wording.Document{}
	r.names.learn(r.value)
	if r.list != nil {
		r.list.render(d, r.rendering)
	} else {
		d.Value(r.value)
		if d.Len() < 2 || d.Bytes()[d.Len()-1] != '}' {
			return d.Bytes(), d.Err // notes belong to objects only
		}
		d.Truncate(d.Len() - 1)
		d.Fact(theirs, theirsSays, hasFreeText(reflect.ValueOf(r.value)))
		d.Fact("changed", r.changed, len(r.changed) > 0)
		d.Fact("note", closing(d, r.notes), true)
	}
	d.Fact("understood", r.understood, len(r.understood) > 0)
	d.WriteByte('}')
	return d.Bytes(), d.Err
}

// Call prepares a call, carries it out and returns its result as a model reads it.
func (t Tool) Call(ctx context.Context, s *Session, arguments json.RawMessage) ([]byte, error) {
	prepared, err := t.Prepare(ctx, s, arguments, nil)
	if err != nil {
		return nil, err
	}
	result, err := prepared.Run(ctx)
	if err != nil {
		return nil, err
	}
	return result.JSON()
}
