package cli_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

const (
	secretOfAlice = "canary-secret-of-alice-0123456789abcdef"
	secretOfBob   = "canary-secret-of-bob-0123456789abcdefgh"
)

// secretsFile is a file of the secrets of alice and bob, who may both write.
func secretsFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secrets")
	if err := os.WriteFile(path, []byte("alice write "+secretOfAlice+"\nbob write "+secretOfBob+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const addNote = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add_note_to_incident","arguments":{"incident_id":4711,"note":"canary-note"}}}`

// TestAuditNamesTheCaller has two callers change something in each mode. Both lines of a
// change name its caller, and no line has a credential.
func TestAuditNamesTheCaller(t *testing.T) {
	t.Parallel()
	ana, ben := sandbox.UserKey, sandbox.KeyOf("ben.carter@northwind.example")
	for _, c := range []struct {
		args    []string
		headers []string
		names   string // of the callers, in the order of headers
		secrets []string
	}{
		{[]string{"--auth", "secret", "--auth-token-file", secretsFile(t)}, []string{"Authorization: Bearer " + secretOfAlice, "Authorization: Bearer " + secretOfBob},
			`^alice, with \S+ bob, with \S+$`, []string{secretOfAlice, secretOfBob, sandbox.UserKey}},
		{[]string{"--auth", "caller"}, []string{"X-PagerDuty-Token: " + ana, "Authorization: Token token=" + ben}, `^key [0-9a-f]{12}, with \S+ key [0-9a-f]{12}, with \S+$`, []string{ana, ben}},
	} {
		audit := filepath.Join(t.TempDir(), "audit.jsonl")
		s := serveHTTP(t, bare(), append(c.args, "--sandbox", "--enable-write-tools", "--audit-log", audit)...)
		for _, header := range c.headers {
			if status, answer := post(t, s.url, header, addNote); status != http.StatusOK || strings.Contains(answer, `"isError":true`) {
				t.Errorf("%v: %d %s", c.args, status, answer)
			}
		}
		text, err := os.ReadFile(audit)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for line := range strings.Lines(string(text)) {
			var l struct{ Event, Caller, Tool string }
			if err := json.Unmarshal([]byte(line), &l); err != nil || l.Tool != "add_note_to_incident" {
				t.Errorf("%v: %s", err, line)
			}
			switch n := len(names); {
			case l.Event == "begin":
				names = append(names, l.Caller)
			case n == 0 || names[n-1] != l.Caller:
				t.Errorf("the end does not name its caller, of %q: %s", names, line)
			}
		}
		if got := strings.Join(names, " "); !regexp.MustCompile(c.names).MatchString(got) || len(names) != 2 || names[0] == names[1] {
			t.Errorf("%v: the callers are %q, want %s, each their own", c.args, names, c.names)
		}
		for _, secret := range c.secrets {
			if strings.Contains(string(text), secret) {
				t.Errorf("%v: the audit log has the credential %s", c.args, secret)
			}
		}
	}
}

// TestNothingIsTold sends credentials, right and wrong, and arguments to a server that
// logs everything in JSON, counts and traces. Neither shows up anywhere, nor do answers.
func TestNothingIsTold(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGTERM, on which the last spans are sent")
	}
	traces := &rig.Logs{}
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(traces, r.Body); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(collector.Close)
	s := serveHTTP(t, bare("OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL, "OTEL_EXPORTER_OTLP_HEADERS=x-auth=canary-of-the-collector"),
		"--sandbox", "--auth", "secret", "--auth-token-file", secretsFile(t), "--enable-write-tools", "--log-format", "json", "--log-level", "debug", "--drain-wait", "0s")
	alice := "Authorization: Bearer " + secretOfAlice
	call := func(tool, arguments string) string {
		return fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":%q,"arguments":%s}}`, tool, arguments)
	}
	for _, c := range []struct {
		path, header, body string
		status             int
	}{
		{"", alice, getIncident, http.StatusOK},
		{"", alice, addNote, http.StatusOK},
		{"", alice, call("list_teams", `{"query":"canary-query"}`), http.StatusOK},
		{"", alice, call("get_team", `{"team_id":"QCANARYTEAM"}`), http.StatusOK},
		{"", alice, call("get_team", `{"team_id":"canary name"}`), http.StatusOK},
		{"", alice, call("list_teams", `{"limit":"canary-limit","canary-argument":1}`), http.StatusOK},
		{"", alice, call("canary_tool", `{}`), http.StatusOK},
		{"", alice, `{"canary-method": `, http.StatusBadRequest},
		{"", alice, `{"jsonrpc":"2.0","id":"canary-id","method":"canary/method","params":{"canary":"parameter"}}`, http.StatusOK},
		{"", "Authorization: Bearer canary-wrong-secret-0123456789abcdef", getIncident, http.StatusUnauthorized},
		{"", "Authorization: canary-without-a-scheme-0123456789abcdef", getIncident, http.StatusUnauthorized},
		{"", "X-PagerDuty-Token: u+canary-key-0123456789", getIncident, http.StatusBadRequest},
		{"?token=canary-in-the-url", alice, getIncident, http.StatusBadRequest},
		{"", "X-MCP-Tools: canary-tool", getIncident, http.StatusUnauthorized},
		{"", "X-Request-Id: canary of a header", getIncident, http.StatusUnauthorized},
		{"", "Traceparent: canary-of-a-trace", getIncident, http.StatusUnauthorized},
	} {
		if status, answer := post(t, s.url+c.path, c.header, c.body); status != c.status {
			t.Errorf("%s %s: %d %s, want %d", c.header, c.body, status, answer, c.status)
		}
	}
	resp, err := http.Get(strings.TrimSuffix(s.url, "/mcp") + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := within(t, s.command, 30*time.Second); code != 0 {
		t.Errorf("exit code %d: %s", code, s.log)
	}
	log := s.log.String()
	for line := range strings.Lines(log) {
		if !json.Valid([]byte(line)) {
			t.Errorf("the log has a line that is no JSON: %s", line)
		}
	}
	for where, told := range map[string]struct{ text, wants string }{
		"log": {log, `"tool":"add_note_to_incident"`}, "metrics": {string(metrics), `tool="add_note_to_incident"`}, "traces": {traces.String(), "tools/call add_note_to_incident"},
	} {
		if !strings.Contains(told.text, told.wants) {
			t.Errorf("the %s does not have %s: %q", where, told.wants, told.text)
		}
		for _, never := range []string{"canary", "QCANARYTEAM", sandbox.UserKey, "card authorizations"} {
			if at := strings.Index(strings.ToLower(told.text), strings.ToLower(never)); at >= 0 {
				t.Errorf("%s is in the %s: …%q…", never, where, told.text[max(0, at-300):min(len(told.text), at+100)])
			}
		}
	}
}
