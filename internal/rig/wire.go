package rig

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// Wire leads to an account without a network. In a bubble of [testing/synctest] an
// answer takes as long as it says and nothing else takes any time, so that the time
// of a call tells how many round trips it makes one after another.
type Wire struct {
	Account *Account
	Latency time.Duration        // of each answer
	Answer  func(*http.Response) // changes each answer; may be nil

	mu                      sync.Mutex
	asked, inFlight, atOnce int
}

// RoundTrip implements [http.RoundTripper].
func (w *Wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.asked++
	w.inFlight++
	w.atOnce = max(w.atOnce, w.inFlight)
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		w.inFlight--
		w.mu.Unlock()
	}()
	select {
	case <-time.After(w.Latency):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	received := r.Clone(r.Context())
	if r.Body == nil {
		received.Body = http.NoBody
	}
	recorded := httptest.NewRecorder()
	w.Account.ServeHTTP(recorded, received)
	answer := recorded.Result()
	if w.Answer != nil {
		w.Answer(answer)
	}
	return answer, nil
}

// Asked is how many requests were made so far, and how many of them at a time at most.
func (w *Wire) Asked() (all, atOnce int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked, w.atOnce
}

// Session is one of Ana Souza's whose requests go through a transport: a [Wire], or
// what stands before one.
func Session(t testing.TB, through http.RoundTripper) *tool.Session {
	t.Helper()
	key, err := pdapi.ParseKey(sandbox.UserKey)
	if err != nil {
		t.Fatal(err)
	}
	pd, err := pdapi.New(pdapi.Config{Key: key, Transport: through, Now: Now})
	if err != nil {
		t.Fatal(err)
	}
	return &tool.Session{Client: pd, Zone: time.UTC, Clock: Now}
}

// Tool is the tool with a name.
func Tool(t testing.TB, name string) tool.Tool {
	t.Helper()
	for _, made := range Tools() {
		if made.Name() == name {
			return made
		}
	}
	t.Fatalf("no toolset has %s", name)
	return tool.Tool{}
}
