package tool_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestWrongIDsAreNamed holds that an error says which id is wrong, and what it is.
func TestWrongIDsAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tool     string
		call     rig.Args
		says     []string
		never    string
		requests int // at most
	}{
		"a service for a schedule": {
			"get_schedule", rig.Args{"schedule_id": "$service:Checkout API$"},
			[]string{`schedule_id: "$service:Checkout API$" is the service "Checkout API"; this wants a schedule: give its name`}, "Not Found", 10,
		},
		"a team for a service, beside a right one": {
			"list_incidents", rig.Args{"service_ids": []string{"$service:Checkout API$", "$team:Payments$"}},
			[]string{`service_ids[1]: "$team:Payments$" is the team "Payments"; this wants a service`}, "service_ids[0]", 12,
		},
		"a service for an incident": {
			"get_incident", rig.Args{"incident_id": "$service:Checkout API$"},
			[]string{`incident_id: "$service:Checkout API$" is the service "Checkout API"; this wants an incident`}, "", 6,
		},
		"a user for a priority": {
			"list_incidents", rig.Args{"priority_ids": "$user:Ana Souza$"}, []string{`is the user "Ana Souza"; this wants a priority`}, "", 12,
		},
		"a service for an orchestration's id": {
			"get_event_orchestration", rig.Args{"orchestration_id": "$service:Checkout API$"}, []string{`is the service "Checkout API"; this wants an event orchestration`}, "", 10,
		},
		"nobody's id": {
			"get_service", rig.Args{"service_id": "PZZZZZZ"}, []string{`service_id: there is no service "PZZZZZZ", neither by id nor by name`}, "", 12,
		},
		"no incident's id": {
			"get_incident", rig.Args{"incident_id": "QZZZZZZZZZZZZZ"}, []string{`incident_id: PagerDuty knows no incident "QZZZZZZZZZZZZZ", or hides it`, "(404 Not Found"}, "no such object", 6,
		},
		"no incident's number": {
			"get_past_incidents", rig.Args{"incident_id": 999999}, []string{`incident_id: PagerDuty knows no incident "999999"`}, "", 4,
		},
		"the wrong one of two addresses": {
			"list_oncalls", rig.Args{"service_ids": []string{
				"https://northwind-demo.pagerduty.com/service-directory/$service:Checkout API$", "https://northwind-demo.pagerduty.com/service-directory/$team:Payments$",
			}},
			[]string{`service_ids[1]: "$team:Payments$" is the team "Payments"; this wants a service`}, "service_ids[0]", 10,
		},
		"a change to an incident and to what is none": {
			"manage_incidents", rig.Args{"incident_ids": []string{"$incident:4714$", "$policy:Data On-Call$"}, "urgency": "high"},
			[]string{`incident_ids[1]: "$policy:Data On-Call$" is the escalation policy "Data On-Call"; this wants an incident`}, "incident_ids[0]", 10,
		},
		"a note on a service": {
			"add_note_to_incident", rig.Args{"incident_id": "$service:Checkout API$", "note": "x"}, []string{`is the service "Checkout API"; this wants an incident`}, "", 6,
		},
		"an override for a team": {
			"create_schedule_override", rig.Args{"schedule_id": "$schedule:Data Primary$", "overrides": []rig.Args{{"user_id": "$team:Data$", "start": "now", "end": "+2h"}}},
			[]string{`user_id: "$team:Data$" is the team "Data"; this wants a user`}, "", 12,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			before := len(r.Requests())
			said := r.Refusal(t, c.tool, r.Fill(t, encoded(t, c.call)))
			for _, want := range c.says {
				if want = string(r.Fill(t, []byte(want))); !strings.Contains(said, want) {
					t.Errorf("%q does not say %q", said, want)
				}
			}
			if c.never != "" && strings.Contains(said, c.never) {
				t.Errorf("%q says %q", said, c.never)
			}
			writes := 0
			for _, sent := range r.Requests()[before:] {
				if sent.Method != http.MethodGet {
					writes++
				}
			}
			if n := len(r.Requests()) - before; n > c.requests || writes > 1 {
				t.Errorf("%d requests, %d of them changes: %v", n, writes, r.Sent())
			}
		})
	}
}

// TestKnownIDsAreNotAskedFor holds that what an answer showed to be a service is known to
// be one.
func TestKnownIDsAreNotAskedFor(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	id := r.ID("service", "Checkout API")
	r.Answer(t, "list_services", rig.Args{"limit": 100})
	r.ForgetRequests()
	said := r.Refusal(t, "get_incident", rig.Args{"incident_id": id})
	if !strings.Contains(said, `is the service "Checkout API"; this wants an incident`) {
		t.Error(said)
	}
	for _, sent := range r.Sent() {
		if !strings.HasPrefix(sent, "GET /incidents/") {
			t.Errorf("asked for what it knew: %s", sent)
		}
	}
}

// TestBlameKnowsItsLimits holds that an error stays what it is where the ids are right, or
// PagerDuty doesn't say.
func TestBlameKnowsItsLimits(t *testing.T) {
	t.Parallel()
	t.Run("the ids are right", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Inject(sandbox.Fault{Path: "/incidents/" + r.ID("incident", "4711") + "/past_incidents", Status: http.StatusNotFound})
		if said := r.Refusal(t, "get_past_incidents", rig.Args{"incident_id": r.ID("incident", "4711")}); strings.Contains(said, "knows no incident") || !strings.Contains(said, "404") {
			t.Error(said)
		}
	})
	t.Run("the rest of PagerDuty may not be read", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for _, path := range []string{"/services", "/users", "/teams", "/schedules", "/escalation_policies", "/priorities"} {
			r.Inject(sandbox.Fault{Path: path, Status: http.StatusForbidden})
		}
		said := r.Refusal(t, "get_incident", rig.Args{"incident_id": r.ID("service", "Checkout API")})
		if !strings.Contains(said, "PagerDuty knows no incident") || strings.Contains(said, "403") {
			t.Error(said)
		}
	})
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
