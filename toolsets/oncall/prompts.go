package oncall

import "github.com/PagerDuty/pagerduty-mcp/toolsets/tool"

var prompts = []tool.Prompt{{
	Name: "hand_over", Title: "Hand over my shift", Description: "What is still open, what was solved, what repeats, and who is next",
	Arguments: []tool.PromptArgument{{Name: "schedule", Description: "The schedule of the shift; all of mine if left out", Names: tool.Schedules}},
	Needs:     []string{"get_handoff"},
	Steps: []tool.Step{
		{Text: "Write the handover of my PagerDuty on-call shift."},
		{Text: "Begin with `get_handoff`, schedule_id {schedule}, which reads the whole shift at once."},
		{Text: "Begin with `get_handoff`, which reads my whole shift at once.", Unless: []string{"schedule"}},
		{Text: "Where a last note does not tell how it stands, read `list_incident_notes`."},
		{Text: "See with `who_gets_paged` whom the most urgent of what is open pages next, if nobody has it."},
		{Text: "Write, in this order: still open, each with its number, since when, who has it, the last note and what is to be done; solved in the shift, one line each with what helped; " +
			"what came more than once; who is next and from when; overrides and maintenance ahead. At most a page. Change nothing."},
	},
}}
