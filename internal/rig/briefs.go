package rig

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// Brief is a call that gathers what would otherwise take a model many calls, and the
// most that it may cost.
type Brief struct {
	Tool, Arguments string
	InSequence      int // round trips one after another
	Tokens          int // of the answer
}

// Briefs are the calls whose cost is held and documented, on the simulated account.
func Briefs() []Brief {
	return []Brief{
		{"triage_incident", `{"incident_id":4711}`, 4, 4000},
		{"triage_incident", `{"incident_id":4717}`, 4, 4000},
		{"get_incident_timeline", `{"incident_id":4711}`, 3, 10_000},
		{"who_gets_paged", `{"service_id":"Payments API"}`, 6, 1000},
		{"who_gets_paged", `{"incident_id":4713}`, 6, 1000},
		{"get_handoff", `{}`, 6, 3000},
		{"get_handoff", `{"team_id":"Payments","since":"12h"}`, 6, 3000},
		{"find_coverage_gaps", `{}`, 12, 3000},
		{"find_cover", `{"schedule_id":"Payments Primary","start":"+2d","end":"+3d"}`, 6, 1000},
		{"get_oncall_load", `{"team_ids":["Payments"]}`, 6, 1500},
		{"list_notifications", `{"user_ids":["me"],"since":"7d"}`, 6, 10_000},
	}
}

// Cost is what a call took.
type Cost struct {
	Requests   int
	InSequence int // round trips one after another
	AtOnce     int // requests at a time, at most
	Answer     string
}

// CostOf makes a call on a new account and counts its requests, by a clock that stands
// still but for waiting for them.
func CostOf(t *testing.T, name, arguments string) (cost Cost) {
	t.Helper()
	account := sandbox.New(sandbox.Options{Now: Now})
	t.Cleanup(account.Close)
	synctest.Test(t, func(t *testing.T) {
		const latency = 50 * time.Millisecond
		w := &Wire{Account: account, Latency: latency}
		begun := time.Now()
		text, err := Tool(t, name).Call(t.Context(), Session(t, w), json.RawMessage(arguments))
		if err != nil {
			t.Fatalf("%s %s: %v", name, arguments, err)
		}
		cost.InSequence, cost.Answer = int(time.Since(begun)/latency), string(text)
		cost.Requests, cost.AtOnce = w.Asked()
	})
	return cost
}
