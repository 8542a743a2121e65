package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/cli"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// run runs the program in this process.
type run struct {
	args  []string
	env   map[string]string
	stdin string
}

func (r run) do(t *testing.T) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = cli.Run(t.Context(), cli.Process{
		Args: r.args, Build: cli.Build{Version: "1.2.3", Commit: "0123456789abcdef0123456789abcdef01234567", Date: "2026-11-25T12:00:00Z"}, Stdin: strings.NewReader(r.stdin), Stdout: &out, Stderr: &errs,
		Getenv: func(name string) string { return r.env[name] },
	})
	return code, out.String(), errs.String()
}

const (
	hello = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}` + "\n"
	list  = `{"jsonrpc":"2.0","id":2,"method":"tools/list"}` + "\n"
)

// toolNames reads the tools from what was served.
func toolNames(t *testing.T, stdout string) []string {
	t.Helper()
	for line := range strings.Lines(stdout) {
		var message struct {
			ID     int
			Result struct{ Tools []struct{ Name string } }
		}
		if err := json.Unmarshal([]byte(line), &message); err != nil {
			t.Fatalf("stdout has a line that is no message: %q", line)
		}
		if message.ID == 2 {
			var names []string
			for _, t := range message.Result.Tools {
				names = append(names, t.Name)
			}
			return names
		}
	}
	t.Fatalf("no tools in %s", stdout)
	return nil
}

func TestServing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args   []string
		has    string
		hasNot string
		stderr string
	}{
		"incidents":                   {args: []string{"pagerduty-mcp", "incidents", "--sandbox"}, has: "list_incidents", hasNot: "create_incident"},
		"incidents with writes":       {args: []string{"pagerduty-mcp", "incidents", "--sandbox", "--enable-write-tools"}, has: "create_incident"},
		"flags before the command":    {args: []string{"pagerduty-mcp", "--enable-write-tools", "--sandbox", "--log-level", "debug", "incidents"}, has: "create_incident"},
		"all":                         {args: []string{"pagerduty-mcp", "all", "--sandbox"}, has: "list_incidents"},
		"symlink":                     {args: []string{"/usr/local/bin/pagerduty-incidents", "--sandbox"}, has: "list_incidents"},
		"Windows":                     {args: []string{`C:\tools\PagerDuty-Incidents.EXE`, "--sandbox"}, has: "list_incidents"},
		"services by name":            {args: []string{"pagerduty-services", "--sandbox"}, has: "list_services", hasNot: "list_incidents"},
		"people by name":              {args: []string{"pagerduty-people.exe", "--sandbox"}, has: "list_oncalls", hasNot: "list_incidents"},
		"aiops by name":               {args: []string{"./pagerduty-aiops", "--sandbox"}, has: "list_event_orchestrations", hasNot: "list_incidents"},
		"some tools":                  {args: []string{"pagerduty-mcp", "all", "--sandbox", "--tools", "get_incident,list_oncalls"}, has: "get_incident list_oncalls", hasNot: "list_incidents"},
		"all but some":                {args: []string{"pagerduty-mcp", "all", "--sandbox", "--exclude-tools=list_incidents", "--exclude-tools", "get_team"}, has: "get_incident", hasNot: "list_incidents"},
		"no command, as in version 1": {args: []string{"pagerduty-mcp", "--enable-write-tools", "--sandbox"}, has: "create_incident", stderr: "deprecated"},
		"no command, read-only":       {args: []string{"pagerduty-mcp", "--sandbox"}, has: "list_incidents", hasNot: "create_incident", stderr: "deprecated"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := run{args: c.args, stdin: hello + list}.do(t)
			if code != 0 {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			names := strings.Join(toolNames(t, stdout), " ")
			if !strings.Contains(names, c.has) || c.hasNot != "" && strings.Contains(names, c.hasNot) {
				t.Errorf("tools are %s; want %q, not %q", names, c.has, c.hasNot)
			}
			if c.stderr == "" && stderr != "" && !strings.Contains(name, "flags before") || strings.Count(stderr, "\n") > 1 && c.stderr != "" || !strings.Contains(stderr, c.stderr) {
				t.Errorf("stderr is %q", stderr)
			}
		})
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	key := map[string]string{"PAGERDUTY_USER_API_KEY": "u+sEcReT"}
	with := func(name, value string) map[string]string {
		return map[string]string{"PAGERDUTY_USER_API_KEY": "u+sEcReT", name: value}
	}
	for name, c := range map[string]struct {
		run
		code int
		want []string
	}{
		"no key":               {run{args: []string{"pagerduty-mcp", "incidents"}}, 2, []string{"User Settings", "export PAGERDUTY_USER_API_KEY", "--sandbox"}},
		"empty key":            {run{args: []string{"pagerduty-mcp", "incidents"}, env: map[string]string{"PAGERDUTY_USER_API_KEY": " "}}, 2, []string{"no PagerDuty API key"}},
		"broken key":           {run{args: []string{"pagerduty-mcp", "incidents"}, env: map[string]string{"PAGERDUTY_USER_API_KEY": "sEcReT two"}}, 2, []string{"PAGERDUTY_USER_API_KEY", "paste it again"}},
		"no such key file":     {run{args: []string{"pagerduty-mcp", "incidents"}, env: map[string]string{"PAGERDUTY_USER_API_KEY_FILE": "/no/such/file"}}, 2, []string{"/no/such/file"}},
		"key file a directory": {run{args: []string{"pagerduty-mcp", "incidents"}, env: map[string]string{"PAGERDUTY_USER_API_KEY_FILE": "."}}, 2, []string{"directory"}},
		"http host":            {run{args: []string{"pagerduty-mcp", "incidents"}, env: with("PAGERDUTY_API_HOST", "http://api.pagerduty.com")}, 2, []string{"PAGERDUTY_API_HOST", "https"}},
		"host with a path":     {run{args: []string{"pagerduty-mcp", "incidents"}, env: with("PAGERDUTY_API_HOST", "https://api.pagerduty.com/v2")}, 2, []string{"path"}},
		"host with a user":     {run{args: []string{"pagerduty-mcp", "incidents"}, env: with("PAGERDUTY_API_HOST", "https://me:sEcReT@api.pagerduty.com")}, 2, []string{"user"}},
		"no e-mail":            {run{args: []string{"pagerduty-mcp", "incidents"}, env: with("PAGERDUTY_FROM_EMAIL", "Ana")}, 2, []string{"PAGERDUTY_FROM_EMAIL", "Ana"}},
		"unknown flag":         {run{args: []string{"pagerduty-mcp", "incidents", "--enable-writes"}, env: key}, 2, []string{"enable-writes", "--help"}},
		"unknown flag, no cmd": {run{args: []string{"pagerduty-mcp", "--enable-writes"}, env: key}, 2, []string{"enable-writes"}},
		"unknown command":      {run{args: []string{"pagerduty-mcp", "incident"}, env: key}, 2, []string{`did you mean "incidents"`}},
		"stray argument":       {run{args: []string{"pagerduty-mcp", "incidents", "--sandbox", "now"}}, 2, []string{`no toolset or command "now"`}},
		"log level":            {run{args: []string{"pagerduty-mcp", "incidents", "--log-level", "loud"}, env: key}, 2, []string{"loud", "debug, info, warn, error"}},
		"log format":           {run{args: []string{"pagerduty-mcp", "incidents", "--log-format", "xml"}, env: key}, 2, []string{"xml", "text or json"}},
		"unknown tool":         {run{args: []string{"pagerduty-mcp", "all", "--sandbox", "--tools", "list_incident"}}, 2, []string{`did you mean "list_incidents"`}},
		"another set's tool":   {run{args: []string{"pagerduty-mcp", "people", "--sandbox", "--exclude-tools", "create_incident"}}, 2, []string{"create_incident is in the toolset incidents"}},
		"a write, read-only":   {run{args: []string{"pagerduty-mcp", "all", "--sandbox", "--tools", "create_incident"}}, 2, []string{"--enable-write-tools"}},
		"no tool left":         {run{args: []string{"pagerduty-mcp", "all", "--sandbox", "--tools", "get_team", "--exclude-tools", "get_team"}}, 2, []string{"leave no tool"}},
		"time zone":            {run{args: []string{"pagerduty-mcp", "all", "--sandbox", "--time-zone", "Berlln"}}, 2, []string{"--time-zone", "Berlln", "Europe/Berlin"}},
		"call nothing":         {run{args: []string{"pagerduty-mcp", "call"}, env: key}, 2, []string{"which tool", "list_incidents"}},
		"call no tool":         {run{args: []string{"pagerduty-mcp", "call", "list_incident"}, env: key}, 2, []string{`did you mean "list_incidents"`}},
		"call a write":         {run{args: []string{"pagerduty-mcp", "call", "create_incident", "--sandbox"}}, 2, []string{"--enable-write-tools"}},
		"call with odd args":   {run{args: []string{"pagerduty-mcp", "call", "list_incidents", "--sandbox", "limit"}}, 2, []string{"key=value"}},
		"call with odd JSON":   {run{args: []string{"pagerduty-mcp", "call", "list_incidents", "--sandbox", "--args", "[1]"}}, 2, []string{"JSON object"}},
		"call, twice the same": {run{args: []string{"pagerduty-mcp", "call", "list_incidents", "--sandbox", "--args", `{"limit":1}`, "limit=2"}}, 2, []string{"give it once"}},
		"call that fails":      {run{args: []string{"pagerduty-mcp", "call", "get_incident", "--sandbox", "incident_id=Q0"}}, 1, []string{"knows no incident"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := c.do(t)
			if code != c.code || stdout != "" {
				t.Errorf("exit code %d, stdout %q; want %d and nothing\n%s", code, stdout, c.code, stderr)
			}
			for _, want := range c.want {
				if !strings.Contains(stderr, want) {
					t.Errorf("stderr does not say %q:\n%s", want, stderr)
				}
			}
			if strings.Contains(stderr, "sEcReT") {
				t.Errorf("stderr has a secret:\n%s", stderr)
			}
		})
	}
}

func TestCall(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"flags after":      {"call", "list_incidents", "--sandbox", "limit=2"},
		"flags before":     {"call", "--sandbox", "list_incidents", "limit=2"},
		"flags in between": {"call", "list_incidents", "limit=2", "--log-level=error", "--sandbox"},
		"JSON":             {"call", "list_incidents", "--args", `{"limit":2}`, "--sandbox"},
		"several values":   {"call", "list_incidents", "status=triggered", "status=acknowledged", "limit=2", "--sandbox"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := run{args: append([]string{"pagerduty-mcp"}, args...)}.do(t)
			var result struct{ Incidents []any }
			if err := json.Unmarshal([]byte(stdout), &result); code != 0 || err != nil || len(result.Incidents) != 2 || stderr != "" {
				t.Errorf("exit code %d, %v, %q, %q", code, err, stdout, stderr)
			}
		})
	}
	t.Run("JSON from standard input", func(t *testing.T) {
		t.Parallel()
		code, stdout, stderr := run{args: []string{"pagerduty-mcp", "call", "list_incidents", "--args", "-", "--sandbox"}, stdin: `{"limit":1}`}.do(t)
		if code != 0 || !strings.Contains(stdout, `"next_offset":1`) {
			t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
		}
	})
	t.Run("a write", func(t *testing.T) {
		t.Parallel()
		code, stdout, stderr := run{args: []string{"pagerduty-mcp", "call", "add_note_to_incident", "incident_id=4711", "note=hello", "--enable-write-tools", "--sandbox"}}.do(t)
		if code != 0 || !strings.Contains(stdout, "hello") {
			t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
		}
	})
}

func TestHelpAndVersion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ arg, want string }{{"--help", "PAGERDUTY_USER_API_KEY_FILE"}, {"--version", "pagerduty-mcp version 1.2.3 (commit 0123456789ab of 2026-11-25T12:00:00Z)\n"}} {
		code, stdout, _ := run{args: []string{"pagerduty-mcp", c.arg}}.do(t)
		if code != 0 || !strings.Contains(stdout, c.want) {
			t.Errorf("%s: exit code %d, %q", c.arg, code, stdout)
		}
	}
	if _, stdout, _ := (run{args: []string{"pagerduty-mcp", "incidents", "--sandbox"}, stdin: hello}).do(t); !strings.Contains(stdout, `"version":"1.2.3+0123456789ab.2026-11-25"`) {
		t.Errorf("serverInfo does not name the build: %s", stdout)
	}
	for _, command := range []string{"incidents", "services", "people", "aiops", "all", "call"} {
		code, stdout, _ := run{args: []string{"pagerduty-mcp", command, "--help"}}.do(t)
		if code != 0 || !strings.Contains(stdout, "--enable-write-tools") {
			t.Errorf("%s --help: exit code %d, %q", command, code, stdout)
		}
	}
}

// TestEnvironment reaches an API host as the environment says.
func TestEnvironment(t *testing.T) {
	t.Parallel()
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(sandbox.AccountKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	open := filepath.Join(t.TempDir(), "open-key")
	if err := os.WriteFile(open, []byte(sandbox.UserKey), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	note := []string{"pagerduty-mcp", "call", "add_note_to_incident", "incident_id=4711", "note=hi", "--enable-write-tools"}
	for name, c := range map[string]struct {
		env    map[string]string
		code   int
		stderr string
	}{
		"key":              {map[string]string{"PAGERDUTY_USER_API_KEY": sandbox.UserKey}, 0, ""},
		"Bearer":           {map[string]string{"PAGERDUTY_USER_API_KEY": "Bearer " + sandbox.UserKey}, 0, ""},
		"file and From":    {map[string]string{"PAGERDUTY_USER_API_KEY": "", "PAGERDUTY_USER_API_KEY_FILE": file, "PAGERDUTY_FROM_EMAIL": "ana.souza@northwind.example"}, 0, ""},
		"file without":     {map[string]string{"PAGERDUTY_USER_API_KEY_FILE": file}, 1, "PAGERDUTY_FROM_EMAIL"},
		"file others read": {map[string]string{"PAGERDUTY_USER_API_KEY_FILE": open}, 0, "chmod 600"},
		"both":             {map[string]string{"PAGERDUTY_USER_API_KEY": sandbox.UserKey, "PAGERDUTY_USER_API_KEY_FILE": file}, 0, "using PAGERDUTY_USER_API_KEY"},
		"wrong key":        {map[string]string{"PAGERDUTY_USER_API_KEY": "u+wrong"}, 1, "PAGERDUTY_USER_API_KEY"},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.Contains(name, "others") && runtime.GOOS == "windows" {
				t.Skip("Windows has no such permissions")
			}
			c.env["PAGERDUTY_API_HOST"] = box.URL()
			code, stdout, stderr := run{args: note, env: c.env}.do(t)
			if code != c.code || !strings.Contains(stderr, c.stderr) || c.stderr == "" && stderr != "" || code == 0 != strings.Contains(stdout, "hi") {
				t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
			}
			if all := stdout + stderr; strings.Contains(all, sandbox.UserKey) || strings.Contains(all, sandbox.AccountKey) || strings.Contains(all, "u+wrong") {
				t.Errorf("a key is in the output: %s", all)
			}
		})
	}
	for _, r := range box.Requests() {
		if strings.Contains(fmt.Sprint(r), "sandbox-user-key") || r.Header.Get("User-Agent") != "pagerduty-mcp/1.2.3+0123456789ab.2026-11-25" {
			t.Errorf("request %v %v", r, r.Header)
		}
	}
}
