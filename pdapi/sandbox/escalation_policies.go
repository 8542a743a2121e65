package sandbox

import (
	"slices"
	"strings"
	"time"
)

func policyRoutes() []route {
	include := among("services", "teams", "targets", "escalation_rule_assignment_strategies")
	return []route{
		{
			pattern: "GET /escalation_policies", handle: listPolicies,
			query: classicPaging.with(params{
				"query": words(), "user_ids[]": ids(), "team_ids[]": ids(), "include[]": include, "sort_by": among("name", "name:asc", "name:desc"),
			}),
		},
		{pattern: "GET /escalation_policies/{id}", query: params{"include[]": include}, handle: getPolicy},
	}
}

func listPolicies(c *call) answer {
	q := c.URL.Query()
	query := strings.ToLower(q.Get("query"))
	rows := slices.DeleteFunc(slices.Clone(c.policies), func(p *policy) bool {
		hasUser := slices.ContainsFunc(p.levels, func(l level) bool {
			return l.user != nil && slices.Contains(q["user_ids[]"], l.user.id) ||
				l.schedule != nil && slices.ContainsFunc(l.schedule.users, func(u *user) bool { return slices.Contains(q["user_ids[]"], u.id) })
		})
		return !strings.Contains(strings.ToLower(p.name), query) || len(q["user_ids[]"]) > 0 && !hasUser ||
			len(q["team_ids[]"]) > 0 && !slices.Contains(q["team_ids[]"], p.team.id)
	})
	byName(rows, q.Get("sort_by"), func(p *policy) string { return p.name })
	return page(c, "escalation_policies", rows, func(p *policy) obj { return p.object(c.account) })
}

func getPolicy(c *call) answer {
	p := c.policyByID(c.PathValue("id"))
	if p == nil {
		return notFound()
	}
	return ok(obj{"escalation_policy": p.object(c.account)})
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
	for _, s := range a.services {
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
