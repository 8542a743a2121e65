package pdapi_test

import (
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// TestSupportHours sets support hours and leaves them again, which PagerDuty
// takes only together with scheduled actions.
func TestSupportHours(t *testing.T) {
	t.Parallel()
	box, pd := start(t)
	constant := &pdapi.UrgencyRule{Type: "constant", Urgency: "low"}
	hours := pdapi.ServiceChange{
		UrgencyRule:  &pdapi.UrgencyRule{Type: "use_support_hours", During: constant, Outside: constant},
		SupportHours: &pdapi.SupportHours{Type: "fixed_time_per_day", TimeZone: "Europe/Berlin", StartTime: "09:00:00", EndTime: "17:00:00", Days: []int{1}},
	}
	id := box.ID("service", "Search API")
	change, err := pd.UpdateService(t.Context(), id, hours)
	if err != nil || change.After.SupportHours == nil || change.After.UrgencyRule.Type != "use_support_hours" {
		t.Fatalf("%+v, %v", change.After, err)
	}
	change, err = pd.UpdateService(t.Context(), id, pdapi.ServiceChange{UrgencyRule: constant})
	if err != nil || change.After.SupportHours != nil || change.After.UrgencyRule.Urgency != "low" || len(change.NotAsSent) > 0 {
		t.Errorf("%+v, %v", change, err)
	}
	name := "Gift Cards"
	hours.Name, hours.EscalationPolicyID = &name, box.ID("policy", "Data On-Call")
	if made, err := pd.CreateService(t.Context(), hours); err != nil || made.SupportHours == nil {
		t.Errorf("%+v, %v", made, err)
	}
}

// TestNoGroupingSettings: PagerDuty answers 404 where there are none.
func TestNoGroupingSettings(t *testing.T) {
	t.Parallel()
	box, pd := start(t)
	pages := 0
	for page, err := range pd.AlertGroupingSettings(t.Context(), []string{box.ID("service", "Warehouse Sync")}, pdapi.Window{Limit: 25}) {
		pages++
		if err != nil || len(page.Items) > 0 || page.More {
			t.Errorf("%+v, %v", page, err)
		}
	}
	if pages != 1 {
		t.Errorf("%d pages, want an empty one", pages)
	}
}
