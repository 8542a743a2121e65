package pdapi

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// newClient returns a client of an API made of one function, with a key of its own.
func newClient(t *testing.T, api http.HandlerFunc, change ...func(*Config)) Client {
	t.Helper()
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	cfg := Config{Host: server.URL, Key: Key{secret: "the-key-of-" + t.Name()}, From: "ana@northwind.example"}
	for _, c := range change {
		c(&cfg)
	}
	pd, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return pd
}

// metrics is a read by POST, as PagerDuty's analytics are read.
func metrics(ctx context.Context, r Reader) ([]map[string]any, error) {
	return fetch[[]map[string]any](ctx, r, request{
		method: http.MethodPost, path: to("/analytics/metrics/incidents/all"), body: map[string]any{"filters": map[string]any{"urgency": "high"}},
	}, "data")
}

// TestReadsByPost holds that a read is what is said to be one, not what is a GET.
func TestReadsByPost(t *testing.T) {
	t.Parallel()
	t.Run("a failed attempt is repeated, and nobody acts", func(t *testing.T) {
		t.Parallel()
		var requests atomic.Int32
		pd := newClient(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if from := r.Header.Get("From"); from != "" || r.Method != http.MethodPost || !strings.Contains(string(body), "urgency") {
				t.Errorf("%s From %q, body %s", r.Method, from, body)
			}
			if requests.Add(1) == 1 {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			_, _ = w.Write([]byte(`{"data":[{"total_incident_count":7}]}`))
		})
		if got, err := metrics(t.Context(), pd.Reader); err != nil || got[0]["total_incident_count"] != 7.0 || requests.Load() != 2 {
			t.Errorf("%v, %v after %d requests", got, err, requests.Load())
		}
		if pd.Epoch() != 0 {
			t.Error("the read counts as a write")
		}
	})
	for name, answer := range map[string]http.HandlerFunc{
		"refused for ever": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"reset":            func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"empty":            func(http.ResponseWriter, *http.Request) {},
		"HTML":             func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
	} {
		t.Run(name+": nothing was done", func(t *testing.T) {
			t.Parallel()
			_, err := metrics(t.Context(), newClient(t, answer).Reader)
			var refused *Error
			var lost *TransportError
			said := errors.As(err, &refused) && refused.Reads || errors.As(err, &lost) && lost.Reads
			if err == nil || MaybeDone(err) || errors.Is(err, ErrNoDetails) || !said {
				t.Errorf("%v: MaybeDone %v, Reads %v", err, MaybeDone(err), said)
			}
		})
	}
	t.Run("identical ones are sent once, others are not", func(t *testing.T) {
		t.Parallel()
		var requests atomic.Int32
		release := make(chan struct{})
		pd := newClient(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			requests.Add(1)
			<-release
			_, _ = w.Write([]byte(`{"data":[]}`))
		})
		done := make(chan error)
		for range 5 {
			go func() { _, err := metrics(t.Context(), pd.Reader); done <- err }()
		}
		go func() {
			_, err := fetch[[]any](t.Context(), pd.Reader, request{method: http.MethodPost, path: to("/analytics/metrics/incidents/all"), body: 1}, "data")
			done <- err
		}()
		waitFor(t, func() bool { return requests.Load() == 2 && waiting(pd) == 6 })
		close(release)
		for range 6 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if requests.Load() != 2 {
			t.Errorf("%d requests, want 2", requests.Load())
		}
	})
}

// waiting is how many callers wait for reads in flight.
func waiting(pd Client) (n int) {
	pd.flights.mu.Lock()
	defer pd.flights.mu.Unlock()
	for _, f := range pd.flights.now {
		n += f.waiting
	}
	return n
}

// waitFor waits until something is the case.
func waitFor(t *testing.T, isSo func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !isSo(); {
		if time.Now().After(end) {
			t.Fatal("it does not come about")
		}
		<-time.After(time.Millisecond)
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path path
		want string // "" for an error
	}{
		{to("/incidents"), "/incidents"},
		{to("/incidents/{id}/notes", "Q1"), "/incidents/Q1/notes"},
		{to("/teams/{id}/users/{user_id}", "T", "U"), "/teams/T/users/U"},
		{to("/teams/{id}/users/{user_id}", "T"), ""},
		{to("/teams", "T"), ""},
		{to("/teams/{id}", "a/b"), ""},
		{to("/teams/{id}", ""), ""},
		{to("/teams/{id}", "{id}"), ""},
	} {
		if got, err := c.path.url(); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%v: %q, %v; want %q", c.path, got, err, c.want)
		}
	}
}

// TestLogsHaveNoIDs logs a path as PagerDuty's reference writes it, though what is
// in the place of an id looks like one of PagerDuty's words.
func TestLogsHaveNoIDs(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	pd := newClient(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"notes":[]}`)) }, func(c *Config) {
		c.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	if _, err := pd.Notes(t.Context(), "incidents"); err != nil {
		t.Fatal(err)
	}
	if got := log.String(); !strings.Contains(got, "path=/incidents/{id}/notes") || strings.Contains(got, "incidents/incidents") {
		t.Errorf("%s", got)
	}
}

// TestTooLongURLs are refused before they are sent, with how many values fit.
func TestTooLongURLs(t *testing.T) {
	t.Parallel()
	var longest atomic.Int32
	pd := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		longest.Store(max(longest.Load(), int32(len(r.RequestURI))))
		_, _ = w.Write([]byte(`{"incidents":[]}`))
	})
	list := func(services int) error {
		ids := slices.Repeat([]string{"PABCDEF"}, services)
		for _, err := range pd.Incidents(t.Context(), IncidentFilter{ServiceIDs: ids, TeamIDs: []string{"PT"}}, Window{Limit: 1}) {
			return err
		}
		return nil
	}
	var long *TooLongError
	if err := list(400); !errors.As(err, &long) || longest.Load() > 0 {
		t.Fatalf("%v, sent %d bytes", err, longest.Load())
	}
	if long.Filter != "service_ids[]" || long.Values != 400 || long.Fits < 150 {
		t.Errorf("%+v", long)
	}
	if err := list(long.Fits); err != nil || longest.Load() == 0 {
		t.Errorf("as many as fit: %v", err)
	}
}

// TestMetLock repeats what PagerDuty refused because another request held a lock:
// nothing was done.
func TestMetLock(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refusals, requests int32
		fails              bool
	}{
		"twice":    {2, 3, false},
		"for ever": {100, 1 + maxRetries, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			pd := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
				if requests.Add(1) <= c.refusals {
					w.WriteHeader(http.StatusBadRequest)
					_, _ = w.Write([]byte(`{"error":{"message":"Invalid Input Provided","code":2001,"errors":["Account could not be locked"]}}`))
					return
				}
				_, _ = w.Write([]byte(`{"note":{"id":"PN"}}`))
			})
			_, err := pd.AddNote(t.Context(), "Q1", "hello")
			if (err != nil) != c.fails || MaybeDone(err) || requests.Load() != c.requests {
				t.Errorf("%v, MaybeDone %v, after %d requests", err, MaybeDone(err), requests.Load())
			}
		})
	}
}

// TestNoDetails is about answers that tell of success and nothing else.
func TestNoDetails(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent} {
		pd := newClient(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		if _, err := pd.AddNote(t.Context(), "Q1", "hello"); !errors.Is(err, ErrNoDetails) || MaybeDone(err) {
			t.Errorf("%d for a write: %v, MaybeDone %v", status, err, MaybeDone(err))
		}
		if _, err := pd.CreateOverrides(t.Context(), "P1", []NewOverride{{UserID: "PU"}}); !errors.Is(err, ErrNoDetails) || MaybeDone(err) {
			t.Errorf("%d for a write of several: %v, MaybeDone %v", status, err, MaybeDone(err))
		}
		if err := pd.DeleteTeam(t.Context(), "PT", ""); err != nil {
			t.Errorf("%d for a deletion: %v", status, err)
		}
		if _, err := pd.Notes(t.Context(), "Q1"); err == nil || errors.Is(err, ErrNoDetails) {
			t.Errorf("%d for a read: %v", status, err)
		}
	}
	page := newClient(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html><title>Welcome</title>")) })
	for name, err := range map[string]error{
		"note":     func() error { _, err := page.AddNote(t.Context(), "Q1", "hello"); return err }(),
		"deletion": page.DeleteTeam(t.Context(), "PT", ""),
		"member":   page.AddTeamMember(t.Context(), "PT", "PU", ""),
		"override": func() error { _, err := page.CreateOverrides(t.Context(), "P1", nil); return err }(),
	} {
		if !MaybeDone(err) || errors.Is(err, ErrNoDetails) {
			t.Errorf("a page with status 200 for a %s: %v", name, err)
		}
	}
}

// TestBomb has a small compressed answer that unpacks without end: it is given up
// as soon as it has become too large.
func TestBomb(t *testing.T) {
	t.Parallel()
	var unpacked atomic.Int64
	pd := newClient(t, bomb, func(c *Config) {
		c.Transport = transport(func(r *http.Request) (*http.Response, error) {
			resp, err := http.DefaultTransport.RoundTrip(r)
			if err == nil {
				resp.Body = &countedBody{resp.Body, &unpacked}
			}
			return resp, err
		})
	})
	if _, err := pd.Notes(t.Context(), "Q1"); !errors.Is(err, errTooLarge) {
		t.Errorf("%v", err)
	}
	if n := unpacked.Load(); n > maxAnswer+1<<20 {
		t.Errorf("%d MiB were unpacked", n>>20)
	}
}

// bomb answers with JSON that never ends and is small as it is sent.
func bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	packed, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
	_, err := packed.Write([]byte(`{"notes":[{"content":"`))
	for zeros := bytes.Repeat([]byte("0"), 1<<20); err == nil; {
		_, err = packed.Write(zeros)
	}
}

// countedBody counts what is read of a body.
type countedBody struct {
	io.ReadCloser
	n *atomic.Int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n.Add(int64(n))
	return n, err
}
