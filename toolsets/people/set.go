// Package people is the toolset for users, teams, schedules, on-calls and
// escalation policies.
package people

import "github.com/PagerDuty/pagerduty-mcp/toolsets/tool"

// Set is the people toolset. It has no tools yet.
func Set() tool.Set {
	return tool.Set{
		Name:  "people",
		Title: "People",
		Holds: "users, teams, schedules, who is on call, escalation policies",
	}
}
