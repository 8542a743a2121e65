package incidents_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestInsights(t *testing.T) {
	t.Parallel()
	t.Run("a number is looked up, for below it PagerDuty takes ids only", func(t *testing.T) {
		t.Parallel()
		for name, path := range map[string]string{
			"get_outlier_incident": "outlier_incident", "get_past_incidents": "past_incidents", "get_related_incidents": "related_incidents",
		} {
			r := rig.New(t)
			r.Answer(t, name, rig.Args{"incident_id": "#4711"})
			if diff := cmp.Diff([]string{"GET /incidents/4711", "GET /incidents/" + r.ID("incident", "4711") + "/" + path}, r.Sent()[:2]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
	t.Run("past incidents are of the same service, over, and the likest first", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		found := 0
		for number := 4640; number < 4660; number++ {
			of := r.Answer(t, "get_incident", rig.Args{"incident_id": number})["service"]
			past := r.Answer(t, "get_past_incidents", rig.Args{"incident_id": number, "limit": 3})["past_incidents"].([]any)
			last := 1e9
			for _, p := range past {
				p := p.(map[string]any)
				if diff := cmp.Diff(of, p["service"]); diff != "" || p["status"] != "resolved" || p["score"].(float64) > last || p["number"] == number {
					t.Errorf("of %d: %v", number, p)
				}
				last = p["score"].(float64)
			}
			if found += len(past); len(past) > 3 {
				t.Errorf("%d past incidents, want 3 at most", len(past))
			}
		}
		if found == 0 {
			t.Error("no incident has any")
		}
	})
	t.Run("related incidents are of other services, and say why", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		related := r.Answer(t, "get_related_incidents", rig.Args{"incident_id": 4711})["related_incidents"].([]any)
		for _, i := range related {
			i := i.(map[string]any)
			if i["service"].(map[string]any)["id"] == r.ID("service", "Payments API") || i["because"] == nil {
				t.Errorf("%v", i)
			}
		}
		if len(related) == 0 {
			t.Error("there are none")
		}
	})
	t.Run("one service or several", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id := r.ID("incident", "4711")
		r.Inject(sandbox.Fault{Path: "/incidents/" + id + "/related_incidents", Status: http.StatusOK, Body: `{"related_incidents":[
			{"incident":{"id":"Q1"},"relationships":[{"type":"service_dependency","metadata":{"dependent_services":{"id":"P1"},"supporting_services":[{"id":"P2"},{"id":"P3"}]}}]},
			{"incident":{"id":"Q2"},"relationships":null}]}`})
		got := fmt.Sprint(r.Answer(t, "get_related_incidents", rig.Args{"incident_id": id})["related_incidents"])
		if got != "[map[because:[map[dependent_services:[P1] supporting_services:[P2 P3] type:service_dependency]] id:Q1] map[id:Q2]]" {
			t.Errorf("%s", got)
		}
	})
	t.Run("a plan without them", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id := r.ID("incident", "4711")
		r.Inject(sandbox.Fault{Path: "/incidents/" + id + "/", Status: http.StatusPaymentRequired, Body: `{"error":{"message":"Account does not have the AIOps ability","code":2014}}`})
		for _, name := range []string{"get_outlier_incident", "get_past_incidents", "get_related_incidents"} {
			if said := r.Refusal(t, name, rig.Args{"incident_id": id}); !strings.Contains(said, "plan") || !strings.Contains(said, "AIOps ability") {
				t.Errorf("%s: %s", name, said)
			}
		}
	})
	t.Run("how far to look back", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Answer(t, "get_outlier_incident", rig.Args{"incident_id": r.ID("incident", "4711"), "since": "2026-02-01T00:00:00Z"})
		if sent := r.Requests()[0].Path; !strings.Contains(sent, "since=2026-02-01T00%3A00%3A00Z") {
			t.Errorf("sent %s", sent)
		}
	})
}
