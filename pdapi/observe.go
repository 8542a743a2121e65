package pdapi

import (
	"context"
	"net/http"
	"time"
)

// Attempt is one HTTP exchange with PagerDuty, as [Config.Observe] is told of it. It
// names no object and holds no credential.
type Attempt struct {
	Method string
	Path   string // with {id} in place of ids, without a query
	Number int    // 1 for the first attempt, 2 for the first repetition
}

// Observer is told when an attempt begins, and may add to the headers that are sent, as
// the context of a trace. It returns the attempt's context and a function that is
// called when the attempt has ended: with the status of the answer, or with 0 and what
// went wrong.
type Observer func(ctx context.Context, a Attempt, header http.Header) (context.Context, func(status int, err error))

// observe begins an attempt.
func (a *attempts) observe(ctx context.Context, header http.Header) (context.Context, func(status int, err error)) {
	if a.observer == nil {
		return ctx, func(int, error) {}
	}
	return a.observer(ctx, Attempt{Method: a.request.method, Path: a.request.path.template, Number: a.made}, header)
}

// Budget is how many requests PagerDuty said that this credential may still send in the
// present period; false if it has not said so, or if the period is over.
func (r Reader) Budget() (remaining int, known bool) {
	r.budget.mu.Lock()
	defer r.budget.mu.Unlock()
	return r.budget.remaining, time.Now().Before(r.budget.reset)
}
