package cli

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/server"
)

const (
	patience = time.Second            // a call that takes less shows no progress
	beat     = 250 * time.Millisecond // how often the line is written anew
)

// progress is a line on stderr that tells how far a call is and what it waits for. At a
// terminal the line is written anew and vanishes with the answer; elsewhere each wait is
// a line.
type progress struct {
	p    Process
	tool string
	live bool // stderr is a terminal

	mu       sync.Mutex
	begun    time.Time
	done, of int
	why      string
	until    time.Time // of the wait
	held     bool      // the person is being asked something
	shown    bool
}

func newProgress(p Process, tool string) *progress {
	return &progress{p: p, tool: tool, live: isTerminal(p.Stderr)}
}

// reached is told how far the call is.
func (l *progress) reached(done, of int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done, l.of = max(l.done, done), of
}

// waits is told what the call waits for.
func (l *progress) waits(why string, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.why, l.until = why, time.Now().Add(wait)
	if !l.live {
		_, _ = fmt.Fprintf(l.p.Stderr, "%s: waiting %s: %s\n", programName, seconds(wait), why)
	}
}

// quietly has no progress shown while a person is asked.
func (l *progress) quietly(ask func(context.Context, server.Question) (bool, error)) func(context.Context, server.Question) (bool, error) {
	return func(ctx context.Context, q server.Question) (bool, error) {
		l.hold(true)
		defer l.hold(false)
		return ask(ctx, q)
	}
}

func (l *progress) hold(held bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held = held; held {
		l.clear()
	}
	l.begun = time.Now()
}

// begin shows the line from now on. The function that it returns takes it away.
func (l *progress) begin() (end func()) {
	if !l.live {
		return func() {}
	}
	l.hold(false)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for ticks := time.NewTicker(beat); ; {
			select {
			case <-ticks.C:
				l.show()
			case <-stop:
				ticks.Stop()
				return
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
		l.mu.Lock()
		defer l.mu.Unlock()
		l.clear()
		// Stderr is written by and by: the answer must not come before the line is gone.
		if queue, ok := l.p.Stderr.(*server.LineQueue); ok {
			queue.Flush(flushPatience)
		}
	}
}

// show writes the line.
func (l *progress) show() {
	l.mu.Lock()
	defer l.mu.Unlock()
	took := time.Since(l.begun)
	if l.held || took < patience {
		return
	}
	parts := []string{fmt.Sprintf("%s: %s", l.tool, seconds(took))}
	if l.of > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d", l.done, l.of))
	}
	if left := time.Until(l.until); left > 0 {
		parts = append(parts, fmt.Sprintf("waiting for another %s: %s", seconds(left), l.why))
	}
	_, _ = fmt.Fprint(l.p.Stderr, "\r\x1b[K"+strings.Join(parts, ", "))
	l.shown = true
}

// clear takes the line away.
func (l *progress) clear() {
	if l.shown {
		_, _ = fmt.Fprint(l.p.Stderr, "\r\x1b[K")
	}
	l.shown = false
}

// seconds is a length of time in whole seconds, at least one.
func seconds(d time.Duration) string {
	return fmt.Sprintf("%d s", max(1, int(d.Round(time.Second)/time.Second)))
}
