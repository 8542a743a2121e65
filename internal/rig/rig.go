// Package rig is what tests of the toolsets and of the server stand on: a
// simulated account, a server of its tools and an MCP client of that server, all in
// the test's own process.
//
//	r := rig.New(t)
//	got := r.Answer(t, "get_service", rig.Args{"service_id": "Search API"})
//
// A rig belongs to one test; rigs do not share anything, so that tests may run in
// parallel. Only tests import the package. It defines their flag -update.
package rig

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// Rig is a simulated account, a server of its tools and a client of that server.
type Rig struct {
	*Account
	Server *server.Server
	Client *client.Client // initialized
	Logs   *Logs          // of the server and of its client of PagerDuty's API
	PD     pdapi.Client   // the server's client of PagerDuty's API

	Instructions string // what the server told the client to tell its model
}

// Account is a simulated PagerDuty account.
type Account = sandbox.Server

// Now is what the clocks of accounts and tools say: noon of a Monday, in UTC.
func Now() time.Time { return time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC) }

// Option makes a rig different from the usual: all toolsets, with the tools that
// write, used by Ana Souza of the demo account.
type Option func(*settings)

type settings struct {
	key    string
	plan   sandbox.Options
	wrap   func(http.Handler) http.Handler
	config []func(*pdapi.Config)
	server server.Options
}

// WithKey has the server use an API key: one of package sandbox's.
func WithKey(key string) Option { return func(s *settings) { s.key = key } }

// WithUser has the server use the API key of the user whose e-mail address begins
// so: "ben.carter".
func WithUser(name string) Option { return WithKey(sandbox.KeyOf(name + "@northwind.example")) }

// WithoutAbilities leaves abilities out of the account's plan, such as
// "event_intelligence".
func WithoutAbilities(names ...string) Option { return func(s *settings) { s.plan.Without = names } }

// WithSets has the server serve these toolsets only.
func WithSets(sets ...tool.Set) Option { return func(s *settings) { s.server.Sets = sets } }

// WithoutWrites leaves out the tools that change something, as a server does
// without --enable-write-tools.
func WithoutWrites() Option { return func(s *settings) { s.server.EnableWrite = false } }

// WithServer changes any other option of the server.
func WithServer(change func(*server.Options)) Option { return func(s *settings) { change(&s.server) } }

// WithConfig changes how the server's client of PagerDuty's API is set up.
func WithConfig(change func(*pdapi.Config)) Option {
	return func(s *settings) { s.config = append(s.config, change) }
}

// WithClock has the account, the server and its client all go by another clock than
// [Now].
func WithClock(now func() time.Time) Option {
	return func(s *settings) {
		s.plan.Now, s.server.Now = now, now
		s.config = append(s.config, func(c *pdapi.Config) { c.Now = now })
	}
}

// WithAPI puts a handler between the server and the account: it is handed the
// account and returns what the server reaches in its place.
func WithAPI(wrap func(http.Handler) http.Handler) Option {
	return func(s *settings) { s.wrap = wrap }
}

// New starts a rig, which ends with the test.
func New(t testing.TB, options ...Option) *Rig {
	t.Helper()
	r := &Rig{Logs: &Logs{}}
	log := slog.New(slog.NewTextHandler(r.Logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s := settings{
		key:  sandbox.UserKey,
		plan: sandbox.Options{Now: Now},
		server: server.Options{Sets: toolsets.All(), Elsewhere: toolsets.All(), EnableWrite: true, Version: "test", Logger: log, Now: Now,
			Confirm: server.ConfirmNever, WritesPerMinute: -1},
	}
	for _, o := range options {
		o(&s)
	}
	account, err := sandbox.Start(s.plan)
	if err != nil {
		t.Fatal(err)
	}
	r.Account = account
	config := pdapi.Config{Host: account.URL(), UserAgent: "test", Logger: log, Now: Now}
	if s.wrap != nil {
		api := httptest.NewServer(s.wrap(account))
		t.Cleanup(api.Close)
		config.Host = api.URL
	}
	t.Cleanup(account.Close) // before the API's: it ends the requests in flight
	for _, change := range s.config {
		change(&config)
	}
	if config.Key, err = pdapi.ParseKey(s.key); err != nil {
		t.Fatal(err)
	}
	if r.PD, err = pdapi.New(config); err != nil {
		t.Fatal(err)
	}
	s.server.Client = r.PD
	r.Server = server.New(s.server)
	r.connect(t)
	return r
}

// connect makes the client and has it greet the server.
func (r *Rig) connect(t testing.TB) {
	t.Helper()
	var err error
	if r.Client, err = client.NewInProcessClient(r.Server.MCP()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Client.Close() })
	if err := r.Client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var initialize mcp.InitializeRequest
	initialize.Params.ProtocolVersion = mcp.LATEST_LEGACY_PROTOCOL_VERSION
	hello, err := r.Client.Initialize(t.Context(), initialize)
	if err != nil {
		t.Fatal(err)
	}
	r.Instructions = hello.Instructions
}
