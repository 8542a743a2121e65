package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// TestRehearsal has every write tool's examples rehearsed: nothing that changes PagerDuty
// goes out, and the answer says what would.
func TestRehearsal(t *testing.T) {
	t.Parallel()
	rig.EachTool(t, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
		if made.Access().ReadOnly() {
			t.Skip("it only reads")
		}
		r := rig.New(t)
		for _, example := range examples {
			var arguments rig.Args
			if err := json.Unmarshal(r.Fill(t, example), &arguments); err != nil {
				t.Fatal(err)
			}
			r.ForgetRequests()
			arguments["dry_run"] = true
			text, failed := r.Call(t, made.Name(), arguments)
			if sent := writes(r); len(sent) > 0 {
				t.Fatalf("sent %v", sent)
			}
			var got map[string]any
			if err := json.Unmarshal([]byte(text), &got); !failed && (err != nil || got["dry_run"] != true || got["would"] == "") {
				t.Errorf("%s", text)
			}
			delete(arguments, "dry_run")
			if _, refused := r.Call(t, made.Name(), arguments); refused != failed {
				t.Errorf("rehearsed it fails: %v, done: %v", failed, refused)
			}
		}
	})
}

func TestRehearsedUpdateSaysFromTo(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	got := r.Answer(t, "update_service", rig.Args{"service_id": "Search API", "description": "Finds things.", "dry_run": "true"})
	changes := fmt.Sprint(got["changes"])
	if !strings.Contains(changes, "field:description") || !strings.Contains(changes, "to:Finds things.") || !strings.Contains(fmt.Sprint(got["sends"]), "PUT /services/"+r.ID("service", "Search API")) {
		t.Errorf("%v", got)
	}
	again := r.Answer(t, "get_service", rig.Args{"service_id": "Search API"})
	if again["description"] == "Finds things." {
		t.Error("it was changed")
	}
	if said := r.Refusal(t, "update_service", rig.Args{"service_id": "Search API", "description": "x", "dry_run": "maybe"}); !strings.Contains(said, "neither true nor false") {
		t.Errorf("%s", said)
	}
}

// TestRehearsedChanges holds that a rehearsal says what would change, from what to what, by
// names, and what would be sent.
func TestRehearsedChanges(t *testing.T) {
	t.Parallel()
	alert := func(r *rig.Rig) rig.Args {
		return rig.Args{"incident_id": 4713, "alert_ids": []any{r.ID("alert", "4713")}, "status": "resolved"}
	}
	for name, c := range map[string]struct {
		tool      string
		arguments func(*rig.Rig) rig.Args
		want      []string // parts of the answer, as fmt prints it
		not       []string
	}{
		"status": {"manage_incidents", with(rig.Args{"incident_ids": []any{4711, 4701}, "status": "resolved"}), []string{
			"changes:[map[field:status from:acknowledged of:[#4711]", "to:resolved]]", "PUT /incidents", "#4701, resolved",
		}, []string{"of:[#4701]"}},
		"assignees": {"manage_incidents", with(rig.Args{"incident_ids": []any{4711}, "assignee_ids": []any{"Ben Carter"}}), []string{
			"field:assignments from:[Ana Souza Keiko Tanaka]", "to:[Ben Carter]", `assigned to "Ana Souza", "Keiko Tanaka"`,
		}, nil},
		"priority": {"manage_incidents", with(rig.Args{"incident_ids": []any{4711}, "priority_id": "P2"}), []string{"field:priority from:P1", "to:P2"}, nil},
		"nothing":  {"manage_incidents", with(rig.Args{"incident_ids": []any{4711}, "urgency": "high"}), []string{"PUT /incidents"}, []string{"changes:"}},
		"alerts":   {"manage_alerts", alert, []string{"field:status from:triggered", "to:resolved", "/alerts"}, nil},
		"fields": {"set_incident_fields", with(rig.Args{"incident_id": 4711, "fields": []any{map[string]any{"name": "orders_lost", "values": []any{"2100"}}}}), []string{
			"field:value from:", "of:Orders Lost to:2100", "PUT /incidents/",
		}, nil},
		"a team":    {"update_team", with(rig.Args{"team_id": "Search", "name": "Find"}), []string{"field:name from:Search to:Find", "PUT /teams/"}, nil},
		"a removal": {"remove_team_member", with(rig.Args{"team_id": "Search", "user_id": "Ben Carter"}), []string{"DELETE /teams/", `"Ben Carter"`, "would_answer:map[done:removed"}, []string{"changes:"}},
		"a router": {"update_event_orchestration_router", func(r *rig.Rig) rig.Args {
			there := r.Answer(t, "get_event_orchestration_router", rig.Args{"orchestration_id": "Shop Events"})
			return rig.Args{"orchestration_id": "Shop Events", "delete_missing": true, "expected_version": there["version"], "rules": []any{
				map[string]any{"label": "All", "conditions": []any{map[string]any{"expression": "event.source matches part 'search'"}}, "actions": map[string]any{"route_to": r.ID("service", "Search API")}},
			}}
		}, []string{"PUT /event_orchestrations/", "would_answer:map[added:[", "removed:["}, nil},
		"an override": {"create_schedule_override", with(rig.Args{"schedule_id": "Payments Primary", "overrides": []any{map[string]any{"user_id": "me", "start": "now", "end": "+2h"}}}), []string{
			`overrides user "Ana Souza" (`, "start now end +2h", "end:2026-03-02T14:00:00Z",
		}, nil},
		"many sends": {"manage_incidents", func(*rig.Rig) rig.Args {
			var ids []any
			for n := range 300 {
				ids = append(ids, 4712-n)
			}
			return rig.Args{"incident_ids": ids, "urgency": "low"}
		}, []string{"PUT /incidents", "and 290 more", "Not all is shown of what would change"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			arguments := c.arguments(r)
			arguments["dry_run"] = true
			r.ForgetRequests()
			got := fmt.Sprint(r.Answer(t, c.tool, arguments))
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("no %s in %s", want, got)
				}
			}
			for _, unwanted := range c.not {
				if strings.Contains(got, unwanted) {
					t.Errorf("%s in %s", unwanted, got)
				}
			}
			if sent := writes(r); len(sent) > 0 {
				t.Errorf("sent %v", sent)
			}
		})
	}
}

func with(arguments rig.Args) func(*rig.Rig) rig.Args {
	return func(*rig.Rig) rig.Args { return arguments }
}

// TestServerOfRehearsals has a server whose every change is a rehearsal, whatever a call
// says.
func TestServerOfRehearsals(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.WithServer(func(o *server.Options) { o.DryRun = true }))
	for _, more := range []rig.Args{{}, {"dry_run": false}, {"dry_run": "no"}} {
		arguments := rig.Args{"incident_id": 4711, "note": "x"}
		for k, v := range more {
			arguments[k] = v
		}
		if got := r.Answer(t, "add_note_to_incident", arguments); got["dry_run"] != true || len(writes(r)) > 0 {
			t.Errorf("%v: sent %v: %v", more, writes(r), got)
		}
	}
}

// TestWaysToWriteDryRun has the ways in which models write dry_run. In doubt nothing is
// sent.
func TestWaysToWriteDryRun(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{ // dry, done or refused
		`"dry_run":true`:                 "dry",
		`"dry_run":"true"`:               "dry",
		`"dry_run":1`:                    "dry",
		`"dryRun":true`:                  "dry",
		`"DRY-RUN":"yes"`:                "dry",
		`"dry run":true`:                 "dry",
		`"dry_run":true,"dry_run":false`: "dry",
		`"dry_run":false,"dryRun":true`:  "dry",
		`"dry_run":false`:                "done",
		`"dry_run":null`:                 "done",
		`"dry_run":"no"`:                 "done",
		`"dry_run":"maybe"`:              "refused",
		`"dry_run":{"value":true}`:       "refused",
		`"dry_run":[true]`:               "refused",
		`"dryrunn":true`:                 "refused",
		`"rehearse":true`:                "refused",
		`"options":{"dry_run":true}`:     "refused",
		`"request":{"dry_run":true}`:     "refused",
		`"_meta":{"dry_run":true}`:       "dry",
		`"_meta":"{\"dry_run\":true}"`:   "dry",
	} {
		t.Run(written, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			text, failed := r.Call(t, "add_note_to_incident", json.RawMessage(`{"incident_id":4711,"note":"x",`+written+`}`))
			got := "done"
			switch {
			case failed:
				got = "refused"
			case strings.Contains(text, `"dry_run":true`):
				got = "dry"
			}
			if got != want || (want == "done") != (len(writes(r)) == 1) {
				t.Errorf("%s, sent %v: %s", got, writes(r), text)
			}
		})
	}
}

// TestDryRunInAText has the arguments as a text, as some clients send objects: what is not
// the tool's own is found there, too.
func TestDryRunInAText(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.WithServer(func(o *server.Options) { o.Confirm = server.ConfirmAlways }))
	note := `{"incident_id":4711,"note":"x"`
	if text, failed := r.Call(t, "add_note_to_incident", note+`,"dry_run":true}`); failed || !strings.Contains(text, `"dry_run":true`) || len(writes(r)) > 0 {
		t.Errorf("sent %v: %s", writes(r), text)
	}
	token := r.Answer(t, "add_note_to_incident", note+"}")["confirm"]
	if text, failed := r.Call(t, "add_note_to_incident", fmt.Sprintf(`%s,"confirm":%q}`, note, token)); failed || len(writes(r)) != 1 {
		t.Errorf("sent %v: %s", writes(r), text)
	}
}
