package tool

import (
	"fmt"
	"sync"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// Session is what tools work with on behalf of one credential: its client, and
// what was learned of the names, the user and the time zone of its account. No two
// credentials may share a Session.
type Session struct {
	// Client speaks to PagerDuty with the credential.
	Client pdapi.Client
	// Zone is the time zone that days are meant in; nil asks PagerDuty for the
	// user's.
	Zone *time.Location
	// Clock is the tools' clock; nil is [time.Now].
	Clock func() time.Time

	names nameCache
	zone  zoneMemory
}

// now is the time of a call, in UTC and whole seconds.
func (s *Session) now() time.Time {
	clock := s.Clock
	if clock == nil {
		clock = time.Now
	}
	return clock().UTC().Truncate(time.Second)
}

// Call is what is particular to one call of a tool.
type Call struct {
	// Now is the time of the call, in UTC and whole seconds. It is the same all
	// through the call.
	Now time.Time
	// Zone is the time zone that the call's days are meant in; UTC where no argument
	// needs one.
	Zone *time.Location

	progress func(done, of int)
	mu       sync.Mutex
	notes    []string
	changed  []changedField
	odd      []pdapi.Odd   // what of PagerDuty's answers could not be read
	writes   *pdapi.Writes // what is written; nil if nobody wants to know
	lookedUp pdapi.Memory  // the objects whose ids were looked up
}

// Note adds a sentence to the result, for the reader to know: what was left out or
// happened besides.
func (c *Call) Note(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.notes = append(c.notes, fmt.Sprintf(format, args...))
}

// Progress tells whoever waits for the call how far it is.
func (c *Call) Progress(done, of int) {
	if c.progress != nil {
		c.progress(done, of)
	}
}

// Reading is what a tool that only reads is handed.
type Reading struct {
	*Call
	// PD reads the caller's PagerDuty account.
	PD pdapi.Reader
}

// Writing is what a tool that changes something is handed.
type Writing struct {
	*Call
	// PD reads and changes the caller's PagerDuty account.
	PD pdapi.Client
}

// Reading is the part of the call that only reads.
func (w Writing) Reading() Reading { return Reading{w.Call, w.PD.Reader} }

// changedField is a field that a call changed, as a result shows it.
type changedField struct {
	Field string `json:"field"`
	From  any    `json:"from"`
	To    any    `json:"to"`
}

// zoneMemory is the time zone of a session's user, once PagerDuty has said it.
type zoneMemory struct {
	mu   sync.Mutex
	zone *time.Location
	at   time.Time
}
