package sandbox

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

type service struct {
	record
	description           string
	policy                *policy
	urgencyRule           obj
	supportHours          any   // obj or nil
	actions               []any // scheduled actions; never nil, which would be null
	autoResolve, ackAfter any   // seconds or nil
	integrations          []obj
	created               time.Time
	disabled              time.Time  // when it was, if it is
	supports              []*service // those that depend on it
	quiet                 *hours     // when an event rule suppresses all that comes
}

func (s *service) ref() obj {
	r := ref("service", s.id, s.name, "services")
	r["html_url"] = webURL + "/service-directory/" + s.id
	return r
}

func serviceRoutes() []route {
	include := rest.Among("escalation_policies", "teams", "integrations", "auto_pause_notifications_parameters")
	constant := rest.Map(rest.Fields{"type": rest.Enum("constant").Required(), "urgency": rest.Enum("high", "low", "severity_based").Required()})
	members := rest.Fields{
		"type": rest.Enum("service").Required(), "name": rest.String(255), "description": rest.String(1024).OrEmpty(),
		"escalation_policy":    rest.Reference("escalation_policy_reference").Required(),
		"auto_resolve_timeout": rest.Integer(math.MaxInt32).OrNull(), "acknowledgement_timeout": rest.Integer(math.MaxInt32).OrNull(),
		"incident_urgency_rule": rest.OneOf("urgency rule", constant, rest.Map(rest.Fields{
			"type": rest.Enum("use_support_hours").Required(), "during_support_hours": constant.Required(), "outside_support_hours": constant.Required(),
		})),
		"support_hours": rest.Map(rest.Fields{
			"type": rest.Enum("fixed_time_per_day").Required(), "time_zone": rest.ZoneName().Required(), "start_time": rest.TimeOfDay().Required(), "end_time": rest.TimeOfDay().Required(),
			"days_of_week": rest.List(7, rest.Integer(7)).Required(),
		}).OrNull(),
		"scheduled_actions": rest.ListOf(0, 2, rest.Map(rest.Fields{
			"type": rest.Enum("urgency_change").Required(), "to_urgency": rest.Enum("high").Required(),
			"at": rest.Map(rest.Fields{"type": rest.Enum("named_time").Required(), "name": rest.Enum("support_hours_start", "support_hours_end").Required()}).Required(),
		})),
	}
	create := members.With(rest.Fields{"name": rest.String(255).Required()})
	return []route{
		{
			Pattern: "GET /services", Handle: listServices,
			Query: rest.Paging().With(rest.Query{
				"query": rest.Words(), "team_ids[]": rest.IDs(), "time_zone": rest.Zone(), "sort_by": rest.Among("name", "name:asc", "name:desc"),
				"include[]": include, "name": rest.Words(),
			}),
		},
		{Pattern: "GET /services/{id}", Query: rest.Query{"include[]": include}, Handle: with((*account).service, getService)},
		{Pattern: "POST /services", Body: rest.Envelope("service", rest.Map(create)), Handle: createService},
		{Pattern: "PUT /services/{id}", Body: rest.Envelope("service", rest.Map(members)), Handle: with((*account).service, updateService)},
	}
}

func listServices(c *call) *rest.Answer {
	q := c.URL.Query()
	query := strings.ToLower(q.Get("query"))
	var rows []*service
	for _, s := range c.services.All() {
		inTeam := len(q["team_ids[]"]) == 0 || slices.Contains(q["team_ids[]"], s.policy.team.id)
		if inTeam && strings.Contains(strings.ToLower(s.name), query) && (q.Get("name") == "" || q.Get("name") == s.name) {
			rows = append(rows, s)
		}
	}
	rest.ByName(rows, q.Get("sort_by"))
	in := c.zone(c.account.zone)
	return rest.Page(c.Call, "services", rows, func(s *service) obj { return s.object(c.account, in) })
}

func getService(c *call, s *service) *rest.Answer {
	return rest.OK(obj{"service": s.object(c.account, c.account.zone)})
}

// state is a service's status, and when its last incident was.
func (s *service) state(a *account) (status string, last time.Time) {
	status = "active"
	for _, i := range a.incidents.All() {
		if i.service == s {
			last = i.created
			switch {
			case i.status == "triggered":
				status = "critical"
			case i.status == "acknowledged" && status == "active":
				status = "warning"
			}
		}
	}
	switch {
	case !s.disabled.IsZero():
		status = "disabled"
	case a.maintained(s, a.now):
		status = "maintenance"
	}
	return status, last
}

func (s *service) object(a *account, in *time.Location) obj {
	status, last := s.state(a)
	o := s.ref()
	for name, value := range map[string]any{
		"type": "service", "name": s.name, "description": s.description, "auto_resolve_timeout": s.autoResolve,
		"acknowledgement_timeout": s.ackAfter, "created_at": stampIn(s.created, in), "status": status,
		"last_incident_timestamp": stampIn(last, in), "teams": []obj{s.policy.team.ref()}, "incident_urgency_rule": s.urgencyRule,
		"support_hours": s.supportHours, "scheduled_actions": s.actions, "escalation_policy": s.policy.ref(), "addons": []obj{},
		"alert_creation": "create_alerts_and_incidents", "alert_grouping_parameters": obj{"type": nil},
		"integrations": s.integrations, "auto_pause_notifications_parameters": obj{"enabled": false, "timeout": 300},
	} {
		o[name] = value
	}
	if last.IsZero() {
		delete(o, "last_incident_timestamp")
	}
	return o
}
