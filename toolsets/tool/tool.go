// Package tool is what a tool is: a Go function over pdapi with a name, a
// description and an input struct. The struct is the single source of the JSON
// Schema, of checking and of decoding; the constructor ([Read], [Create],
// [Update], [UpdateAndNotify], [Delete]) is the single source of what the tool may
// do.
//
// A call has stages: [Tool.Prepare] decodes its arguments, looks up the names in
// them and checks them; [Prepared.Run] carries it out; [Result.JSON] writes what
// came of it.
//
// The package knows nothing of MCP.
package tool

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/input"
)

// Tool is a tool. Only this package's constructors make one.
type Tool struct {
	name, title, description string
	access                   Access
	// input describes the arguments. It is made when it is first needed: a server has
	// many tools, and its start waits for none of them.
	input func() *input.Object
	// pages are the arguments that page people, or decide who is paged, each with the
	// only value that does, "" for any.
	pages   func() map[string]string
	aliases []Alias
	run     func(context.Context, *Session, *Call, any) (any, error)
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
func Read[In, Out any](name, title, description string, run func(context.Context, Reading, In) (Out, error)) Tool {
	return construct(reads, name, title, description, func(ctx context.Context, w Writing, in In) (Out, error) {
		return run(ctx, w.Reading(), in)
	})
}

// Create makes a tool that adds something.
func Create[In, Out any](name, title, description string, run func(context.Context, Writing, In) (Out, error)) Tool {
	return construct(creates, name, title, description, run)
}

// Update makes a tool that changes what is there.
func Update[In, Out any](name, title, description string, run func(context.Context, Writing, In) (Out, error)) Tool {
	return construct(updates, name, title, description, run)
}

// UpdateAndNotify makes a tool that changes what is there and may page people by
// that, again if it is called again, as escalating and reassigning an incident do.
func UpdateAndNotify[In, Out any](name, title, description string, run func(context.Context, Writing, In) (Out, error)) Tool {
	return construct(notifies, name, title, description, run)
}

// Delete makes a tool that removes something.
func Delete[In, Out any](name, title, description string, run func(context.Context, Writing, In) (Out, error)) Tool {
	return construct(deletes, name, title, description, run)
}

func construct[In, Out any](access Access, name, title, description string, run func(context.Context, Writing, In) (Out, error)) Tool {
	return Tool{
		name: name, title: title, description: description, access: access,
		input: sync.OnceValue(func() *input.Object {
			o := input.Compile(reflect.TypeFor[In]())
			if record := recordType(reflect.TypeFor[Out]()); record != nil && record.Kind() == reflect.Struct {
				o.SelectFields(recordFields(record))
			}
			o.BelongsTo(name, access.ReadOnly())
			return o
		}),
		pages: sync.OnceValue(func() map[string]string { return pagers(reflect.TypeFor[In]()) }),
		run: func(ctx context.Context, s *Session, c *Call, in any) (any, error) {
			pd := s.Client.WithProgress(c.page).WithOdd(c.addOdd).Recording(c.writes)
			if s.Lockdown || isLockedDown(ctx) {
				pd = pd.WithLockdown(c.seal)
			}
			if access.ReadOnly() {
				pd = pd.Recalling(&c.lookedUp)
			}
			return run(ctx, Writing{c, pd}, in.(In))
		},
	}
}

// pagers are an input's arguments that are tagged pages: those that page people, or
// decide who is paged from then on, or whether anybody is. The tag is "true", or the only
// value that does so.
func pagers(input reflect.Type) map[string]string {
	pages := map[string]string{}
	for _, f := range reflect.VisibleFields(input) {
		if value := f.Tag.Get("pages"); value != "" {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			pages[name] = strings.TrimPrefix(value, "true")
		}
	}
	return pages
}

// takesParts reports whether a call with these arguments may name objects by a part of
// their names that no other has: one that changes something, but neither deletes nor
// pages.
func (t Tool) takesParts(given []string) bool {
	return (t.access == creates || t.access == updates) &&
		!slices.ContainsFunc(given, func(name string) bool { _, pages := t.pages()[name]; return pages })
}

// Known makes a tool known under another name, too, which fixes some of its
// arguments: a name that another server has for the same thing.
func (t Tool) Known(name string, fixed map[string]any) Tool {
	t.aliases = append(t.aliases[:len(t.aliases):len(t.aliases)], Alias{name, fixed})
	return t
}

// Name is the tool's name in MCP.
func (t Tool) Name() string { return t.name }

// Aliases are the tool's other names.
func (t Tool) Aliases() []Alias { return t.aliases }

// Title is the tool's name for people.
func (t Tool) Title() string { return t.title }

// Description tells a model when to use the tool and what comes back.
func (t Tool) Description() string { return t.description }

// Access is what the tool may do.
func (t Tool) Access() Access { return t.access }

// Schema is the JSON Schema of the tool's arguments, properties in the order
// they are declared.
func (t Tool) Schema() json.RawMessage { return t.input().Schema() }

// Argument describes an argument for people.
type Argument = input.Argument

// Arguments are the tool's arguments, in the order they are declared.
func (t Tool) Arguments() []Argument { return t.input().Arguments() }
