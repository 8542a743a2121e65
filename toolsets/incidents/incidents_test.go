package incidents_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
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
			want := min(c.limit, 339)
			if len(titles(list)) != want || len(r.Requests()) != c.requests {
				t.Errorf("limit %d: %d incidents in %d requests, want %d in %d", c.limit, len(titles(list)), len(r.Requests()), want, c.requests)
			}
			if more := list["more"] == true; more != (want < 339) {
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
		if got := titles(r.Answer(t, "list_incidents", rig.Args{"limit": 1, "service_ids": "Nightly Reports"}))[0]; got != "Re: invoice gnp.exe attached" {
			t.Errorf("title is %q", got)
		}
	})
}

// TestWithoutIDs holds that an answer without the id that the next request needs is not
// taken for one with an empty id, which would filter by nothing.
func TestWithoutIDs(t *testing.T) {
	t.Parallel()
	for _, id := range []string{`null`, `""`, `7`, `{}`} {
		r := rig.New(t)
		r.Inject(sandbox.Fault{Path: "/users/me", Status: 200, Body: `{"user":{"id":` + id + `,"name":"Ana Souza"}}`})
		r.Inject(sandbox.Fault{Path: "/incidents/4711", Status: 200, Body: `{"incident":{"id":` + id + `,"title":"x"}}`})
		for tool, arguments := range map[string]rig.Args{
			"list_incidents":        {"request_scope": "assigned"},
			"get_related_incidents": {"incident_id": 4711},
		} {
			if said := r.Refusal(t, tool, arguments); !strings.Contains(said, "in it has no id") {
				t.Errorf("%s, %s: %s", tool, id, said)
			}
		}
		known := r.ID("incident", "4711")
		r.Inject(sandbox.Fault{Path: "/incidents/" + known, Status: 200, Body: `{"incident":{"id":` + id + `,"title":"x"}}`})
		if got := r.Answer(t, "get_incident", rig.Args{"incident_id": known}); got["id"] != known || got["title"] != "x" {
			t.Errorf("%s: %v", id, got)
		}
	}
}
