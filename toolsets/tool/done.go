package tool

import (
	"strings"
	"sync"
	"time"
)

// doneMemory is what a session did that must not be done twice within a while.
type doneMemory struct {
	mu sync.Mutex
	at map[string]time.Time
}

const (
	// doneFor is how long what was done is remembered: a model that got no answer, or
	// has forgotten it, tries again within that time.
	doneFor = 30 * time.Minute
	maxDone = 1000
)

// Claim is asked before doing what people would notice if it were done twice. It
// reports whether the caller's session did the same, by these words, in the last half
// hour, and when. If not, it remembers that it is being done now: a second call in the
// same moment is told so. Whoever fails for certain calls [Call.Unclaim].
func (c *Call) Claim(words ...string) (before time.Time, done bool) {
	key := strings.Join(words, "\x00")
	c.done.mu.Lock()
	defer c.done.mu.Unlock()
	if c.done.at == nil {
		c.done.at = map[string]time.Time{}
	}
	for k, at := range c.done.at {
		if c.Now.Sub(at) >= doneFor {
			delete(c.done.at, k)
		}
	}
	if before, done = c.done.at[key]; done || len(c.done.at) >= maxDone {
		return before, done
	}
	c.done.at[key] = c.Now
	return time.Time{}, false
}

// Unclaim forgets what [Call.Claim] remembered: it was not done.
func (c *Call) Unclaim(words ...string) {
	c.done.mu.Lock()
	defer c.done.mu.Unlock()
	delete(c.done.at, strings.Join(words, "\x00"))
}
