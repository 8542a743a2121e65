package cli_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/cli/clients"
)

// person is somebody with a home directory who runs the built program.
type person struct {
	home string
	dir  string   // the current directory; the home if empty
	env  []string // what more is in the environment
}

func newPerson(t *testing.T, env ...string) person {
	t.Helper()
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return person{home: home, env: env}
}

// runs runs the program and returns its exit code and what it says.
func (p person) runs(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), built(t), args...)
	command.Env, command.Stdin, command.Dir = homed(p.home, p.env...), strings.NewReader(stdin), p.dir
	if p.dir == "" {
		command.Dir = p.home
	}
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), out.String(), errs.String()
}

// does is runs for what has to go well.
func (p person) does(t *testing.T, args ...string) (stdout string) {
	t.Helper()
	code, stdout, stderr := p.runs(t, "", args...)
	if code != 0 {
		t.Fatalf("%v: exit code %d, %s%s", args, code, stdout, stderr)
	}
	return stdout
}

// file is the file of a client's that the program makes for the person.
func (p person) file(t *testing.T, client string) string {
	t.Helper()
	c, ok := clients.Named(client)
	if !ok {
		t.Fatalf("no client %s", client)
	}
	env := map[string]string{"HOME": p.home, "USERPROFILE": p.home}
	files := c.Files(clients.System{OS: runtime.GOOS, Getenv: func(name string) string { return env[name] }}, clients.User)
	return files[len(files)-1]
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
