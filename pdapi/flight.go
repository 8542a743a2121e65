package pdapi

import (
	"context"
	"sync"
)

// flights sends identical reads that are in flight at the same moment once. A
// caller that gives up leaves the others their answer; when the last one does,
// the request ends.
type flights struct {
	mu  sync.Mutex
	now map[string]*flight
}

type flight struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiting int // guarded by flights.mu
	result  answer
	err     error
}

// join returns the result of send, or of a send with the same key that began
// before and has not ended.
func (f *flights) join(ctx context.Context, key string, send func(context.Context) (answer, error)) (answer, error) {
	f.mu.Lock()
	this, ok := f.now[key]
	if !ok {
		deadline, _ := ctx.Deadline() // do has set one
		own, cancel := context.WithDeadline(context.WithoutCancel(ctx), deadline)
		this = &flight{done: make(chan struct{}), cancel: cancel}
		if f.now == nil {
			f.now = map[string]*flight{}
		}
		f.now[key] = this
		go func() {
			this.result, this.err = send(own)
			f.mu.Lock()
			if f.now[key] == this {
				delete(f.now, key)
			}
			f.mu.Unlock()
			cancel()
			close(this.done)
		}()
	}
	this.waiting++
	f.mu.Unlock()
	select {
	case <-this.done:
		return this.result, this.err
	case <-ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if this.waiting--; this.waiting == 0 {
		this.cancel()
		if f.now[key] == this {
			delete(f.now, key) // who comes now must not join what was given up
		}
	}
	return answer{}, ctx.Err()
}
