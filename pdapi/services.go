package pdapi

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Service is something that can fail and that someone is on call for.
type Service struct {
	ID                     string            `json:"id"`
	Name                   string            `json:"name,omitzero"`
	Description            string            `json:"description,omitzero"`
	Status                 string            `json:"status,omitzero"` // active, warning, critical, maintenance, disabled
	CreatedAt              Time              `json:"created_at,omitzero"`
	LastIncidentAt         Time              `json:"last_incident_timestamp,omitzero"`
	EscalationPolicy       *Reference        `json:"escalation_policy,omitzero"`
	Teams                  []Reference       `json:"teams,omitzero"`
	Integrations           []Reference       `json:"integrations,omitzero"` // without their keys
	AutoResolveTimeout     *int              `json:"auto_resolve_timeout,omitzero"`
	AcknowledgementTimeout *int              `json:"acknowledgement_timeout,omitzero"`
	UrgencyRule            *UrgencyRule      `json:"incident_urgency_rule,omitzero"`
	SupportHours           *SupportHours     `json:"support_hours,omitzero"`
	ScheduledActions       []ScheduledAction `json:"scheduled_actions,omitzero"`
	AlertGrouping          *struct {
		Type string `json:"type,omitzero"`
	} `json:"alert_grouping_parameters,omitzero"`
	AutoPause *AutoPause `json:"auto_pause_notifications_parameters,omitzero"`
	HTMLURL   string     `json:"html_url,omitzero"`
}

// UrgencyRule decides the urgency of a service's incidents: always the same
// (Type constant), or by support hours (use_support_hours).
type UrgencyRule struct {
	Type    string       `json:"type"`
	Urgency string       `json:"urgency,omitzero"` // high, low, severity_based
	During  *UrgencyRule `json:"during_support_hours,omitzero"`
	Outside *UrgencyRule `json:"outside_support_hours,omitzero"`
}

// SupportHours are the hours of the week in which a service is supported.
type SupportHours struct {
	Type      string `json:"type"`
	TimeZone  string `json:"time_zone"`
	StartTime string `json:"start_time"` // 09:00:00
	EndTime   string `json:"end_time"`
	Days      []int  `json:"days_of_week"` // 1 is Monday, 7 Sunday
}

// ScheduledAction raises the urgency of open incidents when support hours start
// or end.
type ScheduledAction struct {
	Type string `json:"type"`
	At   struct {
		Type string `json:"type"`
		Name string `json:"name"` // support_hours_start, support_hours_end
	} `json:"at"`
	ToUrgency string `json:"to_urgency"`
}

// AutoPause holds notifications of alerts that tend to resolve by themselves.
// Timeout is in seconds.
type AutoPause struct {
	Enabled bool `json:"enabled"`
	Timeout int  `json:"timeout,omitzero"`
}

// ServiceFilter narrows [Reader.Services]. Empty fields do not.
type ServiceFilter struct {
	Query   string // part of a name
	Name    string // a whole name
	TeamIDs []string
	SortBy  string // name, name:asc or name:desc
}

// Services lists services.
//
// See listServices in https://developer.pagerduty.com/api-reference.
func (r Reader) Services(ctx context.Context, f ServiceFilter, w Window) iter.Seq2[Page[Service], error] {
	q := url.Values{}
	set(q, "query", f.Query)
	set(q, "name", f.Name)
	set(q, "sort_by", f.SortBy)
	add(q, "team_ids[]", f.TeamIDs)
	return pages[Service](ctx, r, "services", q, w, to("/services"))
}

// Service returns one service.
//
// See getService in https://developer.pagerduty.com/api-reference.
func (r Reader) Service(ctx context.Context, id string) (Service, error) {
	q := url.Values{"include[]": {"auto_pause_notifications_parameters"}}
	return fetch[Service](ctx, r, get(to("/services/{id}", id), q), "service")
}

// ServiceChange is what to set of a service; nil is left as it is. A timeout of
// 0 turns the feature off.
type ServiceChange struct {
	Name                   *string
	Description            *string
	EscalationPolicyID     string
	AutoResolveTimeout     *int // seconds
	AcknowledgementTimeout *int // seconds
	UrgencyRule            *UrgencyRule
	SupportHours           *SupportHours
}

func (ch ServiceChange) body() map[string]any {
	body := map[string]any{"type": "service"}
	setField(body, "name", ch.Name)
	setField(body, "description", ch.Description)
	setField(body, "incident_urgency_rule", ch.UrgencyRule)
	setField(body, "support_hours", ch.SupportHours)
	if ch.EscalationPolicyID != "" {
		body["escalation_policy"] = refTo("escalation_policy", ch.EscalationPolicyID)
	}
	for name, seconds := range map[string]*int{"auto_resolve_timeout": ch.AutoResolveTimeout, "acknowledgement_timeout": ch.AcknowledgementTimeout} {
		switch {
		case seconds == nil:
		case *seconds == 0:
			body[name] = nil // PagerDuty's way to turn it off
		default:
			body[name] = *seconds
		}
	}
	return body
}

// CreateService creates a service. It is sent once.
//
// See createService in https://developer.pagerduty.com/api-reference.
func (c Client) CreateService(ctx context.Context, ch ServiceChange) (Service, error) {
	body := ch.body()
	if ch.SupportHours != nil {
		body["scheduled_actions"] = []ScheduledAction{} // PagerDuty refuses support hours without them
	}
	return send[Service](ctx, c, request{
		method: http.MethodPost, path: to("/services"), body: map[string]any{"service": body}, once: true,
	}, "service")
}

// services are what [edit] needs to know of services. A service's teams follow
// from its escalation policy, its status from its incidents.
var services = editable{
	key: "service", required: []string{"escalation_policy"},
	settings: [][]string{
		{"name"}, {"description"}, {"escalation_policy"}, {"auto_resolve_timeout"}, {"acknowledgement_timeout"}, {"alert_creation"},
		{"incident_urgency_rule", "support_hours", "scheduled_actions"},
		{"alert_grouping_parameters", "alert_grouping", "alert_grouping_timeout"}, {"auto_pause_notifications_parameters"},
	},
}

// UpdateService changes a service.
//
// See updateService in https://developer.pagerduty.com/api-reference.
func (c Client) UpdateService(ctx context.Context, id string, ch ServiceChange) (Change[Service], error) {
	return edit(ctx, c, services, to("/services/{id}", id), func(before Service) (map[string]any, error) {
		body := ch.body()
		switch {
		case ch.SupportHours != nil:
			body["scheduled_actions"] = append([]ScheduledAction{}, before.ScheduledActions...) // else PagerDuty refuses
		case ch.UrgencyRule != nil:
			// PagerDuty's way to leave support hours.
			body["support_hours"], body["scheduled_actions"] = nil, []ScheduledAction{}
		}
		return body, nil
	})
}

// setField puts a field into a body if it is given.
func setField[T any](body map[string]any, name string, value *T) {
	if value != nil {
		body[name] = *value
	}
}
