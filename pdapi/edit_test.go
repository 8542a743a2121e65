package pdapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// put writes to an account as somebody else would, past our client.
func put(t *testing.T, box *sandbox.Server, path, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, box.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Token token="+sandbox.KeyOf("ben.carter@northwind.example"))
	request.Header.Set("Accept", "application/vnd.pagerduty+json;version=2")
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if said, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", response.StatusCode, said)
	}
}

func rule(box *sandbox.Server, label string) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"label":%q,"conditions":[{"expression":"event.summary matches part 'new'"}],"actions":{"route_to":%q}}`,
		label, box.ID("service", "Search API")))
}

func labels(rules []json.RawMessage) (out []string) {
	for _, r := range rules {
		var labeled struct{ Label string }
		_ = json.Unmarshal(r, &labeled)
		out = append(out, labeled.Label)
	}
	return out
}

// TestAppendsAtOnce has several callers, with different keys, append rules to one
// router at the same moment: every rule that is said to be there is there.
func TestAppendsAtOnce(t *testing.T) {
	t.Parallel()
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	box.Inject(sandbox.Fault{Latency: 5 * time.Millisecond}) // so that they would overtake each other
	pool := pdapi.NewPool()
	var clients []pdapi.Client
	for _, key := range []string{sandbox.UserKey, sandbox.KeyOf("ben.carter@northwind.example")} {
		pd, err := pdapi.New(pdapi.Config{Host: box.URL(), Key: mustKey(t, key), Transport: pool})
		if err != nil {
			t.Fatal(err)
		}
		clients = append(clients, pd)
	}
	id := box.ID("orchestration", "Shop Events")
	before, err := clients[0].Router(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var wanted []string
	var all sync.WaitGroup
	for i := range 10 {
		label := fmt.Sprintf("New %d", i)
		wanted = append(wanted, label)
		all.Go(func() {
			added, change, err := clients[i%2].AppendRouterRule(t.Context(), id, rule(box, label))
			if err != nil || !strings.Contains(string(added), label) || !strings.Contains(string(added), `"id"`) || change.NotAsSent || change.Reread {
				t.Errorf("%s: %s, not as sent %v, reread %v, %v", label, added, change.NotAsSent, change.Reread, err)
			}
			if got := len(change.After.Rules()) - len(change.Before.Rules()); got != 1 {
				t.Errorf("%s: the change made %d rules more", label, got)
			}
		})
	}
	all.Wait()
	after, err := clients[1].Router(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	got := labels(after.Rules())
	old, made := got[:len(before.Rules())], got[len(before.Rules()):]
	slices.Sort(made)
	if diff := cmp.Diff(append(labels(before.Rules()), wanted...), append(old, made...)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestRouterBesideOthers has somebody else write a router at awkward moments.
func TestRouterBesideOthers(t *testing.T) {
	t.Parallel()
	path := func(id string) string { return "/event_orchestrations/" + id + "/router" }
	// without is what somebody writes who read the router before a rule was added.
	without := func(t *testing.T, box *sandbox.Server, id string) {
		put(t, box, path(id), fmt.Sprintf(`{"orchestration_path":{"sets":[{"id":"start","rules":[%s]}],"catch_all":{"actions":{"route_to":"unrouted"}}}}`, rule(box, "Theirs")))
	}
	t.Run("the rule is taken out again right afterwards", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t)
		id := box.ID("orchestration", "Shop Events")
		box.Inject(sandbox.Fault{Method: http.MethodGet, Path: path(id), Skip: 1, Times: 1, Do: func() { without(t, box, id) }})
		added, change, err := pd.AppendRouterRule(t.Context(), id, rule(box, "Ours"))
		if err != nil || !strings.Contains(string(added), "Ours") {
			t.Errorf("%s, %v", added, err)
		}
		there, err := pd.Router(t.Context(), id)
		if diff := cmp.Diff([]string{"Theirs", "Ours"}, labels(there.Rules())); diff != "" || err != nil || there.Version() != change.After.Version() {
			t.Errorf("%v, -want +got:\n%s", err, diff)
		}
	})
	t.Run("the rule is taken out over and over", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t)
		id := box.ID("orchestration", "Shop Events")
		box.Inject(sandbox.Fault{Method: http.MethodGet, Path: path(id), Do: func() { without(t, box, id) }})
		if _, _, err := pd.AppendRouterRule(t.Context(), id, rule(box, "Ours")); !errors.Is(err, pdapi.ErrConflict) {
			t.Errorf("%v", err)
		}
	})
	t.Run("a conflict is tried anew on what is there then", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t)
		id := box.ID("orchestration", "Shop Events")
		box.Inject(sandbox.Fault{Method: http.MethodPut, Path: path(id), Times: 1, Status: http.StatusConflict, Do: func() { without(t, box, id) }})
		change, err := pd.ReplaceRouter(t.Context(), id, func(before pdapi.OrchestrationPath) (pdapi.OrchestrationPath, error) {
			return before.WithRules(append(before.Rules(), rule(box, "Ours")), nil)
		})
		if diff := cmp.Diff([]string{"Theirs", "Ours"}, labels(change.After.Rules())); diff != "" || err != nil {
			t.Errorf("%v, -want +got:\n%s", err, diff)
		}
	})
	t.Run("a rule that somebody else deletes is no obstacle", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t)
		id := box.ID("orchestration", "Shop Events")
		// Then PagerDuty refuses to write the router with the rules that were read.
		box.Inject(sandbox.Fault{Method: http.MethodPut, Path: path(id), Times: 1, Do: func() { without(t, box, id) }})
		_, change, err := pd.AppendRouterRule(t.Context(), id, rule(box, "Ours"))
		if diff := cmp.Diff([]string{"Theirs", "Ours"}, labels(change.After.Rules())); diff != "" || err != nil {
			t.Errorf("%v, -want +got:\n%s", err, diff)
		}
	})
	t.Run("a change that is refused writes nothing", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t)
		refusal := errors.New("not like that")
		_, err := pd.ReplaceRouter(t.Context(), box.ID("orchestration", "Shop Events"), func(before pdapi.OrchestrationPath) (pdapi.OrchestrationPath, error) {
			return before, refusal
		})
		if !errors.Is(err, refusal) || len(box.Requests()) != 1 {
			t.Errorf("%v, %v", err, box.Requests())
		}
	})
}

// lostAnswers are the ways in which a write takes effect and its answer tells
// nothing.
func lostAnswers(path string) map[string]sandbox.Fault {
	return map[string]sandbox.Fault{
		"reset":         {Method: http.MethodPut, Path: path, ResetAfter: true},
		"cut off":       {Method: http.MethodPut, Path: path, Truncate: true},
		"empty":         {Method: http.MethodPut, Path: path, Status: 200, AfterEffect: true},
		"no content":    {Method: http.MethodPut, Path: path, Status: 204, AfterEffect: true},
		"a page":        {Method: http.MethodPut, Path: path, Status: 200, Body: "<html>", AfterEffect: true},
		"a proxy's 502": {Method: http.MethodPut, Path: path, Status: 502, Body: "<html>", AfterEffect: true},
	}
}

// TestLostAnswers of changes are made up for by a look at the object.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for name, fault := range lostAnswers("/") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box, pd := start(t)
			box.Inject(fault)
			calm := "Finds things"
			service, err := pd.UpdateService(t.Context(), box.ID("service", "Search API"), pdapi.ServiceChange{Description: &calm})
			if err != nil || !service.Reread || service.After.Description != calm || service.Before.Description == calm || service.Others != nil || service.NotAsSent != nil {
				t.Errorf("service: %+v, %v", service, err)
			}
			id := box.ID("orchestration", "Shop Events")
			added, router, err := pd.AppendRouterRule(t.Context(), id, rule(box, "Ours"))
			if err != nil || !router.Reread || !strings.Contains(string(added), "Ours") {
				t.Errorf("rule: %s, %v, %v", added, router.Reread, err)
			}
			replaced, err := pd.ReplaceRouter(t.Context(), id, func(before pdapi.OrchestrationPath) (pdapi.OrchestrationPath, error) {
				return before.WithRules([]json.RawMessage{rule(box, "All there is")}, nil)
			})
			if diff := cmp.Diff([]string{"All there is"}, labels(replaced.After.Rules())); diff != "" || err != nil || !replaced.Reread || replaced.NotAsSent {
				t.Errorf("router: %v, %v, -want +got:\n%s", replaced.Reread, err, diff)
			}
		})
	}
	t.Run("and did not happen", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t)
		box.Inject(sandbox.Fault{Method: http.MethodPut, Status: 502})
		calm := "Finds things"
		_, err := pd.UpdateService(t.Context(), box.ID("service", "Search API"), pdapi.ServiceChange{Description: &calm})
		if !pdapi.MaybeDone(err) {
			t.Errorf("%v", err)
		}
		if _, _, err = pd.AppendRouterRule(t.Context(), box.ID("orchestration", "Shop Events"), rule(box, "Ours")); !pdapi.MaybeDone(err) {
			t.Errorf("%v", err)
		}
	})
}

// TestUpdates says what an update says of itself.
func TestUpdates(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	t.Run("what follows from the change is nobody else's", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t)
		change, err := pd.UpdateService(t.Context(), box.ID("service", "Search API"), pdapi.ServiceChange{EscalationPolicyID: box.ID("policy", "Data On-Call")})
		if err != nil || change.Others != nil || change.Resent != nil || change.NotAsSent != nil {
			t.Errorf("others %v, resent %v, not as sent %v, %v", change.Others, change.Resent, change.NotAsSent, err)
		}
		before, after := change.Before, change.After
		if before.EscalationPolicy.Summary != "Search On-Call" || after.EscalationPolicy.Summary != "Data On-Call" || before.Teams[0].ID == after.Teams[0].ID {
			t.Errorf("from %+v to %+v", before, after)
		}
	})
	t.Run("what somebody else changed stays, and is said", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t)
		id := box.ID("team", "Payments")
		box.Inject(sandbox.Fault{Method: http.MethodPut, Times: 1, Do: func() {
			put(t, box, "/teams/"+id, `{"team":{"type":"team","name":"Payments","description":"Ben was here"}}`)
		}})
		change, err := pd.UpdateTeam(t.Context(), id, pdapi.TeamChange{DefaultRole: "none"})
		if diff := cmp.Diff([]string{"description"}, change.Others); diff != "" || err != nil || change.After.Description != "Ben was here" {
			t.Errorf("%v, %+v, -want +got:\n%s", err, change.After, diff)
		}
		if diff := cmp.Diff([]string{"name"}, change.Resent); diff != "" {
			t.Errorf("resent, -want +got:\n%s", diff)
		}
	})
	t.Run("a required field is sent as it is, not as it was", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t)
		id := box.ID("team", "Payments")
		if _, err := pd.Team(t.Context(), id); err != nil { // as a tool does before it writes
			t.Fatal(err)
		}
		box.Inject(sandbox.Fault{Method: http.MethodGet, Times: 1, Do: func() {
			put(t, box, "/teams/"+id, `{"team":{"type":"team","name":"Renamed"}}`)
		}})
		change, err := pd.UpdateTeam(t.Context(), id, pdapi.TeamChange{Description: text("x")})
		if err != nil || change.After.Name != "Renamed" || change.Before.Name != "Renamed" || change.Others != nil {
			t.Errorf("%+v, %v", change, err)
		}
	})
	t.Run("what PagerDuty makes of it is said", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t)
		box.Inject(sandbox.Fault{Method: http.MethodPut, Status: 200, Body: `{"team":{"id":"PT","type":"team","name":"Pay","description":null,"default_role":"manager"}}`})
		change, err := pd.UpdateTeam(t.Context(), box.ID("team", "Payments"), pdapi.TeamChange{Name: text("Pay "), Description: text(""), DefaultRole: "manager"})
		if diff := cmp.Diff([]string{"name"}, change.NotAsSent); diff != "" || err != nil {
			t.Errorf("%v, -want +got:\n%s", err, diff)
		}
	})
	t.Run("two at once do not undo each other", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t)
		id := box.ID("team", "Payments")
		box.Inject(sandbox.Fault{Latency: 20 * time.Millisecond})
		var both sync.WaitGroup
		for _, ch := range []pdapi.TeamChange{{Name: text("Pay")}, {Description: text("Moves money")}} {
			both.Go(func() {
				if _, err := pd.UpdateTeam(t.Context(), id, ch); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		if team, err := pd.Team(t.Context(), id); err != nil || team.Name != "Pay" || team.Description != "Moves money" {
			t.Errorf("%+v, %v", team, err)
		}
	})
	t.Run("who waits in vain has written nothing", func(t *testing.T) {
		t.Parallel()
		box, pd := start(t)
		id := box.ID("team", "Payments")
		first, release := context.WithCancel(t.Context())
		box.Inject(sandbox.Fault{Method: http.MethodGet, Hang: true, Times: 1})
		done := make(chan error)
		go func() {
			_, err := pd.UpdateTeam(first, id, pdapi.TeamChange{Name: text("Pay")})
			done <- err
		}()
		for len(box.Requests()) == 0 {
			<-time.After(time.Millisecond)
		}
		hurried, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		_, err := pd.UpdateTeam(hurried, id, pdapi.TeamChange{Name: text("Money")})
		var lost *pdapi.TransportError
		if !errors.As(err, &lost) || !lost.TimedOut || pdapi.MaybeDone(err) || len(box.Requests()) != 1 {
			t.Errorf("%v after %v", err, box.Requests())
		}
		release()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if _, err := pd.UpdateTeam(t.Context(), id, pdapi.TeamChange{Name: text("Money")}); err != nil {
			t.Errorf("the lock stays: %v", err)
		}
	})
}
