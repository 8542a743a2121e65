package cli_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestAuth logs in, works with the stored key, and logs out.
func TestAuth(t *testing.T) {
	t.Parallel()
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	p := newPerson(t, "PAGERDUTY_API_HOST="+box.URL())
	var all strings.Builder
	says := func(stdin string, code int, want string, args ...string) {
		t.Helper()
		got, stdout, stderr := p.runs(t, stdin, args...)
		if got != code || !strings.Contains(stdout+stderr, want) {
			t.Errorf("%v: exit code %d, %q, %q; want %d and %q", args, got, stdout, stderr, code, want)
		}
		all.WriteString(stdout + stderr)
	}
	says("", 2, "auth login", "call", "get_user_data")
	says("", 2, "no PagerDuty API key", "auth", "status")
	says(" Token token="+sandbox.UserKey+"\r\n", 0, "mode 0600", "auth", "login")
	says("", 0, "Ana Souza", "call", "get_user_data")
	says("", 0, "an API key, from "+p.home, "auth", "status")
	says("pdus+wrong-token", 0, "Stored the key", "auth", "login")
	says("", 0, "an OAuth access token, from "+p.home, "auth", "status")
	says("", 1, "401", "call", "get_user_data")

	path := ""
	err = filepath.WalkDir(p.home, func(at string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			path = at
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%s: %v, %v", path, info, err)
	}
	if runtime.GOOS != "windows" {
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		says("", 0, "chmod 600", "auth", "status")
	}
	write(t, path, " \n")
	says("", 2, "it is empty; store it anew", "auth", "status")

	p.env = append(p.env, "PAGERDUTY_USER_API_KEY="+sandbox.UserKey)
	says("", 0, "an API key, from PAGERDUTY_USER_API_KEY", "auth", "status")
	says("pdus+another", 0, "PAGERDUTY_USER_API_KEY is set, and is used instead", "auth", "login")
	says("", 0, "PAGERDUTY_USER_API_KEY is still set", "auth", "logout")
	says("", 0, "there is nothing to take away", "auth", "logout")
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}
	for _, secret := range []string{sandbox.UserKey, "wrong-token", "pdus+another"} {
		if strings.Contains(all.String(), secret) {
			t.Errorf("%s is in what was said:\n%s", secret, all.String())
		}
	}
}

func TestAuthMistakes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stdin string
		args  []string
		env   []string
		want  string
	}{
		"nothing":         {args: []string{"auth"}, want: "auth login, auth status or auth logout"},
		"on the line":     {args: []string{"auth", "login", "u+aBcDeFgHiJkLmNoPqR"}, want: "A key on the command line could be read"},
		"empty":           {stdin: "\n", args: []string{"auth", "login"}, want: "standard input is empty"},
		"a placeholder":   {stdin: "${PAGERDUTY_USER_API_KEY}\n", args: []string{"auth", "login"}, want: "Nothing was stored"},
		"several lines":   {stdin: "aBcDeF\nsecond\n", args: []string{"auth", "login"}, want: "2 lines"},
		"not a text":      {stdin: "\xff\xfe\x00", args: []string{"auth", "login"}, want: "half a character is missing"},
		"no such command": {args: []string{"auth", "whoami"}, want: "auth login"},
		"keychain switch": {args: []string{"auth", "status"}, env: []string{"PAGERDUTY_MCP_KEYCHAIN=no"}, want: `"no" is neither on nor off`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPerson(t, c.env...)
			code, stdout, stderr := p.runs(t, c.stdin, c.args...)
			if code != 2 || stdout != "" || !strings.Contains(stderr, c.want) || strings.Contains(stderr, "aBcDeF") {
				t.Errorf("exit code %d, %q, %q; want %q", code, stdout, stderr, c.want)
			}
			if entries, err := os.ReadDir(p.home); err != nil || len(entries) != 0 {
				t.Errorf("something was stored: %v, %v", entries, err)
			}
		})
	}
}

// TestKeychainIsAskedLast shows that nobody waits for the keychain who needs no key of
// it. The keychain of this process is a simulated one.
func TestKeychainIsAskedLast(t *testing.T) {
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	t.Cleanup(keyring.MockInit)
	keyring.MockInitWithError(os.ErrDeadlineExceeded)
	bus := "DBUS_SESSION_BUS_ADDRESS"
	call := []string{"pagerduty-mcp", "call", "get_user_data"}
	for name, r := range map[string]run{
		"variable":  {args: call, env: map[string]string{bus: "x", "PAGERDUTY_API_HOST": box.URL(), "PAGERDUTY_USER_API_KEY": sandbox.UserKey}},
		"simulated": {args: append(call, "--sandbox"), env: map[string]string{bus: "x"}},
	} {
		if code, stdout, stderr := r.do(t); code != 0 || !strings.Contains(stdout, "Ana Souza") || stderr != "" {
			t.Errorf("%s: exit code %d, %s, %s", name, code, stdout, stderr)
		}
	}
	stored := run{args: call, env: map[string]string{bus: "x", "PAGERDUTY_API_HOST": box.URL()}}
	if code, _, stderr := stored.do(t); code != 2 || !strings.Contains(stderr, os.ErrDeadlineExceeded.Error()) || !strings.Contains(stderr, "auth login") {
		t.Errorf("a keychain that can't be read: exit code %d, %s", code, stderr)
	}
	keyring.MockInit()
	login := run{args: []string{"pagerduty-mcp", "auth", "login"}, env: stored.env, stdin: sandbox.UserKey}
	if code, stdout, stderr := login.do(t); code != 0 || !strings.Contains(stdout, "Stored the key in the system's keychain") {
		t.Errorf("exit code %d, %s, %s", code, stdout, stderr)
	}
	if code, stdout, stderr := stored.do(t); code != 0 || !strings.Contains(stdout, "Ana Souza") {
		t.Errorf("exit code %d, %s, %s", code, stdout, stderr)
	}
}
