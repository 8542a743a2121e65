package pdapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Near the end of what PagerDuty allows requests are spread over the time that
// is left, so that they slow down rather than run into a refusal.
const (
	lowShare      = 48                    // of the limit: below a 48th, 20 of 960, requests are spread
	unsaidRefusal = time.Second           // how long a 429 lasts that does not say
	slack         = 50 * time.Millisecond // after a period, for clocks that differ

	// PagerDuty's limits are for a minute. An answer that says "not for hours",
	// as a proxy's may, is believed for this long; then one request finds out
	// whether it still holds.
	maxBelieved = 2 * time.Minute
)

// budget is what PagerDuty allows one credential, as its answers say in
// ratelimit-remaining and ratelimit-reset
// (https://developer.pagerduty.com/docs/rest-api-rate-limits). All calls of a
// client share it.
type budget struct {
	waits     func(time.Duration) // is told of waits; may be nil
	mu        sync.Mutex
	remaining int
	reset     time.Time // until then remaining holds
	next      time.Time // the next request when they are spread
	// What is allowed in a period, and how long one is as far as was seen; 0
	// until PagerDuty says.
	limit  int
	period time.Duration
	// doubted is set while an answer that allowed nothing for longer than
	// maxBelieved has neither been confirmed nor contradicted by a later one.
	doubted bool
	// scout is there while one request finds out about that; closed when the
	// request has ended.
	scout chan struct{}
}

func (b *budget) isLow() bool { return b.remaining <= b.limit/lowShare }

// overBudget is a request that was not sent, because its turn comes after its
// call's deadline.
type overBudget struct{ wait time.Duration }

func (e *overBudget) Error() string {
	return fmt.Sprintf("PagerDuty's rate limit is used up for another %s", e.wait.Round(time.Second))
}

// learn reads what an answer says is left.
func (b *budget) learn(status int, header http.Header) {
	now := time.Now()
	remaining, err := strconv.Atoi(header.Get("ratelimit-remaining"))
	reset, resetErr := strconv.ParseFloat(header.Get("ratelimit-reset"), 64)
	said := err == nil && resetErr == nil && reset >= 0
	refused := status == http.StatusTooManyRequests
	b.mu.Lock()
	defer b.mu.Unlock()
	if !refused && b.doubted && !now.Before(b.reset) {
		b.doubted = false
	}
	if !refused && !said {
		return
	}
	wait := seconds(reset)
	if refused {
		remaining = 0
		wait = askedWait(status, header)
		if wait == 0 && resetErr != nil {
			wait = unsaidRefusal
		}
	}
	b.doubted = remaining <= 0 && wait > maxBelieved
	until := now.Add(min(wait, maxBelieved))
	if limit, err := strconv.Atoi(header.Get("ratelimit-limit")); err == nil && limit > 0 {
		b.limit = limit
		b.period = max(b.period, until.Sub(now))
	}
	// Answers overtake each other: within one period the lowest figure is the
	// latest.
	if samePeriod := until.Sub(b.reset).Abs() < 2*time.Second; samePeriod && !refused {
		remaining = min(remaining, b.remaining)
	}
	b.remaining, b.reset = remaining, until
}

// low reports whether little is left.
func (b *budget) low() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Now().Before(b.reset) && b.isLow()
}

// turn is what a request has to do before it goes out.
type turn struct {
	wait  time.Duration
	free  bool          // it may go then, and has been taken out of the budget; if not, it asks again
	scout chan struct{} // it goes, to find out for the others
	after chan struct{} // it asks again when that is closed
}

// take says what a request has to do now.
func (b *budget) take(now time.Time) turn {
	b.mu.Lock()
	defer b.mu.Unlock()
	over := !now.Before(b.reset.Add(slack))
	switch {
	case b.doubted && over && b.scout != nil:
		return turn{after: b.scout}
	case b.doubted && over:
		b.scout = make(chan struct{})
		return turn{free: true, scout: b.scout}
	case b.limit > 0 && over:
		// Another period, until an answer says better.
		b.remaining, b.reset = b.limit, now.Add(max(b.period, time.Second))
	}
	switch left := b.reset.Sub(now); {
	case left <= 0 && b.limit == 0 && !b.doubted: // nothing is known
		return turn{free: true}
	case b.remaining <= 0 || left <= 0:
		return turn{wait: max(left, 0) + slack}
	case !b.isLow():
		b.remaining--
		return turn{free: true}
	default:
		if b.next.Before(now) {
			b.next = now
		}
		wait := b.next.Sub(now)
		b.next = b.next.Add(b.reset.Sub(b.next) / time.Duration(b.remaining+1))
		b.remaining--
		return turn{wait: min(wait, left), free: true}
	}
}

// await waits for a request's turn and returns the function to be called when
// the request has ended. It fails at once with an [*overBudget] if the turn comes
// after the deadline.
func (b *budget) await(ctx context.Context) (done func(), err error) {
	for {
		next := b.take(time.Now())
		if next.scout != nil {
			return func() { b.scouted(next.scout) }, nil
		}
		if deadline, ok := ctx.Deadline(); b.waits != nil && (!ok || time.Now().Add(next.wait).Before(deadline)) {
			b.waits(next.wait)
		}
		if err := next.pause(ctx); err != nil {
			return nil, err
		}
		if next.free {
			return func() {}, nil
		}
	}
}

// pause waits as long as the turn says.
func (t turn) pause(ctx context.Context) error {
	var elapsed <-chan time.Time
	switch {
	case t.after != nil: // as long as another request takes
	case t.wait <= 0:
		return nil
	default:
		if deadline, ok := ctx.Deadline(); ok && time.Now().Add(t.wait).After(deadline) {
			return &overBudget{t.wait}
		}
		timer := time.NewTimer(t.wait)
		defer timer.Stop()
		elapsed = timer.C
	}
	select {
	case <-elapsed:
	case <-t.after:
	case <-ctx.Done():
		if t.after != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return &overBudget{unsaidRefusal}
		}
		return ctx.Err()
	}
	return nil
}

// scouted lets the others go on when the request that found out for them has
// ended, whatever it found.
func (b *budget) scouted(scout chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.scout = nil
	close(scout)
}
