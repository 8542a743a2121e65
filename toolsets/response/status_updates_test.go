package response_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestSendStatusUpdate(t *testing.T) {
	t.Parallel()
	update := rig.Args{"incident_id": "4711", "message": "We are on it."}
	for name, c := range map[string]struct {
		fault      sandbox.Fault
		fails      bool
		want       string
		sent, then int // how often it was sent by the call, and once it was made again
	}{
		"its answer is lost":         {sandbox.Fault{Method: "POST", ResetAfter: true, Times: 1}, true, "not known whether", 1, 1},
		"502, and it took effect":    {sandbox.Fault{Method: "POST", Status: 502, AfterEffect: true, Times: 1}, true, "not known whether", 1, 1},
		"its answer is empty":        {sandbox.Fault{Method: "POST", Status: 200, Body: " ", AfterEffect: true, Times: 1}, false, "accepted it", 1, 1},
		"it is refused":              {sandbox.Fault{Method: "POST", Status: 403, Body: `{"error":{"message":"Access Denied","code":2010}}`, Times: 1}, true, "may not do this", 0, 1},
		"the subscribers are secret": {sandbox.Fault{Method: "GET", Path: "/subscribers", Status: 403, Body: `{"error":"no"}`, Times: 1}, false, "could not be found out", 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			if c.fault.Path != "" {
				c.fault.Path = "/incidents/" + r.ID("incident", "4711") + "/status_updates" + c.fault.Path
			}
			r.Inject(c.fault)
			got, failed := r.Call(t, "send_status_update", update)
			if n := r.StatusUpdates("We are on it."); failed != c.fails || !strings.Contains(got, c.want) || n != c.sent {
				t.Errorf("failed %v, sent %d times: %s", failed, n, got)
			}
			again := r.Answer(t, "send_status_update", update)
			if n := r.StatusUpdates("We are on it."); n != c.then {
				t.Errorf("sent %d times, the second call said %v", n, again)
			}
		})
	}
	t.Run("two at the same moment", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() { r.Answer(t, "send_status_update", update) })
		}
		both.Wait()
		if n := r.StatusUpdates("We are on it."); n != 1 {
			t.Errorf("sent %d times", n)
		}
	})
	t.Run("other words, and another incident, are other updates", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for _, a := range []rig.Args{update, {"incident_id": "4711", "message": "It is over."}, {"incident_id": "4712", "message": "We are on it."}} {
			r.Answer(t, "send_status_update", a)
		}
		if n := len(r.Writes()); n != 3 {
			t.Errorf("sent %v", r.Writes())
		}
	})
}

func TestChangeSubscribers(t *testing.T) {
	t.Parallel()
	t.Run("what makes no sense", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		for want, a := range map[string]rig.Args{
			"nothing to change":       {},
			"to be added and removed": {"add_user_ids": "Ben Carter", "remove_user_ids": r.ID("user", "Ben Carter")},
			"no user":                 {"add_user_ids": "Nobody Atall"},
		} {
			a["incident_id"] = "4711"
			if got := r.Refusal(t, "change_incident_subscribers", a); !strings.Contains(got, want) {
				t.Errorf("%v: %s", a, got)
			}
		}
		if len(r.Writes()) > 0 {
			t.Errorf("sent %v", r.Writes())
		}
	})
	change := rig.Args{"incident_id": "4711", "add_user_ids": "Ben Carter", "remove_team_ids": "Mobile"}
	for name, c := range map[string]struct {
		fault sandbox.Fault
		fails bool
		want  string
	}{
		"an answer is lost":        {sandbox.Fault{Method: "POST", Path: "/unsubscribe", ResetAfter: true, Times: 1}, false, "the change was made"},
		"the second never arrives": {sandbox.Fault{Method: "POST", Path: "/unsubscribe", Reset: true, Times: 1}, true, "not known whether"},
		"the second is refused":    {sandbox.Fault{Method: "POST", Path: "/unsubscribe", Status: 403, Body: `{"error":"no"}`}, true, "some were changed"},
		"the first is refused":     {sandbox.Fault{Method: "POST", Path: "/subscribers", Status: 403, Body: `{"error":"no"}`}, true, "may not do this"},
		"a user can't be subscribed": {
			sandbox.Fault{Method: "POST", Path: "/subscribers", Status: 200, Body: `{"subscriptions":[{"subscriber_id":"P1","subscriber_type":"user","result":"unauthorized"}]}`}, false, "was not added",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			c.fault.Path = "/incidents/" + r.ID("incident", "4711") + "/status_updates" + c.fault.Path
			r.Inject(c.fault)
			got, failed := r.Call(t, "change_incident_subscribers", change)
			if failed != c.fails || !strings.Contains(got, c.want) {
				t.Errorf("failed %v: %s", failed, got)
			}
			if n := len(r.Writes()); n > 2 {
				t.Errorf("sent %v", r.Writes())
			}
		})
	}
}

func TestCancelResponders(t *testing.T) {
	t.Parallel()
	t.Run("nobody is named", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		if got := r.Refusal(t, "cancel_responder_requests", rig.Args{"incident_id": "4712"}); !strings.Contains(got, "at least one user") || len(r.Requests()) > 0 {
			t.Errorf("%s", got)
		}
	})
	t.Run("what add_responders asked", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Answer(t, "add_responders", rig.Args{"incident_id": "4713", "user_ids": []string{"Hugo Lindqvist", "Grace Kim"}, "escalation_policy_ids": "Mobile On-Call"})
		if err := r.Account.Answer(r.ID("incident", "4713"), r.ID("user", "Grace Kim"), false); err != nil {
			t.Fatal(err)
		}
		cancel := rig.Args{"incident_id": "4713", "user_ids": []string{"Hugo Lindqvist", "Grace Kim"}, "escalation_policy_ids": "Mobile On-Call"}
		got, _ := r.Call(t, "cancel_responder_requests", cancel)
		for _, want := range []string{`"canceled":[{"id":"` + r.ID("user", "Hugo Lindqvist") + `"`, `"summary":"Mobile On-Call"`, `"why":"has declined"`} {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %s", got, want)
			}
		}
		if again, failed := r.Call(t, "cancel_responder_requests", cancel); failed || !strings.Contains(again, "Nothing was taken back") {
			t.Errorf("%s", again)
		}
	})
	ben := rig.Args{"incident_id": "4712", "user_ids": "Ben Carter"}
	for name, c := range map[string]struct {
		fault sandbox.Fault
		fails bool
		want  string
	}{
		"its answer is lost":      {sandbox.Fault{Method: "PUT", ResetAfter: true, Times: 1}, false, "the change was made"},
		"it never arrives":        {sandbox.Fault{Method: "PUT", Reset: true, Times: 1}, true, "not known whether"},
		"a plan without requests": {sandbox.Fault{Method: "PUT", Status: 402, Body: `{"error":"Payment Required"}`}, true, "plan does not include"},
		"the incident is gone":    {sandbox.Fault{Method: "PUT", Status: 404, Body: `{"error":"Not Found"}`}, true, "no such object"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			r.Inject(c.fault)
			got, failed := r.Call(t, "cancel_responder_requests", ben)
			if failed != c.fails || !strings.Contains(got, c.want) || len(r.Writes()) != 1 {
				t.Errorf("failed %v, sent %v: %s", failed, r.Writes(), got)
			}
		})
	}
}
