package response

import (
	"context"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var noteTools = []tool.Tool{
	tool.Read("list_incident_notes", "List incident notes", "All notes on an incident, newest first.", listIncidentNotes),
}

type listIncidentNotesInput struct {
	Incident tool.IncidentID `json:"incident_id"`
	tool.Paging
}

// listIncidentNotes pages through what PagerDuty answers in one piece.
func listIncidentNotes(ctx context.Context, call tool.Reading, in listIncidentNotesInput) (tool.List[record.Note], error) {
	list := tool.List[record.Note]{Name: "notes"}
	id, err := record.IncidentID(ctx, call.PD, in.Incident)
	if err != nil {
		return list, err
	}
	notes, err := call.PD.Notes(ctx, id)
	if err != nil {
		return list, err
	}
	return tool.Part("notes", in.Paging, record.NewestFirst(notes), record.ShowNote), nil
}
