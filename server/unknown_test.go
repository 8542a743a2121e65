package server_test

import (
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// TestUnknownTool calls tools that are not served. The model is told which there
// are, or who can start the server so that the tool is there.
func TestUnknownTool(t *testing.T) {
	t.Parallel()
	all := toolsets.All()
	incidents := all[:1]
	narrowed := tool.Set{Name: all[0].Name, Tools: all[0].Tools[:2]}
	for name, c := range map[string]struct {
		sets     []tool.Set
		write    bool
		nothing  bool // is known of other toolsets
		call     string
		want     []string
		unwanted []string
	}{
		"a misspelled one":          {sets: incidents, call: "list_incident", want: []string{`no tool "list_incident"`, "Did you mean list_incidents?", "get_incident, "}, unwanted: []string{"create_incident", "get_service"}},
		"another case":              {sets: incidents, call: "List-Incidents", want: []string{"Did you mean list_incidents?"}},
		"with a client's prefix":    {sets: incidents, call: "mcp__pagerduty__get_incident", want: []string{"Did you mean get_incident?"}},
		"nothing like it":           {sets: incidents, write: true, call: "reboot", want: []string{`no tool "reboot"`, "create_incident"}, unwanted: []string{"Did you mean"}},
		"no name":                   {sets: incidents, call: "", want: []string{`no tool ""`, "list_incidents"}, unwanted: []string{"Did you mean"}},
		"another toolset's":         {sets: incidents, call: "list_oncalls", want: []string{"list_oncalls", "toolset people", "pagerduty-mcp incidents people."}, unwanted: []string{"--enable-write-tools", "list_incidents"}},
		"another toolset's write":   {sets: incidents, call: "create_team", want: []string{"pagerduty-mcp incidents people --enable-write-tools."}},
		"the same, with writes":     {sets: incidents, write: true, call: "create_team", want: []string{"pagerduty-mcp incidents people."}, unwanted: []string{"--enable-write-tools"}},
		"a write":                   {sets: incidents, call: "create_incident", want: []string{"create_incident", "changes PagerDuty", "read-only", "--enable-write-tools"}, unwanted: []string{"toolset"}},
		"one that was left out":     {sets: []tool.Set{narrowed}, call: "get_past_incidents", want: []string{"--tools", "--exclude-tools"}, unwanted: []string{"--enable-write-tools"}},
		"a write, left out":         {sets: []tool.Set{narrowed}, call: "add_responders", want: []string{"--exclude-tools", "--enable-write-tools"}},
		"no other toolset is known": {sets: incidents, nothing: true, call: "list_oncalls", want: []string{`no tool "list_oncalls"`, "list_incidents"}},
		"the tool behind this":      {sets: incidents, call: "unknown tool", want: []string{`no tool "unknown tool"`, "list_incidents"}},
		"hidden characters, quotes": {sets: incidents, call: "a\"\u202e\nb", want: []string{`no tool "a\" b"`}},
		"very long":                 {sets: incidents, call: strings.Repeat("list_incidents", 100000), want: []string{"Nothing was done"}, unwanted: []string{strings.Repeat("list_incidents", 10)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t, rig.WithServer(func(o *server.Options) {
				o.Sets, o.EnableWrite = c.sets, c.write
				if c.nothing {
					o.Elsewhere = nil
				}
			}))
			text, isError := r.Call(t, c.call, rig.Args{"incident_id": "4711"})
			if !isError || !strings.Contains(text, "Nothing was done") {
				t.Errorf("isError %v: %s", isError, text)
			}
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("it does not say %q: %s", want, text)
				}
			}
			for _, unwanted := range c.unwanted {
				if strings.Contains(text, unwanted) {
					t.Errorf("it says %q: %.500s", unwanted, text)
				}
			}
			if n := len(r.Requests()); n > 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}

// TestUnknownToolIsNotListed looks for the tool that answers for unknown ones.
func TestUnknownToolIsNotListed(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for range 2 {
		list, err := r.Client.ListTools(t.Context(), mcp.ListToolsRequest{})
		if err != nil || len(list.Tools) != len(rig.Tools()) {
			t.Errorf("%d tools are listed, want %d; %v", len(list.Tools), len(rig.Tools()), err)
		}
	}
}
