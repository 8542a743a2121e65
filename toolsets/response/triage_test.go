package response_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/server"
)

// TestQuietTriage holds the brief on a quiet incident in an account whose plan has no
// AIOps: what it was like before is found by its title, and one line says so.
func TestQuietTriage(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.WithoutAbilities("event_intelligence"))
	text, _ := r.Call(t, "triage_incident", rig.Args{"incident_id": 4709})
	var data bytes.Buffer
	if err := json.Indent(&data, []byte(text+"\n"), "", "  "); err != nil {
		t.Fatal(err)
	}
	rig.Golden(t, "testdata/triage_without_aiops.json", data.Bytes())
	for _, want := range []string{"AIOps", "the account's plan", "Killed the session of the report job", "same title but for numbers"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %s", want, text)
		}
	}
}

// TestTriageTellsTheStory follows the major incident from the deployment to what
// helped last time.
func TestTriageTellsTheStory(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	got := r.Answer(t, "triage_incident", rig.Args{"incident_id": 4711})
	guess := list(got, "guess")
	if len(guess) != 1 || !strings.Contains(guess[0], "payments-api 412") || !strings.Contains(guess[0], "7 min before the first alert") {
		t.Errorf("guess: %v", guess)
	}
	before := got["seen_before"].([]any)[0].(map[string]any)
	if notes := list(before, "notes"); len(notes) == 0 || !strings.Contains(notes[0], "rolled payments-api back") {
		t.Errorf("seen before: %v", before)
	}
	if text, _ := r.Call(t, "triage_incident", rig.Args{"incident_id": 4711}); strings.Contains(text, "could_not_be_read") {
		t.Errorf("%s", text)
	}
	noise := r.Answer(t, "triage_incident", rig.Args{"incident_id": 4717})
	if guess := list(noise, "guess"); len(guess) != 1 || !strings.Contains(guess[0], "noise") || !strings.Contains(guess[0], "all 18") {
		t.Errorf("guess: %v", guess)
	}
}

// TestNoiseThatGoesOn has what always ended by itself within minutes go on for hours: it is
// not called noise. Of an incident of weeks ago the brief counts from its own day.
func TestNoiseThatGoesOn(t *testing.T) {
	t.Parallel()
	later := rig.New(t, rig.WithServer(func(o *server.Options) { o.Now = func() time.Time { return rig.Now().Add(2 * time.Hour) } }))
	if guess := list(later.Answer(t, "triage_incident", rig.Args{"incident_id": 4717}), "guess"); len(guess) != 1 || !strings.Contains(guess[0], "more than noise: all 18") || !strings.Contains(guess[0], "went on for 2 h") {
		t.Errorf("after two hours: %v", guess)
	}
	later = rig.New(t, rig.WithServer(func(o *server.Options) { o.Now = func() time.Time { return rig.Now().AddDate(0, 1, 0) } }))
	if said := later.Answer(t, "triage_incident", rig.Args{"incident_id": 4717})["repeats"]; !strings.Contains(fmt.Sprint(said), "18 of them in the 14 days before it") {
		t.Errorf("after a month: %v", said)
	}
}

func list(o map[string]any, name string) []string {
	var out []string
	items, _ := o[name].([]any)
	for _, item := range items {
		out = append(out, item.(string))
	}
	return out
}

// TestTriageSurvives has one part after another fail: each is a line, and all else is
// as it was.
func TestTriageSurvives(t *testing.T) {
	t.Parallel()
	plain := rig.New(t)
	major := plain.ID("incident", "4711")
	whole := plain.Answer(t, "triage_incident", rig.Args{"incident_id": 4711})
	for part, c := range map[string]struct {
		path, line string
		missing    []string // sections
	}{
		"alerts":  {"/incidents/" + major + "/alerts", "alerts: ", []string{"what_fired"}},
		"notes":   {"/incidents/" + major + "/notes", "notes: ", []string{"notes"}},
		"related": {"/incidents/" + major + "/related_incidents", "related incidents: ", nil},
		"past":    {"/incidents/" + major + "/past_incidents", "AIOps (past and related incidents): ", []string{"seen_before"}},
		"on call": {"/oncalls", "who is on call: ", []string{"on_call"}},
		"depends": {"/service_dependencies", "changes of what the service depends on: ", []string{"what_changed", "also_open"}},
		"changes": {"/services/" + plain.ID("service", "Payments API") + "/change_events", "changes of the service: ", []string{"what_changed", "guess"}},
		"windows": {"/maintenance_windows", "maintenance windows: ", nil},
	} {
		for status, words := range map[int]string{402: "plan", 403: "key or the account's plan", 404: "PagerDuty has none", 500: "PagerDuty answered 500"} {
			t.Run(part+" "+words, func(t *testing.T) {
				t.Parallel()
				box := sandbox.New(sandbox.Options{Now: rig.Now})
				t.Cleanup(box.Close)
				box.Inject(sandbox.Fault{Path: c.path, Status: status, Body: `{"error":{"message":"no","code":1}}`})
				got := map[string]any{}
				synctest.Test(t, func(t *testing.T) { // in which what is tried again takes no time
					b := &rig.Wire{Account: box}
					text, err := rig.Tool(t, "triage_incident").Call(t.Context(), rig.Session(t, b), json.RawMessage(`{"incident_id":"4711"}`))
					if err != nil || json.Unmarshal(text, &got) != nil {
						t.Fatalf("%v: %s", err, text)
					}
				})
				said := list(got, "could_not_be_read")
				if len(said) != 1 || !strings.HasPrefix(said[0], c.line) || !strings.Contains(said[0], words) {
					t.Errorf("could not be read: %v", said)
				}
				for name, section := range whole {
					touched := false
					for _, m := range c.missing {
						touched = touched || m == name
					}
					want, _ := json.Marshal(section)
					if have, _ := json.Marshal(got[name]); !touched && string(have) != string(want) {
						t.Errorf("%s is %s, not %s", name, have, want)
					}
				}
			})
		}
	}
	t.Run("no such incident", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		if said := r.Refusal(t, "triage_incident", rig.Args{"incident_id": 99999}); !strings.Contains(said, "knows no incident") {
			t.Errorf("%s", said)
		}
	})
	t.Run("a limit in the middle", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		fault := sandbox.RateLimit(0, 300)
		fault.Skip = 4
		r.Inject(fault)
		said := list(r.Answer(t, "triage_incident", rig.Args{"incident_id": 4711}), "could_not_be_read")
		if len(said) == 0 || !strings.Contains(strings.Join(said, " "), "rate limit") {
			t.Errorf("could not be read: %v", said)
		}
	})
}

// TestLongTriage gives an incident everything in plenty: the brief stays short, and
// says what it leaves out.
func TestLongTriage(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for n := range 12 {
		r.Answer(t, "add_note_to_incident", rig.Args{"incident_id": "4711", "note": strings.Repeat("Still looking into it. ", 200)})
		r.Answer(t, "create_incident", rig.Args{"title": fmt.Sprint(n, strings.Repeat(" orders are stuck", 40)), "service_id": r.ID("service", "Payments API")})
	}
	text, _ := r.Call(t, "triage_incident", rig.Args{"incident_id": "4711"})
	if len(text) > 14_000 || !strings.Contains(text, "more: list_incident_notes") || !strings.Contains(text, "more: get_related_incidents") {
		t.Errorf("%d bytes: %s", len(text), text)
	}
}

// TestTriageTakesFewRoundTrips counts them by the time that a brief takes when each
// takes 50 ms, and nothing else takes any: with AIOps and without, from a number and
// from an id.
func TestTriageTakesFewRoundTrips(t *testing.T) {
	t.Parallel()
	const latency = 50 * time.Millisecond
	for _, without := range [][]string{nil, {"event_intelligence"}} {
		box := sandbox.New(sandbox.Options{Now: rig.Now, Without: without})
		t.Cleanup(box.Close)
		for _, number := range []string{"4709", "4711", "4714", "4717"} {
			for _, ref := range []string{number, box.ID("incident", number)} {
				synctest.Test(t, func(t *testing.T) {
					b := &rig.Wire{Account: box, Latency: latency}
					begun := time.Now()
					text, err := rig.Tool(t, "triage_incident").Call(t.Context(), rig.Session(t, b), json.RawMessage(`{"incident_id":"`+ref+`"}`))
					if err != nil {
						t.Fatal(err)
					}
					all, atOnce := b.Asked()
					if took := time.Since(begun); took > 4*latency || atOnce > 8 {
						t.Errorf("%s without %v: %v, %d requests, %d at a time: %.200s", ref, without, took, all, atOnce, text)
					}
				})
			}
		}
	}
}

// TestTriageIsGentle: when little of the rate limit is left, little is asked at a
// time.
func TestTriageIsGentle(t *testing.T) {
	t.Parallel()
	box := sandbox.New(sandbox.Options{Now: rig.Now})
	t.Cleanup(box.Close)
	synctest.Test(t, func(t *testing.T) {
		b := &rig.Wire{Account: box, Latency: 5 * time.Second, Answer: func(r *http.Response) {
			for name, value := range map[string]string{"limit": "960", "remaining": "19", "reset": "30"} {
				r.Header.Set("ratelimit-"+name, value)
			}
		}}
		session := rig.Session(t, b)
		if _, err := session.Client.Me(t.Context()); err != nil { // PagerDuty says how little there is
			t.Fatal(err)
		}
		if _, err := rig.Tool(t, "triage_incident").Call(t.Context(), session, json.RawMessage(`{"incident_id":"4711"}`)); err != nil {
			t.Fatal(err)
		}
		if _, atOnce := b.Asked(); atOnce > 2 {
			t.Errorf("%d requests at a time", atOnce)
		}
	})
}

// TestTriageTimes: what does not answer is not waited for, and who gives up is obeyed
// at once.
func TestTriageTimes(t *testing.T) {
	t.Parallel()
	box := sandbox.New(sandbox.Options{Now: rig.Now})
	t.Cleanup(box.Close)
	synctest.Test(t, func(t *testing.T) {
		b := &rig.Wire{Account: box, Latency: time.Millisecond}
		begun := time.Now()
		text, err := rig.Tool(t, "triage_incident").Call(t.Context(), rig.Session(t, &slowPath{b, "/oncalls"}), json.RawMessage(`{"incident_id":"4711"}`))
		if err != nil || !strings.Contains(string(text), "who is on call: no answer in time") {
			t.Errorf("%v: %s", err, text)
		}
		if took := time.Since(begun); took > 9*time.Second {
			t.Errorf("it took %v", took)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		b := &rig.Wire{Account: box, Latency: time.Second}
		ctx, cancel := contextFor(t, 1500*time.Millisecond)
		defer cancel()
		begun := time.Now()
		if text, err := rig.Tool(t, "triage_incident").Call(ctx, rig.Session(t, b), json.RawMessage(`{"incident_id":"4711"}`)); err == nil {
			t.Errorf("a call that was given up answers %.200s", text)
		}
		if took := time.Since(begun); took > 1600*time.Millisecond {
			t.Errorf("it ended after %v", took)
		}
	})
}

// slowPath never answers requests of one path.
type slowPath struct {
	rest http.RoundTripper
	path string
}

// RoundTrip implements [http.RoundTripper].
func (s *slowPath) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.Path, s.path) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return s.rest.RoundTrip(r)
}

// contextFor is a context that ends after a while.
func contextFor(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), d)
}
