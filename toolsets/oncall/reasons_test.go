package oncall_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// answers has the account answer a GET below a path so.
func answers(r *rig.Rig, path, body string) {
	r.Inject(sandbox.Fault{Method: http.MethodGet, Path: path, Status: http.StatusOK, Body: body})
}

// altered has the account answer a GET with an object that is changed a little.
func altered(t *testing.T, r *rig.Rig, path, kind string, members map[string]any) {
	t.Helper()
	var body map[string]map[string]any
	if err := json.Unmarshal(r.Elsewhere(t, http.MethodGet, path, ""), &body); err != nil {
		t.Fatal(err)
	}
	for name, value := range members {
		body[kind][name] = value
	}
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	answers(r, path, string(data))
}

// rules has a service have these event rules: sets of rules, and the catch-all.
func rules(r *rig.Rig, service, sets, catchAll string) {
	answers(r, "/event_orchestrations/services/"+r.ID("service", service), `{"orchestration_path":{"type":"service","sets":[`+sets+`],"catch_all":{"actions":{`+catchAll+`}}}}`)
}

// TestWhyNobodyByRules has every way in which event rules keep people from being paged.
func TestWhyNobodyByRules(t *testing.T) {
	t.Parallel()
	rule := func(condition, actions string) string {
		if condition != "" {
			condition = `{"expression":"` + condition + `"}`
		}
		return `{"id":"1","label":"R","conditions":[` + condition + `],"actions":{` + actions + `}}`
	}
	start := func(rules ...string) string { return `{"id":"start","rules":[` + strings.Join(rules, ",") + `]}` }
	for name, c := range map[string]struct {
		sets, catchAll string
		nobody         bool
		says, not      string
	}{
		"drops all":                    {start(rule("", `"drop_event":true`)), "", true, `The event rule "R" drops events: all that come now.`, ""},
		"suppresses all":               {start(rule("", `"suppress":true`)), "", true, `suppresses events, which then page nobody: all that come now.`, ""},
		"suppresses what fits":         {start(rule("event.class matches 'x'", `"suppress":true`)), "", false, "where event.class matches 'x'.", ""},
		"is disabled":                  {`{"id":"start","rules":[{"id":"1","label":"R","disabled":true,"conditions":[],"actions":{"suppress":true}}]}`, "", false, "", `rule "R"`},
		"holds back":                   {start(rule("", `"suspend":300`)), "", false, "holds events back for 5m0s", ""},
		"gives to another policy":      {start(rule("", `"escalation_policy":"PX"`)), "", false, "gives events to another escalation policy, PX", ""},
		"can't be read, so may fit":    {start(rule("event.class is odd", `"suppress":true`)), "", false, "where event.class is odd.", ""},
		"comes after one that decides": {start(rule("", ``), rule("", `"suppress":true`)), "", false, "", "suppresses"},
		"leads to one that suppresses": {start(rule("", `"route_to":"two"`)) + `,{"id":"two","rules":[` + rule("", `"suppress":true`) + `]}`, "", true, "suppresses events", ""},
		"leads in a circle":            {start(rule("", `"route_to":"start"`)), "", false, "", "suppresses"},
		"drops what fits none":         {start(), `"drop_event":true`, true, "For what no event rule fits: the service's catch-all drops events.", ""},
		"drops what is left":           {start(rule("event.class matches 'x'", ``)), `"suppress":true`, false, "catch-all suppresses events", ""},
	} {
		r := rig.New(t)
		rules(r, "Payments API", c.sets, c.catchAll)
		got, nobody := ask(t, r, rig.Args{"service_id": "Payments API"})
		if nobody != c.nobody || !strings.Contains(got, c.says) || c.not != "" && strings.Contains(got, c.not) {
			t.Errorf("a rule %s: pages nobody %v, want %v, and %q, not %q: %s", name, nobody, c.nobody, c.says, c.not, got)
		}
	}
}

// TestWhyNobodyAtAll has what else keeps everybody from being paged, and what only
// changes how.
func TestWhyNobodyAtAll(t *testing.T) {
	t.Parallel()
	payments := func(t *testing.T, r *rig.Rig, members map[string]any) {
		t.Helper()
		altered(t, r, "/services/"+r.ID("service", "Payments API"), "service", members)
	}
	hours := func(zone string) map[string]any {
		constant := map[string]any{"type": "constant", "urgency": "high"}
		return map[string]any{
			"incident_urgency_rule": map[string]any{"type": "use_support_hours", "during_support_hours": constant, "outside_support_hours": constant},
			"support_hours":         map[string]any{"type": "fixed_time_per_day", "time_zone": zone, "start_time": "09:00:00", "end_time": "17:00:00", "days_of_week": []int{1, 2}},
		}
	}
	for name, c := range map[string]struct {
		set    func(*testing.T, *rig.Rig)
		nobody bool
		says   string
	}{
		"nobody is on call at any level": {func(_ *testing.T, r *rig.Rig) { answers(r, "/oncalls", `{"oncalls":[],"more":false}`) }, true, "The escalation policy has nobody on call at any level."},
		"nobody on call can be reached": {
			func(_ *testing.T, r *rig.Rig) {
				answers(r, "/users/", `{"notification_rules":[],"contact_methods":[{"id":"P1","type":"phone_contact_method"}]}`)
			}, true, "None of those on call is told anything.",
		},
		"transient alerts wait": {
			func(t *testing.T, r *rig.Rig) {
				payments(t, r, map[string]any{"auto_pause_notifications_parameters": map[string]any{"enabled": true, "timeout": 300}})
			}, false, "Alerts that tend to resolve by themselves page nobody for their first 5m0s.",
		},
		"urgency by severity": {
			func(t *testing.T, r *rig.Rig) {
				payments(t, r, map[string]any{"incident_urgency_rule": map[string]any{"type": "constant", "urgency": "severity_based"}})
			}, false, "by severity: critical and error are high, warning and info low; taken as high",
		},
		"support hours of nowhere": {func(t *testing.T, r *rig.Rig) { payments(t, r, hours("Mars/Base")) }, false, "a time zone that is not known here, Mars/Base; taken as high"},
		"support hours":            {func(t *testing.T, r *rig.Rig) { payments(t, r, hours("Europe/Berlin")) }, false, "of high urgency: in the support hours, Mon,Tue 09:00 to 17:00 Europe/Berlin"},
	} {
		r := rig.New(t)
		c.set(t, r)
		if got, nobody := ask(t, r, rig.Args{"service_id": r.ID("service", "Payments API")}); nobody != c.nobody || !strings.Contains(got, c.says) {
			t.Errorf("%s: pages nobody %v, want %v, and %q: %s", name, nobody, c.nobody, c.says, got)
		}
	}
}

// TestWhyNobodyWas has every reason for which nobody was paged for an incident, or is
// next, that the simulated account does not have by itself.
func TestWhyNobodyWas(t *testing.T) {
	t.Parallel()
	log := func(r *rig.Rig, entries ...string) {
		for n, e := range entries {
			kind, more, _ := strings.Cut(e, " ")
			entries[n] = fmt.Sprintf(`{"id":"R%d","type":"%s_log_entry","summary":"Done by %[2]s.","created_at":"2026-03-02T11:%02d:00Z"%s}`, n, kind, 30-n, more)
		}
		answers(r, "/incidents/"+r.ID("incident", "4713")+"/log_entries", `{"log_entries":[`+strings.Join(entries, ",")+`],"more":false}`)
	}
	to := func(r *rig.Rig, name string) string {
		return `assign ,"assignees":[{"id":"` + r.ID("user", name) + `","type":"user_reference","summary":"` + name + `"}]`
	}
	for name, c := range map[string]struct {
		set  func(*testing.T, *rig.Rig)
		says []string
	}{
		"acknowledged before anybody was told": {
			func(_ *testing.T, r *rig.Rig) { log(r, "acknowledge", to(r, "Lucas Moreau"), "trigger") }, []string{"why_nobody_was:[Done by acknowledge at 2026-03-02 11:30"},
		},
		"snoozed before": {func(_ *testing.T, r *rig.Rig) { log(r, "snooze", to(r, "Lucas Moreau"), "trigger") }, []string{"why_nobody_was:[Done by snooze at"}},
		"the log does not tell": {
			func(_ *testing.T, r *rig.Rig) { log(r, to(r, "Lucas Moreau"), "trigger") }, []string{"PagerDuty's log does not tell: it was assigned, and nobody was notified."},
		},
		"the policy had nobody": {
			func(_ *testing.T, r *rig.Rig) {
				log(r, "trigger")
				answers(r, "/oncalls", `{"oncalls":[],"more":false}`)
			}, []string{"The escalation policy had nobody on call at any level at 2026-03-02 11:24"},
		},
		"it was never assigned": {func(_ *testing.T, r *rig.Rig) { log(r, "trigger") }, []string{"It was never assigned to anybody."}},
		"a rule suppressed it": {
			func(_ *testing.T, r *rig.Rig) {
				log(r, "trigger")
				rules(r, "Fraud Scoring", `{"id":"start","rules":[{"id":"1","label":"Quiet","conditions":[],"actions":{"suppress":true}}]}`, "")
			}, []string{`why_nobody_was:[The event rule "Quiet" suppresses events`},
		},
		"where it stands can't be told": {
			func(_ *testing.T, r *rig.Rig) { log(r, to(r, "Grace Kim"), "trigger") }, []string{"to which level can't be told from its log", "pages_nobody:true"},
		},
		"assigned to nobody": {
			func(t *testing.T, r *rig.Rig) {
				altered(t, r, "/incidents/"+r.ID("incident", "4713"), "incident", map[string]any{"assignments": []any{}, "pending_actions": []any{}})
				log(r, "trigger")
			}, []string{"Assigned to nobody: nothing escalates.", "Nobody is next."},
		},
	} {
		r := rig.New(t)
		c.set(t, r)
		got, _ := ask(t, r, rig.Args{"incident_id": r.ID("incident", "4713")})
		for _, said := range c.says {
			if !strings.Contains(got, said) {
				t.Errorf("%s: it does not say %q: %s", name, said, got)
			}
		}
	}
}
