package people

import (
	"context"
	"iter"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var policyTools = []tool.Tool{
	tool.Read("list_escalation_policies", "List escalation policies", "Finds escalation policies, with whom each level pages.", listPolicies),
	tool.Read("get_escalation_policy", "Get escalation policy", "One escalation policy: levels with targets and delays, repeats, and the services that use it.", getPolicy),
}

type listPoliciesInput struct {
	Query   string        `json:"query,omitzero" doc:"Part of the name"`
	UserIDs []tool.UserID `json:"user_ids,omitzero" doc:"Policies that page one of them"`
	TeamIDs []tool.TeamID `json:"team_ids,omitzero"`
	SortBy  string        `json:"sort_by,omitzero" enum:"name:asc,name:desc"`
	tool.Paging
}

// policy is an escalation policy as lists show it.
type policy struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Teams    []tool.Ref `json:"teams,omitempty"`
	Levels   any        `json:"levels,omitempty"`  // names, or in full
	Services any        `json:"services,omitzero"` // how many, or which
	URL      string     `json:"url,omitzero"`
}

func showPolicy(p pdapi.EscalationPolicy) policy {
	var levels [][]string
	for _, rule := range p.Rules {
		var names []string
		for _, target := range rule.Targets {
			name := target.Summary
			if !target.DeletedAt.IsZero() {
				name += " (deleted)"
			}
			names = append(names, name)
		}
		if rule.Strategy == pdapi.RoundRobin {
			names = append(names, "(one of these in turn)")
		}
		levels = append(levels, names)
	}
	return policy{p.ID, p.Name, tool.RefsTo(p.Teams), levels, howMany(p.Services), p.HTMLURL}
}

// howMany counts a list, if PagerDuty sent one: without it nobody knows.
func howMany(refs []pdapi.Reference) any {
	if refs == nil {
		return nil
	}
	return len(refs)
}

func listPolicies(ctx context.Context, call tool.Reading, in listPoliciesInput) (tool.List[policy], error) {
	return tool.Search[pdapi.EscalationPolicy, policy]{
		Name: "escalation_policies", Query: in.Query, Paging: in.Paging, Show: showPolicy, NameOf: func(p pdapi.EscalationPolicy) string { return p.Name },
		Pages: func(query string, w pdapi.Window) iter.Seq2[pdapi.Page[pdapi.EscalationPolicy], error] {
			return call.PD.EscalationPolicies(ctx, pdapi.PolicyFilter{Query: query, UserIDs: tool.Strings(in.UserIDs), TeamIDs: tool.Strings(in.TeamIDs), SortBy: in.SortBy}, w)
		},
	}.Collect()
}

type getPolicyInput struct {
	ID tool.EscalationPolicyID `json:"escalation_policy_id" alias:"policy_id"`
}

// policyDetails is an escalation policy as get_escalation_policy shows it.
type policyDetails struct {
	policy
	Description string `json:"description,omitzero"`
	Repeats     int    `json:"repeats"`
	Handoff     string `json:"on_call_handoff_notifications,omitzero"`
}

type level struct {
	Targets []target `json:"targets"`
	// RoundRobin is set where an incident goes to one of the targets in turn,
	// instead of to all.
	RoundRobin bool `json:"round_robin,omitzero"`
	Delay      int  `json:"escalates_after_minutes,omitzero"`
}

type target struct {
	tool.Ref
	Type string `json:"type"` // user, schedule or, for shift-based ones, schedule_v3
}

func getPolicy(ctx context.Context, call tool.Reading, in getPolicyInput) (policyDetails, error) {
	found, err := call.PD.EscalationPolicy(ctx, string(in.ID))
	if err != nil {
		return policyDetails{}, err
	}
	var levels []level
	for _, rule := range found.Rules {
		shown := level{Targets: []target{}, Delay: rule.Delay, RoundRobin: rule.Strategy == pdapi.RoundRobin}
		for _, t := range rule.Targets {
			shown.Targets = append(shown.Targets, target{*tool.RefTo(&t), tool.TypeOf(t)})
		}
		levels = append(levels, shown)
	}
	d := policyDetails{policy: showPolicy(found), Description: found.Description, Repeats: found.Loops, Handoff: found.Handoff}
	d.Levels, d.Services = levels, tool.RefsTo(found.Services)
	return d, nil
}
