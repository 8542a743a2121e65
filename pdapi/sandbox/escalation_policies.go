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
	levels []*level
	loops  int // how often the levels repeat after their first time
}

// level is a step of an escalation policy.
type level struct {
	id      string
	targets []target
	delay   time.Duration // until an incident that nobody acknowledges goes on
	// roundRobin assigns an incident to one of those on call, in turns, not to all.
	roundRobin bool
	turn       int // whose turn it is
}

// target is a user, or whom a schedule has on call.
type target struct {
	schedule *schedule
	user     *user
}

func (t target) ref() obj {
	if t.schedule != nil {
		return t.schedule.ref()
	}
	return t.user.ref()
}

// onCall are the users whom a level can page at a time: those who were deleted
// can't be.
func (l *level) onCall(at time.Time) []*user {
	var out []*user
	for _, t := range l.targets {
		u := t.user
		if t.schedule != nil {
			u = t.schedule.onCall(at)
		}
		if u != nil {
			out = append(out, u)
		}
	}
	return unique(present(out))
}

// assign are the users whom the level pages about an incident.
func (l *level) assign(at time.Time) []*user {
	all := l.onCall(at)
	if !l.roundRobin || len(all) == 0 {
		return all
	}
	l.turn++
	n := l.turn % len(all)
	return all[n : n+1]
}

// from is the number of the first level, from one on, that has somebody on call;
// 0 if none has.
func (p *policy) from(number int, at time.Time) int {
	for n := number; n <= len(p.levels); n++ {
		if len(p.levels[n-1].onCall(at)) > 0 {
			return n
		}
	}
	return 0
}

// first are the users who get an incident of the policy at first.
func (p *policy) first(at time.Time) []*user {
	if n := p.from(1, at); n > 0 {
		return p.levels[n-1].assign(at)
	}
	return nil
}

// pages reports whether a policy can page a user: by name or from a schedule.
func (p *policy) pages(u *user) bool {
	return slices.ContainsFunc(p.levels, func(l *level) bool {
		return slices.ContainsFunc(l.targets, func(t target) bool {
			return t.user == u || t.schedule != nil && slices.Contains(t.schedule.users(), u)
		})
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
	return rest.Page(c.Call, "escalation_policies", rows, func(p *policy) obj { return p.object(c.account, q["include[]"]...) })
}

func getPolicy(c *call, p *policy) *rest.Answer {
	return rest.OK(obj{"escalation_policy": p.object(c.account, c.URL.Query()["include[]"]...)})
}

// object is the whole policy. What include names is shown whole, too.
func (p *policy) object(a *account, include ...string) obj {
	whole := func(name string) bool { return slices.Contains(include, name) }
	o := p.ref()
	for name, value := range map[string]any{
		"type": "escalation_policy", "name": p.name, "description": "Pages " + p.team.name, "num_loops": p.loops,
		"on_call_handoff_notifications": "if_has_services",
		"teams": rest.Render([]*team{p.team}, func(t *team) obj {
			if whole("teams") {
				return t.object()
			}
			return t.ref()
		}),
		"services": rest.Render(a.services.Where(func(s *service) bool { return s.policy == p }), func(s *service) obj {
			if whole("services") {
				return s.object(a, a.zone)
			}
			return s.ref()
		}),
		"escalation_rules": rest.Render(p.levels, func(l *level) obj {
			rule := obj{"id": l.id, "escalation_delay_in_minutes": int(l.delay / time.Minute), "targets": rest.Render(l.targets, func(t target) obj {
				switch {
				case whole("targets") && t.user != nil && t.user.deleted.IsZero():
					return t.user.object()
				case whole("targets") && t.schedule != nil && !t.schedule.shiftBased:
					return t.schedule.object(a)
				}
				return t.ref()
			})}
			if whole("escalation_rule_assignment_strategies") {
				rule["escalation_rule_assignment_strategy"] = l.strategy()
			}
			return rule
		}),
	} {
		o[name] = value
	}
	return o
}

// strategy says whom a level pages. PagerDuty answers an object here, whatever its
// schema says.
func (l *level) strategy() obj {
	if l.roundRobin {
		return obj{"type": "round_robin"}
	}
	return obj{"type": "assign_to_everyone"}
}
