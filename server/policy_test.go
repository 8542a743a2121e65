package server_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

func parsed(t *testing.T, file string) *server.Policy {
	t.Helper()
	policy, err := server.ParsePolicy([]byte(file), toolsets.All())
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

// ackAndNote is what people ask for first: acknowledge and write notes, nothing else.
const ackAndNote = `
allow:
  - name: acknowledge
    tools: manage_incidents
    actions: [acknowledge]
  - name: notes
    tools: [add_note_to_incident]
`

// TestPolicy has calls under policies: what is allowed is done, what isn't is refused by
// the name of the rule, and nothing is sent.
func TestPolicy(t *testing.T) {
	t.Parallel()
	ack := rig.Args{"incident_ids": []any{4711}, "status": "acknowledged"}
	for name, c := range map[string]struct {
		policy    string
		tool      string
		arguments rig.Args
		refused   string // part of the refusal; "" if it is done
	}{
		"ack and note: ack":     {ackAndNote, "manage_incidents", ack, ""},
		"ack and note: note":    {ackAndNote, "add_note_to_incident", rig.Args{"incident_id": 4711, "note": "x"}, ""},
		"ack and note: resolve": {ackAndNote, "manage_incidents", rig.Args{"incident_ids": []any{4711}, "status": "resolved"}, `manage_incidents to resolve is not allowed: no rule of this server's policy allows it, of "acknowledge", "notes"`},
		"ack and note: both at once": {
			ackAndNote, "manage_incidents", rig.Args{"incident_ids": []any{4711}, "status": "acknowledged", "assignee_ids": []any{"me"}}, "to reassign is not allowed",
		},
		"ack and note: a title along with it": {ackAndNote, "manage_incidents", rig.Args{"incident_ids": []any{4711}, "status": "acknowledged", "title": "x"}, "to set title is not allowed"},
		"ack and note: page":                  {ackAndNote, "create_incident", rig.Args{"title": "x", "service_id": "Search API"}, `create_incident is not allowed: no rule of this server's policy allows it, of "acknowledge", "notes"`},
		"ack and note: read":                  {ackAndNote, "list_incidents", rig.Args{}, ""},

		"deny wins":            {ackAndNote + "deny:\n  - name: quiet week\n    tools: [manage_incidents]\n    actions: [acknowledge]\n", "manage_incidents", ack, `the rule "quiet week" of this server's policy denies it`},
		"deny, by its line":    {"deny:\n  - tools: add_note_to_incident\n", "add_note_to_incident", rig.Args{"incident_id": 4711, "note": "x"}, `the rule "line 2"`},
		"deny, by a pattern":   {"deny:\n  - tools: ['*_team*']\n", "create_team", rig.Args{"name": "x"}, `the rule "line 2"`},
		"deny leaves others":   {"deny:\n  - tools: [delete_team]\n", "create_team", rig.Args{"name": "x"}, ""},
		"deny by another name": {"deny:\n  - name: old name\n    tools: [list_incident_change_events]\n", "list_change_events", rig.Args{}, `"old name"`},
		"and that name":        {"deny:\n  - name: new name\n    tools: [list_change_events]\n", "list_incident_change_events", rig.Args{}, `"new name"`},
		"deny a read":          {"deny:\n  - tools: [list_users]\n", "list_users", rig.Args{}, `the rule "line 2"`},
		"JSON is YAML":         {`{"deny": [{"name": "j", "tools": ["manage_incidents"], "actions": ["acknowledge"]}]}`, "manage_incidents", ack, `the rule "j"`},

		"service denied":        {"deny:\n  - name: hands off\n    services: [payments api]\n", "manage_incidents", ack, `manage_incidents for service "Payments API" is not allowed: the rule "hands off"`},
		"service not denied":    {"deny:\n  - services: [Search API]\n", "manage_incidents", ack, ""},
		"one of two denied":     {"deny:\n  - name: hands off\n    services: [Payments API]\n", "manage_incidents", rig.Args{"incident_ids": []any{4701, 4711}, "status": "acknowledged"}, `"hands off"`},
		"service allowed":       {"allow:\n  - services: [Payments API]\n", "manage_incidents", ack, ""},
		"not all allowed":       {"allow:\n  - name: ours\n    services: [Payments API]\n", "manage_incidents", rig.Args{"incident_ids": []any{4701, 4711}, "status": "acknowledged"}, `of "ours"`},
		"no service at all":     {"allow:\n  - name: ours\n    services: [Payments API]\n", "create_team", rig.Args{"name": "x"}, `of "ours"`},
		"a new incident":        {"allow:\n  - services: [Search API]\n", "create_incident", rig.Args{"title": "x", "service_id": "Search API"}, ""},
		"another's incident":    {"allow:\n  - name: ours\n    services: [Search API]\n", "create_incident", rig.Args{"title": "x", "service_id": "Payments API"}, `of "ours"`},
		"a note, by service":    {"deny:\n  - name: hands off\n    services: [Payments API]\n", "add_note_to_incident", rig.Args{"incident_id": 4711, "note": "x"}, `"hands off"`},
		"team denied":           {"deny:\n  - name: theirs\n    teams: [Payments]\n", "manage_incidents", ack, `for team "Payments"`},
		"team of a service":     {"deny:\n  - name: theirs\n    teams: [Payments]\n", "create_incident", rig.Args{"title": "x", "service_id": "Payments API"}, `for team "Payments"`},
		"team itself":           {"deny:\n  - name: theirs\n    teams: [Search]\n", "remove_team_member", rig.Args{"team_id": "Search", "user_id": "Ben Carter"}, `for team "Search"`},
		"urgency denied":        {"deny:\n  - name: loud\n    urgencies: high\n", "manage_incidents", ack, `for urgency "high"`},
		"urgency allowed":       {"allow:\n  - urgencies: [high]\n", "manage_incidents", ack, ""},
		"urgency to be":         {"deny:\n  - name: loud\n    urgencies: [low]\n", "manage_incidents", rig.Args{"incident_ids": []any{4711}, "urgency": "low"}, `for urgency "low"`},
		"urgency unsaid":        {"deny:\n  - name: loud\n    urgencies: [high]\n", "create_incident", rig.Args{"title": "x", "service_id": "Payments API"}, `for urgency "high"`},
		"resolve":               {"deny:\n  - name: never\n    actions: [resolve]\n", "manage_incidents", rig.Args{"incident_ids": []any{4711}, "status": "resolved"}, `manage_incidents to resolve is not allowed: the rule "never"`},
		"resolve by alerts":     {"deny:\n  - name: never\n    actions: [resolve]\n", "manage_alerts", rig.Args{"incident_id": 4711, "alert_ids": []any{"Q1"}, "status": "resolved"}, `manage_alerts to resolve is not allowed: the rule "never"`},
		"resolve by a merge":    {"deny:\n  - name: never\n    actions: [resolve]\n", "merge_incidents", rig.Args{"incident_id": 4711, "source_incident_ids": []any{4712}}, `merge_incidents is not allowed: the rule "never"`},
		"ack by a snooze":       {"deny:\n  - name: people do\n    actions: [acknowledge]\n", "snooze_incident", rig.Args{"incident_id": 4711, "until": "4h"}, `snooze_incident is not allowed: the rule "people do"`},
		"resolving is no merge": {"allow:\n  - name: over\n    actions: [resolve]\n", "merge_incidents", rig.Args{"incident_id": 4711, "source_incident_ids": []any{4712}}, `merge_incidents is not allowed`},
		"a merge by its tool":   {"allow:\n  - tools: [merge_incidents]\n", "merge_incidents", rig.Args{"incident_id": 4711, "source_incident_ids": []any{4712}}, ""},
		"service and action":    {"deny:\n  - name: both\n    services: [Payments API]\n    actions: [resolve]\n", "manage_incidents", ack, ""},
		"service and action 2":  {"deny:\n  - name: both\n    services: [Payments API]\n    actions: [acknowledge]\n", "manage_incidents", ack, `to acknowledge for service "Payments API"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t, rig.WithServer(func(o *server.Options) { o.Policy = parsed(t, c.policy) }))
			text, failed := r.Call(t, c.tool, c.arguments)
			if failed != (c.refused != "") || !strings.Contains(text, c.refused) || failed && len(writes(r)) > 0 {
				t.Errorf("sent %v: %s", writes(r), text)
			}
		})
	}
}

// TestPolicyUnlists holds that a client is not shown what the policy denies: a tool is not
// listed, an enum is narrowed, an argument is left out. Its other names go with a tool.
func TestPolicyUnlists(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.WithServer(func(o *server.Options) { o.Policy = parsed(t, ackAndNote) }))
	answer := r.Server.MCP().HandleMessage(t.Context(), json.RawMessage(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`))
	data, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	var listed struct {
		Result struct {
			Tools []struct {
				Name        string `json:"name"`
				InputSchema struct {
					Properties map[string]struct {
						Enum []string `json:"enum"`
					} `json:"properties"`
				} `json:"inputSchema"`
			} `json:"tools"`
		} `json:"result"`
	}
	if err := json.Unmarshal(data, &listed); err != nil {
		t.Fatal(err)
	}
	var changing []string
	for _, l := range listed.Result.Tools {
		for _, set := range toolsets.All() {
			for _, made := range set.Tools {
				if made.Name() == l.Name && !made.Access().ReadOnly() {
					changing = append(changing, l.Name)
				}
			}
		}
		if l.Name != "manage_incidents" {
			continue
		}
		if got := l.InputSchema.Properties["status"].Enum; !slices.Equal(got, []string{"acknowledged"}) {
			t.Errorf("status may be %v", got)
		}
		for _, gone := range []string{"assignee_ids", "escalation_level", "escalation_policy_id", "urgency", "priority_id", "title", "resolution"} {
			if _, there := l.InputSchema.Properties[gone]; there {
				t.Errorf("%s is still there", gone)
			}
		}
	}
	slices.Sort(changing)
	if want := []string{"add_note_to_incident", "manage_incidents"}; !slices.Equal(changing, want) {
		t.Errorf("listed %v, want %v", changing, want)
	}
}

// TestPolicyPerHour holds that a policy bounds the changes of any hour.
func TestPolicyPerHour(t *testing.T) {
	t.Parallel()
	now := rig.Now()
	r := rig.New(t, rig.WithServer(func(o *server.Options) {
		o.Policy, o.Now = parsed(t, "writes_per_hour: 2"), func() time.Time { return now }
	}))
	note := func() (string, bool) {
		return r.Call(t, "add_note_to_incident", rig.Args{"incident_id": 4711, "note": fmt.Sprint("at ", now)})
	}
	for range 2 {
		if text, failed := note(); failed {
			t.Fatal(text)
		}
		now = now.Add(20 * time.Minute)
	}
	if text, failed := note(); !failed || !strings.Contains(text, "at most 2 changes an hour") || !strings.Contains(text, "20m0s") {
		t.Errorf("%s", text)
	}
	now = now.Add(21 * time.Minute)
	if text, failed := note(); failed {
		t.Errorf("an hour later: %s", text)
	}
}

// TestBadPolicies holds that a policy that can't be meant is refused, each mistake with
// its line.
func TestBadPolicies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"empty":             {"", []string{"it is empty"}},
		"a comment":         {"# nothing yet\n", []string{"it is empty"}},
		"no YAML":           {"allow:\n  - tools: [a\n", []string{"line 2: it is not YAML"}},
		"a tab":             {"allow:\n\t- tools: x\n", []string{"line 2: it is not YAML"}},
		"a text":            {"allow everything", []string{"line 1: a policy is to be a mapping with allow, deny, writes_per_hour"}},
		"a list":            {"- tools: [x]", []string{"line 1: a policy is to be a mapping"}},
		"two documents":     {"writes_per_hour: 1\n---\nwrites_per_hour: 2\n", []string{"line 3: a second document"}},
		"unknown key":       {"writes_per_hour: 1\nalow:\n  - tools: [list_teams]\n", []string{`line 2: a policy has no "alow"; known: allow, deny, writes_per_hour`}},
		"a key twice":       {"writes_per_hour: 1\nwrites_per_hour: 2\n", []string{"line 2: it is not YAML", "already defined"}},
		"no number":         {"writes_per_hour: many\n", []string{"line 1: writes_per_hour is to be a number"}},
		"below one":         {"allow:\n  - tools: create_team\nwrites_per_hour: 0\n", []string{"line 3: writes_per_hour"}},
		"no rules":          {"allow: []\n", []string{"line 1: allow is to be a list of rules, at least one"}},
		"null":              {"deny:\n", []string{"line 1: deny is to be a list"}},
		"rules as a text":   {"deny: delete_team\n", []string{"line 1: deny is to be a list"}},
		"a rule as a text":  {"deny:\n  - delete_team\n", []string{"line 2: a rule is to be a mapping with name, tools"}},
		"unknown tool":      {"deny:\n  - tools:\n    - delete_teem\n", []string{`line 2: tools: there is no tool "delete_teem"; did you mean delete_team?`}},
		"pattern of none":   {"deny:\n  - tools: [erase_*]\n", []string{`there is no tool "erase_*"`}},
		"no pattern":        {"deny:\n  - tools: ['[a-']\n", []string{`line 2: tools: "[a-" is not a pattern`}},
		"unknown action":    {"deny:\n  - tools: [manage_incidents]\n    actions: [ack]\n", []string{`actions: "ack" is not what a tool of the rule does; use acknowledge`}},
		"another's action":  {"deny:\n  - tools: [add_note_to_incident]\n    actions: [resolve]\n", []string{`"resolve" is not what a tool of the rule does`}},
		"unknown urgency":   {"deny:\n  - urgencies: [loud]\n", []string{`urgencies: "loud" is neither high nor low`}},
		"says nothing":      {"deny:\n  - name: x\n", []string{"line 2: the rule says nothing"}},
		"unknown condition": {"deny:\n  - tools: [delete_team]\n    service: [x]\n", []string{`line 3: a rule has no "service"; known: name, tools, actions, services`}},
		"a read by service": {"deny:\n  - tools: [delete_team, list_incidents]\n    services: [x]\n", []string{`line 2: tools: "list_incidents" only reads`}},
		"reads by service":  {"deny:\n  - tools: ['list_*']\n    services: [x]\n", []string{`line 2: tools: "list_*" only reads`}},
		"an empty list":     {"deny:\n  - services: []\n", []string{"line 2: services is an empty list"}},
		"an empty text":     {"deny:\n  - services: ['']\n", []string{"line 2: services is to be a text or a list of texts"}},
		"null in a list":    {"deny:\n  - services: [~]\n", []string{"line 2: services is to be"}},
		"an alias":          {"deny:\n  - services: &x [a]\n  - services: *x\n", []string{"line 2: services is to be", "line 3: services is to be"}},
		"a name as a list":  {"deny:\n  - name: [x]\n    tools: delete_team\n", []string{"line 2: name is to be a text"}},
		"several at once":   {"alow: 1\ndeny:\n  - tols: x\n  - tools: nothing_of_the_kind\n", []string{"line 1:", "line 3:", "line 4:"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := server.ParsePolicy([]byte(c.file), toolsets.All())
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%v; want %s", err, want)
				}
			}
		})
	}
}

// TestAllowOnly has the short words for what is allowed.
func TestAllowOnly(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{ // tools and actions that are allowed, or part of the error
		"ack,note":                     "manage_incidents [acknowledge], add_note_to_incident []",
		"reassign,page":                "manage_incidents [reassign escalate], create_incident add_responders []",
		"override, resolve":            "create_schedule_override [], manage_incidents [resolve]",
		"create_team":                  "create_team []",
		"manage_incidents:set_urgency": "manage_incidents [set_urgency]",
		"acknowledge":                  `"acknowledge" is neither one of ack, note, override, page, reassign, resolve nor a tool`,
		"create_teem":                  "did you mean create_team?",
		"manage_incidents:ack":         "manage_incidents does acknowledge, ",
		"add_note_to_incident:write":   "neither one of",
	} {
		policy, err := server.AllowOnly(strings.Split(words, ","), toolsets.All())
		if err != nil {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v", words, err)
			}
			continue
		}
		var got []string
		for _, r := range policy.Allow {
			got = append(got, strings.Join(r.Tools, " ")+" "+fmt.Sprint(r.Actions))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %s", words, strings.Join(got, ", "))
		}
	}
}

// FuzzPolicy holds that no file makes the reader of policies panic, and that each error
// says where.
func FuzzPolicy(f *testing.F) {
	f.Add(ackAndNote)
	f.Add("deny:\n  - services: &x [a]\n  - <<: *x\n    tools: !!str list_teams\n")
	f.Add("{\"deny\": [{\"tools\": [\"delete_team\"]}], writes_per_hour: 1}")
	f.Add("allow:\n- |\n  text\n- >-\n  more\n? [complex]\n: key\n")
	sets := toolsets.All()
	f.Fuzz(func(t *testing.T, file string) {
		policy, err := server.ParsePolicy([]byte(file), sets)
		if (policy == nil) != (err != nil) || err != nil && !strings.Contains(err.Error(), "line ") && !strings.Contains(err.Error(), "it is empty") {
			t.Errorf("%v, %v", policy, err)
		}
	})
}

// TestDocumentedPolicies holds that the examples of the documentation are policies, and
// that it names all actions.
func TestDocumentedPolicies(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../docs/write-access.md")
	if err != nil {
		t.Fatal(err)
	}
	document := string(data)
	blocks := strings.Split(document, "```yaml\n")[1:]
	if len(blocks) < 2 {
		t.Errorf("%d examples", len(blocks))
	}
	for _, block := range blocks {
		example, _, _ := strings.Cut(block, "```")
		parsed(t, example)
	}
	for _, set := range toolsets.All() {
		for _, made := range set.Tools {
			for _, action := range made.Actions() {
				if !strings.Contains(document, "`"+action+"`") {
					t.Errorf("%s does %s, which the documentation does not name", made.Name(), action)
				}
			}
		}
	}
}
