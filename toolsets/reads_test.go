package toolsets_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestOneOddRecordCostsNoList has PagerDuty send values of other types in one record of
// a list: all records are shown, with what could be read of them, and it is said what
// could not. Values that are null or missing are no reason to say anything.
func TestOneOddRecordCostsNoList(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tool, path, body string
		want             []string // in the answer
	}{
		{"list_incidents", "/incidents", `{"incidents":[{"id":"Q1","incident_number":"12","title":"first","status":"triggered"},{"id":"Q2","incident_number":13,"title":{"x":1},"service":"x","assignments":{"a":1}}]}`,
			[]string{`"title":"first"`, `"number":13`, "incident_number of Q1", "title of Q2", "service of Q2", "assignments of Q2", `"count":2`}},
		{"list_services", "/services", `{"services":[{"id":"P1","name":7,"teams":[{"id":"T1"}],"escalation_policy":[]},{"id":"P2","name":"second","auto_resolve_timeout":"never"}]}`,
			[]string{`"name":"second"`, `"T1"`, "name of P1", "escalation_policy of P1", "auto_resolve_timeout of P2", `"count":2`}},
		{"list_users", "/users", `{"users":[{"id":"P1","name":"first","teams":{}},{"id":"P2","name":"second","role":{"x":1}}]}`,
			[]string{"first", "second", "teams of P1", "role of P2", `"count":2`}},
		{"list_oncalls", "/oncalls", `{"oncalls":[{"user":{"id":"P1","summary":"first"},"escalation_level":"1"},{"user":"x","escalation_level":2}]}`,
			[]string{"first", `"level":2`, "escalation_level of [0]", "user of [1]", `"count":2`}},
		{"list_escalation_policies", "/escalation_policies", `{"escalation_policies":[{"id":"P1","name":"first","escalation_rules":[{"targets":[{"summary":"Ana"},7]},"x"]},{"id":"P2","name":"second","escalation_rules":"none"}]}`,
			[]string{"first", "second", `[["Ana"]]`, "escalation_rules[0].targets[1] of P1", "escalation_rules of P2", `"count":2`}},
		{"list_schedules", "/schedules", `{"schedules":[{"id":"P1","name":"first"},{"id":"P2","name":["y"],"time_zone":"Etc/UTC"}]}`, []string{"first", "Etc/UTC", "name of P2"}},
		{"list_teams", "/teams", `{"teams":[{"id":"P1","name":"first","parent":"y","default_role":1}]}`, []string{"first", "parent of P1", "default_role of P1"}},
		{"list_log_entries", "/log_entries", `{"log_entries":[{"id":"R1","type":5,"summary":"first"},{"id":"R2","type":"notify_log_entry"}]}`, []string{"first", `"notify"`, "type of R1", `"count":2`}},
		{"list_change_events", "/change_events", `{"change_events":[{"id":"C1","summary":"first","services":{"a":1},"links":"x","custom_details":"text"},{"id":"C2"}]}`,
			[]string{"first", `"details":"text"`, "services of C1", "links of C1", `"count":2`}},
		{"list_alert_grouping_settings", "/alert_grouping_settings", `{"alert_grouping_settings":[{"id":"A1","type":7,"name":"first"},{"id":"A2","type":"time"}]}`, []string{"first", `"time"`, "type of A1", `"count":2`}},
		{"list_event_orchestrations", "/event_orchestrations", `{"orchestrations":[{"id":"O1","name":"first","routes":"x","team":[]},{"id":"O2","routes":3}]}`, []string{"first", `"routes":3`, "routes of O1", "team of O1", `"count":2`}},

		{"list_incidents", "/incidents", `{"incidents":[{"id":"Q1","incident_number":null,"title":null,"status":null,"service":null,"priority":null,"assignments":null,"teams":[null],"created_at":null},{"id":"Q2"}],"more":null,"total":null}`, []string{`"count":2`}},
		{"list_oncalls", "/oncalls", `{"oncalls":[{"user":null,"escalation_policy":null,"schedule":null,"start":null,"end":null,"escalation_level":null},{}]}`, []string{`"count":2`}},
		{"list_escalation_policies", "/escalation_policies", `{"escalation_policies":[{"id":"P1","name":null,"escalation_rules":[null,{"targets":null},{"targets":[null]}],"services":null,"teams":null},{"id":"P2"}]}`, []string{`"count":2`}},
		{"list_schedules", "/schedules", `{"schedules":[{"id":"P1","users":null,"teams":[null],"escalation_policies":null},{"id":"P2"}]}`, []string{`"P2"`}},
		{"list_services", "/services", `{"services":[{"id":"P1","teams":null,"escalation_policy":null,"auto_resolve_timeout":null,"description":null},{"id":"P2"}]}`, []string{`"count":2`}},
	} {
		r := rig.New(t)
		r.Inject(sandbox.Fault{Path: c.path, Status: http.StatusOK, Body: c.body})
		text, isError := r.Call(t, c.tool, rig.Args{})
		for _, want := range c.want {
			if isError || !strings.Contains(text, want) {
				t.Errorf("%s of %s does not have %q: %s", c.tool, c.body, want, text)
			}
		}
		if odd := strings.Contains(text, "unexpected form"); odd != (len(c.want) > 1) || strings.Contains(text, "null") {
			t.Errorf("%s of %s: %s", c.tool, c.body, text)
		}
		// What PagerDuty did not send is not told as none.
		if c.tool != "list_event_orchestrations" && (strings.Contains(text, `"services":0`) || strings.Contains(text, `"users":0`)) {
			t.Errorf("%s of %s counts what is not there: %s", c.tool, c.body, text)
		}
	}
	// An end that can't be read is not "always".
	r := rig.New(t)
	r.Inject(sandbox.Fault{Path: "/oncalls", Status: http.StatusOK, Body: `{"oncalls":[{"user":{"id":"P1"},"start":"2026-03-02T09:00:00Z","end":"soon","schedule":{"id":"P2"}}]}`})
	if got := fmt.Sprint(r.Answer(t, "list_oncalls", rig.Args{})["oncalls"]); strings.Contains(got, "always") || !strings.Contains(got, "until:unknown") {
		t.Errorf("%s", got)
	}
}

// TestNothingIsAnAnswer: where PagerDuty has none of something, that is no error.
func TestNothingIsAnAnswer(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	r.Inject(sandbox.Fault{Path: "/alert_grouping_settings", Status: http.StatusNotFound, Body: `{"error":{"message":"Not Found","code":2100}}`})
	for _, arguments := range []rig.Args{{}, {"service_ids": r.ID("service", "Search API")}, {"limit": 1000}} {
		got := r.Answer(t, "list_alert_grouping_settings", arguments)
		if rows, ok := got["alert_grouping_settings"].([]any); !ok || len(rows) > 0 || got["count"] != 0.0 {
			t.Errorf("%v: %v", arguments, got)
		}
	}
	// Notes that were asked for, and are none.
	if got := r.Answer(t, "get_incident", rig.Args{"incident_id": 4717, "include": "notes"}); len(got["notes"].([]any)) != 0 {
		t.Errorf("%v", got["notes"])
	}
	if got, ok := r.Answer(t, "get_incident", rig.Args{"incident_id": 4717})["notes"]; ok {
		t.Errorf("not asked for: %v", got)
	}
	// Beyond the end of a list.
	for _, c := range []struct {
		tool      string
		arguments rig.Args
	}{
		{"list_incidents", rig.Args{"offset": 9000, "since": "7d"}}, {"list_incidents", rig.Args{"offset": 500, "status": "triggered"}}, {"list_users", rig.Args{"offset": 400}},
		{"list_services", rig.Args{"offset": 400, "query": "api"}}, {"list_oncalls", rig.Args{"offset": 400}}, {"list_log_entries", rig.Args{"offset": 400, "incident_id": "4711"}},
		{"list_alerts_from_incident", rig.Args{"offset": 400, "incident_id": "4711"}}, {"list_incident_notes", rig.Args{"offset": 400, "incident_id": "4711"}},
		{"list_change_events", rig.Args{"offset": 4000}}, {"list_alert_grouping_settings", rig.Args{"offset": 40}}, {"list_teams", rig.Args{"offset": 40}},
	} {
		rig := r
		if c.tool == "list_alert_grouping_settings" {
			rig = newRig(t)
		}
		got := rig.Answer(t, c.tool, c.arguments)
		if note := fmt.Sprint(got["note"]); got["count"] != 0.0 || !strings.Contains(note, fmt.Sprintf("ends before offset %v", c.arguments["offset"])) || strings.Contains(note, "Nothing matches") || strings.Contains(note, "No one") {
			t.Errorf("%s %v: %v", c.tool, c.arguments, got)
		}
	}
}

func newRig(t *testing.T) *rig.Rig { return rig.New(t) }

// TestPastIncidentsTellWhatHelped: each by its number, with how it ended, who ended it
// and what was noted, and how many there are.
func TestPastIncidentsTellWhatHelped(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	got := r.Answer(t, "get_past_incidents", rig.Args{"incident_id": 4711, "limit": 1})
	past := got["past_incidents"].([]any)[0].(map[string]any)
	if past["number"] == nil || past["resolved_at"] == nil || past["resolved_by"].(map[string]any)["summary"] == nil || len(past["notes"].([]any)) == 0 || got["total"] != 2.0 || got["count"] != 1.0 {
		t.Errorf("%v", got)
	}
	// Notes that can't be read are not told as none.
	r.Inject(sandbox.Fault{Path: "/incidents/" + past["id"].(string) + "/notes", Status: http.StatusForbidden, Body: "{}"})
	past = r.Answer(t, "get_past_incidents", rig.Args{"incident_id": 4711, "limit": 1})["past_incidents"].([]any)[0].(map[string]any)
	if past["notes_unread"] != true || past["number"] == nil {
		t.Errorf("%v", past)
	}
}

// TestPriorities narrows incidents by priority, by name and by id.
func TestPriorities(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for _, given := range []any{"P1", "p1", []string{"P1", "P2"}, r.ID("priority", "P1")} {
		list := r.Answer(t, "list_incidents", rig.Args{"priority_ids": given, "date_range": "all", "limit": 100})
		rows := list["incidents"].([]any)
		for _, row := range rows {
			name := row.(map[string]any)["priority"].(map[string]any)["summary"]
			if name != "P1" && (name != "P2" || fmt.Sprint(given) != "[P1 P2]") {
				t.Errorf("%v: %v", given, row)
			}
		}
		if len(rows) == 0 {
			t.Errorf("%v: none", given)
		}
	}
}

// TestIncidentsByNumber names one incident in the ways that people, tickets and models do.
func TestIncidentsByNumber(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	id := r.ID("incident", "4711")
	for _, written := range []any{4711, "4711", " #4711 ", "INC-4711", "inc-4711", "INC4711", "incident 4711", "Incident: 4711", "[#4711]", "№ 4711", json.Number("4711.0"), "`#4711`", "“4711”", "47\u200b11", id, strings.ToLower(id), " " + strings.ToLower(id) + "\u00ad"} {
		for _, tool := range []string{"get_incident", "list_incident_notes", "get_incident_timeline", "triage_incident"} {
			text, isError := r.Call(t, tool, rig.Args{"incident_id": written})
			if isError || !strings.Contains(text, "backup acquirer") && !strings.Contains(text, id) {
				t.Errorf("%s %v: %.300s", tool, written, text)
			}
		}
	}
	// The ids of other objects are ids in small letters, too.
	for tool, arguments := range map[string]rig.Args{
		"get_service": {"service_id": strings.ToLower(r.ID("service", "Search API"))}, "get_schedule": {"schedule_id": strings.ToLower(r.ID("schedule", "Payments Primary"))},
		"get_team": {"team_id": strings.ToLower(r.ID("team", "Payments"))}, "get_escalation_policy": {"escalation_policy_id": strings.ToLower(r.ID("policy", "Data On-Call"))},
	} {
		if got := r.Answer(t, tool, arguments); got["id"] == nil {
			t.Errorf("%s: %v", tool, got)
		}
	}
}

// TestCursorsThatGoInCircles ends a list where PagerDuty's cursors lead back.
func TestCursorsThatGoInCircles(t *testing.T) {
	t.Parallel()
	requests := 0
	r := rig.New(t, rig.WithAPI(func(account http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
			if request.URL.Path != "/alert_grouping_settings" {
				account.ServeHTTP(w, request)
				return
			}
			requests++
			after := map[string]string{"": "a", "a": "b", "b": "a"}[request.URL.Query().Get("after")]
			_, _ = fmt.Fprintf(w, `{"alert_grouping_settings":[{"id":"P%d","type":"time"}],"after":%q,"limit":1}`, requests, after)
		})
	}))
	got := r.Answer(t, "list_alert_grouping_settings", rig.Args{"limit": 1000})
	if requests > 5 || !strings.Contains(fmt.Sprint(got["note"]), "lead back") || got["next_cursor"] != nil || got["more"] != nil {
		t.Errorf("%d requests: %v", requests, got)
	}
}

// TestScopesThatAreMissing says which scopes a token lacks, in every form in which
// PagerDuty may name them.
func TestScopesThatAreMissing(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]string{
		`{"error":{"message":"Token missing required scopes","required_scopes":"services.read"}}`:                  {"services.read"},
		`{"error":{"message":"Token missing required scopes","required_scopes":["services.read","teams.read"]}}`:   {"services.read", "teams.read"},
		`{"error":{"message":"Token missing required scopes","required_scopes":"services.read, teams.read"}}`:      {"services.read", "teams.read"},
		`{"message":"Token missing required scopes","required_scopes":["services.read"]}`:                          {"services.read"},
		`{"error":"services.read API scope is required"}`:                                                          {"services.read"},
		`{"error":{"message":"Token missing required scopes","required_scopes":{"odd":"services.read"},"code":7}}`: {"missing required scopes"},
	} {
		r := rig.New(t)
		r.Inject(sandbox.Fault{Path: "/services", Status: http.StatusForbidden, Body: body})
		said := r.Refusal(t, "list_services", rig.Args{})
		for _, scope := range want {
			if !strings.Contains(said, scope) {
				t.Errorf("%s: %s", body, said)
			}
		}
		if len(want) > 0 && strings.HasSuffix(want[0], ".read") && !strings.Contains(said, "scope") {
			t.Errorf("%s: %s", body, said)
		}
	}
}
