package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// TestWritesPerMinute holds how many changes a minute go out: thirty, of which ten page
// people, unless the server is told otherwise. Each refusal says why and when to go on.
func TestWritesPerMinute(t *testing.T) {
	t.Parallel()
	note := func(n int) (string, rig.Args) {
		return "add_note_to_incident", rig.Args{"incident_id": 4711, "note": fmt.Sprint("note ", n)}
	}
	page := func(n int) (string, rig.Args) {
		return "create_incident", rig.Args{"title": fmt.Sprint("page ", n), "service_id": "Search API"}
	}
	escalate := func(n int) (string, rig.Args) {
		return "manage_incidents", rig.Args{"incident_ids": []any{4711}, "escalation_level": n%2 + 1}
	}
	acknowledge := func(int) (string, rig.Args) {
		return "manage_incidents", rig.Args{"incident_ids": []any{4711}, "status": "acknowledged"}
	}
	misname := func(int) (string, rig.Args) {
		return "set_incident_fields", rig.Args{"incident_id": 4711, "fields": []any{map[string]any{"name": "no such field", "values": []any{"x"}}}}
	}
	again := func(int) (string, rig.Args) {
		return "add_responders", rig.Args{"incident_id": 4711, "user_ids": []any{"Ana Souza"}}
	}
	rehearse := func(n int) (string, rig.Args) {
		name, arguments := page(n)
		arguments["dry_run"] = true
		return name, arguments
	}
	for name, c := range map[string]struct {
		rate int // of the server's options
		call func(n int) (string, rig.Args)
		most int // how many go out
		why  string
	}{
		"notes":            {0, note, 30, "at most 30 changes a minute"},
		"pages":            {0, page, 10, "at most 10 changes that page people or decide who is paged a minute"},
		"escalations":      {0, escalate, 10, "at most 10 changes that page people"},
		"acknowledgements": {0, acknowledge, 30, "at most 30 changes a minute"},
		"rehearsals":       {0, rehearse, 40, ""},
		"refused":          {3, misname, 0, "there is no field"},
		"nothing sent":     {3, again, 40, ""},
		"few":              {3, note, 3, "at most 3 changes a minute"},
		"few pages":        {3, page, 3, "at most 3 changes"},
		"no bound":         {-1, note, 40, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := rig.Now()
			r := rig.New(t, rig.WithServer(func(o *server.Options) {
				o.WritesPerMinute, o.Now = c.rate, func() time.Time { return now }
			}))
			done := 0
			for n := range 40 {
				tool, arguments := c.call(n)
				text, failed := r.Call(t, tool, arguments)
				switch {
				case !failed:
					done++
				case c.why == "" || !strings.Contains(text, c.why) || c.most > 0 && !strings.Contains(text, "try again in 1m0s") || !strings.Contains(text, "othing was done"):
					t.Fatalf("call %d: %s", n, text)
				}
			}
			if done != c.most {
				t.Errorf("%d went out, want %d", done, c.most)
			}
			now = now.Add(61 * time.Second)
			tool, arguments := c.call(99)
			if text, failed := r.Call(t, tool, arguments); failed && c.most > 0 {
				t.Errorf("a minute later: %s", text)
			}
		})
	}
}

// TestNobodyIsAskedInVain holds that a person is not asked about a change that could not be
// made anyway.
func TestNobodyIsAskedInVain(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.WithServer(func(o *server.Options) { o.Confirm, o.WritesPerMinute = server.ConfirmRisky, 1 }))
	r.Answer(t, "create_team", rig.Args{"name": "x"})
	if said := r.Refusal(t, "delete_team", rig.Args{"team_id": "x"}); !strings.Contains(said, "at most 1 changes a minute") {
		t.Errorf("%s", said)
	}
}

// TestLongListsCostNoLookUps gives each argument of each tool 10,000 names. No call asks
// PagerDuty more than a few things.
func TestLongListsCostNoLookUps(t *testing.T) {
	t.Parallel()
	names := make([]string, 10_000)
	for i := range names {
		names[i] = fmt.Sprintf("Name %d", i)
	}
	rig.EachTool(t, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
		r := rig.New(t)
		var example map[string]any
		if err := json.Unmarshal(r.Fill(t, examples[0]), &example); err != nil {
			t.Fatal(err)
		}
		var schema struct {
			Properties map[string]struct{ Type string }
		}
		if err := json.Unmarshal(made.Schema(), &schema); err != nil {
			t.Fatal(err)
		}
		for argument, property := range schema.Properties {
			if property.Type != "array" {
				continue
			}
			arguments := rig.Args{argument: names}
			for k, v := range example {
				if k != argument {
					arguments[k] = v
				}
			}
			r.ForgetRequests()
			text, failed := r.Call(t, made.Name(), arguments)
			if sent := len(r.Sent()); sent > 20 || !failed || len(text) > 5000 || len(writes(r)) > 0 {
				t.Errorf("%s: %d requests, failed %v: %.300s", argument, sent, failed, text)
			}
		}
	})
}

// TestDeepArguments holds that arguments nested without end are refused by every tool that
// changes something, with the reason.
func TestDeepArguments(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"a":[`, 50_000) + strings.Repeat(`]}`, 50_000)
	rig.EachTool(t, func(t *testing.T, made tool.Tool, _ []json.RawMessage) {
		if strings.Contains(string(made.Schema()), `"properties":{}`) {
			t.Skip("it looks at no arguments")
		}
		r := rig.New(t)
		for _, arguments := range []string{`{"x":` + deep + `}`, `{"dry_run":` + deep + `}`, `{"confirm":` + deep + `}`, `{"request":` + deep + `,"dry_run":true}`} {
			_, err := r.Server.Call(t.Context(), made.Name(), json.RawMessage(arguments))
			if err == nil || !strings.Contains(server.Explain(err), "nested more than") || len(r.Sent()) > 0 {
				t.Errorf("%.30s: sent %v: %v", arguments, r.Sent(), err)
			}
		}
	})
}
