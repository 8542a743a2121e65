package server

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// HTTPOptions say how a server is served over HTTP.
type HTTPOptions struct {
	Path string // of the MCP endpoint, as /mcp
	Auth Auth

	APIHost   string                                // of PagerDuty's API, by which credentials are told apart
	NewClient func(pdapi.Key) (pdapi.Client, error) // of a caller's credential; for [AuthCaller]
	Key       pdapi.Key                             // the server's own; for [AuthSecret]
	Secrets   *Secrets                              // of the callers; for [AuthSecret]

	AllowedHosts   []string       // that Host may name, besides localhost and addresses; * is all
	AllowedOrigins []string       // of web pages that may call, as https://app.example
	TrustedProxies []netip.Prefix // whose X-Forwarded-For says where a request is from
	Certificate    *Certificate   // for TLS; nil for none
	Metrics        http.Handler   // of /metrics; nil for none
	// Trace puts the trace that a request belongs to into its context. The headers are
	// the request's, or what its message says in their place. It may be nil.
	Trace func(context.Context, http.Header) context.Context
	// Refused is told, in a word, why a request was refused. It may be nil.
	Refused func(reason string)

	MaxCalls, MaxCallsPerCaller int           // at a time; the defaults when 0
	MaxSessions                 int           // credentials that something is kept for; 10,000 when 0
	SessionIdle                 time.Duration // after which it is forgotten; half an hour when 0
	DrainWait                   time.Duration // how long a server that ends goes on taking requests
	// Patience is how long a client may take for the headers of a request; three times as
	// long for its body, and for reading a message. It is 10 seconds when 0.
	Patience time.Duration
}

const (
	idlePatience = 2 * time.Minute  // between requests on a connection
	maxHeaders   = 32 << 10         // bytes, which are read before it is known who sends them
	keepAlive    = 15 * time.Second // between signs of life on a stream
)

// HTTP serves a [Server] over MCP's streamable HTTP, in both eras of the protocol. It keeps
// nothing between two requests that another replica would have to know: any of them can
// answer the next request of any client.
type HTTP struct {
	options HTTPOptions
	base    context.Context // of the requests that outlive their connection
	log     *slog.Logger

	servers  *narrowed
	mcp      func(access, narrowing) (*mcpserver.MCPServer, error) // who answers a request
	door     doorman
	sessions *Sessions // of [AuthCaller]
	limits   *limits
	running  running
	draining atomic.Bool
}

// NewHTTP returns what serves s over HTTP until ctx ends. It is an [http.Handler], and
// [HTTP.Serve] runs it on a listener.
func NewHTTP(ctx context.Context, s *Server, o HTTPOptions) (*HTTP, error) {
	if o.MaxSessions == 0 {
		o.MaxSessions = 10_000
	}
	if o.SessionIdle == 0 {
		o.SessionIdle = 30 * time.Minute
	}
	h := newTransport(ctx, s.opts.Logger, o)
	var err error
	if h.door, h.sessions, err = o.doorman(s); err != nil {
		return nil, err
	}
	h.servers = &narrowed{full: s, made: map[string]*Server{}}
	h.mcp = func(a access, part narrowing) (*mcpserver.MCPServer, error) {
		if a.readOnly != "" {
			part.readOnly = a.readOnly
		}
		served, err := h.servers.of(part)
		if err != nil {
			return nil, err
		}
		return served.mcp, nil
	}
	return h, nil
}

// NewTransport returns the transport of [NewHTTP] for another MCP server: one caller, who
// needs no secret. It is there for suites that test transports.
func NewTransport(ctx context.Context, mcp *mcpserver.MCPServer, log *slog.Logger, o HTTPOptions) *HTTP {
	h := newTransport(ctx, log, o)
	h.door = byNothing{&caller{}}
	h.mcp = func(access, narrowing) (*mcpserver.MCPServer, error) { return mcp, nil }
	return h
}

func newTransport(ctx context.Context, log *slog.Logger, o HTTPOptions) *HTTP {
	if o.MaxCalls == 0 {
		o.MaxCalls = DefaultMaxCalls
	}
	if o.Patience == 0 {
		o.Patience = 10 * time.Second
	}
	if o.MaxCallsPerCaller == 0 {
		o.MaxCallsPerCaller = DefaultMaxCallsPerCaller
	}
	return &HTTP{options: o, base: ctx, log: log,
		limits:  &limits{most: o.MaxCalls, mostEach: o.MaxCallsPerCaller, each: map[*caller]*load{}},
		running: running{open: map[runningKey][]*runningRequest{}}}
}

// ServeHTTP implements [http.Handler].
func (h *HTTP) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == h.options.Path:
		h.serveEndpoint(w, r)
	case r.URL.Path == "/healthz":
		sayHealth(w, http.StatusOK, "ok")
	case r.URL.Path == "/readyz" && h.draining.Load():
		sayHealth(w, http.StatusServiceUnavailable, "ending")
	case r.URL.Path == "/readyz":
		sayHealth(w, http.StatusOK, "ready")
	case r.URL.Path == "/metrics" && h.options.Metrics != nil:
		if refused := h.checkHost(r); refused != nil {
			http.Error(w, refused.message, refused.status)
			return
		}
		h.options.Metrics.ServeHTTP(w, r)
	default:
		http.Error(w, "there is nothing here; MCP is at "+h.options.Path, http.StatusNotFound)
	}
}

func sayHealth(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(word + "\n"))
}

// Stats are what is going on at a moment.
type Stats struct {
	Calls    int // requests at work
	Bytes    int // that they hold
	Sessions int // credentials that something is kept for
	// Budget is the least that PagerDuty said is left of a credential's rate limit;
	// -1 if it said nothing of any.
	Budget int
}

// Stats returns what is going on now.
func (h *HTTP) Stats() Stats {
	now := h.limits.now()
	stats := Stats{Calls: now.calls, Bytes: now.bytes, Budget: -1}
	take := func(c *caller) {
		if left, known := c.session.Client.Budget(); known && (stats.Budget < 0 || left < stats.Budget) {
			stats.Budget = left
		}
	}
	if h.sessions == nil {
		stats.Sessions = 1
		take(h.servers.full.own)
		return stats
	}
	stats.Sessions = h.sessions.Len()
	h.sessions.each(take)
	return stats
}
