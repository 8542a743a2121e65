package tool_test

import (
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
)

// TestEachObjectOnce holds that what a list names twice, as a name, in other letters or as
// an id, is looked at, shown and changed once.
func TestEachObjectOnce(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	ben := r.ID("user", "Ben Carter")
	people := []any{"Ben Carter", ben, "ben carter", ben}
	if got := r.Answer(t, "get_oncall_load", rig.Args{"user_ids": people})["people"].([]any); len(got) != 1 {
		t.Errorf("the load of %d people: %v", len(got), got)
	}
	schedules := []any{"Search Primary", r.ID("schedule", "Search Primary")}
	if got := r.Answer(t, "find_coverage_gaps", rig.Args{"schedule_ids": schedules})["looked_at"].(string); !strings.HasSuffix(got, " 1 schedule") {
		t.Errorf("looked at %s", got)
	}
	got := r.Answer(t, "manage_incidents", rig.Args{"incident_ids": []any{4711, "#4711", "4711"}, "assignee_ids": people, "dry_run": true})
	if would, _ := got["would"].(string); strings.Count(would, "#4711") != 1 || strings.Count(would, "Ben Carter") != 1 {
		t.Errorf("it says %s", would)
	}
}
