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
		Name:         "oncall",
		Title:        "On call",
		Holds:        "who would be paged, handoffs, gaps, covers, the load of on-call, overrides, notifications",
		Instructions: "On-call: who_gets_paged says who is woken, and why nobody is; find_cover swaps a shift; get_handoff hands over.",
		Tools:        slices.Concat(whoTools, handoffTools, gapTools, coverTools, loadTools, overrideTools, notificationTools),
		Prompts:      prompts,
	}
}
