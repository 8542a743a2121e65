package telemetry

import (
	"context"
	"net/http"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// Both tells metrics and traces of the same things. Traces may be nil.
type Both struct {
	*Metrics
	Traces *Traces
}

// Call implements [server.Observer].
func (b Both) Call(ctx context.Context, tool string) (context.Context, func(outcome string)) {
	ctx, counted := b.Metrics.Call(ctx, tool)
	if b.Traces == nil {
		return ctx, counted
	}
	ctx, traced := b.Traces.Call(ctx, tool)
	return ctx, func(outcome string) { counted(outcome); traced(outcome) }
}

// Attempt is a [pdapi.Observer].
func (b Both) Attempt(ctx context.Context, a pdapi.Attempt, header http.Header) (context.Context, func(status int, err error)) {
	ctx, counted := b.Metrics.Attempt(ctx, a, header)
	if b.Traces == nil {
		return ctx, counted
	}
	ctx, traced := b.Traces.Attempt(ctx, a, header)
	return ctx, func(status int, err error) { counted(status, err); traced(status, err) }
}
