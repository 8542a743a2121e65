package pdapi

import (
	"context"
	"iter"
	"net/url"
	"time"
)

// LogEntry is something that happened to an incident. Type is what: "trigger",
// "assign", "notify", "acknowledge" and so on, each followed by "_log_entry".
type LogEntry struct {
	ID        string      `json:"id"`
	Type      string      `json:"type,omitzero"`
	Summary   string      `json:"summary,omitzero"`
	CreatedAt Time        `json:"created_at,omitzero"`
	Agent     *Reference  `json:"agent,omitzero"` // who did it; a service for what PagerDuty did by itself
	Incident  *Reference  `json:"incident,omitzero"`
	Service   *Reference  `json:"service,omitzero"`
	Assignees []Reference `json:"assignees,omitzero"` // of assign, delegate and escalate entries
	User      *Reference  `json:"user,omitzero"`      // who was notified
	Channel   LogChannel  `json:"channel,omitzero"`
	Note      string      `json:"note,omitzero"`
	Message   string      `json:"message,omitzero"` // of status_update entries, which the API reference leaves out
	HTMLURL   string      `json:"html_url,omitzero"`
	// EventDetails has the event's own words, of a trigger entry.
	EventDetails *struct {
		Description string `json:"description,omitzero"`
	} `json:"event_details,omitzero"`
}

// LogChannel is how what an entry tells of came about. Summary is the text of a note.
type LogChannel struct {
	Type         string        `json:"type,omitzero"`
	Summary      string        `json:"summary,omitzero"`
	Notification *Notification `json:"notification,omitzero"` // of a notify entry
}

// LogFilter narrows [Reader.LogEntries] and [Reader.IncidentLogEntries]. Empty fields
// do not.
type LogFilter struct {
	Since, Until time.Time
	// Overview keeps only the most important changes to incidents.
	Overview bool
	TeamIDs  []string // not for the log of one incident
}

func (f LogFilter) query() url.Values {
	q := between(f.Since, f.Until)
	add(q, "team_ids[]", f.TeamIDs)
	if f.Overview {
		q.Set("is_overview", "true")
	}
	return q
}

// LogEntries lists what happened to all incidents, the newest first.
//
// See listLogEntries in https://developer.pagerduty.com/api-reference.
func (r Reader) LogEntries(ctx context.Context, f LogFilter, w Window) iter.Seq2[Page[LogEntry], error] {
	return pages[LogEntry](ctx, r, "log_entries", f.query(), w, to("/log_entries"))
}

// IncidentLogEntries lists what happened to an incident, the newest first.
//
// See listIncidentLogEntries in https://developer.pagerduty.com/api-reference.
func (r Reader) IncidentLogEntries(ctx context.Context, incidentID string, f LogFilter, w Window) iter.Seq2[Page[LogEntry], error] {
	return pages[LogEntry](ctx, r, "log_entries", f.query(), w, to("/incidents/{id}/log_entries", incidentID))
}

// LogEntry returns one entry of the log.
//
// See getLogEntry in https://developer.pagerduty.com/api-reference.
func (r Reader) LogEntry(ctx context.Context, id string) (LogEntry, error) {
	return fetch[LogEntry](ctx, r, get(to("/log_entries/{id}", id), nil), "log_entry")
}
