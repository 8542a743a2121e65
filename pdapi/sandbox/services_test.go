package sandbox_test

import (
	"strings"
	"testing"
)

func service(a *account, members string) string {
	return `{"service":{"type":"service","escalation_policy":{"id":"` + a.ID("policy", "Data On-Call") + `","type":"escalation_policy_reference"}` + members + `}}`
}

const (
	supportHours = `,"support_hours":{"type":"fixed_time_per_day","time_zone":"Europe/Berlin","start_time":"09:00:00","end_time":"17:00:00","days_of_week":[1,2]}`
	byHours      = `,"incident_urgency_rule":{"type":"use_support_hours","during_support_hours":{"type":"constant","urgency":"high"},` +
		`"outside_support_hours":{"type":"constant","urgency":"low"}}`
	constantly = `,"incident_urgency_rule":{"type":"constant","urgency":"low"}`
	raise      = `,"scheduled_actions":[{"type":"urgency_change","at":{"type":"named_time","name":"support_hours_start"},"to_urgency":"high"}]`
	noActions  = `,"scheduled_actions":[]`
)

func TestSupportHours(t *testing.T) {
	t.Parallel()
	a := open(t)
	plain, hourly := "/services/"+a.ID("service", "Search API"), "/services/"+a.ID("service", "Cart Service")
	for _, c := range []struct{ target, members, refused string }{
		{plain, byHours, "Support hours can't be blank"},
		{plain, byHours + noActions, "Support hours can't be blank"},
		{plain, byHours + supportHours, "Scheduled actions can't be blank"},
		{plain, supportHours + noActions, "Support hours can only be set when"},
		{plain, raise, "Scheduled actions can only be set when"},
		{hourly, byHours + noActions, "Support hours can't be blank"},
		{hourly, supportHours, "Scheduled actions can't be blank"},
		{hourly, `,"support_hours":null`, "Support hours can't be blank"},
		{hourly, constantly, "Support hours can only be set when"},
		{hourly, constantly + `,"support_hours":null` + raise, "Scheduled actions can only be set when"},
		{hourly, byHours + supportHours + `,"scheduled_actions":[{"type":"urgency_change","to_urgency":"high"}]`, "at is required"},
	} {
		before := encode(a.get(t, c.target))
		a.refused(t, "PUT", c.target, service(a, c.members+`,"description":"changed"`), c.refused)
		if after := encode(a.get(t, c.target)); after != before {
			t.Errorf("%s was refused and changed the service: %s", c.members, after)
		}
	}
	got := a.sent(t, "PUT", plain, service(a, byHours+supportHours+raise))
	if words(got, "service", "support_hours", "time_zone") != "Europe/Berlin" || len(list(in(got, "service", "scheduled_actions"))) != 1 {
		t.Errorf("%v", got)
	}
	got = a.sent(t, "PUT", hourly, service(a, constantly+`,"support_hours":null`+noActions))
	if hours, shown := got["service"].(object)["support_hours"]; hours != nil || !shown || words(got, "service", "incident_urgency_rule", "urgency") != "low" {
		t.Errorf("%v", got)
	}
	a.refused(t, "POST", "/services", service(a, `,"name":"Gift Cards"`+byHours+supportHours), "Scheduled actions can't be blank")
	a.sent(t, "POST", "/services", service(a, `,"name":"Gift Cards"`+byHours+supportHours+noActions))
	a.sent(t, "PUT", plain, service(a, `,"auto_resolve_timeout":null,"acknowledgement_timeout":null`))
	if got := a.get(t, plain)["service"].(object); got["auto_resolve_timeout"] != nil || got["acknowledgement_timeout"] != nil {
		t.Errorf("timeouts %v, %v", got["auto_resolve_timeout"], got["acknowledgement_timeout"])
	}
}

func TestServiceNames(t *testing.T) {
	t.Parallel()
	a := open(t)
	for _, name := range []string{"A & B", "a/b", "a<b", "a>b", `a\\b`} {
		a.refused(t, "POST", "/services", service(a, `,"name":"`+name+`"`), "can't contain any of the characters")
	}
	a.refused(t, "POST", "/services", service(a, `,"name":"   "`), "can't be blank")
	for _, name := range []string{"Search API", "search api", "Search API  "} {
		a.refused(t, "POST", "/services", service(a, `,"name":"`+name+`"`), "has already been taken")
		a.refused(t, "PUT", "/services/"+a.ID("service", "Cart Service"), service(a, `,"name":"`+name+`"`), "has already been taken")
	}
	if got := words(a.sent(t, "POST", "/services", service(a, `,"name":"Gift Cards  "`)), "service", "name"); got != "Gift Cards" {
		t.Errorf("%q", got)
	}
	// A name may stay as it is.
	a.sent(t, "PUT", "/services/"+a.ID("service", "Cart Service"), service(a, `,"name":"Cart Service"`))
}

// TestNamesAreUnique holds for what PagerDuty wants unique names of.
func TestNamesAreUnique(t *testing.T) {
	t.Parallel()
	a := open(t)
	for key, target := range map[string]string{"services": "/services", "teams": "/teams", "escalation_policies": "/escalation_policies", "schedules": "/schedules"} {
		seen := map[string]bool{}
		for _, o := range a.all(t, target, key) {
			name := strings.ToLower(words(o, "name"))
			if seen[name] || name == "" || strings.ContainsAny(name, `&/<>\`) && key == "services" {
				t.Errorf("%s: %q", key, name)
			}
			seen[name] = true
		}
	}
}
