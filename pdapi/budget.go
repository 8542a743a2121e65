package pdapi

import (
	"context"
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
)

// budget is what PagerDuty allows this process, as its answers say in
// ratelimit-remaining and ratelimit-reset
// (https://developer.pagerduty.com/docs/rest-api-rate-limits). All calls share it.
type budget struct {
	mu        sync.Mutex
	remaining int
	reset     time.Time // until then remaining holds
	next      time.Time // the next request when they are spread
	// What is allowed in a period, and how long one is as far as was seen; 0
	// until PagerDuty says.
	limit  int
	period time.Duration
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
	remaining, err := strconv.Atoi(header.Get("ratelimit-remaining"))
	reset, resetErr := strconv.ParseFloat(header.Get("ratelimit-reset"), 64)
	refused := status == http.StatusTooManyRequests
	if !refused && (err != nil || resetErr != nil || reset < 0) {
		return
	}
	until := time.Now().Add(seconds(max(reset, 0)))
	if refused {
		remaining = 0
		wait := askedWait(status, header)
		if wait == 0 && resetErr != nil {
			wait = unsaidRefusal
		}
		until = time.Now().Add(wait)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if limit, err := strconv.Atoi(header.Get("ratelimit-limit")); err == nil && limit > 0 {
		b.limit = limit
		b.period = max(b.period, time.Until(until))
	}
	// Answers overtake each other: within one period the lowest figure is the
	// latest.
	if sameperiod := until.Sub(b.reset).Abs() < 2*time.Second; sameperiod && !refused {
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

// turn returns how long a request has to wait, and whether it may go then: it has
// been taken out of the budget. If not, it asks again.
func (b *budget) turn(now time.Time) (wait time.Duration, free bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.limit > 0 && !now.Before(b.reset.Add(slack)) {
		// Another period, until an answer says better.
		b.remaining, b.reset = b.limit, now.Add(max(b.period, time.Second))
	}
	switch left := b.reset.Sub(now); {
	case left <= 0 && b.limit == 0: // nothing is known
		return 0, true
	case b.remaining <= 0 || left <= 0:
		return max(left, 0) + slack, false
	case !b.isLow():
		b.remaining--
		return 0, true
	default:
		if b.next.Before(now) {
			b.next = now
		}
		wait := b.next.Sub(now)
		b.next = b.next.Add(b.reset.Sub(b.next) / time.Duration(b.remaining+1))
		b.remaining--
		return min(wait, left), true
	}
}

// await waits for a request's turn, or fails at once with an [*overBudget] if
// that comes after the deadline.
func (b *budget) await(ctx context.Context) error {
	for {
		wait, free := b.turn(time.Now())
		if wait > 0 {
			if deadline, ok := ctx.Deadline(); ok && time.Now().Add(wait).After(deadline) {
				return &overBudget{wait}
			}
			timer := time.NewTimer(wait)
			select {
			case <-timer.C:
			case <-ctx.Done():
				timer.Stop()
				return ctx.Err()
			}
		}
		if free {
			return nil
		}
	}
}
