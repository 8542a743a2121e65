package sandbox

import (
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

func createService(c *call) *rest.Answer {
	in := c.Body["service"].(obj)
	s := &service{
		record: c.named(""), urgencyRule: obj{"type": "constant", "urgency": "high"}, actions: []any{},
		autoResolve: 14400, ackAfter: 1800, created: c.Now,
	}
	if problem := c.setService(s, in); problem != nil {
		return problem
	}
	s.addIntegration(c.account)
	c.services.Add(s)
	return rest.Created(obj{"service": s.object(c.account, c.account.zone)})
}

func updateService(c *call, s *service) *rest.Answer {
	if problem := c.setService(s, c.Body["service"].(obj)); problem != nil {
		return problem
	}
	return rest.OK(obj{"service": s.object(c.account, c.account.zone)})
}

// setService sets what a body gives and leaves the rest, or changes nothing and
// says what is wrong.
func (c *call) setService(s *service, in obj) *rest.Answer {
	changed := *s
	if changed.policy = c.policy(rest.Text(in, "escalation_policy", "id")); changed.policy == nil {
		return rest.Invalid("Escalation policy not found")
	}
	if name, ok := in["name"].(string); ok {
		if strings.ContainsAny(name, `&/<>\`) {
			return rest.Invalid(`Name can't contain any of the characters & / < > \`)
		}
		unique, problem := uniqueName(&c.services, s, name)
		if problem != nil {
			return problem
		}
		changed.name = unique
	}
	if problem := changed.setUrgency(in); problem != nil {
		return problem
	}
	if text, ok := in["description"].(string); ok {
		changed.description = text
	}
	if v, given := in["auto_resolve_timeout"]; given {
		changed.autoResolve = v
	}
	if v, given := in["acknowledgement_timeout"]; given {
		changed.ackAfter = v
	}
	*s = changed
	return nil
}

// setUrgency sets the urgency rule, the support hours and the scheduled actions.
// The last two belong to the rule use_support_hours alone: it wants both in the
// same body, an empty list of actions will do, and another rule wants support
// hours to be null and the list to be empty.
func (s *service) setUrgency(in obj) *rest.Answer {
	rule, ruleGiven := in["incident_urgency_rule"].(obj)
	hours, hoursGiven := in["support_hours"]
	actions, actionsGiven := in["scheduled_actions"].([]any)
	if ruleGiven {
		s.urgencyRule = rule
	}
	if hoursGiven {
		s.supportHours = hours
	}
	if actionsGiven {
		s.actions = actions
	}
	used := s.urgencyRule["type"] == "use_support_hours"
	switch {
	case used && s.supportHours == nil, used && ruleGiven && !hoursGiven:
		return rest.Invalid("Support hours can't be blank")
	case used && (ruleGiven || hoursGiven) && !actionsGiven:
		return rest.Invalid("Scheduled actions can't be blank")
	case !used && s.supportHours != nil:
		return rest.Invalid("Support hours can only be set when the incident urgency rule uses support hours")
	case !used && len(s.actions) > 0:
		return rest.Invalid("Scheduled actions can only be set when the incident urgency rule uses support hours")
	}
	return nil
}
