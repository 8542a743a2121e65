package doctor

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// belongs are the areas that requests belong to, by patterns of their paths; "" for
// what every key may have. The first row that fits counts.
var belongs = []struct{ pattern, area string }{
	{"/users/me", ""}, {"/abilities", ""},
	{"/incidents/types", "incident types"}, {"/incidents/types/*/custom_fields", "custom fields"}, {"/incidents/custom_fields", "custom fields"},
	{"/incidents/*/past_incidents", "similar incidents"}, {"/incidents/*/related_incidents", "similar incidents"}, {"/incidents/*/outlier_incident", "similar incidents"},
	{"/incidents/*/responder_requests", "responder requests"}, {"/incidents/*/responder_requests/cancel", "responder requests"},
	{"/incidents/*/log_entries", "log entries"}, {"/log_entries*", "log entries"}, {"/incidents", "incidents"}, {"/incidents/*", "incidents"},
	{"/services/*/change_events", "change events"}, {"/incidents/*/related_change_events", "change events"}, {"/change_events", "change events"},
	{"/service_dependencies", "services"}, {"/services", "services"}, {"/services/*", "services"},
	{"/maintenance_windows", "maintenance windows"}, {"/alert_grouping_settings", "alert grouping settings"}, {"/event_orchestrations", "event orchestrations"},
	{"/priorities", "priorities"}, {"/users", "users"}, {"/teams", "teams"}, {"/escalation_policies", "escalation policies"},
	{"/v3/schedules", "schedules"}, {"/schedules", "schedules"}, {"/oncalls", "on-calls"}, {"/notifications", "notifications"},
}

// areaOf is the area that a request's path belongs to.
func areaOf(requested string) (area string, known bool) {
	for _, row := range belongs {
		if fits, _ := path.Match(row.pattern, requested); fits {
			return row.area, true
		}
	}
	for _, row := range belongs {
		if strings.HasPrefix(requested, row.pattern+"/") {
			return row.area, true
		}
	}
	return "", false
}

// TestTouches holds that touches.json has what the tools ask for, by their example
// calls; -update writes it anew.
func TestTouches(t *testing.T) {
	t.Parallel()
	var (
		mu  sync.Mutex
		got = map[string][]string{}
	)
	t.Run("tools", func(t *testing.T) {
		t.Parallel()
		rig.EachTool(t, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
			r := rig.New(t)
			for _, example := range examples {
				r.Call(t, made.Name(), r.Fill(t, example))
			}
			for _, request := range r.Sent() {
				_, requested, _ := strings.Cut(request, " ")
				area, known := areaOf(requested)
				if !known {
					t.Errorf("%s asks for %s, which belongs to no area", made.Name(), requested)
				}
				mu.Lock()
				if area != "" && !slices.Contains(got[area], made.Name()) {
					got[area] = append(got[area], made.Name())
				}
				mu.Unlock()
			}
		})
	})
	t.Cleanup(func() { // when all tools have been called
		for _, tools := range got {
			slices.Sort(tools)
		}
		text, err := json.MarshalIndent(got, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, '\n')
		if flag.Lookup("update").Value.String() == "true" {
			if err := os.WriteFile("touches.json", text, 0o600); err != nil {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(text, touches) {
			t.Errorf("touches.json is not what the tools ask for; run: go test ./cli/doctor -update\n%s", text)
		}
		for _, area := range pdapi.Areas() {
			if len(got[area.Name]) == 0 {
				t.Errorf("no tool works with %s, so nobody needs to know whether it is allowed", area.Name)
			}
		}
	})
}
