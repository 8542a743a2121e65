package services

import (
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// service is a service as lists show it.
type service struct {
	ID           string     `json:"id"`
	Name         string     `json:"name"`
	Description  string     `json:"description,omitzero"`
	Status       string     `json:"status,omitzero"`
	Policy       *tool.Ref  `json:"escalation_policy,omitzero"`
	Teams        []tool.Ref `json:"teams,omitempty"`
	LastIncident time.Time  `json:"last_incident_at,omitzero"`
	URL          string     `json:"url,omitzero"`
	// Timeouts are in seconds; 0 is never.
	AutoResolve  *int `json:"auto_resolve_timeout,omitzero" asked:"true"`
	Acknowledged *int `json:"acknowledgement_timeout,omitzero" asked:"true"`
}

const maxDescription = 120 // characters of a description in a list

func showService(s pdapi.Service) service {
	return service{
		ID: s.ID, Name: s.Name, Description: wording.Excerpt(s.Description, maxDescription), Status: s.Status, Policy: tool.RefTo(s.EscalationPolicy),
		Teams: tool.RefsTo(s.Teams), LastIncident: s.LastIncidentAt.Time, URL: s.HTMLURL,
		AutoResolve: orNever(s.AutoResolveTimeout), Acknowledged: orNever(s.AcknowledgementTimeout),
	}
}

// orNever is a timeout in seconds, which PagerDuty leaves empty where it is never.
func orNever(seconds *int) *int {
	if seconds == nil {
		return new(int)
	}
	return seconds
}

// serviceDetails is a service as get_service shows it. Timeouts are in seconds; 0 is
// never.
type serviceDetails struct {
	service
	CreatedAt     time.Time               `json:"created_at,omitzero"`
	AutoResolve   int                     `json:"auto_resolve_timeout"`
	Acknowledged  int                     `json:"acknowledgement_timeout"`
	Urgency       any                     `json:"urgency,omitzero"` // one, or by support hours
	Hours         *hours                  `json:"support_hours,omitzero"`
	Actions       []pdapi.ScheduledAction `json:"scheduled_actions,omitempty"`
	Integrations  []tool.Ref              `json:"integrations,omitempty"`
	AlertGrouping string                  `json:"alert_grouping,omitzero"`
	AutoPause     *pdapi.AutoPause        `json:"auto_pause_notifications,omitzero"`
}

type hours struct {
	TimeZone string `json:"time_zone"`
	Start    string `json:"start_time"`
	End      string `json:"end_time"`
	Days     []int  `json:"days_of_week"`
}

func describeService(s pdapi.Service) serviceDetails {
	d := serviceDetails{
		service: showService(s), CreatedAt: s.CreatedAt.Time, Actions: s.ScheduledActions, Integrations: tool.RefsTo(s.Integrations),
	}
	d.Description = s.Description
	d.AutoResolve, d.Acknowledged = *d.service.AutoResolve, *d.service.Acknowledged
	if rule := s.UrgencyRule; rule != nil {
		d.Urgency = rule.Urgency
		if rule.During != nil && rule.Outside != nil {
			d.Urgency = map[string]string{"during_support_hours": rule.During.Urgency, "outside_support_hours": rule.Outside.Urgency}
		}
	}
	if h := s.SupportHours; h != nil {
		d.Hours = &hours{h.TimeZone, h.StartTime, h.EndTime, h.Days}
	}
	if s.AlertGrouping != nil {
		d.AlertGrouping = s.AlertGrouping.Type
	}
	if s.AutoPause != nil && s.AutoPause.Enabled {
		d.AutoPause = s.AutoPause
	}
	return d
}
