// Package record shows PagerDuty's records as several toolsets do: an incident, a
// note, an alert, a log entry, a change. It also finds an incident by its number.
package record

import (
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Incident is an incident as lists show it.
type Incident struct {
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

// ShowIncident shows an incident as lists do.
func ShowIncident(i pdapi.Incident) Incident {
	shown := Incident{
		ID: i.ID, Number: i.Number, Title: i.Title, Status: i.Status, Urgency: i.Urgency, Priority: tool.RefTo(i.Priority),
		Service: tool.RefTo(i.Service), Teams: tool.RefsTo(i.Teams), CreatedAt: i.CreatedAt.Time, ResolvedAt: i.ResolvedAt.Time, URL: i.HTMLURL,
	}
	for _, a := range i.Assignments {
		shown.AssignedTo = append(shown.AssignedTo, *tool.RefTo(&a.Assignee))
	}
	return shown
}

// Note is a note on an incident.
type Note struct {
	ID      string    `json:"id"`
	By      *tool.Ref `json:"by,omitzero"`
	At      time.Time `json:"at,omitzero"`
	Content string    `json:"content" free:"true"`
}

// ShowNote shows a note, cut if it is very long.
func ShowNote(n pdapi.Note) Note {
	return Note{n.ID, tool.RefTo(&n.User), n.CreatedAt.Time, wording.Excerpt(n.Content, MaxProse)}
}

// Responder is a user who was asked to help, and whether they will.
type Responder struct {
	tool.Ref
	State string `json:"state,omitzero"`
}

// ShowResponder shows a responder.
func ShowResponder(r pdapi.Responder) Responder {
	return Responder{*tool.RefTo(&r.User), r.State}
}

// NewestFirst sorts notes. Others may be reading the same answer: they keep theirs.
func NewestFirst(notes []pdapi.Note) []pdapi.Note {
	notes = slices.Clone(notes)
	slices.SortStableFunc(notes, func(x, y pdapi.Note) int { return y.CreatedAt.Compare(x.CreatedAt.Time) })
	return notes
}

// MaxProse bounds one text that strangers wrote, in characters.
const MaxProse = 8000
