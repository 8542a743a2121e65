package tool_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// TestReferencesThatNeedNoLookUp holds what is read as an id without asking, and what
// is refused without asking.
func TestReferencesThatNeedNoLookUp(t *testing.T) {
	t.Parallel()
	const uuid = "dea50e98-506b-4ab2-9e8c-ceecfce5f9c0"
	for what, c := range map[string]struct {
		argument string
		given    any
		want     string // the id, or a part of what is said, beginning with a blank
	}{
		"a number":                    {"incident_id", 4711, "4711"},
		"a number with a sign":        {"incident_id", "#4711", "4711"},
		"a number with a word":        {"incident_id", "INC-4711", "4711"},
		"a number with a long word":   {"incident_id", "incident 4711", "4711"},
		"a number in quotation marks": {"incident_id", `"4711"`, "4711"},
		"an incident's id":            {"incident_id", "QABCDEFGHIJ123", "QABCDEFGHIJ123"},
		"in small letters":            {"incident_id", "qabcdefghij123", "QABCDEFGHIJ123"},
		"an incident's URL":           {"incident_id", "https://acme.pagerduty.com/incidents/QABCDEFGHIJ123", "QABCDEFGHIJ123"},
		"of the EU":                   {"incident_id", "https://acme.eu.pagerduty.com/incidents/QABCDEFGHIJ123?utm=1", "QABCDEFGHIJ123"},
		"of the API":                  {"incident_id", "https://api.pagerduty.com/incidents/QABCDEFGHIJ123", "QABCDEFGHIJ123"},
		"in capitals":                 {"incident_id", "https://ACME.PagerDuty.COM/incidents/QABCDEFGHIJ123", "QABCDEFGHIJ123"},
		"a reference":                 {"incident_id", map[string]any{"id": "QABCDEFGHIJ123", "type": "incident_reference"}, "QABCDEFGHIJ123"},
		"an orchestration's URL":      {"orchestration_id", "https://acme.pagerduty.com/event-orchestration/" + uuid, uuid},
		"a schedule's old URL":        {"schedule_id", "https://acme.pagerduty.com/schedules#PABC123", "PABC123"},
		"another kind's URL":          {"service_id", "https://acme.pagerduty.com/users/PABC123", " is not the URL of a service"},
		"another host's URL":          {"service_id", "https://pagerduty.com.evil.example/services/PABC123", " is not a URL of PagerDuty"},
		"another host with a user":    {"service_id", "https://acme.pagerduty.com@evil.example/services/PABC123", " is not a URL of PagerDuty"},
		"a host that ends alike":      {"service_id", "https://evilpagerduty.com/services/PABC123", " is not a URL of PagerDuty"},
		"a URL with a path for an id": {"service_id", "https://acme.pagerduty.com/services/..%2Fusers", " is not the URL of a service"},
		"a URL without an id":         {"service_id", "https://acme.pagerduty.com/services", " is not the URL of a service"},
		"a URL that is none":          {"service_id", "https://[::1", " is not a URL of PagerDuty"},
		"text for an incident":        {"incident_id", "the big one", " is not an incident; give its number (4711), its id, or its URL"},
		"a number with a fraction":    {"incident_id", 4711.5, " is not an incident"},
		"nothing in quotation marks":  {"service_id", `""`, " is not a service"},
		"a yes":                       {"service_id", true, " is not a string"},
		"a list":                      {"service_id", []string{"a", "b"}, " is not a string"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			in, problem := decodeReference(t, rig.Args{c.argument: c.given})
			if said, isProblem := strings.CutPrefix(c.want, " "); isProblem {
				if !strings.Contains(problem, said) || !strings.HasPrefix(problem, c.argument+": ") {
					t.Errorf("%q, want %q", problem, said)
				}
				return
			}
			if problem != "" || in[c.argument] != c.want {
				t.Errorf("%v %s, want %s", in, problem, c.want)
			}
		})
	}
}

// decodeReference calls a tool that reaches nothing with an argument that refers to
// something, and returns what the tool was called with, or what was wrong.
func decodeReference(t *testing.T, arguments rig.Args) (in map[string]any, problem string) {
	t.Helper()
	type references struct {
		Incident      tool.IncidentID      `json:"incident_id,omitzero"`
		Service       tool.ServiceID       `json:"service_id,omitzero"`
		Schedule      tool.ScheduleID      `json:"schedule_id,omitzero"`
		Orchestration tool.OrchestrationID `json:"orchestration_id,omitzero"`
	}
	echo := tool.Read("echo", "", "", func(_ context.Context, _ tool.Reading, in references) (references, error) { return in, nil })
	given, err := json.Marshal(arguments)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := echo.Call(t.Context(), &tool.Session{Client: offline(t)}, given)
	var wrong *tool.ArgumentError
	switch {
	case errors.As(err, &wrong):
		return nil, strings.Join(wrong.Problems, "\n")
	case err != nil:
		t.Fatal(err)
	}
	if err := json.Unmarshal(answer, &in); err != nil {
		t.Fatal(err)
	}
	return in, ""
}
