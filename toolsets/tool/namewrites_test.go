package tool_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestUnknownIDsAreNotWritten makes changes with an id that PagerDuty says it does
// not know, in every argument that refers to something.
func TestUnknownIDsAreNotWritten(t *testing.T) {
	t.Parallel()
	const unknown = "PNOSUCH"
	for _, c := range []struct{ tool, argument, others string }{
		{"create_incident", "service_id", `"title":"x"`},
		{"create_incident", "escalation_policy_id", `"title":"x","service_id":"$service:Search API$"`},
		{"create_incident", "assignee_id", `"title":"x","service_id":"$service:Search API$"`},
		{"create_incident", "priority_id", `"title":"x","service_id":"$service:Search API$"`},
		{"manage_incidents", "assignee_ids", `"incident_ids":"$incident:4713$"`},
		{"manage_incidents", "escalation_policy_id", `"incident_ids":"$incident:4713$"`},
		{"manage_incidents", "priority_id", `"incident_ids":"$incident:4713$"`},
		{"add_responders", "user_ids", `"incident_id":"$incident:4713$"`},
		{"add_responders", "escalation_policy_ids", `"incident_id":"$incident:4713$"`},
		{"create_service", "escalation_policy_id", `"name":"x"`},
		{"update_service", "service_id", `"name":"x"`},
		{"update_service", "escalation_policy_id", `"service_id":"$service:Search API$"`},
		{"update_team", "team_id", `"name":"x"`},
		{"delete_team", "team_id", ``},
		{"delete_team", "reassignment_team_id", `"team_id":"$team:Empty Team$"`},
		{"add_team_member", "team_id", `"user_id":"$user:Grace Kim$"`},
		{"add_team_member", "user_id", `"team_id":"$team:Payments$"`},
		{"remove_team_member", "team_id", `"user_id":"$user:Grace Kim$"`},
		{"remove_team_member", "user_id", `"team_id":"$team:Payments$"`},
		{"create_schedule_override", "schedule_id", `"overrides":{"user_id":"$user:Grace Kim$","start":"+1h","end":"+2h"}`},
		{"create_alert_grouping_setting", "service_ids", `"type":"time","timeout":0`},
		{"update_alert_grouping_setting", "alert_grouping_setting_id", `"name":"x"`},
		{"update_alert_grouping_setting", "service_ids", `"alert_grouping_setting_id":"$grouping:Grouping of Checkout API$"`},
		{"delete_alert_grouping_setting", "alert_grouping_setting_id", ``},
		{"update_event_orchestration_router", "orchestration_id", `"rules":[]`},
		{"append_event_orchestration_router_rule", "orchestration_id", `"conditions":"event.class matches 'x'","route_to":"$service:Search API$"`},
		{"append_event_orchestration_router_rule", "route_to", `"conditions":"event.class matches 'x'","orchestration_id":"$orchestration:Shop Events$"`},
	} {
		t.Run(c.tool+" "+c.argument, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			arguments := "{" + strings.TrimSuffix(fmt.Sprintf("%q:%q,%s", c.argument, unknown, c.others), ",") + "}"
			said := r.Refusal(t, c.tool, r.Fill(t, []byte(arguments)))
			if !strings.Contains(said, c.argument+": there is no ") || !strings.Contains(said, unknown) || !strings.Contains(said, "neither by id nor by name") {
				t.Errorf("%s", said)
			}
			if len(r.Writes()) > 0 {
				t.Errorf("sent %v", r.Writes())
			}
		})
	}
}

// TestRefusedChangesAreNotMadeElsewhere has PagerDuty refuse a change to an object by
// its id, while another object is named like that id.
func TestRefusedChangesAreNotMadeElsewhere(t *testing.T) {
	t.Parallel()
	t.Run("delete_team", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id := r.ID("team", "Payments") // has policies, so that PagerDuty won't delete it
		r.Elsewhere(t, http.MethodPost, "/teams", `{"team":{"type":"team","name":"`+id+`"}}`)
		r.ForgetRequests()
		if said := r.Refusal(t, "delete_team", rig.Args{"team_id": id}); !strings.Contains(said, "still has") {
			t.Errorf("%s", said)
		}
		if diff := cmp.Diff([]string{"DELETE /teams/" + id}, r.Writes()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if r.ID("team", id) == "" || r.ID("team", "Payments") == "" {
			t.Error("a team is gone")
		}
	})
	for _, status := range []int{http.StatusBadRequest, http.StatusNotFound} {
		t.Run(fmt.Sprint("create_incident ", status), func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			id := r.ID("service", "Search API")
			r.Answer(t, "create_service", rig.Args{"name": id, "escalation_policy_id": "Data On-Call"})
			r.ForgetRequests()
			r.Inject(sandbox.Fault{Method: http.MethodPost, Status: status, Body: `{"error":{"message":"Invalid Input Provided","code":2001,"errors":["Urgency is wrong"]}}`})
			r.Refusal(t, "create_incident", rig.Args{"title": "x", "service_id": id, "urgency": "high"})
			if diff := cmp.Diff([]string{"POST /incidents"}, r.Writes()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if body := r.LastBody(http.MethodPost); !strings.Contains(body, `"service":{"id":"`+id+`"`) {
				t.Errorf("sent %s", body)
			}
		})
		t.Run(fmt.Sprint("manage_incidents ", status), func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			var ids []string
			for n := 4420; len(ids) < 260; n++ {
				ids = append(ids, r.ID("incident", fmt.Sprint(n)))
			}
			// The first request was carried out, and paged people. The second is refused.
			r.Inject(sandbox.Fault{Method: http.MethodPut, Times: 1, Status: http.StatusOK, Body: `{"incidents":[]}`})
			r.Inject(sandbox.Fault{Method: http.MethodPut, Status: status, Body: `{"error":{"message":"no","code":2001}}`})
			said := r.Refusal(t, "manage_incidents", rig.Args{"incident_ids": ids, "assignee_ids": r.ID("user", "Grace Kim")})
			if diff := cmp.Diff([]string{"PUT /incidents", "PUT /incidents"}, r.Writes()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			times := 0
			for _, request := range r.Requests() {
				times += strings.Count(request.Body, ids[0])
			}
			if times != 1 || !strings.Contains(said, "250 of 260 incidents were changed") {
				t.Errorf("the first incident was reassigned %d times: %s", times, said)
			}
		})
	}
}

// TestIDsAndNamesAlike holds what is meant by text that has the form of an id.
func TestIDsAndNamesAlike(t *testing.T) {
	t.Parallel()
	objects := []object{{ID: "PABC123", Name: "Search API"}, {ID: "PXYZ789", Name: "PABC123"}, {ID: "PXYZ790", Name: "PAYROLL"}, {ID: "PQRS555", Name: "quality"}}
	for said, want := range map[string]string{
		"PABC123": "PABC123", // what is an id is not looked for among the names
		"pabc123": "PABC123",
		"PAYROLL": "PXYZ790",
		"Payroll": "PXYZ790",
		"QUALITY": "PQRS555",
	} {
		for _, tool := range []string{"look", "touch"} {
			r := withObjects(t, "services", objects...)
			got := r.Answer(t, tool, rig.Args{"service_id": said})
			if got["service_id"] != want || (got["understood"] == nil) != (want == "PABC123") {
				t.Errorf("%s %s: %v", tool, said, got)
			}
			// Beside others, nothing is dropped but what is there twice.
			got = r.Answer(t, tool, rig.Args{"service_ids": []string{"Search API", said}})
			if both := strings.ReplaceAll("[PABC123 "+want+"]", "PABC123 PABC123", "PABC123"); fmt.Sprint(got["service_ids"]) != both {
				t.Errorf("%s %s: %v", tool, said, got)
			}
		}
	}
}

// TestUnknownBesideKnown holds that an id that PagerDuty doesn't know is named though
// others are known.
func TestUnknownBesideKnown(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"look", "touch"} {
		r := withObjects(t, "services", object{ID: "PABC123", Name: "Search API"}, object{ID: "PABC124", Name: "Cart"})
		said := r.Refusal(t, tool, rig.Args{"service_ids": []string{"PABC123", "PNOSUCH", "PABC124", "PNOSUCI"}})
		if !strings.Contains(said, "service_ids[1]: there is no service \"PNOSUCH\"") || !strings.Contains(said, "service_ids[3]: there is no service \"PNOSUCI\"") ||
			strings.Contains(said, "service_ids[0]") {
			t.Errorf("%s: %s", tool, said)
		}
	}
	// The same where the tools ask PagerDuty for a list.
	r := rig.New(t)
	if said := r.Refusal(t, "list_incidents", rig.Args{"service_ids": []string{r.ID("service", "Search API"), "PNOSUCH"}}); !strings.Contains(said, "service_ids[1]") {
		t.Errorf("%s", said)
	}
}

// TestAnUnsureIDIsAnID holds that only PagerDuty's word that it doesn't know an id
// makes a name of it: not an error, nor that this key may not see the object.
func TestAnUnsureIDIsAnID(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusForbidden, http.StatusBadRequest, http.StatusPaymentRequired} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			r := rig.New(t, rig.WithSets(lookAndTouch))
			r.Inject(sandbox.Fault{Path: "/services/PABC123", Status: status, Body: `{"error":{"message":"no","code":2010}}`})
			r.Inject(sandbox.Fault{Path: "/services", Status: http.StatusOK, Body: `{"services":[{"id":"PXYZ789","name":"PABC123"}],"more":false}`})
			for _, tool := range []string{"look", "touch"} {
				if got := r.Answer(t, tool, rig.Args{"service_id": "PABC123"}); got["service_id"] != "PABC123" {
					t.Errorf("%s: %v", tool, got)
				}
			}
		})
	}
}
