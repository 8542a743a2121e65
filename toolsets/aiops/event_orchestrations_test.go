package aiops_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
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
