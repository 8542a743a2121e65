package server_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/server"
)

const (
	aPing  = `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	canary = "canary-0123456789-abcdefghijklmnop"
)

// TestWhoIsLetIn sends each kind of credential to each kind of server. Nothing of what is
// refused reaches PagerDuty, and no credential comes back or into the log.
func TestWhoIsLetIn(t *testing.T) {
	t.Parallel()
	api := account(t)
	for _, c := range []struct {
		auth server.Auth
		with headers
		want int
		says string
	}{
		{server.AuthCaller, nil, 401, "no PagerDuty credential came"},
		{server.AuthCaller, headers{"X-PagerDuty-Token": canary}, 200, ""},
		{server.AuthCaller, headers{"X-PagerDuty-Token": "pdus+" + canary}, 200, ""},
		{server.AuthCaller, headers{"Authorization": "Token token=" + canary}, 200, ""},
		{server.AuthCaller, headers{"Authorization": "Token token=pdus+" + canary}, 401, "send it in the header X-PagerDuty-Token"},
		{server.AuthCaller, headers{"Authorization": "Bearer " + canary}, 401, "MCP forbids a server to pass on a token"},
		{server.AuthCaller, headers{"Authorization": "Bearer " + canary, "X-PagerDuty-Token": canary}, 401, "MCP forbids"},
		{server.AuthCaller, headers{"Authorization": "Token token=" + canary, "X-PagerDuty-Token": canary}, 400, "send one of them"},
		{server.AuthCaller, headers{"Authorization": "Basic " + canary}, 401, "scheme"},
		{server.AuthCaller, headers{"X-PagerDuty-Token": "your-api-key"}, 401, "example"},
		{server.AuthCaller, headers{"X-PagerDuty-Token": canary + " x"}, 401, "paste it again"},

		{server.AuthSecret, nil, 401, "no secret came"},
		{server.AuthSecret, bearer(writeSecret), 200, ""},
		{server.AuthSecret, headers{"Authorization": "bEARER  " + readSecret}, 200, ""},
		{server.AuthSecret, bearer(canary), 401, "does not know the secret"},
		{server.AuthSecret, bearer(""), 401, "does not know the secret"},
		{server.AuthSecret, bearer(writeSecret + "," + readSecret), 401, "does not know the secret"},
		{server.AuthSecret, headers{"X-PagerDuty-Token": canary}, 400, "takes no other"},
		{server.AuthSecret, merged(bearer(writeSecret), headers{"X-PagerDuty-Token": canary}), 400, "takes no other"},
		{server.AuthSecret, headers{"Authorization": "Token token=" + canary}, 400, "takes no other"},

		{server.AuthNone, nil, 200, ""},
		{server.AuthNone, headers{"X-PagerDuty-Token": canary}, 400, "takes no other"},
		{server.AuthNone, headers{"Authorization": "Token token=" + canary}, 400, "takes no other"},
	} {
		w := newWeb(t, api.URL(), c.auth, nil)
		got := w.post(t, c.with, aPing)
		if got.status != c.want || !strings.Contains(got.body, c.says) {
			t.Errorf("%s, %v: %d %s; want %d, %q", c.auth, c.with, got.status, got.body, c.want, c.says)
		}
		if challenge := got.header.Get("WWW-Authenticate"); (got.status == 401) != (challenge != "") {
			t.Errorf("%s, %v: %d has the challenge %q", c.auth, c.with, got.status, challenge)
		}
		for _, secret := range []string{canary, writeSecret, readSecret} {
			if told := got.body + w.logs.String(); strings.Contains(told, secret) {
				t.Errorf("%s, %v: a credential is told: %s", c.auth, c.with, told)
			}
		}
	}
	if sent := api.Requests(); len(sent) > 0 {
		t.Errorf("PagerDuty was asked: %v", sent)
	}
}

// TestFrontDoor sends requests that no client of ours sends.
func TestFrontDoor(t *testing.T) {
	t.Parallel()
	w := newWeb(t, account(t).URL(), server.AuthNone, func(_ *server.Options, h *server.HTTPOptions) {
		h.AllowedHosts, h.AllowedOrigins = []string{"mcp.example.com"}, []string{"https://app.example"}
	})
	for _, c := range []struct {
		method, query string
		with          headers
		body          string
		want          int
	}{
		{"POST", "", headers{"Host": "localhost:1234"}, aPing, 200},
		{"POST", "", headers{"Host": "[::1]:80"}, aPing, 200},
		{"POST", "", headers{"Host": "MCP.example.com"}, aPing, 200},
		{"POST", "", headers{"Host": "rebound.example"}, aPing, 403},
		{"POST", "", headers{"Host": "localhost.rebound.example"}, aPing, 403},
		{"POST", "", headers{"Origin": "https://app.example"}, aPing, 200},
		{"POST", "", headers{"Origin": "http://localhost:6274"}, aPing, 200},
		{"POST", "", headers{"Origin": "http://localhost:6274", "Host": "mcp.example.com"}, aPing, 403},
		{"POST", "", headers{"Origin": "https://evil.example"}, aPing, 403},
		{"POST", "", headers{"Origin": "null"}, aPing, 403},
		{"POST", "", headers{"Origin": ""}, aPing, 403},
		{"OPTIONS", "", headers{"Origin": "https://app.example"}, "", 204},
		{"OPTIONS", "", headers{"Origin": "https://evil.example"}, "", 403},
		{"OPTIONS", "", nil, "", 405},
		{"GET", "", nil, "", 405},
		{"DELETE", "", nil, "", 405},
		{"POST", "?token=" + canary, nil, aPing, 400},
		{"POST", "", headers{"Content-Type": "text/plain"}, aPing, 415},
		{"POST", "", headers{"Content-Type": "application/x-www-form-urlencoded"}, aPing, 415},
		{"POST", "", headers{"Accept": "text/html"}, aPing, 406},
		{"POST", "", nil, "", 400},
		{"POST", "", nil, "{", 400},
		{"POST", "", nil, "[" + aPing + "]", 400},
		{"POST", "", nil, `{"jsonrpc":"2.0","method":"notifications/initialized"}`, 202},
		{"POST", "", nil, `{"jsonrpc":"2.0","id":7,"result":{}}`, 202},
		{"POST", "", headers{"Mcp-Session-Id": "somebody-else's"}, aPing, 200},
		{"POST", "", headers{"X-MCP-Readonly": "perhaps"}, aPing, 400},
		{"POST", "", headers{"X-MCP-Toolsets": "incidents,nothing"}, aPing, 400},
	} {
		got := send(t, c.method, w.url+c.query, c.with, c.body)
		if got.status != c.want {
			t.Errorf("%s%s %v %.40s: %d %s, want %d", c.method, c.query, c.with, c.body, got.status, got.body, c.want)
		}
		if cors := got.header.Get("Access-Control-Allow-Origin"); (c.with["Origin"] == "https://app.example") != (cors != "") {
			t.Errorf("%s %v: CORS for %q", c.method, c.with, cors)
		}
		if got.header.Get("Mcp-Session-Id") != "" || len(got.header.Get("X-Request-Id")) < 16 {
			t.Errorf("%s %v: %v", c.method, c.with, got.header)
		}
	}
	if strings.Contains(w.logs.String(), canary) {
		t.Errorf("the query is in the log: %s", w.logs)
	}
}

// TestHeadersTwice sends headers that may be there once more often.
func TestHeadersTwice(t *testing.T) {
	t.Parallel()
	api := account(t)
	for _, auth := range []server.Auth{server.AuthCaller, server.AuthSecret, server.AuthNone} {
		for _, name := range []string{"Authorization", "X-Pagerduty-Token"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, newWeb(t, api.URL(), auth, nil).url, strings.NewReader(aPing))
			if err != nil {
				t.Fatal(err)
			}
			r.Header = http.Header{"Content-Type": {"application/json"}, name: {"Bearer " + writeSecret, "Token token=" + sandbox.UserKey}}
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusBadRequest {
				t.Errorf("%s, %s twice: %d", auth, name, resp.StatusCode)
			}
		}
	}
}

// TestSecretsAreReplaced replaces the file of secrets while the server runs, and makes
// mistakes in it.
func TestSecretsAreReplaced(t *testing.T) {
	t.Parallel()
	var path string
	w := newWeb(t, account(t).URL(), server.AuthSecret, func(o *server.Options, h *server.HTTPOptions) {
		path = secretsFile(t)
		var err error
		if h.Secrets, err = server.OpenSecrets(path, o.Logger); err != nil {
			t.Fatal(err)
		}
	})
	const next = "alice-next-secret-0123456789abcdef012"
	for _, step := range []struct {
		file      string
		old, next int
	}{
		{"", 200, 401}, // the file as it is
		{"alice write " + writeSecret + "\nalice2 read " + next + "\n", 200, 200},
		{"alice write " + next + " # of today\n", 200, 200}, // a mistake: what was before counts
		{"alice write " + next + "\n", 401, 200},
		{"alice write short\n", 401, 200},
	} {
		if step.file != "" {
			if err := os.WriteFile(path, []byte(step.file), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if old, now := w.post(t, bearer(writeSecret), aPing).status, w.post(t, bearer(next), aPing).status; old != step.old || now != step.next {
			t.Errorf("with %q: the old secret %d, the next %d; want %d, %d", step.file, old, now, step.old, step.next)
		}
	}
	if log := w.logs.String(); !strings.Contains(log, "line 1: there are 6 words") || strings.Contains(log, next) {
		t.Error(log)
	}
}

// TestWrongSecrets reads files of secrets with mistakes.
func TestWrongSecrets(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                           "it holds no secret",
		"# nobody\n":                 "it holds no secret",
		"alice write\n":              "line 1: there are 2 words",
		"alice all " + writeSecret:   "line 1: the second word is neither read nor write",
		"al/ice read " + writeSecret: "line 1: the name has",
		"alice read tooshort":        "line 1: the secret has 8 characters; use at least 32",
		"a read " + writeSecret + "\na write " + readSecret:  "line 2: the name is that of line 1",
		"a read " + writeSecret + "\nb write " + writeSecret: "line 2: the secret is that of line 1",
	} {
		path := secretsFile(t)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := server.OpenSecrets(path, nil)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), writeSecret) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestRequestsNarrow asks for less than the server serves, and for more.
func TestRequestsNarrow(t *testing.T) {
	t.Parallel()
	api := account(t)
	w := newWeb(t, api.URL(), server.AuthSecret, nil)
	const list = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`
	for _, c := range []struct {
		with       headers
		has, lacks string
	}{
		{bearer(writeSecret), `"delete_team"`, `"nothing"`},
		{bearer(readSecret), `"list_teams"`, `"delete_team"`},
		{merged(bearer(writeSecret), headers{"X-MCP-Readonly": "true"}), `"list_teams"`, `"delete_team"`},
		{merged(bearer(readSecret), headers{"X-MCP-Readonly": "false"}), `"list_teams"`, `"delete_team"`},
		{merged(bearer(writeSecret), headers{"X-MCP-Toolsets": "people, services"}), `"delete_team"`, `"get_incident"`},
		{merged(bearer(writeSecret), headers{"X-MCP-Tools": "get_incident,list_teams"}), `"get_incident"`, `"list_incidents"`},
	} {
		if got := w.post(t, c.with, list).body; !strings.Contains(got, c.has) || strings.Contains(got, c.lacks) {
			t.Errorf("%v: %.2000s; want %s and not %s", c.with, got, c.has, c.lacks)
		}
	}
	for _, more := range []headers{
		merged(bearer(readSecret), headers{"X-MCP-Tools": "delete_team"}),
		merged(bearer(writeSecret), headers{"X-MCP-Tools": "delete_team", "X-MCP-Readonly": "1"}),
		merged(bearer(writeSecret), headers{"X-MCP-Tools": "no_such_tool"}),
		merged(bearer(writeSecret), headers{"X-MCP-Toolsets": "admin"}),
	} {
		if got := w.post(t, more, list); got.status != http.StatusBadRequest {
			t.Errorf("%v: %d %.200s", more, got.status, got.body)
		}
	}
	text, isError := w.call(t, bearer(readSecret), "delete_team", rig.Args{"team_id": "Search"})
	if !isError || !strings.Contains(text, `the secret of "bob" may only read`) {
		t.Error(text)
	}
	text, isError = w.call(t, merged(bearer(writeSecret), headers{"X-MCP-Toolsets": "people"}), "get_incident", rig.Args{"incident_id": 4711})
	if !isError || !strings.Contains(text, "asked for other tools only") {
		t.Error(text)
	}
	if sent := api.Requests(); len(sent) > 0 {
		t.Errorf("PagerDuty was asked: %v", sent)
	}
}
