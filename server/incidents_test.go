package server_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

type args = map[string]any

// titles are the titles of a list's incidents.
func titles(list map[string]any) []string {
	var out []string
	for _, i := range list["incidents"].([]any) {
		out = append(out, i.(map[string]any)["title"].(string))
	}
	return out
}

func asUser(name string) func(*options) {
	return func(o *options) { o.key = sandbox.KeyOf(name + "@northwind.example") }
}

func TestScopes(t *testing.T) {
	t.Parallel()
	open := []string{"triggered", "acknowledged"}
	t.Run("assigned", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		list := r.answer(t, "list_incidents", args{"request_scope": "assigned", "status": open})
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
		r := newRig(t)
		list := r.answer(t, "list_incidents", args{"request_scope": "assigned", "user_ids": r.ID("user", "Ben Carter")})
		if len(titles(list)) > 0 || !strings.Contains(list["note"].(string), "names only others") {
			t.Errorf("%v", list)
		}
		if diff := cmp.Diff([]string{"GET /users/" + r.ID("user", "Ben Carter"), "GET /users/me"}, r.sent()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
	t.Run("teams of someone without a team are nothing, not everything", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, asUser("rosa.jimenez"))
		list := r.answer(t, "list_incidents", args{"request_scope": "teams"})
		if len(titles(list)) > 0 || !strings.Contains(list["note"].(string), "in no team") {
			t.Errorf("%v", list)
		}
		if diff := cmp.Diff([]string{"GET /users/me"}, r.sent()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
	t.Run("teams narrow team_ids", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		list := r.answer(t, "list_incidents", args{"request_scope": "teams", "team_ids": []string{r.ID("team", "Checkout"), r.ID("team", "Data")}})
		for _, i := range list["incidents"].([]any) {
			if teams := fmt.Sprint(i.(map[string]any)["teams"]); !strings.Contains(teams, "Checkout") {
				t.Errorf("%v is not of Checkout, the only one of the teams I am in", i)
			}
		}
		if list := r.answer(t, "list_incidents", args{"request_scope": "teams", "team_ids": r.ID("team", "Data")}); len(titles(list)) > 0 {
			t.Errorf("found %v in a team that is not mine", titles(list))
		}
	})
	t.Run("an account-level key names nobody", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, func(o *options) { o.key = sandbox.AccountKey })
		said := r.refusal(t, "list_incidents", args{"request_scope": "assigned"})
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
		r := newRig(t)
		for _, c := range []struct{ limit, requests int }{{1, 1}, {5, 1}, {100, 1}, {130, 2}, {1000, 4}} {
			r.ForgetRequests()
			list := r.answer(t, "list_incidents", args{"limit": c.limit, "date_range": "all"})
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
		r := newRig(t)
		whole := titles(r.answer(t, "list_incidents", args{"limit": 40}))
		first := r.answer(t, "list_incidents", args{"limit": 15})
		second := r.answer(t, "list_incidents", args{"limit": 25, "offset": first["next_offset"]})
		if diff := cmp.Diff(whole, append(titles(first), titles(second)...)); diff != "" {
			t.Errorf("-whole +parts:\n%s", diff)
		}
	})
	t.Run("newest first", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		last := "9"
		for _, i := range r.answer(t, "list_incidents", args{"limit": 50})["incidents"].([]any) {
			if at := i.(map[string]any)["created_at"].(string); at > last {
				t.Fatalf("%s after %s", at, last)
			} else {
				last = at
			}
		}
	})
	t.Run("resolved incidents have no assignee", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		list := r.answer(t, "list_incidents", args{"user_ids": r.ID("user", "Ana Souza"), "status": "resolved"})
		if len(titles(list)) > 0 || !strings.Contains(list["note"].(string), "assigned to no one") || slices.Contains(r.sent(), "GET /incidents") {
			t.Errorf("%v %v", list, r.sent())
		}
	})
	t.Run("wrong times and orders", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		for _, c := range []struct {
			arguments args
			want      string
		}{
			{args{"since": "2026-02-01", "until": "2026-01-01"}, "is not before until"},
			{args{"since": "2025-01-01"}, "6 months"},
			{args{"since": "7d", "date_range": "all"}, "can't go with since or until"},
			{args{"since": "tomorrowish"}, "is not a time"},
			{args{"sort_by": "age"}, "created_at"},
			{args{"sort_by": "created_at,urgency,resolved_at"}, "one or two"},
			{args{"limit": 0}, "use 1 to 1000"},
			{args{"statuses": "open"}, "did you mean status?"},
		} {
			if said := r.refusal(t, "list_incidents", c.arguments); !strings.Contains(said, c.want) || !strings.Contains(said, "Nothing was done") {
				t.Errorf("%v: %q does not say %q", c.arguments, said, c.want)
			}
		}
		if sent := strings.Join(r.sent(), " "); strings.Contains(sent, "/incidents") {
			t.Errorf("sent %s", sent)
		}
	})
	t.Run("strangers' text is cleaned", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		if got := titles(r.answer(t, "list_incidents", args{"limit": 1}))[0]; got != "Re: invoice gnp.exe attached" {
			t.Errorf("title is %q", got)
		}
	})
}

func TestCreateIncident(t *testing.T) {
	t.Parallel()
	posts := func(r *rig) (n int) {
		for _, s := range r.sent() {
			if strings.HasPrefix(s, "POST") {
				n++
			}
		}
		return n
	}
	with := func(r *rig) args {
		return args{"title": "Checkout is slow", "service_id": r.ID("service", "Checkout API"), "incident_key": "slow"}
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
			r := newRig(t)
			for _, f := range c.faults {
				r.Inject(f)
			}
			text, isError := r.call(t, "create_incident", with(r))
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
		r := newRig(t, func(o *options) { o.pdapi.AttemptTimeout = 150 * time.Millisecond })
		r.Inject(sandbox.Fault{Method: "POST", Hang: true})
		if said := r.refusal(t, "create_incident", with(r)); !strings.Contains(said, "did not come in time") || posts(r) != 1 {
			t.Errorf("%d POSTs: %s", posts(r), said)
		}
	})
	t.Run("duplicate", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		first := r.answer(t, "create_incident", with(r))
		second := r.answer(t, "create_incident", with(r))
		id := first["incident"].(map[string]any)["id"].(string)
		if !strings.Contains(second["note"].(string), "Already open: "+id) {
			t.Errorf("%v", second)
		}
	})
	t.Run("a key is generated, and urgency is the service's", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		low := r.answer(t, "create_incident", args{"title": "x", "service_id": r.ID("service", "Refunds Worker")})
		if !strings.HasPrefix(low["incident_key"].(string), "pagerduty-mcp-") || low["incident"].(map[string]any)["urgency"] != "low" {
			t.Errorf("%v", low)
		}
		if body := r.Requests()[0].Body; strings.Contains(body, "urgency") || strings.Contains(body, "null") {
			t.Errorf("sent %s", body)
		}
	})
	t.Run("an account-level key", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, func(o *options) { o.key = sandbox.AccountKey })
		if said := r.refusal(t, "create_incident", with(r)); !strings.Contains(said, "PAGERDUTY_FROM_EMAIL") {
			t.Errorf("%s", said)
		}
		r = newRig(t, func(o *options) { o.key, o.pdapi.From = sandbox.AccountKey, "ana.souza@northwind.example" })
		r.answer(t, "create_incident", with(r))
	})
	t.Run("two assignments", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		a := with(r)
		a["assignee_id"], a["escalation_policy_id"] = "PAAAAA1", "PAAAAA2"
		if said := r.refusal(t, "create_incident", a); !strings.Contains(said, "not both") || len(r.Requests()) > 0 {
			t.Errorf("%s %v", said, r.sent())
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
		r := newRig(t)
		list := r.answer(t, "manage_incidents", args{
			"incident_ids": []string{r.ID("incident", "4712"), r.ID("incident", "4713")}, "status": "acknowledged", "urgency": "low",
			"title": "Same cause", "priority_id": r.ID("priority", "P2"),
		})
		if got := statuses(list); got != "4712 acknowledged, 4713 acknowledged" {
			t.Errorf("%s", got)
		}
		if diff := cmp.Diff([]string{"GET /priorities", "PUT /incidents"}, r.sent()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
	t.Run("nothing to change", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		if said := r.refusal(t, "manage_incidents", args{"incident_ids": "4712"}); !strings.Contains(said, "nothing to change") || len(r.Requests()) > 0 {
			t.Errorf("%s", said)
		}
	})
	t.Run("the original's spelling of assignment", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		list := r.answer(t, "manage_incidents", args{"incident_ids": "4712", "assignement": args{"id": r.ID("user", "Hugo Lindqvist"), "type": "user_reference"}})
		if got := fmt.Sprint(list["incidents"]); !strings.Contains(got, "Hugo Lindqvist") {
			t.Errorf("%s", got)
		}
	})
	t.Run("what can't go together", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		for _, a := range []args{
			{"resolution": "done"}, {"resolution": "done", "status": "acknowledged"}, {"assignee_ids": "PAAAAA1", "escalation_level": 2},
			{"assignee_ids": "PAAAAA1", "escalation_policy_id": "PAAAAA2"}, {"status": "resolved", "escalation_level": 2}, {"escalation_level": 0},
		} {
			a["incident_ids"] = "4712"
			r.refusal(t, "manage_incidents", a)
		}
		if len(r.Requests()) > 0 {
			t.Errorf("sent %v", r.sent())
		}
	})
	t.Run("some were resolved before", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		over, open := r.ID("incident", "4500"), r.ID("incident", "4713")
		list := r.answer(t, "manage_incidents", args{"incident_ids": []string{over, open}, "status": "resolved"})
		if got := statuses(list); got != "4713 resolved, 4500 resolved" || !strings.Contains(list["note"].(string), "1 of the incidents") {
			t.Errorf("%s %v", got, list["note"])
		}
		// Once more: nothing is left to do, which is no failure.
		list = r.answer(t, "manage_incidents", args{"incident_ids": []string{over, open}, "status": "resolved"})
		if got := statuses(list); got != "4500 resolved, 4713 resolved" {
			t.Errorf("%s", got)
		}
	})
	t.Run("one request for each 250, and the answer may list fewer", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		var ids []string
		for n := 4420; len(ids) < 260; n++ {
			if id := r.ID("incident", fmt.Sprint(n)); id != "" {
				ids = append(ids, id)
			}
		}
		list := r.answer(t, "manage_incidents", args{"incident_ids": append(ids, ids[0]), "priority_id": r.ID("priority", "P4")})
		if diff := cmp.Diff([]string{"GET /priorities", "PUT /incidents", "PUT /incidents"}, r.sent()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		if note := fmt.Sprint(list["note"]); !strings.Contains(note, "all 260 incidents") || !strings.Contains(note, "only 110") {
			t.Errorf("note is %s", note)
		}
	})
	t.Run("the second request fails", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		var ids []string
		for n := 4420; len(ids) < 260; n++ {
			ids = append(ids, r.ID("incident", fmt.Sprint(n)))
		}
		r.Inject(sandbox.Fault{Method: "PUT", Skip: 1, Status: 400, Body: `{"error":{"message":"no","code":2001}}`})
		said := r.refusal(t, "manage_incidents", args{"incident_ids": ids, "priority_id": r.ID("priority", "P4")})
		if !strings.Contains(said, "250 of 260 incidents were changed") || !strings.Contains(said, ids[0]) || strings.Contains(said, ids[255]) {
			t.Errorf("%s", said)
		}
	})
	t.Run("a wrong id among them changes nothing", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		r.refusal(t, "manage_incidents", args{"incident_ids": []string{r.ID("incident", "4713"), "QWRONG"}, "status": "resolved"})
		if got := r.answer(t, "get_incident", args{"incident_id": 4713}); got["status"] != "triggered" {
			t.Errorf("status is %v", got["status"])
		}
	})
	t.Run("a change that pages is not repeated", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		r.Inject(sandbox.Fault{Method: "PUT", Status: 502, Times: 1})
		said := r.refusal(t, "manage_incidents", args{"incident_ids": r.ID("incident", "4713"), "escalation_level": 2})
		if !strings.Contains(said, "not known whether") || len(r.Requests()) != 1 {
			t.Errorf("%v: %s", r.sent(), said)
		}
	})
}

func TestNotesAndResponders(t *testing.T) {
	t.Parallel()
	t.Run("a note whose answer is lost is looked for", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		r.Inject(sandbox.Fault{Method: "POST", ResetAfter: true, Times: 1})
		if got := r.answer(t, "add_note_to_incident", args{"incident_id": "4711", "note": "hello"}); !strings.Contains(got["remark"].(string), "the note is there") {
			t.Errorf("%v", got)
		}
	})
	t.Run("a note that was not written is not written twice", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		r.Inject(sandbox.Fault{Method: "POST", Reset: true, Times: 1})
		said := r.refusal(t, "add_note_to_incident", args{"incident_id": r.ID("incident", "4711"), "note": "hello"})
		if !strings.Contains(said, "probably not written") || strings.Count(fmt.Sprint(r.sent()), "POST") != 1 {
			t.Errorf("%v: %s", r.sent(), said)
		}
	})
	t.Run("responders are asked once, by me", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		got := r.answer(t, "add_responders", args{"incident_id": "4711", "user_ids": r.ID("user", "Ben Carter")})
		if fmt.Sprint(got["requested_by"]) != fmt.Sprintf("map[id:%s summary:Ana Souza]", r.ID("user", "Ana Souza")) {
			t.Errorf("%v", got)
		}
		r.Inject(sandbox.Fault{Method: "POST", ResetAfter: true})
		r.ForgetRequests()
		said := r.refusal(t, "add_responders", args{"incident_id": r.ID("incident", "4711"), "user_ids": r.ID("user", "Grace Kim")})
		if !strings.Contains(said, "pages people twice") || strings.Count(fmt.Sprint(r.sent()), "POST") != 1 {
			t.Errorf("%v: %s", r.sent(), said)
		}
	})
	t.Run("nobody to ask", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		if said := r.refusal(t, "add_responders", args{"incident_id": "4711"}); !strings.Contains(said, "at least one") || len(r.Requests()) > 0 {
			t.Errorf("%s", said)
		}
	})
}

// TestExplanations holds what a model is told when PagerDuty does not do what
// it was asked to: what happened, and what to do.
func TestExplanations(t *testing.T) {
	t.Parallel()
	body := func(code int, message string) string {
		return fmt.Sprintf(`{"error":{"message":%q,"code":%d}}`, message, code)
	}
	read, write := "get_incident", "add_note_to_incident"
	for name, c := range map[string]struct {
		tool  string
		fault sandbox.Fault
		want  []string
	}{
		"401":              {read, sandbox.Fault{Status: 401, Body: "<html>no</html>"}, []string{"PAGERDUTY_USER_API_KEY", "api.eu.pagerduty.com"}},
		"402":              {read, sandbox.Fault{Status: 402, Body: body(2014, "Account does not have the teams ability")}, []string{"plan", "teams ability"}},
		"403":              {write, sandbox.Fault{Status: 403, Body: body(2010, "Access Denied")}, []string{"may not do this", "read-only"}},
		"404":              {read, sandbox.Fault{Status: 404, Body: body(2100, "Not Found")}, []string{"no such object", "Check the id"}},
		"429 for long":     {read, sandbox.RateLimit(0, 600), []string{"rate limit", "try again in 10m0s"}},
		"400":              {read, sandbox.Fault{Status: 400, Body: body(2001, "Odd")}, []string{"refused the request", "Odd"}},
		"nobody on call":   {write, sandbox.Fault{Status: 400, Body: body(1015, "x")}, []string{"No one is on call"}},
		"409":              {write, sandbox.Fault{Method: "POST", Status: 409, Body: body(0, "Conflict")}, []string{"Somebody else changed it", "Read it anew"}},
		"1001":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(1001, "x")}, []string{"already resolved", "all or nothing"}},
		"1004":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(1004, "x")}, []string{"id is wrong", "get_incident"}},
		"1006":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(1006, "x")}, []string{"can't be escalated", "lower one"}},
		"1007":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(1007, "x")}, []string{"no such user", "user's id"}},
		"1008":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(1008, "Requester User Not Found")}, []string{"which user acts", "PAGERDUTY_FROM_EMAIL"}},
		"1014":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(1014, "x")}, []string{"no such escalation policy"}},
		"1020":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(1020, "x")}, []string{"no such priority"}},
		"2016":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(2016, `You must specify a user's email address in the "From" header`)}, []string{"PAGERDUTY_FROM_EMAIL"}},
		"6006":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(6006, "x")}, []string{"still has", "Move or delete"}},
		"413":              {write, sandbox.Fault{Method: "POST", Status: 413, Body: body(0, "x")}, []string{"too large", "fewer"}},
		"414":              {read, sandbox.Fault{Status: 414, Body: "<html><title>414 Request-URI Too Large</title></html>"}, []string{"too large", "fewer"}},
		"302":              {read, sandbox.Fault{Status: 302, Header: http.Header{"Location": {"https://example.com"}}}, []string{"PAGERDUTY_API_HOST"}},
		"500 on a read":    {read, sandbox.Fault{Status: 500, Body: body(2000, "Internal")}, []string{"several times over", "Try again", "sandbox-request"}},
		"200 with HTML":    {read, sandbox.Fault{Status: 200, Body: "<html>log in</html>"}, []string{"could not be read", "proxies"}},
		"201 with HTML":    {write, sandbox.Fault{Method: "POST", Status: 201, Body: "<html>"}, []string{"not known whether", "get_incident"}},
		"refused for long": {read, sandbox.Fault{Reset: true}, []string{"could not be reached", "Nothing was changed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.Inject(c.fault)
			arguments := args{"incident_id": r.ID("incident", "4711")}
			if c.tool == write {
				arguments["note"] = "x"
			}
			said := r.refusal(t, c.tool, arguments)
			for _, want := range c.want {
				if !strings.Contains(said, want) {
					t.Errorf("%q does not say %q", said, want)
				}
			}
		})
	}
}
