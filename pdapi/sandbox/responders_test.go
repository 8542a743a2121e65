package sandbox_test

import (
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestResponderRequests: an incident tells who was asked to help with it, by whom and
// when, also what was taken back, and again each time that somebody is asked again.
func TestResponderRequests(t *testing.T) {
	t.Parallel()
	a, now := moving(t, sandbox.Options{})
	path := "/incidents/" + a.ID("incident", "4713")
	me, ben, mobile := a.ID("user", "Ana Souza"), a.ID("user", "Ben Carter"), a.ID("policy", "Mobile On-Call")
	target := func(kind, id string) string { return `{"type":"` + kind + `_reference","id":"` + id + `"}` }
	ask := func(targets ...string) {
		a.sent(t, "POST", path+"/responder_requests", `{"requester_id":"`+me+`","message":"Please help","responder_request_targets":[{"responder_request_target":`+
			strings.Join(targets, `},{"responder_request_target":`)+`}]}`)
	}
	said := func() (out []string) {
		for _, request := range list(in(a.get(t, path), "incident", "responder_requests")) {
			line := strings.TrimPrefix(words(request, "requested_at"), "2026-03-02T")
			for _, to := range list(request["responder_request_targets"]) {
				line += " " + words(to, "responder_request_target", "type") + " " + words(to, "responder_request_target", "summary")
				for _, r := range list(in(to, "responder_request_target", "incidents_responders")) {
					line += " " + words(r, "state")
				}
			}
			if words(request, "requester", "id") != me || words(request, "message") != "Please help" || words(request, "incident", "id") == "" {
				t.Errorf("%v", request)
			}
			out = append(out, line)
		}
		return out
	}
	if got := said(); len(got) > 0 {
		t.Errorf("nobody was asked: %q", got)
	}
	ask(target("user", ben), target("escalation_policy", mobile))
	*now = noon.Add(time.Minute)
	ask(target("user", ben))
	if got, want := strings.Join(said(), "; "), "12:00:00Z user Ben Carter pending escalation_policy Mobile On-Call pending; 12:01:00Z user Ben Carter pending"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	a.sent(t, "PUT", path+"/responder_requests/cancel", `{"requester_id":"`+me+`","responder_request_targets":[`+target("user", ben)+`]}`)
	if got, want := strings.Join(said(), "; "), "12:00:00Z user Ben Carter user_cancelled escalation_policy Mobile On-Call pending; 12:01:00Z user Ben Carter user_cancelled"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}

	a, _ = moving(t, sandbox.Options{Without: []string{"coordinated_responding"}})
	for _, key := range []string{"incidents_responders", "responder_requests"} {
		if got, shown := a.get(t, "/incidents/4712")["incident"].(object)[key]; shown {
			t.Errorf("the plan has no %s: %v", key, got)
		}
	}
}
