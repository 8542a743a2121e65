package cli_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// called runs the program's call command on an API host, inside.
func called(t *testing.T, host, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	env := bare("PAGERDUTY_USER_API_KEY="+sandbox.UserKey, "PAGERDUTY_API_HOST="+host)
	return inside(t, env, stdin, append([]string{"call"}, args...)...)
}

// utf16LE is a text as Windows tools like to write it.
func utf16LE(s string) string {
	var b strings.Builder
	for _, unit := range append([]uint16{0xFEFF}, utf16.Encode([]rune(s))...) {
		b.Write([]byte{byte(unit), byte(unit >> 8)})
	}
	return b.String()
}

// TestArgumentsAsWritten sends arguments that going through a float64, or through
// a text of another encoding, would change.
func TestArgumentsAsWritten(t *testing.T) {
	t.Parallel()
	const number = "12345678901234567890"
	for name, c := range map[string]struct {
		stdin string
		args  []string
		path  string // that PagerDuty is asked for
	}{
		"JSON":                     {args: []string{"--args", `{"incident_id":` + number + `}`}, path: "/incidents/" + number},
		"key=value":                {args: []string{"incident_id=" + number}, path: "/incidents/" + number},
		"JSON on standard input":   {args: []string{"--args", "-"}, stdin: `{"incident_id":` + number + `}`, path: "/incidents/" + number},
		"behind a byte order mark": {args: []string{"--args", "-"}, stdin: "\uFEFF{\"incident_id\":" + number + "}\r\n", path: "/incidents/" + number},
		"a mark in the flag":       {args: []string{"--args", "\uFEFF {\"incident_id\":4711}"}, path: "/incidents/4711"},
		"one word":                 {args: []string{`--args={"incident_id":4711}`, "--log-level", "error"}, path: "/incidents/4711"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box, err := sandbox.Start(sandbox.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(box.Close)
			_, _, stderr := called(t, box.URL(), c.stdin, append([]string{"get_incident"}, c.args...)...)
			var paths []string
			for _, r := range box.Requests() {
				path, _, _ := strings.Cut(r.Path, "?")
				paths = append(paths, path)
			}
			if len(paths) != 1 || paths[0] != c.path {
				t.Errorf("PagerDuty was asked for %q, want %q; %s", paths, c.path, stderr)
			}
		})
	}
}

// TestWrongArguments gives arguments that are no JSON object, or not clearly one.
func TestWrongArguments(t *testing.T) {
	t.Parallel()
	const protect = `put single quotes around the whole: --args '{"limit":5}'`
	for name, c := range map[string]struct {
		text string
		want string
	}{
		"twice":                       {`{"limit":5,"limit":6}`, "limit is given twice"},
		"twice, written differently":  {`{"limit":5,"\u006cimit":6}`, "limit is given twice"},
		"twice, the same":             {`{"limit":5,"limit":5}`, "limit is given twice"},
		"twice, within":               {`{"a":{"b":[1,{"c":1},{"c":1,"d":[],"c":2}]}}`, "a.b.c is given twice"},
		"something behind":            {`{"limit":5} {"limit":6}`, `"{\"limit\":6}" follows the JSON object`},
		"a bracket behind":            {`{"limit":5}}`, `"}" follows`},
		"a list":                      {`[{"limit":5}]`, "is a list, not a JSON object"},
		"a text":                      {`"limit"`, "is a text, not"},
		"a number":                    {`5`, "is a number, not"},
		"null":                        {`null`, "is null, not"},
		"true":                        {`true`, "is true or false, not"},
		"a number out of range":       {`{"limit":[1e400]}`, "limit is 1e400, which is out of range"},
		"single quotes":               {`{'limit':5}`, `at "'limit':5}": JSON has double quotes (")`},
		"single quotes of cmd.exe":    {`'{"limit":5}'`, "this shell does not take them. In a POSIX shell"},
		"quotes that a shell took":    {`{limit:5}`, protect},
		"quotes that a shell took, 2": {`{"status":[triggered]}`, protect},
		"split by a shell":            {`{"limit":`, "ends before the JSON object does"},
		"half a text":                 {`{"limit`, "ends before the JSON object does"},
		"key=value":                   {`limit=5`, "an object begins with {"},
		"typographic quotes":          {`{“limit”:5}`, "typographic quotation marks"},
		"a comma too many":            {`{"limit":5,}`, "no comma behind the last element"},
		"a comma too many, in a list": {`{"status":["triggered",]}`, "no comma behind the last element"},
		"a comment":                   {"{// newest\n\"limit\":5}", "no comments"},
		"Python":                      {`{"limit":True}`, "true, false and null"},
		"JavaScript":                  {`{"limit":undefined}`, "null leaves an argument out"},
		"a path of Windows":           {`{"query":"C:\dir"}`, `a backslash in a text is written \\`},
		"a line break":                {"{\"query\":\"a\nb\"}", `is written \n`},
		"empty":                       {"", "is empty; give a JSON object"},
		"white space":                 {" \n", "is empty"},
		"UTF-16":                      {utf16LE(`{"limit":5}`), "is UTF-16 text"},
		"Latin-1":                     {"{\"query\":\"caf\xe9\"}", "is not valid UTF-8"},
		"more than the server takes":  {`{"query":"` + strings.Repeat("x", 4<<20) + `"}`, "more than 4 MiB"},
	} {
		for how, args := range map[string][]string{"flag": {"--args", c.text}, "standard input": {"--args", "-"}} {
			if how == "flag" && (strings.Contains(c.text, "\x00") || len(c.text) > 100<<10) {
				continue // no system hands that over
			}
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				code, stdout, stderr := called(t, "https://127.0.0.1:1", c.text, append(args, "list_incidents")...)
				if code != 2 || stdout != "" || !strings.Contains(stderr, c.want) {
					t.Errorf("exit code %d, stdout %q, stderr %q; want 2, nothing, and %q", code, stdout, stderr, c.want)
				}
				if len(stderr) > 600 {
					t.Errorf("stderr has %d bytes", len(stderr))
				}
			})
		}
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no value":     {[]string{"limit"}, "write key=value"},
		"no key":       {[]string{"=5"}, "write key=value"},
		"both":         {[]string{"limit=5", "--args", `{"limit":5}`}, "limit is given in --args and as limit=…"},
		"Latin-1":      {[]string{"query=caf\xe9"}, "query: the value is not valid UTF-8"},
		"--args twice": {[]string{"--args", `{"limit":5}`, "--args", `{"query":"x"}`}, "--args is given twice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := called(t, "https://127.0.0.1:1", "", append([]string{"list_incidents"}, c.args...)...)
			if code != 2 || stdout != "" || !strings.Contains(stderr, c.want) {
				t.Errorf("exit code %d, stdout %q, stderr %q; want 2, nothing, and %q", code, stdout, stderr, c.want)
			}
		})
	}
}

// TestInterruptedCall sends a signal while PagerDuty has the request.
func TestInterruptedCall(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signals")
	}
	for name, c := range map[string]struct {
		signal  os.Signal
		args    []string
		code    int
		says    string
		mayHave bool
	}{
		"a read":          {syscall.SIGINT, []string{"get_incident", "incident_id=4711"}, 130, "interrupted", false},
		"a read, SIGTERM": {syscall.SIGTERM, []string{"get_incident", "incident_id=4711"}, 143, "interrupted", false},
		"a write":         {syscall.SIGINT, []string{"create_team", "name=x", "--enable-write-tools"}, 130, "interrupted", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			arrived := make(chan struct{}, 16)
			api := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body) // only then the server sees that its client is gone
				arrived <- struct{}{}
				<-r.Context().Done()
			}))
			t.Cleanup(api.Close)
			command := exec.CommandContext(t.Context(), built(t), append([]string{"call"}, c.args...)...)
			command.Env = bare("PAGERDUTY_USER_API_KEY="+sandbox.UserKey, "PAGERDUTY_API_HOST="+api.URL)
			var out, errs bytes.Buffer
			command.Stdout, command.Stderr = &out, &errs
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			select {
			case <-arrived:
			case <-t.Context().Done():
			}
			if err := command.Process.Signal(c.signal); err != nil {
				t.Fatal(err)
			}
			_ = command.Wait()
			const mayHave = "PagerDuty may have carried out the change"
			if code := command.ProcessState.ExitCode(); code != c.code || out.Len() > 0 || !strings.Contains(errs.String(), c.says) || strings.Contains(errs.String(), mayHave) != c.mayHave {
				t.Errorf("exit code %d, stdout %q, stderr %q", code, out.String(), errs.String())
			}
		})
	}
}

// TestCallExits looks at the exit codes of calls that fail.
func TestCallExits(t *testing.T) {
	t.Parallel()
	for line, c := range map[string]struct {
		code int
		says string
	}{
		"list_incidents limit=2":                          {0, ""},
		"list_incidents limit=many":                       {2, "limit"},
		"list_incidents limit=few status=opened nosuch=1": {2, "3 arguments are wrong"},
		"list_incidents service_ids=nosuchservice":        {2, "nosuchservice"},
		"get_incident":                                    {2, "incident_id: is required"},
		"get_incident incident_id=QNOSUCHINCIDENT":        {1, "knows no incident"},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := called(t, "", "", append(strings.Fields(line), "--sandbox")...)
			if code != c.code || (code == 0) != (stdout != "") || !strings.Contains(stderr, c.says) || strings.Contains(stderr, "it has been told") {
				t.Errorf("exit code %d, stdout %q, stderr %q; want %d and %q", code, stdout, stderr, c.code, c.says)
			}
		})
	}
}

// TestShowContacts: numbers and addresses are whole only if whoever started the program
// says so.
func TestShowContacts(t *testing.T) {
	t.Parallel()
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	for flag, whole := range map[string]bool{"--log-level=error": false, "--show-contacts": true} {
		code, out, stderr := called(t, box.URL(), "", "list_notifications", "since=3d", "type=email", "limit=1000", flag)
		if code != 0 || !strings.Contains(out, "@northwind.example") || strings.Contains(out, "…@") == whole {
			t.Errorf("%s: %d %s %.2000s", flag, code, stderr, out)
		}
	}
}
