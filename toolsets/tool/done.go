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

// claim remembers that something is being done, unless it was done a while before.
func (m *doneMemory) claim(now time.Time, words []string) (before time.Time, done bool) {
	key := strings.Join(words, "\x00")
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.at == nil {
		m.at = map[string]time.Time{}
	}
	for k, at := range m.at {
		if now.Sub(at) >= doneFor {
			delete(m.at, k)
		}
	}
	if before, done = m.at[key]; done || len(m.at) >= maxDone {
		return before, done
	}
	m.at[key] = now
	return time.Time{}, false
}

// forget forgets what was claimed.
func (m *doneMemory) forget(words []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.at, strings.Join(words, "\x00"))
}
