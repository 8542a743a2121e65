package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

func groupingRoutes() []route {
	seconds := func(allowed func(float64) bool) shape {
		return func(at string, value any, problems *[]string) {
			if f, ok := value.(float64); !ok || !allowed(f) {
				wrong(problems, at, "an allowed number of seconds", value)
			}
		}
	}
	window := seconds(func(f float64) bool { return f == 0 || f >= 300 && f <= 3600 || f == 86400 })
	timeout := seconds(func(f float64) bool { return f == 0 || f >= 60 && f <= 86400 })
	fields := list(100, text(200))
	byContent := object(map[string]member{"aggregate": req(enum("all", "any")), "fields": req(fields), "time_window": opt(window)})
	body := envelope("alert_grouping_setting", object(map[string]member{
		"name": opt(orNull(text(255))), "description": opt(orNull(text(1024))),
		"type": opt(enum("content_based", "content_based_intelligent", "intelligent", "time")),
		"config": opt(oneOf("grouping configuration", byContent, object(map[string]member{"timeout": req(timeout)}),
			object(map[string]member{"time_window": opt(window), "iag_fields": opt(fields)}))),
		"services": opt(list(250, reference("service_reference"))),
	}))
	return []route{
		{
			pattern: "GET /alert_grouping_settings", handle: listGrouping,
			query: params{"after": words(), "before": words(), "total": among("true", "false"), "limit": whole(1, 100), "service_ids[]": ids()},
		},
		{pattern: "GET /alert_grouping_settings/{id}", handle: withGrouping(getGrouping)},
		{pattern: "POST /alert_grouping_settings", body: body, handle: createGrouping},
		{pattern: "PUT /alert_grouping_settings/{id}", body: body, handle: withGrouping(updateGrouping)},
		{pattern: "DELETE /alert_grouping_settings/{id}", handle: withGrouping(deleteGrouping)},
	}
}

type grouping struct {
	id, kind          string
	name, description any // string or nil
	config            obj
	services          []*service
	created, updated  time.Time
}

func (g *grouping) object() obj {
	services := []obj{}
	for _, s := range g.services {
		services = append(services, obj{"id": s.id, "name": s.name})
	}
	return obj{
		"id": g.id, "name": g.name, "description": g.description, "type": g.kind, "config": g.config, "services": services,
		"created_at": stamp(g.created), "updated_at": stamp(g.updated),
	}
}

// addGrouping gives half of the services a grouping setting, of every type, and
// one with values that creating refuses: PagerDuty has such from earlier times.
func (a *account) addGrouping(now time.Time) {
	configs := []struct {
		kind   string
		config obj
	}{
		{"content_based", obj{"aggregate": "all", "fields": []string{"summary", "component"}, "time_window": 300, "recommended_time_window": 480}},
		{"content_based", obj{"aggregate": "any", "fields": []string{"source"}, "time_window": 86400}},
		{"content_based_intelligent", obj{"aggregate": "all", "fields": []string{"class"}, "time_window": 0}},
		{"intelligent", obj{"time_window": 600, "recommended_time_window": 300, "iag_fields": []string{"summary"}}},
		{"time", obj{"timeout": 0}},
		{"time", obj{"timeout": 45, "unheard_of": true}},
	}
	for n, s := range a.services[:len(a.services)/2+1] {
		c := configs[n%len(configs)]
		a.grouping = append(a.grouping, &grouping{
			id: a.newID('P'), kind: c.kind, name: "Grouping of " + s.name, config: c.config, services: []*service{s},
			created: now.AddDate(0, -3, 0), updated: now.AddDate(0, -1, 0),
		})
	}
}

// groupingPage is how many settings come at a time: fewer than may be asked for.
const groupingPage = 5

func listGrouping(c *call) answer {
	q := c.URL.Query()
	rows := slices.DeleteFunc(slices.Clone(c.grouping), func(g *grouping) bool {
		return len(q["service_ids[]"]) > 0 && !slices.ContainsFunc(g.services, func(s *service) bool { return slices.Contains(q["service_ids[]"], s.id) })
	})
	start := 0
	if cursor := q.Get("after"); cursor != "" {
		start = slices.IndexFunc(rows, func(g *grouping) bool { return "after-"+g.id == cursor }) + 1
		if start == 0 {
			return refuse("after: the cursor is not known")
		}
	}
	limit := 25
	if s := q.Get("limit"); s != "" {
		limit, _ = strconv.Atoi(s)
	}
	end := min(start+min(limit, groupingPage), len(rows))
	items := []obj{}
	for _, g := range rows[start:end] {
		items = append(items, g.object())
	}
	a := obj{"alert_grouping_settings": items, "limit": limit, "total": nil}
	if end < len(rows) {
		a["after"] = "after-" + rows[end-1].id
	}
	return ok(a)
}

func withGrouping(handle func(*call, *grouping) answer) func(*call) answer {
	return func(c *call) answer {
		g := find(c.grouping, func(g *grouping) bool { return g.id == c.PathValue("id") })
		if g == nil {
			return notFound()
		}
		return handle(c, g)
	}
}

func getGrouping(_ *call, g *grouping) answer { return ok(obj{"alert_grouping_setting": g.object()}) }

func createGrouping(c *call) answer {
	in := c.body["alert_grouping_setting"].(obj)
	if in["type"] == nil || in["config"] == nil || in["services"] == nil {
		return refuse("type, config and services are required")
	}
	g := &grouping{id: c.newID('P'), created: c.now}
	if problem := c.setGrouping(g, in); problem != nil {
		return *problem
	}
	c.grouping = append(c.grouping, g)
	return created(obj{"alert_grouping_setting": g.object()})
}

func updateGrouping(c *call, g *grouping) answer {
	if problem := c.setGrouping(g, c.body["alert_grouping_setting"].(obj)); problem != nil {
		return *problem
	}
	return ok(obj{"alert_grouping_setting": g.object()})
}

func (c *call) setGrouping(g *grouping, in obj) *answer {
	changed := *g
	if kind := str(in, "type"); kind != "" {
		changed.kind = kind
	}
	if config, ok := in["config"].(obj); ok {
		changed.config = config
	}
	if list, ok := in["services"].([]any); ok {
		changed.services = nil
		for _, item := range list {
			s := c.serviceByID(str(item.(obj), "id"))
			if s == nil {
				a := refuse("Service %s not found", str(item.(obj), "id"))
				return &a
			}
			if other := find(c.grouping, func(o *grouping) bool { return o.id != g.id && slices.Contains(o.services, s) }); other != nil {
				a := refuse("Service %s already has an alert grouping setting, %s", s.id, other.id)
				return &a
			}
			changed.services = append(changed.services, s)
		}
	}
	_, hasTimeout := changed.config["timeout"]
	_, hasFields := changed.config["fields"]
	window, _ := changed.config["time_window"].(float64)
	byContent := changed.kind == "content_based" || changed.kind == "content_based_intelligent"
	switch {
	case hasTimeout != (changed.kind == "time") || hasFields != byContent:
		a := refuse("config does not fit type %s", changed.kind)
		return &a
	case changed.kind == "content_based_intelligent" && len(changed.services) != 1:
		a := refuse("content_based_intelligent takes exactly one service")
		return &a
	case window == 86400 && (changed.kind != "content_based" || len(changed.services) != 1):
		a := refuse("A time_window of 86400 is for content_based on one service")
		return &a
	}
	if name, given := in["name"]; given {
		changed.name = name
	}
	if description, given := in["description"]; given {
		changed.description = description
	}
	changed.updated = c.now
	*g = changed
	return nil
}

func deleteGrouping(c *call, g *grouping) answer {
	c.grouping = slices.DeleteFunc(c.grouping, func(o *grouping) bool { return o == g })
	return answer{status: http.StatusNoContent}
}
