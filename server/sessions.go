package server

import (
	"container/list"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// Sessions keeps a [tool.Session] for each credential that callers bring, so that
// what one of them learned is never told to another. Sessions that nobody used for
// a while are dropped, and the one that rested longest when there are too many.
type Sessions struct {
	host string
	open func(pdapi.Key) (*caller, error)
	most int
	idle time.Duration
	now  func() time.Time

	mu    sync.Mutex
	known map[[sha256.Size]byte]*list.Element // of order
	order *list.List                          // of *restingSession, the last used first
}

type restingSession struct {
	fingerprint [sha256.Size]byte
	caller      *caller
	used        time.Time
}

// NewSessions returns a registry of at most so many sessions, each dropped when idle
// for so long. Open makes the session of a key that is not known yet, for the API at
// host. Now is [time.Now] when nil.
func NewSessions(host string, open func(pdapi.Key) (*tool.Session, error), most int, idle time.Duration, now func() time.Time) *Sessions {
	return newCallers(host, func(key pdapi.Key) (*caller, error) {
		session, err := open(key)
		return &caller{session: session}, err
	}, most, idle, now)
}

// newCallers is [NewSessions] for a server, which keeps more than a session.
func newCallers(host string, open func(pdapi.Key) (*caller, error), most int, idle time.Duration, now func() time.Time) *Sessions {
	if now == nil {
		now = time.Now
	}
	return &Sessions{host: host, open: open, most: max(most, 1), idle: idle, now: now, known: map[[sha256.Size]byte]*list.Element{}, order: list.New()}
}

// Of returns the session of a key. It fails only if a new one can't be opened.
func (s *Sessions) Of(key pdapi.Key) (*tool.Session, error) {
	c, err := s.caller(key)
	if err != nil {
		return nil, err
	}
	return c.session, nil
}

// caller returns what is kept for the caller who has a key.
func (s *Sessions) caller(key pdapi.Key) (*caller, error) {
	fingerprint := key.Fingerprint(s.host)
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.dropIdle(now)
	if element, ok := s.known[fingerprint]; ok {
		resting := element.Value.(*restingSession)
		resting.used = now
		s.order.MoveToFront(element)
		return resting.caller, nil
	}
	opened, err := s.open(key)
	if err != nil {
		return nil, err
	}
	for s.order.Len() >= s.most {
		s.drop(s.order.Back())
	}
	s.known[fingerprint] = s.order.PushFront(&restingSession{fingerprint, opened, now})
	return opened, nil
}

// Len is how many sessions there are.
func (s *Sessions) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropIdle(s.now())
	return s.order.Len()
}

func (s *Sessions) dropIdle(now time.Time) {
	for last := s.order.Back(); last != nil && now.Sub(last.Value.(*restingSession).used) > s.idle; last = s.order.Back() {
		s.drop(last)
	}
}

// drop forgets a session. Calls that are under way with it end undisturbed.
func (s *Sessions) drop(element *list.Element) {
	delete(s.known, element.Value.(*restingSession).fingerprint)
	s.order.Remove(element)
}

// each looks at every caller.
func (s *Sessions) each(look func(*caller)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for element := s.order.Front(); element != nil; element = element.Next() {
		look(element.Value.(*restingSession).caller)
	}
}
