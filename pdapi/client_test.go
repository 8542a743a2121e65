package pdapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func mustKey(t *testing.T, s string) pdapi.Key {
	t.Helper()
	key, err := pdapi.ParseKey(s)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// start returns a simulated account and a client of it.
func start(t *testing.T, change ...func(*pdapi.Config)) (*sandbox.Server, pdapi.Client) {
	t.Helper()
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	config := pdapi.Config{Host: box.URL(), Key: mustKey(t, sandbox.UserKey), UserAgent: "pagerduty-mcp/test"}
	for _, c := range change {
		c(&config)
	}
	pd, err := pdapi.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return box, pd
}

func methods(box *sandbox.Server) []string {
	var out []string
	for _, r := range box.Requests() {
		path, _, _ := strings.Cut(r.Path, "?")
		out = append(out, r.Method+" "+path)
	}
	return out
}

// TestRetries holds the policy: what goes out again after which failure.
func TestRetries(t *testing.T) {
	t.Parallel()
	read := func(ctx context.Context, pd pdapi.Client, _ *sandbox.Server) error {
		_, err := pd.Incident(ctx, "4711", false)
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

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestDeadlines(t *testing.T) {
	t.Parallel()
	t.Run("an attempt that hangs is given up and repeated", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t, func(c *pdapi.Config) { c.AttemptTimeout = 200 * time.Millisecond })
		box.Inject(sandbox.Fault{Hang: true, Times: 1})
		if _, err := pd.Incident(t.Context(), "4711", false); err != nil {
			t.Error(err)
		}
	})
	t.Run("a call ends with its own deadline", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t, func(c *pdapi.Config) { c.AttemptTimeout, c.CallTimeout = 100*time.Millisecond, 300*time.Millisecond })
		box.Inject(sandbox.Fault{Hang: true})
		_, err := pd.Incident(t.Context(), "4711", false)
		var te *pdapi.TransportError
		if !errors.As(err, &te) || !te.TimedOut {
			t.Errorf("error is %v, want one that timed out", err)
		}
	})
	t.Run("a wait longer than the call is not begun", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t)
		box.Inject(sandbox.RateLimit(0, 3600))
		_, err := pd.Incident(t.Context(), "4711", false)
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
		go func() { _, err := pd.Incident(ctx, "4711", false); done <- err }()
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

func TestBadIDsAreNotSent(t *testing.T) {
	t.Parallel()
	box, pd := start(t)
	for _, id := range []string{"", "..", "a/b", "a?x=1", "a#b", "%2e", "a b", "é", strings.Repeat("x", 200)} {
		if _, err := pd.Incident(t.Context(), id, false); !errors.Is(err, pdapi.ErrInvalidID) {
			t.Errorf("Incident(%q): %v, want ErrInvalidID", id, err)
		}
	}
	if sent := box.Requests(); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
}

func TestRequestsLookRight(t *testing.T) {
	t.Parallel()
	box, pd := start(t, func(c *pdapi.Config) { c.From = "ana.souza@northwind.example" })
	if _, err := pd.AddNote(t.Context(), box.ID("incident", "4711"), "hello"); err != nil {
		t.Fatal(err)
	}
	if _, err := pd.Incident(t.Context(), "4711", false); err != nil {
		t.Fatal(err)
	}
	sent := box.Requests()
	want := http.Header{
		"Accept": {"application/vnd.pagerduty+json;version=2"}, "Content-Type": {"application/json"},
		"From": {"ana.souza@northwind.example"}, "User-Agent": {"pagerduty-mcp/test"},
	}
	got := http.Header{}
	for name := range want {
		got[name] = sent[0].Header[name]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headers of a write (-want +got):\n%s", diff)
	}
	for _, name := range []string{"From", "Content-Type"} {
		if v := sent[1].Header.Get(name); v != "" {
			t.Errorf("a read has %s: %s", name, v)
		}
	}
}

func TestRedirectsAreRefused(t *testing.T) {
	t.Parallel()
	reached := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(elsewhere.Close)
	box, pd := start(t)
	box.Inject(sandbox.Fault{Status: 302, Header: http.Header{"Location": {elsewhere.URL}}})
	_, err := pd.Incident(t.Context(), "4711", false)
	var answer *pdapi.Error
	if !errors.As(err, &answer) || answer.Status != 302 || reached {
		t.Errorf("error is %v, reached elsewhere: %v", err, reached)
	}
}

func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	conns := map[string]bool{}
	box := sandbox.New(sandbox.Options{})
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conns[r.RemoteAddr] = true
		box.ServeHTTP(w, r)
	}))
	t.Cleanup(api.Close)
	pd, err := pdapi.New(pdapi.Config{Host: api.URL, Key: mustKey(t, sandbox.UserKey)})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := pd.Incident(t.Context(), "4711", false); err != nil {
			t.Fatal(err)
		}
	}
	if len(conns) != 1 {
		t.Errorf("5 calls opened %d connections, want 1", len(conns))
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	box, pd := start(t)
	box.Grow(1000)
	for _, c := range []struct {
		window   pdapi.Window
		items    int
		more     bool
		requests int
	}{
		{pdapi.Window{Limit: 1}, 1, true, 1},
		{pdapi.Window{Limit: 100}, 100, true, 1},
		{pdapi.Window{Limit: 250, Offset: 30}, 250, true, 3},
		{pdapi.Window{Limit: 1000}, 1000, false, 10},
		{pdapi.Window{Limit: 50, Offset: 990}, 10, false, 1},
		{pdapi.Window{Limit: 50, Offset: 5000}, 0, false, 1},
	} {
		t.Run(fmt.Sprint(c.window), func(t *testing.T) {
			box.ForgetRequests()
			seen := map[string]bool{}
			var last pdapi.Page[pdapi.Incident]
			for page, err := range pd.Incidents(t.Context(), pdapi.IncidentFilter{AllDates: true, SortBy: "incident_number:asc"}, c.window) {
				if err != nil {
					t.Fatal(err)
				}
				for _, i := range page.Items {
					seen[i.ID] = true
				}
				last = page
			}
			if len(seen) != c.items || last.More != c.more || len(box.Requests()) != c.requests {
				t.Errorf("%d incidents, more %v, %d requests; want %d, %v, %d", len(seen), last.More, len(box.Requests()), c.items, c.more, c.requests)
			}
		})
	}
}

// TestPagesStopAtDepth shows that no request goes past record 10,000, which
// PagerDuty refuses.
func TestPagesStopAtDepth(t *testing.T) {
	t.Parallel()
	box, pd := start(t)
	box.Grow(10_050)
	n := 0
	var last pdapi.Page[pdapi.Incident]
	for page, err := range pd.Incidents(t.Context(), pdapi.IncidentFilter{AllDates: true}, pdapi.Window{Offset: 9950, Limit: 100}) {
		if err != nil {
			t.Fatal(err)
		}
		n += len(page.Items)
		last = page
	}
	if n != 50 || !last.Capped {
		t.Errorf("%d incidents, capped %v; want 50, true", n, last.Capped)
	}
}

func TestMe(t *testing.T) {
	t.Parallel()
	t.Run("user key", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t)
		for range 2 {
			if me, err := pd.Me(t.Context()); err != nil || me.Name != "Ana Souza" {
				t.Errorf("%v, %v", me, err)
			}
		}
		if diff := cmp.Diff([]string{"GET /users/me"}, methods(box)); diff != "" {
			t.Errorf("asked more than once (-want +got):\n%s", diff)
		}
	})
	t.Run("account key", func(t *testing.T) {
		t.Parallel()
		_, pd := start(t, func(c *pdapi.Config) { c.Key = mustKey(t, sandbox.AccountKey) })
		if _, err := pd.Me(t.Context()); !errors.Is(err, pdapi.ErrAccountKey) {
			t.Errorf("error is %v, want ErrAccountKey", err)
		}
	})
	t.Run("account key and From", func(t *testing.T) {
		t.Parallel()
		_, pd := start(t, func(c *pdapi.Config) {
			c.Key, c.From = mustKey(t, sandbox.AccountKey), "Ben.Carter@northwind.example"
		})
		if me, err := pd.Me(t.Context()); err != nil || me.Name != "Ben Carter" {
			t.Errorf("%v, %v", me, err)
		}
	})
	t.Run("From of nobody", func(t *testing.T) {
		t.Parallel()
		_, pd := start(t, func(c *pdapi.Config) { c.From = "nobody@northwind.example" })
		if _, err := pd.Me(t.Context()); !errors.Is(err, pdapi.ErrFromRequired) {
			t.Errorf("error is %v, want ErrFromRequired", err)
		}
	})
}

func TestFromIsRequiredWithAccountKeys(t *testing.T) {
	t.Parallel()
	box, pd := start(t, func(c *pdapi.Config) { c.Key = mustKey(t, sandbox.AccountKey) })
	if _, err := pd.AddNote(t.Context(), box.ID("incident", "4711"), "x"); !errors.Is(err, pdapi.ErrFromRequired) {
		t.Errorf("error is %v, want ErrFromRequired", err)
	}
}

func TestErrorsReadEveryShape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		body   string
		code   int
		words  string
	}{
		{400, `{"error":{"message":"Invalid Input Provided","code":2001,"errors":["Name is too long","Type is required"]}}`, 2001, "Invalid Input Provided; Name is too long; Type is required"},
		{400, `{"error":{"message":"Bad","code":2001,"errors":"Name is too long"}}`, 2001, "Bad; Name is too long"},
		{400, `{"error":"Please use a user-level token."}`, 0, "Please use a user-level token."},
		{400, `{"error":["one","two"]}`, 0, "one; two"},
		{400, `{"error":{"message":"Bad","code":2001,"errors":{"name":["is too long"]}}}`, 2001, "Bad; is too long"},
		{400, `{"errors":["Time zone cannot be empty."]}`, 0, "Time zone cannot be empty."},
		{400, `{"message":"no"}`, 0, "no"},
		{414, "<html><head><title>414 Request-URI Too Large</title></head><body>nginx</body></html>", 0, "414 Request-URI Too Large"},
		{401, "", 0, ""},
		{418, `"just a string"`, 0, `"just a string"`},
		{404, `null`, 0, ""},
		{413, `{"error":{"message":"too many","code":"x"}}`, 0, "too many"},
	} {
		box, pd := start(t)
		box.Inject(sandbox.Fault{Status: c.status, Body: c.body})
		_, err := pd.Incident(t.Context(), "4711", false)
		var answer *pdapi.Error
		if !errors.As(err, &answer) {
			t.Errorf("%s: %v is no *Error", c.body, err)
			continue
		}
		if answer.Status != c.status || answer.Code != c.code || answer.Words() != c.words {
			t.Errorf("%s: status %d, code %d, words %q; want %d, %d, %q", c.body, answer.Status, answer.Code, answer.Words(), c.status, c.code, c.words)
		}
	}
}

// TestKeyStaysSecret looks for the key wherever it might slip out.
func TestKeyStaysSecret(t *testing.T) {
	t.Parallel()
	const secret = "u+SeCrEtKeY123456"
	key := mustKey(t, secret)
	var logged strings.Builder
	log := slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	config := pdapi.Config{Host: box.URL(), Key: key, Logger: log}
	pd, err := pdapi.New(config)
	if err != nil {
		t.Fatal(err)
	}
	box.Inject(sandbox.Fault{Status: 400, Times: 1, Body: `{"error":{"message":"bad token ` + secret + `","errors":["` + secret + `"]}}`})
	var said []string
	for range 2 { // the second one is refused with 401
		_, err = pd.Incident(t.Context(), "4711", false)
		said = append(said, fmt.Sprintf("%v %+v %#v", err, err, err))
	}
	log.Info("key", "key", key, "config", fmt.Sprintf("%v %+v %#v", config, config, key))
	said = append(said, logged.String())
	for _, s := range said {
		if strings.Contains(s, secret) {
			t.Errorf("the key is in %s", s)
		}
	}
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"abc123":                 "Token token=abc123",
		" abc123\n":              "Token token=abc123",
		"Token token=abc123":     "Token token=abc123",
		`token token="abc123"`:   "Token token=abc123",
		"pdus+abc":               "Bearer pdus+abc",
		"pdeu+abc":               "Bearer pdeu+abc",
		"Bearer abc":             "Bearer abc",
		"eyJhbGciOi.eyJzdWI.sig": "Bearer eyJhbGciOi.eyJzdWI.sig",
		"":                       "",
		"two words":              "",
		"pаsted":                 "", // the second letter is Cyrillic
	} {
		key, err := pdapi.ParseKey(in)
		if want == "" {
			if err == nil || in != "" && strings.Contains(err.Error(), in) {
				t.Errorf("ParseKey(%q): error %v; want one that does not repeat it", in, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("ParseKey(%q): %v", in, err)
			continue
		}
		var got string
		api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got = r.Header.Get("Authorization")
			_, _ = io.WriteString(w, `{"user":{"id":"P1"}}`)
		}))
		pd, err := pdapi.New(pdapi.Config{Host: api.URL, Key: key})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pd.Me(t.Context()); err != nil {
			t.Error(err)
		}
		api.Close()
		if got != want {
			t.Errorf("ParseKey(%q) is sent as %q, want %q", in, got, want)
		}
	}
}

func TestCheckHost(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://api.pagerduty.com":        "https://api.pagerduty.com",
		"https://api.eu.pagerduty.com/":    "https://api.eu.pagerduty.com",
		"http://127.0.0.1:8080":            "http://127.0.0.1:8080",
		"http://localhost:8080":            "http://localhost:8080",
		"http://[::1]:8080":                "http://[::1]:8080",
		"http://api.pagerduty.com":         "",
		"http://127.0.0.1.example.com":     "",
		"api.pagerduty.com":                "",
		"https://api.pagerduty.com/v2":     "",
		"https://api.pagerduty.com?x=1":    "",
		"https://api.pagerduty.com?":       "",
		"https://api.pagerduty.com#x":      "",
		"https://me:hunter2@pagerduty.com": "",
		"https://":                         "",
		"ftp://api.pagerduty.com":          "",
		"":                                 "",
	} {
		got, err := pdapi.CheckHost(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("CheckHost(%q) = %q, %v; want %q", in, got, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("CheckHost(%q) repeats the password: %v", in, err)
		}
	}
}

// TestOddAnswersAreRead gives answers with nulls, missing and unknown parts,
// which PagerDuty may send at any time.
func TestOddAnswersAreRead(t *testing.T) {
	t.Parallel()
	box, pd := start(t)
	box.Inject(sandbox.Fault{Status: 200, Body: `{"incidents":[
		{"id":"Q1","title":null,"service":null,"created_at":"yesterday","priority":null,"assignments":null,"status":"simmering","new":{"x":1}},
		{"id":"Q2","created_at":null,"teams":[],"alert_counts":null,"resolve_reason":null,"escalation_policy":null}],
		"limit":25,"offset":0,"more":null,"total":null}`})
	var got []pdapi.Incident
	for page, err := range pd.Incidents(t.Context(), pdapi.IncidentFilter{}, pdapi.Window{Limit: 5}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, page.Items...)
	}
	want := []pdapi.Incident{{ID: "Q1", Status: "simmering"}, {ID: "Q2", Teams: []pdapi.Reference{}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestPagesAreFetchedAhead holds how many requests a long list takes one after
// another, and that its order does not suffer.
func TestPagesAreFetchedAhead(t *testing.T) {
	t.Parallel()
	box := sandbox.New(sandbox.Options{})
	box.Grow(1000)
	var mu sync.Mutex
	inFlight, most, atOnce := 0, 0, map[string]int{}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		inFlight++
		most = max(most, inFlight)
		atOnce[r.URL.Query().Get("offset")] = inFlight
		mu.Unlock()
		<-time.After(20 * time.Millisecond)
		box.ServeHTTP(w, r)
		mu.Lock()
		inFlight--
		mu.Unlock()
	}))
	t.Cleanup(api.Close)
	pd, err := pdapi.New(pdapi.Config{Host: api.URL, Key: mustKey(t, sandbox.UserKey)})
	if err != nil {
		t.Fatal(err)
	}
	last, n := 0, 0
	for page, err := range pd.Incidents(t.Context(), pdapi.IncidentFilter{AllDates: true, SortBy: "incident_number:asc"}, pdapi.Window{Limit: 950}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Items {
			if n++; i.Number <= last {
				t.Fatalf("#%d after #%d", i.Number, last)
			}
			last = i.Number
		}
	}
	if n != 950 || most > 4 || most < 2 || atOnce[""] != 1 || len(atOnce) != 10 {
		t.Errorf("%d incidents, %d requests, at most %d at once, %d with the first", n, len(atOnce), most, atOnce[""])
	}
}

// TestRoundTrips counts how often a list waits for PagerDuty, by a clock that
// stands still but for that.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	box, _ := start(t)
	box.Grow(1200)
	const latency = 50 * time.Millisecond
	for limit, want := range map[int]time.Duration{25: 1, 100: 1, 101: 2, 500: 2, 501: 3, 1000: 4} {
		t.Run(strconv.Itoa(limit), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				pd, err := pdapi.New(pdapi.Config{Key: mustKey(t, sandbox.UserKey), Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					<-time.After(latency)
					recorded, received := httptest.NewRecorder(), r.Clone(r.Context())
					received.Body = http.NoBody // as a server has it
					box.ServeHTTP(recorded, received)
					return recorded.Result(), nil
				})})
				if err != nil {
					t.Fatal(err)
				}
				begun, n := time.Now(), 0
				for page, err := range pd.Incidents(t.Context(), pdapi.IncidentFilter{AllDates: true}, pdapi.Window{Limit: limit}) {
					if err != nil {
						t.Fatal(err)
					}
					n += len(page.Items)
				}
				if took := time.Since(begun); n != limit || took != want*latency {
					t.Errorf("%d incidents after %v, want %d after %d round trips of %v", n, took, limit, want, latency)
				}
			})
		})
	}
}

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
		first = panicked(func() { _, _ = pd.Incident(t.Context(), "4711", false) })
	}()
	for joined.Load() == 0 {
		<-time.After(time.Millisecond)
	}
	for range 5 {
		others.Go(func() {
			if i, err := pd.Incident(t.Context(), "4711", false); err != nil || i.Number != 4711 {
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

// TestShortPages has a server that sends fewer rows than asked for: the next page
// begins where the last one ended.
func TestShortPages(t *testing.T) {
	t.Parallel()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		size := limit
		if offset >= 100 {
			size = min(limit, 30) // the first page is full, the others are not
		}
		var rows []map[string]any
		for i := offset; i < min(offset+size, 250); i++ {
			rows = append(rows, map[string]any{"id": fmt.Sprint("Q", i), "incident_number": i + 1})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"incidents": rows, "more": offset+size < 250, "total": 250})
	}))
	t.Cleanup(api.Close)
	pd, err := pdapi.New(pdapi.Config{Host: api.URL, Key: mustKey(t, sandbox.UserKey)})
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for page, err := range pd.Incidents(t.Context(), pdapi.IncidentFilter{}, pdapi.Window{Limit: 1000}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Items {
			if want++; i.Number != want {
				t.Fatalf("#%d, want #%d", i.Number, want)
			}
		}
	}
	if want != 250 {
		t.Errorf("%d rows, want 250", want)
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
		go func() { _, err := pd.Incident(ctx, "4711", false); results <- err }()
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
	go func() { _, err := pd.Incident(hurried, "4712", false); results <- err }()
	for len(box.Requests()) == 0 {
		<-time.After(time.Millisecond)
	}
	if _, err := pd.Incident(t.Context(), "4712", false); err != nil {
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
