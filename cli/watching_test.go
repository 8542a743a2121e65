package cli_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// window is a program on a terminal of its own.
type window struct {
	command *exec.Cmd
	keys    *os.File
	shown   *vt.SafeEmulator
}

// onScreen starts the program on a terminal.
func onScreen(t *testing.T, env []string, args ...string) *window {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there are no pseudo-terminals to test with here")
	}
	const width, height = 120, 30
	c := exec.CommandContext(t.Context(), built(t), args...)
	c.Env = slices.Concat(env, []string{"TERM=xterm-256color"})
	terminal, err := pty.StartWithSize(c, &pty.Winsize{Cols: width, Rows: height})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = terminal.Close() })
	s := &window{c, terminal, vt.NewSafeEmulator(width, height)}
	go func() { _, _ = io.Copy(s.shown, terminal) }()
	go func() { _, _ = io.Copy(terminal, s.shown) }() // answers to what the program asks the terminal
	return s
}

// text is what is on the screen, without colors.
func (s *window) text() string { return ansi.Strip(s.shown.Render()) }

// wait waits until a text is on the screen.
func (s *window) wait(t *testing.T, text string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !strings.Contains(s.text(), text); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%q never came; there is:\n%s", text, s.text())
		}
	}
}

func (s *window) press(t *testing.T, keys string) {
	t.Helper()
	if _, err := io.WriteString(s.keys, keys); err != nil {
		t.Fatal(err)
	}
}

// TestWatchOnATerminal acknowledges, notes, resolves and opens an incident by keys.
func TestWatchOnATerminal(t *testing.T) {
	t.Parallel()
	account, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(account.Close)
	opened := filepath.Join(t.TempDir(), "opened")
	browser := filepath.Join(t.TempDir(), "browser")
	if err := os.WriteFile(browser, []byte("#!/bin/sh\necho \"$1\" > "+opened+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := onScreen(t, bare("PAGERDUTY_USER_API_KEY="+sandbox.UserKey, "PAGERDUTY_API_HOST="+account.URL(), "BROWSER="+browser), "watch", "--enable-write-tools")
	s.wait(t, "9 open")
	s.wait(t, "Payments API: card")
	s.press(t, "a")
	s.wait(t, `Acknowledge #4714 "Mobile Gateway: 5xx on /v2/pay above 20%"? [y/N]`)
	s.press(t, "y")
	s.wait(t, "#4714 is acknowledged")
	s.press(t, "n")
	s.wait(t, "Note for #4714:")
	s.press(t, "Looking at it\r")
	s.wait(t, `Add to #4714 the note "Looking at it"? [y/N]`)
	s.press(t, "y")
	s.wait(t, "#4714 has the note")
	if account.Notes("Looking at it") != 1 {
		t.Error("the account has no such note")
	}
	s.press(t, "\r")
	s.wait(t, "in the browser? [y/N]")
	s.press(t, "y")
	s.wait(t, "opened")
	page, err := os.ReadFile(opened)
	if want := "/incidents/" + account.ID("incident", "4714"); err != nil || !strings.HasSuffix(strings.TrimSpace(string(page)), want) {
		t.Errorf("the browser got %q, not …%s (%v)", page, want, err)
	}
	s.press(t, "r")
	s.wait(t, "Resolve #4714")
	s.press(t, "y")
	s.wait(t, "8 open")
	s.press(t, "q")
	if code := within(t, s.command, 20*time.Second); code != 0 {
		t.Errorf("it ended with %d", code)
	}
}

// TestWatchAsLines watches where there is no terminal, with filters by name.
func TestWatchAsLines(t *testing.T) {
	t.Parallel()
	account, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(account.Close)
	c, _, stdout, _ := onPipes(t, bare("PAGERDUTY_USER_API_KEY="+sandbox.UserKey, "PAGERDUTY_API_HOST="+account.URL()), "watch", "--team", "payments", "--urgency=high", "--every", "5s")
	text := make([]byte, 4096)
	n, err := io.ReadAtLeast(stdout, text, 200)
	if err != nil {
		t.Fatal(err)
	}
	got := string(text[:n])
	if !strings.Contains(got, "open     2 incidents") || !strings.Contains(got, "#4713") {
		t.Errorf("it wrote:\n%s", got)
	}
	_ = c.Process.Signal(os.Interrupt)
	if code := within(t, c, 20*time.Second); code != 0 {
		t.Errorf("it ended with %d", code)
	}
}

// TestWatchMistakes are command lines that can't be meant.
func TestWatchMistakes(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		`there is no team "Nope"`:     {"--team=Nope"},
		"--every: 1s is out of range": {"--every=1s"},
		"takes no argument":           {"4711"},
		"urgencies":                   {"--urgency=medium"},
	} {
		c := exec.CommandContext(t.Context(), built(t), append([]string{"watch", "--sandbox"}, args...)...)
		c.Env = bare()
		out, _ := c.CombinedOutput()
		if c.ProcessState.ExitCode() != 2 || !strings.Contains(string(out), want) {
			t.Errorf("%q: %d %s\nwant %s", args, c.ProcessState.ExitCode(), out, fmt.Sprint(want))
		}
	}
}
