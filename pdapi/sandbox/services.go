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
}

// urgency is what incidents get unless they say otherwise. In support hours that
// are a part of the week it is what holds outside of them.
func (s *service) urgency() string {
	rule := s.urgencyRule
	if outside, ok := rule["outside_support_hours"].(obj); ok {
		rule = outside
	}
	if rule["urgency"] == "low" {
		return "low"
	}
	return "high"
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
				"query": rest.Words(), "team_ids[]": rest.IDs(), "time_zone": rest.Words(), "sort_by": rest.Among("name", "name:asc", "name:desc"),
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
	return rest.Page(c.Call, "services", rows, func(s *service) obj { return s.object(c.account) })
}

func getService(c *call, s *service) *rest.Answer {
	return rest.OK(obj{"service": s.object(c.account)})
}

func (s *service) object(a *account) obj {
	status := "active"
	var last time.Time
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
	o := s.ref()
	for name, value := range map[string]any{
		"type": "service", "name": s.name, "description": s.description, "auto_resolve_timeout": s.autoResolve,
		"acknowledgement_timeout": s.ackAfter, "created_at": stamp(s.created), "status": status,
		"last_incident_timestamp": stamp(last), "teams": []obj{s.policy.team.ref()}, "incident_urgency_rule": s.urgencyRule,
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
