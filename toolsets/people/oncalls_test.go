package people_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
)

func TestOnCalls(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	policy := r.ID("policy", "Payments On-Call")
	now := r.Answer(t, "list_oncalls", rig.Args{"escalation_policy_ids": policy})
	if rows := now["oncalls"].([]any); len(rows) != 3 || !strings.Contains(fmt.Sprint(rows[2]), "until:always") {
		t.Errorf("%v", now)
	}
	// Without being asked to, nothing hides later shifts.
	all := r.Answer(t, "list_oncalls", rig.Args{"escalation_policy_ids": policy, "since": "now", "until": "+60d", "limit": 100})
	earliest := r.Answer(t, "list_oncalls", rig.Args{"escalation_policy_ids": policy, "since": "now", "until": "+60d", "limit": 100, "earliest": true})
	if a, e := len(all["oncalls"].([]any)), len(earliest["oncalls"].([]any)); a <= e {
		t.Errorf("%d shifts, %d of them earliest", a, e)
	}
	nobody := r.Answer(t, "list_oncalls", rig.Args{"user_ids": r.ID("user", "Rosa Jimenez")})
	if !strings.Contains(nobody["note"].(string), "No one is on call at 2026-03-02T12:00:00Z") {
		t.Errorf("%v", nobody)
	}
}

func TestWrongOnCallTimes(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	r.Refusal(t, "list_oncalls", rig.Args{"since": "+3h", "until": "+2h"})
	if said := r.Refusal(t, "list_oncalls", rig.Args{"until": "+100d"}); !strings.Contains(said, "90 days") {
		t.Errorf("%s", said)
	}
	if len(r.Requests()) > 0 {
		t.Errorf("sent %v", r.Sent())
	}
}
