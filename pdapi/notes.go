package pdapi

import (
	"context"
	"net/http"
)

// Note is what someone wrote on an incident.
type Note struct {
	ID        string    `json:"id"`
	Content   string    `json:"content"`
	CreatedAt Time      `json:"created_at,omitzero"`
	User      Reference `json:"user"` // Type is bot_user_reference when a rule wrote it
	// Channel is what it came in by, in PagerDuty's words.
	Channel struct {
		Summary string `json:"summary,omitzero"`
	} `json:"channel,omitzero"`
}

// Notes returns all notes on an incident, which PagerDuty limits to 2,000.
//
// See listIncidentNotes in https://developer.pagerduty.com/api-reference.
func (r Reader) Notes(ctx context.Context, incidentID string) ([]Note, error) {
	return fetch[[]Note](ctx, r, get(to("/incidents/{id}/notes", incidentID), nil), "notes")
}

// AddNote writes a note on an incident. It is sent once.
//
// See createIncidentNote in https://developer.pagerduty.com/api-reference.
func (c Client) AddNote(ctx context.Context, incidentID, content string) (Note, error) {
	return send[Note](ctx, c, request{method: http.MethodPost, path: to("/incidents/{id}/notes", incidentID),
		body: map[string]any{"note": map[string]string{"content": content}}, once: true}, "note")
}
