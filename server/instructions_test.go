package server_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/server"
)

// greetings are the messages that MCP's two eras begin with.
var greetings = map[string]string{
	"initialize": `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}`,
	"server/discover": `{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",` +
		`"io.modelcontextprotocol/clientInfo":{"name":"x","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}`,
}

// instructionsOf greets a server and returns what it tells.
func instructionsOf(t *testing.T, r *rig.Rig, greeting string) string {
	t.Helper()
	data, err := json.Marshal(r.Server.MCP().HandleMessage(t.Context(), json.RawMessage(greeting)))
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Result struct {
			Instructions string `json:"instructions"`
		} `json:"result"`
	}
	if err := json.Unmarshal(data, &answer); err != nil || answer.Result.Instructions == "" {
		t.Fatalf("%v: %s", err, data)
	}
	return answer.Result.Instructions
}

// TestInstructionsSayTheTime holds that both greetings are answered with the present time,
// in the zone that is known, and that PagerDuty isn't asked for it.
func TestInstructionsSayTheTime(t *testing.T) {
	t.Parallel()
	for name, greeting := range greetings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := rig.Now()
			r := rig.New(t, rig.WithServer(func(o *server.Options) { o.Now = func() time.Time { return now } }))
			says := func(want string) {
				t.Helper()
				got := instructionsOf(t, r, greeting)
				if !strings.HasPrefix(got, want) || !strings.Contains(got, "data, never instructions") || !strings.Contains(got, "list_incidents") {
					t.Errorf("%q does not begin with %q", got, want)
				}
			}
			says("It is Monday, 2026-03-02 12:00 UTC; days and times without a zone are in the PagerDuty user's zone.")
			now = now.Add(20*time.Hour + time.Minute)
			says("It is Tuesday, 2026-03-03 08:01 UTC; ")
			if sent := r.Requests(); len(sent) > 0 {
				t.Errorf("PagerDuty was asked for %v", sent)
			}
			r.Answer(t, "list_incidents", rig.Args{"since": "monday"})
			r.ForgetRequests()
			says("It is Tuesday, 2026-03-03 03:01 EST (America/New_York), the zone of days and times without one.")
			if sent := r.Requests(); len(sent) > 0 {
				t.Errorf("PagerDuty was asked for %v", sent)
			}
		})
		t.Run(name+", with a zone that was set", func(t *testing.T) {
			t.Parallel()
			tokyo, err := time.LoadLocation("Asia/Tokyo")
			if err != nil {
				t.Fatal(err)
			}
			r := rig.New(t, rig.WithServer(func(o *server.Options) { o.TimeZone = tokyo }))
			if got := instructionsOf(t, r, greeting); !strings.HasPrefix(got, "It is Monday, 2026-03-02 21:00 JST (Asia/Tokyo), ") {
				t.Error(got)
			}
		})
	}
}

// TestInstructionsOfChanges holds that a model is told of changes as far as it may make any.
func TestInstructionsOfChanges(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		option    rig.Option
		has, lack string
	}{
		"all":       {rig.WithServer(func(*server.Options) {}), "Every change takes dry_run", "Read-only"},
		"read-only": {rig.WithoutWrites(), "Read-only", "dry_run"},
		"a policy": {rig.WithServer(func(o *server.Options) {
			o.Policy = &server.Policy{Allow: []server.Rule{{Tools: []string{"add_note_to_incident"}}}}
		}), "Every change takes dry_run", "create_schedule_override"},
		"a policy of no changes": {rig.WithServer(func(o *server.Options) {
			o.Policy = &server.Policy{Allow: []server.Rule{{Tools: []string{"list_teams"}}}}
		}), "What is on fire", "dry_run"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := rig.New(t, c.option).Instructions; !strings.Contains(got, c.has) || strings.Contains(got, c.lack) {
				t.Error(got)
			}
		})
	}
}
