package people_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestZoneThatIsNotKnown has PagerDuty refuse to say who acts. A change that needs the
// time zone is refused, a look goes on in UTC and says so, and the failure is not
// remembered.
func TestZoneThatIsNotKnown(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	r.Inject(sandbox.Fault{Path: "/users/me", Times: 2, Status: 403, Body: `{"error":{"message":"Access Denied","code":2010}}`})
	override := rig.Args{"schedule_id": "Payments Primary", "overrides": rig.Args{"user_id": "Grace Kim", "start": "tomorrow 9:00", "end": "tomorrow 17:00"}}
	said := r.Refusal(t, "create_schedule_override", override)
	if !strings.Contains(said, "time zone") || !strings.Contains(said, "--time-zone") || len(r.Writes()) > 0 {
		t.Errorf("%s %v", said, r.Writes())
	}
	got := r.Answer(t, "list_oncalls", rig.Args{"since": "today", "until": "today"})
	if note := fmt.Sprint(got["note"]); !strings.Contains(note, "UTC") {
		t.Errorf("note is %s", note)
	}
	made := r.Answer(t, "create_schedule_override", override) // New York's nine o'clock
	if text := fmt.Sprint(made["overrides"]); !strings.Contains(text, "2026-03-03T14:00:00Z") && !strings.Contains(text, "2026-03-03T09:00:00-05:00") {
		t.Errorf("%s", text)
	}
}

// TestZonesOfUsers holds that a zone by its Rails name is known, and that who has set
// none has the account's.
func TestZonesOfUsers(t *testing.T) {
	t.Parallel()
	for user, want := range map[string]string{"ximena.castro": "-0", "jonas.weber": "Z"} {
		r := rig.New(t, rig.WithUser(user))
		got := r.Answer(t, "list_oncalls", rig.Args{"since": "today", "until": "today"})
		if when := fmt.Sprint(got["when"]); !strings.Contains(when, want) || got["note"] != nil {
			t.Errorf("%s: %s, %v", user, when, got["note"])
		}
	}
}

// TestZonesOfSchedules holds that get_schedule takes the zones that list_oncalls takes.
func TestZonesOfSchedules(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for zone, want := range map[string]string{"Berlin": "Europe%2FBerlin", "Eastern Time (US & Canada)": "America%2FNew_York"} {
		for tool, arguments := range map[string]rig.Args{"get_schedule": {"schedule_id": "Payments Primary"}, "list_oncalls": {}} {
			r.ForgetRequests()
			arguments["time_zone"] = zone
			r.Answer(t, tool, arguments)
			if sent := fmt.Sprint(r.Requests()); !strings.Contains(sent, "time_zone="+want) {
				t.Errorf("%s in %s: %s", tool, zone, sent)
			}
		}
	}
	r.ForgetRequests()
	for _, zone := range []string{"+0100", "Atlantis"} {
		said := r.Refusal(t, "get_schedule", rig.Args{"schedule_id": "Payments Primary", "time_zone": zone})
		if !strings.Contains(said, "time_zone: ") || !strings.Contains(said, "Europe/Berlin") || len(r.Sent()) > 0 {
			t.Errorf("%s: %s, sent %v", zone, said, r.Sent())
		}
	}
}
