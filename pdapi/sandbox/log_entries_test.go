package sandbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// told are the entries of a log, the oldest first, as "+15m escalate": how long after
// the first each was.
func told(t *testing.T, entries []object) []string {
	t.Helper()
	slices.Reverse(entries)
	var out []string
	for _, e := range entries {
		after := at(t, e["created_at"]).Sub(at(t, entries[0]["created_at"]))
		kind := strings.TrimSuffix(words(e, "type"), "_log_entry")
		if kind == "notify" {
			kind += " " + strings.TrimSuffix(words(e, "channel", "notification", "type"), "_notification")
		}
		out = append(out, fmt.Sprintf("+%dm %s", int(after.Minutes()), kind))
	}
	return out
}

// TestLogOfANight follows one incident: whatever happens to it, by itself or by a
// request, is in its log once, and people are notified until somebody has it.
func TestLogOfANight(t *testing.T) {
	t.Parallel()
	a, now := moving(t, sandbox.Options{})
	made := a.sent(t, "POST", "/incidents", encode(object{"incident": object{
		"type": "incident", "title": "Search is slow", "urgency": "high", "service": object{"id": a.ID("service", "Search API"), "type": "service_reference"},
	}}))
	id := words(made, "incident", "id")
	change := func(minutes int, fields object) {
		*now = noon.Add(time.Duration(minutes) * time.Minute)
		fields["id"], fields["type"] = id, "incident"
		a.sent(t, "PUT", "/incidents", encode(object{"incidents": []object{fields}}))
	}
	change(16, object{"status": "acknowledged"})
	*now = noon.Add(20 * time.Minute)
	a.sent(t, "POST", "/incidents/"+id+"/notes", `{"note":{"content":"Reindexing."}}`)
	change(25, object{"title": "Search is very slow", "priority": object{"id": a.ID("priority", "P2"), "type": "priority_reference"}})
	*now = noon.Add(30 * time.Minute)
	a.sent(t, "POST", "/incidents/"+id+"/status_updates", `{"message":"Search is slow for everybody."}`)
	change(50, object{"status": "resolved"})

	want := []string{
		"+0m trigger", "+0m assign", "+0m notify push", "+2m notify sms", "+5m notify phone",
		"+15m escalate", "+15m notify push", "+16m acknowledge", "+20m annotate", "+25m field_value_change", "+25m field_value_change", "+30m status_update",
		// The service's acknowledgements last half an hour: until 16:46.
		"+46m unacknowledge", "+46m notify push", "+48m notify sms", "+50m resolve",
	}
	log := a.all(t, "/incidents/"+id+"/log_entries", "log_entries")
	if diff := cmp.Diff(want, told(t, log)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	overview := strings.Join(told(t, a.all(t, "/incidents/"+id+"/log_entries?is_overview=true", "log_entries")), ", ")
	if strings.Contains(overview, "notify") || !strings.Contains(overview, "escalate") || !strings.Contains(overview, "annotate") {
		t.Errorf("overview: %s", overview)
	}
	for _, e := range log {
		one := a.get(t, "/log_entries/"+words(e, "id"))["log_entry"].(object)
		if diff := cmp.Diff(e, one); diff != "" {
			t.Errorf("-listed +one:\n%s", diff)
		}
	}
	first := a.get(t, "/log_entries/"+words(made, "incident", "first_trigger_log_entry", "id"))["log_entry"].(object)
	if words(first, "event_details", "description") != "Search is slow" || words(first, "agent", "summary") != "Ana Souza" {
		t.Errorf("%v", first)
	}
	for _, part := range []string{"is_overview=perhaps", "since=yesterday", "include[]=users"} {
		a.refused(t, "GET", "/incidents/"+id+"/log_entries?"+part, "", "")
	}
}

// TestLogOfTheAccount holds the log against the incidents: each was triggered when it
// says, and who has it is whom the log assigned it to last.
func TestLogOfTheAccount(t *testing.T) {
	eachAccount(t, func(t *testing.T, a *account, now time.Time) {
		team := a.ID("team", "Payments")
		span := "?since=" + now.AddDate(0, 0, -3).Format(time.RFC3339) + "&until=" + now.Format(time.RFC3339)
		all := a.all(t, "/log_entries"+span, "log_entries")
		if !slices.IsSortedFunc(all, func(x, y object) int { return at(t, y["created_at"]).Compare(at(t, x["created_at"])) }) {
			t.Error("not newest first")
		}
		ids := map[string]bool{}
		for _, e := range all {
			if ids[words(e, "id")] {
				t.Errorf("twice: %v", e)
			}
			ids[words(e, "id")] = true
			if when := at(t, e["created_at"]); when.Before(now.AddDate(0, 0, -3)) || !when.Before(now) {
				t.Errorf("outside: %v", e)
			}
		}
		ofTeam := a.all(t, "/log_entries"+span+"&team_ids[]="+team, "log_entries")
		if len(ofTeam) == 0 || len(ofTeam) >= len(all) {
			t.Errorf("%d entries of the team, %d in all", len(ofTeam), len(all))
		}
		for _, i := range a.all(t, "/incidents?date_range=all&sort_by=created_at:desc", "incidents")[:60] {
			log := a.all(t, "/incidents/"+words(i, "id")+"/log_entries", "log_entries")
			first, has := log[len(log)-1], map[string]bool{}
			last := "" // to whom
			for _, e := range slices.Backward(log) {
				has[words(e, "type")] = true
				if assignees := list(e["assignees"]); len(assignees) > 0 {
					last = words(assignees[0], "id")
				}
			}
			switch {
			case words(first, "type") != "trigger_log_entry" || first["created_at"] != i["created_at"]:
				t.Errorf("%v began with %v", i["title"], first)
			case (i["status"] == "resolved") != has["resolve_log_entry"]:
				t.Errorf("%v is %v, its log has %v", i["title"], i["status"], has)
			case i["status"] == "acknowledged" && !has["acknowledge_log_entry"]:
				t.Errorf("%v was never acknowledged", i["title"])
			case len(list(i["assignments"])) > 0 && words(list(i["assignments"])[0], "assignee", "id") != last:
				t.Errorf("%v: the log's last assignee is %s, not %v", i["title"], last, i["assignments"])
			}
		}
	})
}
