package sandbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// movable is an account whose clock a test moves.
func movable(t *testing.T) (*account, *time.Time) {
	t.Helper()
	now := noon
	s := sandbox.New(sandbox.Options{Now: func() time.Time { return now }})
	t.Cleanup(s.Close)
	return &account{s, sandbox.UserKey}, &now
}

// TestSnooze: a snoozed incident is acknowledged until its time comes, and triggered
// again then, however its service's acknowledgements time out.
func TestSnooze(t *testing.T) {
	t.Parallel()
	a, now := movable(t)
	id := a.ID("incident", "4714")
	status := func() string { return words(a.get(t, "/incidents/"+id), "incident", "status") }
	for _, duration := range []string{"0", "604801", "1.5", `"3600"`, "null"} {
		a.refused(t, "POST", "/incidents/"+id+"/snooze", `{"duration":`+duration+`}`, "duration")
	}
	got := a.sent(t, "POST", "/incidents/"+id+"/snooze", `{"duration":7200}`)
	if got := encode(in(got, "incident", "pending_actions")); words(a.get(t, "/incidents/"+id), "incident", "status") != "acknowledged" ||
		!strings.Contains(got, `{"at":"2026-03-02T14:00:00Z","type":"unacknowledge"}`) || strings.Count(got, "unacknowledge") != 1 {
		t.Errorf("pending: %s", got)
	}
	*now = noon.Add(2*time.Hour - time.Second)
	if status() != "acknowledged" {
		t.Errorf("a second before its end it is %s", status())
	}
	*now = noon.Add(2 * time.Hour)
	if status() != "triggered" {
		t.Errorf("at its end it is %s", status())
	}
	// What people do with it meanwhile ends a snooze.
	a.sent(t, "POST", "/incidents/"+id+"/snooze", `{"duration":7200}`)
	a.sent(t, "PUT", "/incidents", `{"incidents":[{"id":"`+id+`","type":"incident_reference","status":"acknowledged"}]}`)
	if got := encode(in(a.get(t, "/incidents/"+id), "incident", "pending_actions")); strings.Contains(got, "16:00:00Z") || !strings.Contains(got, "14:30:00Z") {
		t.Errorf("pending: %s", got)
	}
	a.refused(t, "POST", "/incidents/"+a.ID("incident", "4500")+"/snooze", `{"duration":60}`, "1001")
}

func TestMerge(t *testing.T) {
	t.Parallel()
	a := open(t)
	target, source := a.ID("incident", "4711"), a.ID("incident", "4713")
	body := func(ids ...string) string {
		var refs []string
		for _, id := range ids {
			refs = append(refs, `{"id":"`+id+`","type":"incident_reference"}`)
		}
		return `{"source_incidents":[` + strings.Join(refs, ",") + `]}`
	}
	alerts := func(id string) float64 {
		return in(a.get(t, "/incidents/"+id), "incident", "alert_counts", "all").(float64)
	}
	made := words(a.sent(t, "POST", "/incidents", `{"incident":{"type":"incident","title":"x","service":{"id":"`+a.ID("service", "Search API")+`","type":"service_reference"}}}`), "incident", "id")
	for wrong, want := range map[string]string{
		body(target): "into itself", body(source, source): "twice", body("QNONE"): "1004", body(made): "cannot be merged", body(): "items",
		`{"source_incidents":[{"id":"` + source + `"}]}`: "type",
	} {
		a.refused(t, "PUT", "/incidents/"+target+"/merge", wrong, want)
	}
	a.refused(t, "PUT", "/incidents/"+a.ID("incident", "4500")+"/merge", body(source), "must be open")
	before := alerts(target) + alerts(source)
	a.sent(t, "PUT", "/incidents/"+target+"/merge", body(source))
	merged := a.get(t, "/incidents/"+source)["incident"].(object)
	if alerts(target) != before || alerts(source) != 0 || merged["status"] != "resolved" || words(merged, "resolve_reason", "incident", "id") != target {
		t.Errorf("%v alerts, want %v; source is %v", alerts(target), before, encode(merged))
	}
	a.refused(t, "PUT", "/incidents/"+target+"/merge", body(source), "1019")
}

func TestCancelResponders(t *testing.T) {
	t.Parallel()
	a := open(t)
	id, me := a.ID("incident", "4713"), a.ID("user", "Ana Souza")
	ben, hugo, policy := a.ID("user", "Ben Carter"), a.ID("user", "Hugo Lindqvist"), a.ID("policy", "Mobile On-Call")
	target := func(kind, id string) string { return `{"type":"` + kind + `_reference","id":"` + id + `"}` }
	ask := func(kind, id string) string { return `{"responder_request_target":` + target(kind, id) + `}` }
	a.sent(t, "POST", "/incidents/"+id+"/responder_requests", `{"requester_id":"`+me+`","message":"x","responder_request_targets":[`+
		strings.Join([]string{ask("user", ben), ask("user", hugo), ask("escalation_policy", policy)}, ",")+`]}`)
	if err := a.Answer(id, hugo, false); err != nil {
		t.Fatal(err)
	}
	if err := a.Answer(id, a.ID("user", "Grace Kim"), true); err == nil {
		t.Error("somebody answered who was not asked")
	}
	got := a.sent(t, "PUT", "/incidents/"+id+"/responder_requests/cancel", `{"requester_id":"`+me+`","responder_request_targets":[`+
		strings.Join([]string{target("user", ben), target("user", hugo), target("escalation_policy", policy), target("user", "PNOBODY")}, ",")+`]}`)
	var results []string
	for _, r := range list(got["responder_request_targets"]) {
		results = append(results, words(r, "result"))
	}
	if want := []string{"cancelled", "declined", "cancelled", "not_found"}; !slices.Equal(results, want) {
		t.Errorf("%v, want %v", results, want)
	}
	left := encode(in(a.get(t, "/incidents/"+id), "incident", "incidents_responders"))
	if strings.Contains(left, ben) || !strings.Contains(left, hugo) {
		t.Errorf("responders: %s", left)
	}
}

func TestSubscribers(t *testing.T) {
	t.Parallel()
	a := open(t)
	id, user, team := a.ID("incident", "4712"), a.ID("user", "Ben Carter"), a.ID("team", "Data")
	who := fmt.Sprintf(`{"subscribers":[{"subscriber_id":%q,"subscriber_type":"user"},{"subscriber_id":%q,"subscriber_type":"team"},{"subscriber_id":%q,"subscriber_type":"team"}]}`, user, team, user)
	results := func(o object) (out []string) {
		for _, s := range list(o["subscriptions"]) {
			out = append(out, words(s, "result"))
		}
		return out
	}
	path := "/incidents/" + id + "/status_updates/"
	first, second := results(a.sent(t, "POST", path+"subscribers", who)), results(a.sent(t, "POST", path+"subscribers", who))
	if !slices.Equal(first, []string{"success", "success", "unauthorized"}) || !slices.Equal(second, []string{"duplicate", "duplicate", "unauthorized"}) {
		t.Errorf("%v, then %v", first, second)
	}
	if got := list(a.get(t, path+"subscribers")["subscribers"]); len(got) != 2 {
		t.Errorf("subscribers: %v", got)
	}
	got := a.sent(t, "POST", path+"unsubscribe", who)
	again := a.sent(t, "POST", path+"unsubscribe", who)
	if encode(got) != `{"deleted_count":2,"non_existent_count":0,"unauthorized_count":1}` || encode(again) != `{"deleted_count":0,"non_existent_count":2,"unauthorized_count":1}` {
		t.Errorf("%v, then %v", got, again)
	}
	a.refused(t, "POST", path+"subscribers", `{"subscribers":[{"subscriber_id":"P1","subscriber_type":"policy"}]}`, "subscriber_type")
}

// TestIncidentTypes: incidents of a type have its fields, and all have the plain ones.
func TestIncidentTypes(t *testing.T) {
	t.Parallel()
	a := open(t)
	names := func(target, key string) (out []string) {
		for _, o := range list(a.get(t, target)[key]) {
			out = append(out, words(o, "name"))
		}
		return out
	}
	if got := names("/incidents/types", "incident_types"); !slices.Equal(got, []string{"incident_default", "security_incident"}) {
		t.Errorf("types: %v", got)
	}
	if got := names("/incidents/types?filter=disabled", "incident_types"); !slices.Equal(got, []string{"drill"}) {
		t.Errorf("disabled types: %v", got)
	}
	plain, security := names("/incidents/types/incident_default/custom_fields", "fields"), names("/incidents/types/security_incident/custom_fields", "fields")
	if len(plain) != 5 || !slices.Equal(security, append(plain, "data_exposed")) {
		t.Errorf("fields: %v and %v", plain, security)
	}
	body := `{"custom_fields":[{"name":"data_exposed","value":"no"}]}`
	var of string
	for _, i := range a.all(t, "/incidents?date_range=all"+openStatuses, "incidents") {
		if words(i, "incident_type", "name") == "security_incident" {
			of = words(i, "id")
		}
	}
	a.sent(t, "PUT", "/incidents/"+of+"/custom_fields/values", body)
	a.refused(t, "PUT", "/incidents/"+a.ID("incident", "4711")+"/custom_fields/values", body, "no field")
}
