package pdapi

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"time"
)

// PastIncident is a resolved incident of the same service that looks like
// another one. Score is higher for a closer likeness.
type PastIncident struct {
	Incident Incident `json:"incident"`
	Score    float64  `json:"score"`
}

// PastIncidents returns up to limit (1 to 999) incidents of the last six months
// that look like this one, the likest first, and how many there are in all; 0 if
// PagerDuty doesn't say. It needs PagerDuty's AIOps.
// See getPastIncidents in https://developer.pagerduty.com/api-reference.
func (r Reader) PastIncidents(ctx context.Context, incidentID string, limit int) (found []PastIncident, total int, err error) {
	req := get(to("/incidents/{id}/past_incidents", incidentID), url.Values{"limit": {strconv.Itoa(limit)}, "total": {"true"}})
	req.reads = true
	e, err := r.open(ctx, req)
	if err != nil {
		return nil, 0, err
	}
	found, odd, err := member[[]PastIncident](req, e, "past_incidents")
	r.reportOdd(odd)
	_ = json.Unmarshal(e["total"], &total) // absent or null: not said
	return found[:min(len(found), limit)], max(total, len(found)), err
}

// RelatedIncident is another service's open incident that may have the same
// cause.
type RelatedIncident struct {
	Incident      Incident       `json:"incident"`
	Relationships []Relationship `json:"relationships,omitzero"`
}

// Relationship says why incidents are related: Type is
// machine_learning_inferred or service_dependency.
type Relationship struct {
	Type     string `json:"type,omitzero"`
	Metadata struct {
		Grouping string `json:"grouping_classification,omitzero"` // similar_contents or prior_feedback
		// PagerDuty names one service or lists several here.
		Dependent  oneOrMany `json:"dependent_services,omitzero"`
		Supporting oneOrMany `json:"supporting_services,omitzero"`
	} `json:"metadata,omitzero"`
}

// oneOrMany reads a reference or a list of them.
type oneOrMany []Reference

// UnmarshalJSON implements [encoding/json.Unmarshaler]. It never fails.
func (m *oneOrMany) UnmarshalJSON(data []byte) error {
	var many []Reference
	if _, err := decode(data, &many); err == nil {
		*m = many
		return nil
	}
	var one Reference
	if _, err := decode(data, &one); err == nil {
		*m = oneOrMany{one}
	}
	return nil
}

// RelatedIncidents returns up to 20 incidents on other services that are
// related to this one. It needs PagerDuty's AIOps.
//
// See getRelatedIncidents in https://developer.pagerduty.com/api-reference.
func (r Reader) RelatedIncidents(ctx context.Context, incidentID string) ([]RelatedIncident, error) {
	q := url.Values{"additional_details[]": {"incident"}}
	return fetch[[]RelatedIncident](ctx, r, get(to("/incidents/{id}/related_incidents", incidentID), q), "related_incidents")
}

// OutlierIncident says how unusual an incident is for its service.
type OutlierIncident struct {
	Incident struct {
		Incident
		Occurrence Occurrence `json:"occurrence,omitzero"`
	} `json:"incident"`
	Template struct {
		MinedText string `json:"mined_text,omitzero"` // the pattern the title follows
	} `json:"incident_template,omitzero"`
}

// Occurrence says how often incidents with this pattern happened between two
// times. Category is novel, rare, frequent or whatever PagerDuty adds.
type Occurrence struct {
	Count     int     `json:"count,omitzero"`
	Frequency float64 `json:"frequency,omitzero"`
	Category  string  `json:"category,omitzero"`
	Since     Time    `json:"since,omitzero"`
	Until     Time    `json:"until,omitzero"`
}

// OutlierIncident tells whether an incident is usual for its service, looking
// back to since, or as far as PagerDuty does when since is zero. It needs
// PagerDuty's AIOps.
//
// See getOutlierIncident in https://developer.pagerduty.com/api-reference.
func (r Reader) OutlierIncident(ctx context.Context, incidentID string, since time.Time) (OutlierIncident, error) {
	return fetch[OutlierIncident](ctx, r, get(to("/incidents/{id}/outlier_incident", incidentID), between(since, time.Time{})), "outlier_incident")
}
