package toolsets_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
)

// TestBriefsTakeFewRoundTrips holds how many requests the briefs take, and how many of
// them one after another, which is what they cost in time. Those at a time differ from
// run to run: in one moment an answer comes and another request goes out.
func TestBriefsTakeFewRoundTrips(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	table.WriteString("\n| call | requests | one after another |\n|---|---|---|\n")
	for _, b := range rig.Briefs() {
		cost := rig.CostOf(t, b.Tool, b.Arguments)
		if cost.InSequence > b.InSequence || cost.AtOnce > 8 {
			t.Errorf("%s %s takes %d round trips one after another and makes %d requests at a time, not %d and 8 at most", b.Tool, b.Arguments, cost.InSequence, cost.AtOnce, b.InSequence)
		}
		fmt.Fprintf(&table, "| `%s` `%s` | %d | %d |\n", b.Tool, b.Arguments, cost.Requests, cost.InSequence)
	}
	table.WriteString("\n")
	rig.Part(t, "../docs/performance.md", "briefs", table.String())
}
