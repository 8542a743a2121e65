package response_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	t.Run("what can't be merged", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for _, c := range []struct {
			into    any
			sources []string
			want    string
		}{
			{"4711", []string{"4711"}, "can't be merged into itself"},
			{"4711", []string{"4713", r.ID("incident", "4711")}, "can't be merged into itself"}, // by number and by id
			{"4500", []string{"4711"}, "#4500 is resolved"},
			{"4711", []string{"99999"}, "99999\", or hides it"},
			{"4711", nil, "source_incident_ids"},
		} {
			if got := r.Refusal(t, "merge_incidents", rig.Args{"incident_id": c.into, "source_incident_ids": c.sources}); !strings.Contains(got, c.want) {
				t.Errorf("%v into %v: %s", c.sources, c.into, got)
			}
		}
		if len(r.Writes()) > 0 {
			t.Errorf("sent %v", r.Writes())
		}
	})
	t.Run("merged already, here or elsewhere", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Answer(t, "merge_incidents", rig.Args{"incident_id": "4711", "source_incident_ids": []string{"4713"}})
		got := r.Answer(t, "merge_incidents", rig.Args{"incident_id": "4711", "source_incident_ids": []string{"4713", "4714", "4714"}})
		merged := decoded[[]struct{ Number int }](t, got["merged"])
		if len(merged) != 1 || merged[0].Number != 4714 || !strings.Contains(got["note"].(string), "#4713 is merged into it already") {
			t.Errorf("%v", got)
		}
		said := r.Refusal(t, "merge_incidents", rig.Args{"incident_id": "4712", "source_incident_ids": []string{"4713"}})
		if !strings.Contains(said, "#4713 is merged into another incident already") || !strings.Contains(said, "4711") {
			t.Errorf("%s", said)
		}
		if n := len(r.Writes()); n != 2 {
			t.Errorf("sent %v", r.Writes())
		}
	})
	t.Run("PagerDuty refuses one without alerts", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		made := r.Answer(t, "create_incident", rig.Args{"title": "By hand", "service_id": "Search API"})
		number := fmt.Sprint(made["incident"].(map[string]any)["number"])
		if got := r.Refusal(t, "merge_incidents", rig.Args{"incident_id": "4711", "source_incident_ids": []string{"4713", number}}); !strings.Contains(got, "#"+number+" can't be merged, as PagerDuty shows it") {
			t.Errorf("%s", got)
		}
		if got := r.Answer(t, "get_incident", rig.Args{"incident_id": "4713"}); got["status"] != "triggered" {
			t.Errorf("4713 is %v", got["status"])
		}
	})
	for name, c := range map[string]struct {
		fault  sandbox.Fault
		merged bool // all the same
		want   string
	}{
		"its answer is lost":      {sandbox.Fault{Method: "PUT", ResetAfter: true, Times: 1}, true, "the change was made"},
		"its answer is empty":     {sandbox.Fault{Method: "PUT", Status: 200, Body: " ", AfterEffect: true, Times: 1}, true, "the change was made"},
		"502, and it took effect": {sandbox.Fault{Method: "PUT", Status: 502, AfterEffect: true, Times: 1}, true, "the change was made"},
		"it is lost on its way":   {sandbox.Fault{Method: "PUT", Reset: true, Times: 1}, false, "not known whether"},
		"somebody else merged them": {
			sandbox.Fault{Method: "PUT", Status: 400, Body: `{"error":{"message":"Incident Already Merged","code":1019}}`, AfterEffect: true, Times: 1}, true, "Somebody else merged them",
		},
		"a conflict": {sandbox.Fault{Method: "PUT", Status: 409, Body: `{"error":{"message":"Conflict"}}`}, false, "same time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			r.Inject(c.fault)
			got, failed := r.Call(t, "merge_incidents", rig.Args{"incident_id": "4711", "source_incident_ids": []string{"4713"}})
			if failed == c.merged || !strings.Contains(got, c.want) {
				t.Errorf("failed %v: %s", failed, got)
			}
			if n := len(r.Writes()); n != 1 {
				t.Errorf("sent %d times", n)
			}
		})
	}
}
