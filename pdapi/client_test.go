package pdapi_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

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

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestBadIDsAreNotSent(t *testing.T) {
	t.Parallel()
	box, pd := start(t)
	for _, id := range []string{"", "..", "a/b", "a?x=1", "a#b", "%2e", "a b", "é", strings.Repeat("x", 200)} {
		if _, err := pd.Incident(t.Context(), id); !errors.Is(err, pdapi.ErrInvalidID) {
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
	if _, err := pd.Incident(t.Context(), "4711"); err != nil {
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
	_, err := pd.Incident(t.Context(), "4711")
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
		if _, err := pd.Incident(t.Context(), "4711"); err != nil {
			t.Fatal(err)
		}
	}
	if len(conns) != 1 {
		t.Errorf("5 calls opened %d connections, want 1", len(conns))
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
