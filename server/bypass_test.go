package server_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// TestNoWayRound has every write tool's examples under a server that holds all changes:
// by its name and by its aliases, in a wrapper, and with words for a token. Nothing that
// changes PagerDuty goes out.
func TestNoWayRound(t *testing.T) {
	t.Parallel()
	rig.EachTool(t, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
		if made.Access().ReadOnly() {
			t.Skip("it only reads")
		}
		r := rig.New(t, rig.WithServer(func(o *server.Options) { o.Confirm = server.ConfirmAlways }))
		names := []string{made.Name()}
		for _, alias := range made.Aliases() {
			names = append(names, alias.Name)
		}
		for _, name := range names {
			for _, example := range examples {
				var plain map[string]any
				if err := json.Unmarshal(r.Fill(t, example), &plain); err != nil {
					t.Fatal(err)
				}
				for _, add := range []map[string]any{{}, {"confirm": "yes"}, {"confirm": true}, {"Confirm": strings.Repeat("A", 30)}, {"confirmed": true}, {"dry_run": "no"}} {
					arguments := rig.Args{}
					for k, v := range plain {
						arguments[k] = v
					}
					for k, v := range add {
						arguments[k] = v
					}
					r.Call(t, name, arguments)
				}
				r.Call(t, name, rig.Args{"request": plain, "confirm": "yes"})
			}
		}
		if sent := writes(r); len(sent) > 0 {
			t.Errorf("sent %v", sent)
		}
	})
}
