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
		Instructions: "PagerDuty AIOps. An event goes through an orchestration's global rules, then its router, which picks a service, then the service's own rules; " +
			"the first rule that fits counts. Alert grouping settings say which alerts become one incident.",
		WriteInstructions: "A mistake in a router loses pages: to add a route use append_event_orchestration_router_rule. " +
			"update_event_orchestration_router wants every rule that is there, in order; get the whole router first, and pass its version as expected_version.",
		Tools: slices.Concat(groupingTools, orchestrationTools, routerTools),
	}
}
