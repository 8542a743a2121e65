package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// body is the body of the last request with a method.
func (r *rig) body(t *testing.T, method string) string {
	t.Helper()
	body := ""
	for _, request := range r.Requests() {
		if request.Method == method {
			body = request.Body
		}
	}
	return body
}

// elsewhere changes the account as somebody else would, past the server.
func (r *rig) elsewhere(t *testing.T, path, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, r.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Token token="+sandbox.KeyOf("ben.carter@northwind.example"))
	request.Header.Set("Accept", "application/vnd.pagerduty+json;version=2")
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if said, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", response.StatusCode, said)
	}
}

func TestUpdatesSendWhatWasGiven(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tool      string
		arguments string
		want      string
	}{
		"rename a team": {"update_team", `{"team_id":"$team:Payments$","name":"Pay"}`, `{"team":{"name":"Pay","type":"team"}}`},
		"clear a team's description": {
			"update_team", `{"team_id":"$team:Payments$","description":""}`, `{"team":{"description":"","name":"Payments","type":"team"}}`,
		},
		"make a team private": {
			"update_team", `{"team_id":"$team:Payments$","default_role":"none"}`, `{"team":{"default_role":"none","name":"Payments","type":"team"}}`,
		},
		"rename a service": {
			"update_service", `{"service_id":"$service:Search API$","name":"Find"}`,
			`{"service":{"escalation_policy":{"id":"$policy:Search On-Call$","type":"escalation_policy_reference"},"name":"Find","type":"service"}}`,
		},
		"another policy": {
			"update_service", `{"service_id":"$service:Search API$","escalation_policy_id":"$policy:Data On-Call$"}`,
			`{"service":{"escalation_policy":{"id":"$policy:Data On-Call$","type":"escalation_policy_reference"},"type":"service"}}`,
		},
		"a timeout of 0 is off": {
			"update_service", `{"service_id":"$service:Search API$","auto_resolve_timeout":0}`,
			`{"service":{"auto_resolve_timeout":null,"escalation_policy":{"id":"$policy:Search On-Call$","type":"escalation_policy_reference"},"type":"service"}}`,
		},
		"no role unasked": {"add_team_member", `{"team_id":"$team:Payments$","user_id":"$user:Rosa Jimenez$"}`, `{}`},
		"no default role": {"create_team", `{"name":"New"}`, `{"team":{"name":"New","type":"team"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			want := string(r.fill(t, []byte(c.want)))
			r.answer(t, c.tool, json.RawMessage(r.fill(t, []byte(c.arguments))))
			got := r.body(t, http.MethodPut) + r.body(t, http.MethodPost)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestUpdateRaces has somebody else change the object between our read and our
// write: what they changed stays, and is told.
func TestUpdateRaces(t *testing.T) {
	t.Parallel()
	t.Run("team", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		id := r.ID("team", "Payments")
		r.Inject(sandbox.Fault{Method: http.MethodPut, Times: 1, Do: func() {
			r.elsewhere(t, "/teams/"+id, `{"team":{"type":"team","name":"Payments","description":"Ben was here"}}`)
		}})
		got := r.answer(t, "update_team", args{"team_id": id, "name": "Pay"})
		if got["name"] != "Pay" || got["description"] != "Ben was here" || !strings.Contains(fmt.Sprint(got["note"]), "somebody else changed description") {
			t.Errorf("%v", got)
		}
	})
	t.Run("service", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		id, policy := r.ID("service", "Search API"), r.ID("policy", "Search On-Call")
		r.Inject(sandbox.Fault{Method: http.MethodPut, Times: 1, Do: func() {
			r.elsewhere(t, "/services/"+id, `{"service":{"type":"service","escalation_policy":{"id":"`+policy+`","type":"escalation_policy_reference"},"auto_resolve_timeout":60}}`)
		}})
		got := r.answer(t, "update_service", args{"service_id": id, "description": "Finds things"})
		if got["description"] != "Finds things" || got["auto_resolve_timeout"] != 60.0 || !strings.Contains(fmt.Sprint(got["note"]), "somebody else changed auto_resolve_timeout") {
			t.Errorf("%v", got)
		}
	})
	t.Run("nobody else", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		if got := r.answer(t, "update_team", args{"team_id": r.ID("team", "Payments"), "name": "Pay"}); got["note"] != nil {
			t.Errorf("%v", got)
		}
	})
}

func TestServiceSettings(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.ID("service", "Search API")
	hours := func(change args) args {
		h := args{"time_zone": "Europe/Berlin", "start_time": "09:00", "end_time": "17:00", "days_of_week": []int{1, 2}}
		for k, v := range change {
			h[k] = v
		}
		return args{"service_id": id, "support_hours": h}
	}
	for _, c := range []struct {
		arguments args
		want      string
	}{
		{args{"service_id": id}, "nothing to change"},
		{hours(args{"start_time": "9 o'clock"}), "24-hour time"},
		{hours(args{"days_of_week": []int{0}}), "1 (Monday) to 7"},
		{hours(args{"days_of_week": []int{}}), "support_hours.days_of_week: is empty"},
		{hours(args{"urgency_during": "severe"}), "high, low or severity_based"},
		{args{"service_id": id, "urgency": "low", "support_hours": hours(nil)["support_hours"]}, "not both"},
		{args{"service_id": id, "auto_resolve_timeout": -1}, "use 0 or more"},
	} {
		if said := r.refusal(t, "update_service", c.arguments); !strings.Contains(said, c.want) {
			t.Errorf("%v: %q does not say %q", c.arguments, said, c.want)
		}
	}
	if sent := r.Requests(); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
	got := r.answer(t, "update_service", hours(nil))
	if diff := cmp.Diff(map[string]any{"during_support_hours": "high", "outside_support_hours": "low"}, got["urgency"]); diff != "" {
		t.Errorf("urgency (-want +got):\n%s", diff)
	}
	if strings.Contains(r.body(t, http.MethodPut), "alert_grouping") {
		t.Error("touching alert grouping takes a service out of its grouping setting")
	}
	if said := r.refusal(t, "create_service", args{"name": "Cart Service", "escalation_policy_id": r.ID("policy", "Data On-Call")}); !strings.Contains(said, "already been taken") {
		t.Errorf("%s", said)
	}
}

func TestTeams(t *testing.T) {
	t.Parallel()
	t.Run("my teams are asked of the user, not searched for", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		got := fmt.Sprint(r.answer(t, "list_teams", args{"scope": "my"})["teams"])
		if !strings.Contains(got, "Checkout") || !strings.Contains(got, "Payments") || strings.Contains(got, "Data") {
			t.Errorf("%s", got)
		}
		if diff := cmp.Diff([]string{"GET /users/me"}, r.sent()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		if got := r.answer(t, "list_teams", args{"scope": "my", "limit": 1}); got["next_offset"] != 1.0 {
			t.Errorf("%v", got)
		}
	})
	t.Run("of someone without a team", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, asUser("rosa.jimenez"))
		if got := r.answer(t, "list_teams", args{"scope": "my"}); len(got["teams"].([]any)) > 0 || !strings.Contains(got["note"].(string), "in no team") {
			t.Errorf("%v", got)
		}
	})
	t.Run("an account-level key names nobody", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, func(o *options) { o.key = sandbox.AccountKey })
		for name, arguments := range map[string]args{"list_teams": {"scope": "my"}, "get_user_data": nil} {
			if said := r.refusal(t, name, arguments); !strings.Contains(said, "account-level") || !strings.Contains(said, "PAGERDUTY_FROM_EMAIL") {
				t.Errorf("%s: %s", name, said)
			}
		}
	})
	t.Run("delete", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		if said := r.refusal(t, "delete_team", args{"team_id": r.ID("team", "Payments")}); !strings.Contains(said, "still has") {
			t.Errorf("%s", said)
		}
		empty := r.ID("team", "Empty Team")
		if said := r.refusal(t, "delete_team", args{"team_id": empty, "reassignment_team": empty}); !strings.Contains(said, "name another") {
			t.Errorf("%s", said)
		}
		// The answer is lost, and the repeat finds nothing: it is deleted.
		r.Inject(sandbox.Fault{Method: http.MethodDelete, ResetAfter: true, Times: 1})
		got := r.answer(t, "delete_team", args{"team_id": empty})
		if fmt.Sprint(got["deleted"]) != "map[id:"+empty+" summary:Empty Team]" {
			t.Errorf("%v", got)
		}
		r.refusal(t, "delete_team", args{"team_id": empty})
		r.Inject(sandbox.Fault{Method: http.MethodDelete, ResetAfter: true, Times: 1})
		if got := r.answer(t, "remove_team_member", args{"team_id": "Payments", "user_id": "Ben Carter"}); got["done"] != "removed" {
			t.Errorf("%v", got)
		}
	})
	t.Run("members keep their role", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		team, user := r.ID("team", "Payments"), r.ID("user", "Rosa Jimenez")
		r.answer(t, "add_team_member", args{"team_id": team, "user_id": user, "role": "observer"})
		if got := fmt.Sprint(r.answer(t, "list_team_members", args{"team_id": team})["members"]); !strings.Contains(got, "role:observer summary:Rosa Jimenez") {
			t.Errorf("%s", got)
		}
		r.answer(t, "remove_team_member", args{"team_id": team, "user_id": user})
		if said := r.refusal(t, "remove_team_member", args{"team_id": team, "user_id": user}); !strings.Contains(said, "no such object") {
			t.Errorf("%s", said)
		}
	})
}

func TestSchedules(t *testing.T) {
	t.Parallel()
	t.Run("an override shows in who is on call", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		id, grace := r.ID("schedule", "Payments Primary"), r.ID("user", "Grace Kim")
		r.answer(t, "create_schedule_override", args{"schedule_id": id, "overrides": args{"user_id": grace, "start": "+1h", "end": "+3h"}})
		got := r.answer(t, "get_schedule", args{"schedule_id": id, "since": "now", "until": "+4h"})
		if shifts := got["on_call"].([]any); len(shifts) != 3 || !strings.Contains(fmt.Sprint(shifts[1]), "Grace Kim") {
			t.Errorf("%v", got["on_call"])
		}
		if !strings.Contains(fmt.Sprint(r.answer(t, "list_schedule_users", args{"schedule_id": id, "since": "+90m", "until": "+2h"})["users"]), "Grace Kim") {
			t.Error("she is not among the users")
		}
	})
	t.Run("a failure among overrides is an error that tells which took", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		id, grace, other := r.ID("schedule", "Payments Primary"), r.ID("user", "Grace Kim"), r.ID("user", "Ben Carter")
		said := r.refusal(t, "create_schedule_override", args{"schedule_id": id, "overrides": []args{
			{"user_id": grace, "start": "+1h", "end": "+3h"}, {"user_id": other, "start": "2026-01-01", "end": "2026-01-02"},
		}})
		if !strings.Contains(said, "Created: "+grace+" from 2026-03-02T13:00:00Z") || !strings.Contains(said, "Not created: "+other) || !strings.Contains(said, "must end in the future") {
			t.Errorf("%s", said)
		}
		said = r.refusal(t, "create_schedule_override", args{"schedule_id": id, "overrides": args{"user_id": grace, "start": "2026-01-01", "end": "2026-01-02"}})
		if !strings.Contains(said, "No override was created") || !strings.Contains(said, "must end in the future") {
			t.Errorf("%s", said)
		}
	})
	t.Run("the envelope that the guide shows", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		r.Inject(sandbox.Fault{Method: http.MethodPost, Status: 201, Body: `{"overrides":[{"status":201,"override":{"id":"Q1","start":"2026-03-02T13:00:00Z","end":"2026-03-02T14:00:00Z","user":{"id":"P1"}}}]}`})
		got := r.answer(t, "create_schedule_override", args{"schedule_id": r.ID("schedule", "Payments Primary"), "overrides": args{"user_id": r.ID("user", "Grace Kim"), "start": "+1h", "end": "+2h"}})
		if !strings.Contains(fmt.Sprint(got), "Q1") {
			t.Errorf("%v", got)
		}
	})
	t.Run("wrong times are not sent", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		for name, arguments := range map[string]args{
			"create_schedule_override": {"schedule_id": "PAAAAA1", "overrides": args{"user_id": "PAAAAA1", "start": "+3h", "end": "+1h"}},
			"get_schedule":             {"schedule_id": "PAAAAA1", "since": "+3h", "until": "now"},
			"list_schedule_users":      {"schedule_id": "PAAAAA1", "since": "+3h", "until": "+2h"},
			"list_oncalls":             {"since": "+3h", "until": "+2h"},
		} {
			r.refusal(t, name, arguments)
		}
		if said := r.refusal(t, "list_oncalls", args{"until": "+100d"}); !strings.Contains(said, "90 days") {
			t.Errorf("%s", said)
		}
		if len(r.Requests()) > 0 {
			t.Errorf("sent %v", r.sent())
		}
	})
	t.Run("shift-based schedules", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		id := r.ID("schedule", "Support Follow-the-Sun")
		for name, arguments := range map[string]args{
			"get_schedule": {}, "list_schedule_users": {}, "create_schedule_override": {"overrides": args{"user_id": r.ID("user", "Grace Kim"), "start": "now", "end": "+1h"}},
		} {
			arguments["schedule_id"] = id
			if said := r.refusal(t, name, arguments); !strings.Contains(said, "shift-based") || !strings.Contains(said, "list_oncalls with schedule_ids") {
				t.Errorf("%s: %s", name, said)
			}
		}
	})
}

func TestOnCalls(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	policy := r.ID("policy", "Payments On-Call")
	now := r.answer(t, "list_oncalls", args{"escalation_policy_ids": policy})
	if rows := now["oncalls"].([]any); len(rows) != 3 || !strings.Contains(fmt.Sprint(rows[2]), "until:always") {
		t.Errorf("%v", now)
	}
	// Without being asked to, nothing hides later shifts.
	all := r.answer(t, "list_oncalls", args{"escalation_policy_ids": policy, "since": "now", "until": "+60d", "limit": 100})
	earliest := r.answer(t, "list_oncalls", args{"escalation_policy_ids": policy, "since": "now", "until": "+60d", "limit": 100, "earliest": true})
	if a, e := len(all["oncalls"].([]any)), len(earliest["oncalls"].([]any)); a <= e {
		t.Errorf("%d shifts, %d of them earliest", a, e)
	}
	nobody := r.answer(t, "list_oncalls", args{"user_ids": r.ID("user", "Rosa Jimenez")})
	if !strings.Contains(nobody["note"].(string), "No one is on call at 2026-03-02T12:00:00Z") {
		t.Errorf("%v", nobody)
	}
}

// TestNothingSecretComesBack looks through every answer for what the simulated
// account marks as secret: integration keys and calendar URLs.
func TestNothingSecretComesBack(t *testing.T) {
	t.Parallel()
	for _, made := range allTools() {
		t.Run(made.Name(), func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			for _, arguments := range calls(t)[made.Name()] {
				if text, _ := r.call(t, made.Name(), json.RawMessage(r.fill(t, arguments))); strings.Contains(text, "secret-") {
					t.Errorf("%s: %s", arguments, text)
				}
			}
		})
	}
}
