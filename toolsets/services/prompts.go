package services

import "github.com/PagerDuty/pagerduty-mcp/toolsets/tool"

var prompts = []tool.Prompt{{
	Name: "quieten_service", Title: "Quieten a service", Description: "What pages most and is worth least, and how to make it stop; changes nothing before you agree",
	Arguments: []tool.PromptArgument{{Name: "service", Description: "Its name or id", Required: true, Names: tool.Services}},
	Needs:     []string{"get_service", "list_incidents"},
	Steps: []tool.Step{
		{Text: "Find out how the PagerDuty service {service} can page less without missing what matters."},
		{Text: "Read it with `get_service`. List its incidents of the last 30 days with `list_incidents`, service_ids {service}, since 30d, limit 300, and group them by what their titles have in common."},
		{Text: "For the groups that come most often, see what their alerts say with `list_alerts_from_incident`, and with `get_incident_timeline` whether anybody did anything."},
		{Text: "See how its alerts are grouped with `list_alert_grouping_settings`, and which event rules it has with `get_event_orchestration_service`."},
		{Text: "For each group: how often, how many at night, how long it lasted, whether it resolved by itself. Then what to do about it, the smallest change first: " +
			"fix the monitor's threshold, group its alerts, lower its urgency, suppress it. Say what each change would have saved in these 30 days, and what it might hide."},
		{Text: "Where a group is best made quieter by `update_alert_grouping_setting` or `update_service`, show me the exact call. Change nothing before I say yes to that call."},
		{Text: "Change nothing.", Unless: []string{"update_service"}},
	},
}}
