package incidents_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
)

// TestLongAnswersAreCut gives a list of records that are long, and an incident
// with more notes than a model can read.
func TestLongAnswersAreCut(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for i := range 30 {
		r.Answer(t, "create_incident", rig.Args{"title": strings.Repeat("long ", 200) + fmt.Sprint(i), "service_id": r.ID("service", "Cart Service")})
		r.Answer(t, "add_note_to_incident", rig.Args{"incident_id": r.ID("incident", "4711"), "note": strings.Repeat("word ", 400) + fmt.Sprint(i)})
	}
	text, _ := r.Call(t, "list_incidents", nil)
	var list map[string]any
	if err := json.Unmarshal([]byte(text), &list); err != nil || len(text) > 30_000 {
		t.Fatalf("%v, %d bytes", err, len(text))
	}
	n := len(list["incidents"].([]any))
	if n >= 25 || list["next_offset"] != float64(n) || list["count"] != float64(n) || !strings.Contains(list["note"].(string), "next_offset") {
		t.Errorf("%d records, next %v, note %v", n, list["next_offset"], list["note"])
	}
	// What can't be gone on with is whole.
	var ids []string
	for n := 4420; n < 4540; n++ {
		ids = append(ids, r.ID("incident", fmt.Sprint(n)))
	}
	if n := len(r.Answer(t, "manage_incidents", rig.Args{"incident_ids": ids, "priority_id": "P4"})["incidents"].([]any)); n != 100 {
		t.Errorf("%d incidents, want the 100 that PagerDuty lists", n)
	}
	// Who asks for so many gets them.
	if n := len(r.Answer(t, "list_incidents", rig.Args{"limit": 30})["incidents"].([]any)); n != 30 {
		t.Errorf("%d records, want 30", n)
	}
	text, _ = r.Call(t, "get_incident", rig.Args{"incident_id": "4711", "include": "notes"})
	if len(text) > 30_000 || !strings.Contains(text, "older_notes_left_out") || !strings.Contains(text, "word 29") {
		t.Errorf("%d bytes", len(text))
	}
}

// TestListedPendingActions asks a list for what PagerDuty will do next.
func TestListedPendingActions(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for _, call := range []rig.Args{{"include": "pending_actions"}, {"fields": []string{"number", "pending_actions"}}} {
		call["status"] = "triggered"
		text, _ := r.Call(t, "list_incidents", call)
		if !strings.Contains(text, `"pending_actions":[{"action":"escalate","at":"`) {
			t.Errorf("%v: %s", call, text)
		}
	}
	if text, _ := r.Call(t, "list_incidents", rig.Args{"status": "triggered"}); strings.Contains(text, "pending_actions") {
		t.Errorf("it was not asked for: %s", text)
	}
}
