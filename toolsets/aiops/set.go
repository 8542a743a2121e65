// Package aiops is the toolset for alert grouping and event orchestrations.
package aiops

import "github.com/PagerDuty/pagerduty-mcp/toolsets/tool"

// Set is the aiops toolset. It has no tools yet.
func Set() tool.Set {
	return tool.Set{
		Name:  "aiops",
		Title: "AIOps",
		Holds: "alert grouping and event orchestrations",
	}
}
