package people_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestUpdatesSendWhatWasGiven(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tool      string
		arguments string
		want      string
	}{
		"rename a team": {"update_team", `{"team_id":"$team:Payments$","name":"Pay"}`, `{"team":{"name":"Pay","type":"team"}}`},
		"clear a team's description": {
			"update_team", `{"team_id":"$team:Payments$","clear":["description"]}`, `{"team":{"description":"","name":"Payments","type":"team"}}`,
		},
		"make a team private": {
			"update_team", `{"team_id":"$team:Payments$","default_role":"none"}`, `{"team":{"default_role":"none","name":"Payments","type":"team"}}`,
		},
		"no role unasked": {"add_team_member", `{"team_id":"$team:Payments$","user_id":"$user:Rosa Jimenez$"}`, `{}`},
		"no default role": {"create_team", `{"name":"New"}`, `{"team":{"name":"New","type":"team"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			want := string(r.Fill(t, []byte(c.want)))
			r.Answer(t, c.tool, r.Fill(t, []byte(c.arguments)))
			got := r.LastBody(http.MethodPut) + r.LastBody(http.MethodPost)
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
	t.Run("somebody else", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id := r.ID("team", "Payments")
		r.Inject(sandbox.Fault{Method: http.MethodPut, Times: 1, Do: func() {
			r.Elsewhere(t, http.MethodPut, "/teams/"+id, `{"team":{"type":"team","name":"Payments","description":"Ben was here"}}`)
		}})
		got := r.Answer(t, "update_team", rig.Args{"team_id": id, "name": "Pay"})
		if got["name"] != "Pay" || got["description"] != "Ben was here" || !strings.Contains(fmt.Sprint(got["note"]), "somebody else changed description") {
			t.Errorf("%v", got)
		}
	})
	t.Run("nobody else", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		if got := r.Answer(t, "update_team", rig.Args{"team_id": r.ID("team", "Payments"), "name": "Pay"}); got["note"] != nil {
			t.Errorf("%v", got)
		}
	})
}

func TestTeams(t *testing.T) {
	t.Parallel()
	t.Run("my teams are asked of the user, not searched for", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		got := fmt.Sprint(r.Answer(t, "list_teams", rig.Args{"scope": "my"})["teams"])
		if !strings.Contains(got, "Checkout") || !strings.Contains(got, "Payments") || strings.Contains(got, "Data") {
			t.Errorf("%s", got)
		}
		if diff := cmp.Diff([]string{"GET /users/me"}, r.Sent()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		if got := r.Answer(t, "list_teams", rig.Args{"scope": "my", "limit": 1}); got["next_offset"] != 1.0 {
			t.Errorf("%v", got)
		}
	})
	t.Run("of someone without a team", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t, rig.WithUser("rosa.jimenez"))
		if got := r.Answer(t, "list_teams", rig.Args{"scope": "my"}); len(got["teams"].([]any)) > 0 || !strings.Contains(got["note"].(string), "in no team") {
			t.Errorf("%v", got)
		}
	})
	t.Run("an account-level key names nobody", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t, rig.WithKey(sandbox.AccountKey))
		if said := r.Refusal(t, "list_teams", rig.Args{"scope": "my"}); !strings.Contains(said, "account-level") || !strings.Contains(said, "PAGERDUTY_FROM_EMAIL") {
			t.Errorf("%s", said)
		}
	})
	t.Run("delete", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		if said := r.Refusal(t, "delete_team", rig.Args{"team_id": r.ID("team", "Payments")}); !strings.Contains(said, "still has") {
			t.Errorf("%s", said)
		}
		empty := r.ID("team", "Empty Team")
		if said := r.Refusal(t, "delete_team", rig.Args{"team_id": empty, "reassignment_team": empty}); !strings.Contains(said, "name another") {
			t.Errorf("%s", said)
		}
		// The answer is lost, and the repeat finds nothing: it is deleted.
		r.Inject(sandbox.Fault{Method: http.MethodDelete, ResetAfter: true, Times: 1})
		got := r.Answer(t, "delete_team", rig.Args{"team_id": empty})
		if fmt.Sprint(got["deleted"]) != "map[id:"+empty+" summary:Empty Team]" {
			t.Errorf("%v", got)
		}
		r.Refusal(t, "delete_team", rig.Args{"team_id": empty})
		r.Inject(sandbox.Fault{Method: http.MethodDelete, ResetAfter: true, Times: 1})
		if got := r.Answer(t, "remove_team_member", rig.Args{"team_id": "Payments", "user_id": "Ben Carter"}); got["done"] != "removed" {
			t.Errorf("%v", got)
		}
	})
	t.Run("what became of a member is said", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		add := func(role string) (done, became any, changed string, writes int) {
			t.Helper()
			arguments := rig.Args{"team_id": "Payments", "user_id": "Rosa Jimenez"}
			if role != "" {
				arguments["role"] = role
			}
			r.ForgetRequests()
			got := r.Answer(t, "add_team_member", arguments)
			return got["done"], got["role"], fmt.Sprint(got["changed"]), len(r.Writes())
		}
		for _, c := range []struct {
			role, done, became, changed string
			writes                      int
		}{
			{"", "added", "manager", "<nil>", 1}, // which is PagerDuty's default
			{"", "was a member", "manager", "<nil>", 0}, {"manager", "was a member", "manager", "<nil>", 0},
			{"observer", "role changed", "observer", "[map[field:role from:manager to:observer]]", 1},
		} {
			if done, became, changed, writes := add(c.role); done != c.done || became != c.became || changed != c.changed || writes != c.writes {
				t.Errorf("role %q: %v, %v, %s, %d requests; want %v", c.role, done, became, changed, writes, c)
			}
		}
		// Who is in the team can't be seen: they are added all the same.
		r.Inject(sandbox.Fault{Method: http.MethodGet, Path: "/teams/" + r.ID("team", "Payments") + "/members", Status: http.StatusForbidden, Body: "{}"})
		if done, became, _, writes := add("responder"); done != "added" || became != "responder" || writes != 1 {
			t.Errorf("%v, %v, %d requests", done, became, writes)
		}
	})
	t.Run("members keep their role", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		team, user := r.ID("team", "Payments"), r.ID("user", "Rosa Jimenez")
		r.Answer(t, "add_team_member", rig.Args{"team_id": team, "user_id": user, "role": "observer"})
		if got := fmt.Sprint(r.Answer(t, "list_team_members", rig.Args{"team_id": team})["members"]); !strings.Contains(got, "role:observer summary:Rosa Jimenez") {
			t.Errorf("%s", got)
		}
		r.Answer(t, "remove_team_member", rig.Args{"team_id": team, "user_id": user})
		if said := r.Refusal(t, "remove_team_member", rig.Args{"team_id": team, "user_id": user}); !strings.Contains(said, "no such object") {
			t.Errorf("%s", said)
		}
	})
}
