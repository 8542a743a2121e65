package sandbox

import (
	"math"
	"net/http"
	"slices"
	"strings"
	"time"
)

func serviceRoutes() []route {
	include := among("escalation_policies", "teams", "integrations", "auto_pause_notifications_parameters")
	constant := object(map[string]member{"type": req(enum("constant")), "urgency": req(enum("high", "low", "severity_based"))})
	members := map[string]member{
		"type": req(enum("service")), "name": opt(text(255)), "description": opt(maybeEmpty(1024)),
		"escalation_policy":    req(reference("escalation_policy_reference")),
		"auto_resolve_timeout": opt(orNull(integer(math.MaxInt32))), "acknowledgement_timeout": opt(orNull(integer(math.MaxInt32))),
		"incident_urgency_rule": opt(oneOf("urgency rule", constant, object(map[string]member{
			"type": req(enum("use_support_hours")), "during_support_hours": req(constant), "outside_support_hours": req(constant),
		}))),
		"support_hours": opt(object(map[string]member{
			"type": req(enum("fixed_time_per_day")), "time_zone": req(zone), "start_time": req(timeOfDay), "end_time": req(timeOfDay),
			"days_of_week": req(list(7, integer(7))),
		})),
	}
	create := map[string]member{"name": req(text(255))}
	for name, m := range members {
		if name != "name" {
			create[name] = m
		}
	}
	return []route{
		{
			pattern: "GET /services", handle: listServices,
			query: classicPaging.with(params{
				"query": words(), "team_ids[]": ids(), "time_zone": words(), "sort_by": among("name", "name:asc", "name:desc"),
				"include[]": include, "name": words(),
			}),
		},
		{pattern: "GET /services/{id}", query: params{"include[]": include}, handle: getService},
		{pattern: "POST /services", body: envelope("service", object(create)), handle: createService},
		{pattern: "PUT /services/{id}", body: envelope("service", object(members)), handle: updateService},
	}
}

func listServices(c *call) answer {
	q := c.URL.Query()
	query := strings.ToLower(q.Get("query"))
	var rows []*service
	for _, s := range c.services {
		inTeam := len(q["team_ids[]"]) == 0 || slices.Contains(q["team_ids[]"], s.policy.team.id)
		if inTeam && strings.Contains(strings.ToLower(s.name), query) && (q.Get("name") == "" || q.Get("name") == s.name) {
			rows = append(rows, s)
		}
	}
	byName(rows, q.Get("sort_by"), func(s *service) string { return s.name })
	return page(c, "services", rows, func(s *service) obj { return s.object(c.account) })
}

// byName sorts rows by name, as PagerDuty does unless asked otherwise.
func byName[T any](rows []T, order string, name func(T) string) {
	slices.SortStableFunc(rows, func(x, y T) int {
		n := strings.Compare(strings.ToLower(name(x)), strings.ToLower(name(y)))
		if strings.HasSuffix(order, ":desc") {
			return -n
		}
		return n
	})
}

func getService(c *call) answer {
	s := c.serviceByID(c.PathValue("id"))
	if s == nil {
		return notFound()
	}
	return ok(obj{"service": s.object(c.account)})
}

func createService(c *call) answer {
	in := c.body["service"].(obj)
	s := &service{
		id: c.newID('P'), urgencyRule: obj{"type": "constant", "urgency": "high"}, actions: []obj{},
		autoResolve: 14400, ackAfter: 1800, created: c.now,
	}
	if problem := c.setService(s, in); problem != nil {
		return *problem
	}
	s.addIntegration(c.account)
	c.services = append(c.services, s)
	return created(obj{"service": s.object(c.account)})
}

func updateService(c *call) answer {
	s := c.serviceByID(c.PathValue("id"))
	if s == nil {
		return notFound()
	}
	if problem := c.setService(s, c.body["service"].(obj)); problem != nil {
		return *problem
	}
	return ok(obj{"service": s.object(c.account)})
}

// setService sets what a body gives and leaves the rest.
func (c *call) setService(s *service, in obj) *answer {
	p := c.policyByID(str(in, "escalation_policy", "id"))
	if p == nil {
		a := fail(http.StatusBadRequest, 2001, "Invalid Input Provided", "Escalation policy not found")
		return &a
	}
	if name, ok := in["name"].(string); ok {
		if other := find(c.services, func(o *service) bool { return strings.EqualFold(o.name, name) }); other != nil && other != s {
			a := fail(http.StatusBadRequest, 2001, "Invalid Input Provided", "Name has already been taken")
			return &a
		}
		s.name = name
	}
	rule, hours := s.urgencyRule, s.supportHours
	if given, ok := in["incident_urgency_rule"].(obj); ok {
		rule = given
	}
	if given, ok := in["support_hours"].(obj); ok {
		hours = given
	}
	if rule["type"] == "use_support_hours" && hours == nil {
		a := fail(http.StatusBadRequest, 2001, "Invalid Input Provided", "Support hours can't be blank")
		return &a
	}
	s.policy, s.urgencyRule, s.supportHours = p, rule, hours
	if text, ok := in["description"].(string); ok {
		s.description = text
	}
	if v, given := in["auto_resolve_timeout"]; given {
		s.autoResolve = v
	}
	if v, given := in["acknowledgement_timeout"]; given {
		s.ackAfter = v
	}
	return nil
}

func (s *service) object(a *account) obj {
	status := "active"
	var last time.Time
	for _, i := range a.incidents {
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
		"scheduled_actions": s.actions, "escalation_policy": s.policy.ref(), "addons": []obj{},
		"alert_creation": "create_alerts_and_incidents", "alert_grouping_parameters": obj{"type": nil},
		"integrations": s.integrations, "auto_pause_notifications_parameters": obj{"enabled": false, "timeout": 300},
	} {
		o[name] = value
	}
	if s.supportHours != nil {
		o["support_hours"] = s.supportHours
	}
	if last.IsZero() {
		delete(o, "last_incident_timestamp")
	}
	return o
}
