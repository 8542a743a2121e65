package oncall_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// object goes down a path of members.
func object(t *testing.T, in map[string]any, path ...string) map[string]any {
	t.Helper()
	for _, name := range path {
		next, ok := in[name].(map[string]any)
		if !ok {
			t.Fatalf("there is no %s in %v", name, in)
		}
		in = next
	}
	return in
}

// TestCoverCanBeTaken makes the call that find_cover ends with, for schedules of both
// kinds: then that person has the shift, and find_cover doesn't name them again.
func TestCoverCanBeTaken(t *testing.T) {
	t.Parallel()
	for schedule, shift := range map[string][2]string{
		"Payments Primary":       {"2026-03-04T08:00:00Z", "2026-03-04T18:00:00Z"},
		"Support Follow-the-Sun": {"2026-03-05T16:00:00Z", "2026-03-06T00:00:00Z"},
	} {
		r := rig.New(t)
		arguments := rig.Args{"schedule_id": schedule, "start": shift[0], "end": shift[1]}
		before := r.Answer(t, "find_cover", arguments)
		call := object(t, before, "next_call")
		taker := before["candidates"].([]any)[0].(map[string]any)["id"]
		r.Answer(t, call["tool"].(string), call["arguments"])
		after := r.Answer(t, "find_cover", arguments)
		holders := after["has_it_now"].([]any)
		if len(holders) != 1 || object(t, holders[0].(map[string]any), "user")["id"] != taker {
			t.Errorf("%s: %v took it, %v has it", schedule, taker, holders)
		}
		for _, c := range after["candidates"].([]any) {
			if c.(map[string]any)["id"] == taker {
				t.Errorf("%s: who has the shift could take it", schedule)
			}
		}
		// And it can be taken back.
		listed := r.Answer(t, "list_schedule_overrides", rig.Args{"schedule_ids": schedule, "since": shift[0], "until": shift[1]})
		id := listed["overrides"].([]any)[0].(map[string]any)["id"]
		r.Answer(t, "delete_schedule_override", rig.Args{"schedule_id": schedule, "override_id": id})
		again := r.Answer(t, "find_cover", arguments)
		if fmt.Sprint(again["has_it_now"]) != fmt.Sprint(before["has_it_now"]) {
			t.Errorf("%s: %v has it, %v had it", schedule, again["has_it_now"], before["has_it_now"])
		}
	}
}

// TestCoverIsFree: nobody who is named is on call by a schedule in the shift.
func TestCoverIsFree(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for _, team := range []string{"Payments", "Checkout", "Search", "Data", "Identity"} {
		got := r.Answer(t, "find_cover", rig.Args{"schedule_id": team + " Primary", "start": "2026-03-11T00:00:00Z", "end": "2026-03-12T00:00:00Z"})
		for _, c := range got["candidates"].([]any) {
			id := c.(map[string]any)["id"]
			for _, o := range r.Answer(t, "list_oncalls", rig.Args{"user_ids": id, "since": "2026-03-11T00:00:00Z", "until": "2026-03-12T00:00:00Z"})["oncalls"].([]any) {
				if o.(map[string]any)["until"] != "always" {
					t.Errorf("%s: %v is on call then: %v", team, c, o)
				}
			}
		}
	}
}

// TestUpdateIsSafe: at no moment is the schedule without an override, and what goes
// wrong halfway is said.
func TestUpdateIsSafe(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	schedule, id := r.ID("schedule", "Payments Secondary"), r.ID("override", "Payments Secondary 3")
	r.Inject(sandbox.Fault{Method: http.MethodDelete, Path: "/schedules/", Status: http.StatusForbidden, Times: 1})
	said := r.Refusal(t, "update_schedule_override", rig.Args{"schedule_id": schedule, "override_id": id, "user_id": "Ben Carter"})
	if !strings.Contains(said, "is there and counts") || !strings.Contains(said, id) {
		t.Errorf("%s", said)
	}
	if writes := r.Writes(); len(writes) != 2 || !strings.HasPrefix(writes[0], "POST") || !strings.HasPrefix(writes[1], "DELETE") {
		t.Errorf("%v", writes)
	}
	r.ForgetRequests()
	r.Inject(sandbox.Fault{Method: http.MethodPost, Path: "/schedules/", Status: http.StatusForbidden, Times: 1})
	r.Refusal(t, "update_schedule_override", rig.Args{"schedule_id": schedule, "override_id": id, "user_id": "Grace Kim"})
	if writes := r.Writes(); len(writes) != 1 {
		t.Errorf("after a refusal: %v", writes)
	}
}

// TestUpdateLooks: if PagerDuty's answer to the new override is lost, it is looked
// for, and the old one goes only if the new one is there.
func TestUpdateLooks(t *testing.T) {
	t.Parallel()
	for _, there := range []bool{true, false} {
		r := rig.New(t)
		id := r.ID("override", "Payments Secondary 3")
		arguments := rig.Args{"schedule_id": "Payments Secondary", "override_id": id, "end": "2026-03-05T12:00:00Z"}
		r.Inject(sandbox.Fault{Method: http.MethodPost, Path: "/schedules/", Status: http.StatusBadGateway, AfterEffect: there, Times: 1})
		text, isError := r.Call(t, "update_schedule_override", arguments)
		listed := fmt.Sprint(r.Answer(t, "list_schedule_overrides", rig.Args{"schedule_ids": "Payments Secondary", "since": "2026-03-04T00:00:00Z"})["overrides"])
		switch gone := !strings.Contains(listed, id); {
		case gone != there || isError == there:
			t.Errorf("the new one is there: %v; error %v: %s: %s", there, isError, text, listed)
		case isError && !strings.Contains(text, "list_schedule_overrides"):
			t.Errorf("%s", text)
		}
	}
}

// TestWrongOverrides are refused with nothing changed.
func TestWrongOverrides(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	over, runs, ahead := r.ID("override", "Payments Secondary 1"), r.ID("override", "Payments Secondary 2"), r.ID("override", "Payments Secondary 3")
	for _, c := range []struct {
		tool string
		args rig.Args
		says string
	}{
		{"delete_schedule_override", rig.Args{"override_id": over}, "no override"},
		{"delete_schedule_override", rig.Args{"override_id": "QNONE"}, "no override"},
		{"update_schedule_override", rig.Args{"override_id": over, "end": "+2h"}, "no override"},
		{"update_schedule_override", rig.Args{"override_id": runs, "start": "+1h"}, "can't be changed any more"},
		{"update_schedule_override", rig.Args{"override_id": ahead, "end": "+1h"}, "give both start and end"},
		{"update_schedule_override", rig.Args{"override_id": ahead}, "nothing to change"},
	} {
		c.args["schedule_id"] = "Payments Secondary"
		if said := r.Refusal(t, c.tool, c.args); !strings.Contains(said, c.says) {
			t.Errorf("%s %v: %s", c.tool, c.args, said)
		}
	}
	if writes := r.Writes(); len(writes) > 0 {
		t.Errorf("sent %v", writes)
	}
}

// TestGapsAreThere fills a gap by an override, which then is none.
func TestGapsAreThere(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	arguments := rig.Args{"schedule_ids": "Identity Secondary", "until": "+3d"}
	got := fmt.Sprint(r.Answer(t, "find_coverage_gaps", arguments))
	if !strings.Contains(got, "hours:72") || !strings.Contains(got, "Igor Stanek") || !strings.Contains(got, "find_cover") {
		t.Errorf("%s", got)
	}
	r.Answer(t, "create_schedule_override", rig.Args{"schedule_id": "Identity Secondary", "overrides": []any{rig.Args{"user_id": "Grace Kim", "start": "now", "end": "+3d"}}})
	if got := fmt.Sprint(r.Answer(t, "find_coverage_gaps", arguments)); strings.Contains(got, "nobody_at_all") {
		t.Errorf("%s", got)
	}
	if got := r.Answer(t, "find_coverage_gaps", rig.Args{"escalation_policy_ids": "Checkout On-Call", "until": "+3d"}); len(got["findings"].([]any)) != 0 || !strings.Contains(fmt.Sprint(got["note"]), "No gaps") {
		t.Errorf("%v", got)
	}
}

// TestFaults: a part that fails is a line; a rate limit in the middle is waited out.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tool, path string
		args       rig.Args
		says       string
	}{
		{"get_oncall_load", "/notifications", rig.Args{"team_ids": "Payments"}, "Pages and interruptions could not be read"},
		{"list_notifications", "/log_entries", rig.Args{"limit": 5}, "Of which incidents they were could not be read"},
		{"get_handoff", "/maintenance_windows", rig.Args{"team_id": "Payments"}, "Maintenance ahead could not be read"},
		{"get_handoff", "/oncalls", rig.Args{"team_id": "Payments"}, "Who is next could not be read"},
		{"find_coverage_gaps", "/v3/schedules/", rig.Args{"team_ids": "Identity"}, "could not be read (the key may not)"},
	} {
		r := rig.New(t)
		r.Inject(sandbox.Fault{Path: c.path, Status: http.StatusForbidden})
		if text, isError := r.Call(t, c.tool, c.args); isError || !strings.Contains(text, c.says) {
			t.Errorf("%s without %s: %s", c.tool, c.path, text)
		}
	}
	for tool, arguments := range map[string]rig.Args{
		"who_gets_paged": {"service_id": "Payments API"}, "find_coverage_gaps": {"team_ids": "Identity"}, "get_handoff": {"team_id": "Payments"},
		"get_oncall_load": {"team_ids": "Payments"}, "find_cover": {"schedule_id": "Payments Primary", "start": "+1d", "end": "+2d"}, "list_notifications": {"limit": 5},
	} {
		calm, limited := rig.New(t), rig.New(t)
		fault := sandbox.RateLimit(1, 0)
		fault.Skip = 2
		limited.Inject(fault)
		want, _ := calm.Call(t, tool, arguments)
		if got, isError := limited.Call(t, tool, arguments); isError || got != want {
			t.Errorf("%s after a 429: %s\nwithout: %s", tool, got, want)
		}
	}
}

// TestHandoffTellsTheShift: what was resolved in it, by whom, and what repeats.
func TestHandoffTellsTheShift(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	got := r.Answer(t, "get_handoff", rig.Args{"team_id": "Payments", "since": "2026-02-01T00:00:00Z", "until": "2026-03-02T12:00:00Z"})
	open, _ := got["still_open"].([]any)
	if len(open) != 3 || open[0].(map[string]any)["number"] != 4711.0 {
		t.Errorf("the most urgent first: %v", open)
	}
	if got["repeats"] == nil || got["who_is_next"] == nil || got["overrides_ahead"] == nil {
		t.Errorf("%v", got)
	}
	number := open[0].(map[string]any)["number"]
	r.Answer(t, "manage_incidents", rig.Args{"incident_ids": number, "status": "resolved"})
	got = r.Answer(t, "get_handoff", rig.Args{"team_id": "Payments", "since": "24h"})
	first := got["resolved"].([]any)[0].(map[string]any)
	if first["number"] != number || first["by"] != "Ana Souza" {
		t.Errorf("%v", got["resolved"])
	}
}

// TestHandoffHasWhatIsMine: an incident that I was asked to help with is mine to hand
// over, though its service is not of my shift.
func TestHandoffHasWhatIsMine(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	got := r.Answer(t, "get_handoff", nil)
	numbers := map[any]int{}
	for _, i := range got["still_open"].([]any) {
		numbers[i.(map[string]any)["number"]]++
	}
	if numbers[4711.0] != 1 || numbers[4712.0] != 1 {
		t.Errorf("still open: %v", got["still_open"])
	}
}

// TestLoadIsCounted compares what get_oncall_load counts with what list_notifications
// lists.
func TestLoadIsCounted(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for _, p := range r.Answer(t, "get_oncall_load", rig.Args{"team_ids": "Payments", "since": "14d"})["people"].([]any) {
		one := p.(map[string]any)
		listed := r.Answer(t, "list_notifications", rig.Args{"user_ids": one["id"], "since": "14d", "limit": 1000})
		if one["pages"] != listed["count"] {
			t.Errorf("%v has %v pages, %v are listed", one["summary"], one["pages"], listed["count"])
		}
		broken := one["interruptions_business"].(float64) + one["interruptions_off"].(float64) + one["interruptions_sleep"].(float64)
		if broken > one["pages"].(float64) {
			t.Errorf("%v", one)
		}
	}
}

// TestNothingIsWritten by the tools that read, and those that write are not there
// unless they are enabled.
func TestNothingIsWritten(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.WithoutWrites())
	for name, calls := range rig.Examples(t, "oncall") {
		for _, arguments := range calls {
			text, isError := r.Call(t, name, r.Fill(t, arguments))
			if writes := slices.Contains([]string{"update_schedule_override", "delete_schedule_override"}, name); writes != isError {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
	if writes := r.Writes(); len(writes) > 0 {
		t.Errorf("sent %v", writes)
	}
}
