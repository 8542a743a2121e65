// Package sandbox is a simulated PagerDuty account behind a real HTTP listener
// on loopback: what --sandbox talks to, and what the tests talk to.
//
// It is stricter than PagerDuty. Where PagerDuty ignores a query parameter or a
// body key it does not know, the sandbox refuses it, so that no mistake hides.
// Writes change the account; a new one starts over. Two accounts with the same
// seed and clock are the same.
package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The keys a sandbox knows; any other is answered 401.
const (
	UserKey     = "sandbox-user-key"      // of [Me], as an API key or a Bearer token
	AccountKey  = "sandbox-account-key"   // account-level: names no user
	ReadOnlyKey = "sandbox-read-only-key" // account-level, may not write

	userKeyPrefix = "sandbox-key-of-"
)

// KeyOf is the key of the user with an e-mail address.
func KeyOf(email string) string { return userKeyPrefix + email }

// Options say which account to simulate. The zero value is the demo account.
type Options struct {
	Seed uint64           // the same seed makes the same account; 0 means 1
	Now  func() time.Time // the account's clock; [time.Now] when nil
}

// Server is a simulated account. It is an [http.Handler]; [Start] gives it a
// listener of its own.
type Server struct {
	now func() time.Time
	mux *http.ServeMux

	open    func() *account // makes the account on first use
	faults  faults
	mu      sync.Mutex // guards the account and the log
	log     []*Request
	http    *http.Server
	url     string
	closing chan struct{}
	once    sync.Once // closes closing
}

// Request is one request that reached the sandbox.
type Request struct {
	Method string
	Path   string // with the query, as sent
	Header http.Header
	Body   string
	Status int // of the answer; 0 when none was sent
}

func (r Request) String() string { return r.Method + " " + r.Path }

// New returns a sandbox that is not listening.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	s := &Server{now: o.Now, mux: http.NewServeMux(), closing: make(chan struct{})}
	s.open = sync.OnceValue(func() *account { return newAccount(o.Seed, o.Now()) })
	for _, r := range routes() {
		s.mux.HandleFunc(r.pattern, func(w http.ResponseWriter, req *http.Request) { s.serve(w, req, r) })
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, req *http.Request) { s.serve(w, req, route{}) })
	return s
}

// Start returns a sandbox that listens on a free loopback port until Close.
func Start(o Options) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting the sandbox: %w", err)
	}
	s := New(o)
	s.url = "http://" + listener.Addr().String()
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.http.Serve(listener) }()
	return s, nil
}

// URL is the base URL of a started sandbox.
func (s *Server) URL() string { return s.url }

// Close stops listening and ends the requests in flight.
func (s *Server) Close() {
	s.once.Do(func() { close(s.closing) })
	if s.http != nil {
		_ = s.http.Close()
	}
}

// Requests returns what has reached the sandbox so far, in order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Request
	for _, r := range s.log {
		out = append(out, *r)
	}
	return out
}

// ForgetRequests empties the log.
func (s *Server) ForgetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// serve answers one request: log, fault, credentials, strict checks, handler.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, rt route) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 10<<20))
	entry := s.note(r, body)
	ctx, cancel := s.lifetime(r.Context())
	defer cancel()
	fault := s.faults.take(r)
	if !fault.before(ctx, w) {
		return
	}
	limits, over := s.faults.spend()
	if over {
		fault = RateLimit(0, -1)
	}
	var a answer
	if fault.Status == 0 || fault.AfterEffect {
		a = s.answer(r, rt, body)
	}
	if fault.Status != 0 {
		a = fault.answer()
	}
	for name, values := range limits {
		w.Header()[name] = values
	}
	s.mu.Lock()
	entry.Status = a.status
	s.mu.Unlock()
	fault.write(ctx, w, a)
}

func (s *Server) note(r *http.Request, body []byte) *Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	header := r.Header.Clone()
	header.Del("Authorization")
	entry := &Request{Method: r.Method, Path: r.URL.RequestURI(), Header: header, Body: string(body)}
	s.log = append(s.log, entry)
	return entry
}

// lifetime is the request's context, ended early when the sandbox closes.
func (s *Server) lifetime(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-s.closing:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// call is a checked request, as handlers see it.
type call struct {
	*http.Request
	*account
	actor *user // who the key or the From header names; nil if neither does
	token tokenKind
	body  obj
	raw   json.RawMessage // the body as it came
	now   time.Time
}

type tokenKind int

const (
	noToken tokenKind = iota
	userToken
	accountToken
	readOnlyToken
)

// answer runs the checks and the handler.
func (s *Server) answer(r *http.Request, rt route, body []byte) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	acc := s.open()
	c := &call{Request: r, account: acc, now: s.now().UTC().Truncate(time.Second)}
	if refusal := c.authenticate(); refusal != nil {
		return *refusal
	}
	if rt.handle == nil {
		return fail(http.StatusNotFound, 2100, "Not Found", "sandbox: there is no "+r.Method+" "+r.URL.Path)
	}
	if got := r.Header.Get("Accept"); got != "application/vnd.pagerduty+json;version=2" {
		return refuse("sandbox: Accept is %q, which does not pin version 2 of the API", got)
	}
	if problems := rt.query.check(r.URL.Query()); len(problems) > 0 {
		return fail(http.StatusBadRequest, 2002, "Arguments Caused Error", problems...)
	}
	if refusal := c.identify(rt); refusal != nil {
		return *refusal
	}
	if refusal := c.decode(rt, body); refusal != nil {
		return *refusal
	}
	return rt.handle(c)
}

func (c *call) authenticate() *answer {
	key, ok := strings.CutPrefix(c.Header.Get("Authorization"), "Token token=")
	if !ok {
		key, _ = strings.CutPrefix(c.Header.Get("Authorization"), "Bearer ")
	}
	switch key {
	case UserKey:
		c.token, c.actor = userToken, c.me
	case AccountKey:
		c.token = accountToken
	case ReadOnlyKey:
		c.token = readOnlyToken
	default:
		if email, ok := strings.CutPrefix(key, userKeyPrefix); ok {
			if c.actor = c.userByEmail(email); c.actor != nil {
				c.token = userToken
				return nil
			}
		}
		a := fail(http.StatusUnauthorized, 2006, "Authentication failed")
		return &a
	}
	return nil
}

// identify finds out who a write is by, as PagerDuty does: a user's key names
// the user, an account's key needs the From header.
func (c *call) identify(rt route) *answer {
	if c.Method == http.MethodGet {
		return nil
	}
	if c.token == readOnlyToken {
		a := fail(http.StatusForbidden, 2010, "Access Denied")
		return &a
	}
	from := c.Header.Get("From")
	if from != "" {
		who := c.userByEmail(from)
		if who == nil {
			a := fail(http.StatusBadRequest, 1008, "Requester User Not Found")
			return &a
		}
		if c.actor == nil {
			c.actor = who
		}
	}
	if rt.from && c.actor == nil {
		a := fail(http.StatusBadRequest, 2016, `You must specify a user's email address in the "From" header to perform this action`)
		return &a
	}
	return nil
}

func (c *call) decode(rt route, body []byte) *answer {
	if rt.body == nil {
		if len(body) > 0 {
			a := refuse("sandbox: %s %s takes no body", c.Method, c.URL.Path)
			return &a
		}
		return nil
	}
	if got := c.Header.Get("Content-Type"); got != "application/json" {
		a := refuse("sandbox: Content-Type is %q, not application/json", got)
		return &a
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		a := refuse("the body is not JSON: %v", err)
		return &a
	}
	var problems []string
	rt.body("body", value, &problems)
	if len(problems) > 0 {
		a := fail(http.StatusBadRequest, 2001, "Invalid Input Provided", problems...)
		return &a
	}
	c.body, _ = value.(obj)
	c.raw = body
	return nil
}

// route is one operation of the API.
type route struct {
	pattern string // of [http.ServeMux]
	query   params
	body    shape
	from    bool // a write that PagerDuty attributes to a user
	handle  func(*call) answer
}

func routes() []route {
	return slices.Concat(incidentRoutes(), serviceRoutes(), userRoutes(), teamRoutes(), scheduleRoutes(), onCallRoutes(), policyRoutes(),
		groupingRoutes(), orchestrationRoutes(), priorityRoutes())
}
