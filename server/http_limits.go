package server

import "sync"

// The most that a server over HTTP takes at a time unless it is told otherwise.
const (
	DefaultMaxCalls          = 1024
	DefaultMaxCallsPerCaller = 64

	maxWaiting          = 256 << 20 // bytes of requests and answers that are held
	maxWaitingPerCaller = 32 << 20
)

// load is how much is going on: requests that are not answered yet, and the bytes of
// them and of their answers.
type load struct{ calls, bytes int }

// limits keep one caller, and all together, from taking more than there is. What is too
// much is refused at once: a client that waits in a queue can't tell that it waits.
type limits struct {
	most, mostEach int // calls

	mu   sync.Mutex
	all  load
	each map[*caller]*load // of those who have requests; nobody else is in it
}

// place is a request's share of what is going on.
type place struct {
	of    *limits
	by    *caller
	bytes int
}

// enter makes a place for a request of so many bytes. If there is none, it says whose
// limit that is: everybody's, or the caller's alone.
func (l *limits) enter(by *caller, bytes int) (taken *place, full string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := l.each[by]
	if own == nil {
		own = &load{}
	}
	switch {
	case own.calls >= l.mostEach || own.bytes+bytes > maxWaitingPerCaller:
		return nil, "you"
	case l.all.calls >= l.most || l.all.bytes+bytes > maxWaiting:
		return nil, "all callers together"
	}
	own.calls++
	l.all.calls++
	own.bytes += bytes
	l.all.bytes += bytes
	l.each[by] = own
	return &place{l, by, bytes}, ""
}

// resize says how many bytes are held now: what was read, or the answer that waits for
// its reader.
func (p *place) resize(bytes int) {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	p.of.each[p.by].bytes += bytes - p.bytes
	p.of.all.bytes += bytes - p.bytes
	p.bytes = bytes
}

// leave gives the place back.
func (p *place) leave() {
	p.resize(0)
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	p.of.all.calls--
	if own := p.of.each[p.by]; own.calls > 1 {
		own.calls--
	} else {
		delete(p.of.each, p.by)
	}
}

// now is how much is going on.
func (l *limits) now() load {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all
}
