package pdapi

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// MaxAlertsPerUpdate is how many alerts one update may change; PagerDuty answers 413
// to more.
const MaxAlertsPerUpdate = 250

// alertUpdate is a change to one alert as PagerDuty wants it in a body. Its schema
// lacks id and type, which its examples have.
type alertUpdate struct {
	ID       string     `json:"id"`
	Type     string     `json:"type"`
	Status   string     `json:"status,omitzero"`
	Incident *Reference `json:"incident,omitzero"`
}

// ResolveAlerts resolves up to [MaxAlertsPerUpdate] alerts of an incident. An incident
// whose last alert is resolved is resolved with it.
//
// See updateIncidentAlerts in https://developer.pagerduty.com/api-reference.
func (c Client) ResolveAlerts(ctx context.Context, incidentID string, ids []string) error {
	return c.updateAlerts(ctx, incidentID, ids, alertUpdate{Type: "alert", Status: "resolved"}, false)
}

// MoveAlerts moves up to [MaxAlertsPerUpdate] alerts of an incident into another. It is
// sent once, since a second time they are no longer the first incident's.
//
// See updateIncidentAlerts in https://developer.pagerduty.com/api-reference.
func (c Client) MoveAlerts(ctx context.Context, incidentID string, ids []string, toID string) error {
	return c.updateAlerts(ctx, incidentID, ids, alertUpdate{Type: "alert", Incident: refTo("incident", toID)}, true)
}

func (c Client) updateAlerts(ctx context.Context, incidentID string, ids []string, change alertUpdate, once bool) error {
	updates := make([]alertUpdate, len(ids))
	for i, id := range ids {
		updates[i] = change
		updates[i].ID = id
	}
	return c.run(ctx, request{
		method: http.MethodPut, path: to("/incidents/{id}/alerts", incidentID), query: url.Values{"limit": {strconv.Itoa(MaxPageSize)}},
		body: map[string]any{"alerts": updates}, once: once,
	})
}
