package tool

import (
	"fmt"
	"slices"
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
	// ShowContacts has tools show people's numbers and e-mail addresses whole where
	// they tell how somebody is reached; see [Call.Contact].
	ShowContacts bool
	// Lockdown leaves free texts out of all answers that people wrote whom nobody knows;
	// see [pdapi.Reader.WithLockdown] and, for one request, [WithLockdown].
	Lockdown bool

	names nameCache
	zone  zoneMemory
	done  doneMemory

	completions completionMemory
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

	fields       []string // of a list's records, that are to be shown; nil for all
	showContacts bool     // see [Call.Contact]

	progress func(done, of int)
	mu       sync.Mutex
	steps    int // of the call, as far as the tool knows; 0 if it tells of none
	stepped  int
	notes    []string
	changed  []changedField
	sealed   bool              // something was left out by a lockdown
	odd      []pdapi.Odd       // what of PagerDuty's answers could not be read
	lookedUp pdapi.Memory      // the objects whose ids were looked up
	named    map[string]string // names of objects that arguments refer to, by id
	done     *doneMemory
	writes   *pdapi.Writes // what is written; nil if nobody wants to know
}

// Note adds a sentence to the result, for the reader to know: what was left out or
// happened besides.
func (c *Call) Note(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.notes = append(c.notes, fmt.Sprintf(format, args...))
}

// Asked reports whether a field of a list's records is asked for by its name.
func (c *Call) Asked(field string) bool { return slices.Contains(c.fields, field) }

// Steps says that so many more steps are to come, each of which ends with [Call.Step].
// From then on whoever waits for the call is told of those, no longer of the pages of
// the lists that are read.
func (c *Call) Steps(more int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.steps += more
}

// Step tells whoever waits for the call that one of its steps is done, if [Call.Steps]
// said how many there are.
func (c *Call) Step() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stepped++; c.progress != nil && c.steps > 0 {
		c.progress(c.stepped, max(c.steps, c.stepped))
	}
}

// page tells whoever waits for the call how much of a list was read.
func (c *Call) page(done, of int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.progress != nil && c.steps == 0 {
		c.progress(done, of)
	}
}

// Ref is a reference to an object that an argument refers to, with its name if that
// was looked up.
func (c *Call) Ref(id string) Ref { return Ref{ID: id, Summary: c.named[id]} }

// Claim is asked before doing what people would notice if it were done twice. It
// reports whether the caller's session did the same, by these words, in the last half
// hour, and when. If not, it remembers that it is being done now: a second call in the
// same moment is told so. Whoever fails for certain calls [Call.Unclaim].
func (c *Call) Claim(words ...string) (before time.Time, done bool) {
	return c.done.claim(c.Now, words)
}

// Unclaim forgets what [Call.Claim] remembered: it was not done.
func (c *Call) Unclaim(words ...string) { c.done.forget(words) }

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
	Object string `json:"of,omitzero"` // which of several objects
	Field  string `json:"field"`
	From   any    `json:"from"`
	To     any    `json:"to"`
}

// zoneMemory is the time zone of a session's user, once PagerDuty has said it.
type zoneMemory struct {
	mu   sync.Mutex
	zone *time.Location
	at   time.Time
}
