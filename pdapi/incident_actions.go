package pdapi

import (
	"context"
	"net/http"
	"time"
)

// MaxSnooze is the longest that an incident can be snoozed.
const MaxSnooze = 7 * 24 * time.Hour

// SnoozeIncident acknowledges an incident until so much time from now, in whole
// seconds, has passed: then it is triggered again, and pages whoever has it. It is
// sent once.
//
// See createIncidentSnooze in https://developer.pagerduty.com/api-reference.
func (c Client) SnoozeIncident(ctx context.Context, incidentID string, d time.Duration) (Incident, error) {
	return send[Incident](ctx, c, request{method: http.MethodPost, path: to("/incidents/{id}/snooze", incidentID),
		body: map[string]any{"duration": int(d / time.Second)}, once: true}, "incident")
}

// MaxMergedAlerts is how many alerts an incident may have after others were merged
// into it.
const MaxMergedAlerts = 1000

// MergeIncidents moves the alerts of the source incidents into an open incident, and
// resolves them. That can't be undone. It is sent once: a source that is merged
// already is refused with [ErrAlreadyMerged].
//
// See mergeIncidents in https://developer.pagerduty.com/api-reference.
func (c Client) MergeIncidents(ctx context.Context, targetID string, sourceIDs []string) (Reference, error) {
	var sources []*Reference
	for _, id := range sourceIDs {
		sources = append(sources, refTo("incident", id))
	}
	return send[Reference](ctx, c, request{method: http.MethodPut, path: to("/incidents/{id}/merge", targetID),
		body: map[string]any{"source_incidents": sources}, once: true}, "incident")
}

// CanceledRequest is what became of taking back one request for help.
type CanceledRequest struct {
	Type   string `json:"type,omitzero"` // user_reference or escalation_policy_reference
	ID     string `json:"id"`
	Result string `json:"result,omitzero"` // cancelled, joined, declined or not_found
}

// CancelResponderRequests takes back requests for help that were not answered yet.
// Whoever joined or declined stays as they are; the result says so. It is sent once,
// since a second time finds nothing.
//
// See cancelIncidentResponderRequest in https://developer.pagerduty.com/api-reference.
func (c Client) CancelResponderRequests(ctx context.Context, incidentID, requesterID string, userIDs, policyIDs []string) ([]CanceledRequest, error) {
	var targets []*Reference
	for _, id := range userIDs {
		targets = append(targets, refTo("user", id))
	}
	for _, id := range policyIDs {
		targets = append(targets, refTo("escalation_policy", id))
	}
	return send[[]CanceledRequest](ctx, c, request{method: http.MethodPut, path: to("/incidents/{id}/responder_requests/cancel", incidentID),
		body: map[string]any{"requester_id": requesterID, "responder_request_targets": targets}, once: true}, "responder_request_targets")
}
