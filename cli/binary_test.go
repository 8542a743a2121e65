package cli_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/incidents"
)

// buildDir is where the program is built; [TestMain] makes and removes it.
var buildDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "pagerduty-mcp-test")
	if err != nil {
		panic(err)
	}
	buildDir = dir
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

func built(t *testing.T) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// bare is an environment without keys, which a developer's shell may have.
func bare(more ...string) []string {
	var env []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "PAGERDUTY_") {
			env = append(env, e)
		}
	}
	return append(env, more...)
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
			command := exec.CommandContext(t.Context(), built(t), "incidents", "--sandbox")
			command.Env = bare()
			in, err := command.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := command.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			lines.Buffer(nil, 1<<20)
			if _, err := io.WriteString(in, hello); err != nil || !lines.Scan() {
				t.Fatal(err, lines.Err())
			}
			calls := `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"list_incidents","arguments":{"limit":200}}}` + "\n" +
				`{"jsonrpc":"2.0","id":3,"method":"ping"}` + "\n"
			if _, err := io.WriteString(in, calls); err != nil {
				t.Fatal(err)
			}
			seen := map[string]bool{}
			mark := func() {
				for _, id := range []string{`"id":2`, `"id":3`} {
					if strings.Contains(lines.Text(), id) {
						seen[id] = true
					}
				}
			}
			lines.Scan() // one of the two: both have been read by now
			mark()
			if err := end(command, in); err != nil {
				t.Fatal(err)
			}
			for lines.Scan() {
				mark()
			}
			if err := command.Wait(); err != nil {
				t.Errorf("it ended with %v, want exit code 0", err)
			}
			if !seen[`"id":2`] || !seen[`"id":3`] {
				t.Errorf("answered %v, want both", seen)
			}
		})
	}
}

// lineReader reads lines, and fails the test when none comes.
type lineReader struct{ *bufio.Reader }

func newLines(r io.Reader) lineReader { return lineReader{bufio.NewReaderSize(r, 1<<20)} }

func (l lineReader) next(t *testing.T) string {
	t.Helper()
	line, err := l.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return line
}
