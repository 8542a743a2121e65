package pdapi

import (
	"context"
	"net/http"
)

// Responder is a user who was asked to help with an incident. State is pending,
// joined, declined or user_cancelled.
type Responder struct {
	State       string     `json:"state,omitzero"`
	User        Reference  `json:"user"`
	Requester   *Reference `json:"requester,omitzero"`
	Message     string     `json:"message,omitzero"`
	RequestedAt Time       `json:"requested_at,omitzero"`
	UpdatedAt   Time       `json:"updated_at,omitzero"` // when the state became what it is
}

// ResponderRequest asks users, and whoever is on call for escalation policies,
// to help with an incident.
type ResponderRequest struct {
	RequesterID         string // the user who asks
	Message             string
	UserIDs             []string
	EscalationPolicyIDs []string
}

// Open reports whether the user was asked, and has neither declined nor been told
// that no help is needed.
func (r Responder) Open() bool { return r.State == "pending" || r.State == "joined" }

// RequestedResponders is what PagerDuty made of a [ResponderRequest].
type RequestedResponders struct {
	Incident    Reference            `json:"incident"`
	Requester   Reference            `json:"requester"`
	RequestedAt Time                 `json:"requested_at,omitzero"`
	Message     string               `json:"message,omitzero"`
	Targets     []RequestedResponder `json:"responder_request_targets,omitzero"`
}

// RequestedResponder is one of those that a [ResponderRequest] asks.
type RequestedResponder struct {
	Target struct {
		Reference              // a user or an escalation policy
		Responders []Responder `json:"incidents_responders,omitzero"` // who was asked for it
	} `json:"responder_request_target"`
}

// RequestResponders pages people to help with an incident. It is sent once. It
// fails with [ErrPlan] on accounts without responder requests.
//
// See createIncidentResponderRequest in https://developer.pagerduty.com/api-reference.
func (c Client) RequestResponders(ctx context.Context, incidentID string, rr ResponderRequest) (RequestedResponders, error) {
	type target struct {
		Target *Reference `json:"responder_request_target"`
	}
	var targets []target
	for _, id := range rr.UserIDs {
		targets = append(targets, target{refTo("user", id)})
	}
	for _, id := range rr.EscalationPolicyIDs {
		targets = append(targets, target{refTo("escalation_policy", id)})
	}
	return send[RequestedResponders](ctx, c, request{
		method: http.MethodPost, path: to("/incidents/{id}/responder_requests", incidentID),
		body: map[string]any{"requester_id": rr.RequesterID, "message": rr.Message, "responder_request_targets": targets},
		once: true,
	}, "responder_request")
}
