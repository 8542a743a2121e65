package sandbox_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestRefusals meets the codes that PagerDuty refuses changes of incidents with. What is
// refused changes nothing, also of what else was in the request.
func TestRefusals(t *testing.T) {
	t.Parallel()
	a := open(t)
	opened, over := a.ID("incident", "4713"), a.ID("incident", "4500")
	change := func(members string, ids ...string) string {
		var items []string
		for _, id := range ids {
			items = append(items, `{"id":"`+id+`","type":"incident_reference",`+members+`}`)
		}
		return `{"incidents":[` + strings.Join(items, ",") + `]}`
	}
	create := func(members string) string {
		return `{"incident":{"type":"incident","title":"x","service":{"id":"` + a.ID("service", "Search API") + `","type":"service_reference"}` + members + `}}`
	}
	ref := func(kind, id string) string { return `{"id":"` + id + `","type":"` + kind + `_reference"}` }
	a.sent(t, "POST", "/incidents", create(`,"incident_key":"one"`))
	before := encode(a.get(t, "/incidents?date_range=all&total=true")["total"]) + encode(a.get(t, "/incidents/"+opened))
	for _, c := range []struct{ method, body, code string }{
		{"PUT", change(`"status":"resolved"`, opened, over), "1001"},
		{"PUT", change(`"status":"acknowledged"`, opened, "QNONE"), "1004"},
		{"PUT", change(`"escalation_level":20`, opened), "1006"},
		{"PUT", change(`"assignments":[{"assignee":`+ref("user", "PNONE")+`}]`, opened), "1007"},
		{"PUT", change(`"escalation_level":1`, over), "1011"},
		{"PUT", change(`"escalation_policy":`+ref("escalation_policy", "PNONE"), opened), "1014"},
		{"PUT", change(`"priority":`+ref("priority", "PNONE"), opened), "1020"},
		{"PUT", change(`"resolution":"done"`, opened), "2001"},
		{"POST", create(`,"incident_key":"one"`), "matching dedup key"},
		{"POST", create(`,"escalation_policy":` + ref("escalation_policy", "PNONE")), "1014"},
		{"POST", create(`,"priority":` + ref("priority", "PNONE")), "1020"},
		{"POST", create(`,"assignments":[{"assignee":` + ref("user", "PNONE") + `}]`), "1007"},
		{"POST", create(`,"escalation_policy":` + ref("escalation_policy", a.ID("policy", "Search On-Call")) + `,"assignments":[{"assignee":` + ref("user", a.ID("user", "Ana Souza")) + `}]`), "cannot both be set"},
	} {
		a.refused(t, c.method, "/incidents", c.body, c.code)
	}
	if after := encode(a.get(t, "/incidents?date_range=all&total=true")["total"]) + encode(a.get(t, "/incidents/"+opened)); after != before {
		t.Errorf("what was refused changed something:\n%s\n%s", before, after)
	}
	many := make([]string, 251)
	for n := range many {
		many[n] = opened
	}
	if status, _ := a.ask(t, "PUT", "/incidents", change(`"status":"acknowledged"`, many...)); status != 413 {
		t.Errorf("251 at once: %d", status)
	}
}

// TestWhoActs: a key of an account needs the From header, and one that may only read
// changes nothing.
func TestWhoActs(t *testing.T) {
	t.Parallel()
	a := open(t)
	note := "/incidents/" + a.ID("incident", "4711") + "/notes"
	for _, c := range []struct {
		key, from string
		status    int
		want      string
	}{
		{sandbox.UserKey, "", 200, `"summary":"Ana Souza"`}, {sandbox.AccountKey, "", 400, "2016"}, {sandbox.AccountKey, "nobody@northwind.example", 400, "1008"},
		{sandbox.AccountKey, "ben.carter@northwind.example", 200, `"summary":"Ben Carter"`}, {sandbox.ReadOnlyKey, "ben.carter@northwind.example", 403, "2010"}, {"none", "", 401, "2006"},
	} {
		r := httptest.NewRequest(http.MethodPost, note, strings.NewReader(`{"note":{"content":"x"}}`))
		r.Header.Set("Accept", "application/vnd.pagerduty+json;version=2")
		r.Header.Set("Authorization", "Token token="+c.key)
		r.Header.Set("Content-Type", "application/json")
		if c.from != "" {
			r.Header.Set("From", c.from)
		}
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s from %q: %d %s, want %d %s", c.key, c.from, w.Code, w.Body, c.status, c.want)
		}
	}
}
