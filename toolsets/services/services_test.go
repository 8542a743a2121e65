package services_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestUpdatesSendWhatWasGiven(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tool      string
		arguments string
		want      string
	}{
		"rename a service": {
			"update_service", `{"service_id":"$service:Search API$","name":"Find"}`,
			`{"service":{"escalation_policy":{"id":"$policy:Search On-Call$","type":"escalation_policy_reference"},"name":"Find","type":"service"}}`,
		},
		"another policy": {
			"update_service", `{"service_id":"$service:Search API$","escalation_policy_id":"$policy:Data On-Call$"}`,
			`{"service":{"escalation_policy":{"id":"$policy:Data On-Call$","type":"escalation_policy_reference"},"type":"service"}}`,
		},
		"a timeout that is cleared is off": {
			"update_service", `{"service_id":"$service:Search API$","clear":"auto_resolve_timeout"}`,
			`{"service":{"auto_resolve_timeout":null,"escalation_policy":{"id":"$policy:Search On-Call$","type":"escalation_policy_reference"},"type":"service"}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			want := string(r.Fill(t, []byte(c.want)))
			r.Answer(t, c.tool, r.Fill(t, []byte(c.arguments)))
			got := r.LastBody(http.MethodPut) + r.LastBody(http.MethodPost)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestUpdateRaces has somebody else change the object between our read and our
// write: what they changed stays, and is told.
func TestUpdateRaces(t *testing.T) {
	t.Parallel()
	t.Run("somebody else", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		id, policy := r.ID("service", "Search API"), r.ID("policy", "Search On-Call")
		r.Inject(sandbox.Fault{Method: http.MethodPut, Times: 1, Do: func() {
			r.Elsewhere(t, http.MethodPut, "/services/"+id, `{"service":{"type":"service","escalation_policy":{"id":"`+policy+`","type":"escalation_policy_reference"},"auto_resolve_timeout":60}}`)
		}})
		got := r.Answer(t, "update_service", rig.Args{"service_id": id, "description": "Finds things"})
		if got["description"] != "Finds things" || got["auto_resolve_timeout"] != 60.0 || !strings.Contains(fmt.Sprint(got["note"]), "somebody else changed auto_resolve_timeout") {
			t.Errorf("%v", got)
		}
	})
	t.Run("nobody else", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		if got := r.Answer(t, "update_service", rig.Args{"service_id": r.ID("service", "Search API"), "name": "Find"}); got["note"] != nil {
			t.Errorf("%v", got)
		}
	})
}

func TestServiceSettings(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	id := r.ID("service", "Search API")
	hours := func(change rig.Args) rig.Args {
		h := rig.Args{"time_zone": "Europe/Berlin", "start_time": "09:00", "end_time": "17:00", "days_of_week": []int{1, 2}}
		for k, v := range change {
			h[k] = v
		}
		return rig.Args{"service_id": id, "support_hours": h}
	}
	for _, c := range []struct {
		arguments rig.Args
		want      string
	}{
		{rig.Args{"service_id": id}, "nothing to change"},
		{hours(rig.Args{"start_time": "9 o'clock"}), "24-hour time"},
		{hours(rig.Args{"days_of_week": []int{0}}), "1 (Monday) to 7"},
		{hours(rig.Args{"days_of_week": []int{}}), "support_hours.days_of_week: is blank"},
		{hours(rig.Args{"urgency_during": "severe"}), "high, low or severity_based"},
		{rig.Args{"service_id": id, "urgency": "low", "support_hours": hours(nil)["support_hours"]}, "not both"},
		{rig.Args{"service_id": id, "auto_resolve_timeout": -1}, "use 0 or more"},
	} {
		if said := r.Refusal(t, "update_service", c.arguments); !strings.Contains(said, c.want) {
			t.Errorf("%v: %q does not say %q", c.arguments, said, c.want)
		}
	}
	if sent := r.Requests(); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
	got := r.Answer(t, "update_service", hours(nil))
	if diff := cmp.Diff(map[string]any{"during_support_hours": "high", "outside_support_hours": "low"}, got["urgency"]); diff != "" {
		t.Errorf("urgency (-want +got):\n%s", diff)
	}
	if strings.Contains(r.LastBody(http.MethodPut), "alert_grouping") {
		t.Error("touching alert grouping takes a service out of its grouping setting")
	}
	if said := r.Refusal(t, "create_service", rig.Args{"name": "Cart Service", "escalation_policy_id": r.ID("policy", "Data On-Call")}); !strings.Contains(said, "already been taken") {
		t.Errorf("%s", said)
	}
}

// TestTimeoutsWhereAsked holds that a list of services has their timeouts where it is
// asked for them, and nowhere else.
func TestTimeoutsWhereAsked(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	asked, isError := r.Call(t, "list_services", rig.Args{"fields": []string{"name", "auto_resolve_timeout"}, "query": "Cart"})
	if isError || !strings.Contains(asked, `"name":"Cart Service","auto_resolve_timeout":14400}`) {
		t.Error(asked)
	}
	if plain, _ := r.Call(t, "list_services", nil); strings.Contains(plain, "timeout") {
		t.Error(plain)
	}
}

// TestZonesOfSupportHours holds that cities and the names of Ruby on Rails are taken for
// the time zone of support hours, and that offsets are refused, which PagerDuty would not
// know.
func TestZonesOfSupportHours(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	hours := func(zone string) rig.Args {
		return rig.Args{"service_id": "Search API", "support_hours": rig.Args{"time_zone": zone, "start_time": "09:00", "end_time": "17:00", "days_of_week": []int{1, 2}}}
	}
	for zone, want := range map[string]string{"Berlin": "Europe/Berlin", "Eastern Time (US & Canada)": "America/New_York", "america/new york": "America/New_York", "UTC": "UTC"} {
		r.Answer(t, "update_service", hours(zone))
		if body := r.LastBody(http.MethodPut); !strings.Contains(body, `"time_zone":"`+want+`"`) {
			t.Errorf("%s: sent %s", zone, body)
		}
	}
	r.ForgetRequests()
	for _, zone := range []string{"+02:00", "Atlantis"} {
		if said := r.Refusal(t, "update_service", hours(zone)); !strings.Contains(said, "support_hours.time_zone: ") || !strings.Contains(said, "Europe/Berlin") || len(r.Sent()) > 0 {
			t.Errorf("%s: %s, sent %v", zone, said, r.Sent())
		}
	}
}
