// Package services is the toolset for services.
package services

import "github.com/PagerDuty/pagerduty-mcp/toolsets/tool"

// Set is the services toolset. It has no tools yet.
func Set() tool.Set {
	return tool.Set{
		Name:  "services",
		Title: "Services",
		Holds: "find, create and change services",
	}
}
