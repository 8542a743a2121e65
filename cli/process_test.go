package cli_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/cli"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// within fails the test unless the program ends in time, and returns its exit code.
func within(t *testing.T, c *exec.Cmd, limit time.Duration) int {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case err := <-ended:
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return c.ProcessState.ExitCode() // -1 if a signal killed it
	case <-time.After(limit):
		_ = c.Process.Kill()
		t.Fatalf("it has not ended after %v", limit)
		return 0
	}
}

// onPipes starts the program with a pipe for each stream. The ends that are the
// test's are closed when the test ends.
func onPipes(t *testing.T, env []string, args ...string) (c *exec.Cmd, stdin io.WriteCloser, stdout, stderr *os.File) {
	t.Helper()
	c = exec.CommandContext(t.Context(), built(t), args...)
	c.Env = env
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	pipe := func() (ours, theirs *os.File) {
		ours, theirs, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = ours.Close() })
		return ours, theirs
	}
	stdout, theirOut := pipe()
	stderr, theirErr := pipe()
	c.Stdout, c.Stderr = theirOut, theirErr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = theirOut.Close(), theirErr.Close()
	return c, stdin, stdout, stderr
}

func send(t *testing.T, in io.Writer, messages string) {
	t.Helper()
	if _, err := io.WriteString(in, messages); err != nil {
		t.Error(err)
	}
}

// TestNobodyReadsStderr makes calls whose log lines fill the pipe several times
// over. All are answered, the program ends, and what stands in the pipe then says
// how many lines are missing.
func TestNobodyReadsStderr(t *testing.T) {
	t.Parallel()
	c, in, stdout, stderr := onPipes(t, bare(), "incidents", "--sandbox", "--log-level", "debug")
	out := bufio.NewReader(stdout)
	const calls = 2000
	id := 10
	send(t, in, hello)
	answer := func() string {
		line, err := out.ReadString('\n')
		if err != nil {
			t.Fatalf("%v after %d calls", err, id)
		}
		return line
	}
	answer()
	for range calls {
		id++
		send(t, in, toolCall(id, "get_incident", `{"incident_id":4711}`))
		if got := answer(); !strings.Contains(got, "card authorizations") {
			t.Fatal(got)
		}
	}
	// Somebody reads again: each line is a log line, and one says what is missing.
	lines := make(chan string, 10*calls)
	go func() {
		scanner := bufio.NewScanner(stderr)
		for scanner.Scan() {
			lines <- scanner.Text()
		}
		close(lines)
	}()
	dropped := regexp.MustCompile(`level=ERROR msg="log lines were dropped, because nobody read them" lines=(\d+)`)
	missing, shown := 0, 0
	for missing == 0 {
		select {
		case line := <-lines:
			if m := dropped.FindStringSubmatch(line); m != nil {
				missing, _ = strconv.Atoi(m[1])
			} else if strings.Contains(line, `msg="tool call"`) {
				shown++
			} else if !strings.HasPrefix(line, "time=") {
				t.Fatalf("a broken line: %q", line)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("after %d lines nothing says that some are missing", shown)
		}
	}
	id++
	send(t, in, toolCall(id, "get_incident", `{"incident_id":4711}`))
	answer()
	_ = in.Close()
	if code := within(t, c, 20*time.Second); code != 0 {
		t.Errorf("exit code %d", code)
	}
	for line := range lines {
		if strings.Contains(line, `msg="tool call"`) {
			shown++
		}
	}
	if shown >= calls || shown < 100 || missing < calls/2 {
		t.Errorf("%d calls are in the log and %d lines missing, of %d calls", shown, missing, calls)
	}
}

// TestStderrThatIsFullOrClosed has nobody read, or nobody be able to read, what the
// program says on stderr before it ends, for every way in which it ends.
func TestStderrThatIsFullOrClosed(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("it fills a pipe, whose size is Linux's")
	}
	for name, c := range map[string]struct {
		args []string
		code int
	}{
		"a wrong flag":     {[]string{"incidents", "--no-such-flag"}, 2},
		"no key":           {[]string{"incidents"}, 2},
		"a failing call":   {[]string{"call", "get_incident", "incident_id=Q0", "--sandbox"}, 1},
		"a call":           {[]string{"call", "list_incidents", "limit=1", "--sandbox", "--log-level", "debug"}, 0},
		"help":             {[]string{"--help"}, 0},
		"serving":          {[]string{"incidents", "--sandbox", "--log-level", "debug"}, 0},
		"serving, by none": {[]string{"--sandbox", "--log-level", "debug"}, 0},
	} {
		for _, state := range []string{"full", "closed"} {
			t.Run(name+", "+state, func(t *testing.T) {
				t.Parallel()
				reader, writer, err := os.Pipe()
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _, _ = reader.Close(), writer.Close() }()
				if state == "full" {
					if err := writer.SetWriteDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
						t.Fatal(err)
					}
					_, _ = writer.Write(make([]byte, 1<<20))
				} else {
					_ = reader.Close()
				}
				command := exec.CommandContext(t.Context(), built(t), c.args...)
				command.Env, command.Stderr = bare(), writer
				command.Stdin = strings.NewReader(hello + toolCall(2, "get_incident", `{"incident_id":4711}`))
				var out bytes.Buffer
				command.Stdout = &out
				if err := command.Start(); err != nil {
					t.Fatal(err)
				}
				if code := within(t, command, 20*time.Second); code != c.code {
					t.Errorf("exit code %d, want %d", code, c.code)
				}
				if strings.HasPrefix(name, "serving") && !strings.Contains(out.String(), "card authorizations") {
					t.Errorf("stdout is %q", out.String())
				}
			})
		}
	}
}

// TestStdoutThatCantBeWritten has a full disk, or nobody, take what the program
// prints: each command says so and fails.
func TestStdoutThatCantBeWritten(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"help":            {"--help"},
		"a command's":     {"incidents", "--help"},
		"version":         {"--version"},
		"call":            {"call", "list_incidents", "limit=1", "--sandbox"},
		"serve":           {"incidents", "--sandbox"},
		"serve all":       {"all", "--sandbox"},
		"without command": {"--sandbox"},
	} {
		for _, state := range []string{"full", "closed"} {
			t.Run(name+", "+state, func(t *testing.T) {
				t.Parallel()
				var stdout *os.File
				if state == "full" {
					full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
					if err != nil {
						t.Skip("there is no /dev/full here")
					}
					stdout = full
				} else {
					reader, writer, err := os.Pipe()
					if err != nil {
						t.Fatal(err)
					}
					_ = reader.Close()
					stdout = writer
				}
				defer func() { _ = stdout.Close() }()
				command := exec.CommandContext(t.Context(), built(t), args...)
				// The input doesn't end: a server must not wait for it.
				in, err := command.StdinPipe()
				if err != nil {
					t.Fatal(err)
				}
				var errs bytes.Buffer
				command.Env, command.Stdout, command.Stderr = bare(), stdout, &errs
				if err := command.Start(); err != nil {
					t.Fatal(err)
				}
				_, _ = io.WriteString(in, hello)
				if code := within(t, command, 20*time.Second); code != 1 {
					t.Errorf("exit code %d, want 1", code)
				}
				if said := errs.String(); !strings.Contains(said, "pagerduty-mcp: writing to ") || strings.Count(said, "pagerduty-mcp: writing") != 1 {
					t.Errorf("stderr is %q", said)
				}
			})
		}
	}
}

// chatty logs, as a library does, while it is read.
type chatty struct{ io.Reader }

func (c chatty) Read(p []byte) (int, error) {
	log.Print("a library speaks")
	return c.Reader.Read(p)
}

// TestLibrariesLogToStderrToo has a library log to the logger of the whole process,
// which must take the same way as the program's own lines. There is one such logger, so
// this runs alone.
func TestLibrariesLogToStderrToo(t *testing.T) {
	var out, errs bytes.Buffer
	before := log.Writer()
	code := cli.Run(t.Context(), cli.Process{
		Args: []string{"pagerduty-mcp", "incidents", "--sandbox"}, Stdin: chatty{strings.NewReader(hello)}, Stdout: &out, Stderr: &errs,
		Getenv: func(string) string { return "" },
	})
	if code != 0 || !strings.Contains(errs.String(), "a library speaks") || log.Writer() != before {
		t.Errorf("exit code %d, stderr %q", code, errs.String())
	}
}

// TestNullIsNoTerminal starts the program without a command and without anybody at
// its stdin, as a supervisor may: it serves, and ends at once, as its input does.
func TestNullIsNoTerminal(t *testing.T) {
	t.Parallel()
	command := exec.CommandContext(t.Context(), built(t), "--sandbox")
	command.Env = bare() // a nil Stdin is the null device
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	if err := command.Run(); err != nil || out.Len() > 0 || !strings.Contains(errs.String(), "deprecated") {
		t.Errorf("%v, stdout %q, stderr %q", err, out.String(), errs.String())
	}
}

// TestSignals sends SIGTERM to a program whose call hangs, before and after its
// client has closed its end. It has ten seconds, and a second signal ends it at once.
func TestSignals(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signals")
	}
	for name, c := range map[string]struct {
		eof, twice bool
	}{
		"once":             {},
		"once, after EOF":  {eof: true},
		"twice":            {twice: true},
		"twice, after EOF": {eof: true, twice: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box, err := sandbox.Start(sandbox.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(box.Close)
			box.Inject(sandbox.Fault{Hang: true})
			command, in, stdout, _ := onPipes(t, bare("PAGERDUTY_USER_API_KEY="+sandbox.UserKey, "PAGERDUTY_API_HOST="+box.URL()), "incidents")
			send(t, in, hello+toolCall(2, "get_incident", `{"incident_id":4711}`))
			out := bufio.NewReader(stdout)
			if _, err := out.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
			deadline := time.Now().Add(20 * time.Second)
			for len(box.Requests()) == 0 {
				if time.Now().After(deadline) {
					t.Fatal("no request was sent")
				}
				<-time.After(time.Millisecond)
			}
			if c.eof {
				_ = in.Close()
				// The program has met the end of its input when a signal can show it.
				<-time.After(50 * time.Millisecond)
			}
			begun := time.Now()
			stop := func() {
				if err := command.Process.Signal(syscall.SIGTERM); err != nil {
					t.Error(err)
				}
			}
			stop()
			if !c.twice {
				if code := within(t, command, 30*time.Second); code != 0 {
					t.Errorf("exit code %d", code)
				}
				if took := time.Since(begun); took > 10*time.Second {
					t.Errorf("it ended %v after the signal", took)
				}
				if answer, _ := io.ReadAll(out); !strings.Contains(string(answer), `"id":2,`) {
					t.Errorf("the call was not answered: %q", answer)
				}
				return
			}
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				_ = command.Wait()
			}()
			for { // the second one counts once the first was taken
				select {
				case <-ended:
					if took := time.Since(begun); took > 5*time.Second {
						t.Errorf("it ended %v after the first signal", took)
					}
					return
				case <-time.After(20 * time.Millisecond):
					_ = command.Process.Signal(syscall.SIGTERM)
				}
			}
		})
	}
}

// TestMemoryIsBounded floods a program whose calls hang with messages of 3 MiB.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	box.Inject(sandbox.Fault{Hang: true})
	c := serve(t, bare("PAGERDUTY_USER_API_KEY="+sandbox.UserKey, "PAGERDUTY_API_HOST="+box.URL()), "incidents", "--log-level", "error")
	const working, flood = 64, 40
	for id := range working {
		c.send(toolCall(1000+id, "get_incident", fmt.Sprintf(`{"incident_id":%d}`, 4450+id)))
	}
	long := strings.Repeat("x", 3<<20)
	refused := make(chan int)
	go func() {
		n := 0
		for {
			line := c.next()
			if strings.Contains(line, `"id":"ping"`) {
				refused <- n
				return
			}
			if strings.Contains(line, "-32000") {
				n++
			}
		}
	}()
	for id := range flood {
		c.send(toolCall(id, "get_incident", `{"incident_id":4711,"include":"`+long+`"}`))
	}
	c.send(`{"jsonrpc":"2.0","id":"ping","method":"ping"}` + "\n")
	select {
	case n := <-refused:
		if n < flood/2 {
			t.Errorf("%d of %d calls were refused", n, flood)
		}
	case <-time.After(40 * time.Second): // before the calls at work end
		t.Error("the ping was not answered")
	}
	if peak := c.memory("VmHWM"); peak > 200 {
		t.Errorf("it took %.0f MiB", peak)
	}
	_ = c.command.Process.Kill()
	_ = c.command.Wait()
}
