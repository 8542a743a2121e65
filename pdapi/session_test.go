package pdapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// respond makes an answer without a network.
func respond(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// inBubble returns a client whose requests a function answers, for bubbles of
// synctest.
func inBubble(t *testing.T, answer func(*http.Request) (*http.Response, error), change ...func(*Config)) Client {
	t.Helper()
	cfg := Config{Key: Key{secret: "key"}, Transport: transport(answer)}
	for _, c := range change {
		c(&cfg)
	}
	pd, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return pd
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestOnePoolManyCredentials has two clients with different keys work on one pool,
// on the same URLs at the same moments: neither is told anything that was meant for
// the other.
func TestOnePoolManyCredentials(t *testing.T) {
	t.Parallel()
	var requests, limited atomic.Int32
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := strings.TrimPrefix(r.Header.Get("Authorization"), "Token token=")
		switch {
		case strings.HasSuffix(r.URL.Path, "/limited") && who == "ana-key":
			limited.Add(1)
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		case r.URL.Path == "/users/me":
			requests.Add(1)
			<-release
			_, _ = fmt.Fprintf(w, `{"user":{"id":"P-%s","name":"%s"}}`, who, who)
		default:
			_, _ = fmt.Fprintf(w, `{"team":{"id":"PT","name":"as %s sees it"}}`, who)
		}
	}))
	t.Cleanup(server.Close)
	pool := NewPool()
	clientOf := func(key string) Client {
		pd, err := New(Config{Host: server.URL, Key: Key{secret: key}, Transport: pool})
		if err != nil {
			t.Fatal(err)
		}
		return pd
	}
	clients := map[string]Client{"ana-key": clientOf("ana-key"), "ben-key": clientOf("ben-key")}
	var all sync.WaitGroup
	for key, pd := range clients {
		for range 5 {
			all.Go(func() {
				if me, err := pd.Me(t.Context()); err != nil || me.Name != key {
					t.Errorf("%s is told that it is %q, %v", key, me.Name, err)
				}
			})
		}
	}
	waitFor(t, func() bool {
		return waiting(clients["ana-key"]) == 5 && waiting(clients["ben-key"]) == 5 && requests.Load() == 2
	})
	close(release)
	all.Wait()
	// Both are remembered now, each for its own.
	for key, pd := range clients {
		if me, err := pd.Me(t.Context()); err != nil || me.Name != key || requests.Load() != 2 {
			t.Errorf("%s: %q, %v, after %d requests", key, me.Name, err, requests.Load())
		}
	}
	// What one may no longer do is not taken from the other.
	if _, err := clients["ana-key"].Team(t.Context(), "limited"); !errors.Is(err, ErrRateLimited) {
		t.Errorf("%v", err)
	}
	for range 3 {
		if _, err := clients["ana-key"].Team(t.Context(), "PT"); !errors.Is(err, ErrRateLimited) || limited.Load() != 1 {
			t.Errorf("%v", err)
		}
		if team, err := clients["ben-key"].Team(t.Context(), "PT"); err != nil || team.Name != "as ben-key sees it" {
			t.Errorf("%q, %v", team.Name, err)
		}
	}
	if clients["ben-key"].Epoch() != 0 {
		t.Error("one's writes count as the other's")
	}
}

// TestReadsAfterAWrite begins reads before, during and after a write, while the
// first one is being held: only those that began before the write was answered
// share its answer.
func TestReadsAfterAWrite(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(context.Context, Client) (string, error){
		"a team": func(ctx context.Context, pd Client) (string, error) {
			team, err := pd.Team(ctx, "PT")
			return team.Name, err
		},
		"me": func(ctx context.Context, pd Client) (string, error) {
			me, err := pd.Me(ctx)
			return me.Name, err
		},
	} {
		for outcome, status := range map[string]int{"done": http.StatusNoContent, "refused": http.StatusBadRequest, "unknown": http.StatusBadGateway} {
			t.Run(name+", the write is "+outcome, func(t *testing.T) {
				t.Parallel()
				state := atomic.Value{}
				state.Store("before")
				release := make(chan struct{})
				var reads atomic.Int32
				pd := newClient(t, func(w http.ResponseWriter, r *http.Request) {
					if r.Method != http.MethodGet {
						state.Store("after")
						w.WriteHeader(status)
						return
					}
					seen := state.Load()
					if reads.Add(1) == 1 {
						<-release
					}
					_, _ = fmt.Fprintf(w, `{"team":{"id":"PT","name":%q},"user":{"id":"PU","name":%q}}`, seen, seen)
				}, func(c *Config) { c.From = "" })
				held := make(chan string, 3)
				begin := func() {
					go func() {
						got, err := read(t.Context(), pd)
						if err != nil {
							t.Error(err)
						}
						held <- got
					}()
				}
				begin()
				waitFor(t, func() bool { return reads.Load() == 1 })
				begin()
				waitFor(t, func() bool { return waiting(pd) == 2 })
				if _, err := send[Note](t.Context(), pd, request{method: http.MethodPost, path: to("/anything"), once: true}, "note"); err == nil {
					t.Error("the write has an answer")
				}
				if got, err := read(t.Context(), pd); err != nil || got != "after" {
					t.Errorf("after the write it reads %q, %v", got, err)
				}
				close(release)
				for range 2 {
					if got := <-held; got != "before" {
						t.Errorf("what began before reads %q", got)
					}
				}
				// The late answer to the early read is not what is remembered.
				if got, err := read(t.Context(), pd); err != nil || got != "after" {
					t.Errorf("later it reads %q, %v", got, err)
				}
			})
		}
	}
}

// TestMeIsRemembered for a while only, and never as a failure.
func TestMeIsRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var requests int
		fails := true
		pd := inBubble(t, func(r *http.Request) (*http.Response, error) {
			if r.URL.Path != "/users/me" {
				return respond(http.StatusNoContent, ""), nil
			}
			if requests++; fails {
				return respond(http.StatusBadRequest, `{"error":"… account-level access token …"}`), nil
			}
			return respond(http.StatusOK, fmt.Sprintf(`{"user":{"id":"PU","name":"%d"}}`, requests)), nil
		})
		me := func(want string) {
			t.Helper()
			if got, err := pd.Me(t.Context()); err != nil || got.Name != want {
				t.Errorf("%q, %v; want %q", got.Name, err, want)
			}
		}
		for range 2 {
			if _, err := pd.Me(t.Context()); !errors.Is(err, ErrAccountKey) {
				t.Errorf("%v", err)
			}
		}
		fails = false
		me("3")
		me("3")
		time.Sleep(maxRemembered + time.Second)
		me("4")
		if err := pd.AddTeamMember(t.Context(), "PT", "PU", ""); err != nil {
			t.Error(err)
		}
		me("5")
		me("5")
	})
}

// TestMeWaitsNoLongerThanItsOwnTime has a call with little time meet another's
// request for the same that takes long.
func TestMeWaitsNoLongerThanItsOwnTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pd := inBubble(t, func(r *http.Request) (*http.Response, error) {
			select {
			case <-time.After(10 * time.Second):
				return respond(http.StatusOK, `{"user":{"id":"PU","name":"Ana"}}`), nil
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		})
		patient := make(chan error)
		go func() { _, err := pd.Me(t.Context()); patient <- err }()
		synctest.Wait()
		begun := time.Now()
		hurried, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := pd.Me(hurried); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) > 2*time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		if err := <-patient; err != nil {
			t.Error(err)
		}
	})
}

// TestMemoriesEnd with a write: what was read before it is read again.
func TestMemoriesEnd(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	pd := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = fmt.Fprintf(w, `{"team":{"id":"PT","name":"%d"}}`, requests.Add(1))
		}
	})
	m := &Memory{}
	for _, c := range []struct{ want, before string }{{"1", ""}, {"1", ""}, {"2", "write"}, {"2", ""}} {
		if c.before == "write" {
			if err := pd.RemoveTeamMember(t.Context(), "PT", "PU"); err != nil {
				t.Fatal(err)
			}
		}
		if team, err := pd.Remembering(m).Recalling(m).Team(t.Context(), "PT"); err != nil || team.Name != c.want {
			t.Errorf("%q, %v; want %q", team.Name, err, c.want)
		}
	}
}
