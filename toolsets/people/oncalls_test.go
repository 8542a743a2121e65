package people_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestOnCalls(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	policy := r.ID("policy", "Payments On-Call")
	now := r.Answer(t, "list_oncalls", rig.Args{"escalation_policy_ids": policy})
	if rows := now["oncalls"].([]any); len(rows) != 3 || !strings.Contains(fmt.Sprint(rows[2]), "until:always") {
		t.Errorf("%v", now)
	}
	// Without being asked to, nothing hides later shifts.
	all := r.Answer(t, "list_oncalls", rig.Args{"escalation_policy_ids": policy, "since": "now", "until": "+60d", "limit": 100})
	earliest := r.Answer(t, "list_oncalls", rig.Args{"escalation_policy_ids": policy, "since": "now", "until": "+60d", "limit": 100, "earliest": true})
	if a, e := len(all["oncalls"].([]any)), len(earliest["oncalls"].([]any)); a <= e {
		t.Errorf("%d shifts, %d of them earliest", a, e)
	}
	nobody := r.Answer(t, "list_oncalls", rig.Args{"user_ids": r.ID("user", "Rosa Jimenez")})
	if !strings.Contains(nobody["note"].(string), "No one is on call at 2026-03-02T12:00:00Z") {
		t.Errorf("%v", nobody)
	}
}

// TestOnCallsOf asks by services and teams, which PagerDuty knows only by their
// escalation policies.
func TestOnCallsOf(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	policies := func(arguments rig.Args) string {
		var out []string
		got := r.Answer(t, "list_oncalls", arguments)
		for _, row := range got["oncalls"].([]any) {
			name := row.(map[string]any)["escalation_policy"].(map[string]any)["summary"].(string)
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
		if out == nil {
			return got["note"].(string)
		}
		return strings.Join(out, ", ")
	}
	for want, arguments := range map[string]rig.Args{
		"Payments On-Call":                  {"service_ids": "Payments API"},
		"Payments On-Call, Search On-Call":  {"service_ids": []string{"Payments API", "Refunds Worker", "Search API"}},
		"Checkout On-Call":                  {"team_ids": "Checkout"},
		"Checkout On-Call, Search On-Call":  {"team_ids": []string{"Search", "Checkout"}},
		"Identity On-Call, Support On-Call": {"team_ids": "Identity"},
		"Support On-Call":                   {"team_ids": "Identity", "service_ids": "Help Desk"},
		"Mobile On-Call":                    {"service_ids": "Mobile Gateway", "escalation_policy_ids": []string{"Search On-Call", "Mobile On-Call"}},
		"Nothing was searched: The teams have no escalation policy, so nobody is on call for them.":       {"team_ids": "Empty Team"},
		"Nothing was searched: The teams use none of the other escalation policies asked for.":            {"team_ids": "Checkout", "service_ids": "Payments API"},
		"Nothing was searched: The services use none of the other escalation policies asked for.":         {"service_ids": "Payments API", "escalation_policy_ids": "Search On-Call"},
		"No one is on call at 2026-03-02T12:00:00Z for what was asked. Shifts of schedules that no esca…": {"service_ids": "Payments API", "user_ids": "Rosa Jimenez"},
	} {
		got := policies(arguments)
		if before, _, cut := strings.Cut(want, "…"); got != want && (!cut || !strings.HasPrefix(got, before)) {
			t.Errorf("%v: %s; want %s", arguments, got, want)
		}
	}
	// Only the person asked for, not all of the policy.
	if rows := r.Answer(t, "list_oncalls", rig.Args{"service_ids": "Payments API", "schedule_ids": "Payments Primary"})["oncalls"].([]any); len(rows) != 1 {
		t.Errorf("%v", rows)
	}
	for argument, want := range map[string]string{
		"escalation_policy_ids": `there is no escalation policy "PXXXXXX"`, "schedule_ids": `there is no schedule "PXXXXXX"`, "user_ids": `there is no user "PXXXXXX"`,
		"service_ids": `there is no service "PXXXXXX"`, "team_ids": `there is no team "PXXXXXX"`,
	} {
		for _, given := range []any{"PXXXXXX", []string{"PXXXXXX"}} {
			if said := r.Refusal(t, "list_oncalls", rig.Args{argument: given}); !strings.Contains(said, want) || !strings.Contains(said, argument) {
				t.Errorf("%s: %s", argument, said)
			}
		}
	}
	if said := r.Refusal(t, "list_oncalls", rig.Args{"schedule_ids": []string{r.ID("schedule", "Payments Primary"), "PXXXXXX"}}); !strings.Contains(said, `there is no schedule "PXXXXXX"`) {
		t.Errorf("beside one that there is: %s", said)
	}
}

// TestOnCallsOfUnusedSchedules asks for schedules of which PagerDuty lists nobody,
// because no escalation policy uses them: that does not mean that nobody has a shift.
func TestOnCallsOfUnusedSchedules(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	note := func(arguments rig.Args) string {
		got, _ := r.Answer(t, "list_oncalls", arguments)["note"].(string)
		return got
	}
	const unused = `No escalation policy uses the schedule "Release Captain", so it pages no one and is not in this list. By the schedule itself `
	shift := r.Answer(t, "get_schedule", rig.Args{"schedule_id": "Release Captain", "since": "2026-03-02T15:00:00Z", "until": "+1d"})["on_call"].([]any)[0].(map[string]any)["user"].(map[string]any)
	who := fmt.Sprintf("%q (%s) has the shift from ", shift["summary"], shift["id"])
	for _, c := range []struct {
		arguments rig.Args
		want, not string
	}{
		{rig.Args{"schedule_ids": "Release Captain"}, unused + "nobody has the shift then.", "No one is on call"}, // noon in UTC is before nine in New York
		{rig.Args{"schedule_ids": "Release Captain", "since": "2026-03-02T15:00:00Z", "until": "2026-03-02T16:00:00Z"}, unused + who, "No one is on call"},
		{rig.Args{"schedule_ids": "Release Captain", "since": "now", "until": "+7d"}, "2 more follow", "No one is on call"},
		{rig.Args{"schedule_ids": []string{"Release Captain", "Payments Primary"}}, unused, "No one is on call"},
		{rig.Args{"schedule_ids": []string{"Payments Primary", "Support Weekends"}}, `No one is on call by the schedule "Support Weekends" at 2026-03-02T12:00:00Z.`, "Payments Primary"},
		{rig.Args{"schedule_ids": []string{"Release Captain", "Support Weekends"}}, "No one is on call at 2026-03-02T12:00:00Z for what was asked.", `"Support Weekends"`},
		{rig.Args{"schedule_ids": "Payments Primary"}, "", "No"},
	} {
		if got := note(c.arguments); !strings.Contains(got, c.want) || strings.Contains(got, c.not) {
			t.Errorf("%v: %q, want %q and not %q", c.arguments, got, c.want, c.not)
		}
	}

	// A shift-based schedule that no policy uses: without the policy that uses it.
	lone := rig.New(t, rig.WithAPI(func(account http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/oncalls" {
				_, _ = io.WriteString(w, `{"oncalls":[],"limit":100,"offset":0,"more":false}`)
				return
			}
			recorded := httptest.NewRecorder()
			account.ServeHTTP(recorded, r)
			for name, values := range recorded.Header() {
				w.Header()[name] = values
			}
			w.Header().Del("Content-Length")
			w.WriteHeader(recorded.Code)
			body := recorded.Body.String()
			if strings.HasPrefix(r.URL.Path, "/v3/schedules/") {
				body = regexp.MustCompile(`"escalation_policies":\[[^]]*\]`).ReplaceAllString(body, `"escalation_policies":[]`)
			}
			_, _ = io.WriteString(w, body)
		})
	}))
	got, _ := lone.Answer(t, "list_oncalls", rig.Args{"schedule_ids": "Support Follow-the-Sun"})["note"].(string)
	if want := `No escalation policy uses the schedule "Support Follow-the-Sun", so it pages no one and is not in this list. By the schedule itself "`; !strings.HasPrefix(got, want) || !strings.HasSuffix(got, ") has the shift.") {
		t.Errorf("%q", got)
	}
	// What is wrong with the look does not take the list away.
	r.Inject(sandbox.Fault{Path: "/schedules/" + r.ID("schedule", "Release Captain"), Status: http.StatusForbidden, Body: "{}"})
	if got := note(rig.Args{"schedule_ids": []string{"Release Captain", "Payments Primary"}}); !strings.Contains(got, "could not be read") {
		t.Errorf("%q", got)
	}
}

// TestOnCallsInTurn: of the people on a level that is a round robin one is paged, not
// all of them.
func TestOnCallsInTurn(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for _, arguments := range []rig.Args{
		{"escalation_policy_ids": "Catalog On-Call"}, {"service_ids": "Catalog API"}, {"team_ids": "Catalog"}, {"limit": 1000},
		{"user_ids": []string{"Chloe Nguyen", "Liam O'Brien"}}, {"team_ids": "Catalog", "since": "now", "until": "+60d", "limit": 1000},
	} {
		marked := 0
		for _, row := range r.Answer(t, "list_oncalls", arguments)["oncalls"].([]any) {
			row := row.(map[string]any)
			inTurn := row["escalation_policy"].(map[string]any)["summary"] == "Catalog On-Call" && row["level"] == 1.0
			if marked += map[bool]int{true: 1}[inTurn]; inTurn != (row["round_robin"] == true) {
				t.Errorf("%v: %v", arguments, row)
			}
		}
		if marked == 0 {
			t.Errorf("%v: nobody is marked", arguments)
		}
	}
	r.Inject(sandbox.Fault{Path: "/escalation_policies/", Status: http.StatusForbidden, Body: "{}"})
	if got := r.Answer(t, "list_oncalls", rig.Args{"escalation_policy_ids": r.ID("policy", "Catalog On-Call")}); !strings.Contains(fmt.Sprint(got["note"]), "in turn (round robin)") || len(got["oncalls"].([]any)) != 5 {
		t.Errorf("%v", got)
	}
}

// TestNobodyIsHidden: everybody who is on call in a company is listed without a limit.
func TestNobodyIsHidden(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	few, all := r.Answer(t, "list_oncalls", rig.Args{}), r.Answer(t, "list_oncalls", rig.Args{"limit": 1000})
	if n := len(all["oncalls"].([]any)); n <= 25 || len(few["oncalls"].([]any)) != n || few["more"] != nil {
		t.Errorf("%v of %d", few["count"], n)
	}
}

// TestDeletedUsersLookDeleted: users whom PagerDuty still names where they are on
// call, though they are gone.
func TestDeletedUsersLookDeleted(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	const gone = "Igor Stanek"
	for name, arguments := range map[string]rig.Args{
		"get_schedule":          {"schedule_id": "Identity Secondary", "since": "now", "until": "+60d"},
		"get_escalation_policy": {"escalation_policy_id": "Fulfillment On-Call"},
		"list_oncalls":          {"schedule_ids": "Identity Secondary", "since": "now", "until": "+60d"},
	} {
		text, isError := r.Call(t, name, arguments)
		named := strings.Count(text, `"summary":"`+gone+`"`)
		if isError || named == 0 || strings.Count(text, `"summary":"`+gone+`","deleted":true`) != named {
			t.Errorf("%s: %s", name, text)
		}
	}
	id := r.ID("incident", "4711")
	r.Inject(sandbox.Fault{Path: "/incidents/" + id, Times: 1, Status: http.StatusOK, Body: `{"incident":{"id":"` + id + `","status":"triggered","assignments":[{"assignee":{"id":"P1","summary":"Igor Stanek","deleted_at":"2026-02-10T00:00:00Z"}}]}}`})
	for name, c := range map[string]struct {
		arguments rig.Args
		want      string
	}{
		"list_escalation_policies": {rig.Args{"limit": 100}, `["Igor Stanek (deleted)"]`},
		"get_handoff":              {rig.Args{"schedule_id": "Identity Secondary"}, "shift of Igor Stanek (deleted)"},
		"who_gets_paged":           {rig.Args{"service_id": "Login Service"}, "it is the turn of Igor Stanek, who was deleted"},
		"triage_incident":          {rig.Args{"incident_id": id}, "Igor Stanek (deleted) has it"},
	} {
		if text, _ := r.Call(t, name, c.arguments); !strings.Contains(text, c.want) {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func TestWrongOnCallTimes(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	r.Refusal(t, "list_oncalls", rig.Args{"since": "+3h", "until": "+2h"})
	if said := r.Refusal(t, "list_oncalls", rig.Args{"until": "+100d"}); !strings.Contains(said, "90 days") {
		t.Errorf("%s", said)
	}
	if said := r.Refusal(t, "list_oncalls", rig.Args{"since": "2025-11-01T00:00:00Z", "until": "2026-02-03T00:00:00Z"}); !strings.Contains(said, "more than the 3 months") {
		t.Errorf("%s", said)
	}
	if len(r.Requests()) > 0 {
		t.Errorf("sent %v", r.Sent())
	}
}

// TestOnCallsAtAMoment: PagerDuty takes the same time twice for that moment.
func TestOnCallsAtAMoment(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	const at = "2026-03-09T09:00:00Z" // a handover
	got := r.Answer(t, "list_oncalls", rig.Args{"since": at, "until": "2026-03-09T10:00:00+0100", "escalation_policy_ids": "Payments On-Call"})
	levels := map[any]int{}
	for _, row := range got["oncalls"].([]any) {
		levels[row.(map[string]any)["level"]]++
	}
	if got["when"] != "at "+at || len(levels) != 3 || levels[3.0] != 1 {
		t.Errorf("%v", got)
	}
	captain := r.Answer(t, "list_oncalls", rig.Args{"since": "2026-03-02T15:00:00Z", "until": "2026-03-02T15:00:00Z", "schedule_ids": "Release Captain"})
	if !strings.HasSuffix(fmt.Sprint(captain["note"]), ") has the shift.") {
		t.Errorf("%v", captain)
	}
	// A day is a day.
	if got := r.Answer(t, "list_oncalls", rig.Args{"since": "2026-03-09", "until": "2026-03-09", "limit": 1}); !strings.Contains(fmt.Sprint(got["when"]), "between 2026-03-09T00:00:00-04:00 and 2026-03-10T00:00:00-04:00") {
		t.Errorf("%v", got["when"])
	}
}
