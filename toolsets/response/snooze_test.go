package response_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestSnooze(t *testing.T) {
	t.Parallel()
	t.Run("every way to say how long", func(t *testing.T) {
		t.Parallel()
		for said, want := range map[string]string{
			"4h": `{"duration":14400}`, "+90m": `{"duration":5400}`, "2026-03-02T13:00:00Z": `{"duration":3600}`, "7 days": `{"duration":604800}`, "PT30M": `{"duration":1800}`,
		} {
			r := rig.New(t)
			r.Answer(t, "snooze_incident", rig.Args{"incident_id": "4714", "until": said})
			if got := r.LastBody("POST"); got != want {
				t.Errorf("%s: sent %s, want %s", said, got, want)
			}
		}
		r := rig.New(t) // by the clock of the person, who is ahead of UTC or behind it
		r.Answer(t, "snooze_incident", rig.Args{"incident_id": "4714", "duration": "until tomorrow 9:00 UTC"})
		if got := r.LastBody("POST"); got != `{"duration":75600}` {
			t.Errorf("sent %s", got)
		}
	})
	t.Run("only the next seven days", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for said, want := range map[string]string{
			"2026-03-02T11:59:00Z": "is not in the future", "now": "is not in the future", "2h ago": "is over", "8d": "further ahead than the 7 days", "2027-01-01": "7 days", "later": "until:",
		} {
			if got := r.Refusal(t, "snooze_incident", rig.Args{"incident_id": "4714", "until": said}); !strings.Contains(got, want) {
				t.Errorf("%s: %s", said, got)
			}
		}
		if len(r.Writes()) > 0 {
			t.Errorf("sent %v", r.Writes())
		}
	})
	t.Run("a resolved one", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		if got := r.Refusal(t, "snooze_incident", rig.Args{"incident_id": "4500", "until": "1h"}); !strings.Contains(got, "#4500 is resolved") || len(r.Writes()) > 0 {
			t.Errorf("%s %v", got, r.Writes())
		}
	})
	t.Run("it resolves by itself before", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		got := r.Answer(t, "snooze_incident", rig.Args{"incident_id": "4714", "until": "6h"})
		if note := got["note"].(string); !strings.Contains(note, "resolves it by itself before that, at 2026-03-02 16:00 UTC") {
			t.Errorf("%v", got)
		}
	})
	t.Run("once more, a little later", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Answer(t, "snooze_incident", rig.Args{"incident_id": "4714", "until": "4h"})
		got := r.Answer(t, "snooze_incident", rig.Args{"incident_id": "4714", "until": "2026-03-02T16:00:40Z"})
		if len(r.Writes()) != 1 || !strings.Contains(got["note"].(string), "nothing has changed") {
			t.Errorf("%v %v", r.Writes(), got)
		}
		r.Answer(t, "snooze_incident", rig.Args{"incident_id": "4714", "until": "5h"})
		if len(r.Writes()) != 2 {
			t.Errorf("another time was not sent: %v", r.Writes())
		}
	})
	for name, c := range map[string]struct {
		fault sandbox.Fault
		fails bool
		want  string
	}{
		"its answer is lost":      {sandbox.Fault{Method: "POST", ResetAfter: true, Times: 1}, false, "the change was made"},
		"its answer breaks off":   {sandbox.Fault{Method: "POST", Truncate: true, Times: 1}, false, "the change was made"},
		"502, and it took effect": {sandbox.Fault{Method: "POST", Status: 502, AfterEffect: true, Times: 1}, false, "the change was made"},
		"it is lost on its way":   {sandbox.Fault{Method: "POST", Reset: true, Times: 1}, true, "not known whether"},
		"somebody else resolved":  {sandbox.Fault{Method: "POST", Status: 400, Body: `{"error":{"message":"Incident Already Resolved","code":1001}}`}, true, "already resolved"},
		"it is gone":              {sandbox.Fault{Method: "POST", Status: 404, Body: `{"error":{"message":"Not Found","code":2100}}`}, true, "no such object"},
		"a conflict":              {sandbox.Fault{Method: "POST", Status: 409, Body: `{"error":{"message":"Conflict"}}`}, true, "same time"},
		"the key only reads":      {sandbox.Fault{Method: "POST", Status: 403, Body: `{"error":{"message":"Access Denied","code":2010}}`}, true, "may not do this"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			r.Inject(c.fault)
			got, failed := r.Call(t, "snooze_incident", rig.Args{"incident_id": "4714", "until": "4h"})
			if failed != c.fails || !strings.Contains(got, c.want) {
				t.Errorf("failed %v: %s", failed, got)
			}
			if n := len(r.Writes()); n != 1 {
				t.Errorf("sent %d times", n)
			}
			if !failed && !strings.Contains(got, `"snoozed_until":"2026-03-02T16:00:00Z"`) {
				t.Errorf("%s", got)
			}
		})
	}
	t.Run("no answer in time", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t, rig.WithConfig(func(c *pdapi.Config) { c.AttemptTimeout = 100 * time.Millisecond }))
		r.Inject(sandbox.Fault{Method: "POST", Hang: true})
		if got := r.Refusal(t, "snooze_incident", rig.Args{"incident_id": "4714", "until": "4h"}); !strings.Contains(got, "did not come in time") || len(r.Writes()) != 1 {
			t.Errorf("%v: %s", r.Writes(), got)
		}
	})
}

// decoded is an object of a result as a T.
func decoded[T any](t *testing.T, value any) (out T) {
	t.Helper()
	data, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}
