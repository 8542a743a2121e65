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
	lowBudget     = 20          // requests; from here on they are spread
	unsaidRefusal = time.Second // how long a 429 lasts that does not say
)

// budget is what PagerDuty allows this process, as its answers say in
// ratelimit-remaining and ratelimit-reset
// (https://developer.pagerduty.com/docs/rest-api-rate-limits). All calls share it.
type budget struct {
	mu        sync.Mutex
	remaining int
	reset     time.Time // until then remaining holds; afterwards nothing is known
	next      time.Time // the next request when they are spread
}

// overBudget is a request that was not sent, because its turn comes after its
// call's deadline.
type overBudget struct{ wait time.Duration }

func (e *overBudget) Error() string {
	return fmt.Sprintf("PagerDuty's rate limit is used up for another %s", e.wait.Round(time.Second))
}

// learn reads what an answer says is left.
func (b *budget) learn(resp *http.Response) {
	remaining, err := strconv.Atoi(resp.Header.Get("ratelimit-remaining"))
	reset, resetErr := strconv.ParseFloat(resp.Header.Get("ratelimit-reset"), 64)
	refused := resp.StatusCode == http.StatusTooManyRequests
	if !refused && (err != nil || resetErr != nil || reset < 0) {
		return
	}
	until := time.Now().Add(seconds(max(reset, 0)))
	if refused {
		remaining = 0
		wait := askedWait(resp)
		if wait == 0 && resetErr != nil {
			wait = unsaidRefusal
		}
		until = time.Now().Add(wait)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
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
	return time.Now().Before(b.reset) && b.remaining <= lowBudget
}

// turn takes one request out of the budget and returns how long it has to wait.
func (b *budget) turn(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch left := b.reset.Sub(now); {
	case left <= 0: // nothing is known, or the period is over
		return 0
	case b.remaining <= 0:
		return left
	case b.remaining > lowBudget:
		b.remaining--
		return 0
	default:
		if b.next.Before(now) {
			b.next = now
		}
		wait := b.next.Sub(now)
		b.next = b.next.Add(b.reset.Sub(b.next) / time.Duration(b.remaining+1))
		b.remaining--
		return min(wait, left)
	}
}

// await waits for a request's turn, or fails at once with an [*overBudget] if
// that comes after the deadline.
func (b *budget) await(ctx context.Context) error {
	wait := b.turn(time.Now())
	if wait <= 0 {
		return nil
	}
	if deadline, ok := ctx.Deadline(); ok && time.Now().Add(wait).After(deadline) {
		return &overBudget{wait}
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
