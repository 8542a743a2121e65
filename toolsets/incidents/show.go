package incidents

import (
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// incident is an incident as lists show it.
type incident struct {
	ID         string     `json:"id"`
	Number     int        `json:"number,omitzero"`
	Title      string     `json:"title,omitzero"`
	Status     string     `json:"status,omitzero"`
	Urgency    string     `json:"urgency,omitzero"`
	Priority   *tool.Ref  `json:"priority,omitzero"`
	Service    *tool.Ref  `json:"service,omitzero"`
	Teams      []tool.Ref `json:"teams,omitempty"`
	AssignedTo []tool.Ref `json:"assigned_to,omitempty"`
	CreatedAt  time.Time  `json:"created_at,omitzero"`
	ResolvedAt time.Time  `json:"resolved_at,omitzero"`
	URL        string     `json:"url,omitzero"`
}

func showIncident(i pdapi.Incident) incident {
	shown := incident{
		ID: i.ID, Number: i.Number, Title: i.Title, Status: i.Status, Urgency: i.Urgency, Priority: tool.RefTo(i.Priority),
		Service: tool.RefTo(i.Service), Teams: tool.RefsTo(i.Teams), CreatedAt: i.CreatedAt.Time, ResolvedAt: i.ResolvedAt.Time, URL: i.HTMLURL,
	}
	for _, a := range i.Assignments {
		shown.AssignedTo = append(shown.AssignedTo, *tool.RefTo(&a.Assignee))
	}
	return shown
}

// incidentDetails is an incident as get_incident shows it.
type incidentDetails struct {
	incident
	Acknowledged  []action                `json:"acknowledged_by,omitempty"`
	Policy        *tool.Ref               `json:"escalation_policy,omitzero"`
	StatusChanged *action                 `json:"last_status_change,omitzero"`
	Alerts        *pdapi.AlertCounts      `json:"alert_counts,omitzero"`
	Pending       []pendingAction         `json:"pending_actions,omitempty"`
	Responders    []responder             `json:"responders,omitempty"`
	MergedInto    *tool.Ref               `json:"merged_into,omitzero"`
	Bridge        *pdapi.ConferenceBridge `json:"conference_bridge,omitzero"`
	Type          string                  `json:"type,omitzero"`
	Key           string                  `json:"incident_key,omitzero"`
	Body          any                     `json:"body,omitzero"`
	Notes         []shownNote             `json:"notes,omitzero"` // nil unless asked for
	NotesLeftOut  int                     `json:"older_notes_left_out,omitzero"`
}

// maxNotes bounds the notes of one answer, in characters: about 5,000 tokens.
const maxNotes = 16_000

// addNotes shows the newest notes after the first offset, as many as fit.
func (d *incidentDetails) addNotes(call tool.Reading, notes []pdapi.Note, offset int) {
	notes = newestFirst(notes)
	d.Notes = []shownNote{}
	size := 0
	for i, n := range notes[min(offset, len(notes)):] {
		shown := showNote(n)
		if size += len(shown.Content) + 100; size > maxNotes && i > 0 {
			d.NotesLeftOut = len(notes) - offset - i
			call.Note("%d older notes are left out; go on with notes_offset %d.", d.NotesLeftOut, offset+i)
			return
		}
		d.Notes = append(d.Notes, shown)
	}
}

// newestFirst sorts notes. Others may be reading the same answer: they keep theirs.
func newestFirst(notes []pdapi.Note) []pdapi.Note {
	notes = slices.Clone(notes)
	slices.SortStableFunc(notes, func(x, y pdapi.Note) int { return y.CreatedAt.Compare(x.CreatedAt.Time) })
	return notes
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

// responder is a user who was asked to help, and whether they will.
type responder struct {
	tool.Ref
	State string `json:"state,omitzero"`
}

func showResponder(r pdapi.Responder) responder { return responder{*tool.RefTo(&r.User), r.State} }

func describeIncident(i pdapi.Incident) incidentDetails {
	d := incidentDetails{
		incident: showIncident(i), Policy: tool.RefTo(i.EscalationPolicy), Alerts: i.AlertCounts, Bridge: i.ConferenceBridge, Key: i.Key,
	}
	for _, a := range i.Acknowledgements {
		d.Acknowledged = append(d.Acknowledged, action{tool.RefTo(&a.Acknowledger), a.At.Time})
	}
	// An incident nobody has touched "changed" when it was created.
	if !i.StatusChangedAt.Equal(i.CreatedAt.Time) {
		d.StatusChanged = &action{tool.RefTo(i.StatusChangedBy), i.StatusChangedAt.Time}
	}
	for _, p := range i.PendingActions {
		d.Pending = append(d.Pending, pendingAction{p.Type, p.At.Time})
	}
	for _, r := range i.Responders {
		d.Responders = append(d.Responders, showResponder(r))
	}
	if i.ResolveReason != nil {
		d.MergedInto = tool.RefTo(i.ResolveReason.Incident)
	}
	if i.Type != nil && i.Type.Name != "incident_default" {
		d.Type = i.Type.Name
	}
	if i.Body != nil {
		d.Body = wording.ExcerptJSON(i.Body.Details, maxProse)
	}
	return d
}

// maxProse bounds one text that strangers wrote, in characters.
const maxProse = 8000
