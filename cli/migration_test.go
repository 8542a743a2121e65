package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

// ofVersion2 are the tools of version 2.0 of PagerDuty's local server, by toolset.
var ofVersion2 = map[string]string{
	"incidents": "list_incidents get_incident get_outlier_incident get_past_incidents get_related_incidents create_incident manage_incidents add_responders add_note_to_incident",
	"services":  "list_services get_service create_service update_service",
	"people": "get_user_data list_users list_teams get_team list_team_members create_team update_team delete_team add_team_member remove_team_member list_schedules get_schedule " +
		"list_schedule_users create_schedule_override list_oncalls list_escalation_policies get_escalation_policy",
	"aiops": "list_alert_grouping_settings get_alert_grouping_setting create_alert_grouping_setting update_alert_grouping_setting delete_alert_grouping_setting list_event_orchestrations " +
		"get_event_orchestration get_event_orchestration_router get_event_orchestration_service get_event_orchestration_global update_event_orchestration_router append_event_orchestration_router_rule",
}

// ofVersion1 are the tools that the last version 1 of it had besides, by what they are about.
var ofVersion1 = []struct{ about, tools string }{
	{"incidents", "list_incident_notes list_alerts_from_incident get_alert_from_incident list_incident_change_events list_log_entries get_log_entry list_priorities"},
	{"changes", "list_change_events get_change_event list_service_change_events"},
	{"workflows", "list_incident_workflows get_incident_workflow start_incident_workflow"},
	{"services", "get_technical_service_dependencies list_business_services get_business_service_dependencies"},
	{"users and policies", "create_user create_escalation_policy update_escalation_policy"},
	{"schedules", "create_schedule update_schedule delete_schedule_v3"},
	{"rotations", "list_schedule_v3_rotations get_schedule_v3_rotation create_schedule_v3_rotation delete_schedule_v3_rotation " +
		"list_schedule_v3_rotation_events get_schedule_v3_rotation_event create_schedule_v3_rotation_event update_schedule_v3_rotation_event delete_schedule_v3_rotation_event"},
	{"custom shifts", "list_schedule_v3_custom_shifts get_schedule_v3_custom_shift create_schedule_v3_custom_shifts update_schedule_v3_custom_shift delete_schedule_v3_custom_shift"},
	{"overrides of shift-based schedules", "list_schedule_v3_overrides get_schedule_v3_override create_schedule_v3_overrides update_schedule_v3_override delete_schedule_v3_override"},
	{"analytics", "get_responder_metrics get_responder_load_metrics get_incident_metrics_by_service get_incident_metrics_by_team get_incident_metrics_all"},
	{"status pages", "list_status_pages list_status_page_severities list_status_page_impacts list_status_page_statuses get_status_page_post list_status_page_post_updates " +
		"create_status_page_post create_status_page_post_update"},
	{"webhooks", "list_webhook_subscriptions get_webhook_subscription create_webhook_subscription update_webhook_subscription delete_webhook_subscription list_extension_schemas get_extension_schema"},
}

// instead are tools that do what tools of another name did.
var instead = map[string]string{
	"list_schedule_v3_overrides":   "list_schedule_overrides",
	"get_schedule_v3_override":     "list_schedule_overrides",
	"create_schedule_v3_overrides": "create_schedule_override",
	"update_schedule_v3_override":  "update_schedule_override",
	"delete_schedule_v3_override":  "delete_schedule_override",
}

// TestMigration holds the page for those who come from PagerDuty's local server: where each
// of its tools is. Tools that are not there yet are said to be so, until they are.
func TestMigration(t *testing.T) {
	t.Parallel()
	sets := toolsets.All()
	for set, names := range ofVersion2 {
		for _, name := range strings.Fields(names) {
			if each, in, ok := find(name, sets); !ok || in != set || each.Name() != name {
				t.Errorf("%s of version 2.0 is not in the toolset %s", name, set)
			}
		}
	}
	var table strings.Builder
	table.WriteString("\n| about | tool there | here |\n|---|---|---|\n")
	all, missing := 42, 0
	for _, group := range ofVersion1 {
		for _, name := range strings.Fields(group.tools) {
			all++
			each, set, ok := find(name, sets)
			replaced, mapped := instead[name]
			if ok && mapped {
				t.Errorf("%s is there: it needs no other tool in its place", name)
			}
			here := "not yet"
			if mapped {
				if each, set, ok = find(replaced, sets); !ok {
					t.Errorf("%s, which is to do what %s did, is not there", replaced, name)
				}
			}
			switch {
			case !ok:
				missing++
			case each.Name() == name:
				here = fmt.Sprintf("[the same](tools/%s.md#%s), of `%s`", set, name, set)
			case mapped:
				here = fmt.Sprintf("[`%s`](tools/%s.md#%s), for both kinds of schedules", each.Name(), set, each.Name())
			default:
				here = fmt.Sprintf("[`%s`](tools/%s.md#%s), which is also called by the old name", each.Name(), set, each.Name())
			}
			fmt.Fprintf(&table, "| %s | `%s` | %s |\n", group.about, name, here)
		}
	}
	if all != 103 {
		t.Errorf("version 1 had 103 tools; %d are listed", all)
	}
	fmt.Fprintf(&table, "\nOf the 103, %d are here.\n\n", all-missing)
	rig.Part(t, "../docs/coming-from-pagerduty.md", "migration: written by task update", table.String())
	for name := range instead {
		if !slices.ContainsFunc(ofVersion1, func(g struct{ about, tools string }) bool { return slices.Contains(strings.Fields(g.tools), name) }) {
			t.Errorf("%s was no tool", name)
		}
	}
}
