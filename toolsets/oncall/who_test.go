package oncall_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/server"
)

// ask asks who gets paged and returns the whole answer as a text, and whether nobody
// is.
func ask(t *testing.T, r *rig.Rig, arguments rig.Args) (answer string, nobody bool) {
	t.Helper()
	got := r.Answer(t, "who_gets_paged", arguments)
	nobody, _ = got["pages_nobody"].(bool)
	return fmt.Sprint(got), nobody
}

// TestWhyNobody has every reason for which nobody is paged, and those that are none
// though they look like one.
func TestWhyNobody(t *testing.T) {
	t.Parallel()
	service := func(name, body string) func(*testing.T, *rig.Rig) {
		return func(t *testing.T, r *rig.Rig) {
			r.Elsewhere(t, http.MethodPut, "/services/"+r.ID("service", name), string(r.Fill(t, []byte(body))))
		}
	}
	byHours := func(outside, actions string) string {
		return `{"service":{"type":"service","escalation_policy":{"id":"$policy:Search On-Call$","type":"escalation_policy_reference"},
			"incident_urgency_rule":{"type":"use_support_hours","during_support_hours":{"type":"constant","urgency":"high"},"outside_support_hours":{"type":"constant","urgency":"` + outside + `"}},
			"support_hours":{"type":"fixed_time_per_day","time_zone":"Europe/Berlin","start_time":"14:00:00","end_time":"18:00:00","days_of_week":[1,2,3,4,5]},"scheduled_actions":[` + actions + `]}}`
	}
	const raise = `{"type":"urgency_change","at":{"type":"named_time","name":"support_hours_start"},"to_urgency":"high"}`
	for name, c := range map[string]struct {
		before func(*testing.T, *rig.Rig)
		ask    rig.Args
		nobody bool
		says   []string
		not    string
	}{
		"disabled":              {ask: rig.Args{"service_id": "Pricing Engine"}, nobody: true, says: []string{"service is disabled", "Without what stops it: 0 min"}},
		"in maintenance":        {ask: rig.Args{"service_id": "Search Indexer"}, nobody: true, says: []string{"In maintenance until 2026-03-02 13:30"}},
		"maintenance is over":   {ask: rig.Args{"service_id": "Search Indexer", "at": "2026-03-02T13:30:00Z"}, not: "aintenance"},
		"maintenance to come":   {ask: rig.Args{"service_id": "Data Warehouse", "at": "2026-03-03T12:00:00Z"}, says: []string{"Maintenance from 2026-03-04 08:00"}},
		"maintenance by then":   {ask: rig.Args{"service_id": "Data Warehouse", "at": "2026-03-04T09:00:00Z"}, nobody: true, says: []string{"In maintenance until 2026-03-04 12:00"}},
		"a rule suppresses all": {ask: rig.Args{"service_id": "Stock Sync", "at": "2026-03-03T23:00:00Z"}, nobody: true, says: []string{`event rule \"Quiet at night\" suppresses`, "all that come now"}},
		"by day it does not":    {ask: rig.Args{"service_id": "Stock Sync"}, not: "Quiet at night"},
		"a rule suppresses some": {
			ask: rig.Args{"service_id": "Search API", "at": "2026-03-03T23:00:00Z"}, says: []string{"Quiet at night", "where event.severity matches 'info'"},
		},
		"a level is empty": {ask: rig.Args{"service_id": "Help Desk"}, says: []string{"Level 2 (Support Weekends) has nobody on call at 2026-03-02 12:10"}},
		"a level is empty at the weekend no more": {
			ask: rig.Args{"escalation_policy_id": "Support On-Call", "at": "2026-03-07T12:00:00Z"}, says: []string{"Support Weekends", "Nadia Rahman"}, not: "passed over",
		},
		"a deleted user":        {ask: rig.Args{"escalation_policy_id": "Fulfillment On-Call"}, says: []string{"Level 3 (Igor Stanek, who was deleted)"}},
		"a deleted user's turn": {ask: rig.Args{"escalation_policy_id": "Identity On-Call"}, says: []string{"turn of Igor Stanek, who was deleted"}},
		"no rule for high urgency": {
			ask: rig.Args{"escalation_policy_id": "Identity On-Call"}, says: []string{"Zoë Laurent (level 1) has no notification rule for high urgency"},
		},
		"a rule for low urgency": {ask: rig.Args{"escalation_policy_id": "Identity On-Call", "urgency": "low"}, says: []string{"told:e-mail at once"}, not: "Zoë Laurent (level 1) has no"},
		"no contact method":      {ask: rig.Args{"escalation_policy_id": "Data On-Call"}, says: []string{"Pablo Ortega (level 2) has no contact method at all"}},
		"a number nobody calls":  {ask: rig.Args{"escalation_policy_id": "Data On-Call"}, says: []string{"Hana Novak (level 3) has rules for phone only, where PagerDuty sends nothing"}},
		"told late":              {ask: rig.Args{"escalation_policy_id": "Fulfillment On-Call"}, says: []string{"Imani Okafor (level 1) is told only after 10 minutes"}},
		"round robin":            {ask: rig.Args{"service_id": "Catalog API"}, says: []string{"one in turn of Chloe Nguyen", "round_robin:one of these, in turn"}},
		"one person for all":     {ask: rig.Args{"escalation_policy_id": "Mobile On-Call"}, says: []string{"Nobody but Valeria Rossi is ever paged"}},
		"outside support hours": {
			before: service("Search API", byHours("low", "")), ask: rig.Args{"service_id": "Search API"},
			says: []string{"of low urgency: outside the support hours, Mon,Tue,Wed,Thu,Fri 14:00 to 18:00 Europe/Berlin", "nothing escalates."}, not: "minutes:15",
		},
		"in support hours": {
			before: service("Search API", byHours("low", "")), ask: rig.Args{"service_id": "Search API", "at": "2026-03-02T13:30:00Z"},
			says: []string{"of high urgency: in the support hours", "minutes:15"},
		},
		"raised when support hours begin": {
			before: service("Search API", byHours("low", raise)), ask: rig.Args{"service_id": "Search API"},
			says: []string{"until it becomes high at 2026-03-02 13:00 UTC", "minutes:75"},
		},
		"low urgency, by order":   {ask: rig.Args{"service_id": "Search API", "urgency": "low"}, says: []string{"low was asked for", "nothing escalates"}, not: "minutes:15"},
		"an override until 18:00": {ask: rig.Args{"service_id": "Payments API"}, says: []string{"15 min Valeria Rossi (Payments Secondary, until 2026-03-02 18:00 UTC)", "3 times in all"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			if c.before != nil {
				c.before(t, r)
			}
			got, nobody := ask(t, r, c.ask)
			if nobody != c.nobody {
				t.Errorf("nobody is paged: %v, want %v", nobody, c.nobody)
			}
			for _, said := range c.says {
				if !strings.Contains(got, strings.ReplaceAll(said, `\"`, `"`)) {
					t.Errorf("it does not say %q", said)
				}
			}
			if c.not != "" && strings.Contains(got, c.not) {
				t.Errorf("it says %q", c.not)
			}
			if t.Failed() {
				t.Log(got)
			}
		})
	}
}

// TestPartsFail: what can't be read of what stops paging is a line, the rest is there.
func TestPartsFail(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/maintenance_windows":            "Maintenance windows could not be read (the key may not)",
		"/event_orchestrations/services/": "event rules could not be read (the key may not)",
		"/users/":                         "how they are told could not be read (the key may not)",
	} {
		r := rig.New(t)
		r.Inject(sandbox.Fault{Path: path, Status: http.StatusForbidden})
		if got, nobody := ask(t, r, rig.Args{"service_id": "Payments API"}); nobody || !strings.Contains(got, want) || !strings.Contains(got, "0 min Keiko Tanaka") {
			t.Errorf("without %s: %s", path, got)
		}
	}
	r := rig.New(t)
	r.Inject(sandbox.Fault{Path: "/oncalls", Status: http.StatusForbidden})
	r.Refusal(t, "who_gets_paged", rig.Args{"service_id": "Payments API"})
	r = rig.New(t)
	r.Inject(sandbox.Fault{Path: "/incidents/" + r.ID("incident", "4713") + "/log_entries", Status: http.StatusForbidden})
	if got, _ := ask(t, r, rig.Args{"incident_id": 4713}); !strings.Contains(got, "could not be read from the incident's log") || !strings.Contains(got, "Next: ") && !strings.Contains(got, "can't be told") {
		t.Errorf("without the log: %s", got)
	}
}

// TestIncidents: who was paged, why nobody was, and who is next.
func TestIncidents(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	make := func(service, more string) string {
		body := `{"incident":{"type":"incident","title":"Test","service":{"id":"` + r.ID("service", service) + `","type":"service_reference"}` + more + `}}`
		made := string(r.Elsewhere(t, http.MethodPost, "/incidents", body))
		_, id, _ := strings.Cut(made, `"id":"Q`)
		return "Q" + id[:13]
	}
	for name, c := range map[string]struct {
		id     any
		nobody bool
		says   []string
	}{
		"acknowledged":                 {4711, true, []string{"Acknowledged by Ana Souza and Keiko Tanaka until", "was_paged:", "push 11:18", "Asked to help by"}},
		"escalating":                   {4713, false, []string{"was_paged:", "Escalated to Lucas Moreau due to timeout", "Next: 24 min Keiko Tanaka"}},
		"low urgency":                  {4715, true, []string{"Of low urgency: nothing escalates"}},
		"resolved":                     {4686, true, []string{"It is resolved since"}},
		"in maintenance when it began": {make("Search Indexer", ""), true, []string{"why_nobody_was:", "In maintenance until", "never assigned"}},
		"disabled when it began":       {make("Pricing Engine", ""), true, []string{"why_nobody_was:", "The service is disabled"}},
		"given to one without rules": {
			make("Search API", `,"assignments":[{"assignee":{"id":"`+r.ID("user", "Zoë Laurent")+`","type":"user_reference"}}]`), true,
			[]string{"why_nobody_was:", "Zoë Laurent, who had it, has no notification rule for high urgency", "no escalation to come: it was assigned by hand"},
		},
	} {
		if got, nobody := ask(t, r, rig.Args{"incident_id": c.id}); nobody != c.nobody {
			t.Errorf("%s: nobody is next: %v\n%s", name, nobody, got)
		} else {
			for _, said := range c.says {
				if !strings.Contains(got, said) {
					t.Errorf("%s: it does not say %q: %s", name, said, got)
				}
			}
		}
	}
}

// TestWrongQuestions are refused before anything is sent.
func TestWrongQuestions(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for want, arguments := range map[string]rig.Args{
		"exactly one of":      {"service_id": "PABC123", "escalation_policy_id": "PABC124"},
		"give exactly one":    {"at": "2026-03-05T00:00:00Z"},
		"its own time":        {"incident_id": 4711, "urgency": "low"},
		"90 days ahead":       {"service_id": "PABC123", "at": "2026-08-01T00:00:00Z"},
		"is over, and a time": {"service_id": "PABC123", "at": "2h ago"},
	} {
		if said := r.Refusal(t, "who_gets_paged", arguments); !strings.Contains(said, want) {
			t.Errorf("%v: %s", arguments, said)
		}
	}
	if len(r.Requests()) > 0 {
		t.Errorf("sent %v", r.Sent())
	}
}

// TestContactsAreShown only if whoever started the server said so.
func TestContactsAreShown(t *testing.T) {
	t.Parallel()
	arguments := rig.Args{"since": "24h", "limit": 1000}
	masked := fmt.Sprint(rig.New(t).Answer(t, "list_notifications", arguments))
	whole := fmt.Sprint(rig.New(t, rig.WithServer(func(o *server.Options) { o.ShowContacts = true })).Answer(t, "list_notifications", arguments))
	if !strings.Contains(masked, "…@northwind.example") || strings.Contains(masked, "olga.petrova@") || !strings.Contains(whole, "olga.petrova@northwind.example") {
		t.Errorf("masked: %s\nwhole: %s", masked, whole)
	}
	if !strings.Contains(masked, "+81 … 02") || strings.Contains(whole, "…") {
		t.Errorf("masked: %s\nwhole: %s", masked, whole)
	}
}
