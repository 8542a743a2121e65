package server

import (
	"fmt"
	"sync"
	"time"
)

// The changes that a server makes in a minute unless it is told otherwise. A model that
// goes in circles should not wake more people than this.
const (
	DefaultWritesPerMinute = 30
	pagesPerMinute         = 10
)

// writeLimit counts the changes of a caller.
type writeLimit struct {
	perMinute, perHour int // 0 for no bound
	now                func() time.Time

	mu     sync.Mutex
	writes []time.Time // of the last hour, oldest first
	pages  []time.Time // of the last minute
}

// take counts a change, which may page people, or says why it may not be made now. With look it only says.
func (l *writeLimit) take(pages, look bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.writes, l.pages = since(l.writes, now.Add(-time.Hour)), since(l.pages, now.Add(-time.Minute))
	refuse := func(most int, what, during string, made []time.Time, span time.Duration) error {
		wait := made[len(made)-most].Add(span).Sub(now).Round(time.Second)
		return fmt.Errorf("nothing was done: this server makes at most %d %s %s, and has made as many; try again in %s, or tell the user what is left to do", most, what, during, wait)
	}
	lastMinute := since(l.writes, now.Add(-time.Minute))
	switch {
	case l.perHour > 0 && len(l.writes) >= l.perHour:
		return refuse(l.perHour, "changes", "an hour", l.writes, time.Hour)
	case l.perMinute > 0 && len(lastMinute) >= l.perMinute:
		return refuse(l.perMinute, "changes", "a minute", lastMinute, time.Minute)
	case l.perMinute > 0 && pages && len(l.pages) >= min(pagesPerMinute, l.perMinute):
		return refuse(min(pagesPerMinute, l.perMinute), "changes that page people or decide who is paged", "a minute", l.pages, time.Minute)
	}
	if !look {
		l.writes = append(l.writes, now)
		if pages {
			l.pages = append(l.pages, now)
		}
	}
	return nil
}

// giveBack takes back the last change that was counted: it sent nothing.
func (l *writeLimit) giveBack(pages bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writes = l.writes[:max(len(l.writes)-1, 0)]
	if pages {
		l.pages = l.pages[:max(len(l.pages)-1, 0)]
	}
}

// since are the times that are not before a moment.
func since(times []time.Time, moment time.Time) []time.Time {
	for len(times) > 0 && times[0].Before(moment) {
		times = times[1:]
	}
	return times
}
