package response

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// gather reads the parts of a brief side by side. A part that fails does not end the
// others.
type gather struct {
	ctx   context.Context
	slots chan struct{} // one for each request under way
	parts sync.WaitGroup

	mu       sync.Mutex
	panicked any
}

// longest is how long one part of a brief is waited for: a brief that comes late is
// none.
const longest = 8 * time.Second

// gathering begins a brief. Of PagerDuty it asks so many things at a time at most,
// and fewer when little is left of what PagerDuty allows.
func gathering(ctx context.Context, pd pdapi.Reader, most int) *gather {
	return &gather{ctx: ctx, slots: make(chan struct{}, pd.Room(most))}
}

// wait waits for all parts. A panic in one, which is a bug, is passed on.
func (g *gather) wait() error {
	g.parts.Wait()
	if g.panicked != nil {
		panic(g.panicked)
	}
	// The requests may have noticed that the time is up a moment before the context did.
	if end, ok := g.ctx.Deadline(); ok && !time.Now().Before(end) {
		return context.DeadlineExceeded
	}
	return g.ctx.Err()
}

// part is a part of a brief that is being read.
type part[T any] struct {
	done  chan struct{}
	value T
	err   error
}

// get waits for the part.
func (p *part[T]) get() (T, error) {
	<-p.done
	return p.value, p.err
}

// begin starts to read a part. In it each request is made by [ask].
func begin[T any](g *gather, read func() (T, error)) *part[T] {
	p := &part[T]{done: make(chan struct{})}
	g.parts.Go(func() {
		defer close(p.done)
		defer func() {
			if r := recover(); r != nil {
				g.mu.Lock()
				g.panicked = r
				g.mu.Unlock()
				p.err = fmt.Errorf("a bug: %v", r)
			}
		}()
		p.value, p.err = read()
	})
	return p
}

// ask makes a request when its turn comes.
func ask[T any](g *gather, request func(context.Context) (T, error)) (T, error) {
	var none T
	select {
	case g.slots <- struct{}{}:
	case <-g.ctx.Done():
		return none, g.ctx.Err()
	}
	defer func() { <-g.slots }()
	ctx, cancel := context.WithTimeout(g.ctx, longest)
	defer cancel()
	return request(ctx)
}

// why says in a few words why a part is missing.
func why(err error) string {
	var answer *pdapi.Error
	var transport *pdapi.TransportError
	switch {
	case errors.Is(err, pdapi.ErrPlan):
		return "the account's plan does not include it"
	case errors.Is(err, pdapi.ErrForbidden):
		return "the key or the account's plan does not allow it"
	case errors.Is(err, pdapi.ErrNotFound):
		return "PagerDuty has none, or the account's plan does not include it"
	case errors.Is(err, pdapi.ErrRateLimited):
		return "PagerDuty's rate limit is used up; try again in a minute"
	case errors.As(err, &answer):
		return fmt.Sprintf("PagerDuty answered %d", answer.Status)
	case errors.As(err, &transport) && transport.TimedOut, errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	}
	return "PagerDuty could not be reached"
}
