package response

import (
	"context"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
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
	cut := false
	list = tool.Part("notes", in.Paging, record.NewestFirst(notes), func(n pdapi.Note) record.Note {
		shown := record.ShowNote(n)
		if shown.Content != n.Content && in.Limit == 1 {
			shown.Content = wording.Excerpt(n.Content, maxNote)
		}
		cut = cut || shown.Content != n.Content
		return shown
	})
	if cut && in.Limit > 1 {
		list.AddNote("A long note is cut; with limit 1, and the offset of that note, it is shown to its end.")
	}
	return list, nil
}

// maxNote bounds a note that is asked for alone, in characters.
const maxNote = 30_000
