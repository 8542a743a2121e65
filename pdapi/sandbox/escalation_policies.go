package sandbox

import (
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

type policy struct {
	record
	team   *team
	levels []level
}

// level is a step of an escalation policy: a schedule or a user.
type level struct {
	schedule *schedule
	user     *user
	delay    time.Duration
}

func (l level) onCall(at time.Time) *user {
	if l.schedule != nil {
		return l.schedule.onCall(at)
	}
	return l.user
}

// pages reports whether a policy can page a user: by name or from a schedule.
func (p *policy) pages(u *user) bool {
	return slices.ContainsFunc(p.levels, func(l level) bool {
		return l.user == u || l.schedule != nil && slices.Contains(l.schedule.users, u)
	})
}

func (p *policy) ref() obj { return ref("escalation_policy", p.id, p.name, "escalation_policies") }

func policyRoutes() []route {
	include := rest.Among("services", "teams", "targets", "escalation_rule_assignment_strategies")
	return []route{
		{
			Pattern: "GET /escalation_policies", Handle: listPolicies,
			Query: rest.Paging().With(rest.Query{
				"query": rest.Words(), "user_ids[]": rest.IDs(), "team_ids[]": rest.IDs(), "include[]": include, "sort_by": rest.Among("name", "name:asc", "name:desc"),
			}),
		},
		{Pattern: "GET /escalation_policies/{id}", Query: rest.Query{"include[]": include}, Handle: with((*account).policy, getPolicy)},
	}
}

func listPolicies(c *call) *rest.Answer {
	q := c.URL.Query()
	query := strings.ToLower(q.Get("query"))
	rows := c.policies.Where(func(p *policy) bool {
		hasUser := slices.ContainsFunc(q["user_ids[]"], func(id string) bool { u := c.user(id); return u != nil && p.pages(u) })
		return strings.Contains(strings.ToLower(p.name), query) && (len(q["user_ids[]"]) == 0 || hasUser) &&
			(len(q["team_ids[]"]) == 0 || slices.Contains(q["team_ids[]"], p.team.id))
	})
	rest.ByName(rows, q.Get("sort_by"))
	return rest.Page(c.Call, "escalation_policies", rows, func(p *policy) obj { return p.object(c.account) })
}

func getPolicy(c *call, p *policy) *rest.Answer {
	return rest.OK(obj{"escalation_policy": p.object(c.account)})
}

func (p *policy) object(a *account) obj {
	rules, services := []obj{}, []obj{}
	for n, l := range p.levels {
		var target obj
		if l.schedule != nil {
			target = l.schedule.ref()
		} else {
			target = l.user.ref()
		}
		rules = append(rules, obj{
			"id": "P" + p.id[1:] + string(rune('A'+n)), "escalation_delay_in_minutes": int(l.delay / time.Minute), "targets": []obj{target},
			// PagerDuty answers an object here, whatever its schema says.
			"escalation_rule_assignment_strategy": obj{"type": "assign_to_everyone"},
		})
	}
	for _, s := range a.services.All() {
		if s.policy == p {
			services = append(services, s.ref())
		}
	}
	o := p.ref()
	for name, value := range map[string]any{
		"type": "escalation_policy", "name": p.name, "description": "Pages " + p.team.name, "escalation_rules": rules, "services": services,
		"num_loops": 2, "teams": []obj{p.team.ref()}, "on_call_handoff_notifications": "if_has_services",
	} {
		o[name] = value
	}
	return o
}
