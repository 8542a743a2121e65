package sandbox_test

import (
	"net/url"
	"testing"
	"time"
)

func span(since, until time.Time) string {
	return "since=" + since.Format(time.RFC3339) + "&until=" + until.Format(time.RFC3339)
}

// TestOverridesEnd: who overrides is on call until then and no longer, also where it
// is their own turn, and entries are cut off unless overflow is asked for.
func TestOverridesEnd(t *testing.T) {
	t.Parallel()
	a := open(t)
	target := "/schedules/" + a.ID("schedule", "Payments Primary")
	render := func(query string) (layer, over, final []object) {
		s := a.get(t, target+"?"+query)["schedule"].(object)
		part := func(o object) []object { return list(o["rendered_schedule_entries"]) }
		return part(list(s["schedule_layers"])[0]), part(s["overrides_subschedule"].(object)), part(s["final_schedule"].(object))
	}
	_, _, plain := render(span(noon, noon.Add(time.Hour)))
	own := words(plain[0], "user", "id")
	for _, u := range []string{own, a.ID("user", "Grace Kim")} {
		start, end := noon.Add(24*time.Hour), noon.Add(32*time.Hour)
		a.sent(t, "POST", target+"/overrides", encode(object{"overrides": []object{{
			"start": start.Format(time.RFC3339), "end": end.Format(time.RFC3339), "user": object{"id": u, "type": "user_reference"},
		}}}))
		layer, over, final := render(span(noon, noon.Add(48*time.Hour)))
		if len(layer) != 1 || len(over) != 1 || len(final) != 3 {
			t.Fatalf("%v\n%v\n%v", layer, over, final)
		}
		if !at(t, final[1]["start"]).Equal(start) || !at(t, final[1]["end"]).Equal(end) || words(final[1], "user", "id") != u || words(final[2], "user", "id") != own {
			t.Errorf("%v", final)
		}
		_, cut, _ := render(span(start.Add(time.Hour), start.Add(2*time.Hour)))
		_, whole, _ := render(span(start.Add(time.Hour), start.Add(2*time.Hour)) + "&overflow=true")
		if !at(t, cut[0]["start"]).Equal(start.Add(time.Hour)) || !at(t, cut[0]["end"]).Equal(start.Add(2*time.Hour)) ||
			!at(t, whole[0]["start"]).Equal(start) || !at(t, whole[0]["end"]).Equal(end) {
			t.Errorf("cut off %v, whole %v", cut, whole)
		}
		if _, none, _ := render(span(end, end.Add(time.Hour))); len(none) > 0 {
			t.Errorf("after its end: %v", none)
		}
	}
}

// TestScheduleWindow: what is not given is two weeks from what is.
func TestScheduleWindow(t *testing.T) {
	t.Parallel()
	a := open(t)
	target := "/schedules/" + a.ID("schedule", "Payments Primary") + "?"
	entries := func(q string) []object {
		return list(in(a.get(t, target+q), "schedule", "final_schedule", "rendered_schedule_entries"))
	}
	stamp := noon.Format(time.RFC3339)
	for q, want := range map[string][2]time.Time{
		"since=" + stamp: {noon, noon.AddDate(0, 0, 14)},
		"until=" + stamp: {noon.AddDate(0, 0, -14), noon},
	} {
		got := entries(q)
		if first, last := at(t, got[0]["start"]), at(t, got[len(got)-1]["end"]); !first.Equal(want[0]) || !last.Equal(want[1]) {
			t.Errorf("%s: %v to %v", q, first, last)
		}
	}
	if got := entries(""); len(got) > 0 {
		t.Errorf("rendered unasked: %v", got)
	}
	if got := entries("since=2000-01-01T00:00:00Z"); len(got) > 0 {
		t.Errorf("before there were turns: %v", got)
	}
	a.refused(t, "GET", target+span(noon, noon.Add(-time.Hour)), "", "2004")
	if got := words(entries("since=" + stamp + "&time_zone=Asia/Tokyo")[0], "start"); got != "2026-03-02T21:00:00+09:00" {
		t.Errorf("in Tokyo: %s", got)
	}
	if got := words(entries("since=" + stamp)[0], "start"); got != "2026-03-02T07:00:00-05:00" {
		t.Errorf("in the schedule's zone: %s", got)
	}
}

// TestHours: a schedule for office hours has gaps, and follows the clocks of New York
// when they are changed on 8 March.
func TestHours(t *testing.T) {
	t.Parallel()
	a := open(t)
	s := a.get(t, "/schedules/"+a.ID("schedule", "Release Captain")+"?"+span(noon, noon.AddDate(0, 0, 14)))["schedule"].(object)
	layer := list(s["schedule_layers"])[0]
	if got := list(layer["restrictions"]); len(got) != 5 || words(got[0], "start_time_of_day") != "09:00:00" || got[0]["duration_seconds"] != 28800.0 {
		t.Errorf("%v", got)
	}
	final := s["final_schedule"].(object)
	if got := final["rendered_coverage_percentage"].(float64); got < 23 || got > 25 {
		t.Errorf("covers %v %%", got)
	}
	for _, e := range list(final["rendered_schedule_entries"]) {
		start, end := at(t, e["start"]), at(t, e["end"])
		if start.Hour() != 9 || end.Hour() != 17 || start.Weekday() == time.Saturday || start.Weekday() == time.Sunday {
			t.Errorf("%v", e)
		}
	}
}

func TestShiftBasedSchedules(t *testing.T) {
	t.Parallel()
	a := open(t)
	all := a.get(t, "/v3/schedules?total=true")
	if all["limit"] != 100.0 || all["total"] != 2.0 || all["more"] != false || len(list(all["schedules"])) != 2 {
		t.Errorf("%v", all)
	}
	if one := a.get(t, "/v3/schedules?limit=1&offset=1"); len(list(one["schedules"])) != 1 || one["more"] != false || one["total"] != nil {
		t.Errorf("%v", one)
	}
	for q, want := range map[string]int{
		"query=weekend": 1, "query=primary": 0, "team_ids[]=" + a.ID("team", "Identity"): 2, "team_ids[]=" + a.ID("team", "Payments"): 0,
	} {
		if got := list(a.get(t, "/v3/schedules?"+q)["schedules"]); len(got) != want {
			t.Errorf("%s: %v", q, got)
		}
	}
	id := a.ID("schedule", "Support Follow-the-Sun")
	for _, target := range []string{"/schedules/" + id, "/schedules/" + id + "/users"} {
		a.refused(t, "GET", target, "", "v3 Schedules API")
	}
	a.refused(t, "GET", "/v3/schedules/"+a.ID("schedule", "Payments Primary"), "", "v2 Schedules API")
	for _, s := range a.all(t, "/schedules", "schedules") {
		if words(s, "id") == id {
			t.Error("the v2 list has a shift-based schedule")
		}
	}

	s := a.get(t, "/v3/schedules/"+id)["schedule"].(object)
	rotations := list(s["rotations"])
	if s["type"] != "schedule_v3" || len(rotations) != 3 || s["final_schedule"] != nil || len(list(s["escalation_policies"])) != 1 {
		t.Errorf("%v", s)
	}
	event := list(rotations[1]["events"])[0]
	if in(event, "recurrence").([]any)[0] != "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU" || words(event, "start_time", "date_time") != "2018-01-01T08:00:00Z" && words(event, "start_time", "date_time") != "2018-01-02T08:00:00Z" {
		t.Errorf("%v", event)
	}
	q := url.Values{"since": {"2026-03-02T00:00:00Z"}, "until": {"2026-03-03T00:00:00Z"}, "include[]": {"final_schedule"}}
	final := a.get(t, "/v3/schedules/"+id+"?"+q.Encode())["schedule"].(object)["final_schedule"].(object)
	shifts := list(final["computed_shift_assignments"])
	if final["rendered_coverage_percentage"] != 100.0 || len(shifts) != 4 { // the turns change at 09:00
		t.Fatalf("%v", final)
	}
	for _, shift := range shifts {
		when := at(t, shift["start_time"])
		got := a.all(t, "/oncalls?schedule_ids[]="+id+"&"+span(when, when), "oncalls")
		if len(got) != 1 || words(got[0], "user", "id") != words(shift, "member", "user_id") || words(got[0], "schedule", "type") != "schedule_v3_reference" {
			t.Errorf("%v is not %v", got, shift)
		}
	}
	// Errors of this version come by field.
	status, got := a.ask(t, "GET", "/v3/schedules?limit=1001", "")
	if text, _ := in(got, "error", "errors", "limit").([]any); status != 400 || len(text) != 1 {
		t.Errorf("%d %v", status, got)
	}
	a.refused(t, "GET", "/v3/schedules/"+id+"?include[]=final_schedule", "", "is required with")
}
