package server

import (
	"context"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// caller is on whose behalf calls are made, and all that is kept for them alone. A server
// on stdio has one; a server over HTTP has one for each credential or secret.
type caller struct {
	name    string // in the log and the audit log; "" where there is only one
	session *tool.Session
	tokens  *tokens
	writes  *writeLimit
}

// newCaller returns a caller whose confirm tokens are signed with a key.
func (o *Options) newCaller(name string, session *tool.Session, key [32]byte) *caller {
	c := &caller{name: name, session: session, tokens: newTokens(o.clock(), key)}
	c.writes = &writeLimit{perMinute: max(o.WritesPerMinute, 0), now: o.clock()}
	if o.Policy != nil {
		c.writes.perHour = o.Policy.WritesPerHour
	}
	return c
}

// newSession returns a session of the tools for a client of PagerDuty's API.
func (o *Options) newSession(client pdapi.Client) *tool.Session {
	return &tool.Session{Client: client, Zone: o.TimeZone, Clock: o.Now, ShowContacts: o.ShowContacts, Lockdown: o.Lockdown}
}

// incoming is what is known of the request that a call came with. mcp-go hands nothing
// but a context from the transport to a tool's handler.
type incoming struct {
	caller *caller
	id     string // of the request, in logs
	agent  string // the program that sent it, as it names itself; "" if that is not known
}

type incomingKey struct{}

// requestOf is what is known of the request that ctx belongs to.
func (s *Server) requestOf(ctx context.Context) incoming {
	if r, ok := ctx.Value(incomingKey{}).(incoming); ok {
		return r
	}
	return incoming{caller: s.own}
}

// callerOf is on whose behalf a call is made.
func (s *Server) callerOf(ctx context.Context) *caller { return s.requestOf(ctx).caller }
