package services

import (
	"context"
	"iter"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

var serviceTools = []tool.Tool{
	tool.Read("list_services", "List services", "Finds services, by name, with status, escalation policy and teams.", listServices),
	tool.Read("get_service", "Get service", "Everything about one service: escalation policy, timeouts, urgency rule, support hours, integrations.", getService),
	tool.Create("create_service", "Create service", "Creates a service that pages by an escalation policy.", createService),
	tool.Update("update_service", "Update service", "Changes what is given of a service, and leaves the rest.", updateService),
}

type listServicesInput struct {
	Query    string        `json:"query,omitzero" doc:"Part of the name"`
	TeamIDs  []tool.TeamID `json:"team_ids,omitzero" alias:"teams_ids"`
	SortBy   string        `json:"sort_by,omitzero" enum:"name:asc,name:desc"`
	Policies tool.Instead  `json:"escalation_policy_ids,omitzero" hidden:"true" alias:"escalation_policy" says:"the services that use an escalation policy: get_escalation_policy lists them"`
	tool.Paging
}

func listServices(ctx context.Context, call tool.Reading, in listServicesInput) (tool.List[service], error) {
	return tool.Search[pdapi.Service, service]{
		Name: "services", Query: in.Query, Paging: in.Paging, Show: showService, NameOf: func(s pdapi.Service) string { return s.Name },
		Pages: func(query string, w pdapi.Window) iter.Seq2[pdapi.Page[pdapi.Service], error] {
			return call.PD.Services(ctx, pdapi.ServiceFilter{Query: query, TeamIDs: tool.Strings(in.TeamIDs), SortBy: in.SortBy}, w)
		},
	}.Collect()
}

type getServiceInput struct {
	ID tool.ServiceID `json:"service_id"`
}

func getService(ctx context.Context, call tool.Reading, in getServiceInput) (serviceDetails, error) {
	found, err := call.PD.Service(ctx, string(in.ID))
	return describeService(found), err
}

// serviceSettings are what create_service and update_service set alike.
type serviceSettings struct {
	AutoResolve  *int          `json:"auto_resolve_timeout,omitzero" min:"0" clears:"0 is never" doc:"Seconds"`
	Acknowledged *int          `json:"acknowledgement_timeout,omitzero" min:"0" clears:"0 is never" doc:"Seconds until an acknowledged incident triggers again"`
	Urgency      string        `json:"urgency,omitzero" pages:"true" enum:"high,low,severity_based" doc:"At all times"`
	Hours        *supportHours `json:"support_hours,omitzero" pages:"true" doc:"Instead of one urgency"`
}

// supportHours are the hours of a service and the urgencies in and out of them.
type supportHours struct {
	TimeZone string `json:"time_zone" doc:"As Europe/Berlin"`
	Start    string `json:"start_time" doc:"09:00"`
	End      string `json:"end_time" doc:"17:00"`
	Days     []int  `json:"days_of_week" doc:"1 Monday to 7 Sunday" min:"1" max:"7"`
	During   string `json:"urgency_during" default:"high" enum:"high,low,severity_based"`
	Outside  string `json:"urgency_outside" default:"low" enum:"high,low,severity_based"`
}

// Check refuses what PagerDuty would.
func (s serviceSettings) Check(*tool.Call) error { return s.into(&pdapi.ServiceChange{}) }

// into puts the settings into a change, or says what is wrong with them.
func (s serviceSettings) into(ch *pdapi.ServiceChange) error {
	ch.AutoResolveTimeout, ch.AcknowledgementTimeout = s.AutoResolve, s.Acknowledged
	switch {
	case s.Urgency != "" && s.Hours != nil:
		return tool.Wrong("urgency: a service has one urgency at all times or one by support hours, not both; leave out urgency or support_hours")
	case s.Urgency != "":
		ch.UrgencyRule = constantUrgency(s.Urgency)
	case s.Hours != nil:
		h := *s.Hours
		var err error
		if h.TimeZone, err = tool.ZoneName("support_hours.time_zone", h.TimeZone); err != nil {
			return err
		}
		if h.Start, err = timeOfDay("start_time", h.Start); err != nil {
			return err
		}
		if h.End, err = timeOfDay("end_time", h.End); err != nil {
			return err
		}
		for _, day := range h.Days {
			if day < 1 || day > 7 {
				return tool.Wrong("support_hours.days_of_week: %d is no day; use 1 (Monday) to 7 (Sunday)", day)
			}
		}
		ch.SupportHours = &pdapi.SupportHours{Type: "fixed_time_per_day", TimeZone: h.TimeZone, StartTime: h.Start, EndTime: h.End, Days: h.Days}
		ch.UrgencyRule = &pdapi.UrgencyRule{Type: "use_support_hours", During: constantUrgency(h.During), Outside: constantUrgency(h.Outside)}
	}
	return nil
}

func constantUrgency(urgency string) *pdapi.UrgencyRule {
	return &pdapi.UrgencyRule{Type: "constant", Urgency: urgency}
}

// timeOfDay reads 09:00 or 09:00:00.
func timeOfDay(name, s string) (string, error) {
	for _, layout := range []string{"15:04", time.TimeOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(time.TimeOnly), nil
		}
	}
	return "", tool.Wrong("support_hours.%s: %s is not a time of day; use 24-hour time as in 09:00", name, wording.Quote(s))
}

type createServiceInput struct {
	Name        string                  `json:"name" min:"1" max:"255"`
	Policy      tool.EscalationPolicyID `json:"escalation_policy_id" pages:"true"`
	Description *string                 `json:"description,omitzero" max:"1024"`
	serviceSettings
}

func createService(ctx context.Context, call tool.Writing, in createServiceInput) (serviceDetails, error) {
	change := pdapi.ServiceChange{Name: &in.Name, Description: in.Description, EscalationPolicyID: string(in.Policy)}
	if err := in.into(&change); err != nil {
		return serviceDetails{}, err
	}
	made, err := call.PD.CreateService(ctx, change)
	return describeService(made), tool.Unsure(err, "Look for it with list_services before creating it again. PagerDuty refuses a second service with the same name.")
}

type updateServiceInput struct {
	tool.Changes
	ID          tool.ServiceID          `json:"service_id"`
	Name        *string                 `json:"name,omitzero" min:"1" max:"255"`
	Description *string                 `json:"description,omitzero" max:"1024" clears:"true"`
	Policy      tool.EscalationPolicyID `json:"escalation_policy_id,omitzero" pages:"true"`
	serviceSettings
}

func updateService(ctx context.Context, call tool.Writing, in updateServiceInput) (serviceDetails, error) {
	change := pdapi.ServiceChange{Name: in.Name, Description: in.Description, EscalationPolicyID: string(in.Policy)}
	if err := in.into(&change); err != nil {
		return serviceDetails{}, err
	}
	changed, err := call.PD.UpdateService(ctx, string(in.ID), change)
	if err != nil {
		return serviceDetails{}, err
	}
	return tool.ShowChange(call.Call, changed, describeService), nil
}
