// Package people is the toolset for users, teams, schedules, on-calls and
// escalation policies: who is who, and who is on call when.
package people

import (
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// Set is the people toolset.
func Set() tool.Set {
	return tool.Set{
		Name:  "people",
		Title: "People",
		Holds: "users, teams, schedules, who is on call, escalation policies",
		Instructions: "Who is on call: list_oncalls, by service, team, escalation policy, schedule or user; without times now, level 1 is paged first. " +
			"Who will be: list_oncalls or get_schedule with since and until. Who am I: get_user_data.",
		WriteInstructions: "create_schedule_override changes who is paged: only when asked.",
		Tools:             slices.Concat(userTools, teamTools, scheduleTools, onCallTools, policyTools),
		Prompts:           prompts,
		Resources:         resources,
	}
}
