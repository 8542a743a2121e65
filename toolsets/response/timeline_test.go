package response_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// events are a timeline's events as "after kind what".
func events(got map[string]any) []string {
	var out []string
	items, _ := got["events"].([]any)
	for _, item := range items {
		e := item.(map[string]any)
		out = append(out, fmt.Sprint(e["after"], " ", e["kind"], " ", e["what"]))
	}
	return out
}

// TestTimelineFoldsNoise gives an incident fourteen notifications in a row: they are
// one line. What somebody does in between is never folded away.
func TestTimelineFoldsNoise(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	id := r.ID("incident", "4712")
	var entries []string
	entry := func(kind, more string, minute int) {
		entries = append([]string{fmt.Sprintf(`{"id":"R%d","type":"%s_log_entry","summary":"%s","created_at":"2026-03-02T11:%02d:00Z"%s}`, minute, kind, kind, minute, more)}, entries...)
	}
	ana := `,"user":{"id":"PANA","summary":"Ana"},"channel":{"type":"auto","notification":{"type":"sms"}}`
	entry("trigger", "", 21)
	for n := range 14 {
		entry("notify", ana, 22+n)
	}
	entry("acknowledge", "", 43)
	entry("notify", ana, 44)
	entry("brand_new_kind", "", 45)
	r.Inject(sandbox.Fault{Path: "/incidents/" + id + "/log_entries", Status: 200, Body: `{"log_entries":[` + strings.Join(entries, ",") + `],"more":false}`})
	r.Inject(sandbox.Fault{Path: "/incidents/" + id + "/alerts", Status: 200, Body: `{"alerts":[],"more":false}`})
	r.Inject(sandbox.Fault{Path: "/incidents/" + id + "/notes", Status: 403, Body: `{"error":{"message":"no","code":1}}`})
	got := r.Answer(t, "get_incident_timeline", rig.Args{"incident_id": id, "since": "2026-03-02T11:21:00Z"})
	all := strings.Join(events(got), "\n")
	for _, want := range []string{
		"+1 min notify 14 notifications to Ana by sms, the last 13 min later\n", "+22 min acknowledge acknowledge\n", "+23 min notify 1 notification to Ana by sms\n",
		"+24 min brand_new_kind brand_new_kind",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in\n%s", want, all)
		}
	}
	if said := list(got, "could_not_be_read"); len(said) != 1 || !strings.HasPrefix(said[0], "notes: ") {
		t.Errorf("could not be read: %v", said)
	}
}

// TestTimelineIsInOrder and goes on where it was cut, with nothing lost.
func TestTimelineIsInOrder(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	whole := events(r.Answer(t, "get_incident_timeline", rig.Args{"incident_id": 4711}))
	if len(whole) < 20 {
		t.Fatalf("%d events: %v", len(whole), whole)
	}
	first := r.Answer(t, "get_incident_timeline", rig.Args{"incident_id": 4711, "limit": 8})
	said, _ := first["left_out"].(string)
	_, since, found := strings.Cut(said, "since ")
	if !found || !strings.HasPrefix(said, fmt.Sprintf("%d later events", len(whole)-8)) {
		t.Fatalf("left out: %q", said)
	}
	rest := events(r.Answer(t, "get_incident_timeline", rig.Args{"incident_id": 4711, "since": since}))
	if got := append(events(first), rest...); strings.Join(got, "\n") != strings.Join(whole, "\n") {
		t.Errorf("in two parts:\n%s\nin one:\n%s", strings.Join(got, "\n"), strings.Join(whole, "\n"))
	}
	for n, name := range []string{"change GitHub Actions: Deployed payments-api 412", "alert Datadog", "trigger ", "assign ", "notify 1 notification"} {
		if !strings.Contains(whole[n], name) {
			t.Errorf("event %d is %q, want %q", n, whole[n], name)
		}
	}
}

// TestTimelineTellsOfStatusUpdates, in their own words, and in the order of the log what
// happened in one second.
func TestTimelineTellsOfStatusUpdates(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	r.Answer(t, "send_status_update", rig.Args{"incident_id": 4711, "message": "Most payments go through again."})
	r.Answer(t, "manage_incidents", rig.Args{"incident_ids": 4711, "status": "resolved"})
	got := strings.Join(events(r.Answer(t, "get_incident_timeline", rig.Args{"incident_id": 4711, "since": "2026-03-02T12:00:00Z"})), "\n")
	update, resolved := "+42 min status_update Ana Souza: Most payments go through again.\n", "+42 min resolve Resolved by Ana Souza.\n"
	if !strings.HasPrefix(got, update) || !strings.Contains(got, resolved) || strings.Index(got, "alert over") < strings.Index(got, resolved) {
		t.Errorf("%s", got)
	}
	if log, _ := r.Call(t, "list_log_entries", rig.Args{"incident_id": 4711, "limit": 5}); !strings.Contains(log, `"content":"Most payments go through again."`) {
		t.Errorf("%s", log)
	}
}

// TestTimelineAsMarkdown holds that what strangers wrote stays in its cell.
func TestTimelineAsMarkdown(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	r.Answer(t, "add_note_to_incident", rig.Args{"incident_id": 4711, "note": "a | b\n<script>x</script> [here](https://evil.example) `code`\n| 1 | 2 |"})
	text, _ := r.Answer(t, "get_incident_timeline", rig.Args{"incident_id": 4711, "format": "markdown"})["markdown"].(string)
	if !strings.Contains(text, "# #4711 Payments API") || !strings.Contains(text, "**Acknowledged:** 4 min after the trigger") {
		t.Errorf("%s", text)
	}
	noted := false
	_, table, _ := strings.Cut(text, "|---|---|---|---|\n")
	for line := range strings.SplitSeq(table, "\n") {
		if line == "" {
			continue
		}
		if cells := strings.Count(line, "|") - strings.Count(line, `\|`); cells != 5 {
			t.Errorf("%d bars in %q", cells, line)
		}
		noted = noted || strings.Contains(line, `a \| b &lt;script>`) && strings.Contains(line, `\[here]`)
	}
	if !noted {
		t.Errorf("the note is not there as it should be: %s", text)
	}
	if before, after, ok := strings.Cut(text, "|---|"); !ok || strings.Contains(before, "11:11") || !strings.Contains(after, "-7 min | change |") {
		t.Errorf("%s", text)
	}
}

// TestOfOneThingAlone: what PagerDuty can't search together is refused before
// anything is asked.
func TestOfOneThingAlone(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for _, c := range []struct {
		tool      string
		arguments rig.Args
		says      string
	}{
		{"list_change_events", rig.Args{"change_event_id": "01X", "incident_id": 4711}, "give it alone"},
		{"list_change_events", rig.Args{"incident_id": 4711, "service_ids": r.ID("service", "Payments API")}, "leave out service_ids"},
		{"list_change_events", rig.Args{"incident_id": 4711, "since": "7d"}, "since"},
		{"list_log_entries", rig.Args{"log_entry_id": "RX", "incident_id": 4711}, "give it alone"},
		{"list_log_entries", rig.Args{"incident_id": 4711, "team_ids": r.ID("team", "Payments")}, "leave out team_ids"},
	} {
		r.ForgetRequests()
		if said := r.Refusal(t, c.tool, c.arguments); !strings.Contains(said, c.says) {
			t.Errorf("%s %v: %s", c.tool, c.arguments, said)
		}
		for _, sent := range r.Sent() {
			if strings.Contains(sent, "change_events") || strings.Contains(sent, "log_entries") {
				t.Errorf("%s %v sent %s", c.tool, c.arguments, sent)
			}
		}
	}
}

// TestOneByID reads one alert, one change and one entry of the log, also by the names
// that tools of other servers have for that.
func TestOneByID(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	id := func(list map[string]any, name string) string {
		return list[name].([]any)[0].(map[string]any)["id"].(string)
	}
	alert := id(r.Answer(t, "list_alerts_from_incident", rig.Args{"incident_id": 4711}), "alerts")
	change := id(r.Answer(t, "list_change_events", rig.Args{"incident_id": 4711}), "change_events")
	entry := id(r.Answer(t, "list_log_entries", rig.Args{"incident_id": 4711}), "log_entries")
	for _, c := range []struct {
		tool      string
		arguments rig.Args
		name, id  string
	}{
		{"list_alerts_from_incident", rig.Args{"incident_id": 4711, "alert_id": alert}, "alerts", alert},
		{"get_alert_from_incident", rig.Args{"incident_id": 4711, "alert_id": alert}, "alerts", alert},
		{"list_change_events", rig.Args{"change_event_id": change}, "change_events", change},
		{"get_change_event", rig.Args{"change_event_id": change}, "change_events", change},
		{"list_incident_change_events", rig.Args{"incident_id": 4711, "limit": 1}, "change_events", change},
		{"get_log_entry", rig.Args{"log_entry_id": entry}, "log_entries", entry},
	} {
		got := r.Answer(t, c.tool, c.arguments)
		if n := len(got[c.name].([]any)); n != 1 || id(got, c.name) != c.id {
			t.Errorf("%s %v: %d, %v", c.tool, c.arguments, n, got)
		}
	}
	if text, _ := r.Call(t, "list_change_events", rig.Args{"change_event_id": change}); strings.Contains(text, "secret") {
		t.Errorf("the routing key is in %s", text)
	}
}

// TestChangesOfSeveralServices come in one order, and page by page as in one piece.
func TestChangesOfSeveralServices(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	both := []string{r.ID("service", "Payments API"), r.ID("service", "Checkout API")}
	ids := func(arguments rig.Args) (out []string) {
		arguments["service_ids"], arguments["since"] = both, "30d"
		last := time.Time{}
		for _, item := range r.Answer(t, "list_change_events", arguments)["change_events"].([]any) {
			c := item.(map[string]any)
			at, err := time.Parse(time.RFC3339, c["at"].(string))
			if err != nil || !last.IsZero() && at.After(last) {
				t.Errorf("%v after %v", c, last)
			}
			last = at
			out = append(out, c["id"].(string))
		}
		return out
	}
	whole := ids(rig.Args{"limit": 100})
	var pages []string
	for offset := 0; offset < len(whole); offset += 5 {
		pages = append(pages, ids(rig.Args{"limit": 5, "offset": offset})...)
	}
	if len(whole) < 10 || strings.Join(pages, " ") != strings.Join(whole, " ") {
		t.Errorf("in pages %v, in one piece %v", pages, whole)
	}
}
