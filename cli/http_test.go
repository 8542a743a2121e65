package cli_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestHTTPIsRefused starts servers over HTTP that would be open to everybody, or whose
// flags contradict each other.
func TestHTTPIsRefused(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "secrets")
	if err := os.WriteFile(empty, []byte("alice write \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		want string
	}{
		{"--transport http --host 0.0.0.0", "can be reached from other machines, and without --auth anybody there could use this server's PagerDuty key"},
		{"--transport http --host ::", "can be reached from other machines"},
		{"--transport http --host [::]", "can be reached from other machines"},
		{"--transport http --host mcp.example.com", "can be reached from other machines"},
		{"--transport http --host 0.0.0.0 --auth secret", "wants a file of secrets"},
		{"--transport http --auth secret --auth-token-file " + empty, "line 1: there are 2 words"},
		{"--transport http --auth secret --auth-token-file /no/such/file", "there is no such file"},
		{"--transport http --auth caller --auth-token-file " + empty, "--auth-token-file is for --auth secret"},
		{"--transport http --auth none", `"none" is not known; use caller or secret`},
		{"--transport http --auth=", "is not known; use caller or secret"},
		{"--transport http --port 70000", "70000 is no port"},
		{"--transport http --path /metrics", "is no path for the endpoint"},
		{"--transport http --tls-cert a.pem", "go together"},
		{"--transport http --trusted-proxies localhost", "neither a network"},
		{"--transport sse", "use stdio or http"},
		{"--port 8000", "--port is for --transport http"},
	} {
		var stderr strings.Builder
		command := exec.Command(built(t), append([]string{"all", "--sandbox"}, strings.Fields(c.args)...)...)
		command.Env, command.Stderr = bare(), &stderr
		_ = command.Run()
		if command.ProcessState.ExitCode() != 2 || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("%s: exit code %d, %s; want %q", c.args, command.ProcessState.ExitCode(), &stderr, c.want)
		}
	}
}

// overHTTP is the program as it serves over HTTP.
type overHTTP struct {
	command *exec.Cmd
	url     string // of the endpoint
	log     *rig.Logs
}

var servedAt = regexp.MustCompile(`(?:msg=serving url=|"msg":"serving","url":")([^\s"]+)`)

// serveHTTP starts the program on a free port and waits until it says where it is.
func serveHTTP(t testing.TB, env []string, args ...string) *overHTTP {
	t.Helper()
	s := &overHTTP{command: exec.Command(built(t), append([]string{"all", "--transport", "http", "--port", "0"}, args...)...), log: &rig.Logs{}}
	s.command.Env = env
	stderr, err := s.command.StderrPipe()
	if err == nil {
		err = s.command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.command.Process.Kill(); _ = s.command.Wait() })
	found := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			_, _ = fmt.Fprintln(s.log, lines.Text())
			if m := servedAt.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
		close(found)
	}()
	var ok bool
	if s.url, ok = <-found; !ok {
		t.Fatalf("it does not serve: %s", s.log)
	}
	return s
}

// post sends a message with a header, as "Name: value" or "".
func post(t testing.TB, url, header, body string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if name, value, ok := strings.Cut(header, ": "); ok {
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return resp.StatusCode, string(data)
}

const getIncident = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_incident","arguments":{"incident_id":4711}}}`

// TestServesHTTP runs the program as a team would: callers with their own keys, counted.
// No key is told anywhere. A signal ends it in order.
func TestServesHTTP(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGTERM")
	}
	s := serveHTTP(t, bare("PAGERDUTY_USER_API_KEY=u+not-used-by-anybody"), "--sandbox", "--auth", "caller", "--host", "127.0.0.1", "--drain-wait", "0s", "--log-level", "debug")
	status, answer := post(t, s.url, "X-PagerDuty-Token: "+sandbox.UserKey, getIncident)
	if status != http.StatusOK || !strings.Contains(answer, "card authorizations") {
		t.Errorf("%d %s", status, answer)
	}
	const wrong = "canary-key-that-nobody-knows-0123"
	if status, answer := post(t, s.url, "X-PagerDuty-Token: "+wrong, getIncident); status != http.StatusOK || !strings.Contains(answer, `"isError":true`) {
		t.Errorf("%d %s", status, answer)
	}
	resp, err := http.Get(strings.TrimSuffix(s.url, "/mcp") + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil || !strings.Contains(string(metrics), `pagerduty_mcp_calls_total{outcome="ok",tool="get_incident"} 1`) || !strings.Contains(string(metrics), "pagerduty_mcp_sessions 2") {
		t.Errorf("%v %s", err, metrics)
	}
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := within(t, s.command, 30*time.Second); code != 0 {
		t.Errorf("exit code %d: %s", code, s.log)
	}
	log := s.log.String()
	for _, line := range []string{"auth=caller", "variable=PAGERDUTY_USER_API_KEY", "tool=get_incident", "outcome=ok"} {
		if !strings.Contains(log, line) {
			t.Errorf("no %s in the log: %s", line, log)
		}
	}
	for _, key := range []string{sandbox.UserKey, wrong, "u+not-used-by-anybody"} {
		if strings.Contains(log+answer+string(metrics), key) {
			t.Errorf("the key %s is told: %s %s %s", key, log, answer, metrics)
		}
	}
}

// TestVariablesOfHTTP serves where MCP_HOST and MCP_PORT say.
func TestVariablesOfHTTP(t *testing.T) {
	t.Parallel()
	var stderr strings.Builder
	command := exec.Command(built(t), "all", "--sandbox", "--transport", "http")
	command.Env, command.Stderr = bare("MCP_HOST=0.0.0.0", "MCP_PORT=0"), &stderr
	if err := command.Run(); err == nil || !strings.Contains(stderr.String(), "0.0.0.0 can be reached from other machines") {
		t.Errorf("%v %s", err, &stderr)
	}
	stderr.Reset()
	command = exec.Command(built(t), "all", "--sandbox", "--transport", "http")
	command.Env, command.Stderr = bare("MCP_PORT=http"), &stderr
	if err := command.Run(); err == nil || !strings.Contains(stderr.String(), `MCP_PORT: "http" is no number`) {
		t.Errorf("%v %s", err, &stderr)
	}
}

// roundRobin is a load balancer in front of replicas: each request goes to the next of
// those that say they are ready.
type roundRobin struct {
	mu       sync.Mutex
	next     int
	replicas []*overHTTP
}

// ready is the replica for the next request.
func (r *roundRobin) ready() *overHTTP {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next++
	return r.replicas[r.next%len(r.replicas)]
}

// set puts replicas in place of those there are.
func (r *roundRobin) set(replicas ...*overHTTP) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.replicas = replicas
}
