package sandbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// open are the titles of open incidents of an urgency, by number.
func (a *account) open(t *testing.T, urgency string) map[string]object {
	t.Helper()
	found := map[string]object{}
	for _, i := range a.all(t, "/incidents?date_range=all&statuses[]=triggered&statuses[]=acknowledged&urgencies[]="+urgency, "incidents") {
		found[fmt.Sprint(i["incident_number"])] = i
	}
	return found
}

func TestQuietScenario(t *testing.T) {
	t.Parallel()
	a, _ := moving(t, sandbox.Options{Scenario: sandbox.Quiet})
	if high, low := a.open(t, "high"), a.open(t, "low"); len(high) != 0 || len(low) == 0 {
		t.Errorf("a quiet night has %d incidents of high urgency and %d of low", len(high), len(low))
	}
}

// TestOutageScenario watches the outage: first nothing, then alert after alert, a
// responder who joins, somebody who doesn't answer, the deployment that is found.
func TestOutageScenario(t *testing.T) {
	t.Parallel()
	a, now := moving(t, sandbox.Options{Scenario: sandbox.Outage})
	if high := a.open(t, "high"); len(high) != 0 {
		t.Fatalf("the outage is there before it begins: %v", high)
	}
	after := func(minutes int) { *now = noon.Add(time.Minute + time.Duration(minutes)*time.Minute) }
	after(0)
	major := a.open(t, "high")["4711"]
	if words(major, "title") != "Payments API: card authorizations failing, 38% errors" || words(major, "status") != "triggered" {
		t.Fatalf("the first incident is %v", major)
	}
	path := "/incidents/" + words(major, "id")
	shown := func() object { return a.get(t, path)["incident"].(object) }
	alerts := func() int { return len(a.all(t, path+"/alerts", "alerts")) }
	if n := alerts(); n != 1 {
		t.Errorf("it begins with %d alerts", n)
	}
	after(10)
	i := shown()
	if n := alerts(); words(i, "status") != "acknowledged" || words(i, "priority", "summary") != "P1" || n < 7 {
		t.Errorf("after 10 minutes it is %v of priority %v with %d alerts", i["status"], words(i, "priority", "summary"), n)
	}
	if asked := list(i["incidents_responders"]); len(asked) != 1 || asked[0]["state"] != "joined" {
		t.Errorf("responders: %v", asked)
	}
	if high := a.open(t, "high"); len(high) < 3 {
		t.Errorf("it has not spread: %v", high)
	}
	after(24)
	escalated := 0
	for _, i := range a.open(t, "high") {
		for _, e := range a.all(t, "/incidents/"+words(i, "id")+"/log_entries", "log_entries") {
			if e["type"] == "escalate_log_entry" {
				escalated++
			}
		}
	}
	if escalated == 0 {
		t.Error("nothing has escalated, though nobody takes all incidents")
	}
	notes := encode(list(a.get(t, path+"/notes")["notes"]))
	changes := encode(a.get(t, "/services/"+a.ID("service", "Payments API")+"/change_events?since="+noon.Add(-time.Hour).Format(time.RFC3339)))
	for text, in := range map[string]string{"payments-api 412 went out 7 minutes before": notes, "roll back 412": changes, "upgrade the HTTP client to 3.0": changes} {
		if !strings.Contains(in, text) {
			t.Errorf("%q isn't found in %s", text, in)
		}
	}
	related := list(a.get(t, path+"/related_change_events")["change_events"])
	if len(related) == 0 || at(t, major["created_at"]).Sub(at(t, related[0]["timestamp"])) != 7*time.Minute {
		t.Errorf("the change before it: %v", related)
	}
	after(50)
	if high := a.open(t, "high"); len(high) != 0 {
		t.Errorf("it isn't over: %v", high)
	}
}

// TestHelperIsSomebodyElse opens accounts by day and by night of a week: whoever leads asks
// another one for help.
func TestHelperIsSomebodyElse(t *testing.T) {
	t.Parallel()
	for hour := -96; hour < 72; hour += 3 {
		now := noon.Add(time.Duration(hour) * time.Hour)
		s := sandbox.New(sandbox.Options{Scenario: sandbox.Outage, Now: func() time.Time { return now }})
		t.Cleanup(s.Close)
		a := &account{s, sandbox.UserKey}
		now = now.Add(10 * time.Minute)
		i := a.get(t, "/incidents/4711")["incident"].(object)
		asked, leads := list(i["incidents_responders"]), list(i["assignments"])
		if len(asked) != 1 || len(leads) != 1 || words(asked[0], "user", "id") == words(leads[0], "assignee", "id") {
			t.Errorf("%d hours after noon: %v asks %v", hour, leads, asked)
		}
	}
}

// TestOutageEndedByHand has somebody end the outage by hand: the scenes that are
// left leave it alone.
func TestOutageEndedByHand(t *testing.T) {
	t.Parallel()
	a, now := moving(t, sandbox.Options{Scenario: sandbox.Outage})
	*now = noon.Add(2 * time.Minute)
	id := words(a.open(t, "high")["4711"], "id")
	a.sent(t, "PUT", "/incidents", encode(object{"incidents": []object{{"id": id, "type": "incident_reference", "status": "resolved"}}}))
	before := encode(a.get(t, "/incidents/"+id))
	*now = noon.Add(time.Hour)
	if got := encode(a.get(t, "/incidents/"+id)); got != before {
		t.Errorf("it changed after it was over:\n%s\n%s", before, got)
	}
}

func TestStormScenario(t *testing.T) {
	t.Parallel()
	a, now := moving(t, sandbox.Options{Scenario: sandbox.Storm})
	*now = noon.Add(11 * time.Minute)
	a.get(t, "/incidents") // the account looks at the clock
	seen := map[any]bool{}
	since := noon.Format(time.RFC3339)
	all := a.all(t, "/incidents?since="+since+"&until="+now.Format(time.RFC3339), "incidents")
	for _, i := range all {
		if number := i["incident_number"]; seen[number] {
			t.Errorf("there are two incidents %v", number)
		} else {
			seen[number] = true
		}
	}
	if len(all) < 40 {
		t.Errorf("%d incidents are no storm", len(all))
	}
}

// TestLookingChangesNothing has one account looked at every few seconds, and another
// only in the end: they are the same.
func TestLookingChangesNothing(t *testing.T) {
	t.Parallel()
	for _, scenario := range sandbox.Scenarios {
		a, now := moving(t, sandbox.Options{Scenario: scenario})
		b, then := moving(t, sandbox.Options{Scenario: scenario})
		b.get(t, "/users/me") // both are opened at noon
		for ; now.Before(noon.Add(time.Hour)); *now = now.Add(25 * time.Second) {
			a.get(t, "/users/me")
		}
		*now, *then = noon.Add(time.Hour), noon.Add(time.Hour)
		if x, y := everything(t, a), everything(t, b); x != y {
			t.Errorf("%s: the account is another one when it is looked at", scenario)
		}
	}
}

// everything is what an account holds that changes.
func everything(t *testing.T, a *account) string {
	t.Helper()
	var b strings.Builder
	for _, what := range []struct{ target, key string }{
		{"/incidents?date_range=all&statuses[]=triggered&statuses[]=acknowledged&statuses[]=resolved", "incidents"},
		{"/log_entries?since=" + noon.Add(-time.Hour).Format(time.RFC3339), "log_entries"},
		{"/services", "services"}, {"/schedules", "schedules"}, {"/escalation_policies", "escalation_policies"}, {"/teams", "teams"},
	} {
		for _, o := range a.all(t, what.target, what.key) {
			b.WriteString(encode(o) + "\n")
		}
	}
	return b.String()
}

func TestParseScenario(t *testing.T) {
	t.Parallel()
	for _, s := range sandbox.Scenarios {
		if got, err := sandbox.ParseScenario(string(s)); err != nil || got != s {
			t.Errorf("%s: %v %v", s, got, err)
		}
	}
	if _, err := sandbox.ParseScenario("loud"); err == nil || !strings.Contains(err.Error(), "use one of demo, quiet, outage, storm") {
		t.Errorf("loud: %v", err)
	}
}

// TestSpeed has a clock that goes faster.
func TestSpeed(t *testing.T) {
	t.Parallel()
	a, now := moving(t, sandbox.Options{Scenario: sandbox.Outage, Speed: 60})
	*now = noon.Add(2 * time.Second) // two minutes
	if i := a.open(t, "high")["4711"]; i == nil {
		t.Error("the outage has not begun after two fast minutes")
	}
}
