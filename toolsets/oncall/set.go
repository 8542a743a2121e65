// Package oncall is the toolset about being on call: who is paged when and how, by
// whom a shift can be taken, where nobody is, and whether it is fair.
package oncall

import (
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// Set is the oncall toolset.
func Set() tool.Set {
	return tool.Set{
		Name:  "oncall",
		Title: "On call",
		Holds: "who would be paged, handoffs, gaps, covers, the load of on-call, overrides, notifications",
		Instructions: "PagerDuty on-call. Who would be woken, and why nobody: who_gets_paged. Handing over: get_handoff. Swapping a shift: find_cover, which ends with the call that does it. " +
			"Answers end with the exact call to make next.",
		WriteInstructions: "Overrides change who is paged: change them only when asked.",
		Tools:             slices.Concat(whoTools, handoffTools, gapTools, coverTools, loadTools, overrideTools, notificationTools),
	}
}
