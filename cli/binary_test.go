package cli_test

import (
	"bufio"
	"bytes"
	"debug/buildinfo"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/zalando/go-keyring"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/incidents"
)

// buildDir is where the program is built; [TestMain] makes and removes it.
var buildDir string

func TestMain(m *testing.M) {
	flag.Parse()
	// Most of these tests wait for a program of their own, so more of them run side by
	// side than there are processors, unless -parallel says how many.
	atOnce := flag.Lookup("test.parallel")
	if atOnce.Value.String() == atOnce.DefValue {
		_ = flag.Set("test.parallel", strconv.Itoa(4*runtime.GOMAXPROCS(0)))
	}
	dir, err := os.MkdirTemp("", "pagerduty-mcp-test")
	if err != nil {
		panic(err)
	}
	buildDir = dir
	keyring.MockInit() // or tests in this process would find, and change, a developer's own
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// binary builds the program, once.
var binary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(buildDir, "pagerduty-mcp")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	build := exec.Command("go", "build", "-o", path, "..")
	build.Stderr = os.Stderr
	return path, build.Run()
})

func built(tb testing.TB) string {
	tb.Helper()
	path, err := binary()
	if err != nil {
		tb.Fatal(err)
	}
	return path
}

// TestModernDefaults: Go's defaults are those of the toolchain, none of an older release
// for a go directive that is old.
func TestModernDefaults(t *testing.T) {
	t.Parallel()
	info, err := buildinfo.ReadFile(built(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range info.Settings {
		if s.Key == "DefaultGODEBUG" {
			t.Errorf("the program is built with the defaults of an older Go: %s", s.Value)
		}
	}
}

// shell is a shell that may be on this machine.
func shell(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip(name + " is not on this machine")
	}
	return path
}

// bare is an environment without keys, which a developer's shell, home or keychain may
// have.
func bare(more ...string) []string { return homed(buildDir, more...) }

// homed is [bare] with a home directory.
func homed(home string, more ...string) []string {
	var env []string
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		switch name {
		case "HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CONFIG_HOME", "CLAUDE_CONFIG_DIR", "CODEX_HOME", "CLINE_DIR":
			continue
		}
		if !strings.HasPrefix(name, "PAGERDUTY_") {
			env = append(env, e)
		}
	}
	return append(append(env, "HOME="+home, "USERPROFILE="+home, "PAGERDUTY_MCP_KEYCHAIN=off"), more...)
}

// inside runs the program in the process of the tests, to its end, in an environment. It
// is all of the program but main, and costs a tenth of a process of its own: for tables
// of many calls. What a process is to a shell, a client or the system is tested by
// starting one.
func inside(t *testing.T, env []string, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	variables := map[string]string{}
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		variables[name] = value
	}
	return run{args: append([]string{"pagerduty-mcp"}, args...), env: variables, stdin: stdin}.do(t)
}

func TestBinaryWithARealClient(t *testing.T) {
	t.Parallel()
	c, err := client.NewStdioMCPClient(built(t), bare(), "incidents", "--sandbox", "--enable-write-tools")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	var initialize mcp.InitializeRequest
	initialize.Params.ProtocolVersion = mcp.LATEST_LEGACY_PROTOCOL_VERSION
	if _, err := c.Initialize(t.Context(), initialize); err != nil {
		t.Fatal(err)
	}
	list, err := c.ListTools(t.Context(), mcp.ListToolsRequest{})
	if err != nil || len(list.Tools) != len(incidents.Set().Tools) {
		t.Fatalf("%v, %v", list, err)
	}
	var request mcp.CallToolRequest
	request.Params.Name, request.Params.Arguments = "manage_incidents", map[string]any{"incident_ids": []int{4713, 4714}, "status": "acknowledged"}
	result, err := c.CallTool(t.Context(), request)
	if err != nil || result.IsError || strings.Count(fmt.Sprint(result.Content), "acknowledged") != 2 {
		t.Errorf("%v, %v", result, err)
	}
}

func TestBinaryBySymlink(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("symlinks need rights on Windows")
	}
	link := filepath.Join(t.TempDir(), "pagerduty-incidents")
	if err := os.Symlink(built(t), link); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), link, "--sandbox")
	command.Env, command.Stdin = bare(), strings.NewReader(hello+list)
	out, err := command.Output()
	if err != nil || !strings.Contains(strings.Join(toolNames(t, string(out)), " "), "get_incident") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestBinaryWithoutKey(t *testing.T) {
	t.Parallel()
	command := exec.CommandContext(t.Context(), built(t), "incidents")
	command.Env = bare()
	out, err := command.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 2 || len(out) > 0 || !strings.Contains(string(exit.Stderr), "--sandbox") {
		t.Errorf("%v, stdout %q", err, out)
	}
}

// TestBinaryEndsWell ends the program while a call is in flight.
func TestBinaryEndsWell(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*exec.Cmd, io.Closer) error{
		"end of input": func(_ *exec.Cmd, in io.Closer) error { return in.Close() },
		"SIGTERM":      func(c *exec.Cmd, _ io.Closer) error { return c.Process.Signal(syscall.SIGTERM) },
		"SIGINT":       func(c *exec.Cmd, _ io.Closer) error { return c.Process.Signal(os.Interrupt) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if runtime.GOOS == "windows" && name != "end of input" {
				t.Skip("Windows has no signals")
			}
			c := serve(t, bare(), "incidents", "--sandbox")
			c.send(toolCall(2, "list_incidents", `{"limit":200}`) + `{"jsonrpc":"2.0","id":3,"method":"ping"}` + "\n")
			seen := map[string]bool{}
			mark := func(line string) {
				for _, id := range []string{`"id":2`, `"id":3`} {
					if strings.Contains(line, id) {
						seen[id] = true
					}
				}
			}
			mark(c.next()) // one of the two: both have been read by now
			if err := end(c.command, c.in); err != nil {
				t.Fatal(err)
			}
			for {
				line, err := c.out.ReadString('\n')
				if err != nil {
					break
				}
				mark(line)
			}
			if err := c.command.Wait(); err != nil {
				t.Errorf("it ended with %v, want exit code 0", err)
			}
			if !seen[`"id":2`] || !seen[`"id":3`] {
				t.Errorf("answered %v, want both", seen)
			}
		})
	}
}

// child is a server at work, spoken to over its pipes.
type child struct {
	tb      testing.TB
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	errors  bytes.Buffer // what it says on stderr, once it has ended
}

// serve starts the program and says hello.
func serve(tb testing.TB, env []string, args ...string) *child {
	tb.Helper()
	c := start(tb, env, built(tb), args...)
	c.send(hello)
	c.next()
	return c
}

// start starts a server.
func start(tb testing.TB, env []string, path string, args ...string) *child {
	tb.Helper()
	c := &child{tb: tb, command: exec.CommandContext(tb.Context(), path, args...)}
	c.command.Env, c.command.Stderr = env, &c.errors
	out, err := c.command.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if c.in, err = c.command.StdinPipe(); err != nil {
		tb.Fatal(err)
	}
	if err := c.command.Start(); err != nil {
		tb.Fatal(err)
	}
	c.out = bufio.NewReaderSize(out, 1<<20)
	return c
}

func (c *child) send(messages string) {
	c.tb.Helper()
	if _, err := io.WriteString(c.in, messages); err != nil {
		c.tb.Fatal(err)
	}
}

// next is the next line that the server writes.
func (c *child) next() string {
	c.tb.Helper()
	line, err := c.out.ReadString('\n')
	if err != nil {
		c.tb.Fatal(err)
	}
	return line
}

// memory is what the kernel says of the server's memory under a name, in MiB.
func (c *child) memory(name string) float64 {
	c.tb.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.command.Process.Pid))
	if err != nil {
		c.tb.Skip("memory is read from /proc, which is not here")
	}
	_, after, _ := strings.Cut(string(data), "\n"+name+":")
	var kib float64
	if _, err := fmt.Sscan(after, &kib); err != nil {
		c.tb.Fatal(err)
	}
	return kib / 1024
}

// stop closes the server's input and waits for it to end.
func (c *child) stop() {
	_ = c.in.Close()
	_ = c.command.Wait()
}

// end is stop for a server that should end well.
func (c *child) end() {
	c.tb.Helper()
	_ = c.in.Close()
	if err := c.command.Wait(); err != nil {
		c.tb.Error(err)
	}
}
