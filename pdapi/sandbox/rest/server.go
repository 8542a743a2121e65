// Package rest is the part of a simulated PagerDuty account that has nothing to
// do with PagerDuty's objects: the listener on loopback, the operations a server
// has, the checks of their query parameters and bodies, faults, rate limits,
// pages, the log of requests, and tables of records.
//
// What an operation doesn't list as a query parameter or a key of its body is
// refused, where PagerDuty would ignore it, so that no mistake hides.
package rest

import (
	"cmp"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server answers requests about an account. It is an [http.Handler]; Listen
// gives it a listener of its own. C is what handlers are called with.
type Server[C any] struct {
	account Account[C]
	now     func() time.Time
	latency time.Duration
	journal *Journal // nil for an account that ends with its process
	mux     *http.ServeMux
	state   sync.Mutex // held while a handler works on the account

	log     requestLog
	faults  faults
	http    *http.Server
	url     string
	closing chan struct{}
	once    sync.Once // closes closing
}

// Account is what a server asks about the requests it gets.
type Account[C any] interface {
	// Authenticate finds out whose key a request carries and makes what the
	// handler is called with, or the answer that refuses the request.
	Authenticate(*Call) (C, *Answer)
	// Attribute finds out who a write is by. It is called after the query
	// parameters were checked, before the body is.
	Attribute(c C, attributed bool) *Answer
}

// Options say how a server answers.
type Options struct {
	Now          func() time.Time // the account's clock
	KeepRequests int              // how many requests the log keeps, the newest
	Latency      time.Duration    // how long each request takes besides
	Answered     func(Request)    // is called for each request after it was answered; may be nil
	Journal      *Journal         // keeps the account; nil for one that ends with its process
}

// Now is the time by the account's clock.
func (s *Server[C]) Now() time.Time { return s.now() }

// NewServer returns a server that is not listening.
func NewServer[C any](account Account[C], routes []Route[C], o Options) *Server[C] {
	s := &Server[C]{account: account, now: o.Now, latency: o.Latency, journal: o.Journal, mux: http.NewServeMux(), closing: make(chan struct{})}
	s.log.most, s.log.tell = o.KeepRequests, o.Answered
	for _, r := range routes {
		s.mux.HandleFunc(r.Pattern, func(w http.ResponseWriter, req *http.Request) { s.serve(w, req, r) })
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, req *http.Request) { s.serve(w, req, Route[C]{}) })
	return s
}

// Listen makes the server listen at an address such as 127.0.0.1:8080 until Close; on a
// free loopback port if it is empty.
func (s *Server[C]) Listen(address string) error {
	listener, err := net.Listen("tcp", cmp.Or(address, "127.0.0.1:0"))
	if err != nil {
		return err
	}
	s.url = "http://" + listener.Addr().String()
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.http.Serve(listener) }()
	return nil
}

// URL is the base URL of a server that listens.
func (s *Server[C]) URL() string { return s.url }

// Close stops listening and ends the requests in flight.
func (s *Server[C]) Close() {
	s.once.Do(func() { close(s.closing) })
	if s.http != nil {
		_ = s.http.Close()
	}
	if s.journal != nil {
		s.Do(s.journal.Close)
	}
}

// Do runs f while no handler works on the account.
func (s *Server[C]) Do(f func()) {
	s.state.Lock()
	defer s.state.Unlock()
	f()
}

// ServeHTTP implements [http.Handler].
func (s *Server[C]) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// serve answers one request: log, fault, credentials, strict checks, handler.
func (s *Server[C]) serve(w http.ResponseWriter, r *http.Request, route Route[C]) {
	if done, ok := w.(*again); ok {
		done.status = s.handle(r, route, done.body, done.at).Status
		return
	}
	body, _ := io.ReadAll(io.LimitReader(r.Body, 10<<20))
	entry := s.log.note(r, body)
	ctx, cancel := s.lifetime(r.Context())
	defer cancel()
	fault := s.faults.take(r)
	fault.Latency += s.latency
	if !fault.before(ctx, w) {
		return
	}
	limits, over := s.faults.spend()
	if over {
		fault = RateLimit(0, -1)
	}
	var a *Answer
	if fault.Status == 0 || fault.AfterEffect {
		a = s.answer(r, route, body)
	}
	if fault.Status != 0 {
		a = fault.answer()
	}
	for name, values := range limits {
		w.Header()[name] = values
	}
	s.log.answered(entry, a.Status)
	fault.write(w, a)
}

// lifetime is the request's context, ended early when the server closes.
func (s *Server[C]) lifetime(ctx context.Context) (context.Context, context.CancelFunc) {
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

// answer takes the account for the time of a request, and keeps what it changed.
func (s *Server[C]) answer(r *http.Request, route Route[C], body []byte) *Answer {
	s.state.Lock()
	defer s.state.Unlock()
	if s.journal == nil {
		return s.handle(r, route, body, s.now())
	}
	end, err := s.journal.turn(s.redo)
	if err != nil {
		return Fail(http.StatusInternalServerError, 2000, "Internal Server Error", "sandbox: "+err.Error())
	}
	defer end()
	at := s.now().UTC()
	a := s.handle(r, route, body, at)
	if changes(r, a) {
		if err := s.journal.add(entryOf(r, body, at, a.Status)); err != nil {
			return Fail(http.StatusInternalServerError, 2000, "Internal Server Error", "sandbox: the change was made, but can't be kept: "+err.Error())
		}
	}
	return a
}

// accepted is what the Accept header says, for version 2 of the API.
const accepted = "application/vnd.pagerduty+json;version=2"

// handle runs the checks and the handler, at a time.
func (s *Server[C]) handle(r *http.Request, route Route[C], body []byte, at time.Time) *Answer {
	call := &Call{Request: r, Now: at.UTC().Truncate(time.Second), Operation: route.Pattern}
	c, refusal := s.account.Authenticate(call)
	if refusal != nil {
		return refusal
	}
	if route.Handle == nil {
		return Fail(http.StatusNotFound, 2100, "Not Found", "sandbox: there is no "+r.Method+" "+r.URL.Path)
	}
	if got := r.Header.Get("Accept"); got != accepted {
		return Invalid("sandbox: Accept is %q, which does not pin version 2 of the API", got)
	}
	if wrong := route.Query.check(r.URL.Query()); len(wrong) > 0 && route.ByField {
		return WrongFields(wrong)
	} else if len(wrong) > 0 {
		return Fail(http.StatusBadRequest, 2002, "Arguments Caused Error", wrong.details()...)
	}
	if refusal := s.account.Attribute(c, route.Attributed); refusal != nil {
		return refusal
	}
	if refusal := call.decode(route.Body, body); refusal != nil {
		return refusal
	}
	return route.Handle(c)
}
