package oncall_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
)

// every is every schedule of the account, of both kinds, by their ids.
func every(t *testing.T, r *rig.Rig) (ids []string) {
	t.Helper()
	for _, s := range r.Answer(t, "list_schedules", rig.Args{"limit": 100})["schedules"].([]any) {
		ids = append(ids, s.(map[string]any)["id"].(string))
	}
	if len(ids) < 20 {
		t.Fatalf("only %d schedules", len(ids))
	}
	return ids
}

// told makes a call and returns what its progress was, as "done of all".
func told(t *testing.T, r *rig.Rig, name string, arguments any) (progress []string, answer map[string]any) {
	t.Helper()
	data, err := json.Marshal(arguments)
	if err != nil {
		t.Fatal(err)
	}
	session := rig.Session(t, nil)
	session.Client = r.PD
	last := 0
	prepared, err := rig.Tool(t, name).Prepare(t.Context(), session, data, func(done, of int) {
		if progress = append(progress, fmt.Sprintf("%d of %d", done, of)); done < last || done > of {
			t.Errorf("%s: after %d it is %d of %d", name, last, done, of)
		}
		last = done
	})
	if err != nil {
		t.Fatal(err)
	}
	result, err := prepared.Run(t.Context())
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if data, err = result.JSON(); err != nil || json.Unmarshal(data, &answer) != nil {
		t.Fatalf("%s: %v %s", name, err, data)
	}
	return progress, answer
}

// TestManyAtOnce asks about every schedule there is in one call: it takes a few requests
// for each at most, and tells how far it is.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	ids := every(t, r)
	for name, arguments := range map[string]rig.Args{
		"find_coverage_gaps":      {"schedule_ids": ids},
		"list_schedule_overrides": {"schedule_ids": ids},
	} {
		r.ForgetRequests()
		_, answer := told(t, r, name, arguments)
		if sent := len(r.Requests()); sent > 3*len(ids) {
			t.Errorf("%s: %d requests for %d schedules", name, sent, len(ids))
		}
		if looked, _ := answer["looked_at"].(string); name == "find_coverage_gaps" && !strings.HasSuffix(looked, fmt.Sprintf(" %d schedules", len(ids))) {
			t.Errorf("looked at %q", looked)
		}
	}
}

// TestProgressIsTold by the tools that take long, from something to all.
func TestProgressIsTold(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for name, arguments := range map[string]rig.Args{
		"who_gets_paged":          {"service_id": r.ID("service", "Payments API")},
		"get_handoff":             {"team_id": r.ID("team", "Payments")},
		"find_coverage_gaps":      {"schedule_ids": every(t, r)},
		"find_cover":              {"schedule_id": r.ID("schedule", "Payments Primary"), "start": "+1d", "end": "+2d"},
		"get_oncall_load":         {"team_ids": r.ID("team", "Payments")},
		"list_notifications":      {"since": "7d"},
		"list_schedule_overrides": {"schedule_ids": every(t, r)},
	} {
		progress, _ := told(t, r, name, arguments)
		if n := len(progress); n < 2 {
			t.Errorf("%s tells of %v", name, progress)
		} else if done, of, _ := strings.Cut(progress[n-1], " of "); done != of {
			t.Errorf("%s ends at %s", name, progress[n-1])
		}
	}
}

// TestNextCallsCanBeMade makes every call that answers end with, as it stands there.
func TestNextCallsCanBeMade(t *testing.T) {
	t.Parallel()
	for name, arguments := range map[string]rig.Args{
		"get_handoff":        {"team_id": "Payments"},
		"find_coverage_gaps": {},
		"find_cover":         {"schedule_id": "Payments Primary", "start": "+1d", "end": "+2d"},
		"get_oncall_load":    {"team_ids": []string{"Payments", "Search", "Identity"}},
	} {
		r := rig.New(t)
		answer := r.Answer(t, name, arguments)
		calls, _ := answer["next_calls"].([]any)
		if one, ok := answer["next_call"]; ok {
			calls = append(calls, one)
		}
		if len(calls) == 0 {
			t.Errorf("%s ends with no call: %v", name, answer)
		}
		for _, c := range calls {
			next := c.(map[string]any)
			r.Answer(t, next["tool"].(string), next["arguments"])
		}
		if writes := r.Writes(); name != "find_cover" && len(writes) > 0 || name == "find_cover" && !slices.ContainsFunc(writes, func(s string) bool { return strings.HasPrefix(s, http.MethodPost) }) {
			t.Errorf("%s: sent %v", name, writes)
		}
	}
}
