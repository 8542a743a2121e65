package oncall

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// night is a simulated account whose clock a test moves.
type night struct {
	*sandbox.Server
	clock *atomic.Int64
	pd    pdapi.Client
}

func newNight(t *testing.T, seed uint64, now time.Time) *night {
	t.Helper()
	n := &night{clock: &atomic.Int64{}}
	n.clock.Store(now.Unix())
	var err error
	if n.Server, err = sandbox.Start(sandbox.Options{Seed: seed, Now: n.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	key, err := pdapi.ParseKey(sandbox.UserKey)
	if err != nil {
		t.Fatal(err)
	}
	if n.pd, err = pdapi.New(pdapi.Config{Host: n.URL(), Key: key, Now: n.now}); err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *night) now() time.Time { return time.Unix(n.clock.Load(), 0).UTC() }

func (n *night) reading() tool.Reading {
	return tool.Reading{Call: &tool.Call{Now: n.now(), Zone: time.UTC}, PD: n.pd.Reader}
}

// send sends the account a request past the client, and returns the answer.
func (n *night) send(t *testing.T, method, path string, body any) map[string]any {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, n.URL()+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{
		"Authorization": {"Token token=" + sandbox.UserKey}, "Accept": {"application/vnd.pagerduty+json;version=2"}, "Content-Type": {"application/json"},
	}
	if method == http.MethodGet {
		request.Body, request.ContentLength = http.NoBody, 0
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s %v", method, path, response.StatusCode, answer, err)
	}
	var out map[string]any
	_ = json.Unmarshal(answer, &out) // a list is of no interest
	return out
}

// watched is who had an incident from a minute on.
type watched struct {
	Minute int
	Users  []string
}

// watch opens an incident and looks, five minutes after five minutes, who has it.
func (n *night) watch(t *testing.T, service, urgency string, minutes int) []watched {
	t.Helper()
	began := n.now()
	made := n.send(t, http.MethodPost, "/incidents", map[string]any{"incident": map[string]any{
		"type": "incident", "title": "A night", "urgency": urgency, "service": map[string]any{"id": service, "type": "service_reference"},
	}})
	id := made["incident"].(map[string]any)["id"].(string)
	var out []watched
	lastAt := ""
	for m := 0; m <= minutes; m += 5 {
		n.clock.Store(began.Add(time.Duration(m) * time.Minute).Unix())
		i := n.send(t, http.MethodGet, "/incidents/"+id, nil)["incident"].(map[string]any)
		if i["status"] == "resolved" {
			break
		}
		var users []string
		at := ""
		for _, a := range i["assignments"].([]any) {
			users = append(users, a.(map[string]any)["assignee"].(map[string]any)["id"].(string))
			at = a.(map[string]any)["at"].(string)
		}
		slices.Sort(users)
		if at != lastAt && len(users) > 0 {
			out = append(out, watched{m, users})
		}
		lastAt = at
	}
	return out
}

// TestWalkIsWhatHappens compares the way of an incident as it is worked out ahead
// with what then happens to one: at any hour, with overrides, levels without anyone,
// users who were deleted, low urgency that becomes high, and turns.
func TestWalkIsWhatHappens(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 1))
			n := newNight(t, 1+seed%2, time.Date(2026, time.March, 1+int(seed)*9, 5, 0, 0, 0, time.UTC))
			walked, empty, robin, raised := 0, 0, 0, 0
			for range 14 {
				n.clock.Add(int64(5*60) * int64(random.IntN(12*14)))
				service := n.ID("service", []string{
					"Checkout API", "Payments API", "Catalog API", "Search API", "Mobile Gateway", "Login Service", "Help Desk", "Help Desk", "Shipping Labels", "Data Warehouse",
				}[random.IntN(10)])
				n.scatterOverrides(t, random)
				call := n.reading()
				q, err := whoInput{Service: tool.ServiceID(service)}.subject(t.Context(), call)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := q.look(t.Context(), call); err != nil {
					t.Fatal(err)
				}
				steps := q.walk()
				at := n.now()
				got := n.watch(t, service, q.urgency.level, 24*60)
				var want []watched
				for _, s := range steps {
					if s.Raised {
						raised++
						continue // it stays with whom it was
					}
					w := watched{Minute: minutes(s.At.Sub(q.at))}
					for _, p := range s.People {
						w.Users = append(w.Users, p.User.ID)
					}
					slices.Sort(w.Users)
					if q.policy.Rules[s.Level-1].Strategy == pdapi.RoundRobin && len(got) > len(want) {
						robin++
						if turn := got[len(want)].Users; len(turn) == 1 && slices.Contains(w.Users, turn[0]) {
							w.Users = turn
						}
					}
					want = append(want, w)
				}
				levels := map[int]bool{}
				for _, s := range steps {
					levels[s.Level] = true
				}
				if len(levels) < len(q.policy.Rules) && q.urgency.level == "high" {
					empty++
				}
				walked += len(want)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s at %s, urgency %s until %s: -worked out +happened\n%s", q.service.Name, at, q.urgency.level, q.urgency.raised, diff)
				}
			}
			t.Logf("%d steps, %d with empty levels, %d by turns, %d raised", walked, empty, robin, raised)
			if walked < 40 || empty == 0 {
				t.Errorf("the account was too simple: %d steps, %d ways with empty levels", walked, empty)
			}
		})
	}
}

// scatterOverrides puts people on call for a while, soon, whoever they are.
func (n *night) scatterOverrides(t *testing.T, random *rand.Rand) {
	t.Helper()
	names := []string{"Ben Carter", "Grace Kim", "Ana Souza", "Olga Petrova"}
	for _, schedule := range []string{"Checkout Primary", "Payments Secondary", "Catalog Primary", "Search Secondary", "Identity Secondary"} {
		if random.IntN(3) > 0 {
			continue
		}
		start := n.now().Add(time.Duration(5*random.IntN(30)) * time.Minute)
		n.send(t, http.MethodPost, "/schedules/"+n.ID("schedule", schedule)+"/overrides", map[string]any{"overrides": []any{map[string]any{
			"start": start.Format(time.RFC3339), "end": start.Add(time.Duration(5*(1+random.IntN(40))) * time.Minute).Format(time.RFC3339),
			"user": map[string]any{"id": n.ID("user", names[random.IntN(len(names))]), "type": "user_reference"},
		}}})
	}
}
