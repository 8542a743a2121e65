package aiops_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestBigRuleSets reads hundreds of rules in parts that a model can take.
func TestBigRuleSets(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	id := r.ID("orchestration", "Legacy Events")
	for _, name := range []string{"get_event_orchestration_router", "get_event_orchestration_global"} {
		seen, offset, calls := 0, 0.0, 0
		for {
			text, isError := r.Call(t, name, rig.Args{"orchestration_id": id, "offset": offset, "limit": 1000})
			var got map[string]any
			if err := json.Unmarshal([]byte(text), &got); isError || err != nil {
				t.Fatalf("%s: %s", name, text)
			}
			if len(text) > 30_000 { // about 10,000 tokens
				t.Errorf("%s answers %d bytes", name, len(text))
			}
			seen += len(rulesOf(got))
			calls++
			if got["more"] != true {
				break
			}
			if name == "get_event_orchestration_router" && !strings.Contains(fmt.Sprint(got["note"]), "would delete the others") {
				t.Errorf("note is %v", got["note"])
			}
			offset = got["next_offset"].(float64)
		}
		if seen != 200 || calls < 2 {
			t.Errorf("%s: %d rules in %d calls, want 200 in several", name, seen, calls)
		}
	}
}

// TestNamesBesideIDs holds that the ids in an orchestration's rules have names, and that
// nothing fails where these can't be found out.
func TestNamesBesideIDs(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	router := func(limit int) map[string]any {
		r.ForgetRequests()
		return r.Answer(t, "get_event_orchestration_router", rig.Args{"orchestration_id": r.ID("orchestration", "Legacy Events"), "limit": limit})
	}
	for limit, most := range map[int]int{2: 4, 1000: 4} { // by the ids, or from the list
		got := router(limit)
		services, _ := got["services"].([]any)
		for _, service := range services {
			if service := service.(map[string]any); service["id"] == nil || service["summary"] == nil {
				t.Errorf("%v has no name", service)
			}
		}
		if len(services) == 0 || len(r.Requests()) > most {
			t.Errorf("%d services in %d requests", len(services), len(r.Requests()))
		}
	}
	r.Inject(sandbox.Fault{Path: "/services", Status: 403})
	r.Inject(sandbox.Fault{Path: "/services/" + r.ID("service", "Checkout API"), Status: 403})
	if got := router(1000); got["total_rules"] == nil || strings.Contains(fmt.Sprint(got["services"]), "summary") {
		t.Errorf("%v", got["services"])
	}
	r.Inject(sandbox.Fault{Path: "/teams/" + r.ID("team", "Platform"), Status: 404})
	if got := r.Answer(t, "get_event_orchestration", rig.Args{"orchestration_id": r.ID("orchestration", "Shop Events")}); fmt.Sprint(got["team"]) != fmt.Sprintf("map[id:%s]", r.ID("team", "Platform")) {
		t.Errorf("%v", got["team"])
	}
}
