package toolsets_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
)

// TestRangesAreWhatWasMeant gives every tool that takes since and until two days, and a
// range that has fractions of seconds: the second day counts to its end, no part of a
// second is cut off, and the answer says what was searched.
func TestRangesAreWhatWasMeant(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	tools, err := r.Client.ListTools(t.Context(), mcp.ListToolsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	ahead := []string{"find_coverage_gaps", "get_schedule", "list_oncalls", "list_schedule_users", "list_schedule_overrides"}
	more := map[string]rig.Args{
		"get_schedule": {"schedule_id": "Payments Primary"}, "list_schedule_users": {"schedule_id": "Payments Primary"},
		"list_schedule_overrides": {"schedule_id": "Payments Secondary"},
	}
	tried := 0
	for _, tool := range tools.Tools {
		if properties := tool.InputSchema.Properties; properties["since"] == nil || properties["until"] == nil {
			continue
		}
		tried++
		for _, c := range []struct{ since, until, begins, ends string }{
			{"M-16", "M-22", "M-16T00:00:00-05:00|M-16T05:00:00Z|M-16T00:00:00-04:00|M-16T04:00:00Z", "M-23T00:00:00-05:00|M-23T05:00:00Z|M-23T00:00:00-04:00|M-23T04:00:00Z"},
			{"M-16T10:00:00.9Z", "M-22T10:00:00.1Z", "M-16T10:00:00Z", "M-22T10:00:01Z"},
			{"M-16T10:00:00.9+0100", "M-22T10:00:00.1+01", "M-16T09:00:00Z", "M-22T09:00:01Z"},
		} {
			month := "2026-02"
			if slices.Contains(ahead, tool.Name) {
				month = "2026-03"
			}
			of := func(text string) []string { return strings.Split(strings.ReplaceAll(text, "M", month), "|") }
			has := func(text string, any []string) bool {
				return slices.ContainsFunc(any, func(s string) bool { return strings.Contains(text, s) })
			}
			arguments := rig.Args{"since": of(c.since)[0], "until": of(c.until)[0]}
			for name, value := range more[tool.Name] {
				arguments[name] = value
			}
			r.ForgetRequests()
			got := r.Answer(t, tool.Name, arguments)
			said := fmt.Sprint(got["window"], got["when"])
			if !has(said, of(c.begins)) || !has(said, of(c.ends)) {
				t.Errorf("%s %v: the answer's window is %s", tool.Name, arguments, said)
			}
			since, until := "", "" // of all that was asked
			for _, sent := range r.Requests() {
				u, err := url.Parse(sent.Path)
				if err != nil {
					t.Fatal(err)
				}
				q := u.Query()
				if s := q.Get("since"); s != "" && (since == "" || s < since) {
					since = s
				}
				until = max(until, q.Get("until"))
			}
			if !slices.ContainsFunc(of(c.begins), func(at string) bool { return since <= at }) || until < slices.Min(of(c.ends)) {
				t.Errorf("%s %v: PagerDuty was asked from %s to %s", tool.Name, arguments, since, until)
			}
		}
	}
	if tried < 10 {
		t.Errorf("%d tools were tried", tried)
	}
}

// TestBothEndsAreSent gives the tools that look back only a beginning: what PagerDuty
// is asked for ends now, wherever it would end by itself. A beginning that is still to
// come is refused.
func TestBothEndsAreSent(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for tool, path := range map[string]string{
		"list_incidents": "/incidents?", "list_log_entries": "/log_entries?", "list_change_events": "/change_events?", "list_notifications": "/notifications?",
	} {
		r.ForgetRequests()
		got := r.Answer(t, tool, rig.Args{"since": "80d", "limit": 1})
		if window := fmt.Sprint(got["window"]); !strings.HasPrefix(window, "2025-12-12T12:00:00Z to 2026-03-02T12:00:00Z") {
			t.Errorf("%s: the window is %s", tool, window)
		}
		sent := r.Requests()[0]
		u, err := url.Parse(sent.Path)
		if err != nil {
			t.Fatal(err)
		}
		if q := u.Query(); !strings.HasPrefix(sent.Path, path) || q.Get("since") != "2025-12-12T12:00:00Z" || q.Get("until") < "2026-03-02T12:00:00Z" {
			t.Errorf("%s sent %s", tool, sent.Path)
		}
	}
	r.ForgetRequests()
	for tool, arguments := range map[string]rig.Args{
		"list_incidents": {}, "list_log_entries": {}, "list_change_events": {}, "list_notifications": {}, "get_oncall_load": {},
		"get_incident_timeline": {"incident_id": 4711}, "get_outlier_incident": {"incident_id": 4711},
	} {
		arguments["since"] = "+3h"
		if said := r.Refusal(t, tool, arguments); !strings.Contains(said, "since: 2026-03-02 15:00 UTC is not before") {
			t.Errorf("%s: %s", tool, said)
		}
	}
	if len(r.Requests()) > 0 {
		t.Errorf("sent %v", r.Sent())
	}
}
