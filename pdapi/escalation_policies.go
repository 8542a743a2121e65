package pdapi

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
)

// EscalationPolicy says whom to page, and whom next if nobody acknowledges.
type EscalationPolicy struct {
	ID          string           `json:"id"`
	Name        string           `json:"name,omitzero"`
	Description string           `json:"description,omitzero"`
	Rules       []EscalationRule `json:"escalation_rules,omitzero"`
	Loops       int              `json:"num_loops,omitzero"` // repeats after the last level
	Services    []Reference      `json:"services,omitzero"`
	Teams       []Reference      `json:"teams,omitzero"`
	Handoff     string           `json:"on_call_handoff_notifications,omitzero"` // if_has_services, always
	HTMLURL     string           `json:"html_url,omitzero"`
}

// EscalationRule is a level of a policy. Targets are users, schedules and
// shift-based schedules; Type says which.
type EscalationRule struct {
	Delay    int                `json:"escalation_delay_in_minutes,omitzero"` // until the next level
	Targets  []Reference        `json:"targets,omitzero"`
	Strategy AssignmentStrategy `json:"escalation_rule_assignment_strategy,omitzero"`
}

// AssignmentStrategy says whom of a level's targets an incident goes to:
// assign_to_everyone, or round_robin, one after another. It is empty if PagerDuty
// does not say.
type AssignmentStrategy string

// RoundRobin is the strategy by which an incident goes to one target after another.
const RoundRobin AssignmentStrategy = "round_robin"

// UnmarshalJSON implements [encoding/json.Unmarshaler]. PagerDuty's API reference
// shows a text, an object with a type, and a list of these. It never fails.
func (s *AssignmentStrategy) UnmarshalJSON(data []byte) error {
	*s = ""
	var text string
	var object struct {
		Type string `json:"type"`
	}
	var list []AssignmentStrategy
	switch {
	case json.Unmarshal(data, &text) == nil:
		*s = AssignmentStrategy(text)
	case json.Unmarshal(data, &object) == nil:
		*s = AssignmentStrategy(object.Type)
	case json.Unmarshal(data, &list) == nil && len(list) > 0:
		*s = list[0]
	}
	return nil
}

// strategies is what has to be included for policies to tell their strategies.
const strategies = "escalation_rule_assignment_strategies"

// PolicyFilter narrows [Reader.EscalationPolicies]. Empty fields do not.
type PolicyFilter struct {
	Query            string // part of a name
	UserIDs, TeamIDs []string
	SortBy           string // name, name:asc or name:desc
}

// EscalationPolicies lists escalation policies.
//
// See listEscalationPolicies in https://developer.pagerduty.com/api-reference.
func (r Reader) EscalationPolicies(ctx context.Context, f PolicyFilter, w Window) iter.Seq2[Page[EscalationPolicy], error] {
	q := url.Values{"include[]": {strategies}}
	set(q, "query", f.Query)
	set(q, "sort_by", f.SortBy)
	add(q, "user_ids[]", f.UserIDs)
	add(q, "team_ids[]", f.TeamIDs)
	return pages[EscalationPolicy](ctx, r, "escalation_policies", q, w, to("/escalation_policies"))
}

// EscalationPolicy returns one escalation policy.
//
// See getEscalationPolicy in https://developer.pagerduty.com/api-reference.
func (r Reader) EscalationPolicy(ctx context.Context, id string) (EscalationPolicy, error) {
	return fetch[EscalationPolicy](ctx, r, get(to("/escalation_policies/{id}", id), url.Values{"include[]": {strategies}}), "escalation_policy")
}
