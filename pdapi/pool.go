package pdapi

import (
	"context"
	"net/http"
	"sync"
)

// Pool is what the clients of a process may share though their credentials
// differ: connections to PagerDuty, and the locks under which objects are read,
// changed and written back. It is an [http.RoundTripper], to be given to
// [Config.Transport].
type Pool struct {
	transport *http.Transport
	locks     locks
}

// NewPool returns a pool without connections.
func NewPool() *Pool {
	// Reads go out a few at a time, so the idle limit per host is raised from
	// Go's 2.
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 16
	t.OnProxyConnectResponse = proxyAnswer
	return &Pool{transport: t}
}

// RoundTrip implements [http.RoundTripper]. An error names the proxy that the
// request went through, if any.
func (p *Pool) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := p.transport.RoundTrip(r)
	if err != nil {
		return nil, p.nameProxy(r, err)
	}
	return resp, nil
}

// locks are held, one for each object, by those who change it. There are only as
// many as there are changes being made or waiting.
type locks struct {
	mu   sync.Mutex
	held map[string]*lock
}

type lock struct {
	turn    chan struct{} // full while somebody holds the lock
	holders int           // those who hold it or wait for it; guarded by locks.mu
}

// acquire waits until nobody else holds the lock on an object, which is named by
// its URL, and returns the function that gives it back. It fails with the error
// of ctx if that ends first.
func (l *locks) acquire(ctx context.Context, object string) (release func(), err error) {
	l.mu.Lock()
	if l.held == nil {
		l.held = map[string]*lock{}
	}
	mine, ok := l.held[object]
	if !ok {
		mine = &lock{turn: make(chan struct{}, 1)}
		l.held[object] = mine
	}
	mine.holders++
	l.mu.Unlock()
	forget := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if mine.holders--; mine.holders == 0 {
			delete(l.held, object)
		}
	}
	select {
	case mine.turn <- struct{}{}:
		return func() { <-mine.turn; forget() }, nil
	case <-ctx.Done():
		forget()
		return nil, ctx.Err()
	}
}
