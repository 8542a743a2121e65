//go:build unix

package cli_test

import (
	"io"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// screen is what a pseudo-terminal shows.
type screen struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{} // closed and made anew when there is more
}

func (s *screen) watch(terminal io.Reader) {
	chunk := make([]byte, 4096)
	for {
		n, err := terminal.Read(chunk)
		s.mu.Lock()
		s.text.Write(chunk[:n])
		close(s.more)
		s.more = make(chan struct{})
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// shows waits until the text is there.
func (s *screen) shows(t *testing.T, text string) {
	t.Helper()
	late := time.After(time.Minute)
	for {
		s.mu.Lock()
		shown, more := s.text.String(), s.more
		s.mu.Unlock()
		if strings.Contains(shown, text) {
			return
		}
		select {
		case <-more:
		case <-late:
			t.Fatalf("the terminal shows %q, not %q", shown, text)
		}
	}
}

// TestAuthAtATerminal types a key, which is not shown, and gives up another time, after
// which the terminal shows again what is typed.
func TestAuthAtATerminal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		typed string
		code  int
		shows string
	}{
		"a key":   {"u+aBcDeFgHiJkLmNoPqR\n", 0, "Stored the key"},
		"nothing": {"\n", 2, "no key was given"},
		"Ctrl-C":  {"u+aBcDeF\x03", 130, "interrupted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPerson(t)
			terminal, tty, err := pty.Open()
			if err != nil {
				t.Skip("there are no pseudo-terminals here: ", err)
			}
			t.Cleanup(func() { _ = tty.Close(); _ = terminal.Close() })
			before, err := term.GetState(int(tty.Fd()))
			if err != nil {
				t.Fatal(err)
			}
			command := exec.CommandContext(t.Context(), built(t), "auth", "login")
			command.Env, command.Stdin, command.Stdout, command.Stderr = homed(p.home), tty, tty, tty
			command.SysProcAttr = controlling()
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			s := &screen{more: make(chan struct{})}
			go s.watch(terminal)
			s.shows(t, "press Enter: ")
			// Not before echoing is off, as a person could not either.
			for echoing := true; echoing; {
				now, err := term.GetState(int(tty.Fd()))
				if err != nil {
					t.Fatal(err)
				}
				echoing = reflect.DeepEqual(now, before)
			}
			if _, err := io.WriteString(terminal, c.typed); err != nil {
				t.Fatal(err)
			}
			s.shows(t, c.shows)
			_ = command.Wait()
			if code := command.ProcessState.ExitCode(); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			if after, err := term.GetState(int(tty.Fd())); err != nil || !reflect.DeepEqual(before, after) {
				t.Errorf("the terminal is not as it was: %v", err)
			}
			if s.mu.Lock(); strings.Contains(s.text.String(), "aBcDeF") {
				t.Errorf("the key was shown: %s", s.text.String())
			}
			s.mu.Unlock()
			found, err := filepath.Glob(filepath.Join(p.home, "*", "pagerduty-mcp", "key"))
			if more, _ := filepath.Glob(filepath.Join(p.home, ".*", "pagerduty-mcp", "key")); err != nil || (len(found)+len(more) > 0) != (c.code == 0) {
				t.Errorf("stored: %v %v, %v", found, more, err)
			}
		})
	}
}

// controlling makes the terminal the process's own, so that Ctrl-C reaches it.
func controlling() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true, Setctty: true} }
