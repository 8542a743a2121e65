package response

import (
	"context"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var logTools = []tool.Tool{
	tool.Read("list_log_entries", "List log entries",
		"What happened, newest first: of an incident, or of the account.", listLogEntries).
		Known("get_log_entry", nil),
}

type listLogEntriesInput struct {
	Incident tool.IncidentID `json:"incident_id,omitzero"`
	ID       string          `json:"log_entry_id,omitzero"`
	Teams    []tool.TeamID   `json:"team_ids,omitzero"`
	Overview bool            `json:"is_overview,omitzero" doc:"Only the most important"`
	span
	tool.Paging
}

// Check refuses what PagerDuty can't search together.
func (in listLogEntriesInput) Check(call *tool.Call) error {
	since, until, _, err := in.both(call)
	switch {
	case err != nil:
		return err
	case in.ID != "" && (in.Incident != "" || len(in.Teams) > 0 || !since.IsZero() || !until.IsZero()):
		return tool.Wrong("log_entry_id: it names one entry; give it alone")
	case in.Incident != "" && len(in.Teams) > 0:
		return tool.Wrong("team_ids: the log of one incident is not searched by team; leave out team_ids or incident_id")
	}
	return nil
}

func listLogEntries(ctx context.Context, call tool.Reading, in listLogEntriesInput) (tool.List[record.Entry], error) {
	list := tool.List[record.Entry]{Name: "log_entries"}
	if in.ID != "" {
		one, err := call.PD.LogEntry(ctx, in.ID)
		if err == nil {
			list.Items = append(list.Items, record.ShowEntry(one))
		}
		return list, err
	}
	since, until, window, err := in.both(call.Call)
	if err != nil {
		return list, err
	}
	filter := pdapi.LogFilter{Since: since, Until: until, Overview: in.Overview, TeamIDs: tool.Strings(in.Teams)}
	if in.Incident == "" {
		list, err = tool.Collect("log_entries", in.Paging, call.PD.LogEntries(ctx, filter, in.Window()), record.ShowEntry)
		return within(list, window), err
	}
	id, err := record.IncidentID(ctx, call.PD, in.Incident)
	if err != nil {
		return list, err
	}
	list, err = tool.Collect("log_entries", in.Paging, call.PD.IncidentLogEntries(ctx, id, filter, in.Window()), func(e pdapi.LogEntry) record.Entry {
		e.Incident = nil // they are all of this one
		return record.ShowEntry(e)
	})
	return within(list, window), err
}
