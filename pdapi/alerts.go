package pdapi

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
)

// Alert is what a monitoring tool said, and one reason for an incident.
type Alert struct {
	ID         string     `json:"id"`
	Summary    string     `json:"summary,omitzero"`
	Status     string     `json:"status,omitzero"`   // triggered or resolved
	Severity   string     `json:"severity,omitzero"` // info, warning, error or critical
	Suppressed bool       `json:"suppressed,omitzero"`
	Key        string     `json:"alert_key,omitzero"`
	CreatedAt  Time       `json:"created_at,omitzero"`
	ResolvedAt Time       `json:"resolved_at,omitzero"` // undocumented
	Service    *Reference `json:"service,omitzero"`
	Incident   *Reference `json:"incident,omitzero"`
	// Integration is what the alert came in by; its Type tells which kind that is.
	Integration *Reference `json:"integration,omitzero"`
	Body        *AlertBody `json:"body,omitzero"`
	HTMLURL     string     `json:"html_url,omitzero"`
}

// AlertBody is what PagerDuty keeps of an alert's event.
type AlertBody struct {
	Contexts []AlertContext `json:"contexts,omitzero"`
	// Details are the tool's own: an object, or a text.
	Details json.RawMessage `json:"details,omitzero"`
	// Event is the event in PagerDuty's common event format, where it came in that;
	// undocumented.
	Event *CommonEvent `json:"cef_details,omitzero"`
}

// AlertContext is a link or an image that came with an event.
type AlertContext struct {
	Type string `json:"type,omitzero"` // link or image
	Href string `json:"href,omitzero"`
	Src  string `json:"src,omitzero"`
	Text string `json:"text,omitzero"`
}

// CommonEvent is an event in PagerDuty's common event format, which the Events API v2
// makes of what it is sent
// (https://developer.pagerduty.com/docs/send-alert-event).
type CommonEvent struct {
	Client    string          `json:"client,omitzero"`
	ClientURL string          `json:"client_url,omitzero"`
	Message   string          `json:"message,omitzero"`
	Class     string          `json:"event_class,omitzero"`
	Component string          `json:"source_component,omitzero"`
	Origin    string          `json:"source_origin,omitzero"`
	Group     string          `json:"service_group,omitzero"`
	Severity  string          `json:"severity,omitzero"`
	Details   json.RawMessage `json:"details,omitzero"`
}

// AlertFilter narrows [Reader.Alerts]. Empty fields do not.
type AlertFilter struct {
	Statuses []string // triggered, resolved
	Key      string
	// SortBy is created_at or resolved_at, with ":asc" or ":desc".
	SortBy string
}

// Alerts lists an incident's alerts.
//
// See listIncidentAlerts in https://developer.pagerduty.com/api-reference.
func (r Reader) Alerts(ctx context.Context, incidentID string, f AlertFilter, w Window) iter.Seq2[Page[Alert], error] {
	q := url.Values{}
	add(q, "statuses[]", f.Statuses)
	set(q, "alert_key", f.Key)
	set(q, "sort_by", f.SortBy)
	return pages[Alert](ctx, r, "alerts", q, w, to("/incidents/{id}/alerts", incidentID))
}

// Alert returns one alert of an incident.
//
// See getIncidentAlert in https://developer.pagerduty.com/api-reference.
func (r Reader) Alert(ctx context.Context, incidentID, id string) (Alert, error) {
	return fetch[Alert](ctx, r, get(to("/incidents/{id}/alerts/{alert_id}", incidentID, id), nil), "alert")
}
