package incidents_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/server"
)

// listed counts the incidents that a call lists, by what it finds in each.
func listed(t *testing.T, r *rig.Rig, call rig.Args, of func(incident map[string]any) []string) (counts map[string]float64, total float64) {
	t.Helper()
	call = maps.Clone(call)
	call["limit"] = 1000
	counts = map[string]float64{}
	for _, i := range r.Answer(t, "list_incidents", call)["incidents"].([]any) {
		total++
		for _, value := range of(i.(map[string]any)) {
			counts[value]++
		}
	}
	return counts, total
}

// counts reads what was counted by objects or by values.
func counts(by any) map[string]float64 {
	read := map[string]float64{}
	switch by := by.(type) {
	case map[string]any:
		for value, n := range by {
			if divided, ok := n.(map[string]any); ok {
				n = divided["count"]
			}
			read[value] = n.(float64)
		}
	case []any:
		for _, row := range by {
			read[row.(map[string]any)["summary"].(string)] = row.(map[string]any)["count"].(float64)
		}
	}
	return read
}

// names are the summaries of what an incident has under a name.
func names(of string) func(map[string]any) []string {
	return func(incident map[string]any) []string {
		var found []string
		switch refs := incident[of].(type) {
		case string:
			return []string{refs}
		case map[string]any:
			return []string{refs["summary"].(string)}
		case []any:
			for _, ref := range refs {
				found = append(found, ref.(map[string]any)["summary"].(string))
			}
		}
		if found == nil {
			return []string{"(none)"}
		}
		return found
	}
}

// days are the days on which an incident was created, where the clocks show zone.
func days(t *testing.T, zone string, of func(time.Time) time.Time) func(map[string]any) []string {
	t.Helper()
	place, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return func(incident map[string]any) []string {
		created, err := time.Parse(time.RFC3339, incident["created_at"].(string))
		if err != nil {
			t.Fatal(err)
		}
		return []string{of(created.In(place)).Format(time.DateOnly)}
	}
}

func monday(day time.Time) time.Time {
	for day.Weekday() != time.Monday {
		day = day.AddDate(0, 0, -1)
	}
	return day
}

func TestCountsAreThoseOfTheList(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	same := func(day time.Time) time.Time { return day }
	for _, c := range []struct {
		by string
		of func(map[string]any) []string
	}{
		{"service", names("service")}, {"team", names("teams")}, {"urgency", names("urgency")}, {"priority", names("priority")},
		{"status", names("status")}, {"assignee", names("assigned_to")},
		{"day", days(t, "America/New_York", same)}, {"week", days(t, "America/New_York", monday)},
	} {
		for _, call := range []rig.Args{{}, {"period": "last month"}, {"date_range": "all"}, {"status": "open"}, {"urgencies": "low", "team_ids": "Payments"}, {"request_scope": "teams"}, {"priority_ids": "P1"}} {
			want, total := listed(t, r, call, c.of)
			asked := maps.Clone(call)
			asked["count_by"] = c.by
			got := r.Answer(t, "list_incidents", asked)
			if diff := cmp.Diff(want, counts(got["by_"+c.by])); diff != "" || got["total"] != total || got["incidents"] != nil {
				t.Errorf("%v: total %v, want %v (-want +got):\n%s", asked, got["total"], total, diff)
			}
		}
	}
}

func TestCountsByTwo(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for _, by := range [][2]string{{"service", "urgency"}, {"status", "urgency"}, {"day", "status"}, {"urgency", "week"}, {"priority", "team"}} {
		got := r.Answer(t, "list_incidents", rig.Args{"count_by": by[:], "limit": 100})
		once := r.Answer(t, "list_incidents", rig.Args{"count_by": by[0], "limit": 100})
		if diff := cmp.Diff(counts(once["by_"+by[0]]), counts(got["by_"+by[0]])); diff != "" {
			t.Errorf("%v: not what it is by %s alone:\n%s", by, by[0], diff)
		}
		parts, _ := got["by_"+by[0]].([]any)
		if parts == nil {
			parts = slices.Collect(maps.Values(got["by_"+by[0]].(map[string]any)))
		}
		for _, part := range parts {
			part := part.(map[string]any)
			sum, _ := part["others"].(float64)
			for _, n := range counts(part["by"]) {
				sum += n
			}
			if sum != part["count"] {
				t.Errorf("%v: the parts of %v are %v", by, part, sum)
			}
		}
	}
}

// TestTotalsCostNoList holds that what PagerDuty can count is not listed.
func TestTotalsCostNoList(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for _, c := range []struct {
		call     rig.Args
		requests int
	}{
		{rig.Args{"total": true}, 1},
		{rig.Args{"count_by": "urgency"}, 2},
		{rig.Args{"count_by": "status", "status": "open"}, 2},
		{rig.Args{"count_by": []string{"status", "urgency"}, "date_range": "all"}, 6},
	} {
		r.ForgetRequests()
		got := r.Answer(t, "list_incidents", c.call)
		sent := rig.InOrder(r.Requests())
		if len(sent) != c.requests || got["total"].(float64) == 0 {
			t.Errorf("%v: %v in %d requests, want %d", c.call, got, len(sent), c.requests)
		}
		for _, request := range sent {
			if !strings.Contains(request, "limit=1&") || !strings.Contains(request, "total=true") {
				t.Errorf("%v: %s", c.call, request)
			}
		}
	}
}

// TestFrequentFirst holds that what is left out is said.
func TestFrequentFirst(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	got := r.Answer(t, "list_incidents", rig.Args{"count_by": "service", "limit": 3})
	last, sum := 1e9, 0.0
	for _, row := range got["by_service"].([]any) {
		n := row.(map[string]any)["count"].(float64)
		if sum += n; n > last || row.(map[string]any)["id"] == nil {
			t.Errorf("%v", got)
		}
		last = n
	}
	all := r.Answer(t, "list_incidents", rig.Args{"count_by": "service", "limit": 100})
	want := fmt.Sprintf("%d more with %v incidents", len(all["by_service"].([]any))-3, got["total"].(float64)-sum)
	if note, _ := got["note"].(string); !strings.Contains(note, want) {
		t.Errorf("%q does not say %q", note, want)
	}
}

// TestDaysAreTheCallers holds that an incident of the evening is of that day.
func TestDaysAreTheCallers(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	r := rig.New(t, rig.WithServer(func(o *server.Options) { o.TimeZone = zone }))
	same := func(day time.Time) time.Time { return day }
	want, _ := listed(t, r, rig.Args{"period": "last week"}, days(t, "Asia/Tokyo", same))
	utc, _ := listed(t, r, rig.Args{"period": "last week"}, days(t, "UTC", same))
	got := r.Answer(t, "list_incidents", rig.Args{"period": "last week", "count_by": "day"})
	if diff := cmp.Diff(want, counts(got["by_day"])); diff != "" || cmp.Equal(want, utc) || !strings.Contains(got["window"].(string), "Asia/Tokyo") {
		t.Errorf("%v\n%s", got["window"], diff)
	}
}

func TestMoreThanPagerDutyLists(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.WithServer(func(o *server.Options) { o.CallTimeout = 10 * time.Minute })) // a slow machine is not what is tested
	r.Grow(10_250)
	got := r.Answer(t, "list_incidents", rig.Args{"date_range": "all", "count_by": "service", "limit": 100})
	sum := 0.0
	for _, n := range counts(got["by_service"]) {
		sum += n
	}
	if note, _ := got["note"].(string); got["total"] != 10_250.0 || got["counted"] != 10_000.0 || sum != 10_000 || !strings.Contains(note, "newest 10000 only") {
		t.Errorf("total %v, counted %v, sum %v, %q", got["total"], got["counted"], sum, note)
	}
	if n := len(r.Requests()); n != 101 {
		t.Errorf("%d requests", n)
	}
	if got := r.Answer(t, "list_incidents", rig.Args{"date_range": "all", "count_by": "urgency"}); got["total"] != 10_250.0 || got["counted"] != nil {
		t.Errorf("%v", got)
	}
}

// TestWithoutTotals holds that incidents are counted one by one where PagerDuty doesn't
// say how many there are.
func TestWithoutTotals(t *testing.T) {
	t.Parallel()
	total := regexp.MustCompile(`"total":\d+`)
	r := rig.New(t, rig.WithAPI(func(account http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
			answer := httptest.NewRecorder()
			account.ServeHTTP(answer, request)
			maps.Copy(w.Header(), answer.Header())
			w.Header().Del("Content-Length")
			w.WriteHeader(answer.Code)
			_, _ = w.Write(total.ReplaceAll(answer.Body.Bytes(), []byte(`"total":null`)))
		})
	}))
	want, all := listed(t, r, rig.Args{}, names("status"))
	got := r.Answer(t, "list_incidents", rig.Args{"count_by": "status"})
	if diff := cmp.Diff(want, counts(got["by_status"])); diff != "" || got["total"] != all {
		t.Errorf("%v\n%s", got, diff)
	}
}

// TestNoTimeToCount holds that a count that takes too long says from how many it is.
func TestNoTimeToCount(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.WithServer(func(o *server.Options) { o.CallTimeout = 5*time.Second + 1500*time.Millisecond }),
		rig.WithAPI(func(account http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
				if offset := request.URL.Query().Get("offset"); offset != "" && offset != "100" {
					<-request.Context().Done()
					return
				}
				account.ServeHTTP(w, request)
			})
		}))
	all := rig.New(t).Answer(t, "list_incidents", rig.Args{"date_range": "all", "total": true})["total"]
	got := r.Answer(t, "list_incidents", rig.Args{"date_range": "all", "count_by": "service"})
	if note, _ := got["note"].(string); got["total"] != all || got["counted"] != 200.0 || !strings.Contains(note, "newest 200 only: PagerDuty did not list more in time") {
		t.Errorf("%v", got)
	}
}

// TestCountsInMotion holds that an incident that moves to the next page, since others
// were opened meanwhile, counts once.
func TestCountsInMotion(t *testing.T) {
	t.Parallel()
	repeats := func(account http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
			if q := request.URL.Query(); q.Get("offset") == "100" {
				q.Set("offset", "97") // as if three had been opened
				request.URL.RawQuery = q.Encode()
			}
			account.ServeHTTP(w, request)
		})
	}
	r := rig.New(t, rig.WithAPI(repeats))
	got := r.Answer(t, "list_incidents", rig.Args{"period": "last month", "count_by": "service", "limit": 100})
	sum := 0.0
	for _, n := range counts(got["by_service"]) {
		sum += n
	}
	if sum != got["total"] || sum < 100 {
		t.Errorf("%v of %v", sum, got["total"])
	}
}

func TestCountSlips(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for given, want := range map[string]string{
		`{"count_by":["day","service","team"]}`: "count_by",
		`{"count_by":"shade"}`:                  "service",
	} {
		if said := r.Refusal(t, "list_incidents", json.RawMessage(given)); !strings.Contains(said, want) {
			t.Errorf("%s: %s", given, said)
		}
	}
	if got := r.Answer(t, "list_incidents", rig.Args{"total": true, "user_ids": "Ben Carter", "status": "resolved"}); !strings.Contains(got["note"].(string), "Nothing was searched") {
		t.Errorf("%v", got)
	}
}

func TestListWithNotes(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for i := range 5 {
		r.Answer(t, "add_note_to_incident", rig.Args{"incident_id": 4714, "note": fmt.Sprintf("Note %d.", i)})
	}
	for _, call := range []rig.Args{{"include": "notes"}, {"fields": []string{"number", "notes"}}} {
		call["limit"] = 30
		text, isError := r.Call(t, "list_incidents", call)
		for _, want := range []string{`"content":"Note 4."`, "get_incident with include notes has all", "first 25 incidents only"} {
			if isError || !strings.Contains(text, want) {
				t.Errorf("%v has no %s: %.300s", call, want, text)
			}
		}
		if n := strings.Count(text, "Note "); n != 3 || bytes.Contains([]byte(text), []byte("Note 1.")) {
			t.Errorf("%v: %d notes, want the newest 3", call, n)
		}
		if named := call["fields"] != nil; strings.Contains(text, `"title"`) == named {
			t.Errorf("%v: %.300s", call, text)
		}
	}
}
