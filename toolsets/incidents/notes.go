package incidents

import (
	"context"
	"errors"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

var noteTools = []tool.Tool{
	tool.Create("add_note_to_incident", "Add note to incident", "Writes a note on an incident's timeline, for everyone who follows it.", addNote),
}

type addNoteInput struct {
	Incident tool.IncidentID `json:"incident_id"`
	Note     string          `json:"note" min:"1" max:"25000" alias:"content"`
}

type shownNote struct {
	ID      string    `json:"id"`
	By      *tool.Ref `json:"by,omitzero"`
	At      time.Time `json:"at,omitzero"`
	Content string    `json:"content"`
}

func showNote(n pdapi.Note) shownNote {
	return shownNote{n.ID, tool.RefTo(&n.User), n.CreatedAt.Time, wording.Excerpt(n.Content, maxProse)}
}

// addedNote is the result of add_note_to_incident.
type addedNote struct {
	Note shownNote `json:"note"`
	Said string    `json:"remark,omitzero"`
}

func addNote(ctx context.Context, call tool.Writing, in addNoteInput) (addedNote, error) {
	id, err := incidentIDOf(ctx, call.PD.Reader, in.Incident)
	if err != nil {
		return addedNote{}, err
	}
	started := call.Now
	note, err := call.PD.AddNote(ctx, id, in.Note)
	if err == nil {
		return addedNote{Note: showNote(note)}, nil
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
		if n.Content == in.Note && n.CreatedAt.After(started.Add(-2*time.Minute)) {
			return addedNote{showNote(n), "PagerDuty's answer was lost on the way, but the note is there."}, nil
		}
	}
	return addedNote{}, &tool.UnknownOutcome{Check: "The note is not on the incident now, so it was probably not written. Look once more with get_incident, include notes, before writing it again.", Err: err}
}
