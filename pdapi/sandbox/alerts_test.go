package sandbox_test

import (
	"strings"
	"testing"
	"time"
)

// TestAlertsAreCounted holds each incident's alerts against its alert_counts: they
// began while it was open, and are over when it is.
func TestAlertsAreCounted(t *testing.T) {
	eachAccount(t, func(t *testing.T, a *account, now time.Time) {
		tools := map[string]bool{}
		for _, i := range a.all(t, "/incidents?date_range=all&sort_by=created_at:desc", "incidents")[:80] {
			alerts := a.all(t, "/incidents/"+words(i, "id")+"/alerts", "alerts")
			open := 0
			for _, al := range alerts {
				tools[words(al, "integration", "summary")] = true
				began := at(t, al["created_at"])
				if al["status"] == "triggered" {
					open++
				}
				if began.Before(at(t, i["created_at"])) || began.After(now) || (al["status"] == "triggered") != (al["resolved_at"] == nil) {
					t.Errorf("%v: %v", i["title"], al)
				}
				if one := a.get(t, "/incidents/"+words(i, "id")+"/alerts/"+words(al, "id"))["alert"]; encode(one) != encode(al) {
					t.Errorf("one: %v, listed: %v", one, al)
				}
			}
			counts := i["alert_counts"].(object)
			if counts["all"] != float64(len(alerts)) || counts["triggered"] != float64(open) || (i["status"] == "resolved") != (open == 0) {
				t.Errorf("%v, %v: %v, but %d alerts, %d open", i["title"], i["status"], counts, len(alerts), open)
			}
		}
		if len(tools) < 8 {
			t.Errorf("only %v have alerts", tools)
		}
	})
}

// TestChangesTellTheStory: what was deployed shortly before the major incident is
// related to it, and changes are found by service, team and time.
func TestChangesTellTheStory(t *testing.T) {
	eachAccount(t, func(t *testing.T, a *account, now time.Time) {
		major := "/incidents/" + a.ID("incident", "4711")
		related := list(a.get(t, major+"/related_change_events?limit=1")["change_events"])
		if len(related) != 1 || !strings.Contains(words(related[0], "summary"), "payments-api 412") || words(related[0], "correlation_reason", "reason") != "most_recent" {
			t.Errorf("%v", related)
		}
		began := at(t, a.get(t, major)["incident"].(object)["created_at"])
		if before := began.Sub(at(t, related[0]["timestamp"])); before != 7*time.Minute {
			t.Errorf("deployed %v before", before)
		}
		span := "since=" + now.AddDate(0, 0, -7).Format("2006-01-02T15:04:05Z") + "&until=" + now.Format("2006-01-02T15:04:05Z")
		all := a.all(t, "/change_events?"+span, "change_events")
		ofService := a.all(t, "/services/"+a.ID("service", "Payments API")+"/change_events?"+span, "change_events")
		ofTeam := a.all(t, "/change_events?"+span+"&team_ids[]="+a.ID("team", "Payments"), "change_events")
		if len(ofService) == 0 || len(ofTeam) <= len(ofService) || len(all) <= len(ofTeam) {
			t.Errorf("%d of the service, %d of the team, %d in all", len(ofService), len(ofTeam), len(all))
		}
		if one := a.get(t, "/change_events/"+words(all[0], "id"))["change_event"]; encode(one) != encode(all[0]) {
			t.Errorf("one: %v, listed: %v", one, all[0])
		}
		a.refused(t, "GET", "/change_events?since="+now.Format("2006-01-02T15:04:05+00:00"), "", "UTC")
	})
}
