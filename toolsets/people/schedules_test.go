package people_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestSchedules(t *testing.T) {
	t.Parallel()
	t.Run("an override shows in who is on call", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id, grace := r.ID("schedule", "Payments Primary"), r.ID("user", "Grace Kim")
		r.Answer(t, "create_schedule_override", rig.Args{"schedule_id": id, "overrides": rig.Args{"user_id": grace, "start": "+1h", "end": "+3h"}})
		got := r.Answer(t, "get_schedule", rig.Args{"schedule_id": id, "since": "now", "until": "+4h"})
		if shifts := got["on_call"].([]any); len(shifts) != 3 || !strings.Contains(fmt.Sprint(shifts[1]), "Grace Kim") {
			t.Errorf("%v", got["on_call"])
		}
		if !strings.Contains(fmt.Sprint(r.Answer(t, "list_schedule_users", rig.Args{"schedule_id": id, "since": "+90m", "until": "+2h"})["users"]), "Grace Kim") {
			t.Error("she is not among the users")
		}
	})
	t.Run("what became of an override is not said", func(t *testing.T) {
		t.Parallel()
		for body, want := range map[string]string{
			`[{"status":null,"override":{"start":"2026-03-02T13:00:00Z"}},{"status":201,"override":{"id":"PX"}}]`: "Created: PB from",
			`[{"status":400,"errors":["it's late"]},{"status":"odd"}]`:                                            "(PagerDuty says \"it's late\"). PagerDuty did not say whether it created: PB from",
			`[{"status":201}]`: "PagerDuty did not say whether it created: PA from 2026-03-02T13:00:00Z to 2026-03-02T15:00:00Z, PB from",
		} {
			r := rig.New(t)
			users := strings.NewReplacer("PA from", r.ID("user", "Grace Kim")+" from", "PB from", r.ID("user", "Ben Carter")+" from")
			r.Inject(sandbox.Fault{Method: http.MethodPost, Status: http.StatusCreated, Body: body})
			said := r.Refusal(t, "create_schedule_override", rig.Args{"schedule_id": "Payments Primary", "overrides": []rig.Args{
				{"user_id": "Grace Kim", "start": "+1h", "end": "+3h"}, {"user_id": "Ben Carter", "start": "+1h", "end": "+3h"},
			}})
			if !strings.Contains(said, users.Replace(want)) || !strings.Contains(said, "did not say whether") || !strings.Contains(said, "get_schedule") || len(r.Writes()) != 1 {
				t.Errorf("%s: %s", body, said)
			}
		}
	})
	t.Run("a failure among overrides is an error that tells which took", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id, grace, other := r.ID("schedule", "Payments Primary"), r.ID("user", "Grace Kim"), r.ID("user", "Ben Carter")
		said := r.Refusal(t, "create_schedule_override", rig.Args{"schedule_id": id, "overrides": []rig.Args{
			{"user_id": grace, "start": "+1h", "end": "+3h"}, {"user_id": other, "start": "2026-01-01", "end": "2026-01-02"},
		}})
		if !strings.Contains(said, "Created: "+grace+" from 2026-03-02T13:00:00Z") || !strings.Contains(said, "Not created: "+other) || !strings.Contains(said, "must end in the future") {
			t.Errorf("%s", said)
		}
		said = r.Refusal(t, "create_schedule_override", rig.Args{"schedule_id": id, "overrides": rig.Args{"user_id": grace, "start": "2026-01-01", "end": "2026-01-02"}})
		if !strings.Contains(said, "No override was created") || !strings.Contains(said, "must end in the future") {
			t.Errorf("%s", said)
		}
	})
	t.Run("the envelope that the guide shows", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Inject(sandbox.Fault{Method: http.MethodPost, Status: 201, Body: `{"overrides":[{"status":201,"override":{"id":"Q1","start":"2026-03-02T13:00:00Z","end":"2026-03-02T14:00:00Z","user":{"id":"P1"}}}]}`})
		got := r.Answer(t, "create_schedule_override", rig.Args{"schedule_id": r.ID("schedule", "Payments Primary"), "overrides": rig.Args{"user_id": r.ID("user", "Grace Kim"), "start": "+1h", "end": "+2h"}})
		if !strings.Contains(fmt.Sprint(got), "Q1") {
			t.Errorf("%v", got)
		}
	})
	t.Run("wrong times are not sent", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for name, arguments := range map[string]rig.Args{
			"create_schedule_override": {"schedule_id": "PAAAAA1", "overrides": rig.Args{"user_id": "PAAAAA1", "start": "+3h", "end": "+1h"}},
			"get_schedule":             {"schedule_id": "PAAAAA1", "since": "+3h", "until": "now"},
			"list_schedule_users":      {"schedule_id": "PAAAAA1", "since": "+3h", "until": "+2h"},
		} {
			r.Refusal(t, name, arguments)
		}
		if len(r.Requests()) > 0 {
			t.Errorf("sent %v", r.Sent())
		}
	})
	t.Run("shift-based schedules", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id := r.ID("schedule", "Support Follow-the-Sun")
		for name, arguments := range map[string]rig.Args{
			"get_schedule": {}, "list_schedule_users": {},
		} {
			arguments["schedule_id"] = id
			if said := r.Refusal(t, name, arguments); !strings.Contains(said, "shift-based") || !strings.Contains(said, "list_oncalls with schedule_ids") {
				t.Errorf("%s: %s", name, said)
			}
		}
	})
}

// TestBothKindsOfSchedules lists schedules of both kinds as one list, in pages of any
// size, and finds both by their names.
func TestBothKindsOfSchedules(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	ids := func(arguments rig.Args) (out []string, next any) {
		got := r.Answer(t, "list_schedules", arguments)
		for _, row := range got["schedules"].([]any) {
			out = append(out, row.(map[string]any)["id"].(string))
		}
		return out, got["next_offset"]
	}
	all, next := ids(rig.Args{"limit": 100})
	shiftBased := []string{r.ID("schedule", "Support Follow-the-Sun"), r.ID("schedule", "Support Weekends")}
	if next != nil || !slices.Equal(all[len(all)-2:], shiftBased) {
		t.Fatalf("%v, next %v", all, next)
	}
	for _, limit := range []int{1, 2, 7, len(all) - 2, len(all) - 1, len(all)} {
		var walked []string
		arguments := rig.Args{"limit": limit}
		for range len(all) + 1 {
			rows, next := ids(arguments)
			if walked = append(walked, rows...); len(rows) > limit {
				t.Errorf("limit %d: %d rows", limit, len(rows))
			}
			if next == nil {
				break
			}
			arguments["offset"] = next
		}
		if !slices.Equal(walked, all) {
			t.Errorf("limit %d: %v, want %v", limit, walked, all)
		}
	}
	if rows, _ := ids(rig.Args{"query": "support", "offset": 1}); !slices.Equal(rows, shiftBased[1:]) {
		t.Errorf("the second by name: %v", rows)
	}
	if got := r.Answer(t, "list_schedules", rig.Args{"offset": len(all) + 2}); got["count"] != 0.0 || !strings.Contains(fmt.Sprint(got["note"]), "The list ends before offset") {
		t.Errorf("behind the end: %v", got)
	}
	if rows, _ := ids(rig.Args{"team_ids": "Identity"}); !slices.Contains(rows, shiftBased[0]) {
		t.Errorf("of their team: %v", rows)
	}
	for _, name := range []string{"support follow-the-sun", "Weekends"} {
		if got := r.Answer(t, "list_schedule_overrides", rig.Args{"schedule_id": name}); !strings.Contains(fmt.Sprint(got["filters"]), shiftBased[0]) && !strings.Contains(fmt.Sprint(got["filters"]), shiftBased[1]) {
			t.Errorf("%s: %v", name, got["filters"])
		}
	}
	// That they can't be listed is said, and costs no other.
	r.Inject(sandbox.Fault{Path: "/v3/schedules", Status: http.StatusBadGateway, Body: "<html>"})
	if got := r.Answer(t, "list_schedules", rig.Args{"limit": 100}); got["count"] != float64(len(all)-2) || !strings.Contains(fmt.Sprint(got["note"]), "Shift-based schedules could not be listed") {
		t.Errorf("%v, %v", got["count"], got["note"])
	}
}

// TestOverridesOfShifts: in a shift-based schedule an override is made of one for
// each shift that it touches, or refused whole.
func TestOverridesOfShifts(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	create := func(schedule, user, start, end string) rig.Args {
		return rig.Args{"schedule_id": schedule, "overrides": rig.Args{"user_id": user, "start": start, "end": end}}
	}
	const sun, weekends = "Support Follow-the-Sun", "Support Weekends"
	got := r.Answer(t, "create_schedule_override", create(sun, "Ben Carter", "2026-03-04T12:00:00Z", "2026-03-04T20:00:00Z"))
	if parts := got["overrides"].([]any); len(parts) != 2 || parts[0].(map[string]any)["end"] != "2026-03-04T16:00:00Z" {
		t.Errorf("two shifts: %v", got)
	}
	on := r.Answer(t, "list_oncalls", rig.Args{"schedule_ids": sun, "since": "2026-03-04T15:59:00Z", "until": "2026-03-04T16:01:00Z"})
	if text := fmt.Sprint(on); strings.Count(text, "Ben Carter") != 2 {
		t.Errorf("%s", text)
	}
	r.ForgetRequests()
	for want, arguments := range map[string]rig.Args{
		"update_schedule_override": create(sun, "Grace Kim", "2026-03-04T10:00:00Z", "2026-03-04T13:00:00Z"),
		"no shift of somebody":     create(weekends, "Grace Kim", "2026-03-04T10:00:00Z", "2026-03-04T13:00:00Z"),
	} {
		if said := r.Refusal(t, "create_schedule_override", arguments); !strings.Contains(said, want) {
			t.Errorf("%s", said)
		}
	}
	for _, sent := range r.Writes() {
		if strings.Contains(sent, "/v3/") {
			t.Errorf("sent %s", sent)
		}
	}
	got = r.Answer(t, "create_schedule_override", create(weekends, "Grace Kim", "2026-03-07T00:00:00Z", "2026-03-07T12:00:00Z"))
	if !strings.Contains(fmt.Sprint(got["note"]), "has no shift, and an override can't make one") {
		t.Errorf("%v", got)
	}
}
