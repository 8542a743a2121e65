package response

import (
	"context"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/alert"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var alertTools = []tool.Tool{
	tool.Read("list_alerts_from_incident", "List alerts from incident",
		"What the monitoring tools said: number, threshold, host, message, links; newest first.", listAlerts).
		Known("get_alert_from_incident", nil),
}

type listAlertsInput struct {
	Incident tool.IncidentID `json:"incident_id"`
	Alert    string          `json:"alert_id,omitzero" doc:"Only this"`
	Status   []string        `json:"status,omitzero" enum:"triggered,resolved"`
	Raw      bool            `json:"raw,omitzero" doc:"As PagerDuty has it"`
	tool.Paging
}

func listAlerts(ctx context.Context, call tool.Reading, in listAlertsInput) (tool.List[alert.Alert], error) {
	list := tool.List[alert.Alert]{Name: "alerts"}
	id, err := record.IncidentID(ctx, call.PD, in.Incident)
	if err != nil {
		return list, err
	}
	show := alert.Show
	if in.Raw {
		show = alert.ShowRaw
	}
	if in.Alert != "" {
		one, err := call.PD.Alert(ctx, id, in.Alert)
		if err == nil {
			list.Items = append(list.Items, show(one))
		}
		return list, err
	}
	filter := pdapi.AlertFilter{Statuses: in.Status, SortBy: "created_at:desc"}
	return tool.Collect("alerts", in.Paging, call.PD.Alerts(ctx, id, filter, in.Window()), show)
}
