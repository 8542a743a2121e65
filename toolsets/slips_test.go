package toolsets_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// account is a simulated account and a session on it.
type account struct {
	*rig.Rig
	session *tool.Session
}

func newAccount(t *testing.T) account {
	t.Helper()
	r := rig.New(t)
	return account{r, &tool.Session{Client: r.PD, Clock: rig.Now}}
}

// sentence prepares a call and returns what it is about to do, or what is wrong.
func (a account) sentence(t *testing.T, made tool.Tool, arguments json.RawMessage) (sentence, problem string) {
	t.Helper()
	// A session that knows no names yet, so that all sentences have them.
	session := &tool.Session{Client: a.session.Client, Clock: a.session.Clock}
	prepared, err := made.Prepare(t.Context(), session, arguments, nil)
	var wrong *tool.ArgumentError
	switch {
	case errors.As(err, &wrong):
		return "", wrong.Error()
	case err != nil:
		t.Fatalf("%s %s: %v", made.Name(), arguments, err)
	}
	return prepared.Sentence(), ""
}

func byName() map[string]tool.Tool {
	tools := map[string]tool.Tool{}
	for _, set := range toolsets.All() {
		for _, made := range set.Tools {
			tools[made.Name()] = made
		}
	}
	return tools
}

// version2 are calls as version 2.0 of PagerDuty's Python server took them, one a
// tool, and what they mean here.
var version2 = []struct{ tool, call, means string }{
	{"list_incidents", `{"query_model":{"status":["triggered","acknowledged"],"since":"2026-02-20T00:00:00Z","until":null,"user_ids":null,"service_ids":["$service:Payments API$"],"teams_ids":["$team:Payments$"],"urgencies":["high"],"request_scope":"all","limit":1000,"sort_by":["urgency:desc","created_at:desc"]}}`,
		`{"status":["triggered","acknowledged"],"since":"2026-02-20T00:00:00Z","service_ids":["$service:Payments API$"],"team_ids":["$team:Payments$"],"urgencies":["high"],"request_scope":"all","limit":1000,"sort_by":"urgency:desc,created_at:desc"}`},
	{"get_incident", `{"incident_id":"$incident:4711$"}`, `{"incident_id":"$incident:4711$"}`},
	{"get_outlier_incident", `{"incident_id":"$incident:4711$","query_model":{"since":"2026-02-01T00:00:00Z","additional_details":["incident"]}}`, `{"incident_id":"$incident:4711$","since":"2026-02-01T00:00:00Z"}`},
	{"get_past_incidents", `{"incident_id":"$incident:4711$","query_model":{"limit":3,"total":true}}`, `{"incident_id":"$incident:4711$","limit":3}`},
	{"get_related_incidents", `{"incident_id":"$incident:4711$","query_model":{"additional_details":["incident"]}}`, `{"incident_id":"$incident:4711$"}`},
	{"create_incident", `{"create_model":{"incident":{"title":"Checkout is slow","service":{"id":"$service:Checkout API$","type":"service_reference","summary":"Checkout API"},"urgency":"high","body":{"details":"Since 11:40","type":"incident_body"},"type":"incident"}}}`,
		`{"title":"Checkout is slow","service_id":"$service:Checkout API$","urgency":"high","body":"Since 11:40"}`},
	{"manage_incidents", `{"manage_request":{"incident_ids":["$incident:4713$"],"assignement":{"id":"$user:Ben Carter$","type":"user_reference","summary":"Ben Carter"},"status":"acknowledged","urgency":"low","escalation_level":null}}`,
		`{"incident_ids":["$incident:4713$"],"assignee_ids":["$user:Ben Carter$"],"status":"acknowledged","urgency":"low"}`},
	{"add_responders", `{"incident_id":"$incident:4711$","request":{"requester_id":null,"message":"Please join","responder_request_targets":[{"responder_request_target":{"id":"$user:Ben Carter$","type":"user_reference"}},{"responder_request_target":{"id":"$policy:Mobile On-Call$","type":"escalation_policy_reference"}}]}}`,
		`{"incident_id":"$incident:4711$","message":"Please join","user_ids":["$user:Ben Carter$"],"escalation_policy_ids":["$policy:Mobile On-Call$"]}`},
	{"add_note_to_incident", `{"incident_id":"$incident:4711$","note":"On it"}`, `{"incident_id":"$incident:4711$","note":"On it"}`},

	{"list_services", `{"query_model":{"query":"api","teams_ids":null,"limit":20}}`, `{"query":"api","limit":20}`},
	{"get_service", `{"service_id":"$service:Payments API$"}`, `{"service_id":"$service:Payments API$"}`},
	{"create_service", `{"service_data":{"service":{"id":null,"name":"Gift Cards","description":"Cards","escalation_policy":{"id":"$policy:Payments On-Call$","summary":"Payments On-Call","type":"escalation_policy_reference"},"teams":null,"type":"service"}}}`,
		`{"name":"Gift Cards","description":"Cards","escalation_policy_id":"$policy:Payments On-Call$"}`},
	{"update_service", `{"service_id":"$service:Cart Service$","service_data":{"service":{"id":"$service:Cart Service$","name":"Cart","description":null,"escalation_policy":{"id":"$policy:Checkout On-Call$","summary":"Checkout On-Call","type":"escalation_policy_reference"},"teams":null}}}`,
		`{"service_id":"$service:Cart Service$","name":"Cart","escalation_policy_id":"$policy:Checkout On-Call$"}`},

	{"get_user_data", `{}`, `{}`},
	{"list_users", `{"query_model":{"query":"ana","teams_ids":["$team:Payments$"],"limit":20}}`, `{"query":"ana","team_ids":["$team:Payments$"],"limit":20}`},
	{"list_teams", `{"query_model":{"scope":"my","query":null,"limit":20}}`, `{"scope":"my","limit":20}`},
	{"get_team", `{"team_id":"$team:Payments$"}`, `{"team_id":"$team:Payments$"}`},
	{"create_team", `{"create_model":{"team":{"name":"Gift Cards","description":null,"default_role":"manager"}}}`, `{"name":"Gift Cards","default_role":"manager"}`},
	{"update_team", `{"team_id":"$team:Payments$","update_model":{"team":{"name":"Payments and Refunds"}}}`, `{"team_id":"$team:Payments$","name":"Payments and Refunds"}`},
	{"delete_team", `{"team_id":"$team:Empty Team$"}`, `{"team_id":"$team:Empty Team$"}`},
	{"list_team_members", `{"team_id":"$team:Payments$"}`, `{"team_id":"$team:Payments$"}`},
	{"add_team_member", `{"team_id":"$team:Payments$","member_data":{"user_id":"$user:Rosa Jimenez$","role":"responder"}}`, `{"team_id":"$team:Payments$","user_id":"$user:Rosa Jimenez$","role":"responder"}`},
	{"remove_team_member", `{"team_id":"$team:Payments$","user_id":"$user:Ben Carter$"}`, `{"team_id":"$team:Payments$","user_id":"$user:Ben Carter$"}`},
	{"list_schedules", `{"query_model":{"query":"primary","team_ids":["$team:Payments$"],"user_ids":null,"include":["schedule_layers"],"limit":20}}`, `{"query":"primary","team_ids":["$team:Payments$"],"limit":20}`},
	{"get_schedule", `{"schedule_id":"$schedule:Payments Primary$"}`, `{"schedule_id":"$schedule:Payments Primary$"}`},
	{"create_schedule_override", `{"schedule_id":"$schedule:Payments Primary$","override_request":{"overrides":[{"start":"2026-03-10T08:00:00Z","end":"2026-03-10T20:00:00Z","user":{"id":"$user:Grace Kim$","type":"user_reference","summary":"Grace Kim"}}]}}`,
		`{"schedule_id":"$schedule:Payments Primary$","overrides":[{"start":"2026-03-10T08:00:00Z","end":"2026-03-10T20:00:00Z","user_id":"$user:Grace Kim$"}]}`},
	{"list_schedule_users", `{"schedule_id":"$schedule:Payments Primary$"}`, `{"schedule_id":"$schedule:Payments Primary$"}`},
	{"list_oncalls", `{"query_model":{"time_zone":"Europe/Berlin","user_ids":null,"escalation_policy_ids":["$policy:Payments On-Call$"],"schedule_ids":null,"since":"2026-03-02T12:00:00Z","until":"2026-03-09T12:00:00Z","earliest":true,"limit":20}}`,
		`{"time_zone":"Europe/Berlin","escalation_policy_ids":["$policy:Payments On-Call$"],"since":"2026-03-02T12:00:00Z","until":"2026-03-09T12:00:00Z","earliest":true,"limit":20}`},
	{"list_escalation_policies", `{"query_model":{"query":"payments","user_ids":["$user:Ana Souza$"],"team_ids":null,"include":["services","teams"],"limit":20}}`, `{"query":"payments","user_ids":["$user:Ana Souza$"],"limit":20}`},
	{"get_escalation_policy", `{"policy_id":"$policy:Payments On-Call$"}`, `{"escalation_policy_id":"$policy:Payments On-Call$"}`},

	{"list_alert_grouping_settings", `{"query_model":{"service_ids":["$service:Payments API$"],"limit":100,"after":null,"before":null,"total":false}}`, `{"service_ids":["$service:Payments API$"],"limit":100}`},
	{"get_alert_grouping_setting", `{"setting_id":"$grouping:Grouping of Checkout API$"}`, `{"alert_grouping_setting_id":"$grouping:Grouping of Checkout API$"}`},
	{"create_alert_grouping_setting", `{"create_model":{"alert_grouping_setting":{"name":"Logins","description":null,"type":"content_based","config":{"aggregate":"all","fields":["summary"],"time_window":600,"recommended_time_window":null},"services":[{"id":"$service:Login Service$","type":"service_reference","summary":"Login Service"}]}}}`,
		`{"name":"Logins","type":"content_based","aggregate":"all","fields":["summary"],"time_window":600,"service_ids":["$service:Login Service$"]}`},
	{"update_alert_grouping_setting", `{"setting_id":"$grouping:Grouping of Cart Service$","update_model":{"alert_grouping_setting":{"name":null,"type":"intelligent","config":{"time_window":600,"iag_fields":["summary"]},"services":[{"id":"$service:Cart Service$","type":"service_reference"}]}}}`,
		`{"alert_grouping_setting_id":"$grouping:Grouping of Cart Service$","type":"intelligent","time_window":600,"fields":["summary"],"service_ids":["$service:Cart Service$"]}`},
	{"delete_alert_grouping_setting", `{"setting_id":"$grouping:Grouping of Payments API$"}`, `{"alert_grouping_setting_id":"$grouping:Grouping of Payments API$"}`},
	{"list_event_orchestrations", `{"query_model":{"limit":20,"offset":null,"sort_by":"name:asc"}}`, `{"limit":20,"sort_by":"name:asc"}`},
	{"get_event_orchestration", `{"orchestration_id":"$orchestration:Shop Events$"}`, `{"orchestration_id":"$orchestration:Shop Events$"}`},
	{"get_event_orchestration_router", `{"orchestration_id":"$orchestration:Shop Events$"}`, `{"orchestration_id":"$orchestration:Shop Events$"}`},
	{"get_event_orchestration_service", `{"service_id":"$service:Payments API$"}`, `{"service_id":"$service:Payments API$"}`},
	{"get_event_orchestration_global", `{"orchestration_id":"$orchestration:Shop Events$"}`, `{"orchestration_id":"$orchestration:Shop Events$"}`},
	{"update_event_orchestration_router", `{"orchestration_id":"$orchestration:Shop Events$","router_update":{"orchestration_path":{"type":"router","sets":[{"id":"start","rules":[{"label":"Search","conditions":[{"expression":"event.source matches part 'search'"}],"actions":{"route_to":"$service:Search API$"}}]}],"catch_all":{"actions":{"route_to":"$service:Checkout API$"}}}}}`,
		`{"orchestration_id":"$orchestration:Shop Events$","rules":[{"label":"Search","conditions":[{"expression":"event.source matches part 'search'"}],"actions":{"route_to":"$service:Search API$"}}],"catch_all_route_to":"$service:Checkout API$"}`},
	{"append_event_orchestration_router_rule", `{"orchestration_id":"$orchestration:Shop Events$","new_rule":{"label":"Databases","conditions":[{"expression":"event.summary matches part 'database'"}],"actions":{"route_to":"$service:Kubernetes Production$","dynamic_route_to":null}}}`,
		`{"orchestration_id":"$orchestration:Shop Events$","label":"Databases","conditions":["event.summary matches part 'database'"],"route_to":"$service:Kubernetes Production$"}`},
}

// TestVersion2Calls holds that calls written for version 2.0 of PagerDuty's Python
// server are understood, and work.
func TestVersion2Calls(t *testing.T) {
	t.Parallel()
	tools, called := byName(), map[string]bool{}
	for _, c := range version2 {
		called[c.tool] = true
		t.Run(c.tool, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			made, call := tools[c.tool], a.Fill(t, []byte(c.call))
			want, problem := a.sentence(t, made, a.Fill(t, []byte(c.means)))
			if problem != "" {
				t.Fatal(problem)
			}
			got, problem := a.sentence(t, made, call)
			if diff := cmp.Diff(want, got); problem != "" || diff != "" {
				t.Fatalf("%s\n-want +got:\n%s", problem, diff)
			}
			_, err := made.Call(t.Context(), a.session, call)
			if c.tool == "update_event_orchestration_router" {
				// It would delete the rules that it doesn't name, and doesn't say so.
				if err == nil || !strings.Contains(err.Error(), "delete_missing") {
					t.Errorf("rules were deleted unasked: %v", err)
				}
				return
			}
			if err != nil {
				t.Errorf("it is understood, and fails: %v", err)
			}
		})
	}
	for name := range tools {
		if !called[name] && len(version2) == len(tools) {
			t.Errorf("%s has no call", name)
		}
	}
	if len(called) != 42 {
		t.Errorf("%d of the 42 tools of version 2.0 have a call", len(called))
	}
}

// TestSentencesNameWhatIsKnown holds that a person who is to judge a call reads a name
// with an id that an earlier answer or the look-up of the id itself told.
func TestSentencesNameWhatIsKnown(t *testing.T) {
	t.Parallel()
	a, tools := newAccount(t), byName()
	say := func(name, arguments string) string {
		prepared, err := tools[name].Prepare(t.Context(), a.session, a.Fill(t, []byte(arguments)), nil)
		if err != nil {
			t.Fatal(err)
		}
		return prepared.Sentence()
	}
	if got := say("update_service", `{"service_id":"$service:Search API$","description":"x"}`); !strings.Contains(got, `"Search API" (`+a.ID("service", "Search API")+")") {
		t.Errorf("an id that was looked up: %s", got)
	}
	if _, err := tools["list_teams"].Call(t.Context(), a.session, json.RawMessage(`{}`)); err != nil {
		t.Fatal(err)
	}
	a.ForgetRequests()
	if got := say("delete_team", `{"team_id":"$team:Search$"}`); !strings.Contains(got, `"Search" (`+a.ID("team", "Search")+")") {
		t.Errorf("an id of an answer: %s", got)
	}
	if sent := a.Sent(); len(sent) > 0 {
		t.Errorf("the name was asked for: %v", sent)
	}
}
