package oncall

import (
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// TestCoverIsFair: who is best asked comes first, and whether somebody is of the schedule
// or only of its team decides last.
func TestCoverIsFair(t *testing.T) {
	t.Parallel()
	percent := func(n int) *int { return &n }
	one := func(name, from string, day int, load float64, near string) candidate {
		return candidate{Ref: tool.Ref{ID: "P" + name, Summary: name}, From: from, Daytime: percent(day), Load: load, Near: near}
	}
	want := []candidate{
		one("Ann", "team", 100, 0, ""),
		one("Bea", "schedule", 100, 40, ""), // less than a day apart: who takes turns
		one("Cem", "team", 100, 37, ""),
		one("Dan", "schedule", 95, 300, ""), // as much by day as those before
		one("Eve", "team", 20, 0, ""),       // fewer hours, but by night
		one("Fay", "schedule", 0, 0, ""),
		one("Gus", "schedule", 100, 0, "until 3 h before"),
		one("Hal", "schedule", 100, 200, "right after"),
		{Ref: tool.Ref{ID: "PIda", Summary: "Ida"}, From: "team", Near: "until right before"}, // nobody knows where
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, compareCandidates)
	for n := range want {
		if got[n].ID != want[n].ID {
			t.Errorf("%s comes in place %d, want %s", got[n].Summary, n+1, want[n].Summary)
		}
	}
	mute := candidate{From: "schedule", Problem: "has no contact method at all", mute: true}
	if got := mute.because(); !strings.HasSuffix(got, "but has no contact method at all") {
		t.Errorf("%s", got)
	}
	for n, says := range map[int]string{
		0: "no shift within 12 h of it, 100% of it by day there, 0 h on call in 28 days, but takes no turns in this schedule",
		1: "40 h on call in 28 days", 6: "though on call until 3 h before",
	} {
		if got := want[n].because(); !strings.Contains(got, says) || n == 1 && strings.Contains(got, "takes no turns") {
			t.Errorf("%s: %s", want[n].Summary, got)
		}
	}
}
