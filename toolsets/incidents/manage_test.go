package incidents_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestManageIncidents(t *testing.T) {
	t.Parallel()
	statuses := func(list map[string]any) string {
		var out []string
		for _, i := range list["incidents"].([]any) {
			i := i.(map[string]any)
			out = append(out, fmt.Sprintf("%v %v", i["number"], i["status"]))
		}
		return strings.Join(out, ", ")
	}
	t.Run("everything in one request", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		list := r.Answer(t, "manage_incidents", rig.Args{
			"incident_ids": []string{r.ID("incident", "4712"), r.ID("incident", "4713")}, "status": "acknowledged", "urgency": "low",
			"title": "Same cause", "priority_id": r.ID("priority", "P2"),
		})
		if got := statuses(list); got != "4712 acknowledged, 4713 acknowledged" {
			t.Errorf("%s", got)
		}
		if diff := cmp.Diff([]string{"GET /priorities", "PUT /incidents"}, r.Sent()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
	t.Run("nothing to change", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		if said := r.Refusal(t, "manage_incidents", rig.Args{"incident_ids": "4712"}); !strings.Contains(said, "nothing to change") || len(r.Requests()) > 0 {
			t.Errorf("%s", said)
		}
	})
	t.Run("the original's spelling of assignment", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		list := r.Answer(t, "manage_incidents", rig.Args{"incident_ids": "4712", "assignement": rig.Args{"id": r.ID("user", "Hugo Lindqvist"), "type": "user_reference"}})
		if got := fmt.Sprint(list["incidents"]); !strings.Contains(got, "Hugo Lindqvist") {
			t.Errorf("%s", got)
		}
	})
	t.Run("what can't go together", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for _, a := range []rig.Args{
			{"resolution": "done"}, {"resolution": "done", "status": "acknowledged"}, {"assignee_ids": "PAAAAA1", "escalation_level": 2},
			{"assignee_ids": "PAAAAA1", "escalation_policy_id": "PAAAAA2"}, {"status": "resolved", "escalation_level": 2}, {"escalation_level": 0},
		} {
			a["incident_ids"] = "4712"
			r.Refusal(t, "manage_incidents", a)
		}
		if len(r.Requests()) > 0 {
			t.Errorf("sent %v", r.Sent())
		}
	})
	t.Run("some were resolved before", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		over, open := r.ID("incident", "4500"), r.ID("incident", "4713")
		list := r.Answer(t, "manage_incidents", rig.Args{"incident_ids": []string{over, open}, "status": "resolved"})
		if got := statuses(list); got != "4713 resolved, 4500 resolved" || !strings.Contains(list["note"].(string), "1 of the incidents") {
			t.Errorf("%s %v", got, list["note"])
		}
		// Once more: nothing is left to do, which is no failure.
		list = r.Answer(t, "manage_incidents", rig.Args{"incident_ids": []string{over, open}, "status": "resolved"})
		if got := statuses(list); got != "4500 resolved, 4713 resolved" {
			t.Errorf("%s", got)
		}
	})
	t.Run("one request for each 250, and the answer may list fewer", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		var ids []string
		for n := 4420; len(ids) < 260; n++ {
			if id := r.ID("incident", fmt.Sprint(n)); id != "" {
				ids = append(ids, id)
			}
		}
		list := r.Answer(t, "manage_incidents", rig.Args{"incident_ids": append(ids, ids[0]), "priority_id": r.ID("priority", "P4")})
		if diff := cmp.Diff([]string{"GET /priorities", "PUT /incidents", "PUT /incidents"}, r.Sent()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		if note := fmt.Sprint(list["note"]); !strings.Contains(note, "all 260 incidents") || !strings.Contains(note, "only 110") {
			t.Errorf("note is %s", note)
		}
	})
	t.Run("the second request fails", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		var ids []string
		for n := 4420; len(ids) < 260; n++ {
			ids = append(ids, r.ID("incident", fmt.Sprint(n)))
		}
		r.Inject(sandbox.Fault{Method: "PUT", Skip: 1, Status: 400, Body: `{"error":{"message":"no","code":2001}}`})
		said := r.Refusal(t, "manage_incidents", rig.Args{"incident_ids": ids, "priority_id": r.ID("priority", "P4")})
		if !strings.Contains(said, "250 of 260 incidents were changed") || !strings.Contains(said, ids[0]) || strings.Contains(said, ids[255]) {
			t.Errorf("%s", said)
		}
	})
	t.Run("the answer to the second request is lost", func(t *testing.T) {
		t.Parallel()
		for effect, status := range map[bool]int{true: 502, false: 504} {
			r := rig.New(t)
			r.Grow(600)
			var ids []string
			for n := 4711; len(ids) < 510; n-- {
				ids = append(ids, r.ID("incident", fmt.Sprint(n)))
			}
			r.Inject(sandbox.Fault{Method: "PUT", Skip: 1, Times: 1, Status: status, AfterEffect: effect})
			said := r.Refusal(t, "manage_incidents", rig.Args{"incident_ids": ids, "status": "triggered"})
			for _, want := range []string{
				"not known whether", "250 of 510 incidents were changed, those from " + ids[0] + " to " + ids[249],
				"Of those from " + ids[250] + " to " + ids[499] + " it is not known", "Those after " + ids[499] + " were not changed",
			} {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q: %s", want, said)
				}
			}
			if n := len(r.Writes()); n != 2 || strings.Contains(said, ids[505]) {
				t.Errorf("%d requests: %s", n, said)
			}
		}
	})
	t.Run("a wrong id among them changes nothing", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Refusal(t, "manage_incidents", rig.Args{"incident_ids": []string{r.ID("incident", "4713"), "QWRONG"}, "status": "resolved"})
		if got := r.Answer(t, "get_incident", rig.Args{"incident_id": 4713}); got["status"] != "triggered" {
			t.Errorf("status is %v", got["status"])
		}
	})
	t.Run("a change that pages is not repeated", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Inject(sandbox.Fault{Method: "PUT", Status: 502, Times: 1})
		said := r.Refusal(t, "manage_incidents", rig.Args{"incident_ids": r.ID("incident", "4713"), "escalation_level": 2})
		if !strings.Contains(said, "not known whether") || len(r.Requests()) != 1 {
			t.Errorf("%v: %s", r.Sent(), said)
		}
	})
}
