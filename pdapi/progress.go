package pdapi

import "context"

type progressKey struct{}

// WithProgress has calls that take several requests tell report how many
// records they are through with, of how many. It is called from the goroutine
// that made the call.
func WithProgress(ctx context.Context, report func(done, of int)) context.Context {
	return context.WithValue(ctx, progressKey{}, report)
}

// Progress tells who waits for a call how far it is.
func Progress(ctx context.Context, done, of int) {
	if report, ok := ctx.Value(progressKey{}).(func(done, of int)); ok {
		report(done, of)
	}
}
