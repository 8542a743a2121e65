// Package sandbox is a simulated PagerDuty account behind a real HTTP listener
// on loopback: what --sandbox talks to, and what the tests talk to.
//
// It is stricter than PagerDuty. Where PagerDuty ignores a query parameter or a
// body key it does not know, the sandbox refuses it, so that no mistake hides.
// Writes change the account; a new one starts over. Two accounts with the same
// seed and clock are the same.
//
// A file for each of PagerDuty's resources has its types, routes and handlers.
// Package rest has what all of them need.
package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// Options say which account to simulate. The zero value is the demo account.
type Options struct {
	Seed     uint64           // the same seed makes the same account; 0 means 1
	Scenario Scenario         // what happens in it; [Demo] when empty
	Now      func() time.Time // the account's clock; [time.Now] when nil

	// Speed is how many seconds of the account's clock pass in one of [Options.Now]; 0
	// means 1. Times and timeouts of the account go with its clock.
	Speed float64

	// Latency is how long each request takes besides.
	Latency time.Duration

	// AccountZone is the account's time zone by its IANA name, UTC when empty. Services
	// and on-calls are written in it unless the request says otherwise.
	AccountZone string

	// Without names abilities that the account's plan does not include, as GET
	// /abilities has them, such as "event_intelligence". It includes all by default.
	Without []string

	// Answered is called for each request after it was answered; nil for nothing.
	Answered func(Request)

	// KeepRequests is how many requests [Server.Requests] remembers, the newest;
	// 0 means 10,000.
	KeepRequests int
}

// Server is a simulated account. It is an [http.Handler]; [Start] gives it a
// listener of its own.
type Server struct {
	*rest.Server[*call]
	open  func() *account // makes the account on first use
	speed float64
}

// Speed is how many seconds of the account's clock pass in one of [Options.Now].
func (s *Server) Speed() float64 { return s.speed }

// Request is one request that reached the sandbox.
type Request = rest.Request

// Fault is something that goes wrong with requests.
type Fault = rest.Fault

// RateLimit is a fault that answers 429, with ratelimit-… headers if reset is
// not negative: seconds until the limit is lifted.
func RateLimit(times, reset int) Fault { return rest.RateLimit(times, reset) }

// New returns a sandbox that is not listening.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	opened := o.Now()
	return newServer(o, opened, nil)
}

// newServer returns a sandbox with an account that was opened at a time. It is made when
// it is needed.
func newServer(o Options, opened time.Time, journal *rest.Journal) *Server {
	s := &Server{speed: cmp.Or(o.Speed, 1), open: sync.OnceValue(func() *account {
		a := newAccount(cmp.Or(o.Seed, 1), o.Scenario, opened, location(o.AccountZone))
		a.abilities = slices.DeleteFunc(slices.Clone(abilities), func(name string) bool { return slices.Contains(o.Without, name) })
		return a
	})}
	s.Server = rest.NewServer(callers{s.open}, routes(), rest.Options{
		Now: clock(o.Now, opened, s.speed), KeepRequests: cmp.Or(o.KeepRequests, 10_000), Latency: o.Latency, Journal: journal, Answered: o.Answered,
	})
	return s
}

// clock is a clock that goes so many times as fast as another from a time on.
func clock(now func() time.Time, from time.Time, speed float64) func() time.Time {
	if speed == 1 {
		return now
	}
	return func() time.Time {
		return from.Add(time.Duration(float64(now().Sub(from)) * speed))
	}
}

// Start returns a sandbox that listens on a free loopback port until Close.
func Start(o Options) (*Server, error) {
	s := New(o)
	if err := s.Listen(""); err != nil {
		return nil, fmt.Errorf("starting the sandbox: %w", err)
	}
	return s, nil
}

// route is one operation of the API.
type route = rest.Route[*call]

// routes are all operations that the sandbox has.
func routes() []route {
	return slices.Concat(
		incidentRoutes(), logEntryRoutes(), incidentActionRoutes(), statusUpdateRoutes(), alertUpdateRoutes(), incidentTypeRoutes(), customFieldRoutes(),
		serviceRoutes(), userRoutes(), teamRoutes(), scheduleRoutes(), scheduleV3Routes(), onCallRoutes(), policyRoutes(),
		groupingRoutes(), orchestrationRoutes(), priorityRoutes(), abilityRoutes(), maintenanceRoutes(),
		alertRoutes(), changeEventRoutes(), dependencyRoutes(), notificationRoutes(),
	)
}

// call is a checked request, as handlers see it.
type call struct {
	*rest.Call
	*account
	actor *user // who the key or the From header names; nil if neither does
	token token
}

// zone is the time zone that a request wants times in, or what holds without it.
func (c *call) zone(without *time.Location) *time.Location {
	if name := c.URL.Query().Get("time_zone"); name != "" {
		return location(name)
	}
	return without
}

// with makes a handler of one that works on the record whose id is in the path.
func with[R rest.Record](find func(*account, string) R, handle func(*call, R) *rest.Answer) func(*call) *rest.Answer {
	return func(c *call) *rest.Answer {
		record := find(c.account, c.PathValue("id"))
		var none R
		if record == none {
			return rest.NotFound()
		}
		return handle(c, record)
	}
}
