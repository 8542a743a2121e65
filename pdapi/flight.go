package pdapi

import (
	"context"
	"errors"
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
	// late is set when the request failed by the deadline of the call that sent it,
	// or not at all, which says nothing to calls that have time left.
	late bool
}

// join returns the result of send, or of a send with the same key that began
// before and has not ended.
//
// The caller that comes first sends, on its own goroutine: a new one would have
// to grow its stack for every request, which shows in a profile. If it is canceled
// while others wait, it returns only when they have their answer.
func (f *flights) join(ctx context.Context, key string, send func(context.Context) (answer, error)) (answer, error) {
	for {
		this, own := f.enter(ctx, key)
		if own != nil {
			f.lead(ctx, own, key, this, send)
			if errors.Is(ctx.Err(), context.Canceled) {
				return answer{}, ctx.Err()
			}
			return this.result, this.err
		}
		select {
		case <-this.done:
			if this.late && ctx.Err() == nil {
				continue
			}
			return this.result, this.err
		case <-ctx.Done():
			f.leave(key, this)
			return answer{}, ctx.Err()
		}
	}
}

// enter returns the flight for key. The caller that begins it also gets the
// context to send with, which has its deadline and values, but ends only when
// nobody waits any more.
func (f *flights) enter(ctx context.Context, key string) (this *flight, own context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	this, ok := f.now[key]
	if !ok {
		deadline, _ := ctx.Deadline() // ask has set one
		this = &flight{done: make(chan struct{}), late: true}
		own, this.cancel = context.WithDeadline(context.WithoutCancel(ctx), deadline)
		if f.now == nil {
			f.now = map[string]*flight{}
		}
		f.now[key] = this
	}
	this.waiting++
	return this, own
}

// lead sends, and wakes all who wait, even if send panics.
func (f *flights) lead(ctx, own context.Context, key string, this *flight, send func(context.Context) (answer, error)) {
	stop := context.AfterFunc(ctx, func() {
		if errors.Is(ctx.Err(), context.Canceled) { // its deadline is own's, too
			f.leave(key, this)
		}
	})
	defer func() {
		stop()
		f.mu.Lock()
		if f.now[key] == this {
			delete(f.now, key)
		}
		f.mu.Unlock()
		this.cancel()
		close(this.done)
	}()
	this.result, this.err = send(own)
	this.late = this.err != nil && errors.Is(own.Err(), context.DeadlineExceeded)
}

// leave is a caller that gives up.
func (f *flights) leave(key string, this *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if this.waiting--; this.waiting == 0 {
		this.cancel()
		if f.now[key] == this {
			delete(f.now, key) // who comes now must not join what was given up
		}
	}
}
