package response_test

import (
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestManageAlerts(t *testing.T) {
	t.Parallel()
	t.Run("what makes no sense", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		alerts := r.Alerts(r.ID("incident", "4711"))
		for _, c := range []struct {
			args rig.Args
			want string
		}{
			{rig.Args{}, "nothing to change"},
			{rig.Args{"status": "resolved", "to_incident_id": "4712"}, "resolved or moved"},
			{rig.Args{"to_incident_id": "4711"}, "is the incident that the alerts are in"},
			{rig.Args{"to_incident_id": r.ID("incident", "4711")}, "is the incident that the alerts are in"},
			{rig.Args{"to_incident_id": "4500"}, "#4500 is resolved"},
			{rig.Args{"status": "resolved", "alert_ids": []string{alerts[0], "QOTHER"}}, `#4711 has no alert "QOTHER"`},
			{rig.Args{"to_incident_id": "4712", "alert_ids": "QOTHER"}, `#4711 has no alert "QOTHER"`},
		} {
			args := rig.Args{"incident_id": "4711", "alert_ids": alerts[0]}
			for name, value := range c.args {
				args[name] = value
			}
			if got := r.Refusal(t, "manage_alerts", args); !strings.Contains(got, c.want) {
				t.Errorf("%v: %s", c.args, got)
			}
		}
		if len(r.Writes()) > 0 {
			t.Errorf("sent %v", r.Writes())
		}
	})
	t.Run("the last alert takes the incident with it", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		resolve := rig.Args{"incident_id": "4713", "alert_ids": r.Alerts(r.ID("incident", "4713")), "status": "resolved"}
		if got, _ := r.Call(t, "manage_alerts", resolve); !strings.Contains(got, "last alert is resolved") || !strings.Contains(got, `"triggered":0`) {
			t.Errorf("%s", got)
		}
		got := r.Answer(t, "manage_alerts", resolve)
		if len(r.Writes()) != 1 || !strings.Contains(got["note"].(string), "nothing has changed") {
			t.Errorf("%v %v", r.Writes(), got)
		}
	})
	t.Run("moved twice", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		move := rig.Args{"incident_id": "4713", "alert_ids": r.Alerts(r.ID("incident", "4713"))[:1], "to_incident_id": "4711"}
		r.Answer(t, "manage_alerts", move)
		if got := r.Answer(t, "manage_alerts", move); len(r.Writes()) != 1 || !strings.Contains(got["note"].(string), "1 of the alerts are there already") {
			t.Errorf("%v %v", r.Writes(), got)
		}
	})
	for name, c := range map[string]struct {
		fault sandbox.Fault
		fails bool
		want  string
		sent  int
	}{
		"its answer is lost":    {sandbox.Fault{Method: "PUT", ResetAfter: true, Times: 1}, false, "the change was made", 1},
		"it is lost on its way": {sandbox.Fault{Method: "PUT", Reset: true, Times: 1}, true, "not known whether", 1},
		"an alert is gone":      {sandbox.Fault{Method: "PUT", Status: 404, Body: `{"error":{"message":"Not Found","code":2100}}`}, true, "no such object", 1},
		"a conflict":            {sandbox.Fault{Method: "PUT", Status: 409, Body: `{"error":{"message":"Conflict"}}`}, true, "same time", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			r.Inject(c.fault)
			got, failed := r.Call(t, "manage_alerts", rig.Args{"incident_id": "4713", "alert_ids": r.Alerts(r.ID("incident", "4713"))[:1], "to_incident_id": "4711"})
			if failed != c.fails || !strings.Contains(got, c.want) || len(r.Writes()) != c.sent {
				t.Errorf("failed %v, sent %v: %s", failed, r.Writes(), got)
			}
		})
	}
}
