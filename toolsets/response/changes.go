package response

import (
	"context"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var changeTools = []tool.Tool{
	tool.Read("list_change_events", "List change events",
		"Deployments, flags and other changes, newest first: those related to an incident, of services or teams, or all.", listChangeEvents).
		Known("list_incident_change_events", nil).Known("list_service_change_events", nil).Known("get_change_event", nil),
}

type listChangeEventsInput struct {
	Incident tool.IncidentID  `json:"incident_id,omitzero" doc:"Related to this"`
	Services []tool.ServiceID `json:"service_ids,omitzero" alias:"service_id" max:"8"`
	Teams    []tool.TeamID    `json:"team_ids,omitzero"`
	ID       string           `json:"change_event_id,omitzero"`
	span
	tool.Paging
}

// Check refuses what PagerDuty can't search together.
func (in listChangeEventsInput) Check(call *tool.Call) error {
	since, until, _, err := in.both(call)
	limits := len(in.Services) > 0 || len(in.Teams) > 0 || !since.IsZero() || !until.IsZero()
	switch {
	case err != nil:
		return err
	case in.ID != "" && (limits || in.Incident != ""):
		return tool.Wrong("change_event_id: it names one change; give it alone")
	case in.Incident != "" && (limits || in.Offset > 0):
		return tool.Wrong("incident_id: PagerDuty relates changes to an incident by itself; leave out service_ids, team_ids, since, until and offset, or incident_id")
	}
	return nil
}

func listChangeEvents(ctx context.Context, call tool.Reading, in listChangeEventsInput) (tool.List[record.Change], error) {
	list := tool.List[record.Change]{Name: "change_events"}
	switch {
	case in.ID != "":
		one, err := call.PD.ChangeEvent(ctx, in.ID)
		if err == nil {
			list.Items = append(list.Items, record.ShowChange(one))
		}
		return list, err
	case in.Incident != "":
		id, err := record.IncidentID(ctx, call.PD, in.Incident)
		if err != nil {
			return list, err
		}
		found, err := call.PD.RelatedChangeEvents(ctx, id, in.Limit+1)
		for _, c := range found[:min(len(found), in.Limit)] {
			list.Items = append(list.Items, record.ShowChange(c))
		}
		switch {
		case len(found) > in.Limit:
			list.AddNote("There are more; give a higher limit to see them.")
		case len(found) == pdapi.MaxPageSize:
			list.AddNote("There may be more: PagerDuty lists no more than %d that are related to an incident.", pdapi.MaxPageSize)
		}
		return list, err
	}
	since, until, window, err := in.both(call.Call)
	if err != nil {
		return list, err
	}
	filter := pdapi.ChangeFilter{Since: since, Until: until, TeamIDs: tool.Strings(in.Teams)}
	if len(in.Services) == 0 {
		list, err = tool.Collect("change_events", in.Paging, call.PD.ChangeEvents(ctx, filter, in.Window()), record.ShowChange)
	} else {
		list, err = in.ofServices(ctx, call, filter)
	}
	return within(list, window), err
}

// ofServices puts the changes of several services in one order: PagerDuty lists those
// of one at a time.
func (in listChangeEventsInput) ofServices(ctx context.Context, call tool.Reading, filter pdapi.ChangeFilter) (tool.List[record.Change], error) {
	if len(in.Services) == 1 {
		return tool.Collect("change_events", in.Paging, call.PD.ServiceChangeEvents(ctx, string(in.Services[0]), filter, in.Window()), record.ShowChange)
	}
	window := pdapi.Window{Limit: in.Offset + in.Limit + 1}
	all, err := tool.SideBySide(ctx, call.PD.Room(record.AtOnce), in.Services, func(ctx context.Context, id tool.ServiceID) ([]pdapi.ChangeEvent, error) {
		return all(call.PD.ServiceChangeEvents(ctx, string(id), filter, window))
	})
	if err != nil {
		return tool.List[record.Change]{Name: "change_events"}, err
	}
	merged := newestFirst(all, func(c pdapi.ChangeEvent) (string, time.Time) { return c.ID, c.At.Time })
	list := tool.Part("change_events", in.Paging, merged, record.ShowChange)
	list.Facts = nil // how many there are in all was not asked
	return list, nil
}
