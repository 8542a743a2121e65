package pdapi

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"strings"
)

// Orchestration is an event orchestration: rules that enrich and route events.
// The routing keys of its integrations, which are credentials, are not read.
type Orchestration struct {
	ID           string     `json:"id"`
	Name         string     `json:"name,omitzero"`
	Description  string     `json:"description,omitzero"`
	Team         *Reference `json:"team,omitzero"`
	Routes       int        `json:"routes,omitzero"` // services it routes to
	UpdatedAt    Time       `json:"updated_at,omitzero"`
	Version      string     `json:"version,omitzero"`
	Integrations []struct {
		ID    string `json:"id"`
		Label string `json:"label,omitzero"`
	} `json:"integrations,omitzero"`
}

// Orchestrations lists event orchestrations. SortBy is name, routes or
// created_at with :asc or :desc; by name if it is empty.
//
// See listEventOrchestrations in https://developer.pagerduty.com/api-reference.
func (r Reader) Orchestrations(ctx context.Context, sortBy string, w Window) iter.Seq2[Page[Orchestration], error] {
	q := url.Values{}
	set(q, "sort_by", sortBy)
	return uncounted[Orchestration](ctx, r, "orchestrations", q, w, to("/event_orchestrations"))
}

// Orchestration returns one event orchestration.
//
// See getOrchestration in https://developer.pagerduty.com/api-reference.
func (r Reader) Orchestration(ctx context.Context, id string) (Orchestration, error) {
	return fetch[Orchestration](ctx, r, get(to("/event_orchestrations/{id}", id), nil), "orchestration")
}

// OrchestrationPath is a path of an event orchestration: its router, its global
// rules, or the rules of a service. It is the document that PagerDuty sent, down
// to what this package knows nothing of, since a PUT deletes what it omits.
type OrchestrationPath struct {
	document map[string]json.RawMessage
	sets     []map[string]json.RawMessage
	unread   []string // where rules should be, and what is there is something else
}

// RuleSet is a list of rules, each as PagerDuty sent it.
type RuleSet struct {
	ID    string
	Rules []json.RawMessage
}

// UnmarshalJSON implements [encoding/json.Unmarshaler].
func (p *OrchestrationPath) UnmarshalJSON(data []byte) error {
	*p = OrchestrationPath{}
	if err := json.Unmarshal(data, &p.document); err != nil {
		return err
	}
	var sets []json.RawMessage
	if json.Unmarshal(p.document["sets"], &sets) != nil || sets == nil {
		p.unread = append(p.unread, "sets")
	}
	for i, raw := range sets {
		var set map[string]json.RawMessage
		if json.Unmarshal(raw, &set) != nil || set == nil {
			p.unread = append(p.unread, fmt.Sprintf("sets[%d]", i))
			continue
		}
		var rules []json.RawMessage
		if json.Unmarshal(set["rules"], &rules) != nil || rules == nil {
			p.unread = append(p.unread, fmt.Sprintf("sets[%d].rules", i))
		}
		p.sets = append(p.sets, set)
	}
	return nil
}

// oddFields implements [reportsOdd].
func (p OrchestrationPath) oddFields() []string { return p.unread }

// whole returns an error if there may be rules in the path that could not be read. A
// path that is written back would delete them.
func (p OrchestrationPath) whole() error {
	if p.unread == nil {
		return nil
	}
	return fmt.Errorf("its rules (%s) are not of the form that was expected", strings.Join(p.unread, ", "))
}

func (p OrchestrationPath) text(name string) string {
	var s string
	_ = json.Unmarshal(p.document[name], &s)
	return s
}

// Version changes with every change of the path.
func (p OrchestrationPath) Version() string { return p.text("version") }

// UpdatedAt is when the path last changed, RFC 3339.
func (p OrchestrationPath) UpdatedAt() string { return p.text("updated_at") }

// CatchAll is what happens to events that no rule fits, as PagerDuty sent it;
// nil if it is not said.
func (p OrchestrationPath) CatchAll() json.RawMessage { return p.document["catch_all"] }

// Sets are the path's rules. A router has one set, "start".
func (p OrchestrationPath) Sets() []RuleSet {
	var out []RuleSet
	for _, s := range p.sets {
		var made RuleSet
		_ = json.Unmarshal(s["id"], &made.ID)
		_ = json.Unmarshal(s["rules"], &made.Rules)
		out = append(out, made)
	}
	return out
}

// Rules are the rules of the first set: of a router, all.
func (p OrchestrationPath) Rules() []json.RawMessage {
	if sets := p.Sets(); len(sets) > 0 {
		return sets[0].Rules
	}
	return nil
}

// WithRules is the same path with other rules in its first set, and with another
// catch-all unless that is nil. All else is kept.
func (p OrchestrationPath) WithRules(rules []json.RawMessage, catchAll json.RawMessage) (OrchestrationPath, error) {
	copied := OrchestrationPath{document: map[string]json.RawMessage{}, unread: p.unread}
	for name, value := range p.document {
		copied.document[name] = value
	}
	first := map[string]json.RawMessage{"id": json.RawMessage(`"start"`)}
	if len(p.sets) > 0 {
		for name, value := range p.sets[0] {
			first[name] = value
		}
	}
	if rules == nil {
		rules = []json.RawMessage{}
	}
	encoded, err := json.Marshal(rules)
	if err != nil {
		return OrchestrationPath{}, fmt.Errorf("encoding rules: %w", err)
	}
	first["rules"] = encoded
	copied.sets = []map[string]json.RawMessage{first}
	if len(p.sets) > 1 {
		copied.sets = append(copied.sets, p.sets[1:]...)
	}
	if copied.document["sets"], err = json.Marshal(copied.sets); err != nil {
		return OrchestrationPath{}, fmt.Errorf("encoding rules: %w", err)
	}
	if catchAll != nil {
		copied.document["catch_all"] = catchAll
	}
	return copied, nil
}

// Router returns the router of an event orchestration.
//
// See getOrchPathRouter in https://developer.pagerduty.com/api-reference.
func (r Reader) Router(ctx context.Context, id string) (OrchestrationPath, error) {
	return fetch[OrchestrationPath](ctx, r, get(to("/event_orchestrations/{id}/router", id), nil), "orchestration_path")
}

// GlobalRules returns the global rules of an event orchestration.
//
// See getOrchPathGlobal in https://developer.pagerduty.com/api-reference.
func (r Reader) GlobalRules(ctx context.Context, id string) (OrchestrationPath, error) {
	return fetch[OrchestrationPath](ctx, r, get(to("/event_orchestrations/{id}/global", id), nil), "orchestration_path")
}

// ServiceRules returns the event rules of a service.
//
// See getOrchPathService in https://developer.pagerduty.com/api-reference.
func (r Reader) ServiceRules(ctx context.Context, serviceID string) (OrchestrationPath, error) {
	return fetch[OrchestrationPath](ctx, r, get(to("/event_orchestrations/services/{id}", serviceID), nil), "orchestration_path")
}
