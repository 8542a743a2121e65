package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/cli"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// simulated starts the command sandbox and returns the address that it prints, what it
// writes on stderr, and a function that ends it as Ctrl-C does.
func simulated(t *testing.T, args ...string) (host string, stderr *bytes.Buffer, end func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	c := exec.CommandContext(ctx, built(t), append([]string{"sandbox"}, args...)...)
	c.Env = bare()
	stderr = new(bytes.Buffer)
	c.Stderr = stderr
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	variables := map[string]string{}
	lines := bufio.NewScanner(stdout)
	for len(variables) < 2 && lines.Scan() {
		pair := strings.TrimPrefix(strings.TrimPrefix(lines.Text(), "$env:"), "export ")
		name, value, _ := strings.Cut(pair, "=")
		variables[strings.TrimSpace(name)] = strings.Trim(strings.TrimSpace(value), `"`)
	}
	if variables["PAGERDUTY_USER_API_KEY"] != sandbox.UserKey {
		t.Fatalf("it printed %v and %s", variables, stderr)
	}
	return variables["PAGERDUTY_API_HOST"], stderr, func() int {
		_ = c.Process.Signal(syscall.SIGINT)
		return within(t, c, 20*time.Second)
	}
}

// asked is the status of a request to a simulated account, and its answer.
func asked(t *testing.T, host, path string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, host+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "application/vnd.pagerduty+json;version=2")
	r.Header.Set("Authorization", "Token token="+sandbox.UserKey)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = answer.Body.Close() }()
	body, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(body)
}

// TestSandboxServesAnyClient uses the account by plain HTTP and by the program itself.
func TestSandboxServesAnyClient(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a process can't be interrupted by another one here")
	}
	host, stderr, end := simulated(t, "--scenario", "quiet", "--log-requests")
	if status, body := asked(t, host, "/users/me"); status != 200 || !strings.Contains(body, "Ana Souza") {
		t.Errorf("%d %s", status, body)
	}
	code, out, errs := called(t, host, "", "list_incidents", "urgencies=high", "status=triggered")
	if code != 0 || !strings.Contains(out, `"incidents":[]`) {
		t.Errorf("%d %s %s", code, out, errs)
	}
	if code := end(); code != 0 {
		t.Errorf("it ended with %d", code)
	}
	for _, want := range []string{"until Ctrl-C", "GET /users/me 200", "GET /incidents?"} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("stderr lacks %q: %s", want, stderr)
		}
	}
}

// TestSandboxFails has a share of the requests, and one path, go wrong.
func TestSandboxFails(t *testing.T) {
	t.Parallel()
	host, _, _ := simulated(t, "--fail", "503:50%@/users", "--fail", "429@/teams", "--fail=cut@/services", "--latency=20ms")
	failed := 0
	for range 10 {
		if status, _ := asked(t, host, "/users/me"); status == 503 {
			failed++
		}
	}
	if failed != 5 {
		t.Errorf("%d of 10 requests failed, not half", failed)
	}
	if status, _ := asked(t, host, "/teams"); status != 429 {
		t.Errorf("teams: %d", status)
	}
	if status, _ := asked(t, host, "/schedules"); status != 200 {
		t.Errorf("schedules: %d", status)
	}
	var rest object
	if _, body := asked(t, host, "/services"); json.Unmarshal([]byte(body), &rest) == nil {
		t.Errorf("the answer was not cut: %s", body)
	}
}

type object = map[string]any

// TestSandboxFile has calls see what the calls before them changed, and a server beside
// them, too.
func TestSandboxFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "demo.json")
	host, _, _ := simulated(t, "--state", file, "--scenario=outage", "--seed=3")
	kept := "--sandbox=" + file
	code, out, errs := called(t, "", "", "create_incident", kept, "--enable-write-tools", "title=Search is slow", "service_id=Search API")
	if code != 0 {
		t.Fatalf("%d %s", code, errs)
	}
	var made struct {
		Incident struct{ ID string }
	}
	if err := json.Unmarshal([]byte(out), &made); err != nil {
		t.Fatal(err)
	}
	if code, out, errs = called(t, "", "", "manage_incidents", kept, "--enable-write-tools", "incident_ids="+made.Incident.ID, "status=acknowledged"); code != 0 {
		t.Fatalf("%d %s%s", code, out, errs)
	}
	if code, out, errs = called(t, "", "", "get_incident", kept, "incident_id="+made.Incident.ID); code != 0 || !strings.Contains(out, `"status":"acknowledged"`) {
		t.Errorf("%d %s%s", code, out, errs)
	}
	if status, body := asked(t, host, "/incidents/"+made.Incident.ID); status != 200 || !strings.Contains(body, `"status":"acknowledged"`) {
		t.Errorf("the server beside the calls: %d %s", status, body)
	}
	// Without the file everything is as it was.
	if code, _, errs = called(t, "", "", "get_incident", "--sandbox", "incident_id="+made.Incident.ID); code == 0 {
		t.Errorf("an account of its own knows the incident: %s", errs)
	}
}

// TestSandboxMistakes are command lines that say what is wrong with them.
func TestSandboxMistakes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	prose := filepath.Join(dir, "prose")
	if err := os.WriteFile(prose, []byte("Dear diary"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		`no scenario "loud"; use one of demo, quiet, outage, storm`: {"sandbox", "--scenario=loud"},
		`"explode" is nothing that can go wrong`:                    {"sandbox", "--fail=explode"},
		`"200" is nothing that can go wrong`:                        {"sandbox", "--fail=200"},
		`"0%" is no share`:                                          {"sandbox", "--fail=503:0%"},
		`"half" is no share`:                                        {"sandbox", "--fail=503:half"},
		`the path "incidents" does not begin with /`:                {"sandbox", "--fail=503@incidents"},
		"--speed: 0 is out of range":                                {"sandbox", "--speed=0"},
		"--latency: 2h0m0s is out of range":                         {"sandbox", "--latency=2h"},
		`can't listen at "nowhere"`:                                 {"sandbox", "--listen=nowhere"},
		`takes no argument, but "demo.json" was given`:              {"sandbox", "demo.json"},
		"--state: the state file " + prose + " is not one":          {"sandbox", "--state", prose},
		"--sandbox: the state file " + prose + " is not one":        {"call", "list_teams", "--sandbox=" + prose},
		"is a directory":                                            {"call", "list_teams", "--sandbox=" + dir},
	} {
		c := exec.CommandContext(t.Context(), built(t), args...)
		c.Env = bare()
		out, _ := c.CombinedOutput()
		if c.ProcessState.ExitCode() != 2 || !strings.Contains(string(out), want) {
			t.Errorf("%q: %d %s\nwant %s", args, c.ProcessState.ExitCode(), out, want)
		}
	}
}

// TestClockOfTheAccount calls an account whose clock goes sixty times as fast as ours:
// what to look for and how old it is go by that clock, or the outage would be in the
// future.
func TestClockOfTheAccount(t *testing.T) {
	t.Parallel()
	opened := time.Date(2026, 3, 9, 3, 0, 0, 0, time.UTC)
	file := filepath.Join(t.TempDir(), "outage.json")
	account, err := sandbox.Resume(file, sandbox.Options{Scenario: sandbox.Outage, Speed: 60, Now: func() time.Time { return opened }})
	if err != nil {
		t.Fatal(err)
	}
	account.Close()
	called := func(args ...string) string {
		var stdout, stderr bytes.Buffer
		code := cli.Run(t.Context(), cli.Process{
			Args: append([]string{"pagerduty-mcp", "call", "-o", "table", "--sandbox=" + file}, args...), Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
			Getenv: func(string) string { return "" },
			Now:    func() time.Time { return opened.Add(20 * time.Second) }, // 20 minutes of the account
		})
		if code != 0 || stderr.Len() > 0 {
			t.Errorf("%q: exit code %d, %s", args, code, &stderr)
		}
		return stdout.String()
	}
	if got := called("list_incidents", "limit=6"); !strings.Contains(got, "Checkout API: orders stuck in payment step") || !strings.Contains(got, "19m ago") {
		t.Errorf("it is 20 minutes after the account was opened, and the outage began after one:\n%s", got)
	}
	if got := called("triage_incident", "4711"); !strings.Contains(got, "since 03:01 UTC (19 min ago)") {
		t.Errorf("in the triage the outage is no 19 minutes old:\n%s", got)
	}
}
