package sandbox_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// moving is an account whose clock a test moves.
func moving(t *testing.T, o sandbox.Options) (*account, *time.Time) {
	t.Helper()
	now := noon
	o.Now = func() time.Time { return now }
	s := sandbox.New(o)
	t.Cleanup(s.Close)
	return &account{s, sandbox.UserKey}, &now
}

// TestTimePasses follows an incident that nobody takes, then one that somebody took
// and forgot.
func TestTimePasses(t *testing.T) {
	t.Parallel()
	a, now := moving(t, sandbox.Options{})
	create := func(urgency string) string {
		return words(a.sent(t, "POST", "/incidents", encode(object{"incident": object{
			"type": "incident", "title": "Search is slow", "urgency": urgency, "service": object{"id": a.ID("service", "Search API"), "type": "service_reference"},
		}})), "incident", "id")
	}
	shown := func(id string) object { return a.get(t, "/incidents/"+id)["incident"].(object) }
	assignee := func(id string) string {
		if held := list(shown(id)["assignments"]); len(held) > 0 {
			return words(held[0], "assignee", "summary")
		}
		return ""
	}
	level := func(n int) string {
		stamp := now.Format(time.RFC3339)
		for _, o := range a.all(t, "/oncalls?escalation_policy_ids[]="+a.ID("policy", "Search On-Call")+"&since="+stamp+"&until="+stamp, "oncalls") {
			if o["escalation_level"] == float64(n) {
				return words(o, "user", "summary")
			}
		}
		return ""
	}
	high, low := create("high"), create("low")
	for minutes, want := range []int{0: 1, 14: 1, 15: 2, 29: 2, 30: 3, 59: 3, 60: 1, 75: 2, 90: 3, 179: 3, 200: 3} {
		if want == 0 {
			continue
		}
		*now = noon.Add(time.Duration(minutes) * time.Minute)
		if got := assignee(high); got != level(want) {
			t.Errorf("after %d minutes %s has it, not %s of level %d", minutes, got, level(want), want)
		}
		if got := assignee(low); got != level(1) {
			t.Errorf("after %d minutes %s has the one of low urgency", minutes, got)
		}
	}
	*now = noon.Add(239 * time.Minute)
	a.sent(t, "PUT", "/incidents", encode(object{"incidents": []object{{"id": high, "type": "incident", "status": "acknowledged"}}}))
	*now = noon.Add(240 * time.Minute)
	if got := shown(low); got["status"] != "resolved" || words(got, "last_status_change_by", "type") != "service_reference" {
		t.Errorf("after four hours: %v", got)
	}
	if got := shown(high); got["status"] != "acknowledged" {
		t.Errorf("acknowledged a minute ago: %v", got)
	}
	*now = noon.Add(269 * time.Minute)
	if got := shown(high); got["status"] != "triggered" || len(list(got["acknowledgements"])) > 0 {
		t.Errorf("acknowledged half an hour ago: %v", got)
	}
	*now = noon.Add(12 * time.Hour)
	for _, i := range a.all(t, "/incidents?date_range=all"+openStatuses, "incidents") {
		if words(i, "service", "summary") != "Warehouse Sync" {
			t.Errorf("after half a day %v is open", i["title"])
		}
	}
}

// TestSupportHoursDecide: urgency follows the hours, and a scheduled action raises
// what came at night.
func TestSupportHoursDecide(t *testing.T) {
	t.Parallel()
	a, now := moving(t, sandbox.Options{})
	target := "/services/" + a.ID("service", "Search API")
	a.sent(t, "PUT", target, service(a, byHours+supportHours+raise)) // Monday and Tuesday, 9 to 17 in Berlin
	create := func(title string) object {
		return a.sent(t, "POST", "/incidents", encode(object{"incident": object{
			"type": "incident", "title": title, "service": object{"id": a.ID("service", "Search API"), "type": "service_reference"},
		}}))["incident"].(object)
	}
	if got := create("by day"); got["urgency"] != "high" {
		t.Errorf("%v", got)
	}
	*now = noon.Add(17 * time.Hour) // Tuesday at 6 in Berlin
	night := create("by night")
	if night["urgency"] != "low" || !strings.Contains(encode(night["pending_actions"]), `{"at":"2026-03-03T08:00:00Z","to":"high","type":"urgency_change"}`) {
		t.Errorf("%v", night)
	}
	*now = noon.Add(20 * time.Hour)
	if got := a.get(t, "/incidents/"+words(night, "id"))["incident"].(object); got["urgency"] != "high" {
		t.Errorf("%v", got)
	}
}

func TestOnCallRange(t *testing.T) {
	t.Parallel()
	a := open(t)
	for q, want := range map[string]bool{
		"":                                 true,
		span(noon, noon):                   true,
		span(noon, noon.AddDate(0, 0, 90)): true,
		span(noon.AddDate(0, -1, 0), noon.AddDate(0, 2, 0)):  true,
		span(noon.AddDate(0, -3, -5), noon):                  false,
		span(noon, noon.AddDate(0, 0, 92)):                   false,
		span(noon, noon.Add(-time.Hour)):                     false,
		"since=" + noon.Add(-time.Hour).Format(time.RFC3339): true,
		"since=" + noon.Add(time.Hour).Format(time.RFC3339):  false, // until is now
	} {
		if status, got := a.ask(t, "GET", "/oncalls?"+q, ""); (status == 200) != want {
			t.Errorf("%q: %d %v", q, status, got)
		}
	}
	if got := a.all(t, "/oncalls?schedule_ids[]="+a.ID("schedule", "Release Captain"), "oncalls"); len(got) > 0 {
		t.Errorf("no policy uses the schedule: %v", got)
	}
	for _, o := range a.all(t, "/oncalls?schedule_ids[]=null", "oncalls") {
		if o["schedule"] != nil || o["start"] != nil {
			t.Errorf("%v", o)
		}
	}
	// A handoff is the next one's moment.
	handoff := time.Date(2026, time.March, 9, 9, 0, 0, 0, time.UTC)
	got := a.all(t, "/oncalls?schedule_ids[]="+a.ID("schedule", "Payments Primary")+"&"+span(handoff, handoff), "oncalls")
	if len(got) != 1 || !at(t, got[0]["start"]).Equal(handoff) {
		t.Errorf("%v", got)
	}
	whole := a.get(t, "/oncalls?include[]=users&include[]=schedules&include[]=escalation_policies&schedule_ids[]="+a.ID("schedule", "Payments Primary"))
	if o := list(whole["oncalls"])[0]; words(o, "user", "type") != "user" || words(o, "schedule", "type") != "schedule" || words(o, "escalation_policy", "type") != "escalation_policy" {
		t.Errorf("%v", o)
	}
}

// TestPolicies: how levels assign shows only where it is asked for, and a user who
// was deleted is in a policy and a schedule, but nowhere else.
func TestPolicies(t *testing.T) {
	t.Parallel()
	a := open(t)
	target := "/escalation_policies/" + a.ID("policy", "Catalog On-Call")
	rule := func(query string) object {
		return list(a.get(t, target+query)["escalation_policy"].(object)["escalation_rules"])[0]
	}
	if plain := rule(""); plain["escalation_rule_assignment_strategy"] != nil {
		t.Errorf("unasked: %v", plain)
	}
	if asked := rule("?include[]=escalation_rule_assignment_strategies"); words(asked, "escalation_rule_assignment_strategy", "type") != "round_robin" || len(list(asked["targets"])) != 3 {
		t.Errorf("asked: %v", asked)
	}
	if whole := rule("?include[]=targets"); words(list(whole["targets"])[1], "type") != "user" {
		t.Errorf("%v", whole)
	}
	turns := map[string]bool{}
	for n := range 6 {
		got := a.sent(t, "POST", "/incidents", encode(object{"incident": object{
			"type": "incident", "title": fmt.Sprint("Prices ", n), "service": object{"id": a.ID("service", "Catalog API"), "type": "service_reference"},
		}}))
		held := list(in(got, "incident", "assignments"))
		if len(held) != 1 {
			t.Fatalf("%v", held)
		}
		turns[words(held[0], "assignee", "id")] = true
	}
	if len(turns) < 2 {
		t.Errorf("always the same: %v", turns)
	}
	for _, text := range []string{
		encode(a.get(t, "/escalation_policies/"+a.ID("policy", "Fulfillment On-Call"))),
		encode(a.get(t, "/schedules/"+a.ID("schedule", "Identity Secondary"))),
	} {
		if !strings.Contains(text, `"deleted_at":"2026-02-10T12:00:00Z"`) || !strings.Contains(text, "Igor Stanek") {
			t.Errorf("%s", text)
		}
	}
	if a.ID("user", "Igor Stanek") != "" || strings.Contains(encode(a.get(t, "/schedules/"+a.ID("schedule", "Identity Secondary")+"/users")), "Igor") {
		t.Error("a deleted user is listed")
	}
}

func TestOddUsersAndServices(t *testing.T) {
	t.Parallel()
	a := open(t)
	sso := 0
	for _, u := range a.all(t, "/users", "users") {
		zone, shown := u["time_zone"]
		switch {
		case u["name"] == "Jonas Weber" && (zone != nil || !shown), u["name"] == "Ximena Castro" && zone != "Pacific Time (US & Canada)":
			t.Errorf("%v", u)
		case u["created_via_sso"] == true:
			sso++
		case u["created_via_sso"] != false:
			t.Errorf("%v", u)
		}
	}
	if sso == 0 {
		t.Error("nobody came by single sign-on")
	}
	for name, want := range map[string]string{"Pricing Engine": "disabled", "Search Indexer": "maintenance", "Fraud Scoring": "critical", "Payments API": "warning"} {
		if got := words(a.get(t, "/services/"+a.ID("service", name)), "service", "status"); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	for _, name := range []string{"Pricing Engine", "Search Indexer"} {
		got := a.sent(t, "POST", "/incidents", encode(object{"incident": object{
			"type": "incident", "title": "Nobody is told", "service": object{"id": a.ID("service", name), "type": "service_reference"},
		}}))["incident"].(object)
		if len(list(got["assignments"])) > 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
	quiet := a.get(t, "/services/"+a.ID("service", "Warehouse Sync"))["service"].(object)
	for _, timeout := range []string{"auto_resolve_timeout", "acknowledgement_timeout"} {
		if value, shown := quiet[timeout]; value != nil || !shown {
			t.Errorf("%s is %v", timeout, value)
		}
	}
}

func TestCustomFields(t *testing.T) {
	t.Parallel()
	a := open(t)
	target := "/incidents/" + a.ID("incident", "4711")
	if got := a.get(t, target)["incident"].(object); got["custom_fields"] != nil {
		t.Errorf("unasked: %v", got["custom_fields"])
	}
	value := func(name string) any {
		for _, f := range list(a.get(t, target+"?include[]=custom_fields")["incident"].(object)["custom_fields"]) {
			if f["name"] == name {
				return f["value"]
			}
		}
		return "no such field"
	}
	if value("environment") != "production" || value("orders_lost") != 1840.0 || value("customer_visible") != true {
		t.Errorf("%v, %v, %v", value("environment"), value("orders_lost"), value("customer_visible"))
	}
	for values, refused := range map[string]string{
		`{"name":"environment","value":"moon"}`:                  "is not one of the field's options",
		`{"name":"affected_regions","value":"us-east"}`:          "must be a list",
		`{"name":"orders_lost","value":"many"}`:                  "must be of type integer",
		`{"name":"orders_lost","value":[1]}`:                     "must not be a list",
		`{"name":"moon_phase","value":1}`:                        "no field moon_phase",
		`{"name":"ticket","value":"x"},{"name":"x","value":"x"}`: "no field x",
	} {
		a.refused(t, "PUT", target+"/custom_fields/values", `{"custom_fields":[`+values+`]}`, refused)
	}
	a.sent(t, "PUT", target+"/custom_fields/values", `{"custom_fields":[{"name":"affected_regions","value":["us-east","ap-south"]},{"name":"orders_lost","value":null}]}`)
	if encode(value("affected_regions")) != `["us-east","ap-south"]` || value("orders_lost") != nil || value("ticket") == "x" {
		t.Errorf("%v, %v, %v", value("affected_regions"), value("orders_lost"), value("ticket"))
	}
	if got := encode(a.get(t, "/incidents/custom_fields?include[]=field_options")); !strings.Contains(got, "eu-central") {
		t.Errorf("%s", got)
	}
}

// TestAccountZone: services and on-calls have times in the account's zone, incidents
// in UTC, and all in the zone that is asked for.
func TestAccountZone(t *testing.T) {
	t.Parallel()
	a, _ := moving(t, sandbox.Options{AccountZone: "Asia/Tokyo"})
	for _, c := range []struct{ target, key, field, plain, other string }{
		{"/services", "services", "created_at", "+09:00", "-03:00"},
		{"/oncalls", "oncalls", "start", "+09:00", "-03:00"},
		{"/incidents", "incidents", "created_at", "Z", "-03:00"},
	} {
		for q, want := range map[string]string{"?limit=5": c.plain, "?limit=5&time_zone=America/Sao_Paulo": c.other} {
			if got := words(list(a.get(t, c.target+q)[c.key])[0], c.field); !strings.HasSuffix(got, want) {
				t.Errorf("%s%s: %s, want %s", c.target, q, got, want)
			}
		}
	}
	a.refused(t, "GET", "/incidents?time_zone=Mars/Base", "", "not a time zone")
}

// raw asks and returns what is answered, as text.
func (a *account) raw(method, target string) (int, string) {
	r := httptest.NewRequest(method, target, http.NoBody)
	r.Header.Set("Accept", "application/vnd.pagerduty+json;version=2")
	r.Header.Set("Authorization", "Bearer "+a.key)
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestScopedKey(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.key = sandbox.ScopedKey
	for target, scope := range map[string]string{
		"/incidents": "", "/incidents/4711": "", "/users/me": "", "/v3/schedules": "", "/services": "services.read", "/users": "users.read",
		"/schedules/PX/users": "users.read", "/alert_grouping_settings": "services.read", "/incidents/custom_fields": "custom_fields.read",
	} {
		status, got := a.raw("GET", target)
		if scope == "" && status != 200 {
			t.Errorf("%s: %d %s", target, status, got)
		} else if want := `{"error":{"message":"Token missing required scopes","required_scopes":"` + scope + `"}}`; scope != "" && (status != 403 || got != want) {
			t.Errorf("%s: %d %s, want %s", target, status, got, want)
		}
	}
	if status, got := a.raw("POST", "/incidents"); status != 403 || !strings.Contains(got, "incidents.write") {
		t.Errorf("%d %s", status, got)
	}
}

// TestPlan: what the plan lacks is refused in every form that PagerDuty's users met.
func TestPlan(t *testing.T) {
	t.Parallel()
	a, _ := moving(t, sandbox.Options{Without: []string{"teams", "urgencies", "priorities", "event_intelligence", "event_orchestrations"}})
	for target, want := range map[string]string{
		"/teams":                           `402 {"error":{"code":2014,"errors":["Missing ability: teams"],"message":"Account does not have the abilities to perform the action"}}`,
		"/services?team_ids[]=PX":          "402",
		"/incidents?urgencies[]=high":      "402",
		"/incidents?sort_by=urgency":       "402",
		"/priorities":                      `402 {"error":"Priorities are not part of this plan"}`,
		"/event_orchestrations":            `402 {"code":2014,"message":"Payment Required"}`,
		"/incidents/PX/past_incidents":     "402",
		"/incidents/PX/related_incidents":  "403",
		"/incidents/PX/outlier_incident":   "404 ",
		"/abilities/teams":                 "402",
		"/abilities/shift_based_schedules": "204 ",
		"/abilities/moonshine":             "404",
		"/abilities":                       `200 {"abilities":["coordinated_responding","incident_types","read_only_users"`,
		"/incidents":                       "200",
	} {
		status, got := a.raw("GET", target)
		if got = fmt.Sprint(status, " ", got); !strings.HasPrefix(got, want) || strings.HasSuffix(want, " ") && got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
}

// TestErrorForms meets each form of errors in a handler.
func TestErrorForms(t *testing.T) {
	t.Parallel()
	a := open(t)
	note := "/incidents/" + a.ID("incident", "4711")
	for _, c := range []struct{ method, target, body, want string }{
		{"PUT", "/teams/" + a.ID("team", "Payments") + "/users/" + a.ID("user", "Quentin Dubois"), `{}`, `{"error":{"code":2001,"errors":"User Quentin`},
		{"POST", note + "/responder_requests", `{"requester_id":"` + a.ID("user", "Ana Souza") + `","message":"x","responder_request_targets":[{"responder_request_target":{"id":"PNONE","type":"user_reference"}}]}`,
			`{"error":["responder request target PNONE not found"]}`},
		{"PUT", "/alert_grouping_settings/" + a.ID("grouping", "Grouping of Checkout API"), `{"alert_grouping_setting":{"type":"time"}}`,
			`{"error":{"code":2001,"errors":{"alert_grouping_setting.config":["does not fit type time"]}`},
		{"PUT", "/event_orchestrations/" + a.ID("orchestration", "Shop Events") + "/router",
			`{"orchestration_path":{"sets":[{"id":"start","rules":[{"label":"x","actions":{}}]}]}}`, `{"code":2001,"errors":["rules[0]`},
	} {
		status, got := a.ask(t, c.method, c.target, c.body)
		if text := encode(got); status != 400 || !strings.HasPrefix(text, c.want) {
			t.Errorf("%s %s: %d %s, want %s", c.method, c.target, status, text, c.want)
		}
	}
	a.key = sandbox.AccountKey
	if status, got := a.ask(t, "GET", "/users/me", ""); status != 400 || words(got, "error") == "" {
		t.Errorf("%d %v", status, got)
	}
}
