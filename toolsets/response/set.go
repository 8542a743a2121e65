// Package response is the toolset for working an incident to its end: what fired,
// what happened when, what changed, and whether it was seen before.
package response

import (
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// Set is the response toolset.
func Set() tool.Set {
	return tool.Set{
		Name:              "response",
		Title:             "Response",
		Holds:             "work an incident to its end: triage, alerts, timeline, changes, notes",
		Instructions:      "Working an incident: begin with triage_incident, which reads everything at once.",
		WriteInstructions: "send_status_update mails people: only when asked, never twice. merge_incidents can't be undone.",
		Tools: slices.Concat(triageTools, timelineTools, alertTools, changeTools, logTools, noteTools,
			alertUpdateTools, optionTools, fieldTools, snoozeTools, mergeTools, responderTools, statusUpdateTools, subscriberTools),
		Prompts: prompts,
	}
}
