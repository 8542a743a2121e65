package tool

import "context"

// leftOutByLockdown is what an answer says that had texts of people whom nobody knows.
const leftOutByLockdown = "Left out, as the server runs with --lockdown: bodies of incidents, details of alerts and changes, and notes of others than users."

type lockdownKey struct{}

// WithLockdown returns the context of a request that wants what [Session.Lockdown]
// means for all. A request may ask for it, and nothing in a request can take it back.
func WithLockdown(ctx context.Context) context.Context {
	return context.WithValue(ctx, lockdownKey{}, true)
}

func isLockedDown(ctx context.Context) bool { return ctx.Value(lockdownKey{}) != nil }

// seal remembers that something was left out.
func (c *Call) seal() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sealed = true
}
