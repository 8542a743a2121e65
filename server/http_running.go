package server

import (
	"context"
	"errors"
	"sync"
)

// errCanceled is why a request ended that its client no longer wanted.
var errCanceled = errors.New("canceled by the client")

// running are the requests at work, for the client who cancels one. A request is known by
// who sent it and by its id: the ids of different callers are often the same, since most
// clients count from 1.
type running struct {
	mu   sync.Mutex
	open map[runningKey][]*runningRequest
}

type runningKey struct {
	by *caller
	id string // as the client wrote it
}

type runningRequest struct{ cancel context.CancelCauseFunc }

// begin notes a request. The returned context ends when the client cancels the request,
// with errCanceled as its cause; end has to be called.
func (r *running) begin(ctx context.Context, by *caller, id string) (working context.Context, end func()) {
	working, cancel := context.WithCancelCause(ctx)
	mine, key := &runningRequest{cancel}, runningKey{by, id}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open[key] = append(r.open[key], mine)
	return working, func() {
		cancel(nil)
		r.mu.Lock()
		defer r.mu.Unlock()
		others := r.open[key]
		for i, other := range others {
			if other == mine {
				others = append(others[:i], others[i+1:]...)
				break
			}
		}
		if r.open[key] = others; len(others) == 0 {
			delete(r.open, key)
		}
	}
}

// cancel ends the request of a caller that has an id. Two programs of one caller may use
// the same id at the same time; then nobody knows which is meant, and both go on.
func (r *running) cancel(by *caller, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if named := r.open[runningKey{by, id}]; len(named) == 1 {
		named[0].cancel(errCanceled)
	}
}
