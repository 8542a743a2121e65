// Package tool is what a tool is: a Go function over pdapi with a name, a
// description and an input struct. The struct is the single source of the JSON
// Schema, of checking and of decoding; the constructor ([Read], [Create],
// [Update], [UpdateAndNotify], [Delete]) is the single source of what the tool may
// do.
//
// The package knows nothing of MCP.
package tool

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// Tool is a tool. Only this package's constructors make one.
type Tool struct {
	name, title, description string
	access                   Access
	input                    *object
	call                     func(context.Context, pdapi.Client, any) (any, error)
}

// Access is what a tool may do to the account.
type Access int

// What tools may do. A constructor sets it, and nothing else can.
const (
	reads Access = iota + 1
	creates
	updates
	notifies
	deletes
)

// ReadOnly reports whether the tool changes nothing.
func (a Access) ReadOnly() bool { return a == reads }

// Destructive reports whether the tool may overwrite or delete what was there,
// rather than only add.
func (a Access) Destructive() bool { return !a.ReadOnly() && a != creates }

// Idempotent reports whether calling the tool again with the same arguments
// leaves the account, and people's sleep, as it is.
func (a Access) Idempotent() bool { return a != creates && a != notifies }

// Read makes a tool that changes nothing: it is handed a [pdapi.Reader], which
// has no method that could.
func Read[In, Out any](name, title, description string, run func(context.Context, pdapi.Reader, In) (Out, error)) Tool {
	return construct(reads, name, title, description, func(ctx context.Context, pd pdapi.Client, in In) (Out, error) {
		return run(ctx, pd.Reader, in)
	})
}

// Create makes a tool that adds something.
func Create[In, Out any](name, title, description string, run func(context.Context, pdapi.Client, In) (Out, error)) Tool {
	return construct(creates, name, title, description, run)
}

// Update makes a tool that changes what is there.
func Update[In, Out any](name, title, description string, run func(context.Context, pdapi.Client, In) (Out, error)) Tool {
	return construct(updates, name, title, description, run)
}

// UpdateAndNotify makes a tool that changes what is there and may page people by
// that, again if it is called again, as escalating and reassigning an incident do.
func UpdateAndNotify[In, Out any](name, title, description string, run func(context.Context, pdapi.Client, In) (Out, error)) Tool {
	return construct(notifies, name, title, description, run)
}

// Delete makes a tool that removes something.
func Delete[In, Out any](name, title, description string, run func(context.Context, pdapi.Client, In) (Out, error)) Tool {
	return construct(deletes, name, title, description, run)
}

func construct[In, Out any](access Access, name, title, description string, run func(context.Context, pdapi.Client, In) (Out, error)) Tool {
	return Tool{
		name: name, title: title, description: description, access: access,
		input: compile(reflect.TypeFor[In]()),
		call: func(ctx context.Context, pd pdapi.Client, in any) (any, error) {
			return run(ctx, pd, in.(In))
		},
	}
}

// Name is the tool's name in MCP.
func (t Tool) Name() string { return t.name }

// Title is the tool's name for people.
func (t Tool) Title() string { return t.title }

// Description tells a model when to use the tool and what comes back.
func (t Tool) Description() string { return t.description }

// Access is what the tool may do.
func (t Tool) Access() Access { return t.access }

// Schema is the JSON Schema of the tool's arguments, properties in the order
// they are declared.
func (t Tool) Schema() json.RawMessage { return t.input.schema() }

// Call decodes and checks arguments, runs the tool, and returns its result as
// compact JSON. Wrong arguments fail with an [*ArgumentError] before the tool
// runs; other errors are the tool's own.
//
// Arguments that refer to objects may name them as people do; see [Directory].
func (t Tool) Call(ctx context.Context, pd pdapi.Client, arguments json.RawMessage) ([]byte, error) {
	in, d, err := t.input.decode(arguments)
	if err != nil {
		return nil, err
	}
	dir := directory(ctx)
	names := &resolver{pd: pd.Reader, dir: dir, exact: !t.access.ReadOnly()}
	if err := names.resolve(ctx, d.references); err != nil {
		return nil, err
	}
	if len(d.days) > 0 {
		zone, err := dir.location(ctx, pd.Reader)
		if err != nil {
			return nil, err
		}
		for _, day := range d.days {
			day.zone = zone
		}
	}
	out, err := t.call(ctx, pd, in.Interface())
	if nothing(out) && err == nil || refused(err) {
		if changed, lookup := names.reconsider(ctx, d.references); lookup == nil && changed {
			out, err = t.call(ctx, pd, in.Interface())
		}
	}
	if !t.access.ReadOnly() {
		dir.forget()
	}
	if err != nil {
		return nil, err
	}
	data, err := t.render(out, in, d.given)
	return addUnderstood(data, names.notes), err
}

// render writes a result, of a call with these arguments, as compact JSON.
func (t Tool) render(out any, in reflect.Value, given []string) ([]byte, error) {
	l, ok := out.(lister)
	if !ok {
		return encode(out)
	}
	var searched []Fact
	var optional []string
	if t.access.ReadOnly() {
		searched, optional = filters(in, t.input, given)
	}
	goesOn := slices.ContainsFunc(t.input.fields, func(f field) bool { return f.name == "offset" })
	return l.render(searched, optional, goesOn && !slices.Contains(given, "limit"))
}

// lister is implemented by [List].
type lister interface {
	empty() bool
	render(filters []Fact, optional []string, cut bool) ([]byte, error)
}

// nothing reports whether a result is a list without records.
func nothing(out any) bool {
	l, ok := out.(lister)
	return ok && l.empty()
}

// filters are the arguments that narrowed a list, as they were understood, and
// the names of those that could be left out.
func filters(in reflect.Value, o *object, given []string) (all []Fact, optional []string) {
	for _, f := range o.fields {
		if slices.Contains(given, f.name) && f.name != "limit" && f.name != "offset" && f.name != "fields" && !f.time {
			all = append(all, Fact{f.name, in.FieldByIndex(f.index).Interface()})
			if !f.required {
				optional = append(optional, f.name)
			}
		}
	}
	return all, optional
}

// Set is a toolset: tools that are loaded together.
type Set struct {
	Name  string // the subcommand that serves it
	Title string
	Holds string // what it is for, in one line
	// Instructions tell a model how to work with the tools; WriteInstructions
	// are added when those that change something are loaded.
	Instructions, WriteInstructions string
	Tools                           []Tool
}

type clockKey struct{}

// WithClock sets the clock that tools run by, for tests.
func WithClock(ctx context.Context, now func() time.Time) context.Context {
	return context.WithValue(ctx, clockKey{}, now)
}

// Now is the time a tool runs at, in UTC and whole seconds.
func Now(ctx context.Context) time.Time {
	now, ok := ctx.Value(clockKey{}).(func() time.Time)
	if !ok {
		now = time.Now
	}
	return now().UTC().Truncate(time.Second)
}
