package people

import "github.com/PagerDuty/pagerduty-mcp/toolsets/tool"

var aSchedule = tool.PromptArgument{Name: "schedule", Description: "The schedule of the shift; all of mine if left out", Names: tool.Schedules}

var prompts = []tool.Prompt{
	{
		Name: "hand_over", Title: "Hand over my shift", Description: "What is still open, what was solved, what repeats, and who is next",
		Arguments: []tool.PromptArgument{aSchedule},
		Needs:     []string{"list_oncalls", "list_incidents", "get_incident"},
		Unless:    []string{"get_handoff"}, // with which oncall's is better
		Steps: []tool.Step{
			{Text: "Write the handover of my PagerDuty on-call shift."},
			{Text: "It is the shift of the schedule {schedule}: see with `list_oncalls`, schedule_ids {schedule}, since 7d and until +2d, when it began, when it ends and who is next."},
			{Text: "See with `list_oncalls`, user_ids me, since 7d and until +2d, on which schedules I am on call and when the shift began and ends; then who is next on them.", Unless: []string{"schedule"}},
			{Text: "List with `list_incidents` what is still open (status triggered and acknowledged, date_range all) and what happened since the shift began, of the teams or services that these schedules cover."},
			{Text: "Read the newest notes of what is open with `list_incident_notes`."},
			{Text: "Read the notes of what is open with `get_incident`, include notes.", Unless: []string{"list_incident_notes"}},
			{Text: "Write, in this order: still open, each with its number, since when, who has it, the last note and what is to be done; solved in the shift, one line each with what helped; " +
				"what came more than once; who is next and from when; overrides and maintenance ahead. At most a page. Change nothing."},
		},
	},
	{
		Name: "prepare_my_shift", Title: "Prepare my shift", Description: "When I am on call next, what is open there, and what it was like lately",
		Arguments: []tool.PromptArgument{aSchedule},
		Needs:     []string{"list_oncalls", "list_incidents"},
		Steps: []tool.Step{
			{Text: "Prepare me for my next PagerDuty on-call shift."},
			{Text: "See with `list_oncalls`, schedule_ids {schedule}, since now and until +14d, when it is my turn, and who is on call before and after me."},
			{Text: "See with `list_oncalls`, user_ids me, since now and until +14d, when and for what I am on call next.", Unless: []string{"schedule"}},
			{Text: "List with `list_incidents` what is open there now, and what the last 14 days brought, by service; say what came again and again."},
			{Text: "For the two or three that came most often, see with `get_past_incidents` what helped."},
			{Text: "See with `who_gets_paged`, escalation_policy_id of it and at the begin of the shift, whether a page would reach me then, and who is paged after me."},
			{Text: "See with `get_escalation_policy` who is paged after me.", Unless: []string{"who_gets_paged"}},
			{Text: "See with `find_coverage_gaps` whether anybody is missing in it."},
			{Text: "Tell me: when the shift is, in my time zone; what is open and who has it; what will probably page me and what to do then; whom to ask. At most half a page. Change nothing."},
		},
	},
}

var resources = []tool.Resource{
	{
		URI: "pagerduty://oncall", Name: "oncall", Title: "Who is on call now", Tool: "list_oncalls",
		Description: "Everybody who is on call now, as list_oncalls shows it",
		Fixed:       map[string]any{"limit": 100},
	},
	{
		URI: "pagerduty://oncall/{schedule}", Name: "oncall_of_schedule", Title: "Who is on call now, of a schedule", Tool: "list_oncalls",
		Description: "Who is on call now by a schedule, given by its name or id",
		Fixed:       map[string]any{"limit": 100},
		Variables:   []tool.Variable{{Name: "schedule", Argument: "schedule_ids", Names: tool.Schedules}},
	},
}
