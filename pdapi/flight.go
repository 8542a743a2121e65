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

// flight is a read that has been sent and not been answered.
type flight struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiting int // callers; guarded by flights.mu
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
		joined, own := f.enter(ctx, key)
		if own != nil {
			f.lead(ctx, own, key, joined, send)
			if errors.Is(ctx.Err(), context.Canceled) {
				return answer{}, ctx.Err()
			}
			return joined.result, joined.err
		}
		select {
		case <-joined.done:
			if joined.late && ctx.Err() == nil {
				continue
			}
			return joined.result, joined.err
		case <-ctx.Done():
			f.leave(key, joined)
			return answer{}, ctx.Err()
		}
	}
}

// enter returns the flight for key. The caller that begins it also gets the
// context to send with, which has its deadline, but ends only when nobody waits
// any more.
func (f *flights) enter(ctx context.Context, key string) (joined *flight, own context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	joined, ok := f.now[key]
	if !ok {
		deadline, _ := ctx.Deadline() // conn.do has set one
		joined = &flight{done: make(chan struct{}), late: true}
		own, joined.cancel = context.WithDeadline(context.WithoutCancel(ctx), deadline)
		if f.now == nil {
			f.now = map[string]*flight{}
		}
		f.now[key] = joined
	}
	joined.waiting++
	return joined, own
}

// lead sends, and wakes all who wait, even if send panics.
func (f *flights) lead(ctx, own context.Context, key string, led *flight, send func(context.Context) (answer, error)) {
	stop := context.AfterFunc(ctx, func() {
		if errors.Is(ctx.Err(), context.Canceled) { // its deadline is own's, too
			f.leave(key, led)
		}
	})
	defer func() {
		stop()
		f.mu.Lock()
		if f.now[key] == led {
			delete(f.now, key)
		}
		f.mu.Unlock()
		led.cancel()
		close(led.done)
	}()
	led.result, led.err = send(own)
	led.late = led.err != nil && errors.Is(own.Err(), context.DeadlineExceeded)
}

// leave is a caller that gives up.
func (f *flights) leave(key string, left *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if left.waiting--; left.waiting == 0 {
		left.cancel()
		if f.now[key] == left {
			delete(f.now, key) // who comes now must not join what was given up
		}
	}
}
