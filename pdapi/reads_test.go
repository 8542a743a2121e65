package pdapi

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// answering returns a reader of an API that gives one answer to everything, and
// what it was asked for last.
func answering(t *testing.T, body string, change ...func(*Config)) (Reader, *url.URL) {
	asked := &url.URL{}
	pd := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		*asked = *r.URL
		_, _ = w.Write([]byte(body))
	}, change...)
	return pd.Reader, asked
}

// TestIncidentsAskForBothEnds of a range: with one alone PagerDuty ends a month
// after the beginning.
func TestIncidentsAskForBothEnds(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	r, asked := answering(t, `{"incidents":[]}`, func(c *Config) { c.Now = func() time.Time { return now } })
	for name, c := range map[string]struct {
		filter IncidentFilter
		want   url.Values
	}{
		"neither": {IncidentFilter{}, url.Values{"limit": {"1"}}},
		"since":   {IncidentFilter{Since: now.AddDate(0, 0, -80)}, url.Values{"limit": {"1"}, "since": {"2026-09-06T12:00:00Z"}, "until": {"2026-11-25T12:00:00Z"}}},
		"until":   {IncidentFilter{Until: now.AddDate(0, 0, -80)}, url.Values{"limit": {"1"}, "since": {"2026-08-06T12:00:00Z"}, "until": {"2026-09-06T12:00:00Z"}}},
		"both":    {IncidentFilter{Since: now.AddDate(0, 0, -2), Until: now.AddDate(0, 0, -1)}, url.Values{"limit": {"1"}, "since": {"2026-11-23T12:00:00Z"}, "until": {"2026-11-24T12:00:00Z"}}},
		"all":     {IncidentFilter{Since: now, AllDates: true}, url.Values{"limit": {"1"}, "date_range": {"all"}}},
		"priorities": {
			IncidentFilter{PriorityIDs: []string{"P1", "P2"}, Statuses: []string{"triggered"}},
			url.Values{"limit": {"1"}, "priority_ids[]": {"P1", "P2"}, "statuses[]": {"triggered"}},
		},
	} {
		if _, err := collect(r.Incidents(t.Context(), c.filter, Window{Limit: 1})); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(c.want, asked.Query()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

func TestIncidentIncludes(t *testing.T) {
	t.Parallel()
	r, asked := answering(t, `{"incident":{"id":"Q1","body":{"details":"long"},"custom_fields":[{"id":"PF","name":"region","display_name":"Region","data_type":"string","value":"eu"},{"id":"PG","value":null}],
		"assignments":[{"assignee":{"id":"PU","summary":"Ana","deleted_at":"2026-01-02T03:04:05Z"}}]}}`)
	got, err := r.Incident(t.Context(), "Q1", IncludeBody, IncludeCustomFields)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"conference_bridge", "body", "custom_fields"}, asked.Query()["include[]"]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if f := got.CustomFields[0]; f.DisplayName != "Region" || string(f.Value) != `"eu"` {
		t.Errorf("%+v", f)
	}
	if got.Assignments[0].Assignee.DeletedAt.Year() != 2026 {
		t.Error("a deleted user looks alive")
	}
}

func TestAssignmentStrategies(t *testing.T) {
	t.Parallel()
	r, asked := answering(t, `{"escalation_policy":{"id":"PE","escalation_rules":[
		{"escalation_rule_assignment_strategy":{"type":"round_robin"}},{"escalation_rule_assignment_strategy":"assign_to_everyone"},
		{"escalation_rule_assignment_strategy":[{"type":"round_robin"}]},{"escalation_rule_assignment_strategy":null},{"escalation_rule_assignment_strategy":7},{}]}}`)
	got, err := r.EscalationPolicy(t.Context(), "PE")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("escalation_rule_assignment_strategies", asked.Query().Get("include[]")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	var strategies []AssignmentStrategy
	for _, rule := range got.Rules {
		strategies = append(strategies, rule.Strategy)
	}
	if diff := cmp.Diff([]AssignmentStrategy{"round_robin", "assign_to_everyone", "round_robin", "", "", ""}, strategies); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSchedulesV3(t *testing.T) {
	t.Parallel()
	r, asked := answering(t, `{"schedules":[{"id":"PS1","type":"schedule_v3_reference","summary":"Engineering On-Call"}],"limit":100,"offset":0,"more":false}`)
	list, err := collect(r.SchedulesV3(t.Context(), ScheduleFilter{Query: "eng", TeamIDs: []string{"PT"}}, Window{Limit: 10}))
	if err != nil || list[0].Summary != "Engineering On-Call" {
		t.Errorf("%+v, %v", list, err)
	}
	if diff := cmp.Diff("/v3/schedules?limit=10&query=eng&team_ids%5B%5D=PT", asked.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	r, asked = answering(t, `{"schedule":{"id":"PS1","type":"schedule_v3","name":"Engineering On-Call","time_zone":"America/New_York","http_cal_url":"https://secret",
		"rotations":[{"id":"R1","type":"schedule_rotation","events":[{"id":"E1","name":"Weekly","start_time":{"date_time":"2025-03-03T09:00:00Z","time_zone":"America/New_York"},"effective_until":null,
			"recurrence":["RRULE:FREQ=WEEKLY"],"assignment_strategy":{"type":"rotating_member_assignment_strategy","shifts_per_member":1,"members":[{"type":"user_member","user_id":"PU"}]}}]}],
		"final_schedule":{"type":"final_schedule","rendered_coverage_percentage":87.5,"computed_shift_assignments":[
			{"start_time":"2026-11-23T09:00:00Z","end_time":"2026-11-30T09:00:00Z","member":{"type":"user_member","user_id":"PU"},"source":{"type":"schedule_rotation","rotation_id":"R1"}}]}}}`)
	since := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	got, err := r.ScheduleV3(t.Context(), "PS1", since, since.AddDate(0, 0, 7), "Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{"include[]": {"final_schedule"}, "since": {"2026-11-23T00:00:00Z"}, "until": {"2026-11-30T00:00:00Z"}, "time_zone": {"Europe/Paris"}}
	if diff := cmp.Diff(want, asked.Query()); diff != "" || asked.Path != "/v3/schedules/PS1" {
		t.Errorf("%s, -want +got:\n%s", asked.Path, diff)
	}
	event, shift := got.Rotations[0].Events[0], got.Final.Shifts[0]
	if event.Strategy.Members[0].UserID != "PU" || event.Start.TimeZone != "America/New_York" || !event.EffectiveUntil.IsZero() ||
		shift.Member.UserID != "PU" || shift.Source.RotationID != "R1" || *got.Final.Coverage != 87.5 || shift.End.Day() != 30 {
		t.Errorf("%+v", got)
	}
	if _, err := r.ScheduleV3(t.Context(), "PS1", time.Time{}, time.Time{}, ""); err != nil || asked.RawQuery != "" {
		t.Errorf("%q, %v", asked.RawQuery, err)
	}
}
