package server_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// company is one of the accounts behind one API host.
type company struct {
	account *sandbox.Server
	key     string // that its user brings
	service string // the id of the service Search API
	me      string // the id of its user
}

// TestSessionsAreApart has two credentials, of two accounts, call tools at random and
// side by side over one pool of connections. What one of them learns, of names, of who
// it is, of what was read just now, is never told to the other.
func TestSessionsAreApart(t *testing.T) {
	t.Parallel()
	var companies []company
	for i, seed := range []uint64{1, 2} {
		account := sandbox.New(sandbox.Options{Now: rig.Now, Seed: seed})
		companies = append(companies, company{account, fmt.Sprintf("key-of-company-%d", i), account.ID("service", "Search API"), account.ID("user", "Ana Souza")})
	}
	if companies[0].service == companies[1].service || companies[0].me == companies[1].me {
		t.Fatal("the two accounts are the same")
	}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, c := range companies {
			if r.Header.Get("Authorization") == "Token token="+c.key {
				r.Header.Set("Authorization", "Token token="+sandbox.UserKey)
				c.account.ServeHTTP(w, r)
				return
			}
		}
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(api.Close)
	pool := pdapi.NewPool()
	sessions := server.NewSessions(api.URL, func(key pdapi.Key) (*tool.Session, error) {
		pd, err := pdapi.New(pdapi.Config{Host: api.URL, Key: key, Transport: pool})
		return &tool.Session{Client: pd, Clock: rig.Now}, err
	}, 10, time.Hour, nil)
	tools := map[string]tool.Tool{}
	for _, set := range toolsets.All() {
		for _, made := range set.Tools {
			tools[made.Name()] = made
		}
	}
	calls := []struct{ tool, arguments string }{
		{"get_service", `{"service_id":"search api"}`},
		{"get_user_data", `{}`},
		{"list_incidents", `{"service_ids":"Search API","since":"yesterday"}`},
		{"list_oncalls", `{"user_ids":"me"}`},
		{"list_services", `{}`},
		{"update_service", `{"service_id":"Search API","description":"changed"}`},
	}
	var running sync.WaitGroup
	for n := range 300 {
		mine, other := companies[n%2], companies[(n+1)%2]
		call := calls[rand.IntN(len(calls))]
		running.Go(func() {
			key, err := pdapi.ParseKey(mine.key)
			if err != nil {
				t.Error(err)
				return
			}
			session, err := sessions.Of(key)
			if err != nil {
				t.Error(err)
				return
			}
			answer, err := tools[call.tool].Call(t.Context(), session, json.RawMessage(call.arguments))
			if err != nil {
				t.Errorf("%s: %v", call.tool, err)
				return
			}
			if text := string(answer); strings.Contains(text, other.service) || strings.Contains(text, other.me) {
				t.Errorf("%s of %s tells of the other account: %.300s", call.tool, mine.key, text)
			}
		})
	}
	running.Wait()
	if n := sessions.Len(); n != 2 {
		t.Errorf("%d sessions, want one for each credential", n)
	}
}

// TestSessionsAreBounded brings more credentials than are kept, and lets them rest.
func TestSessionsAreBounded(t *testing.T) {
	t.Parallel()
	now, opened := rig.Now(), 0
	sessions := server.NewSessions("https://api.pagerduty.com", func(pdapi.Key) (*tool.Session, error) {
		opened++
		return &tool.Session{}, nil
	}, 3, time.Minute, func() time.Time { return now })
	of := func(n int) *tool.Session {
		key, err := pdapi.ParseKey(fmt.Sprintf("a-key-numbered-%d", n))
		if err != nil {
			t.Fatal(err)
		}
		session, err := sessions.Of(key)
		if err != nil {
			t.Fatal(err)
		}
		return session
	}
	first := of(1)
	for n := range 1000 {
		if of(n + 2); of(1) != first {
			t.Fatal("the session in use was dropped")
		}
	}
	if n := sessions.Len(); n != 3 {
		t.Errorf("%d sessions are kept, want 3", n)
	}
	now = now.Add(2 * time.Minute)
	if n := sessions.Len(); n != 0 || of(1) == first {
		t.Errorf("%d sessions are left of those that rested", n)
	}
}
