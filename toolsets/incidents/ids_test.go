package incidents_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
)

// TestManyNumbers gives more numbers of incidents than would be asked for one by one.
// They are found in the list, a hundred to a request, and nothing is changed if one of
// them is wrong.
func TestManyNumbers(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	r.Grow(1200)
	newest := 0
	for n := 4716; r.ID("incident", fmt.Sprint(n)) != ""; n++ {
		newest = n
	}
	var numbers []int
	for n := newest; len(numbers) < 1000; n-- {
		numbers = append(numbers, n)
	}
	r.ForgetRequests()
	text, isError := r.Call(t, "manage_incidents", rig.Args{"incident_ids": numbers, "priority_id": "P4"})
	if isError {
		t.Fatalf("%.500s", text)
	}
	if sent := r.Sent(); len(sent) > 20 {
		t.Errorf("%d requests: %v", len(sent), sent)
	}
	if !strings.Contains(text, "all 1000 incidents") || len(text) > 40_000 {
		t.Errorf("%d bytes: %.300s … %s", len(text), text, text[max(0, len(text)-300):])
	}

	r.ForgetRequests()
	wrong := slices.Concat(numbers[:200], []int{99_999_998, 99_999_999})
	said := r.Refusal(t, "manage_incidents", rig.Args{"incident_ids": wrong, "priority_id": "P4"})
	if !strings.Contains(said, "99999998") || !strings.Contains(said, "99999999") {
		t.Errorf("%s", said)
	}
	for _, sent := range r.Sent() {
		if strings.HasPrefix(sent, "PUT") {
			t.Errorf("sent %s", sent)
		}
	}
}

// TestSamePageTwice opens the same incident again, as a model does that has lost the
// answer. Nobody is paged a second time.
func TestSamePageTwice(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	page := rig.Args{"title": "Search is down", "service_id": "Search API"}
	first := r.Answer(t, "create_incident", page)
	if first["paged"] == nil {
		t.Errorf("it does not say who was paged: %v", first)
	}
	second := r.Answer(t, "create_incident", rig.Args{"title": "search  is down", "service_id": "Search API"})
	if note := fmt.Sprint(second["note"]); !strings.Contains(note, "Nothing was created") || r.Incidents("Search is down") != 1 {
		t.Errorf("%d incidents; %s", r.Incidents("Search is down"), note)
	}
	if got := r.Answer(t, "create_incident", rig.Args{"title": "Search is down", "service_id": "Search API", "incident_key": "another"}); got["paged"] == nil {
		t.Errorf("one with a key of its own is not opened: %v", got)
	}
	for service, want := range map[string]string{"Search Indexer": "maintenance", "Pricing Engine": "disabled"} {
		got := r.Answer(t, "create_incident", rig.Args{"title": "quiet", "service_id": service})
		if note := fmt.Sprint(got["note"]); !strings.Contains(note, want) || got["paged"] != nil {
			t.Errorf("%s: %v", service, got)
		}
	}
	got := r.Answer(t, "create_incident", rig.Args{"title": "mine", "service_id": "Search API", "assignee_id": "me"})
	if note := fmt.Sprint(got["note"]); !strings.Contains(note, "Nobody was paged: it is assigned to you") || got["paged"] != nil {
		t.Errorf("assigned to who opens it: %v", got)
	}
	asked := rig.Args{"incident_id": 4711, "user_ids": "Ben Carter"}
	r.Answer(t, "add_responders", asked)
	r.ForgetRequests()
	if got := r.Answer(t, "add_responders", asked); !strings.Contains(fmt.Sprint(got["note"]), "asked already") || len(r.Writes()) > 0 {
		t.Errorf("asked twice: %v %v", got, r.Writes())
	}
}
