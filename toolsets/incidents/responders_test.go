package incidents_test

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestAddResponders(t *testing.T) {
	t.Parallel()
	t.Run("responders are asked by me", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		got := r.Answer(t, "add_responders", rig.Args{"incident_id": "4711", "user_ids": r.ID("user", "Ben Carter")})
		if fmt.Sprint(got["requested_by"]) != fmt.Sprintf("map[id:%s summary:Ana Souza]", r.ID("user", "Ana Souza")) {
			t.Errorf("%v", got)
		}
	})
	t.Run("nobody to ask", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		if said := r.Refusal(t, "add_responders", rig.Args{"incident_id": "4711"}); !strings.Contains(said, "at least one") || len(r.Requests()) > 0 {
			t.Errorf("%s", said)
		}
	})
}

// TestSlowLook has PagerDuty not answer who was asked before.
func TestSlowLook(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	r.Inject(sandbox.Fault{Method: "GET", Path: "/incidents", Hang: true})
	ask := rig.Args{"incident_id": r.ID("incident", "4711"), "user_ids": "Ben Carter"}
	begun := time.Now()
	got := r.Answer(t, "add_responders", ask)
	if took := time.Since(begun); !strings.Contains(fmt.Sprint(got["responders"]), "Ben Carter") || !strings.Contains(fmt.Sprint(got["note"]), "could not be looked up") || took > 40*time.Second {
		t.Errorf("after %v: %v", took, got)
	}
	// The session knows whom it asked all the same.
	if got := r.Answer(t, "add_responders", ask); !strings.Contains(fmt.Sprint(got["note"]), "asked already") || len(r.Writes()) != 1 {
		t.Errorf("%v: %v", r.Writes(), got)
	}
}

// TestLostRequest has PagerDuty's answer be lost. If the incident shows the request,
// that is the outcome; if not, it is not known. Either way it is sent once.
func TestLostRequest(t *testing.T) {
	t.Parallel()
	asked := rig.Args{"incident_id": "4711", "user_ids": "Ben Carter", "escalation_policy_ids": "Mobile On-Call"}
	for name, lost := range map[string]sandbox.Fault{
		"reset": {Method: "POST", ResetAfter: true}, "502": {Method: "POST", Status: 502, AfterEffect: true}, "broke off": {Method: "POST", Truncate: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			r.Inject(lost)
			got := r.Answer(t, "add_responders", asked)
			if said := fmt.Sprint(got["responders"]); !strings.Contains(said, "Ben Carter") || !strings.Contains(said, "Valeria Rossi") || !strings.Contains(fmt.Sprint(got["note"]), "they were asked") {
				t.Errorf("%v", got)
			}
			if len(r.Writes()) != 1 {
				t.Errorf("%v", r.Writes())
			}
		})
	}
	r := rig.New(t)
	r.Inject(sandbox.Fault{Method: "POST", Status: 502, Times: 1})
	if said := r.Refusal(t, "add_responders", asked); !strings.Contains(said, "not known whether") || !strings.Contains(said, "pages people twice") {
		t.Errorf("%s", said)
	}
	// It may take effect yet.
	got := r.Answer(t, "add_responders", asked)
	if note := fmt.Sprint(got["note"]); strings.Count(note, "or may have been") != 2 || !strings.Contains(note, "ask_again") || len(r.Writes()) != 1 {
		t.Errorf("%v: %s", r.Writes(), note)
	}
	// What failed for certain did not.
	r = rig.New(t)
	r.Inject(sandbox.Fault{Method: "POST", Status: 400, Body: `{"error":{"message":"no"}}`, Times: 1})
	r.Refusal(t, "add_responders", asked)
	if got := r.Answer(t, "add_responders", asked); got["note"] != nil || len(r.Writes()) != 2 {
		t.Errorf("%v: %v", r.Writes(), got)
	}
}

// TestAskedAgain asks for help a second time. Within ten minutes nobody is paged again
// unless the call says so, whoever asked first; afterwards, and after a request came to
// nothing, everybody is.
func TestAskedAgain(t *testing.T) {
	t.Parallel()
	for name, target := range map[string]rig.Args{"user": {"user_ids": "Grace Kim"}, "policy": {"escalation_policy_ids": "Mobile On-Call"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := rig.Now()
			r := rig.New(t, rig.WithClock(func() time.Time { return now }))
			ask := func(after time.Duration, more rig.Args) (note string, asked int) {
				t.Helper()
				now = now.Add(after)
				arguments := rig.Args{"incident_id": 4711}
				maps.Copy(arguments, target)
				maps.Copy(arguments, more)
				r.ForgetRequests()
				got := r.Answer(t, "add_responders", arguments)
				return fmt.Sprint(got["note"]), len(r.Writes())
			}
			asks := func(after time.Duration, more rig.Args) {
				t.Helper()
				if note, asked := ask(after, more); asked != 1 || strings.Contains(note, "nobody was paged") {
					t.Errorf("asked %d times: %s", asked, note)
				}
			}
			asksNobody := func(after time.Duration, more rig.Args, want ...string) {
				t.Helper()
				note, asked := ask(after, more)
				for _, want := range append(want, "nobody was paged again", "ask_again true") {
					if asked > 0 || !strings.Contains(note, want) {
						t.Errorf("asked %d times, and does not say %q: %s", asked, want, note)
					}
				}
			}
			asks(0, nil)
			asksNobody(0, nil, "was asked already, at 2026-03-02 12:00")
			asksNobody(5*time.Minute, rig.Args{"message": "Please, it is urgent."}, "was asked already, at 2026-03-02 12:00")
			asks(time.Minute, rig.Args{"ask_again": true})
			asksNobody(9*time.Minute, nil, "was asked already, at 2026-03-02 12:06")
			asks(time.Minute, nil)
			who := map[string]any{"incident_id": 4711}
			maps.Copy(who, target)
			r.Answer(t, "cancel_responder_requests", who)
			asks(time.Minute, nil)
			// Ben asks from elsewhere, on another incident.
			kind, id := "user", r.ID("user", "Grace Kim")
			if name == "policy" {
				kind, id = "escalation_policy", r.ID("policy", "Mobile On-Call")
			}
			other := r.ID("incident", "4713")
			r.Elsewhere(t, "POST", "/incidents/"+other+"/responder_requests", fmt.Sprintf(
				`{"requester_id":%q,"message":"x","responder_request_targets":[{"responder_request_target":{"id":%q,"type":"%s_reference"}}]}`, r.ID("user", "Ben Carter"), id, kind))
			asksNobody(time.Minute, rig.Args{"incident_id": other})
			// Only who was not asked is asked.
			if note, asked := ask(0, rig.Args{"incident_id": other, "user_ids": []string{"Hugo Lindqvist", "Grace Kim"}, "escalation_policy_ids": "Mobile On-Call"}); asked != 1 ||
				strings.Contains(r.LastBody("POST"), id) || !strings.Contains(r.LastBody("POST"), r.ID("user", "Hugo Lindqvist")) || !strings.Contains(note, id) {
				t.Errorf("%s: %s", r.LastBody("POST"), note)
			}
		})
	}
	t.Run("answered", func(t *testing.T) {
		t.Parallel()
		now := rig.Now()
		r := rig.New(t, rig.WithClock(func() time.Time { return now }))
		ask := rig.Args{"incident_id": 4711, "user_ids": "Grace Kim"}
		answer := func(joins bool) {
			t.Helper()
			r.Answer(t, "add_responders", ask)
			if err := r.Account.Answer(r.ID("incident", "4711"), r.ID("user", "Grace Kim"), joins); err != nil {
				t.Fatal(err)
			}
			r.ForgetRequests()
		}
		answer(false)
		now = now.Add(time.Minute)
		answer(true) // who declined is asked again
		now = now.Add(3 * time.Hour)
		if got := r.Answer(t, "add_responders", ask); !strings.Contains(fmt.Sprint(got["note"]), "has joined already") || len(r.Writes()) > 0 {
			t.Errorf("%v %v", r.Writes(), got)
		}
	})
	t.Run("in the same moment", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		var calls sync.WaitGroup
		for range 4 {
			calls.Go(func() {
				r.Answer(t, "add_responders", rig.Args{"incident_id": 4711, "escalation_policy_ids": "Mobile On-Call"})
			})
		}
		calls.Wait()
		if len(r.Writes()) != 1 {
			t.Errorf("%v", r.Writes())
		}
	})
}
