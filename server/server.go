// Package server serves toolsets over MCP. It is the only package that knows
// mcp-go.
package server

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// DefaultCallTimeout bounds one tool call, however many requests it makes. MCP
// clients commonly give up after 60 seconds; the answer should come before.
const DefaultCallTimeout = 55 * time.Second

// Options say what to serve.
type Options struct {
	Sets        []tool.Set
	EnableWrite bool       // also serve the tools that change something
	Elsewhere   []tool.Set // known toolsets, served or not: a model that calls a tool that is not served is told where it is
	Client      pdapi.Client
	Version     string
	Logger      *slog.Logger     // required
	Now         func() time.Time // the tools' clock, [time.Now] when nil
	TimeZone    *time.Location   // of days and dates; the PagerDuty user's when nil
	CallTimeout time.Duration    // of a tool call, [DefaultCallTimeout] when 0
	// ShowContacts has tools show people's numbers and e-mail addresses whole, where
	// they tell how somebody is reached. Otherwise most of each is left out.
	ShowContacts bool

	Confirm         Confirm                                       // which changes a person has to confirm; [ConfirmRisky] when empty
	Ask             func(context.Context, Question) (bool, error) // asks whoever runs this process, in place of the client's user; may be nil
	Progress        func(done, of int)                            // is told how far calls are, in place of a client that does not want to know; may be nil
	PersonPatience  time.Duration                                 // how long a call waits for its client's user; 45 s when 0
	DryRun          bool                                          // say what every change would do, and make none
	Policy          *Policy                                       // what may be called; everything when nil
	Audit           *Audit                                        // gets a record of each change; may be nil
	WritesPerMinute int                                           // [DefaultWritesPerMinute] when 0, no bound when negative
	// Lockdown leaves free texts of unknown senders out of all answers; see
	// [tool.Session.Lockdown].
	Lockdown bool
	// ReadOnlyBecause and LeftOutBecause say why a request gets to see less than the
	// server was started with; "" where it doesn't. The first is a clause, the second a
	// sentence.
	ReadOnlyBecause, LeftOutBecause string
	// Observe is told of calls, for metrics and traces. It may be nil.
	Observe Observer
}

// Server is an MCP server. It asks nothing of PagerDuty before a tool is called.
type Server struct {
	mcp   *mcpserver.MCPServer
	opts  Options
	own   *caller // who calls where requests don't say
	tools map[string]served

	prompts   map[string]tool.Prompt   // by name
	resources map[string]tool.Resource // by URI
}

// withDefaults fills in what is left open.
func (o Options) withDefaults() Options {
	if o.CallTimeout == 0 {
		o.CallTimeout = DefaultCallTimeout
	}
	if o.Confirm == "" {
		o.Confirm = ConfirmRisky
	}
	if o.PersonPatience == 0 {
		o.PersonPatience = patienceWithPerson
	}
	if o.WritesPerMinute == 0 {
		o.WritesPerMinute = DefaultWritesPerMinute
	}
	return o
}

// clock is the tools' clock.
func (o *Options) clock() func() time.Time {
	if o.Now == nil {
		return time.Now
	}
	return o.Now
}

// New returns a server of the tools that o allows. This is the only place where
// tools are registered: a tool that writes and isn't enabled does not exist.
func New(o Options) *Server {
	o = o.withDefaults()
	s := &Server{
		opts: o, own: o.newCaller("", o.newSession(o.Client), randomKey()),
		tools: map[string]served{}, prompts: map[string]tool.Prompt{}, resources: map[string]tool.Resource{},
	}
	aliases := map[string]bool{}
	hooks := &mcpserver.Hooks{}
	hooks.AddAfterListTools(func(_ context.Context, _ any, _ *mcp.ListToolsRequest, result *mcp.ListToolsResult) {
		result.Tools = slices.DeleteFunc(result.Tools, func(t mcp.Tool) bool { return aliases[t.Name] })
		for i := range result.Tools { // the start doesn't wait for what only a list shows
			if known, ok := s.tools[result.Tools[i].Name]; ok {
				result.Tools[i].RawInputSchema = known.tool.Schema()
			}
		}
	})
	s.instruct(hooks)
	s.mcp = mcpserver.NewMCPServer("pagerduty-mcp", o.Version,
		mcpserver.WithTitle("PagerDuty"),
		mcpserver.WithToolCapabilities(false),
		mcpserver.WithHooks(hooks),
	)
	for _, set := range o.Sets {
		for _, t := range set.Tools {
			if !t.Access().ReadOnly() && !o.EnableWrite {
				continue
			}
			t, ok := o.Policy.admits(t)
			if !ok {
				continue
			}
			s.mcp.AddTool(definition(t), s.handler(t, nil))
			s.tools[t.Name()] = served{t, nil}
			// The tool's other names go where the tool goes: callable, not listed.
			for _, alias := range t.Aliases() {
				named := definition(t)
				named.Name = alias.Name
				aliases[alias.Name] = true
				s.mcp.AddTool(named, s.handler(t, alias.Fixed))
				s.tools[alias.Name] = served{t, alias.Fixed}
			}
		}
	}
	for _, set := range o.Sets {
		s.addPrompts(set.Prompts)
		s.addResources(set.Resources)
	}
	s.announce()
	s.answerUnknown(hooks)
	return s
}

// MCP is the server as mcp-go's in-process client takes it.
func (s *Server) MCP() *mcpserver.MCPServer { return s.mcp }

// definition is a tool as MCP lists it, without the schema of its arguments.
func definition(t tool.Tool) mcp.Tool {
	d := mcp.Tool{Name: t.Name(), Description: t.Description(), Title: t.Title()}
	access := t.Access()
	d.Annotations = mcp.ToolAnnotation{
		Title:           t.Title(),
		ReadOnlyHint:    mcp.ToBoolPtr(access.ReadOnly()),
		DestructiveHint: mcp.ToBoolPtr(access.Destructive()),
		IdempotentHint:  mcp.ToBoolPtr(access.Idempotent()),
		OpenWorldHint:   mcp.ToBoolPtr(true),
	}
	return d
}
