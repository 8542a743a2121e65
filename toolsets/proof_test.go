package toolsets_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// property is what a schema says of an argument.
type property struct {
	Type       string              `json:"type"`
	Enum       []string            `json:"enum"`
	Items      *property           `json:"items"`
	Properties map[string]property `json:"properties"`
	Required   []string            `json:"required"`
	Minimum    *int                `json:"minimum"`
	Maximum    *int                `json:"maximum"`
}

func schemaOf(t *testing.T, made tool.Tool) property {
	t.Helper()
	var p property
	if err := json.Unmarshal(made.Schema(), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// sample are right values of arguments, by name, where the type alone makes none.
var sample = map[string]any{
	"service_id": "$service:Payments API$", "service_ids": "$service:Payments API$", "route_to": "$service:Payments API$", "catch_all_route_to": "$service:Payments API$",
	"incident_id": "$incident:4711$", "incident_ids": "$incident:4711$",
	"user_id": "$user:Ben Carter$", "user_ids": "$user:Ben Carter$", "assignee_id": "$user:Ben Carter$", "assignee_ids": "$user:Ben Carter$",
	"team_id": "$team:Payments$", "team_ids": "$team:Payments$", "reassignment_team_id": "$team:Checkout$",
	"schedule_id": "$schedule:Payments Primary$", "schedule_ids": "$schedule:Payments Primary$",
	"escalation_policy_id": "$policy:Payments On-Call$", "escalation_policy_ids": "$policy:Payments On-Call$", "priority_id": "$priority:P2$", "priority_ids": "$priority:P2$",
	"orchestration_id": "$orchestration:Shop Events$", "alert_grouping_setting_id": "$grouping:Grouping of Cart Service$",
	"since": "2026-02-20T00:00:00Z", "until": "2026-03-08T00:00:00Z", "start": "2026-03-10T08:00:00Z", "end": "2026-03-10T20:00:00Z",
	"at":        "2026-03-10T08:00:00Z",
	"time_zone": "Europe/Berlin", "start_time": "09:00", "end_time": "17:00", "days_of_week": 1,
	"source_incident_ids": "$incident:4713$", "add_user_ids": "$user:Ben Carter$", "remove_user_ids": "$user:Grace Kim$",
	"add_team_ids": "$team:Payments$", "remove_team_ids": "$team:Mobile$",
	"alert_ids": "$alert:4711$", "to_incident_id": "$incident:4712$", "sort_by": "created_at:desc", "conditions": "event.class matches 'x'", "limit": 7, "offset": 3, "escalation_level": 2,
	"timeout": 600, "time_window": 600, "auto_resolve_timeout": 600, "acknowledgement_timeout": 600,
}

// beside are arguments without which a tool refuses a call, or one with a certain
// argument.
var beside = map[string]map[string]any{
	"create_alert_grouping_setting":         {"type": "content_based", "aggregate": "all", "fields": []any{"summary"}},
	"create_alert_grouping_setting.timeout": {"type": "time"},
	"update_alert_grouping_setting":         {"time_window": 600},
	"update_alert_grouping_setting.timeout": {"type": "time"},
	"update_alert_grouping_setting.clear":   {"time_window": 600},
	"add_responders":                        {"user_ids": []any{"$user:Grace Kim$"}},
	"manage_incidents":                      {"urgency": "low"},
	"cancel_responder_requests":             {"user_ids": []any{"$user:Grace Kim$"}},
	"change_incident_subscribers":           {"add_user_ids": []any{"$user:Hugo Lindqvist$"}},
	"manage_alerts":                         {"status": "resolved"},
	"manage_alerts.to_incident_id":          {},
	"set_incident_fields":                   {"clear": []any{"ticket"}},
	"manage_incidents.resolution":           {"status": "resolved"},
	"update_service":                        {"escalation_policy_id": "$policy:Payments On-Call$"},
	"update_team":                           {"default_role": "none"},
	"update_schedule_override":              {"user_id": "$user:Ben Carter$"},
	"who_gets_paged.service_id":             {"service_id": "$service:Payments API$"},
	"who_gets_paged.incident_id":            {"incident_id": "$incident:4711$"},
	"who_gets_paged.escalation_policy_id":   {"escalation_policy_id": "$policy:Payments On-Call$"},
	"who_gets_paged.at":                     {"service_id": "$service:Payments API$"},
	"who_gets_paged.urgency":                {"service_id": "$service:Payments API$"},
	"list_incidents.until":                  {"since": "2026-02-20T00:00:00Z"},
	"list_oncalls.until":                    {"since": "2026-02-20T00:00:00Z"},
	"get_schedule.until":                    {"since": "2026-02-20T00:00:00Z"},
	"list_schedule_users.until":             {"since": "2026-02-20T00:00:00Z"},
}

// valueFor is a right value for an argument.
func valueFor(name string, p property) any {
	made, ok := sample[name]
	switch {
	case len(p.Enum) > 0:
		return p.Enum[0]
	case p.Type == "array" && ok:
		return []any{made}
	case ok:
		return made
	case p.Type == "array":
		return []any{valueFor("", *p.Items)}
	case p.Type == "object":
		members := map[string]any{}
		for name, member := range p.Properties {
			if name != "id" && name != "disabled" {
				members[name] = valueFor(name, member)
			}
		}
		return members
	case p.Type == "integer":
		return 1
	case p.Type == "boolean":
		return true
	}
	return "Gift Cards"
}

// slip is a call that is not quite right.
type slip struct {
	kind string
	call map[string]any
	// means is the right call for it. It is nil for what must be refused.
	means map[string]any
	// names is a word that a refusal must have, so that the next call is right.
	names string
}

// around makes slips of a right call, at one of its arguments.
func around(base map[string]any, name string, p property, required bool, resource string) (slips []slip) {
	renamed := func(to string) map[string]any {
		call := maps.Clone(base)
		delete(call, name)
		call[to] = base[name]
		return call
	}
	with := func(value any) map[string]any {
		call := maps.Clone(base)
		call[name] = value
		return call
	}
	without := maps.Clone(base)
	delete(without, name)
	add := func(kind string, call, means map[string]any) { slips = append(slips, slip{kind, call, means, name}) }
	text := func(v any) string { data, _ := json.Marshal(v); return string(data) }
	value := base[name]

	add("camelCase", renamed(camel(name)), base)
	add("PascalCase", renamed(strings.ToUpper(name[:1])+camel(name)[1:]), base)
	add("kebab-case", renamed(strings.ReplaceAll(name, "_", "-")), base)
	add("UPPER_CASE", renamed(strings.ToUpper(name)), base)
	if toggled := toggle(name); base[toggled] == nil {
		add("singular or plural", renamed(toggled), base)
	}
	add("a wrapper", map[string]any{"query_model": base}, base)
	add("a wrapper as text", map[string]any{"arguments": text(base)}, base)
	add("wrappers", map[string]any{"request": map[string]any{resource: base}}, base)
	wrapped := maps.Clone(without)
	wrapped["params"] = map[string]any{name: value}
	add("one argument in a wrapper", wrapped, base)
	if _, isText := value.(string); !isText {
		add("a value as text", with(text(value)), base)
	} else {
		add("a list of one text", with([]any{value}), base)
		add("blanks around", with(" "+value.(string)+" "), nil)
		if p.Enum == nil && !isID(name) && !slices.Contains([]string{"since", "until", "start", "end", "sort_by"}, name) {
			slips = slips[:len(slips)-1] // blanks are a part of texts
		} else {
			slips[len(slips)-1].means = base
		}
	}
	if list, isList := value.([]any); isList {
		add("one for a list", with(list[0]), base)
		if len(p.Items.Enum) > 1 {
			add("commas for a list", with(p.Items.Enum[0]+", "+p.Items.Enum[1]), with([]any{p.Items.Enum[0], p.Items.Enum[1]}))
		}
		if isID(name) {
			add("references for a list", with([]any{map[string]any{"id": list[0], "type": "x_reference"}}), base)
		}
	} else if isID(name) {
		add("a reference", with(map[string]any{"id": value, "summary": "Its name"}), base)
		add("a lower-case id", with(strings.ToLower(fmt.Sprint(value))), base)
	}
	if isID(name) {
		short := strings.TrimSuffix(strings.TrimSuffix(name, "_ids"), "_id")
		add("without _id", renamed(short), base)
	}
	extra := maps.Clone(base)
	maps.Copy(extra, map[string]any{"nothing": nil, "empty": "", "list": []any{}, "object": map[string]any{}, "wait_for_previous": true, "toolCallId": "call_1", "toolAction": "Looking", "toolSummary": "A look", "task_progress": "- [ ] look", "security_risk": "LOW"})
	add("what clients add", extra, base)
	extra = maps.Clone(base)
	extra["hue"] = "red"
	slips = append(slips, slip{"an unknown argument", extra, nil, "hue"})
	if len(name) > 4 && name[2] != name[3] && name[2] != '_' && name[3] != '_' {
		add("a typo", renamed(name[:2]+name[3:4]+name[2:3]+name[4:]), nil)
	}
	for _, other := range otherNames[name] {
		if _, isThere := base[other]; !isThere && (required || other != "id") {
			add("another name", renamed(other), base)
		}
	}
	twice := renamed(camel(name) + "[]")
	twice[name] = "another value"
	add("two values", twice, nil)
	for said, meant := range synonyms[name] {
		if p.Maximum == nil {
			add("a synonym", with(said), with(meant))
			continue
		}
		add("more than there is", with(said), with(*p.Maximum))
	}
	if p.Type == "string" && p.Enum != nil {
		add("an enum in capitals", with(strings.ToUpper(p.Enum[0])), base)
		add("an enum in quotes", with("'"+p.Enum[0]+"'"), base)
		slips = append(slips, slip{"a value that is none", with("zzz"), nil, p.Enum[0]})
	}
	for _, blank := range []any{"", "  \u200b", nil, []any{}, "null", "undefined"} {
		if list, isList := blank.([]any); isList && len(list) == 0 && name == "rules" {
			continue // a router without rules is a router
		}
		if required {
			add("a required argument blank", with(blank), nil)
		} else {
			add("an optional argument blank", with(blank), without)
		}
	}
	if p.Type == "string" && p.Enum == nil {
		add("too long", with(strings.Repeat("x", 30_000)), nil)
	}
	if p.Type != "object" && (p.Items == nil || p.Items.Type != "object") {
		add("another type", with(map[string]any{"unexpected": []any{true, 1}}), nil)
	}
	if p.Type == "integer" {
		add("a word for a number", with("several"), nil)
	}
	return slips
}

// within makes slips at the members of an argument that is an object or a list of
// objects. Rules of routers are passed on as they are.
func within(base map[string]any, name string, p property) (slips []slip) {
	object, isObject := base[name].(map[string]any)
	put := func(object map[string]any) map[string]any {
		if object == nil {
			return nil
		}
		call := maps.Clone(base)
		call[name] = any(object)
		if !isObject {
			call[name] = []any{object}
		}
		return call
	}
	if !isObject && p.Items != nil && p.Items.Type == "object" {
		object, p = base[name].([]any)[0].(map[string]any), *p.Items
	}
	if object == nil || name == "rules" {
		return nil
	}
	for _, member := range slices.Sorted(maps.Keys(p.Properties)) {
		for _, s := range around(object, member, p.Properties[member], slices.Contains(p.Required, member), "item") {
			if s.kind != "what clients add" { // they add it to calls
				slips = append(slips, slip{"within: " + s.kind, put(s.call), put(s.means), s.names})
			}
		}
	}
	return slips
}

// otherNames are what arguments are called elsewhere.
var otherNames = map[string][]string{
	"since": {"from", "start", "start_time", "after", "startDate"}, "until": {"to", "end", "end_time", "before"},
	"limit": {"max_results", "count", "per_page", "pageSize"}, "offset": {"skip"}, "sort_by": {"order_by", "sort"},
	"query": {"search", "name", "q", "filter"}, "status": {"state"}, "title": {"name", "summary"}, "note": {"content", "text", "message"},
	"time_zone": {"timezone", "tz"}, "urgency": {"severity"}, "urgencies": {"severity"}, "message": {"note"}, "body": {"description", "details"},
	"escalation_policy_id": {"policy", "policy_id"}, "escalation_policy_ids": {"policies"}, "assignee_id": {"assignee", "assigned_to"},
	"assignee_ids": {"assignee", "assigned_to"}, "user_ids": {"users", "user"}, "alert_grouping_setting_id": {"setting_id", "id"},
	"incident_id": {"id", "incident", "incident_number"}, "service_id": {"service", "service_name"}, "schedule_id": {"id", "schedule_name"},
	"orchestration_id": {"id", "event_orchestration"}, "incident_key": {"dedup_key"}, "request_scope": {"scope"},
}

// synonyms are words for values, and what they mean.
var synonyms = map[string]map[any]any{
	"urgency":       {"critical": "high", "urgent": "high"},
	"request_scope": {"mine": "assigned", "me": "assigned"},
	"scope":         {"mine": "my"},
	"default_role":  {"private": "none"},
	"limit":         {"all": 0, 0: 0, 5000: 0},
}

// isID reports whether an argument refers to something by its id or name. Some things
// have an id alone, which is a text as others are.
func isID(name string) bool {
	return (strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "_ids")) && !slices.Contains([]string{"override_id", "alert_id", "log_entry_id", "change_event_id"}, name)
}

func camel(name string) string {
	var out []rune
	for _, r := range name {
		if n := len(out); n > 0 && out[n-1] == '_' {
			out[n-1] = unicode.ToUpper(r)
			continue
		}
		out = append(out, r)
	}
	return string(out)
}

func toggle(name string) string {
	switch {
	case strings.HasSuffix(name, "ies"):
		return strings.TrimSuffix(name, "ies") + "y"
	case name == "status":
		return "statuses"
	case strings.HasSuffix(name, "s"):
		return strings.TrimSuffix(name, "s")
	case strings.HasSuffix(name, "y"):
		return strings.TrimSuffix(name, "y") + "ies"
	}
	return name + "s"
}

// TestSlips makes slips of right calls by rule, at every argument of every tool. What
// a slip can mean only one way is understood; the rest is refused by name, so that
// the second call is right.
func TestSlips(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	type tally struct{ understood, named int }
	kinds, sentences := map[string]*tally{}, map[string]string{}
	all, understood := 0, 0
	tools := byName()
	for _, name := range slices.Sorted(maps.Keys(tools)) {
		made := tools[name]
		schema := schemaOf(t, made)
		_, resource, _ := strings.Cut(name, "_")
		for _, argument := range slices.Sorted(maps.Keys(schema.Properties)) {
			base := map[string]any{}
			maps.Copy(base, beside[name])
			for _, needed := range schema.Required {
				base[needed] = valueFor(needed, schema.Properties[needed])
			}
			maps.Copy(base, beside[name])
			if special, ok := beside[name+"."+argument]; ok {
				for _, needed := range slices.Collect(maps.Keys(beside[name])) {
					delete(base, needed)
				}
				maps.Copy(base, special)
			}
			base[argument] = valueFor(argument, schema.Properties[argument])
			base = a.filled(t, base)
			required := slices.Contains(schema.Required, argument) || beside[name][argument] != nil || beside[name+"."+argument][argument] != nil
			if _, problem := a.sentence(t, made, encode(t, base)); problem != "" {
				t.Errorf("%s: the right call %s is refused: %s", name, encode(t, base), problem)
				continue
			}
			slips := around(base, argument, schema.Properties[argument], required, strings.TrimSuffix(resource, "s"))
			for _, s := range append(slips, within(base, argument, schema.Properties[argument])...) {
				if _, bare := s.call["id"]; bare && name == "who_gets_paged" {
					continue // it takes three kinds of things: which is meant can't be known
				}
				count := kinds[s.kind]
				if count == nil {
					count = &tally{}
					kinds[s.kind] = count
				}
				all++
				got, problem := a.sentence(t, made, encode(t, s.call))
				want := ""
				if s.means != nil {
					right := name + string(encode(t, s.means))
					if _, known := sentences[right]; !known {
						sentences[right], _ = a.sentence(t, made, encode(t, s.means))
					}
					want = sentences[right]
				}
				switch {
				case problem == "" && want != "" && got == want:
					understood++
					count.understood++
				case problem == "":
					t.Errorf("%s, %s at %s: %.300s is taken for %q, want %q", name, s.kind, argument, encode(t, s.call), got, want)
				case strings.Contains(problem, s.names) && len(problem) < 2000:
					count.named++
				default:
					t.Errorf("%s, %s at %s: %.300s is refused without naming %s: %s", name, s.kind, argument, encode(t, s.call), s.names, problem)
				}
				if problem != "" && s.means != nil {
					t.Logf("%s, %s at %s: refused: %s", name, s.kind, argument, problem)
				}
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		t.Logf("%-28s understood %4d, refused by name %4d", kind, kinds[kind].understood, kinds[kind].named)
	}
	t.Logf("of %d slips %d are understood: %d %%", all, understood, understood*100/all)
	if understood*100 < all*70 {
		t.Errorf("only %d of %d slips are understood", understood, all)
	}
}

func encode(t *testing.T, v any) json.RawMessage {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// filled is a call with the account's ids.
func (a account) filled(t *testing.T, call map[string]any) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(a.Fill(t, encode(t, call)), &out); err != nil {
		t.Fatal(err)
	}
	return out
}
