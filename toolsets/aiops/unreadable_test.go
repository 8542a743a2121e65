package aiops_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestUnreadableRoutersAreNotWritten holds that a router whose rules can't be read is
// shown as far as it can be, and never written back: its rules would be gone.
func TestUnreadableRoutersAreNotWritten(t *testing.T) {
	t.Parallel()
	for _, sets := range []string{`7`, `{}`, `null`, `[7]`, `[{"id":"start","rules":{"a":1}}]`, `[{"id":"start"}]`, `[null]`} {
		r := rig.New(t)
		id := r.ID("orchestration", "Shop Events")
		r.Inject(sandbox.Fault{Method: http.MethodGet, Path: "/event_orchestrations/" + id + "/router", Status: http.StatusOK,
			Body: `{"orchestration_path":{"type":"router","version":"v1","sets":` + sets + `,"catch_all":{"actions":{"route_to":"unrouted"}}}}`})
		got := r.Answer(t, "get_event_orchestration_router", rig.Args{"orchestration_id": id})
		if got["version"] != "v1" || !strings.Contains(fmt.Sprint(got["note"]), "unexpected form, which are left out here: \"sets") {
			t.Errorf("%s: %v", sets, got)
		}
		for tool, arguments := range map[string]rig.Args{
			"append_event_orchestration_router_rule": {"conditions": "event.class matches 'x'", "route_to": "Cart Service"},
			"update_event_orchestration_router":      {"rules": []rig.Args{{"conditions": []any{}, "actions": rig.Args{"route_to": "unrouted"}}}, "expected_version": "v1", "delete_missing": true},
		} {
			arguments["orchestration_id"] = id
			if said := r.Refusal(t, tool, arguments); !strings.Contains(said, "its rules (sets") || strings.Contains(said, "accepted") {
				t.Errorf("%s, %s: %s", sets, tool, said)
			}
		}
		if sent := r.Writes(); len(sent) > 0 {
			t.Errorf("%s: sent %v", sets, sent)
		}
	}
}

// TestAppendedRuleWithoutID has the answer to an appended rule show that rule without
// its id, or not at all: it is looked for, not added again.
func TestAppendedRuleWithoutID(t *testing.T) {
	t.Parallel()
	for _, rules := range []string{`[null]`, `[{"label":"New"}]`, `[[1]]`, `[]`, `"odd"`} {
		r := rig.New(t)
		id := r.ID("orchestration", "Shop Events")
		r.Inject(sandbox.Fault{Method: http.MethodPut, Status: http.StatusOK, AfterEffect: true, Body: `{"orchestration_path":{"version":"v9","sets":[{"id":"start","rules":` + rules + `}]}}`})
		text, isError := r.Call(t, "append_event_orchestration_router_rule", rig.Args{
			"orchestration_id": id, "conditions": "event.class matches 'x'", "route_to": "Cart Service", "label": "New"})
		if isError || strings.Contains(text, "not known") {
			t.Errorf("%s: error %v: %s", rules, isError, text)
		}
		if sent := r.Writes(); len(sent) != 1 {
			t.Errorf("%s: sent %v", rules, sent)
		}
	}
}
