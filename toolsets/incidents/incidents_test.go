package incidents_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// titles are the titles of a list's incidents.
func titles(list map[string]any) []string {
	var out []string
	for _, i := range list["incidents"].([]any) {
		out = append(out, i.(map[string]any)["title"].(string))
	}
	return out
}

func TestScopes(t *testing.T) {
	t.Parallel()
	open := []string{"triggered", "acknowledged"}
	t.Run("assigned", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		list := r.Answer(t, "list_incidents", rig.Args{"request_scope": "assigned", "status": open})
		for _, i := range list["incidents"].([]any) {
			if assigned := fmt.Sprint(i.(map[string]any)["assigned_to"]); !strings.Contains(assigned, "Ana Souza") {
				t.Errorf("%v is not assigned to me", i)
			}
		}
		if !strings.Contains(fmt.Sprint(titles(list)), "card authorizations") {
			t.Errorf("my incident is missing: %v", titles(list))
		}
	})
	t.Run("assigned and others only", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		list := r.Answer(t, "list_incidents", rig.Args{"request_scope": "assigned", "user_ids": r.ID("user", "Ben Carter")})
		if len(titles(list)) > 0 || !strings.Contains(list["note"].(string), "names only others") {
			t.Errorf("%v", list)
		}
		if diff := cmp.Diff([]string{"GET /users/" + r.ID("user", "Ben Carter"), "GET /users/me"}, r.Sent()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
	t.Run("teams of someone without a team are nothing, not everything", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t, rig.WithUser("rosa.jimenez"))
		list := r.Answer(t, "list_incidents", rig.Args{"request_scope": "teams"})
		if len(titles(list)) > 0 || !strings.Contains(list["note"].(string), "in no team") {
			t.Errorf("%v", list)
		}
		if diff := cmp.Diff([]string{"GET /users/me"}, r.Sent()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
	t.Run("teams narrow team_ids", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		list := r.Answer(t, "list_incidents", rig.Args{"request_scope": "teams", "team_ids": []string{r.ID("team", "Checkout"), r.ID("team", "Data")}})
		for _, i := range list["incidents"].([]any) {
			if teams := fmt.Sprint(i.(map[string]any)["teams"]); !strings.Contains(teams, "Checkout") {
				t.Errorf("%v is not of Checkout, the only one of the teams I am in", i)
			}
		}
		if list := r.Answer(t, "list_incidents", rig.Args{"request_scope": "teams", "team_ids": r.ID("team", "Data")}); len(titles(list)) > 0 {
			t.Errorf("found %v in a team that is not mine", titles(list))
		}
	})
	t.Run("an account-level key names nobody", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t, rig.WithKey(sandbox.AccountKey))
		said := r.Refusal(t, "list_incidents", rig.Args{"request_scope": "assigned"})
		for _, want := range []string{"account-level", "PAGERDUTY_FROM_EMAIL", "request_scope assigned"} {
			if !strings.Contains(said, want) {
				t.Errorf("%q does not say %q", said, want)
			}
		}
	})
}

func TestListIncidents(t *testing.T) {
	t.Parallel()
	t.Run("limit is how many come back", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for _, c := range []struct{ limit, requests int }{{1, 1}, {5, 1}, {100, 1}, {130, 2}, {1000, 4}} {
			r.ForgetRequests()
			list := r.Answer(t, "list_incidents", rig.Args{"limit": c.limit, "date_range": "all"})
			want := min(c.limit, 320)
			if len(titles(list)) != want || len(r.Requests()) != c.requests {
				t.Errorf("limit %d: %d incidents in %d requests, want %d in %d", c.limit, len(titles(list)), len(r.Requests()), want, c.requests)
			}
			if more := list["more"] == true; more != (want < 320) {
				t.Errorf("limit %d: more is %v", c.limit, more)
			}
		}
	})
	t.Run("next_offset goes on where the list ended", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		whole := titles(r.Answer(t, "list_incidents", rig.Args{"limit": 40}))
		first := r.Answer(t, "list_incidents", rig.Args{"limit": 15})
		second := r.Answer(t, "list_incidents", rig.Args{"limit": 25, "offset": first["next_offset"]})
		if diff := cmp.Diff(whole, append(titles(first), titles(second)...)); diff != "" {
			t.Errorf("-whole +parts:\n%s", diff)
		}
	})
	t.Run("newest first", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		last := "9"
		for _, i := range r.Answer(t, "list_incidents", rig.Args{"limit": 50})["incidents"].([]any) {
			if at := i.(map[string]any)["created_at"].(string); at > last {
				t.Fatalf("%s after %s", at, last)
			} else {
				last = at
			}
		}
	})
	t.Run("resolved incidents have no assignee", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		list := r.Answer(t, "list_incidents", rig.Args{"user_ids": r.ID("user", "Ana Souza"), "status": "resolved"})
		if len(titles(list)) > 0 || !strings.Contains(list["note"].(string), "assigned to no one") || slices.Contains(r.Sent(), "GET /incidents") {
			t.Errorf("%v %v", list, r.Sent())
		}
	})
	t.Run("wrong times and orders", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for _, c := range []struct {
			arguments rig.Args
			want      string
		}{
			{rig.Args{"since": "2026-02-01", "until": "2026-01-01"}, "is not before until"},
			{rig.Args{"since": "2025-01-01"}, "6 months"},
			{rig.Args{"since": "7d", "date_range": "all"}, "can't go with since or until"},
			{rig.Args{"since": "tomorrowish"}, "is not a time"},
			{rig.Args{"sort_by": "age"}, "created_at"},
			{rig.Args{"sort_by": "created_at,urgency,resolved_at"}, "one or two"},
			{rig.Args{"limit": "few"}, "use 1 to 1000"},
			{rig.Args{"statuses": "opened"}, "use triggered, acknowledged or resolved"},
		} {
			if said := r.Refusal(t, "list_incidents", c.arguments); !strings.Contains(said, c.want) || !strings.Contains(said, "Nothing was done") {
				t.Errorf("%v: %q does not say %q", c.arguments, said, c.want)
			}
		}
		if sent := strings.Join(r.Sent(), " "); strings.Contains(sent, "/incidents") {
			t.Errorf("sent %s", sent)
		}
	})
	t.Run("strangers' text is cleaned", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		if got := titles(r.Answer(t, "list_incidents", rig.Args{"limit": 1}))[0]; got != "Re: invoice gnp.exe attached" {
			t.Errorf("title is %q", got)
		}
	})
}

func TestCreateIncident(t *testing.T) {
	t.Parallel()
	posts := func(r *rig.Rig) (n int) {
		for _, s := range r.Sent() {
			if strings.HasPrefix(s, "POST") {
				n++
			}
		}
		return n
	}
	with := func(r *rig.Rig) rig.Args {
		return rig.Args{"title": "Checkout is slow", "service_id": r.ID("service", "Checkout API"), "incident_key": "slow"}
	}
	for name, c := range map[string]struct {
		faults []sandbox.Fault
		fails  bool
		want   string
	}{
		"reset after it took effect": {faults: []sandbox.Fault{{Method: "POST", ResetAfter: true, Times: 1}}, want: "was found by its incident_key"},
		"answer broke off":           {faults: []sandbox.Fault{{Method: "POST", Truncate: true, Times: 1}}, want: "was found by its incident_key"},
		"502 after it took effect":   {faults: []sandbox.Fault{{Method: "POST", Status: 502, AfterEffect: true, Times: 1}}, want: "was found by its incident_key"},
		"lost on the way there":      {faults: []sandbox.Fault{{Method: "POST", Reset: true, Times: 1}}, fails: true, want: `probably not created. If it is still wanted, call create_incident again with incident_key "slow"`},
		"lost, and the look-up fails": {
			faults: []sandbox.Fault{{Method: "POST", ResetAfter: true, Times: 1}, {Method: "GET", Status: 403, Body: "{}"}},
			fails:  true, want: `call create_incident again with incident_key "slow"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			for _, f := range c.faults {
				r.Inject(f)
			}
			text, isError := r.Call(t, "create_incident", with(r))
			if isError != c.fails || !strings.Contains(text, c.want) && !strings.Contains(text, strings.ReplaceAll(c.want, `"`, `\"`)) {
				t.Errorf("error %v: %s\nwant %v: %s", isError, text, c.fails, c.want)
			}
			if n := posts(r); n != 1 {
				t.Errorf("%d POSTs, want 1", n)
			}
		})
	}
	t.Run("hang", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t, rig.WithConfig(func(c *pdapi.Config) { c.AttemptTimeout = 150 * time.Millisecond }))
		r.Inject(sandbox.Fault{Method: "POST", Hang: true})
		if said := r.Refusal(t, "create_incident", with(r)); !strings.Contains(said, "did not come in time") || posts(r) != 1 {
			t.Errorf("%d POSTs: %s", posts(r), said)
		}
	})
	t.Run("duplicate", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		first := r.Answer(t, "create_incident", with(r))
		second := r.Answer(t, "create_incident", with(r))
		id := first["incident"].(map[string]any)["id"].(string)
		if !strings.Contains(second["note"].(string), "Already open: "+id) {
			t.Errorf("%v", second)
		}
	})
	t.Run("a key is generated, and urgency is the service's", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		low := r.Answer(t, "create_incident", rig.Args{"title": "x", "service_id": r.ID("service", "Refunds Worker")})
		if !strings.HasPrefix(low["incident_key"].(string), "pagerduty-mcp-") || low["incident"].(map[string]any)["urgency"] != "low" {
			t.Errorf("%v", low)
		}
		if body := r.Requests()[0].Body; strings.Contains(body, "urgency") || strings.Contains(body, "null") {
			t.Errorf("sent %s", body)
		}
	})
	t.Run("an account-level key", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t, rig.WithKey(sandbox.AccountKey))
		if said := r.Refusal(t, "create_incident", with(r)); !strings.Contains(said, "PAGERDUTY_FROM_EMAIL") {
			t.Errorf("%s", said)
		}
		r = rig.New(t, rig.WithKey(sandbox.AccountKey), rig.WithConfig(func(c *pdapi.Config) { c.From = "ana.souza@northwind.example" }))
		r.Answer(t, "create_incident", with(r))
	})
	t.Run("two assignments", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		a := with(r)
		a["assignee_id"], a["escalation_policy_id"] = "PAAAAA1", "PAAAAA2"
		if said := r.Refusal(t, "create_incident", a); !strings.Contains(said, "not both") || len(r.Requests()) > 0 {
			t.Errorf("%s %v", said, r.Sent())
		}
	})
}

func TestManageIncidents(t *testing.T) {
	t.Parallel()
	statuses := func(list map[string]any) string {
		var out []string
		for _, i := range list["incidents"].([]any) {
			i := i.(map[string]any)
			out = append(out, fmt.Sprintf("%v %v", i["number"], i["status"]))
		}
		return strings.Join(out, ", ")
	}
	t.Run("everything in one request", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		list := r.Answer(t, "manage_incidents", rig.Args{
			"incident_ids": []string{r.ID("incident", "4712"), r.ID("incident", "4713")}, "status": "acknowledged", "urgency": "low",
			"title": "Same cause", "priority_id": r.ID("priority", "P2"),
		})
		if got := statuses(list); got != "4712 acknowledged, 4713 acknowledged" {
			t.Errorf("%s", got)
		}
		if diff := cmp.Diff([]string{"GET /priorities", "PUT /incidents"}, r.Sent()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
	t.Run("nothing to change", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		if said := r.Refusal(t, "manage_incidents", rig.Args{"incident_ids": "4712"}); !strings.Contains(said, "nothing to change") || len(r.Requests()) > 0 {
			t.Errorf("%s", said)
		}
	})
	t.Run("the original's spelling of assignment", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		list := r.Answer(t, "manage_incidents", rig.Args{"incident_ids": "4712", "assignement": rig.Args{"id": r.ID("user", "Hugo Lindqvist"), "type": "user_reference"}})
		if got := fmt.Sprint(list["incidents"]); !strings.Contains(got, "Hugo Lindqvist") {
			t.Errorf("%s", got)
		}
	})
	t.Run("what can't go together", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for _, a := range []rig.Args{
			{"resolution": "done"}, {"resolution": "done", "status": "acknowledged"}, {"assignee_ids": "PAAAAA1", "escalation_level": 2},
			{"assignee_ids": "PAAAAA1", "escalation_policy_id": "PAAAAA2"}, {"status": "resolved", "escalation_level": 2}, {"escalation_level": 0},
		} {
			a["incident_ids"] = "4712"
			r.Refusal(t, "manage_incidents", a)
		}
		if len(r.Requests()) > 0 {
			t.Errorf("sent %v", r.Sent())
		}
	})
	t.Run("some were resolved before", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		over, open := r.ID("incident", "4500"), r.ID("incident", "4713")
		list := r.Answer(t, "manage_incidents", rig.Args{"incident_ids": []string{over, open}, "status": "resolved"})
		if got := statuses(list); got != "4713 resolved, 4500 resolved" || !strings.Contains(list["note"].(string), "1 of the incidents") {
			t.Errorf("%s %v", got, list["note"])
		}
		// Once more: nothing is left to do, which is no failure.
		list = r.Answer(t, "manage_incidents", rig.Args{"incident_ids": []string{over, open}, "status": "resolved"})
		if got := statuses(list); got != "4500 resolved, 4713 resolved" {
			t.Errorf("%s", got)
		}
	})
	t.Run("one request for each 250, and the answer may list fewer", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		var ids []string
		for n := 4420; len(ids) < 260; n++ {
			if id := r.ID("incident", fmt.Sprint(n)); id != "" {
				ids = append(ids, id)
			}
		}
		list := r.Answer(t, "manage_incidents", rig.Args{"incident_ids": append(ids, ids[0]), "priority_id": r.ID("priority", "P4")})
		if diff := cmp.Diff([]string{"GET /priorities", "PUT /incidents", "PUT /incidents"}, r.Sent()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		if note := fmt.Sprint(list["note"]); !strings.Contains(note, "all 260 incidents") || !strings.Contains(note, "only 110") {
			t.Errorf("note is %s", note)
		}
	})
	t.Run("the second request fails", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		var ids []string
		for n := 4420; len(ids) < 260; n++ {
			ids = append(ids, r.ID("incident", fmt.Sprint(n)))
		}
		r.Inject(sandbox.Fault{Method: "PUT", Skip: 1, Status: 400, Body: `{"error":{"message":"no","code":2001}}`})
		said := r.Refusal(t, "manage_incidents", rig.Args{"incident_ids": ids, "priority_id": r.ID("priority", "P4")})
		if !strings.Contains(said, "250 of 260 incidents were changed") || !strings.Contains(said, ids[0]) || strings.Contains(said, ids[255]) {
			t.Errorf("%s", said)
		}
	})
	t.Run("a wrong id among them changes nothing", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Refusal(t, "manage_incidents", rig.Args{"incident_ids": []string{r.ID("incident", "4713"), "QWRONG"}, "status": "resolved"})
		if got := r.Answer(t, "get_incident", rig.Args{"incident_id": 4713}); got["status"] != "triggered" {
			t.Errorf("status is %v", got["status"])
		}
	})
	t.Run("a change that pages is not repeated", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Inject(sandbox.Fault{Method: "PUT", Status: 502, Times: 1})
		said := r.Refusal(t, "manage_incidents", rig.Args{"incident_ids": r.ID("incident", "4713"), "escalation_level": 2})
		if !strings.Contains(said, "not known whether") || len(r.Requests()) != 1 {
			t.Errorf("%v: %s", r.Sent(), said)
		}
	})
}
