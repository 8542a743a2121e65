package toolsets_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
)

// TestErrorsLeadOn holds that an error says how to ask where another argument or tool has
// the answer, and names what there is where that is little. Each fits in a line.
func TestErrorsLeadOn(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for _, c := range []struct{ tool, call, says string }{
		{"list_incidents", `{"query":"database"}`, "query: PagerDuty doesn't search incidents by their text"},
		{"list_incidents", `{"search":"database"}`, "fields: title"},
		{"list_incidents", `{"escalation_policy":"Data On-Call"}`, "get_escalation_policy lists the services"},
		{"list_schedules", `{"service":"Checkout API"}`, "list_oncalls takes service_ids"},
		{"list_schedules", `{"service_id":"Checkout API"}`, "list_oncalls takes service_ids"},
		{"list_schedules", `{"user_id":"me"}`, "list_oncalls takes user_ids"},
		{"list_users", `{"schedule_id":"Data Primary"}`, "list_schedule_users"},
		{"list_services", `{"escalation_policy_id":"Data On-Call"}`, "get_escalation_policy lists them"},
		{"list_incidents", `{"priority_ids":"xyzzy"}`, `there is no priority "xyzzy"; there are: "P1" (`},
		{"get_service", `{"service_id":"1.5"}`, `there is no service "1.5"; give its name`},
		{"list_team_members", `{"team_id":"-5"}`, `there is no team "-5"; give its name`},
	} {
		said := r.Refusal(t, c.tool, json.RawMessage(c.call))
		line, rest, _ := strings.Cut(said, "\n")
		if !strings.Contains(line, c.says) || rest != "Nothing was done; correct the call and repeat it." || len(line) > 320 {
			t.Errorf("%s %s: %s", c.tool, c.call, said)
		}
	}
}
