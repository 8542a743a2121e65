package response

import "github.com/PagerDuty/pagerduty-mcp/toolsets/tool"

var theIncident = tool.PromptArgument{Name: "incident", Description: "Its number, link or id", Required: true, Names: tool.OpenIncidents}

var prompts = []tool.Prompt{
	{
		Name: "draft_postmortem", Title: "Draft a post-mortem", Description: "From the timeline: what happened, the impact, what helped, what to do",
		Arguments: []tool.PromptArgument{theIncident},
		Needs:     []string{"get_incident_timeline", "triage_incident"},
		Steps: []tool.Step{
			{Text: "Draft the post-mortem of PagerDuty incident {incident}."},
			{Text: "Read all of `get_incident_timeline`, then `triage_incident` for what changed before and when it was seen before."},
			{Text: "Read the alerts with `list_alerts_from_incident` where numbers and thresholds matter."},
			{Text: "Write: a summary of three sentences; the impact, and on whom; the timeline with clock times in one zone; the cause, and what that rests on; " +
				"what went well and what did not; actions, each with an owner to be named. No blame: say what happened, not who failed. " +
				"Write \"not known\" where the records don't say, and invent nothing."},
		},
	},
	{
		Name: "draft_status_update", Title: "Draft a status update", Description: "For the incident's subscribers; sent only after you agree",
		Arguments: []tool.PromptArgument{theIncident, {Name: "audience", Description: "Who reads it; stakeholders if left out"}},
		Needs:     []string{"triage_incident"},
		Steps: []tool.Step{
			{Text: "Draft a status update on PagerDuty incident {incident}."},
			{Text: "Its readers are {audience}."},
			{Text: "Its readers are stakeholders who don't work on it.", Unless: []string{"audience"}},
			{Text: "Read how it stands with `triage_incident`."},
			{Text: "At most four sentences: what is affected and how badly, since when, what is being done, when the next update comes. " +
				"Plain words, no names of people or hosts, no guess at the cause unless it is confirmed."},
			{Text: "Show me the draft. Send it with `send_status_update` only after I say yes, and only once."},
			{Text: "Show me the draft; sending it is up to me.", Unless: []string{"send_status_update"}},
		},
	},
}
