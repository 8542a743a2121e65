package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/pcl"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

func orchestrationRoutes() []route {
	return []route{
		{
			Pattern: "GET /event_orchestrations", Handle: listOrchestrations,
			Query: rest.Query{
				"limit": rest.Whole(1, 100), "offset": rest.Whole(0, 10_000),
				"sort_by": rest.Among("name:asc", "name:desc", "routes:asc", "routes:desc", "created_at:asc", "created_at:desc"),
			},
		},
		{Pattern: "GET /event_orchestrations/{id}", Handle: with((*account).orchestration, getOrchestration)},
		{Pattern: "GET /event_orchestrations/{id}/{path}", Query: rest.Query{"include[]": rest.Among("migrated_metadata")}, Handle: getPath},
		// The body is checked where the rules that are there are at hand.
		{Pattern: "PUT /event_orchestrations/{id}/router", Body: rest.Envelope("orchestration_path", rest.Anything()), Handle: with((*account).orchestration, putRouter)},
	}
}

// orchestration is an event orchestration. Its paths are kept as JSON texts, as
// the documents they are.
type orchestration struct {
	record
	description      string
	team             *team
	creator          *user
	created, updated time.Time
	version          int
	router, global   func() json.RawMessage // sets and catch_all
	key              string
}

func (o *orchestration) ref() obj {
	return obj{"id": o.id, "self": apiURL + "/event_orchestrations/" + o.id, "type": "event_orchestration_reference"}
}

func (a *account) uuid() string {
	h := fmt.Sprintf("%016x%016x", a.rand.Uint64(), a.rand.Uint64())
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-9" + h[17:20] + "-" + h[20:]
}

func (a *account) ruleID() string { return fmt.Sprintf("%08x", a.rand.Uint32()) }

// addOrchestrations makes one orchestration as people have it, one with parts
// that this API has not been told of, and one with rules that always match.
func (a *account) addOrchestrations(now time.Time) {
	var rules []obj
	rules = append(rules, obj{
		"id": a.ruleID(), "label": "Route by the event's own service",
		"actions": obj{"dynamic_route_to": obj{"source": "event.custom_details.pd_service", "regex": "(.*)", "lookup_by": "service_name"}},
	})
	for _, s := range a.services.All()[:12] {
		rules = append(rules, obj{
			"id": a.ruleID(), "label": "Events of " + s.name,
			"conditions": []obj{{"expression": fmt.Sprintf("event.source matches part '%s'", strings.ToLower(strings.ReplaceAll(s.name, " ", "-")))}},
			"actions":    obj{"route_to": s.id}, "disabled": false,
		})
	}
	global := obj{"sets": []obj{{"id": "start", "rules": []obj{
		{
			"id": a.ruleID(), "label": "Drop test events", "conditions": []obj{{"expression": "event.custom_details.env matches 'test'"}},
			"actions": obj{"drop_event": true, "variables": []obj{}, "extractions": []obj{}},
		},
		{
			"id": a.ruleID(), "label": "Call the runbook", "conditions": []obj{{"expression": "event.severity matches 'critical'"}},
			"actions": obj{
				"automation_action": obj{
					"name": "restart", "url": "https://runbooks.northwind.example/restart", "auto_send": false,
					"headers": []obj{{"key": "Authorization", "value": "secret-runbook-token"}}, "parameters": []obj{},
				},
				"variables": []obj{}, "extractions": []obj{},
			},
		},
	}}}, "catch_all": obj{"actions": obj{"variables": []obj{}, "extractions": []obj{}}}}
	a.orchestrations.Add(&orchestration{
		record: record{a.uuid(), "Shop Events"}, description: "Everything the shop sends", team: a.teams.All()[5], creator: a.me,
		created: now.AddDate(-1, 0, 0), updated: now.AddDate(0, -1, 0), version: 7, key: "secret-routing-key-1",
		router: inJSON(func() obj {
			return obj{"sets": []obj{{"id": "start", "rules": rules}}, "catch_all": obj{"actions": obj{"route_to": "unrouted"}}}
		}),
		global: inJSON(func() obj { return global }),
	})
	services := slices.Clone(a.services.All()) // as they are now
	var ids []string
	for range 200 {
		ids = append(ids, a.ruleID())
	}
	many := func() (rules []obj) { // made when somebody looks at them
		for n, id := range ids {
			rules = append(rules, obj{
				"id": id, "label": fmt.Sprintf("Legacy host %03d", n),
				"conditions": []obj{{"expression": fmt.Sprintf("event.source matches regex 'legacy%03d(-.*)?'", n)}, {"expression": "event.summary matches part 'disk'"}},
				"actions":    obj{"route_to": services[n%len(services)].id},
				// A number that a float would change, and a key nobody knows yet.
				"weight": json.Number("12345678901234567890"), "future": obj{"nested": []any{nil, true, "é"}},
			})
		}
		return rules
	}
	a.orchestrations.Add(&orchestration{
		record: record{a.uuid(), "Legacy Events"}, description: "Hosts from before", creator: a.users.All()[1],
		created: now.AddDate(-2, 0, 0), updated: now.AddDate(0, -2, 0), version: 3, key: "secret-routing-key-2",
		router: inJSON(func() obj {
			return obj{
				"sets": []obj{{"id": "start", "rules": many(), "hint": "keep"}}, "catch_all": obj{"actions": obj{"route_to": services[0].id}}, "mode": "strict",
			}
		}),
		global: inJSON(func() obj {
			return obj{"sets": []obj{{"id": "start", "rules": many()}}, "catch_all": obj{"actions": obj{}}}
		}),
	})
	id, partners := a.uuid(), a.partnerRules()
	a.orchestrations.Add(&orchestration{
		record: record{id, "Partner Events"}, description: "What partners send", team: a.teams.All()[7], creator: a.me,
		created: now.AddDate(0, -8, 0), updated: now.AddDate(0, -1, -3), version: 2, key: "secret-routing-key-3",
		router: inJSON(func() obj {
			return obj{"sets": []obj{{"id": "start", "rules": partners}}, "catch_all": obj{"actions": obj{"route_to": "unrouted"}}}
		}),
		global: inJSON(func() obj {
			return obj{"sets": []obj{{"id": "start", "rules": []obj{}}}, "catch_all": obj{"actions": obj{}}}
		}),
	})
}

// partnerRules have every form in which PagerDuty shows that a rule has no
// conditions, which means that it always matches.
func (a *account) partnerRules() []obj {
	to := func(name string) obj { return obj{"route_to": a.services.Named(name).id} }
	return []obj{
		{"id": a.ruleID(), "label": "Everything, while carriers migrate", "conditions": []any{nil}, "actions": to("Warehouse Sync"), "disabled": true},
		{"id": a.ruleID(), "label": "Everything, while tests run", "conditions": nil, "actions": to("Shipping Labels"), "disabled": true},
		{
			"id": a.ruleID(), "label": "Labels", "conditions": []obj{{"expression": "event.class matches 'label' and event.severity matches 'critical'"}},
			"actions": to("Shipping Labels"), "disabled": false,
		},
		{"id": a.ruleID(), "label": "Everything else", "conditions": []obj{}, "actions": to("Warehouse Sync"), "disabled": false},
	}
}

// inJSON is an object as JSON, once somebody wants it.
func inJSON(made func() obj) func() json.RawMessage {
	return sync.OnceValue(func() json.RawMessage { return mustJSON(made()) })
}

func mustJSON(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // the sandbox's own data
	}
	return data
}

// document reads a path, numbers as they are written.
func document(raw json.RawMessage) obj {
	var o obj
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	if err := decoder.Decode(&o); err != nil {
		panic(err) // the sandbox's own data
	}
	return o
}

func rulesOf(path obj) []any {
	sets, _ := path["sets"].([]any)
	if len(sets) == 0 {
		return nil
	}
	first, _ := sets[0].(obj)
	rules, _ := first["rules"].([]any)
	return rules
}

func (o *orchestration) object() obj {
	routes := map[any]bool{}
	for _, r := range rulesOf(document(o.router())) {
		actions, _ := r.(obj)["actions"].(obj)
		routes[actions["route_to"]] = true
	}
	creator := obj{"id": o.creator.id, "self": apiURL + "/users/" + o.creator.id, "type": "user_reference"}
	made := obj{
		"id": o.id, "self": apiURL + "/event_orchestrations/" + o.id, "name": o.name, "description": o.description, "routes": len(routes),
		"created_at": stamp(o.created), "created_by": creator, "updated_at": stamp(o.updated), "updated_by": creator, "version": o.versionText(),
	}
	if o.team != nil {
		made["team"] = obj{"id": o.team.id, "type": "team_reference", "self": apiURL + "/teams/" + o.team.id}
	}
	return made
}

func (o *orchestration) versionText() string { return fmt.Sprintf("v%d_%s", o.version, o.id[:8]) }

func listOrchestrations(c *call) *rest.Answer {
	rows := slices.Clone(c.orchestrations.All())
	rest.ByName(rows, c.URL.Query().Get("sort_by"))
	return rest.Page(c.Call, "orchestrations", rows, (*orchestration).object)
}

func getOrchestration(_ *call, o *orchestration) *rest.Answer {
	made := o.object()
	made["integrations"] = []obj{{
		"id": "9c5ff030-12da-4204-a067-25ee61a8df6c", "label": o.name + " Default Integration",
		"parameters": obj{"routing_key": o.key, "type": "global"},
	}}
	return rest.OK(obj{"orchestration": made})
}

// path is a path as the API shows it.
func (o *orchestration) path(kind string, raw json.RawMessage) obj {
	made := document(raw)
	whole := o.object()
	made["type"], made["parent"], made["self"] = kind, o.ref(), fmt.Sprintf("%s/event_orchestrations/%s/%s", apiURL, o.id, kind)
	for _, name := range []string{"created_at", "created_by", "updated_at", "updated_by", "version"} {
		made[name] = whole[name]
	}
	return made
}

// getPath answers /event_orchestrations/services/{service_id} as well as
// /event_orchestrations/{id}/router and global: a ServeMux can't tell them apart.
func getPath(c *call) *rest.Answer {
	id, path := c.PathValue("id"), c.PathValue("path")
	switch {
	case id == "services":
		return getServiceRules(c, path)
	case path == "router":
		return with((*account).orchestration, getRouter)(c)
	case path == "global":
		return with((*account).orchestration, getGlobal)(c)
	}
	return rest.NotFound()
}

func getRouter(_ *call, o *orchestration) *rest.Answer {
	return rest.OK(obj{"orchestration_path": o.path("router", o.router())})
}

func getGlobal(_ *call, o *orchestration) *rest.Answer {
	return rest.OK(obj{"orchestration_path": o.path("global", o.global())})
}

func getServiceRules(c *call, id string) *rest.Answer {
	s := c.service(id)
	if s == nil {
		return rest.NotFound()
	}
	return rest.OK(obj{"orchestration_path": obj{
		"type": "service", "parent": obj{"id": s.id, "self": apiURL + "/services/" + s.id, "type": "service_reference"},
		"self":      apiURL + "/event_orchestrations/services/" + s.id,
		"sets":      []obj{{"id": "start", "rules": []obj{s.nightRule()}}},
		"catch_all": obj{"actions": obj{"variables": []obj{}, "extractions": []obj{}}}, "created_at": stamp(s.created),
		"updated_at": stamp(s.created), "version": "v1_" + s.id,
	}})
}

// nightRule keeps a service quiet at night: all of it, or what is not urgent.
func (s *service) nightRule() obj {
	when := "now in Mon,Tue,Wed,Thu,Fri,Sat,Sun 22:00:00 to 06:00:00 Etc/UTC"
	if s.quiet == nil {
		when = "event.severity matches 'info' and " + when
	}
	return obj{
		"id": "5e" + strings.ToLower(s.id[1:]), "label": "Quiet at night", "conditions": []obj{{"expression": when}},
		"actions": obj{"suppress": true, "variables": []obj{}, "extractions": []obj{}},
	}
}

func putRouter(c *call, o *orchestration) *rest.Answer {
	var in struct {
		Path json.RawMessage `json:"orchestration_path"`
	}
	if err := json.Unmarshal(c.Raw, &in); err != nil {
		return rest.Invalid("%v", err)
	}
	path := document(in.Path)
	for _, name := range readOnlyKeys {
		if _, given := path[name]; given {
			return rest.Invalid("sandbox: orchestration_path.%s is set by PagerDuty", name)
		}
	}
	sets, _ := path["sets"].([]any)
	if len(sets) != 1 {
		return rest.Invalid("a router has exactly one set")
	}
	if problem := c.checkRules(rulesOf(path), rulesOf(document(o.router()))); problem != "" {
		return rest.FailFlat(http.StatusBadRequest, 2001, "Invalid Input Provided", problem)
	}
	for _, r := range rulesOf(path) {
		if rule := r.(obj); rule["id"] == nil {
			rule["id"] = c.ruleID()
		}
	}
	delete(path, "type")
	delete(path, "parent")
	written := mustJSON(path)
	o.router, o.updated = func() json.RawMessage { return written }, c.Now
	o.version++
	return rest.OK(obj{"orchestration_path": o.path("router", o.router()), "warnings": []obj{}})
}

var readOnlyKeys = []string{"self", "version", "created_at", "created_by", "updated_at", "updated_by"}

// checkRules refuses rules as PagerDuty does, and besides that keys it ignores,
// unless the rule had them before.
func (c *call) checkRules(rules, before []any) string {
	for n, r := range rules {
		rule, ok := r.(obj)
		if !ok {
			return fmt.Sprintf("rules[%d] is not an object", n)
		}
		var was obj
		if id := rule["id"]; id != nil {
			i := slices.IndexFunc(before, func(b any) bool { return b.(obj)["id"] == id })
			if i < 0 {
				return fmt.Sprintf("rules[%d].id: there is no rule %v", n, id)
			}
			was = before[i].(obj)
		}
		for key, value := range rule {
			_, known := was[key]
			switch {
			case !known && !slices.Contains([]string{"id", "label", "conditions", "actions", "disabled"}, key):
				return fmt.Sprintf("sandbox: rules[%d].%s is not a key of a rule", n, key)
			case value == nil && key != "conditions":
				return fmt.Sprintf("rules[%d].%s is null", n, key)
			}
		}
		actions, _ := rule["actions"].(obj)
		target, routes := actions["route_to"].(string)
		_, dynamic := actions["dynamic_route_to"].(obj)
		switch {
		case dynamic && (n > 0 || routes || rule["conditions"] != nil):
			return fmt.Sprintf("rules[%d]: dynamic routing is for the first rule, without conditions and route_to", n)
		case dynamic:
		case !routes:
			return fmt.Sprintf("rules[%d].actions.route_to is required", n)
		case target != "unrouted" && c.service(target) == nil:
			return fmt.Sprintf("rules[%d].actions.route_to: service %s not found", n, target)
		}
		if problem := checkConditions(rule["conditions"], was["conditions"]); problem != "" {
			return fmt.Sprintf("rules[%d].conditions%s", n, problem)
		}
	}
	return ""
}

// checkConditions refuses conditions that are not in PagerDuty's Condition
// Language. A rule without conditions always matches: none, null, [] and [null]
// all say so.
func checkConditions(value, was any) string {
	if value == nil {
		return ""
	}
	list, ok := value.([]any)
	if !ok {
		return " is not a list"
	}
	before, _ := was.([]any)
	for n, item := range list {
		if item == nil && len(list) == 1 {
			return ""
		}
		condition, ok := item.(obj)
		if !ok {
			return fmt.Sprintf("[%d] is not an object", n)
		}
		known := obj{}
		if n < len(before) {
			known, _ = before[n].(obj)
		}
		for key := range condition {
			if _, there := known[key]; key != "expression" && !there {
				return fmt.Sprintf("sandbox: [%d].%s is not a key of a condition", n, key)
			}
		}
		written, _ := condition["expression"].(string)
		if _, err := pcl.Parse(written); err != nil {
			return fmt.Sprintf("[%d].expression is not PagerDuty Condition Language: %v", n, err)
		}
	}
	return ""
}
