// Package incidents is the toolset for incidents: finding them, judging them,
// and acting on them.
package incidents

import (
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// Set is the incidents toolset.
func Set() tool.Set {
	return tool.Set{
		Name:  "incidents",
		Title: "Incidents",
		Holds: "find incidents, judge them and act on them",
		Instructions: "What is on fire: list_incidents with status triggered and acknowledged. " +
			"My incidents: request_scope assigned. Without times a list covers the last month. " +
			"How many, per service, team or day: count_by or total. " +
			"get_related_incidents: same cause? get_past_incidents: seen before?",
		WriteInstructions: "create_incident, add_responders, and manage_incidents when it reassigns or escalates page people: only when asked, never twice.",
		Tools:             slices.Concat(incidentTools, insightTools, noteTools, responderTools),
		Prompts:           prompts,
		Resources:         resources,
	}
}
