package likeness_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/likeness"
)

func TestRank(t *testing.T) {
	t.Parallel()
	others := []string{
		"Disk usage 91% on db-3", "queue_depth above 500 on worker-1", "Queue depth 9800 and growing", "Certificate expires in 3 days",
		"queue_depth above 700 on worker-2", "Disk is slow on db-7", "Error rate 4%", "queue_depth above 900 on worker-1",
	}
	for title, want := range map[string][]string{
		"queue_depth above 800 on worker-1": {
			"queue_depth above 500 on worker-1: same title but for numbers and same metric and host",
			"queue_depth above 900 on worker-1: same title but for numbers and same metric and host",
			"queue_depth above 700 on worker-2: same title but for numbers and same metric",
		},
		"Disk usage 99% on db-12":    {"Disk usage 91% on db-3: same title but for numbers", "Disk is slow on db-7: same words: db-#, disk"},
		"Disk usage is at 5 percent": {"Disk usage 91% on db-3: same words: usage, disk"},
		"Something else entirely":    nil,
		"":                           nil,
	} {
		var got []string
		for _, m := range likeness.Rank(title, others) {
			got = append(got, others[m.Index]+": "+m.Because)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: -want +got:\n%s", title, diff)
		}
	}
	matches := []likeness.Match{{Index: 0, Score: 0.9}, {Index: 1, Score: 0.85}, {Index: 2, Score: 0.5}}
	got := likeness.Prefer(matches, func(index int) bool { return index > 0 })
	if got[0].Index != 1 || got[1].Index != 0 || got[2].Index != 2 {
		t.Errorf("%v: notes count, but less than likeness", got)
	}
}

// TestPlantedRepeats measures on three months of the simulated account: what was
// planted as a repeat of something open comes before all else, in the incidents of the
// service and in those of the whole account.
func TestPlantedRepeats(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	var all []pdapi.Incident
	for page, err := range r.PD.Incidents(t.Context(), pdapi.IncidentFilter{AllDates: true}, pdapi.Window{Limit: 1000}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Items...)
	}
	seen := 0
	for _, open := range all {
		if open.Status == "resolved" {
			continue
		}
		planted := map[string]bool{}
		past, _, err := r.PD.PastIncidents(t.Context(), open.ID, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range past {
			planted[p.Incident.ID] = true
		}
		for _, everywhere := range []bool{false, true} {
			var over []pdapi.Incident
			var titles []string
			for _, i := range all {
				if i.Status == "resolved" && (everywhere || i.Service.ID == open.Service.ID) {
					over, titles = append(over, i), append(titles, i.Title)
				}
			}
			found := likeness.Rank(open.Title, titles)
			first := slices.IndexFunc(found, func(m likeness.Match) bool { return !planted[over[m.Index].ID] })
			if first < 0 {
				first = len(found)
			}
			if seen++; first < len(planted) {
				t.Errorf("%q, everywhere %v: %d of %d repeats come first of %d found", open.Title, everywhere, first, len(planted), len(found))
			}
		}
	}
	if seen < 16 {
		t.Errorf("only %d searches", seen)
	}
}
