// Package services is the toolset for services: what can fail, and who is paged
// when it does.
package services

import "github.com/PagerDuty/pagerduty-mcp/toolsets/tool"

// Set is the services toolset.
func Set() tool.Set {
	return tool.Set{
		Name:  "services",
		Title: "Services",
		Holds: "find, create and change services",
		Instructions: "Services: status critical means triggered incidents, warning acknowledged ones. get_service has urgency rule, support hours, timeouts; " +
			"of many services: list_services with fields name, auto_resolve_timeout.",
		WriteInstructions: "update_service changes only what is given; clear empties a description and switches a timeout off.",
		Tools:             serviceTools,
		Prompts:           prompts,
	}
}
