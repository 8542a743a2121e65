package tool_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

type nested struct {
	Start tool.Time   `json:"start"`
	User  tool.UserID `json:"user_id"`
}

type input struct {
	Title    string          `json:"title" min:"1" max:"10" doc:"What happened."`
	Service  tool.ServiceID  `json:"service_id"`
	Incident tool.IncidentID `json:"incident_id,omitzero"`
	Teams    []tool.TeamID   `json:"team_ids,omitzero" alias:"teams_ids"`
	Urgency  string          `json:"urgency,omitzero" enum:"high,low"`
	Status   []string        `json:"status,omitzero" enum:"triggered,resolved"`
	Level    int             `json:"level,omitzero" min:"1" max:"5"`
	Quiet    bool            `json:"quiet,omitzero"`
	Note     *string         `json:"note,omitzero"`
	Shifts   []nested        `json:"shifts,omitzero" max:"2"`
	First    nested          `json:"first,omitzero"`
	Message  string          `json:"message" default:"please help"`
	Labels   []string        `json:"labels,omitzero"`
	tool.Paging
}

// echo is a tool that answers what it was given.
var echo = tool.Read("echo", "Echo", "Answers its arguments.", func(_ context.Context, _ tool.Reading, in input) (input, error) { return in, nil })

// offline is a client that reaches nothing.
func offline(t *testing.T) pdapi.Client { return clientOf(t, unreachable{}) }

func clientOf(t *testing.T, transport http.RoundTripper) pdapi.Client {
	t.Helper()
	key, err := pdapi.ParseKey("u+of-nobody")
	if err != nil {
		t.Fatal(err)
	}
	pd, err := pdapi.New(pdapi.Config{Host: "http://127.0.0.1:1", Key: key, Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	return pd
}

// nobody is PagerDuty with an account that is empty.
type nobody struct{}

func (nobody) RoundTrip(*http.Request) (*http.Response, error) {
	const body = `{"services":[],"users":[],"teams":[],"more":false,"user":{"id":"PAAAAA1"}}`
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

type unreachable struct{}

func (unreachable) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, &net.DNSError{IsNotFound: true, Err: "no network in this test"}
}

func decode(t *testing.T, arguments string) (in input, problem string) {
	t.Helper()
	catch := tool.Read("catch", "", "", func(_ context.Context, _ tool.Reading, got input) (any, error) {
		in = got
		return nil, nil
	})
	_, err := catch.Call(t.Context(), &tool.Session{Client: offline(t)}, json.RawMessage(arguments))
	var wrong *tool.ArgumentError
	switch {
	case errors.As(err, &wrong):
		return in, strings.Join(wrong.Problems, "\n")
	case err != nil:
		t.Fatal(err)
	}
	return in, ""
}

func TestSchema(t *testing.T) {
	t.Parallel()
	const want = `{"type":"object","properties":{` +
		`"title":{"type":"string","description":"What happened."},` +
		`"service_id":{"type":"string","description":"Name or id"},` +
		`"incident_id":{"type":"string","description":"Number, URL or id"},` +
		`"team_ids":{"type":"array","items":{"type":"string"},"description":"Name or id"},` +
		`"urgency":{"type":"string","enum":["high","low"]},` +
		`"status":{"type":"array","items":{"type":"string","enum":["triggered","resolved"]}},` +
		`"level":{"type":"integer","minimum":1,"maximum":5},` +
		`"quiet":{"type":"boolean"},` +
		`"note":{"type":"string"},` +
		`"shifts":{"type":"array","items":{"type":"object","properties":{"start":{"type":"string"},"user_id":{"type":"string","description":"Name, e-mail, me or id"}},"required":["start","user_id"]}},` +
		`"first":{"type":"object","properties":{"start":{"type":"string"},"user_id":{"type":"string","description":"Name, e-mail, me or id"}},"required":["start","user_id"]},` +
		`"message":{"type":"string","default":"please help"},` +
		`"labels":{"type":"array","items":{"type":"string"}},` +
		`"limit":{"type":"integer","minimum":1,"maximum":1000,"default":25},` +
		`"offset":{"type":"integer","minimum":0,"maximum":9999}},` +
		`"required":["title","service_id"]}`
	if diff := cmp.Diff(want, string(echo.Schema())); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !json.Valid(echo.Schema()) {
		t.Error("not JSON")
	}
}

func TestSlipsAreAccepted(t *testing.T) {
	t.Parallel()
	for given, check := range map[string]func(input) bool{
		`{"level":"3"}`:                                           func(in input) bool { return in.Level == 3 },
		`{"level":3.0}`:                                           func(in input) bool { return in.Level == 3 },
		`{"quiet":"true"}`:                                        func(in input) bool { return in.Quiet },
		`{"team_ids":"PAAAAA1"}`:                                  func(in input) bool { return cmp.Equal(in.Teams, []tool.TeamID{"PAAAAA1"}) },
		`{"team_ids":"[\"PAAAAA1\",\"PAAAAA2\"]"}`:                func(in input) bool { return cmp.Equal(in.Teams, []tool.TeamID{"PAAAAA1", "PAAAAA2"}) },
		`{"team_ids":[{"id":"PAAAAA1"}]}`:                         func(in input) bool { return cmp.Equal(in.Teams, []tool.TeamID{"PAAAAA1"}) },
		`{"teams_ids":["PAAAAA1"]}`:                               func(in input) bool { return cmp.Equal(in.Teams, []tool.TeamID{"PAAAAA1"}) },
		`{"team_ids":"PAAAAA1, PAAAAA2"}`:                         func(in input) bool { return cmp.Equal(in.Teams, []tool.TeamID{"PAAAAA1", "PAAAAA2"}) },
		`{"status":"Triggered, resolved"}`:                        func(in input) bool { return cmp.Equal(in.Status, []string{"triggered", "resolved"}) },
		`{"urgency":"HIGH"}`:                                      func(in input) bool { return in.Urgency == "high" },
		`{"incident_id":4711}`:                                    func(in input) bool { return in.Incident == "4711" && in.Incident.IsNumber() },
		`{"incident_id":"#4711"}`:                                 func(in input) bool { return in.Incident == "4711" },
		`{"first":"{\"start\":\"now\",\"user_id\":\"PAAAAA1\"}"}`: func(in input) bool { return in.First.User == "PAAAAA1" },
		`{"shifts":{"start":"now","user_id":"PAAAAA1"}}`: func(in input) bool {
			return len(in.Shifts) == 1 && in.Shifts[0].User == "PAAAAA1"
		},
		`{"note":null,"quiet":null}`: func(in input) bool { return in.Note == nil && !in.Quiet },
		`{"note":""}`:                func(in input) bool { return in.Note == nil },
		`{"labels":"a, b"}`:          func(in input) bool { return cmp.Equal(in.Labels, []string{"a, b"}) },
		`{}`:                         func(in input) bool { return in.Message == "please help" && in.Limit == 25 },
	} {
		in, problem := decode(t, `{"title":"x","service_id":"PAAAAA9",`+given[1:])
		if strings.TrimSpace(given) == "{}" {
			in, problem = decode(t, `{"title":"x","service_id":"PAAAAA9"}`)
		}
		if problem != "" || !check(in) {
			t.Errorf("%s: %s %+v", given, problem, in)
		}
	}
	if in, problem := decode(t, `"{\"title\":\"x\",\"service_id\":\"PAAAAA9\"}"`); problem != "" || in.Title != "x" {
		t.Errorf("arguments as a string: %s %+v", problem, in)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		``:                              "title: is required: What happened\nservice_id: is required; give its name, its id, or its URL",
		`null`:                          "title: is required: What happened\nservice_id: is required; give its name, its id, or its URL",
		`{"title":""}`:                  "title: is blank: What happened\nservice_id: is required; give its name, its id, or its URL",
		`[1]`:                           "[1] is not an object; give one with title, service_id, incident_id, team_ids, urgency, status, level, quiet, note, shifts, first, message, labels, limit, offset",
		`{"title":`:                     "the arguments are not valid JSON: give one JSON object",
		`{"title":"x","service_id":""}`: `service_id: is blank; give its name, its id, or its URL`,
		`{"title":"x","service_id":"PAAAAA9","incident_id":"the big one"}`:                 `incident_id: "the big one" is not an incident; give its number (4711), its id, or its URL`,
		`{"title":"x","service_id":"https://acme.pagerduty.com/users/PAAAAA9"}`:            `service_id: "https://acme.pagerduty.com/users/PAAAAA9" is not the URL of a service; give its name, its id, or its URL`,
		`{"title":"x","service_id":"https://pagerduty.com.evil.example/services/PAAAAA9"}`: `service_id: "https://pagerduty.com.evil.example/services/PAAAAA9" is not a URL of PagerDuty; give its name, its id, or its URL`,
		`{"title":"x","service_id":"PAAAAA9","urgency":"severe","level":9,"quiet":"maybe","status":["odd","resolved"]}`: `urgency: "severe" is not allowed; use high or low` + "\n" +
			`status[0]: "odd" is not allowed; use triggered or resolved` + "\n" + `level: 9 is out of range; use 1 to 5` + "\n" + `quiet: "maybe" is neither true nor false`,
		`{"title":"x","service_id":"PAAAAA9","urgancy":"high"}`:                               `"urgancy": there is no such argument; did you mean urgency?`,
		`{"title":"01234567890","service_id":"PAAAAA9"}`:                                      "title: has 11 characters; at most 10 are allowed",
		`{"title":true,"service_id":"PAAAAA9"}`:                                               "title: true is not a string",
		`{"title":"x","service_id":"PAAAAA9","level":1.5}`:                                    "level: 1.5 is not a whole number; use 1 to 5",
		`{"title":"x","service_id":"PAAAAA9","level":1e99}`:                                   "level: 1e99 is not a whole number; use 1 to 5",
		`{"title":"x","service_id":"PAAAAA9","team_ids":["PAAAAA1",null]}`:                    "team_ids[1]: null is no value; leave it out",
		`{"title":"x","service_id":"PAAAAA9","team_ids":["PAAAAA1"],"teams_ids":["PAAAAA2"]}`: "team_ids: is given more than once, as team_ids and teams_ids; give it once",
		`{"title":"x","service_id":"PAAAAA9","first":{"start":"soon","who":1}}`: `first.start: "soon" is not a time; use ` + when.TimeForms + "\nfirst.user_id: is required; give a name, an e-mail address, me, an id, or a URL\n" +
			`"who": there is no such argument of first; known: start, user_id`,
		`{"title":"x","service_id":"PAAAAA9","shifts":[{"start":"now"},{},{}]}`: "shifts: has 3 items; at most 2 are allowed",
	} {
		_, got := decode(t, given)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", given, diff)
		}
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{
		"now":                       "2026-03-02T12:00:00Z",
		"24h":                       "2026-03-01T12:00:00Z",
		"7d":                        "2026-02-23T12:00:00Z",
		"2w":                        "2026-02-16T12:00:00Z",
		"90m":                       "2026-03-02T10:30:00Z",
		"7d ago":                    "2026-02-23T12:00:00Z",
		"-24h":                      "2026-03-01T12:00:00Z",
		"+2h":                       "2026-03-02T14:00:00Z",
		"in 3d":                     "2026-03-05T12:00:00Z",
		"+2h ago":                   "",
		"2026-01-31":                "2026-01-31T00:00:00Z",
		"2026-01-31T09:00:00Z":      "2026-01-31T09:00:00Z",
		"2026-01-31t09:00:00+02:00": "2026-01-31T07:00:00Z",
		"2026-01-31T09:00Z":         "2026-01-31T09:00:00Z",
		"2026-01-31T09:00:00":       "2026-01-31T09:00:00Z",
		"2026-01-31 09:00":          "2026-01-31T09:00:00Z",
		"today":                     "2026-03-02T00:00:00Z",
		"Yesterday":                 "2026-03-01T00:00:00Z",
		"tomorrow":                  "2026-03-03T00:00:00Z",
		"monday":                    "2026-03-02T00:00:00Z",
		"last friday":               "2026-02-27T00:00:00Z",
		"2026-02-30":                "",
		"soon":                      "",
		"":                          "",
		"7":                         "",
		"999999w":                   "",
	} {
		parsed, problem := when.ParseTime(in)
		if want == "" {
			if problem == "" {
				t.Errorf("ParseTime(%q) = %v, want a problem", in, parsed.In(now))
			}
			continue
		}
		if got := parsed.In(now).Format(time.RFC3339); problem != "" || got != want {
			t.Errorf("ParseTime(%q) = %s %s, want %s", in, got, problem, want)
		}
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain":                               "plain",
		"café 漢字 👍":                           "café 漢字 👍",
		"two\nlines\tand tab":                 "two\nlines\tand tab",
		"invoice \u202egnp.exe\u202c":         "invoice gnp.exe",
		"zero\u200bwidth\u200d\ufeff":         "zerowidth",
		"bell\a esc\x1b[31m nul\x00 del\x7f":  "bell esc[31m nul del",
		"tags\U000e0041\U000e007f":            "tags",
		"line\u2028separator":                 "line\nseparator",
		"\u2066isolate\u2069":                 "isolate",
		"soft\u00adhyphen":                    "softhyphen",
		"selector\ufe0f\U000e0101":            "selector",
		"private\ue000":                       "private",
		"⚠\ufe0f 1\ufe0f⃣ \u26a0\ufe0f\ufe0f": "⚠\ufe0f 1\ufe0f⃣ \u26a0\ufe0f",
		"👩\u200d🚒 می\u200cخواهم a\u200db":     "👩\u200d🚒 می\u200cخواهم ab",
		"क्\u200dष ශ්\u200dරී ж\u200dж 漢\u200d字": "क्\u200dष ශ්\u200dරී жж 漢字",
		"🏳\ufe0f\u200d🌈 ❤\ufe0f\u200d🔥 👍🏽":       "🏳\ufe0f\u200d🌈 ❤\ufe0f\u200d🔥 👍🏽",
		"ᠮ\u180b a\u180b":                      "ᠮ\u180b a",
		"a\u115f\u1160\u3164\uffa0b":           "ab",
		"a\ufff9b\ufffac\ufffbd":               "abcd",
		"a\u2061\u2062\u2063\u2064\u206ab":     "ab",
		"a\u034f\u17b4\u061c\ufdd0\U0001bca0b": "ab",
		"\u0600123 \u06dd":                     "\u0600123 \u06dd",
		"Windows\r\nlines":                     "Windows\nlines",
		`back\slash "quoted"`:                  `back\slash "quoted"`,
		`\u0007 spelled out`:                   `\u0007 spelled out`,
		"bad utf8 \xff":                        "bad utf8 \ufffd",
	} {
		if got := wording.Clean(strings.ToValidUTF8(in, "\ufffd")); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
		// The same through a result.
		say := tool.Read("say", "", "", func(context.Context, tool.Reading, struct{}) (map[string]string, error) {
			return map[string]string{"text": in}, nil
		})
		data, err := say.Call(t.Context(), &tool.Session{}, nil)
		var got map[string]string
		if err == nil {
			err = json.Unmarshal(data, &got)
		}
		if err != nil || got["text"] != want {
			t.Errorf("result %q = %q, %v, want %q", in, got["text"], err, want)
		}
	}
}

// TestRawJSON holds that JSON of PagerDuty's own, which may write characters as
// escapes, comes out as it reads.
func TestRawJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"a":"\ud83d\udd25 fire"}`:                `🔥 fire`,
		`{"a":"\u26a0\ufe0f \u202egnp.exe"}`:       "⚠\ufe0f gnp.exe",
		`{"a":"tag \udb40\udc41\udb40\udc7f end"}`: "tag  end",
		`{"a":"half \ud83d alone"}`:                "half  alone",
		`{"a":"\\ud83d spelled out"}`:              `\ud83d spelled out`,
	} {
		var got map[string]string
		if err := json.Unmarshal([]byte(rendered(t, json.RawMessage(in))), &got); err != nil || got["a"] != want {
			t.Errorf("%s comes out as %q, %v; want %q", in, got["a"], err, want)
		}
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	pages := func(yield func(pdapi.Page[int], error) bool) {
		_ = yield(pdapi.Page[int]{Items: []int{1, 2}, More: true}, nil) && yield(pdapi.Page[int]{Items: []int{3}, More: true}, nil)
	}
	list, err := tool.Collect("numbers", tool.Paging{Limit: 3, Offset: 10}, pages, func(n int) int { return n * n })
	if err != nil {
		t.Fatal(err)
	}
	list.AddFact("window", "all")
	list.AddNote("One is left out.")
	if diff := cmp.Diff(`{"numbers":[1,4,9],"window":"all","count":3,"more":true,"next_offset":13,"note":"One is left out."}`, rendered(t, list)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := rendered(t, tool.List[int]{Name: "numbers"}); got != `{"numbers":[],"count":0}` {
		t.Errorf("an empty list is %s", got)
	}
}

// TestLongListByCursor is cut because its records are long: it goes on by cursor, in the
// middle of a page.
func TestLongListByCursor(t *testing.T) {
	t.Parallel()
	type input struct {
		tool.Paging
		tool.ByCursor
	}
	long := strings.Repeat("x", 2000)
	pages := func(yield func(pdapi.Page[string], error) bool) {
		_ = yield(pdapi.Page[string]{Items: slices.Repeat([]string{long}, 8), More: true, Next: "b", Begins: "a"}, nil) &&
			yield(pdapi.Page[string]{Items: slices.Repeat([]string{long}, 8), More: true, Next: "c", Begins: "b"}, nil)
	}
	listing := tool.Read("list", "", "", func(_ context.Context, _ tool.Reading, in input) (tool.List[string], error) {
		return tool.Collect("texts", in.Paging, pages, func(s string) string { return s })
	})
	data, err := listing.Call(t.Context(), &tool.Session{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Texts  []string `json:"texts"`
		Cursor string   `json:"next_cursor"`
		Offset int      `json:"next_offset"`
		Note   string   `json:"note"`
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	n := len(got.Texts)
	if n < 9 || n > 15 || got.Cursor != pdapi.CursorAfter("b", n-8) || got.Offset != 0 || !strings.Contains(got.Note, "go on with next_cursor") {
		t.Errorf("%d texts, cursor %q, offset %d, note %q", n, got.Cursor, got.Offset, got.Note)
	}
}

// rendered is a result as a model reads it.
func rendered[T any](t *testing.T, result T) string {
	t.Helper()
	answer := tool.Read("answer", "", "", func(context.Context, tool.Reading, struct{}) (T, error) { return result, nil })
	data, err := answer.Call(t.Context(), &tool.Session{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestShareURL(t *testing.T) {
	t.Parallel()
	type row struct {
		ID  string `json:"id"`
		URL string `json:"url,omitzero"`
	}
	list := tool.List[row]{Name: "rows", Items: []row{{"P1", "https://x/i/P1"}, {"P2", "https://y/other"}, {"P3", "https://x/i/P3"}, {"P4", ""}}}
	if diff := cmp.Diff(`{"rows":[{"id":"P1"},{"id":"P2","url":"https://y/other"},{"id":"P3"},{"id":"P4"}],"url":"https://x/i/{id}","count":4}`, rendered(t, list)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"list_incident_alerts", "list_incidents", "list_incident_notes", "get_incident", "incidents", "services"}
	for in, want := range map[string]string{"incident": "incidents", "list_incident": "list_incidents", "getincident": "get_incident", "xyzzy": "", "service": "services", "list_incidnets": "list_incidents", "list_incident_alert": "list_incident_alerts", "get": "get_incident"} {
		if got := wording.Nearest(in, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `[]`, `"{}"`, `{"title":"x","service_id":"PAAAAA9","level":"3"}`, `{"shifts":[{"start":"7d","user_id":{"id":"PAAAAA1"}}]}`,
		`{"status":"a,b","team_ids":"[1,2"}`, `{"first":"{\"start\":1}"}`, `{"limit":1e400}`, `{"title":"0","service_id":"0"}`, `{"title":"x","service_id":"nothing","first":{"start":"today","user_id":"me"}}`, `{"incident_id":"#"}`, "{\"title\":\"\u202e\x00\"}",
		`{"query_model":{"title":"x","service":{"id":"PAAAAA9"}}}`, `{"serviceId":"PAAAAA9","title":"None"}`, `{"title":"x","service_id":"PAAAAA9","limit":"all","status":"open","toolCallId":1}`,
		`{"a":{"b":{"c":{"service_id":"PAAAAA9","title":{"text":"x"}}}}}`, `{"user":{"id":1},"shift":{"from":"now","user":"me"}}`, `{"responders":[{"type":"team","id":"PAAAAA1"}]}`,
		`{"title":["x"],"service_id":[{"user":{"id":"PAAAAA1"}}],"offset":"","null":null}`, `{"page":2,"exclude":{"status":"open"},"action":"x"}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, arguments string) {
		out, err := echo.Call(t.Context(), &tool.Session{Client: clientOf(t, nobody{})}, json.RawMessage(arguments))
		var wrong *tool.ArgumentError
		switch {
		case err == nil:
			if !json.Valid(out) || !utf8.Valid(out) {
				t.Errorf("%q: the result %q is not JSON", arguments, out)
			}
		case !errors.As(err, &wrong) || len(wrong.Problems) == 0:
			t.Errorf("%q: %v is no *ArgumentError", arguments, err)
		default:
			// Never a Go type, never unbounded.
			for _, p := range wrong.Problems {
				if strings.Contains(p, "tool.") || strings.Contains(p, "json.") || strings.Contains(p, "map[") || len(p) > 2000 {
					t.Errorf("%q: %q", arguments, p)
				}
			}
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add("plain \u202e \x1b[0m \U000e0041 \\u0007")
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "")
		say := tool.Read("say", "", "", func(context.Context, tool.Reading, struct{}) (string, error) { return s, nil })
		data, err := say.Call(t.Context(), &tool.Session{}, nil)
		var got string
		if err == nil {
			err = json.Unmarshal(data, &got)
		}
		if want, _ := wording.Redact(wording.Clean(s)); err != nil || got != want {
			t.Errorf("%q comes out as %q, %v; want %q", s, got, err, want)
		}
		if wording.Clean(got) != got {
			t.Errorf("%q is not clean", got)
		}
	})
}
