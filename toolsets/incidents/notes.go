package incidents

import (
	"context"
	"errors"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var noteTools = []tool.Tool{
	tool.Create("add_note_to_incident", "Add note to incident", "Writes a note on an incident's timeline, for everyone who follows it.", addNote),
}

type addNoteInput struct {
	Incident tool.IncidentID `json:"incident_id"`
	Note     string          `json:"note" min:"1" max:"25000" alias:"content"`
}

// addedNote is the result of add_note_to_incident.
type addedNote struct {
	Note record.Note `json:"incident_note"`
	Said string      `json:"remark,omitzero"`
}

func addNote(ctx context.Context, call tool.Writing, in addNoteInput) (addedNote, error) {
	id, err := record.IncidentID(ctx, call.PD.Reader, in.Incident)
	if err != nil {
		return addedNote{}, err
	}
	started := call.Now
	note, err := call.PD.AddNote(ctx, id, in.Note)
	if err == nil {
		return addedNote{Note: record.ShowNote(note)}, nil
	}
	if !pdapi.MaybeDone(err) && !errors.Is(err, pdapi.ErrNoDetails) {
		return addedNote{}, err
	}
	// Was it written all the same? PagerDuty's clock may be a little behind.
	notes, lookup := call.PD.Notes(ctx, id)
	if lookup != nil {
		return addedNote{}, &tool.UnknownOutcome{Check: "Look with get_incident, include notes, before writing it again.", Err: err}
	}
	for _, n := range notes {
		if n.Content == in.Note && n.CreatedAt.After(started.Add(-clocksDiffer)) {
			return addedNote{record.ShowNote(n), "PagerDuty's answer was lost on the way, but the note is there."}, nil
		}
	}
	return addedNote{}, &tool.UnknownOutcome{Check: "The note is not on the incident now, so it was probably not written. Look once more with get_incident, include notes, before writing it again.", Err: err}
}
