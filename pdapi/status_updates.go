package pdapi

import (
	"context"
	"net/http"
)

// StatusUpdate is what an incident's subscribers were told of it.
type StatusUpdate struct {
	ID        string    `json:"id"`
	Message   string    `json:"message,omitzero"`
	CreatedAt Time      `json:"created_at,omitzero"`
	Sender    Reference `json:"sender"`
}

// SendStatusUpdate tells an incident's subscribers how it stands, by e-mail and by what
// else they chose. It is sent once.
//
// See createIncidentStatusUpdate in https://developer.pagerduty.com/api-reference.
func (c Client) SendStatusUpdate(ctx context.Context, incidentID, message string) (StatusUpdate, error) {
	return send[StatusUpdate](ctx, c, request{method: http.MethodPost, path: to("/incidents/{id}/status_updates", incidentID),
		body: map[string]string{"message": message}, once: true}, "status_update")
}

// Subscriber is a user or a team that is told of an incident's status updates.
type Subscriber struct {
	ID   string `json:"subscriber_id"`
	Type string `json:"subscriber_type"` // user or team
}

// Subscribers lists who is told of an incident's status updates. Whole is false if
// PagerDuty says that there are more: it lists one page and takes no offset.
//
// See getIncidentNotificationSubscribers in https://developer.pagerduty.com/api-reference.
func (r Reader) Subscribers(ctx context.Context, incidentID string) (list []Subscriber, whole bool, err error) {
	req := get(to("/incidents/{id}/status_updates/subscribers", incidentID), nil)
	req.reads = true
	e, err := r.open(ctx, req)
	if err != nil {
		return nil, false, err
	}
	list, odd, err := member[[]Subscriber](req, e, "subscribers")
	r.reportOdd(odd)
	return list, string(e["more"]) != "true", err
}

// Subscription is what became of subscribing one user or team.
type Subscription struct {
	Subscriber
	Result string `json:"result,omitzero"` // success, duplicate or unauthorized
}

// Subscribe has users and teams told of an incident's status updates. Who is
// subscribed already stays so.
//
// See createIncidentNotificationSubscribers in https://developer.pagerduty.com/api-reference.
func (c Client) Subscribe(ctx context.Context, incidentID string, who []Subscriber) ([]Subscription, error) {
	return send[[]Subscription](ctx, c, request{method: http.MethodPost, path: to("/incidents/{id}/status_updates/subscribers", incidentID),
		body: map[string]any{"subscribers": who}, once: true}, "subscriptions")
}

// Unsubscribe has users and teams no longer told of an incident's status updates, and
// returns how many of them the key may not unsubscribe. Who isn't subscribed stays so.
//
// See removeIncidentNotificationSubscribers in https://developer.pagerduty.com/api-reference.
func (c Client) Unsubscribe(ctx context.Context, incidentID string, who []Subscriber) (unauthorized int, err error) {
	return send[int](ctx, c, request{method: http.MethodPost, path: to("/incidents/{id}/status_updates/unsubscribe", incidentID),
		body: map[string]any{"subscribers": who}, once: true}, "unauthorized_count")
}
