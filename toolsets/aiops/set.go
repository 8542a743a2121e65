// Package aiops is the toolset for alert grouping and event orchestrations: how
// events become alerts, and alerts incidents.
package aiops

import (
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// Set is the aiops toolset.
func Set() tool.Set {
	return tool.Set{
		Name:  "aiops",
		Title: "AIOps",
		Holds: "alert grouping and event orchestrations",
		Instructions: "AIOps: an event goes through an orchestration's global rules, its router, which picks a service, then that service's rules; " +
			"the first that fits counts. Alert grouping settings say which alerts become one incident.",
		WriteInstructions: "A mistake in a router loses pages: add a route with append_event_orchestration_router_rule. " +
			"update_event_orchestration_router wants every rule, in order: get the whole router first, pass its version as expected_version.",
		Tools: slices.Concat(groupingTools, orchestrationTools, routerTools),
	}
}
