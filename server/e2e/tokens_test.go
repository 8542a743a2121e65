package e2e

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"fmt"

	"github.com/tiktoken-go/tokenizer"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var o200k = sync.OnceValues(func() (tokenizer.Codec, error) { return tokenizer.Get(tokenizer.O200kBase) })

// tokens counts the o200k tokens of a text.
func tokens(t *testing.T, text string) int {
	t.Helper()
	codec, err := o200k()
	if err != nil {
		t.Fatal(err)
	}
	n, err := codec.Count(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// definition is what a model reads of a tool: name, description, arguments.
func definition(t *testing.T, definition tool.Tool) string {
	t.Helper()
	data, err := json.Marshal(struct {
		Name        string          `json:"name"`
		Description string          `json:"description"`
		InputSchema json.RawMessage `json:"input_schema"`
	}{definition.Name(), definition.Description(), definition.Schema()})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// limits are the most tokens that a toolset's definitions may cost, writes
// included.
var limits = map[string]int{"incidents": 1400, "response": 1560, "services": 850, "people": 2100, "aiops": 1900, "oncall": 1000}

func TestDefinitionsAreCheap(t *testing.T) {
	t.Parallel()
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer func() { _ = table.Flush() }()
	all, readOnly, everything, night := 0, 0, 0, 0
	first := []string{"incidents", "services", "people", "aiops"}
	for _, set := range toolsets.All() {
		sum := 0
		for _, definitionOf := range set.Tools {
			n := tokens(t, definition(t, definitionOf))
			sum += n
			if definitionOf.Access().ReadOnly() && slices.Contains(first, set.Name) {
				readOnly += n
			}
			_, _ = fmt.Fprintf(table, "definition\t%s\t%s\t%d\n", set.Name, definitionOf.Name(), n)
		}
		everything += sum
		if slices.Contains([]string{"incidents", "response", "oncall"}, set.Name) {
			night += sum
		}
		if slices.Contains(first, set.Name) {
			all += sum
		}
		_, _ = fmt.Fprintf(table, "definitions\t%s\t\t%d\tof %d\n", set.Name, sum, limits[set.Name])
		if sum > limits[set.Name] {
			t.Errorf("the definitions of %s cost %d tokens, not %d at most", set.Name, sum, limits[set.Name])
		}
		for _, text := range []string{set.Instructions + " " + set.WriteInstructions} {
			if n := tokens(t, text); n > 150 {
				t.Errorf("the instructions of %s cost %d tokens, not 150 at most", set.Name, n)
			}
		}
	}
	if all > 5500 || readOnly > 3000 {
		t.Errorf("the definitions of the first four sets cost %d tokens, the read-only ones %d, not 5500 and 3000 at most", all, readOnly)
	}
	if night > 3900 {
		t.Errorf("the definitions for somebody on call, incidents, response and oncall, cost %d tokens, not 3,900 at most", night)
	}
	if everything > 13_000 {
		t.Errorf("all definitions cost %d tokens, not 13,000 at most", everything)
	}
	_, _ = fmt.Fprintf(table, "definitions\tread-only\t\t%d\tof 3000\n", readOnly)
	_, _ = fmt.Fprintf(table, "definitions\tfirst four\t\t%d\tof 5500\n", all)
	_, _ = fmt.Fprintf(table, "definitions\tall\t\t%d\tof 13000\n", everything)
}

// TestInstructionsAreCheap holds what the instructions of all toolsets cost, with the time
// as it is said before the user's zone is known, and afterwards.
func TestInstructionsAreCheap(t *testing.T) {
	t.Parallel()
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, zone := range []*time.Location{nil, newYork} {
		r := rig.New(t, rig.WithServer(func(o *server.Options) { o.TimeZone = zone }))
		n := tokens(t, r.Instructions)
		fmt.Printf("instructions  all, zone %v  %d of 500\n", zone, n)
		if n > 500 {
			t.Errorf("the instructions cost %d tokens, not 500 at most:\n%s", n, r.Instructions)
		}
	}
}

// TestRecordsAreCheap holds what 25 records of a list cost, counted from as many
// as the account has.
func TestRecordsAreCheap(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for name, arguments := range map[string]map[string]any{
		"list_services":            nil,
		"list_users":               nil,
		"list_teams":               nil,
		"list_schedules":           nil,
		"list_escalation_policies": nil,
		"list_oncalls":             {"time_zone": "America/New_York"},
	} {
		text, isError := r.Call(t, name, arguments)
		var answer map[string]json.RawMessage
		var records []json.RawMessage
		if err := json.Unmarshal([]byte(text), &answer); isError || err != nil {
			t.Fatalf("%s: %s", name, text)
		}
		for _, part := range answer {
			_ = json.Unmarshal(part, &records) // only the records are a list
		}
		n := tokens(t, text) * 25 / len(records)
		fmt.Printf("answer  %s, 25 records (of %d counted)  %d of 3000\n", name, len(records), n)
		if n > 3000 {
			t.Errorf("25 records of %s cost %d tokens, not 3000 at most", name, n)
		}
	}
}

func TestAnswersAreCheap(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	r.Grow(1000)
	for _, c := range []struct {
		name      string
		arguments map[string]any
		most      int
	}{
		{"list_incidents", nil, 3500},
		{"list_incidents", map[string]any{"status": []string{"triggered", "acknowledged"}}, 3500},
		{"list_incidents", map[string]any{"limit": 1000, "date_range": "all"}, 120_000},
		{"list_incidents", map[string]any{"count_by": "service", "period": "last month"}, 500},
		{"list_incidents", map[string]any{"count_by": "day", "period": "last month"}, 500},
		{"list_incidents", map[string]any{"count_by": []string{"team", "urgency"}, "period": "last month"}, 500},
		{"get_handoff", map[string]any{"team_id": r.ID("team", "Payments"), "since": "2026-01-02T00:00:00Z"}, 3000},
		{"who_gets_paged", map[string]any{"service_id": r.ID("service", "Payments API")}, 1000},
		{"find_coverage_gaps", nil, 3000},
		{"get_event_orchestration_router", map[string]any{"orchestration_id": r.ID("orchestration", "Legacy Events")}, 10_000},
		{"get_event_orchestration_global", map[string]any{"orchestration_id": r.ID("orchestration", "Legacy Events"), "limit": 1000}, 10_000},
		{"triage_incident", map[string]any{"incident_id": 4711}, 2500},
		{"get_incident_timeline", map[string]any{"incident_id": 4711}, 10_000},
		{"list_alerts_from_incident", map[string]any{"incident_id": 4711}, 10_000},
		{"list_log_entries", nil, 10_000},
		{"list_change_events", nil, 10_000},
	} {
		text, isError := r.Call(t, c.name, c.arguments)
		if isError {
			t.Errorf("%s %v: %s", c.name, c.arguments, text)
		}
		n := tokens(t, text)
		fmt.Printf("answer  %s %v  %d of %d\n", c.name, c.arguments, n, c.most)
		if n > c.most {
			t.Errorf("%s %v costs %d tokens, not %d at most", c.name, c.arguments, n, c.most)
		}
	}
}

// TestBriefsStayShort gives an incident everything in plenty: notes, alerts and open
// incidents around it.
func TestBriefsStayShort(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for n := range 12 {
		for tool, arguments := range map[string]map[string]any{
			"add_note_to_incident": {"incident_id": 4711, "note": strings.Repeat("Still looking into it, 日本. ", 200)},
			"create_incident":      {"title": fmt.Sprint(n, strings.Repeat(" orders are stuck", 40)), "service_id": r.ID("service", "Payments API")},
		} {
			if text, isError := r.Call(t, tool, arguments); isError {
				t.Fatal(text)
			}
		}
	}
	text, isError := r.Call(t, "triage_incident", map[string]any{"incident_id": 4711})
	if n := tokens(t, text); isError || n > 4000 {
		t.Errorf("%d tokens, not 4000 at most: %s", n, text)
	} else {
		fmt.Printf("answer  triage_incident in plenty  %d of 4000\n", n)
	}
}
