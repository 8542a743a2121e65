//go:build unix

package cli_test

import (
	"bytes"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// terminal is the program at a terminal of its own.
type terminal struct {
	t       *testing.T
	command *exec.Cmd
	keys    interface{ Write([]byte) (int, error) }

	mu   sync.Mutex
	seen bytes.Buffer // all that the terminal was sent
	done chan struct{}
}

// atTerminal starts the program at a terminal of so many columns and lines.
func atTerminal(t *testing.T, columns, lines uint16, env []string, args ...string) *terminal {
	t.Helper()
	return atTerminalOf(t, columns, lines, env, built(t), args...)
}

// atTerminalOf starts any program at a terminal.
func atTerminalOf(t *testing.T, columns, lines uint16, env []string, path string, args ...string) *terminal {
	t.Helper()
	command := exec.CommandContext(t.Context(), path, args...)
	command.Env = bare(append([]string{"TERM=xterm-256color", "PAGER=cat", "NO_COLOR=", "TZ=UTC"}, env...)...)
	file, err := pty.StartWithSize(command, &pty.Winsize{Cols: columns, Rows: lines})
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{t: t, command: command, keys: file, done: make(chan struct{})}
	go func() {
		defer close(x.done)
		data := make([]byte, 4096)
		for {
			n, err := file.Read(data)
			x.mu.Lock()
			x.seen.Write(data[:n])
			x.mu.Unlock()
			if err != nil { // the program has ended, and with it the terminal
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = file.Close()
	})
	return x
}

// screen is all that the terminal was sent so far.
func (x *terminal) screen() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return strings.ReplaceAll(x.seen.String(), "\r\n", "\n")
}

// shows waits until the terminal shows a text.
func (x *terminal) shows(want string) {
	x.t.Helper()
	for begun := time.Now(); !strings.Contains(x.screen(), want); time.Sleep(5 * time.Millisecond) {
		if time.Since(begun) > time.Minute {
			x.t.Fatalf("the terminal does not show %q:\n%s", want, x.screen())
		}
	}
}

// types sends keys to the program.
func (x *terminal) types(keys string) {
	x.t.Helper()
	if _, err := x.keys.Write([]byte(keys)); err != nil {
		x.t.Fatal(err)
	}
}

// ends waits for the end of the program, and returns its exit code and all that it has
// sent to the terminal.
func (x *terminal) ends() (code int, screen string) {
	x.t.Helper()
	code = within(x.t, x.command, time.Minute)
	<-x.done
	return code, x.screen()
}
