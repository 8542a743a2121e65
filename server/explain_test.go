package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestExplanations holds what a model is told when PagerDuty does not do what
// it was asked to: what happened, and what to do.
func TestExplanations(t *testing.T) {
	t.Parallel()
	body := func(code int, message string) string {
		return fmt.Sprintf(`{"error":{"message":%q,"code":%d}}`, message, code)
	}
	read, write := "get_incident", "add_note_to_incident"
	for name, c := range map[string]struct {
		tool  string
		fault sandbox.Fault
		want  []string
	}{
		"401":              {read, sandbox.Fault{Status: 401, Body: "<html>no</html>"}, []string{"PAGERDUTY_USER_API_KEY", "api.eu.pagerduty.com"}},
		"402":              {read, sandbox.Fault{Status: 402, Body: body(2014, "Account does not have the teams ability")}, []string{"plan", "teams ability"}},
		"403":              {write, sandbox.Fault{Status: 403, Body: body(2010, "Access Denied")}, []string{"may not do this", "read-only"}},
		"404":              {read, sandbox.Fault{Status: 404, Body: body(2100, "Not Found")}, []string{"knows no incident", "check the id"}},
		"429 for long":     {read, sandbox.RateLimit(0, 600), []string{"rate limit", "try again in 10m0s"}},
		"400":              {read, sandbox.Fault{Status: 400, Body: body(2001, "Odd")}, []string{"refused the request", "Odd"}},
		"nobody on call":   {write, sandbox.Fault{Status: 400, Body: body(1015, "x")}, []string{"No one is on call"}},
		"409":              {write, sandbox.Fault{Method: "POST", Status: 409, Body: body(0, "Conflict")}, []string{"Somebody else changed it", "Read it anew"}},
		"1001":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(1001, "x")}, []string{"already resolved", "all or nothing"}},
		"1004":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(1004, "x")}, []string{"id is wrong", "get_incident"}},
		"1006":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(1006, "x")}, []string{"can't be escalated", "lower one"}},
		"1007":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(1007, "x")}, []string{"no such user", "user's id"}},
		"1008":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(1008, "Requester User Not Found")}, []string{"no user with the e-mail", "PAGERDUTY_FROM_EMAIL"}},
		"1014":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(1014, "x")}, []string{"no such escalation policy"}},
		"1020":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(1020, "x")}, []string{"no such priority"}},
		"2016":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(2016, `You must specify a user's email address in the "From" header`)}, []string{"PAGERDUTY_FROM_EMAIL"}},
		"6006":             {write, sandbox.Fault{Method: "POST", Status: 400, Body: body(6006, "x")}, []string{"still has", "Move or delete"}},
		"413":              {write, sandbox.Fault{Method: "POST", Status: 413, Body: body(0, "x")}, []string{"too large", "fewer"}},
		"414":              {read, sandbox.Fault{Status: 414, Body: "<html><title>414 Request-URI Too Large</title></html>"}, []string{"too large", "fewer"}},
		"302":              {read, sandbox.Fault{Status: 302, Header: http.Header{"Location": {"https://example.com"}}}, []string{"PAGERDUTY_API_HOST"}},
		"500 on a read":    {read, sandbox.Fault{Status: 500, Body: body(2000, "Internal")}, []string{"several times over", "Try again", "sandbox-request"}},
		"200 with HTML":    {read, sandbox.Fault{Status: 200, Body: "<html>log in</html>"}, []string{"other than PagerDuty's API answered (HTTP 200, text/html", "proxies", "PAGERDUTY_API_HOST"}},
		"201 with HTML":    {write, sandbox.Fault{Method: "POST", Status: 201, Body: "<html>"}, []string{"not known whether", "other than PagerDuty's API", "get_incident"}},
		"refused for long": {read, sandbox.Fault{Reset: true}, []string{"could not be reached", "Nothing was changed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t)
			r.Inject(c.fault)
			arguments := rig.Args{"incident_id": r.ID("incident", "4711")}
			if c.tool == write {
				arguments["note"] = "x"
			}
			said := r.Refusal(t, c.tool, arguments)
			for _, want := range c.want {
				if !strings.Contains(said, want) {
					t.Errorf("%q does not say %q", said, want)
				}
			}
		})
	}
}
