package tool_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
)

type listing struct {
	Status     []string         `json:"status,omitzero" enum:"triggered,acknowledged,resolved"`
	Urgency    string           `json:"urgency,omitzero" enum:"high,low"`
	Scope      string           `json:"request_scope,omitzero" enum:"all,assigned,teams"`
	UserIDs    []tool.UserID    `json:"user_ids,omitzero"`
	ServiceIDs []tool.ServiceID `json:"service_ids,omitzero"`
	Query      string           `json:"query,omitzero"`
	SortBy     string           `json:"sort_by,omitzero" order:"created_at,incident_number" max:"2"`
	ByName     string           `json:"by_name,omitzero" enum:"name:asc,name:desc"`
	Quiet      bool             `json:"quiet,omitzero"`
	Days       []int            `json:"days,omitzero"`
	Since      tool.Time        `json:"since,omitzero"`
	tool.Paging
}

type updating struct {
	tool.Changes
	ID          tool.ServiceID          `json:"service_id"`
	Name        *string                 `json:"name,omitzero" min:"1"`
	Description *string                 `json:"description,omitzero" clears:"true"`
	Timeout     *int                    `json:"resolve_timeout,omitzero" min:"0" clears:"0 is never" doc:"Seconds"`
	Other       *int                    `json:"other_timeout,omitzero" min:"0"`
	Status      string                  `json:"status,omitzero" enum:"triggered,acknowledged,resolved"`
	Policy      tool.EscalationPolicyID `json:"escalation_policy_id,omitzero"`
	Role        string                  `json:"default_role,omitzero" enum:"manager,none"`
}

type opening struct {
	Title   string         `json:"title" min:"1"`
	Service tool.ServiceID `json:"service_id"`
	Body    string         `json:"body,omitzero"`
	User    tool.UserID    `json:"assignee_id,omitzero"`
	Timeout *int           `json:"resolve_timeout,omitzero" min:"0" clears:"0 is never" doc:"Seconds"`
}

type overriding struct {
	ID    tool.ScheduleID `json:"schedule_id"`
	Items []nested        `json:"overrides" min:"1" max:"3"`
}

type asking struct {
	ID       tool.IncidentID           `json:"incident_id"`
	Users    []tool.UserID             `json:"user_ids,omitzero"`
	Policies []tool.EscalationPolicyID `json:"escalation_policy_ids,omitzero"`
}

type routing struct {
	ID       tool.OrchestrationID `json:"orchestration_id"`
	Rules    []tool.Open[rule]    `json:"rules"`
	CatchAll tool.ServiceID       `json:"catch_all_route_to,omitzero"`
}

type rule struct {
	Label   string `json:"label,omitzero" doc:"What for"`
	Actions struct {
		RouteTo string `json:"route_to"`
	} `json:"actions"`
}

// read decodes arguments as a tool of that name would, and returns what it is handed
// as JSON, or what is wrong.
func read[In any](t *testing.T, name string, make func(name, title, description string, run func(context.Context, tool.Writing, In) (map[string]any, error)) tool.Tool, arguments string) (in In, note, problem string) {
	t.Helper()
	made := make(name, "", "", func(_ context.Context, _ tool.Writing, got In) (map[string]any, error) {
		in = got
		return map[string]any{}, nil
	})
	answer, err := made.Call(t.Context(), &tool.Session{Client: offline(t)}, json.RawMessage(arguments))
	var wrong *tool.ArgumentError
	switch {
	case errors.As(err, &wrong):
		wrong.Know = "" // what time it is
		return in, "", wrong.Error()
	case err != nil:
		t.Fatalf("%s: %v", arguments, err)
	}
	var said struct{ Note string }
	if err := json.Unmarshal(answer, &said); err != nil {
		t.Fatal(err)
	}
	return in, said.Note, ""
}

// reader makes a tool that reads of what makes one that writes.
func reader[In any](name, title, description string, run func(context.Context, tool.Writing, In) (map[string]any, error)) tool.Tool {
	return tool.Read(name, title, description, func(ctx context.Context, r tool.Reading, in In) (map[string]any, error) {
		return run(ctx, tool.Writing{Call: r.Call, PD: pdapi.Client{Reader: r.PD}}, in)
	})
}

func TestReadsTakeWhatMeansOneThing(t *testing.T) {
	t.Parallel()
	limit := tool.Paging{Limit: 25}
	for given, want := range map[string]listing{
		`{}`: {Paging: limit},
		// What clients add.
		`{"wait_for_previous":true,"toolCallId":"x","sessionId":"s","action":"sendMessage","chatInput":"who?","tool":"t","random_string":"r","_meta":{"progressToken":1}}`: {Paging: limit},
		// What is left out.
		`{"status":[],"urgency":"","query":"  ","user_ids":[""],"service_ids":[null],"quiet":"","days":{},"since":"","limit":null,"offset":"","nothing":null,"empty":{"a":[]}}`: {Paging: limit},
		`{"urgency":"null","since":"undefined","user_ids":["None"],"query":"None","quiet":"N/A","limit":"nil"}`:                                                                 {Paging: limit},
		`{"query":"none"}`: {Query: "none", Paging: limit},
		// Values.
		`{"status":"open"}`:           {Status: []string{"triggered", "acknowledged"}, Paging: limit},
		`{"status":["ack","closed"]}`: {Status: []string{"acknowledged", "resolved"}, Paging: limit},
		`{"status":"all"}`:            {Paging: limit},
		`{"urgency":"Critical"}`:      {Urgency: "high", Paging: limit},
		`{"urgency":"'high'"}`:        {Urgency: "high", Paging: limit},
		`{"urgency":["high"]}`:        {Urgency: "high", Paging: limit},
		`{"request_scope":"mine"}`:    {Scope: "assigned", Paging: limit},
		`{"request_scope":"my teams"}`: {
			Scope: "teams", Paging: limit},
		`{"sort_by":"-created_at"}`:                             {SortBy: "created_at:desc", Paging: limit},
		`{"sort_by":"createdAt DESC, number"}`:                  {SortBy: "created_at:desc,incident_number:asc", Paging: limit},
		`{"sort_by":["created_at:asc","incident_number:desc"]}`: {SortBy: "created_at:asc,incident_number:desc", Paging: limit},
		`{"sort_by":"newest"}`:                                  {SortBy: "created_at:desc", Paging: limit},
		`{"by_name":"-name"}`:                                   {ByName: "name:desc", Paging: limit},
		`{"by_name":"name"}`:                                    {ByName: "name:asc", Paging: limit},
		`{"quiet":"yes","days":"1, 2"}`:                         {Quiet: true, Days: []int{1, 2}, Paging: limit},
		`{"limit":"all"}`:                                       {Paging: tool.Paging{Limit: 1000}},
		`{"limit":0}`:                                           {Paging: tool.Paging{Limit: 1000}},
		`{"limit":5000}`:                                        {Paging: tool.Paging{Limit: 1000}},
		// Names.
		`{"serviceIds":"PAAAAA1","user-ids":["PAAAAA2"]}`:         {ServiceIDs: []tool.ServiceID{"PAAAAA1"}, UserIDs: []tool.UserID{"PAAAAA2"}, Paging: limit},
		`{"service_id":"PAAAAA1","user":"PAAAAA2"}`:               {ServiceIDs: []tool.ServiceID{"PAAAAA1"}, UserIDs: []tool.UserID{"PAAAAA2"}, Paging: limit},
		`{"services":["PAAAAA1"],"assigned_to":"PAAAAA2"}`:        {ServiceIDs: []tool.ServiceID{"PAAAAA1"}, UserIDs: []tool.UserID{"PAAAAA2"}, Paging: limit},
		`{"service_ids[]":["PAAAAA1"],"assignee":"PAAAAA2"}`:      {ServiceIDs: []tool.ServiceID{"PAAAAA1"}, UserIDs: []tool.UserID{"PAAAAA2"}, Paging: limit},
		`{"statuses":"resolved","severity":"low","scope":"mine"}`: {Status: []string{"resolved"}, Urgency: "low", Scope: "assigned", Paging: limit},
		`{"search":"pay","max_results":"7","skip":3}`:             {Query: "pay", Paging: tool.Paging{Limit: 7, Offset: 3}},
		`{"incident_name":"pay","per_page":7,"page":1}`:           {Query: "pay", Paging: tool.Paging{Limit: 7}},
		// Wrappers and objects.
		`{"query_model":{"status":["triggered"],"limit":7,"user_ids":null}}`:                      {Status: []string{"triggered"}, Paging: tool.Paging{Limit: 7}},
		`{"query_model":"{\"status\":[\"triggered\"]}"}`:                                          {Status: []string{"triggered"}, Paging: limit},
		`{"params":{"filter":{"user":{"id":"PAAAAA2","type":"user_reference","summary":"Ana"}}}}`: {UserIDs: []tool.UserID{"PAAAAA2"}, Paging: limit},
		`{"service":{"id":"PAAAAA1","name":"Pay","status":"active"},"status":"resolved","query_model":{"status":"resolved"}}`: {
			ServiceIDs: []tool.ServiceID{"PAAAAA1"}, Status: []string{"resolved"}, Paging: limit},
	} {
		got, _, problem := read(t, "list_incidents", reader[listing], given)
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b tool.Time) bool { return a.String() == b.String() })); problem != "" || diff != "" {
			t.Errorf("%s: %s\n-want +got:\n%s", given, problem, diff)
		}
	}
}

// TestReadsSayWhatTheyTook holds what an answer says of how its arguments were read.
func TestReadsSayWhatTheyTook(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		`{"limit":"all"}`:         `limit: "all" was taken as 1,000, the most that one call returns.`,
		`{"limit":1000}`:          "",
		`{"query":"None"}`:        `query: "None" was taken as left out.`,
		`{"query":""}`:            "",
		`{"include":["teams"]}`:   `"include" was left out: this tool has no such argument.`,
		`{"wait_for_previous":0}`: "",
	} {
		if _, note, problem := read(t, "list_incidents", reader[listing], given); problem != "" || note != want {
			t.Errorf("%s: %q %s, want %q", given, note, problem, want)
		}
	}
}

func TestReadsRefuse(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		`{"status":"opne"}`:                            `status: "opne" is not allowed; use triggered, acknowledged or resolved`,
		`{"sort_by":"age"}`:                            `sort_by: "age" is not an order; use one or two of created_at, incident_number, each with :asc or :desc, as in created_at:desc`,
		`{"exclude":{"status":"resolved"}}`:            `"exclude": there is no such argument; known: status, urgency, request_scope, user_ids, service_ids, query, sort_by, by_name, quiet, days, since, limit, offset`,
		`{"page":3}`:                                   `"page": lists go on with offset (how many to skip; the answer's next_offset), as many as limit at a time`,
		`{"statsu":"resolved"}`:                        `"statsu": there is no such argument; did you mean status?`,
		`{"status":"resolved","statuses":"triggered"}`: `status: is given more than once, as status and statuses; give it once`,
		`{"action":"sendMessage"}`:                     `status: "sendMessage" is not allowed; use triggered, acknowledged or resolved`,
		`{"user_ids":["PAAAAA1",""]}`:                  `user_ids[1]: "" is no value; leave it out`,
		`{"days":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`: "the arguments are nested more than 32 levels deep; give one JSON object with status, urgency, request_scope, user_ids, service_ids, query, sort_by, by_name, quiet, days, since, limit, offset",
		`{"days":[` + strings.Repeat("1,", 99_999) + `1]}`:                   "days: has 100,000 items; at most 1,000 are allowed",
		`{"query":"` + strings.Repeat("x", 30_000) + `"}`:                    "query: has 30,000 characters; at most 25,000 are allowed",
	} {
		if _, _, problem := read(t, "list_incidents", reader[listing], given); problem != want {
			t.Errorf("%.80s: %s\nwant %s", given, problem, want)
		}
	}
}

// TestManyProblems holds that an error stays short whatever is wrong.
func TestManyProblems(t *testing.T) {
	t.Parallel()
	var members []string
	for i := range 5000 {
		members = append(members, fmt.Sprintf(`"argument %d %s":%d`, i, strings.Repeat("long ", 200), i))
	}
	_, _, problem := read(t, "list_incidents", reader[listing], `{`+strings.Join(members, ",")+`}`)
	if len(problem) > 4000 || !strings.HasSuffix(problem, "\n- and 991 more") || strings.Count(problem, "known:") > 1 {
		t.Errorf("%d characters: %s", len(problem), problem)
	}
}

// TestHugeCalls holds that calls of many small parts are refused without a look at
// each of them.
func TestHugeCalls(t *testing.T) {
	t.Parallel()
	var flat []string
	for i := range 50_000 {
		flat = append(flat, fmt.Sprintf(`"service_idx_%d":1`, i))
	}
	members := strings.Join(flat, ",")
	for _, given := range []string{
		`{` + members + `}`,
		`{"query_model":{` + members + `}}`,
		`{"a":{"b":{"c":{"d":{"e":{` + members + `}}}}}}`,
	} {
		_, _, problem := read(t, "list_incidents", reader[listing], given)
		if !strings.Contains(problem, "more than 1,000 members") {
			t.Errorf("%.40s: %.300s", given, problem)
		}
	}
}

func text(s string) *string { return &s }

func number(n int) *int { return &n }

func TestChangesTakeWhatMeansOneThing(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]updating{
		`{"service_id":"PAAAAA1","name":"Pay","description":"","resolve_timeout":""}`: {Name: text("Pay")},
		`{"id":"PAAAAA1","clear":["description"]}`:                                    {Changes: tool.Changes{Clear: []string{"description"}}, Description: text("")},
		`{"service":"PAAAAA1","clear":"resolve_timeout, description"}`: {
			Changes: tool.Changes{Clear: []string{"resolve_timeout", "description"}}, Description: text(""), Timeout: number(0)},
		`{"service_id":"PAAAAA1","other_timeout":0}`:        {Other: number(0)},
		`{"service_id":"PAAAAA1","status":"close"}`:         {Status: "resolved"},
		`{"service_id":"PAAAAA1","action":"ack"}`:           {Status: "acknowledged"},
		`{"service_id":"PAAAAA1","policy":"PAAAAA2"}`:       {Policy: "PAAAAA2"},
		`{"service_id":"PAAAAA1","default_role":"none"}`:    {Role: "none"},
		`{"service_id":"PAAAAA1","default_role":"private"}`: {Role: "none"},
		`{"service_id":"PAAAAA1","service_data":{"service":{"id":null,"name":"Pay","escalation_policy":{"id":"PAAAAA2","summary":"P","type":"escalation_policy_reference"},"teams":null,"type":"service"}}}`: {
			Name: text("Pay"), Policy: "PAAAAA2"},
		`{"service_data":{"service":{"id":"PAAAAA1","name":"Pay"}}}`:                         {Name: text("Pay")},
		`{"service_id":"PAAAAA1","service":{"name":"Pay"}}`:                                  {Name: text("Pay")},
		`{"service_id":"PAAAAA1","name":"Pay","description":"None","resolve_timeout":"N/A"}`: {Name: text("Pay")},
		`{"service_id":"PAAAAA1","name":"Pay","description":"none"}`:                         {Name: text("Pay"), Description: text("none")},
	} {
		want.ID = "PAAAAA1"
		got, _, problem := read(t, "update_service", tool.Update[updating, map[string]any], given)
		if diff := cmp.Diff(want, got); problem != "" || diff != "" {
			t.Errorf("%s: %s\n-want +got:\n%s", given, problem, diff)
		}
	}
}

func TestChangesRefuse(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		`"description":""`:                        `nothing to change: give at least one of name, description, resolve_timeout, other_timeout, status, escalation_policy_id, default_role, clear. description: "" was left out; to empty it give clear: ["description"].`,
		`"resolve_timeout":0`:                     `resolve_timeout: 0 would switch it off; if that is meant, give clear: ["resolve_timeout"] instead, else leave it out`,
		`"timeout":60`:                            `"timeout" may mean resolve_timeout or other_timeout; give one of these`,
		`"service_name":"Pay"`:                    `"service_name" may mean service_id or name; give one of these`,
		`"status":"open"`:                         `status: "open" may mean triggered or acknowledged; give one of these`,
		`"status":"all"`:                          `status: "all" is not allowed; use triggered, acknowledged or resolved`,
		`"clear":["name"]`:                        `clear: "name" is not allowed; use description or resolve_timeout`,
		`"clear":"description","description":"x"`: `clear: description is given as well; either give it or clear it`,
		`"service":"PAAAAA2","name":"x"`:          `service_id: is given more than once, as service and service_id; give it once`,
		`"include":"teams","name":"x"`:            `"include": there is no such argument; known: service_id, name, description, resolve_timeout, other_timeout, status, escalation_policy_id, default_role, clear`,
		`"user_id":"PAAAAA2","name":"x"`:          `"user_id": there is no such argument; known: service_id, name, description, resolve_timeout, other_timeout, status, escalation_policy_id, default_role, clear`,
		`"old":{"name":"x"}`:                      `"old": there is no such argument; known: service_id, name, description, resolve_timeout, other_timeout, status, escalation_policy_id, default_role, clear`,
		`"team":{"name":"x"},"status":"resolved"`: `"team": there is no such argument; known: service_id, name, description, resolve_timeout, other_timeout, status, escalation_policy_id, default_role, clear`,
		`"name":" \u200b "`:                       `nothing to change: give at least one of name, description, resolve_timeout, other_timeout, status, escalation_policy_id, default_role, clear`,
		`"service":{"id":"PAAAAA1","name":"x"}`:   `service: has a name besides the id; give service_id, and name only if it is to be renamed`,
		`"wait_for_previous":true`:                `nothing to change: give at least one of name, description, resolve_timeout, other_timeout, status, escalation_policy_id, default_role, clear`,
	} {
		if _, _, problem := read(t, "update_service", tool.Update[updating, map[string]any], `{"service_id":"PAAAAA1",`+given+`}`); problem != want {
			t.Errorf("%s: %s\nwant %s", given, problem, want)
		}
	}
}

func TestCreating(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]opening{
		`{"create_model":{"incident":{"title":"Down","type":"incident","service":{"id":"PAAAAA1","type":"service_reference"},"body":{"type":"incident_body","details":"Since noon"}}}}`: {
			Title: "Down", Service: "PAAAAA1", Body: "Since noon"},
		`{"incidentTitle":"Down","service":"PAAAAA1","description":"Since noon"}`: {Title: "Down", Service: "PAAAAA1", Body: "Since noon"},
		`{"name":"Down","serviceId":"PAAAAA1","assigned_to":"PAAAAA2"}`:           {Title: "Down", Service: "PAAAAA1", User: "PAAAAA2"},
		`{"title":"Down","service_id":"PAAAAA1","resolve_timeout":0}`:             {Title: "Down", Service: "PAAAAA1", Timeout: number(0)},
	} {
		got, _, problem := read(t, "create_incident", tool.Create[opening, map[string]any], given)
		if diff := cmp.Diff(want, got); problem != "" || diff != "" {
			t.Errorf("%s: %s\n-want +got:\n%s", given, problem, diff)
		}
	}
	for given, want := range map[string]string{
		`{"title":" ","service_id":"PAAAAA1"}`:                      `title: is blank`,
		`{"title":"\u200b\u2060","service_id":"PAAAAA1"}`:           `title: is blank`,
		`{"title":"null","service_id":"PAAAAA1"}`:                   `title: "null" is no value`,
		`{"title":"None","service_id":"PAAAAA1"}`:                   `title: "None" is no value`,
		`{"title":"n/a","service_id":"undefined"}`:                  "2 arguments are wrong:\n- title: \"n/a\" is no value\n- service_id: \"undefined\" is no value; give its name, its id, or its URL",
		`{"title":"x","id":"PAAAAA1"}`:                              "2 arguments are wrong:\n- service_id: is required; give its name, its id, or its URL\n- \"id\": there is no such argument; known: title, service_id, body, assignee_id, resolve_timeout",
		`{"title":"x","service_id":"PAAAAA1","user_id":"PAAAAA2"}`:  `"user_id": there is no such argument; did you mean assignee_id?`,
		`{"title":"x","service_id":"PAAAAA1","user":{"name":"x"}}`:  `"user": there is no such argument; did you mean assignee_id?`,
		`{"service_id":{"name":"Pay","team":{}},"title":{"a":"b"}}`: "title: {\"a\":\"b\"} is not a string",
	} {
		if _, _, problem := read(t, "create_incident", tool.Create[opening, map[string]any], given); problem != want {
			t.Errorf("%s: %s\nwant %s", given, problem, want)
		}
	}
}

func TestListsOfObjects(t *testing.T) {
	t.Parallel()
	for _, given := range []string{
		`{"schedule_id":"PAAAAA1","overrides":[{"start":"now","user_id":"PAAAAA2"}]}`,
		`{"schedule_id":"PAAAAA1","override_request":{"overrides":[{"start":"now","user":{"id":"PAAAAA2","type":"user_reference","summary":"Ana"}}]}}`,
		`{"schedule":"PAAAAA1","override":{"from":"now","userId":"PAAAAA2"}}`,
		`{"schedule_id":"PAAAAA1","user":"PAAAAA2","start":"now"}`,
		`{"id":"PAAAAA1","start_time":"now","user_id":{"id":"PAAAAA2"}}`,
	} {
		got, _, problem := read(t, "create_schedule_override", tool.Create[overriding, map[string]any], given)
		if problem != "" || got.ID != "PAAAAA1" || len(got.Items) != 1 || got.Items[0].User != "PAAAAA2" || got.Items[0].Start.IsZero() {
			t.Errorf("%s: %s %+v", given, problem, got)
		}
	}
	for given, want := range map[string]string{
		`{"schedule_id":"PAAAAA1","overrides":[]}`:            "overrides: is blank; give a list of objects with start, user_id",
		`{"schedule_id":"PAAAAA1"}`:                           "overrides: is required; give a list of objects with start, user_id",
		`{"schedule_id":"PAAAAA1","overrides":[{"start":1}]}`: "2 arguments are wrong:\n- overrides.start: \"1\" is not a time; use " + when.TimeForms + "\n- overrides.user_id: is required; give a name, an e-mail address, me, an id, or a URL",
	} {
		if _, _, problem := read(t, "create_schedule_override", tool.Create[overriding, map[string]any], given); problem != want {
			t.Errorf("%s: %s\nwant %s", given, problem, want)
		}
	}
}

func TestTargetsOfTwoKinds(t *testing.T) {
	t.Parallel()
	got, note, problem := read(t, "add_responders", tool.Create[asking, map[string]any], `{"incident_id":"PAAAAA1","request":{"requester_id":"PAAAAA9","responder_request_targets":[
		{"responder_request_target":{"id":"PAAAAA2","type":"user_reference"}},{"responder_request_target":{"id":"PAAAAA3","type":"escalation_policy_reference"}}]}}`)
	want := asking{"PAAAAA1", []tool.UserID{"PAAAAA2"}, []tool.EscalationPolicyID{"PAAAAA3"}}
	if diff := cmp.Diff(want, got); problem != "" || diff != "" || !strings.Contains(note, "requester_id") {
		t.Errorf("%s %s\n-want +got:\n%s", problem, note, diff)
	}
	if _, _, problem := read(t, "add_responders", tool.Create[asking, map[string]any], `{"incident_id":"PAAAAA1","responders":["PAAAAA2"]}`); !strings.Contains(problem, "no such argument") {
		t.Errorf("a target of no kind: %q", problem)
	}
}

// TestOpenObjects holds that objects whose members are advertised arrive as they were
// sent.
func TestOpenObjects(t *testing.T) {
	t.Parallel()
	for _, given := range []string{
		`{"orchestration_id":"PAAAAA1","rules":[{"a":1.10,"label":"","n":12345678901234567890}],"catch_all_route_to":"PAAAAA2"}`,
		`{"orchestration_id":"PAAAAA1","router_update":{"orchestration_path":{"type":"router","sets":[{"id":"start","rules":[{"a":1.10,"label":"","n":12345678901234567890}]}],"catch_all":{"actions":{"route_to":"PAAAAA2"}}}}}`,
	} {
		got, _, problem := read(t, "update_event_orchestration_router", tool.Update[routing, map[string]any], given)
		if problem != "" || len(got.Rules) != 1 || string(got.Rules[0]) != `{"a":1.10,"label":"","n":12345678901234567890}` || got.CatchAll != "PAAAAA2" || got.ID != "PAAAAA1" {
			t.Errorf("%s: %s %+v", given, problem, got)
		}
	}
	if _, _, problem := read(t, "update_event_orchestration_router", tool.Update[routing, map[string]any], `{"orchestration_id":"PAAAAA1","rules":[],"route_to":"PAAAAA2"}`); !strings.Contains(problem, "catch_all_route_to?") {
		t.Errorf("route_to alone: %q", problem)
	}
	const want = `"rules":{"type":"array","items":{"type":"object","properties":{"label":{"type":"string","description":"What for"},` +
		`"actions":{"type":"object","properties":{"route_to":{"type":"string"}},"required":["route_to"]}},"required":["actions"]}}`
	made := tool.Update("x", "", "", func(context.Context, tool.Writing, routing) (any, error) { return nil, nil })
	if got := string(made.Schema()); !strings.Contains(got, want) {
		t.Errorf("%s", got)
	}
}

// TestNoArguments holds that a tool without arguments takes anything.
func TestNoArguments(t *testing.T) {
	t.Parallel()
	for _, given := range []string{``, `null`, `[]`, `{"random_string":"x"}`, `{"user":{"id":1}}`, `"{}"`, `7`} {
		if _, _, problem := read(t, "get_user_data", reader[struct{}], given); problem != "" {
			t.Errorf("%s: %s", given, problem)
		}
	}
}

// TestClearIsOffered holds that the schema offers clear where there is anything to.
func TestClearIsOffered(t *testing.T) {
	t.Parallel()
	update := tool.Update("update_service", "", "", func(context.Context, tool.Writing, updating) (any, error) { return nil, nil })
	if got := string(update.Schema()); !strings.Contains(got, `"clear":{"type":"array","items":{"type":"string","enum":["description","resolve_timeout"]},"description":"Empty these"}`) ||
		strings.Contains(got, "is never") {
		t.Errorf("%s", got)
	}
	type plain struct {
		tool.Changes
		Name *string `json:"name,omitzero"`
	}
	without := tool.Update("x", "", "", func(context.Context, tool.Writing, plain) (any, error) { return nil, nil })
	if got := string(without.Schema()); strings.Contains(got, "clear") {
		t.Errorf("%s", got)
	}
	create := tool.Create("x", "", "", func(context.Context, tool.Writing, opening) (any, error) { return nil, nil })
	if got := string(create.Schema()); !strings.Contains(got, `"description":"Seconds; 0 is never"`) {
		t.Errorf("%s", got)
	}
}
