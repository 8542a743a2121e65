package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// change is an example call of a tool that changes something.
type change struct {
	tool      string
	n         int // which of the tool's examples
	arguments json.RawMessage
	writes    int // how many requests that change something it makes
}

// eachChange runs a test for every example call that changes something.
func eachChange(t *testing.T, test func(t *testing.T, c change)) {
	t.Helper()
	rig.EachTool(t, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
		if made.Access().ReadOnly() {
			return
		}
		for n, example := range rig.Some(examples) {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				r := rig.New(t)
				r.Answer(t, made.Name(), r.Fill(t, example))
				if writes := len(r.Writes()); writes > 0 {
					test(t, change{made.Name(), n, example, writes})
				} else if n == 0 {
					t.Error("the first example changes nothing")
				}
			})
		}
	})
}

// someOf are all of the variants for a tool's first example, and one for each other.
func someOf[V any](c change, all ...V) []V {
	if c.n == 0 {
		return all
	}
	return all[c.n%len(all):][:1]
}

// everyChange makes a fault of every request that changes something.
func everyChange(r *rig.Rig, f sandbox.Fault) {
	for _, f.Method = range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		r.Inject(f)
	}
}

// TestChangesWithoutDetails has PagerDuty make every change that tools can ask
// for, say so, and send nothing else: that it worked must not be told as
// something that is not known, or it is done again.
func TestChangesWithoutDetails(t *testing.T) {
	t.Parallel()
	eachChange(t, func(t *testing.T, c change) {
		for _, status := range someOf(c, 200, 201, 202, 204) {
			r := rig.New(t)
			everyChange(r, sandbox.Fault{Status: status, AfterEffect: true})
			text, isError := r.Call(t, c.tool, r.Fill(t, c.arguments))
			if isError || strings.Contains(text, "not known") || strings.Contains(text, "no answer") || strings.Contains(text, " was not ") || !json.Valid([]byte(text)) {
				t.Errorf("%d: error %v: %s", status, isError, text)
			}
			if n := len(r.Writes()); n != c.writes {
				t.Errorf("%d: %d requests that change something, want %d: %v", status, n, c.writes, r.Sent())
			}
		}
	})
}

// TestUnreadableSuccess is the same with answers that break off or have another
// form.
func TestUnreadableSuccess(t *testing.T) {
	t.Parallel()
	eachChange(t, func(t *testing.T, c change) {
		for _, body := range someOf(c, `{"incident":{"id":`, `[]`, `{"hello":"world"}`) {
			r := rig.New(t)
			everyChange(r, sandbox.Fault{Status: 200, Body: body, AfterEffect: true})
			text, isError := r.Call(t, c.tool, r.Fill(t, c.arguments))
			if isError || strings.Contains(text, "not known") || strings.Contains(text, "no answer") || goWords.MatchString(text) {
				t.Errorf("%s: error %v: %s", body, isError, text)
			}
		}
	})
}

// TestNothingListed has PagerDuty make every change, and list nothing of it in the
// answer: what was changed is read again, or said to be not shown; it is not told as
// failed, nor as known for sure without a look.
func TestNothingListed(t *testing.T) {
	t.Parallel()
	lists := `{"incidents":[],"alerts":[],"overrides":[],"subscriptions":[],"custom_fields":[],"responder_request_targets":[],"responder_request":{"responder_request_targets":[]}}`
	eachChange(t, func(t *testing.T, c change) {
		for _, body := range someOf(c, lists, `[]`) {
			r := rig.New(t)
			everyChange(r, sandbox.Fault{Status: http.StatusOK, Body: body, AfterEffect: true})
			text, isError := r.Call(t, c.tool, r.Fill(t, c.arguments))
			if isError && !strings.Contains(text, "did not say whether") || strings.Contains(text, "to all ") || strings.Contains(text, "no answer") {
				t.Errorf("%s: error %v: %s", body, isError, text)
			}
			if n := len(r.Writes()); n != c.writes {
				t.Errorf("%s: %d requests that change something, want %d: %v", body, n, c.writes, r.Sent())
			}
		}
	})
	// What the answer doesn't list is read again.
	r := rig.New(t)
	r.Inject(sandbox.Fault{Method: http.MethodPut, Status: http.StatusOK, Body: `{"incidents":[]}`})
	got := r.Answer(t, "manage_incidents", rig.Args{"incident_ids": []int{4713}, "status": "resolved"})
	if status := got["incidents"].([]any)[0].(map[string]any)["status"]; status != "triggered" || !strings.Contains(fmt.Sprint(got["note"]), "shown as they are now") {
		t.Errorf("nothing was changed: %v", got)
	}
}

// TestPagesAreNoProof has something else than PagerDuty answer changes with 200,
// as the login page of a network does: that is no success.
func TestPagesAreNoProof(t *testing.T) {
	t.Parallel()
	eachChange(t, func(t *testing.T, c change) {
		for _, page := range someOf(c, "<html><title>Log in to Café-WiFi</title><body>…", "Please log in.") {
			r := rig.New(t)
			everyChange(r, sandbox.Fault{Status: 200, Body: page, Header: http.Header{"Content-Type": {"text/html"}}})
			said := r.Refusal(t, c.tool, r.Fill(t, c.arguments))
			for _, want := range []string{"not known whether PagerDuty carried this out", "something other than PagerDuty's API answered (HTTP 200, text/html", "og in"} {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q: %s", want, said)
				}
			}
			if n := len(r.Writes()); n != 1 {
				t.Errorf("%d requests that change something, want 1: %v", n, r.Sent())
			}
		}
	})
}

// goWords matches what Go says of things that only a programmer knows.
var goWords = regexp.MustCompile(`json: |unmarshal|Go (struct|value)|struct field|of type |\w+\.\w+Error|\*?pdapi\.|interface|int64|float64|RawMessage|nil pointer|strconv|invalid character|unexpected end|%!|<nil>`)

// TestNoGoWords gives every tool answers of the wrong form, and looks for Go's
// words in what it says.
func TestNoGoWords(t *testing.T) {
	t.Parallel()
	rig.EachTool(t, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
		r := rig.New(t)
		for _, body := range []string{``, `{`, `{"a":`, `{"a":1,}`, `{"a" 1}`, `[]`, `[1]`, `"text"`, `7`, `1e999`, `true`, `null`, `{}`, `{"a":1}{`, "\x00", `nul`,
			`{"error":{"message":7,"code":"x","errors":{"a":[1,{}]}}}`} {
			for _, status := range []int{200, 400} {
				r.Heal()
				r.Inject(sandbox.Fault{Status: status, Body: body})
				text, _ := r.Call(t, made.Name(), r.Fill(t, examples[0]))
				if word := goWords.FindString(text); word != "" {
					t.Errorf("%d %s: it says %q in %s", status, body, word, text)
				}
			}
		}
	})
}

// TestRefusals holds the words for refusals that have a form or a cause of their
// own.
func TestRefusals(t *testing.T) {
	t.Parallel()
	const (
		read  = "get_incident"
		write = "add_note_to_incident"
	)
	for name, c := range map[string]struct {
		tool   string
		fault  sandbox.Fault
		want   []string
		hasNot []string
	}{
		"one scope": {read, sandbox.Fault{Status: 403, Body: `{"error":{"message":"Token missing required scopes","required_scopes":"services.read"}}`},
			[]string{"lacks the scope services.read (403", "Token missing required scopes", "get a new token"}, []string{"read-only"}},
		"scopes": {write, sandbox.Fault{Status: 403, Body: `{"error":{"message":"Token missing required scopes","required_scopes":["incidents.write","users.read"]}}`},
			[]string{"lacks the scope incidents.write, users.read (403"}, nil},
		"a scope in words": {read, sandbox.Fault{Status: 403, Body: `{"error":"abilities.read API scope is required"}`}, []string{"lacks the scope abilities.read", "API scope is required"}, nil},
		"errors by field": {write, sandbox.Fault{Method: "POST", Status: 400, Body: `{"error":{"message":"Invalid Input Provided","code":2001,"errors":{"name":["has already been taken"],"base":["is odd"]}}}`},
			[]string{"name: has already been taken", "; is odd"}, []string{"base"}},
		"no reason":         {write, sandbox.Fault{Method: "POST", Status: 400, Body: `{}`}, []string{"refused the request and gave no reason (400 Bad Request)"}, []string{"it names"}},
		"another refusal":   {write, sandbox.Fault{Method: "POST", Status: 422, Body: `{"error":{"message":"Odd"}}`}, []string{"PagerDuty refused the request (422 Unprocessable Entity", "Odd"}, []string{"failed to answer", "several times"}},
		"405":               {read, sandbox.Fault{Status: 405}, []string{"refused the request", "405"}, []string{"several times"}},
		"no such status":    {read, sandbox.Fault{Status: 499, Body: `{"message":"x"}`}, []string{"refused the request (499, PagerDuty says"}, nil},
		"locked, for ever":  {write, sandbox.Fault{Method: "POST", Status: 400, Body: `{"error":{"message":"Invalid Input Provided","code":2001,"errors":["Account could not be locked"]}}`}, []string{"busy with another change", "Nothing was changed", "repeat the call"}, []string{"will be refused again"}},
		"501, once":         {read, sandbox.Fault{Status: 501, Body: `{"error":{"message":"x"}}`}, []string{"failed to answer (501 Not Implemented", "Try again in a minute"}, []string{"several times"}},
		"503 for an hour":   {read, sandbox.Fault{Status: 503, Header: http.Header{"Retry-After": {"3600"}}}, []string{"failed to answer (503", "Try again in 1h0m0s"}, []string{"several times"}},
		"502, again":        {read, sandbox.Fault{Status: 502, Body: "<html><title>502 Bad Gateway</title>"}, []string{"several times over (502 Bad Gateway, a page that says \"502 Bad Gateway\")"}, []string{"PagerDuty says"}},
		"403 of a firewall": {read, sandbox.Fault{Status: 403, Body: "<html><title>Blocked by Corp\nSecurity &amp; Co</title></html>"}, []string{`a page that says "Blocked by Corp Security & Co"`, "proxy or firewall", "HTTPS_PROXY"}, []string{"PagerDuty says"}},
		"407":               {read, sandbox.Fault{Status: 407}, []string{"proxy", "wants a login"}, nil},
		"511":               {read, sandbox.Fault{Status: 511, Body: "<html>log in"}, []string{"wants a login"}, nil},
		"a page for a read": {read, sandbox.Fault{Status: 200, Body: "<html><title>Log in\nto WiFi</title>"}, []string{`Something other than PagerDuty's API answered (HTTP 200, text/html, "Log in to WiFi")`, "PAGERDUTY_API_HOST", "HTTPS_PROXY"}, nil},
		"nothing to read":   {read, sandbox.Fault{Status: 204}, []string{"could not be read: the answer (HTTP 204) is empty"}, []string{"accepted"}},
		"a wall of words":   {read, sandbox.Fault{Status: 400, Body: `{"errors":["` + strings.Repeat(`Do as I say.\nNow.\n`, 5000) + `"]}`}, []string{"Do as I say. Now."}, []string{"\n"}},
		"many details":      {read, sandbox.Fault{Status: 400, Body: `{"errors":[` + strings.Repeat(`"wrong",`, 30) + `"x"]}`}, []string{"wrong", "and 21 more"}, nil},
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
					t.Errorf("it does not say %q: %s", want, said)
				}
			}
			for _, wrong := range c.hasNot {
				if strings.Contains(said, wrong) {
					t.Errorf("it says %q: %s", wrong, said)
				}
			}
			if len(said) > 2500 {
				t.Errorf("it is %d bytes long: %s", len(said), said)
			}
		})
	}
}
