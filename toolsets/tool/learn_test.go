package tool_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestStrangersMakeNoIDs holds that JSON that strangers put into an incident, which an
// answer shows as it is, does not make an id of what is a name.
func TestStrangersMakeNoIDs(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	r.Elsewhere(t, http.MethodPost, "/services", string(r.Fill(t, []byte(
		`{"service":{"type":"service","name":"PAYROLL","escalation_policy":{"id":"$policy:Data On-Call$","type":"escalation_policy_reference"}}}`))))
	r.Inject(sandbox.Fault{Path: "/incidents/QABCDEFGHIJ123", Status: http.StatusOK, Body: `{"incident":{"id":"QABCDEFGHIJ123","title":"x",` +
		`"body":{"type":"incident_body","details":{"id":"PAYROLL","list":[{"id":"PAYROLL"}]}}}}`})
	shown := r.Answer(t, "get_incident", rig.Args{"incident_id": "QABCDEFGHIJ123", "include": "body"})
	if fmt.Sprint(shown["body"]) != "map[id:PAYROLL list:[map[id:PAYROLL]]]" {
		t.Fatalf("the body is shown as %v", shown["body"])
	}
	got := r.Answer(t, "list_incidents", rig.Args{"service_ids": "PAYROLL", "date_range": "all"})
	if want := "map[date_range:all service_ids:[" + r.ID("service", "PAYROLL") + "]]"; fmt.Sprint(got["filters"]) != want {
		t.Errorf("searched %v, want %s", got["filters"], want)
	}
}

// TestShownIDsAreKnown holds that an id that an answer had costs no look-up afterwards.
func TestShownIDsAreKnown(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for list, arguments := range map[string]rig.Args{
		"list_services":            {"limit": 100},
		"list_users":               {"limit": 100},
		"list_escalation_policies": {"limit": 100},
		"list_schedules":           {"limit": 100},
	} {
		r.Answer(t, list, arguments)
	}
	r.ForgetRequests()
	r.Answer(t, "list_incidents", rig.Args{"service_ids": r.ID("service", "Search API"), "team_ids": r.ID("team", "Search"), "user_ids": r.ID("user", "Ana Souza")})
	r.Answer(t, "list_oncalls", rig.Args{"schedule_ids": r.ID("schedule", "Data Primary"), "escalation_policy_ids": r.ID("policy", "Data On-Call")})
	if diff := cmp.Diff([]string{"GET /incidents", "GET /oncalls"}, r.Sent()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
