package pdapi

import (
	"context"
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
	Delay   int         `json:"escalation_delay_in_minutes,omitzero"` // until the next level
	Targets []Reference `json:"targets,omitzero"`
}

// PolicyFilter narrows [Reader.EscalationPolicies]. Empty fields do not.
type PolicyFilter struct {
	Query            string // part of a name
	UserIDs, TeamIDs []string
	SortBy           string // name, name:asc or name:desc
}

// EscalationPolicies lists escalation policies.
func (r Reader) EscalationPolicies(ctx context.Context, f PolicyFilter, w Window) iter.Seq2[Page[EscalationPolicy], error] {
	q := url.Values{}
	set(q, "query", f.Query)
	set(q, "sort_by", f.SortBy)
	add(q, "user_ids[]", f.UserIDs)
	add(q, "team_ids[]", f.TeamIDs)
	return pages[EscalationPolicy](ctx, r, "escalation_policies", q, w, to("/escalation_policies"))
}

// EscalationPolicy returns one escalation policy.
func (r Reader) EscalationPolicy(ctx context.Context, id string) (EscalationPolicy, error) {
	return fetch[EscalationPolicy](ctx, r, get(to("/escalation_policies/{id}", id), nil), "escalation_policy")
}
