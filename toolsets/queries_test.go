package toolsets_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
)

// TestQueriesAreWordsNotBytes searches lists by parts of names that are written with
// other accents and marks, with characters that nobody sees, or in quotation marks.
func TestQueriesAreWordsNotBytes(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	r.Answer(t, "create_service", rig.Args{"name": "Zahlungen für Köln – Süd", "escalation_policy_id": "Data On-Call"})
	r.Answer(t, "create_team", rig.Args{"name": "Équipe d’astreinte"})
	names := func(tool string, arguments rig.Args) (out []string) {
		got := r.Answer(t, tool, arguments)
		for _, value := range got {
			rows, ok := value.([]any)
			if !ok {
				continue
			}
			for _, row := range rows {
				out = append(out, row.(map[string]any)["name"].(string))
			}
		}
		return out
	}
	for _, c := range []struct{ tool, query, want string }{
		{"list_users", "zoe laurent", "Zoë Laurent"},
		{"list_users", "`Zoë`", "Zoë Laurent"},
		{"list_users", "zo\u00ade\u0308 lau\u200brent", "Zoë Laurent"},
		{"list_users", "O’Brien", "Liam O'Brien"},
		{"list_users", `"ana souza"`, "Ana Souza"},
		{"list_services", "koln", "Zahlungen für Köln – Süd"},
		{"list_services", "FUR KÖLN - SUD", "Zahlungen für Köln – Süd"},
		{"list_services", "“Search API”", "Search API"},
		{"list_teams", "equipe", "Équipe d’astreinte"},
		{"list_teams", "d'astreinte", "Équipe d’astreinte"},
		{"list_schedules", "`Follow\u200b-the-Sun`", "Support Follow-the-Sun"},
		{"list_schedules", "follow–the–sun", "Support Follow-the-Sun"},
		{"list_schedules", "release  captain ", "Release Captain"},
		{"list_escalation_policies", "'pay\u00adments'", "Payments On-Call"},
		{"list_escalation_policies", "Payments On–Call", "Payments On-Call"},
	} {
		if got := names(c.tool, rig.Args{"query": c.query}); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s %q: %q, want %q", c.tool, c.query, got, c.want)
		}
		if got := names(c.tool, rig.Args{"query": c.query, "offset": 1}); len(got) > 0 {
			t.Errorf("%s %q, the second: %q", c.tool, c.query, got)
		}
	}
	for _, tool := range []string{"list_users", "list_services", "list_teams", "list_schedules", "list_escalation_policies"} {
		if got := r.Answer(t, tool, rig.Args{"query": "xyzzy"}); got["count"] != 0.0 || !strings.Contains(fmt.Sprint(got["note"]), "Nothing matches") {
			t.Errorf("%s: %v", tool, got)
		}
	}
	if got := names("list_teams", rig.Args{"scope": "my", "query": "“PÁYMENTS”"}); !slices.Equal(got, []string{"Payments"}) {
		t.Errorf("of mine: %q", got)
	}
}
