package incidents

import (
	"context"
	"fmt"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// incident is an incident as list_incidents shows it.
type incident struct {
	record.Incident
	// Notes are the newest ones, where the list is asked for them.
	Notes []record.Note `json:"notes,omitempty"`
	// Pending is what PagerDuty will do next, where the list is asked for it.
	Pending []pendingAction `json:"pending_actions,omitempty"`
}

func showIncident(i pdapi.Incident) incident { return incident{Incident: record.ShowIncident(i)} }

// maxListedNotes is how many notes of an incident a list shows.
const maxListedNotes = 3

// addNotes adds to listed incidents their newest notes, which takes a request for each.
func addNotes(ctx context.Context, call tool.Reading, listed []incident) error {
	const most = 25
	if len(listed) > most {
		call.Note("Notes are shown of the first %d incidents only; ask with limit %d, and go on with offset.", most, most)
		listed = listed[:most]
	}
	notes, err := tool.SideBySide(ctx, call.PD.Room(record.AtOnce), listed, func(ctx context.Context, i incident) ([]pdapi.Note, error) {
		return call.PD.Notes(ctx, i.ID)
	})
	if err != nil {
		return fmt.Errorf("reading the incidents' notes: %w", err)
	}
	leftOut := false
	for i, all := range notes {
		all = record.NewestFirst(all)
		for _, n := range all[:min(len(all), maxListedNotes)] {
			listed[i].Notes = append(listed[i].Notes, record.ShowNote(n))
		}
		leftOut = leftOut || len(all) > maxListedNotes
	}
	if leftOut {
		call.Note("Of incidents with more notes the newest %d are shown; get_incident with include notes has all.", maxListedNotes)
	}
	return nil
}

// incidentDetails is an incident as get_incident shows it.
type incidentDetails struct {
	record.Incident
	Acknowledged  []action                `json:"acknowledged_by,omitempty"`
	Policy        *tool.Ref               `json:"escalation_policy,omitzero"`
	StatusChanged *action                 `json:"last_status_change,omitzero"`
	Alerts        *pdapi.AlertCounts      `json:"alert_counts,omitzero"`
	Pending       []pendingAction         `json:"pending_actions,omitempty"`
	Responders    []record.Responder      `json:"responders,omitempty"`
	MergedInto    *tool.Ref               `json:"merged_into,omitzero"`
	Bridge        *pdapi.ConferenceBridge `json:"conference_bridge,omitzero"`
	Type          string                  `json:"type,omitzero"`
	Key           string                  `json:"incident_key,omitzero"`
	Body          any                     `json:"body,omitzero" free:"true"`
	Notes         []record.Note           `json:"notes,omitzero"` // nil unless asked for
	NotesLeftOut  int                     `json:"older_notes_left_out,omitzero"`
}

// maxNotes bounds the notes of one answer, in characters: about 5,000 tokens.
const maxNotes = 16_000

// addNotes shows the newest notes after the first offset, as many as fit.
func (d *incidentDetails) addNotes(call tool.Reading, notes []pdapi.Note, offset int) {
	notes = record.NewestFirst(notes)
	d.Notes = []record.Note{}
	if offset > 0 && offset >= len(notes) {
		call.Note("The incident has %d notes, so that there are none after notes_offset %d.", len(notes), offset)
	}
	size := 0
	for i, n := range notes[min(offset, len(notes)):] {
		shown := record.ShowNote(n)
		if size += len(shown.Content) + 100; size > maxNotes && i > 0 {
			d.NotesLeftOut = len(notes) - offset - i
			call.Note("%d older notes are left out; go on with notes_offset %d.", d.NotesLeftOut, offset+i)
			return
		}
		d.Notes = append(d.Notes, shown)
	}
}

// action is something that someone did at a time.
type action struct {
	By *tool.Ref `json:"by,omitzero"`
	At time.Time `json:"at,omitzero"`
}

type pendingAction struct {
	Action string    `json:"action"`
	At     time.Time `json:"at,omitzero"`
}

// pendingActions is what PagerDuty will do with an incident by itself.
func pendingActions(i pdapi.Incident) []pendingAction {
	var next []pendingAction
	for _, p := range i.PendingActions {
		next = append(next, pendingAction{p.Type, p.At.Time})
	}
	return next
}

func describeIncident(i pdapi.Incident) incidentDetails {
	d := incidentDetails{
		Incident: record.ShowIncident(i), Policy: tool.RefTo(i.EscalationPolicy), Alerts: i.AlertCounts, Bridge: i.ConferenceBridge, Key: i.Key,
	}
	for _, a := range i.Acknowledgements {
		d.Acknowledged = append(d.Acknowledged, action{tool.RefTo(&a.Acknowledger), a.At.Time})
	}
	// An incident nobody has touched "changed" when it was created.
	if !i.StatusChangedAt.Equal(i.CreatedAt.Time) {
		d.StatusChanged = &action{tool.RefTo(i.StatusChangedBy), i.StatusChangedAt.Time}
	}
	d.Pending = pendingActions(i)
	for _, r := range i.Responders {
		d.Responders = append(d.Responders, record.ShowResponder(r))
	}
	if i.ResolveReason != nil {
		d.MergedInto = tool.RefTo(i.ResolveReason.Incident)
	}
	if i.Type != nil && i.Type.Name != "incident_default" {
		d.Type = i.Type.Name
	}
	if i.Body != nil {
		d.Body = wording.ExcerptJSON(i.Body.Details, record.MaxProse)
	}
	return d
}
