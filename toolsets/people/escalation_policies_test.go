package people_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
)

func TestEscalationPolicies(t *testing.T) {
	t.Parallel()
	names := func(list map[string]any) string {
		var out []string
		for _, p := range list["escalation_policies"].([]any) {
			out = append(out, p.(map[string]any)["name"].(string))
		}
		return strings.Join(out, ", ")
	}
	t.Run("whom a level pages", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		got := r.Answer(t, "get_escalation_policy", rig.Args{"escalation_policy_id": "Payments On-Call"})
		levels := got["levels"].([]any)
		first := levels[0].(map[string]any)
		target := first["targets"].([]any)[0].(map[string]any)
		if target["id"] != r.ID("schedule", "Payments Primary") || target["type"] != "schedule" || first["escalates_after_minutes"] == nil {
			t.Errorf("%v", first)
		}
		if last := levels[len(levels)-1].(map[string]any)["targets"].([]any)[0].(map[string]any); last["type"] != "user" {
			t.Errorf("the last level pages %v", last)
		}
		if services := fmt.Sprint(got["services"]); !strings.Contains(services, r.ID("service", "Payments API")) || strings.Contains(services, r.ID("service", "Search API")) {
			t.Errorf("services %s", services)
		}
	})
	t.Run("a list has names and numbers", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		list := r.Answer(t, "list_escalation_policies", rig.Args{"query": "payments"})
		if names(list) != "Payments On-Call" {
			t.Fatalf("%v", list)
		}
		policy := list["escalation_policies"].([]any)[0].(map[string]any)
		if _, isNumber := policy["services"].(float64); !isNumber || !strings.HasPrefix(fmt.Sprint(policy["levels"]), "[[Payments Primary") {
			t.Errorf("%v", policy)
		}
	})
	t.Run("of a team, and of those who are paged", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		if got := names(r.Answer(t, "list_escalation_policies", rig.Args{"team_ids": "Payments"})); got != "Payments On-Call" {
			t.Errorf("of the team: %s", got)
		}
		mine := r.Answer(t, "list_escalation_policies", rig.Args{"user_ids": "me", "limit": 100})
		for _, p := range mine["escalation_policies"].([]any) {
			pages := false
			for _, l := range r.Answer(t, "get_escalation_policy", rig.Args{"escalation_policy_id": p.(map[string]any)["id"]})["levels"].([]any) {
				for _, target := range l.(map[string]any)["targets"].([]any) {
					target := target.(map[string]any)
					if target["type"] == "schedule" {
						users := fmt.Sprint(r.Answer(t, "list_schedule_users", rig.Args{"schedule_id": target["id"]})["users"])
						pages = pages || strings.Contains(users, "Ana Souza")
					}
					pages = pages || target["summary"] == "Ana Souza"
				}
			}
			if !pages {
				t.Errorf("%v doesn't page me", p)
			}
		}
		if names(mine) == "" {
			t.Error("no policy pages me")
		}
	})
	t.Run("in order", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		up := r.Answer(t, "list_escalation_policies", rig.Args{"sort_by": "name:asc", "limit": 100})["escalation_policies"].([]any)
		down := r.Answer(t, "list_escalation_policies", rig.Args{"sort_by": "name:desc", "limit": 100})["escalation_policies"].([]any)
		slices.Reverse(down)
		if diff := cmp.Diff(up, down); diff != "" || len(up) < 2 {
			t.Errorf("-ascending +descending:\n%s", diff)
		}
	})
	t.Run("the argument's other name", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		if got := r.Answer(t, "get_escalation_policy", rig.Args{"policy_id": r.ID("policy", "Data On-Call")}); got["name"] != "Data On-Call" {
			t.Errorf("%v", got)
		}
	})
}
