package pdapi

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// MaxIncidentsPerUpdate is how many incidents one [Client.UpdateIncidents] may
// change; PagerDuty answers 413 to more.
const MaxIncidentsPerUpdate = 250

// Incident is a problem that someone is, or was, paged for.
type Incident struct {
	ID               string            `json:"id"`
	Number           int               `json:"incident_number,omitzero"`
	Title            string            `json:"title,omitzero"`
	Status           string            `json:"status,omitzero"`
	Urgency          string            `json:"urgency,omitzero"`
	Priority         *Reference        `json:"priority,omitzero"`
	CreatedAt        Time              `json:"created_at,omitzero"`
	ResolvedAt       Time              `json:"resolved_at,omitzero"`
	StatusChangedAt  Time              `json:"last_status_change_at,omitzero"`
	StatusChangedBy  *Reference        `json:"last_status_change_by,omitzero"`
	Key              string            `json:"incident_key,omitzero"`
	Service          *Reference        `json:"service,omitzero"`
	Teams            []Reference       `json:"teams,omitzero"`
	Assignments      []Assignment      `json:"assignments,omitzero"`
	Acknowledgements []Acknowledgement `json:"acknowledgements,omitzero"`
	EscalationPolicy *Reference        `json:"escalation_policy,omitzero"`
	AlertCounts      *AlertCounts      `json:"alert_counts,omitzero"`
	Mergeable        *bool             `json:"is_mergeable,omitzero"` // false without alerts, unless made by hand in the web app
	Type             *IncidentType     `json:"incident_type,omitzero"`
	ResolveReason    *ResolveReason    `json:"resolve_reason,omitzero"`
	ConferenceBridge *ConferenceBridge `json:"conference_bridge,omitzero"`
	PendingActions   []PendingAction   `json:"pending_actions,omitzero"`
	Body             *IncidentBody     `json:"body,omitzero"`
	Responders       []Responder       `json:"incidents_responders,omitzero"`
	CustomFields     []CustomField     `json:"custom_fields,omitzero"` // with [IncludeCustomFields]
	HTMLURL          string            `json:"html_url,omitzero"`
	// Requests are those for help with it, also those that were taken back.
	Requests []RequestedResponders `json:"responder_requests,omitzero"`
}

// Assignment is a user who has been given an incident, and when.
type Assignment struct {
	At       Time      `json:"at,omitzero"`
	Assignee Reference `json:"assignee"`
}

// Acknowledgement is a user who has taken an incident on, and when.
type Acknowledgement struct {
	At           Time      `json:"at,omitzero"`
	Acknowledger Reference `json:"acknowledger"`
}

// AlertCounts says how many alerts an incident has.
type AlertCounts struct {
	All       int `json:"all"`
	Triggered int `json:"triggered"`
	Resolved  int `json:"resolved"`
}

// IncidentType is a kind of incidents; "incident_default" is the plain one. Incidents
// have no more of it than the name.
type IncidentType struct {
	Name        string `json:"name,omitzero"`
	ID          string `json:"id,omitzero"`
	DisplayName string `json:"display_name,omitzero"` // as people see it
	Description string `json:"description,omitzero"`
}

// ResolveReason says why an incident was resolved other than by hand.
// Type is merge_resolve_reason when it was merged into Incident.
type ResolveReason struct {
	Type     string     `json:"type,omitzero"`
	Incident *Reference `json:"incident,omitzero"`
}

// ConferenceBridge is where people meet about an incident.
type ConferenceBridge struct {
	Number string `json:"conference_number,omitzero"`
	URL    string `json:"conference_url,omitzero"`
}

// PendingAction is what PagerDuty will do with an incident by itself: escalate,
// unacknowledge, resolve or urgency_change.
type PendingAction struct {
	Type string `json:"type,omitzero"`
	At   Time   `json:"at,omitzero"`
}

// IncidentBody is the longer description an incident was opened with.
type IncidentBody struct {
	// Details is a text, or for incidents opened by events any JSON.
	Details json.RawMessage `json:"details,omitzero"`
}

// CustomField is the value of a field that an account has added to incidents.
type CustomField struct {
	ID          string          `json:"id,omitzero"`
	Name        string          `json:"name,omitzero"`
	DisplayName string          `json:"display_name,omitzero"` // as people see it
	DataType    string          `json:"data_type,omitzero"`    // as in [FieldDefinition]
	FieldType   string          `json:"field_type,omitzero"`   // likewise
	Value       json.RawMessage `json:"value,omitzero"`        // of that type, a list of texts, or null
}

// IncidentFilter narrows [Reader.Incidents]. Empty fields do not.
type IncidentFilter struct {
	Statuses []string // triggered, acknowledged, resolved
	// Since and Until bound created_at; at most six months apart. Without both
	// PagerDuty looks back one month. Without Until they end now, without Since
	// they begin a month before Until: left to itself PagerDuty ends a month after
	// Since.
	Since, Until time.Time
	// AllDates lifts both bounds and the default of a month.
	AllDates bool
	// UserIDs keeps incidents assigned to one of these users now. PagerDuty
	// then leaves resolved incidents out, since they are assigned to no one.
	UserIDs    []string
	ServiceIDs []string
	TeamIDs    []string
	Urgencies  []string // high, low
	// PriorityIDs keeps incidents of these priorities. PagerDuty's API reference
	// doesn't know this filter, its API does.
	PriorityIDs []string
	Key         string
	// SortBy is up to two of incident_number, created_at, resolved_at and
	// urgency, each with ":asc" or ":desc", separated by a comma.
	SortBy string
}

func (f IncidentFilter) query(now time.Time) url.Values {
	q := url.Values{}
	add(q, "statuses[]", f.Statuses)
	add(q, "user_ids[]", f.UserIDs)
	add(q, "service_ids[]", f.ServiceIDs)
	add(q, "team_ids[]", f.TeamIDs)
	add(q, "urgencies[]", f.Urgencies)
	add(q, "priority_ids[]", f.PriorityIDs)
	set(q, "incident_key", f.Key)
	set(q, "sort_by", f.SortBy)
	if f.AllDates {
		q.Set("date_range", "all")
		return q
	}
	since, until := f.Since, f.Until
	switch {
	case until.IsZero() && !since.IsZero():
		until = now
	case since.IsZero() && !until.IsZero():
		since = until.AddDate(0, -1, 0)
	}
	maps.Copy(q, between(since, until))
	return q
}

// Incidents lists incidents.
//
// See listIncidents in https://developer.pagerduty.com/api-reference.
func (r Reader) Incidents(ctx context.Context, f IncidentFilter, w Window) iter.Seq2[Page[Incident], error] {
	return pages[Incident](ctx, r, "incidents", f.query(r.now()), w, to("/incidents"))
}

// CountIncidents says how many incidents [Reader.Incidents] would list, also beyond
// [MaxDepth]. It reports false where PagerDuty does not say.
//
// See listIncidents in https://developer.pagerduty.com/api-reference.
func (r Reader) CountIncidents(ctx context.Context, f IncidentFilter) (n int, known bool, err error) {
	return total[Incident](ctx, r, "incidents", f.query(r.now()), to("/incidents"))
}

// What [Reader.Incident] may be asked to include.
const (
	IncludeBody         = "body"
	IncludeCustomFields = "custom_fields"
)

// Incident returns one incident by id or number, with its conference bridge and
// what else is to be included.
//
// See getIncident in https://developer.pagerduty.com/api-reference.
func (r Reader) Incident(ctx context.Context, id string, include ...string) (Incident, error) {
	q := url.Values{"include[]": {"conference_bridge"}}
	add(q, "include[]", include)
	req := get(to("/incidents/{id}", id), q)
	req.reads = true
	found, err := ask[Incident](ctx, r, req, "incident")
	_, notNumber := strconv.Atoi(id)
	switch {
	case err != nil || IsID(found.ID):
	case notNumber == nil: // its id is what is asked for
		err = unreadable(req, errors.New("the incident in it has no id"))
	default:
		found.ID = id
	}
	return found, err
}

// OpenIncidentByKey returns the open incident that has this incident_key on a
// service, and whether there is one.
//
// See listIncidents in https://developer.pagerduty.com/api-reference.
func (r Reader) OpenIncidentByKey(ctx context.Context, serviceID, key string) (Incident, bool, error) {
	f := IncidentFilter{Key: key, ServiceIDs: []string{serviceID}, Statuses: []string{"triggered", "acknowledged"}, AllDates: true}
	for page, err := range r.Incidents(ctx, f, Window{Limit: 1}) {
		if err != nil {
			return Incident{}, false, err
		}
		for _, found := range page.Items {
			return found, true, nil
		}
	}
	return Incident{}, false, nil
}

// NewIncident is an incident to open. Empty fields are left to the service.
type NewIncident struct {
	Title              string
	ServiceID          string
	Urgency            string // high or low; the service's urgency rule decides when empty
	PriorityID         string
	EscalationPolicyID string // not together with AssigneeID
	AssigneeID         string
	Body               string
	Key                string // while an incident with it is open, no second one opens
}

// CreateIncident opens an incident, which pages people. It is sent once: when
// its fate is unknown ([MaybeDone]), [Reader.OpenIncidentByKey] tells. A key
// that an open incident has fails with [ErrKeyInUse].
//
// See createIncident in https://developer.pagerduty.com/api-reference.
func (c Client) CreateIncident(ctx context.Context, n NewIncident) (Incident, error) {
	type body struct {
		Type    string `json:"type"`
		Details string `json:"details"`
	}
	incident := struct {
		Type             string       `json:"type"`
		Title            string       `json:"title"`
		Service          *Reference   `json:"service"`
		Urgency          string       `json:"urgency,omitzero"`
		Priority         *Reference   `json:"priority,omitzero"`
		EscalationPolicy *Reference   `json:"escalation_policy,omitzero"`
		Assignments      []assignment `json:"assignments,omitzero"`
		Body             *body        `json:"body,omitzero"`
		Key              string       `json:"incident_key,omitzero"`
	}{
		Type: "incident", Title: n.Title, Service: refTo("service", n.ServiceID), Urgency: n.Urgency,
		Priority: refTo("priority", n.PriorityID), EscalationPolicy: refTo("escalation_policy", n.EscalationPolicyID),
		Key: n.Key,
	}
	if n.AssigneeID != "" {
		incident.Assignments = assignTo([]string{n.AssigneeID})
	}
	if n.Body != "" {
		incident.Body = &body{"incident_body", n.Body}
	}
	return send[Incident](ctx, c, request{method: http.MethodPost, path: to("/incidents"),
		body: map[string]any{"incident": incident}, once: true}, "incident")
}

// assignment is an assignee as PagerDuty wants it in a body.
type assignment struct {
	Assignee *Reference `json:"assignee"`
}

func assignTo(userIDs []string) []assignment {
	var list []assignment
	for _, id := range userIDs {
		list = append(list, assignment{refTo("user", id)})
	}
	return list
}

// IncidentChange is what [Client.UpdateIncidents] sets. Empty fields are left
// as they are.
type IncidentChange struct {
	Status             string // triggered, acknowledged, resolved
	Urgency            string // high, low
	PriorityID         string
	Title              string
	Resolution         string // only with Status resolved
	AssigneeIDs        []string
	EscalationLevel    int
	EscalationPolicyID string
}

// notifies reports whether making the change again pages people again.
func (ch IncidentChange) notifies() bool {
	return len(ch.AssigneeIDs) > 0 || ch.EscalationLevel > 0 || ch.EscalationPolicyID != "" || ch.Status == "triggered"
}

// UpdateIncidents makes one change to up to [MaxIncidentsPerUpdate] incidents,
// all of them or none, and returns those PagerDuty's answer lists, which may be
// fewer, or none: the answer is a page, and may be empty though the change was
// made. A change that pages people is sent once.
//
// See updateIncidents in https://developer.pagerduty.com/api-reference.
func (c Client) UpdateIncidents(ctx context.Context, ids []string, ch IncidentChange) ([]Incident, error) {
	type item struct {
		ID               string       `json:"id"`
		Type             string       `json:"type"`
		Status           string       `json:"status,omitzero"`
		Urgency          string       `json:"urgency,omitzero"`
		Priority         *Reference   `json:"priority,omitzero"`
		Title            string       `json:"title,omitzero"`
		Resolution       string       `json:"resolution,omitzero"`
		Assignments      []assignment `json:"assignments,omitzero"`
		EscalationLevel  int          `json:"escalation_level,omitzero"`
		EscalationPolicy *Reference   `json:"escalation_policy,omitzero"`
	}
	items := make([]item, len(ids))
	for i, id := range ids {
		items[i] = item{
			ID: id, Type: "incident_reference", Status: ch.Status, Urgency: ch.Urgency,
			Priority: refTo("priority", ch.PriorityID), Title: ch.Title, Resolution: ch.Resolution,
			Assignments: assignTo(ch.AssigneeIDs), EscalationLevel: ch.EscalationLevel,
			EscalationPolicy: refTo("escalation_policy", ch.EscalationPolicyID),
		}
	}
	changed, err := send[[]Incident](ctx, c, request{
		method: http.MethodPut, path: to("/incidents"),
		query: url.Values{"limit": {strconv.Itoa(MaxPageSize)}},
		body:  map[string]any{"incidents": items}, once: ch.notifies(),
	}, "incidents")
	if Accepted(err) { // as an error it would keep the caller from changing the rest
		return nil, nil
	}
	return changed, err
}
