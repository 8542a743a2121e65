package tool

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/input"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
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
	described  map[string]string // incidents as a person reads them, by how they were given
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
	in, d, err := t.input().Decode(arguments)
	if err != nil {
		return nil, s.tellTime(ctx, err, d)
	}
	if err := askInstead(in); err != nil {
		return nil, err
	}
	p := &Prepared{tool: t, session: s, call: &Call{Now: s.now(), Zone: time.UTC, showContacts: s.ShowContacts, progress: progress, notes: d.Notes, fields: d.Fields, done: &s.done}, in: in, given: d.Given, fields: d.Fields}
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
	p.named, p.understood, p.call.named = names.named, names.understood, names.named
	return p, nil
}

// rehearsal is the result of a call that was not carried out.
type rehearsal struct {
	DryRun  bool           `json:"dry_run"`
	Would   string         `json:"would"`
	Changes []changedField `json:"changes,omitempty"`
	Sends   []keptBack     `json:"sends,omitempty"`
}

// keptBack is a request that would have been sent, as a rehearsal shows it.
type keptBack struct {
	Request string `json:"request"`
	Body    any    `json:"body,omitempty"`
}

const (
	maxShownSends = 10
	maxShownBody  = 4000 // characters
)

// Rehearse does all that [Prepared.Run] does but write: it reads, checks, and says what
// would be sent and what that would change. Of a call of several writes, of which one
// needs the answer to the one before, it shows the first.
func (p *Prepared) Rehearse(ctx context.Context) (*Result, error) {
	writes := &pdapi.Writes{Rehearse: true}
	p.call.writes = writes
	_, err := p.tool.run(ctx, p.session, p.call, p.in.Interface())
	var kept *pdapi.RehearsedError
	if err != nil && !errors.As(err, &kept) {
		return nil, err
	}
	shown := rehearsal{DryRun: true, Would: p.Sentence(), Changes: p.call.changed}
	made := writes.Made()
	for _, w := range made[:min(len(made), maxShownSends)] {
		shown.Sends = append(shown.Sends, keptBack{w.Method + " " + w.Path, wording.ExcerptJSON(w.Body, maxShownBody)})
	}
	switch {
	case len(made) == 0:
		p.call.Note("Nothing would be sent.")
	case len(made) > maxShownSends:
		p.call.Note("The first %d of %d requests are shown.", maxShownSends, len(made))
	}
	p.call.Note("This is a rehearsal: nothing was changed.")
	return &Result{value: shown, rendering: rendering{notes: p.call.allNotes()}, understood: p.understood, names: &p.session.names}, nil
}

// Record has the writes of the call collected in w. It is called before the call is run.
func (p *Prepared) Record(w *pdapi.Writes) { p.call.writes = w }

// Sentence says what the call is about to do, with names and ids, so that a person
// can judge it.
func (p *Prepared) Sentence() string {
	var parts []string
	for _, f := range p.tool.input().Fields {
		if slices.Contains(p.given, f.Name) {
			parts = append(parts, strings.ReplaceAll(f.Name, "_", " ")+" "+p.words(p.in.FieldByIndex(f.Index)))
		}
	}
	s := p.tool.title
	if len(parts) > 0 {
		s += ": " + strings.Join(parts, "; ")
	}
	return s + "."
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
		name := p.named[v.String()]
		if name == "" {
			name = p.session.names.nameOf(v.String())
		}
		if name != "" {
			return wording.Quote(name) + " (" + v.String() + ")"
		}
		return v.String()
	}
	switch v.Kind() {
	case reflect.Slice:
		if v.Type().Implements(input.OpenType) {
			return wording.Shorten(wording.Clean(string(v.Bytes())), 200)
		}
		var items []string
		for i := range min(v.Len(), most) {
			items = append(items, p.words(v.Index(i)))
		}
		if v.Len() > most {
			items = append(items, "and "+wording.Thousands(v.Len()-most)+" more")
		}
		return strings.Join(items, ", ")
	case reflect.String:
		return strings.Join(strings.Fields(wording.Quote(v.String())), " ")
	}
	if t, ok := v.Interface().(when.Time); ok {
		return t.String()
	}
	return wording.Show(v.Interface())
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
