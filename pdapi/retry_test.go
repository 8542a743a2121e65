package pdapi_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestRetries holds the policy: what goes out again after which failure.
func TestRetries(t *testing.T) {
	t.Parallel()
	read := func(ctx context.Context, pd pdapi.Client, _ *sandbox.Server) error {
		_, err := pd.Incident(ctx, "4711")
		return err
	}
	create := func(ctx context.Context, pd pdapi.Client, box *sandbox.Server) error {
		_, err := pd.CreateIncident(ctx, pdapi.NewIncident{Title: "x", ServiceID: box.ID("service", "Search API"), Key: "k"})
		return err
	}
	update := func(ch pdapi.IncidentChange) func(context.Context, pdapi.Client, *sandbox.Server) error {
		return func(ctx context.Context, pd pdapi.Client, box *sandbox.Server) error {
			_, err := pd.UpdateIncidents(ctx, []string{box.ID("incident", "4713")}, ch)
			return err
		}
	}
	status := func(n int) sandbox.Fault { return sandbox.Fault{Status: n, Body: "{}", Times: 1} }
	for name, c := range map[string]struct {
		call      func(context.Context, pdapi.Client, *sandbox.Server) error
		fault     sandbox.Fault
		requests  int
		fails     bool
		maybeDone bool
	}{
		"read, 503":                      {call: read, fault: status(503), requests: 2},
		"read, 408":                      {call: read, fault: status(408), requests: 2},
		"read, 500 for ever":             {call: read, fault: sandbox.Fault{Status: 500}, requests: 5, fails: true},
		"read, reset":                    {call: read, fault: sandbox.Fault{Reset: true, Times: 1}, requests: 2},
		"read, body breaks off":          {call: read, fault: sandbox.Fault{Truncate: true, Times: 1}, requests: 2},
		"read, 404":                      {call: read, fault: status(404), requests: 1, fails: true},
		"read, 429 with headers":         {call: read, fault: sandbox.RateLimit(1, 0), requests: 2},
		"read, 429 without headers":      {call: read, fault: sandbox.RateLimit(1, -1), requests: 2},
		"create, 503":                    {call: create, fault: status(503), requests: 1, fails: true, maybeDone: true},
		"create, reset":                  {call: create, fault: sandbox.Fault{Reset: true, Times: 1}, requests: 1, fails: true, maybeDone: true},
		"create, reset after effect":     {call: create, fault: sandbox.Fault{ResetAfter: true, Times: 1}, requests: 1, fails: true, maybeDone: true},
		"create, answer breaks off":      {call: create, fault: sandbox.Fault{Truncate: true, Times: 1}, requests: 1, fails: true, maybeDone: true},
		"create, 400":                    {call: create, fault: status(400), requests: 1, fails: true},
		"create, 429":                    {call: create, fault: sandbox.RateLimit(1, 0), requests: 2},
		"acknowledge, 502":               {call: update(pdapi.IncidentChange{Status: "acknowledged"}), fault: status(502), requests: 2},
		"acknowledge, reset":             {call: update(pdapi.IncidentChange{Status: "acknowledged"}), fault: sandbox.Fault{ResetAfter: true, Times: 1}, requests: 2},
		"escalate, which pages, 502":     {call: update(pdapi.IncidentChange{EscalationLevel: 2}), fault: status(502), requests: 1, fails: true, maybeDone: true},
		"escalate, reset":                {call: update(pdapi.IncidentChange{EscalationLevel: 2}), fault: sandbox.Fault{ResetAfter: true, Times: 1}, requests: 1, fails: true, maybeDone: true},
		"read, answer is HTML":           {call: read, fault: sandbox.Fault{Status: 200, Body: "<html>hello</html>"}, requests: 1, fails: true},
		"create, success in odd clothes": {call: create, fault: sandbox.Fault{Status: 201, Body: "<html>", Times: 1}, requests: 1, fails: true, maybeDone: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box, pd := start(t)
			box.Inject(c.fault)
			err := c.call(t.Context(), pd, box)
			if (err != nil) != c.fails {
				t.Errorf("error is %v, want one: %v", err, c.fails)
			}
			if got := pdapi.MaybeDone(err); got != c.maybeDone {
				t.Errorf("MaybeDone(%v) = %v, want %v", err, got, c.maybeDone)
			}
			if got := len(box.Requests()); got != c.requests {
				t.Errorf("%d requests went out, want %d", got, c.requests)
			}
		})
	}
}

// TestAnyAttemptCounts has a write whose first attempt is carried out and lost,
// and whose others reach nobody: that nothing happened can't be said.
func TestAnyAttemptCounts(t *testing.T) {
	t.Parallel()
	attempts := 0
	box, pd := start(t, func(c *pdapi.Config) {
		c.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			if attempts++; attempts > 1 {
				return nil, errors.New("dial tcp: connection refused")
			}
			return http.DefaultTransport.RoundTrip(r)
		})
	})
	box.Inject(sandbox.Fault{Method: http.MethodPut, ResetAfter: true, Times: 1})
	_, err := pd.UpdateIncidents(t.Context(), []string{box.ID("incident", "4713")}, pdapi.IncidentChange{Status: "acknowledged"})
	if err == nil || !pdapi.MaybeDone(err) || attempts != 5 {
		t.Errorf("%v after %d attempts, MaybeDone %v; want true", err, attempts, pdapi.MaybeDone(err))
	}
	// A refusal for the rate after such an attempt says no more.
	attempts = -100
	box.Heal()
	box.Inject(sandbox.Fault{Method: http.MethodPut, ResetAfter: true, Times: 1})
	box.Inject(sandbox.RateLimit(0, 3600))
	_, err = pd.UpdateIncidents(t.Context(), []string{box.ID("incident", "4713")}, pdapi.IncidentChange{Status: "acknowledged"})
	if !errors.Is(err, pdapi.ErrRateLimited) || !pdapi.MaybeDone(err) {
		t.Errorf("%v, MaybeDone %v; want true", err, pdapi.MaybeDone(err))
	}
}

func TestUnsentWriteIsRetried(t *testing.T) {
	t.Parallel()
	dials := 0
	box, pd := start(t, func(c *pdapi.Config) {
		c.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			if dials++; dials == 1 {
				return nil, errors.New("dial tcp: connection refused")
			}
			return http.DefaultTransport.RoundTrip(r)
		})
	})
	if _, err := pd.AddNote(t.Context(), box.ID("incident", "4711"), "hello"); err != nil {
		t.Error(err)
	}
	if dials != 2 {
		t.Errorf("%d attempts, want 2: a request that was not sent may go out again", dials)
	}
}

func TestDeadlines(t *testing.T) {
	t.Parallel()
	t.Run("an attempt that hangs is given up and repeated", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t, func(c *pdapi.Config) { c.AttemptTimeout = 200 * time.Millisecond })
		box.Inject(sandbox.Fault{Hang: true, Times: 1})
		if _, err := pd.Incident(t.Context(), "4711"); err != nil {
			t.Error(err)
		}
	})
	t.Run("a call ends with its own deadline", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t, func(c *pdapi.Config) { c.AttemptTimeout, c.CallTimeout = 100*time.Millisecond, 300*time.Millisecond })
		box.Inject(sandbox.Fault{Hang: true})
		_, err := pd.Incident(t.Context(), "4711")
		var te *pdapi.TransportError
		if !errors.As(err, &te) || !te.TimedOut {
			t.Errorf("error is %v, want one that timed out", err)
		}
	})
	t.Run("a wait longer than the call is not begun", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t)
		box.Inject(sandbox.RateLimit(0, 3600))
		_, err := pd.Incident(t.Context(), "4711")
		var answer *pdapi.Error
		if !errors.As(err, &answer) || answer.Wait != time.Hour || !errors.Is(err, pdapi.ErrRateLimited) {
			t.Errorf("error is %v, want the rate limit's, with the hour to wait", err)
		}
		if got := len(box.Requests()); got != 1 {
			t.Errorf("%d requests, want 1", got)
		}
	})
	t.Run("cancellation", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t)
		box.Inject(sandbox.Fault{Hang: true})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { _, err := pd.Incident(ctx, "4711"); done <- err }()
		for len(box.Requests()) == 0 {
			select {
			case err := <-done:
				t.Fatal(err)
			default:
			}
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v, want context.Canceled", err)
		}
	})
}
