package pdapi_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestPanics has a bug meet each of the goroutines that work for a call: it ends
// up with the caller, who can recover, and hinders nobody else.
func TestPanics(t *testing.T) {
	t.Parallel()
	panicked := func(call func()) (value any) {
		defer func() { value = recover() }()
		call()
		return nil
	}
	var joined atomic.Int32
	release := make(chan struct{})
	box, pd := start(t, func(c *pdapi.Config) {
		c.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			switch {
			case r.URL.Query().Get("offset") == "200":
				panic("page")
			case strings.HasSuffix(r.URL.Path, "/4711") && joined.Add(1) == 1:
				<-release
				panic("read")
			}
			return http.DefaultTransport.RoundTrip(r)
		})
	})
	box.Grow(500)
	if got := panicked(func() {
		for _, err := range pd.Incidents(t.Context(), pdapi.IncidentFilter{AllDates: true}, pdapi.Window{Limit: 500}) {
			if err != nil {
				t.Error(err)
			}
		}
	}); got != "page" {
		t.Errorf("the walk of the list panics with %v", got)
	}
	var first any
	var others sync.WaitGroup
	done := make(chan struct{})
	go func() {
		defer close(done)
		first = panicked(func() { _, _ = pd.Incident(t.Context(), "4711") })
	}()
	for joined.Load() == 0 {
		<-time.After(time.Millisecond)
	}
	for range 5 {
		others.Go(func() {
			if i, err := pd.Incident(t.Context(), "4711"); err != nil || i.Number != 4711 {
				t.Errorf("#%d, %v", i.Number, err)
			}
		})
	}
	close(release)
	<-done
	others.Wait()
	if first != "read" {
		t.Errorf("the first read panics with %v", first)
	}
}

// TestIdenticalReads are sent once, and each caller may give up alone.
func TestIdenticalReads(t *testing.T) {
	t.Parallel()
	box, pd := start(t)
	box.Inject(sandbox.Fault{Latency: 200 * time.Millisecond})
	impatient, cancel := context.WithCancel(t.Context())
	results := make(chan error, 10)
	for i := range 10 {
		ctx := t.Context()
		if i < 3 {
			ctx = impatient
		}
		go func() { _, err := pd.Incident(ctx, "4711"); results <- err }()
	}
	for len(box.Requests()) == 0 {
		<-time.After(time.Millisecond)
	}
	cancel()
	canceled := 0
	for range 10 {
		if err := <-results; errors.Is(err, context.Canceled) {
			canceled++
		} else if err != nil {
			t.Error(err)
		}
	}
	// A caller may have come too late to join, never too early.
	if n := len(box.Requests()); n > 2 || canceled != 3 {
		t.Errorf("%d requests, %d canceled; want 1 and 3", n, canceled)
	}
	// Nor does one that runs out of time take the others with it.
	box.ForgetRequests()
	hurried, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	go func() { _, err := pd.Incident(hurried, "4712"); results <- err }()
	for len(box.Requests()) == 0 {
		<-time.After(time.Millisecond)
	}
	if _, err := pd.Incident(t.Context(), "4712"); err != nil {
		t.Errorf("with time left: %v", err)
	}
	if err := <-results; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("out of time: %v", err)
	}
	// Writes are never joined.
	box.Heal()
	box.ForgetRequests()
	id := box.ID("incident", "4711")
	for range 5 {
		go func() { _, err := pd.AddNote(t.Context(), id, "same"); results <- err }()
	}
	for range 5 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if n := len(box.Requests()); n != 5 {
		t.Errorf("%d notes were sent, want 5", n)
	}
}
