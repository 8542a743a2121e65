package sandbox

import (
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

func groupingRoutes() []route {
	seconds := func(allowed func(float64) bool) *rest.Schema {
		return rest.Number("an allowed number of seconds", allowed)
	}
	window := seconds(func(f float64) bool { return f == 0 || f >= 300 && f <= 3600 || f == 86400 })
	timeout := seconds(func(f float64) bool { return f == 0 || f >= 60 && f <= 86400 })
	fields := rest.List(100, rest.String(200))
	byContent := rest.Map(rest.Fields{"aggregate": rest.Enum("all", "any").Required(), "fields": fields.Required(), "time_window": window})
	body := rest.Envelope("alert_grouping_setting", rest.Map(rest.Fields{
		"name": rest.String(255).OrNull(), "description": rest.String(1024).OrNull(),
		"type": rest.Enum("content_based", "content_based_intelligent", "intelligent", "time"),
		"config": rest.OneOf("grouping configuration", byContent, rest.Map(rest.Fields{"timeout": timeout.Required()}),
			rest.Map(rest.Fields{"time_window": window, "iag_fields": fields})),
		"services": rest.List(250, rest.Reference("service_reference")),
	}))
	return []route{
		{
			Pattern: "GET /alert_grouping_settings", Handle: listGrouping,
			Query: rest.Query{"after": rest.Words(), "before": rest.Words(), "total": rest.Among("true", "false"), "limit": rest.Whole(1, 100), "service_ids[]": rest.IDs()},
		},
		{Pattern: "GET /alert_grouping_settings/{id}", Handle: with((*account).grouping, getGrouping)},
		{Pattern: "POST /alert_grouping_settings", Body: body, Handle: createGrouping},
		{Pattern: "PUT /alert_grouping_settings/{id}", Body: body, Handle: with((*account).grouping, updateGrouping)},
		{Pattern: "DELETE /alert_grouping_settings/{id}", Handle: with((*account).grouping, deleteGrouping)},
	}
}

type grouping struct {
	record                   // the name is null where it is ""
	kind, description string // null where it is ""
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
		"id": g.id, "name": orNull(g.name), "description": orNull(g.description), "type": g.kind, "config": g.config, "services": services,
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
	for n, s := range a.services.All()[:a.services.Len()/2+1] {
		c := configs[n%len(configs)]
		a.groupings.Add(&grouping{
			record: a.named("Grouping of " + s.name), kind: c.kind, config: c.config, services: []*service{s},
			created: now.AddDate(0, -3, 0), updated: now.AddDate(0, -1, 0),
		})
	}
}

// groupingPage is how many settings come at a time: fewer than may be asked for.
const groupingPage = 5

func listGrouping(c *call) *rest.Answer {
	q := c.URL.Query()
	rows := c.groupings.Where(func(g *grouping) bool {
		return len(q["service_ids[]"]) == 0 || slices.ContainsFunc(g.services, func(s *service) bool { return slices.Contains(q["service_ids[]"], s.id) })
	})
	if len(rows) == 0 {
		return rest.NotFound() // not an empty list
	}
	start := 0
	if cursor := q.Get("after"); cursor != "" {
		start = slices.IndexFunc(rows, func(g *grouping) bool { return "after-"+g.id == cursor }) + 1
		if start == 0 {
			return rest.Invalid("after: the cursor is not known")
		}
	}
	limit := c.Int("limit", 25)
	end := min(start+min(limit, groupingPage), len(rows))
	a := obj{"alert_grouping_settings": rest.Render(rows[start:end], (*grouping).object), "limit": limit, "total": nil}
	if end < len(rows) {
		a["after"] = "after-" + rows[end-1].id
	}
	return rest.OK(a)
}

func getGrouping(_ *call, g *grouping) *rest.Answer {
	return rest.OK(obj{"alert_grouping_setting": g.object()})
}

func createGrouping(c *call) *rest.Answer {
	in := c.Body["alert_grouping_setting"].(obj)
	if in["type"] == nil || in["config"] == nil || in["services"] == nil {
		return rest.Invalid("type, config and services are required")
	}
	g := &grouping{record: c.named(""), created: c.Now}
	if problem := c.setGrouping(g, in); problem != nil {
		return problem
	}
	c.groupings.Add(g)
	return rest.Created(obj{"alert_grouping_setting": g.object()})
}

func updateGrouping(c *call, g *grouping) *rest.Answer {
	if problem := c.setGrouping(g, c.Body["alert_grouping_setting"].(obj)); problem != nil {
		return problem
	}
	return rest.OK(obj{"alert_grouping_setting": g.object()})
}

func (c *call) setGrouping(g *grouping, in obj) *rest.Answer {
	changed := *g
	if kind := rest.Text(in, "type"); kind != "" {
		changed.kind = kind
	}
	if config, ok := in["config"].(obj); ok {
		changed.config = config
	}
	if list, ok := in["services"].([]any); ok {
		changed.services = nil
		for _, item := range list {
			s := c.service(rest.Text(item.(obj), "id"))
			if s == nil {
				return rest.Invalid("Service %s not found", rest.Text(item.(obj), "id"))
			}
			if other := c.groupings.First(func(o *grouping) bool { return o.id != g.id && slices.Contains(o.services, s) }); other != nil {
				return rest.Invalid("Service %s already has an alert grouping setting, %s", s.id, other.id)
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
		return rest.WrongFields(rest.Wrong{"alert_grouping_setting.config": {"does not fit type " + changed.kind}})
	case changed.kind == "content_based_intelligent" && len(changed.services) != 1:
		return rest.WrongFields(rest.Wrong{"alert_grouping_setting.services": {"must be exactly one for content_based_intelligent"}})
	case window == 86400 && (changed.kind != "content_based" || len(changed.services) != 1):
		return rest.WrongFields(rest.Wrong{"alert_grouping_setting.config.time_window": {"of 86400 is for content_based on one service"}})
	}
	if name, given := in["name"]; given {
		changed.name, _ = name.(string)
	}
	if description, given := in["description"]; given {
		changed.description, _ = description.(string)
	}
	changed.updated = c.Now
	*g = changed
	return nil
}

func deleteGrouping(c *call, g *grouping) *rest.Answer {
	c.groupings.Remove(g)
	return rest.NoContent()
}
