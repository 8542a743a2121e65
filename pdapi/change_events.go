package pdapi

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strconv"
	"time"
)

// ChangeEvent is something that was done to services and that may break them: a
// deployment, a flag that was switched.
type ChangeEvent struct {
	ID       string          `json:"id"`
	Summary  string          `json:"summary,omitzero"`
	At       Time            `json:"timestamp,omitzero"`
	Source   string          `json:"source,omitzero"` // what reported it
	Services []Reference     `json:"services,omitzero"`
	Links    []Link          `json:"links,omitzero"`
	Details  json.RawMessage `json:"custom_details,omitzero"` // any JSON
	HTMLURL  string          `json:"html_url,omitzero"`
	Relation *struct {
		// Reason is most_recent, related_service or intelligent.
		Reason string `json:"reason,omitzero"`
	} `json:"correlation_reason,omitzero"` // of those related to an incident
	// The routing key that PagerDuty shows as well is a secret, and not read.
}

// Link is a link with its text.
type Link struct {
	Href string `json:"href,omitzero"`
	Text string `json:"text,omitzero"`
}

// ChangeFilter narrows [Reader.ChangeEvents] and [Reader.ServiceChangeEvents]. Empty
// fields do not.
type ChangeFilter struct {
	Since, Until time.Time
	TeamIDs      []string
}

func (f ChangeFilter) query() url.Values {
	q := between(f.Since, f.Until) // in UTC, as PagerDuty wants it here
	add(q, "team_ids[]", f.TeamIDs)
	return q
}

// ChangeEvents lists the changes to all services, the newest first.
//
// See listChangeEvents in https://developer.pagerduty.com/api-reference.
func (r Reader) ChangeEvents(ctx context.Context, f ChangeFilter, w Window) iter.Seq2[Page[ChangeEvent], error] {
	return pages[ChangeEvent](ctx, r, "change_events", f.query(), w, to("/change_events"))
}

// ServiceChangeEvents lists the changes to a service, the newest first.
//
// See listServiceChangeEvents in https://developer.pagerduty.com/api-reference.
func (r Reader) ServiceChangeEvents(ctx context.Context, serviceID string, f ChangeFilter, w Window) iter.Seq2[Page[ChangeEvent], error] {
	return pages[ChangeEvent](ctx, r, "change_events", f.query(), w, to("/services/{id}/change_events", serviceID))
}

// RelatedChangeEvents returns up to limit changes that PagerDuty relates to an
// incident, the newest first.
//
// See listIncidentRelatedChangeEvents in https://developer.pagerduty.com/api-reference.
func (r Reader) RelatedChangeEvents(ctx context.Context, incidentID string, limit int) ([]ChangeEvent, error) {
	q := url.Values{"limit": {strconv.Itoa(min(limit, MaxPageSize))}}
	found, err := fetch[[]ChangeEvent](ctx, r, get(to("/incidents/{id}/related_change_events", incidentID), q), "change_events")
	return found[:min(len(found), limit)], err
}

// ChangeEvent returns one change.
//
// See getChangeEvent in https://developer.pagerduty.com/api-reference.
func (r Reader) ChangeEvent(ctx context.Context, id string) (ChangeEvent, error) {
	return fetch[ChangeEvent](ctx, r, get(to("/change_events/{id}", id), nil), "change_event")
}
