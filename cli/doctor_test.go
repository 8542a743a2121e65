package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestDoctor examines a person's computer as it gets better.
func TestDoctor(t *testing.T) {
	t.Parallel()
	box, err := sandbox.Start(sandbox.Options{Without: []string{"priorities"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	p := newPerson(t, "PAGERDUTY_API_HOST="+box.URL(), "HTTPS_PROXY=http://ana:s3cret@proxy.example:3128", "SSL_CERT_FILE=")
	says := func(code int, wants []string, args ...string) {
		t.Helper()
		got, stdout, stderr := p.runs(t, "", append([]string{"doctor"}, args...)...)
		if got != code || stderr != "" {
			t.Errorf("%v: exit code %d, want %d, %s%s", args, got, code, stdout, stderr)
		}
		for _, want := range wants {
			if !strings.Contains(stdout, want) {
				t.Errorf("%v: it does not say %q:\n%s", args, want, stdout)
			}
		}
		if strings.Contains(stdout, sandbox.UserKey) || strings.Contains(stdout, "s3cret") || strings.Contains(stdout, "\x1b") {
			t.Errorf("%v: there is a secret, or a color, in\n%s", args, stdout)
		}
		if lines := strings.Count(stdout, "\n"); len(args) == 0 && lines > 24 {
			t.Errorf("%d lines are more than a screen:\n%s", lines, stdout)
		}
	}
	says(1, []string{"✗ key ", "no PagerDuty API key", "→ make one", "✓ host ", "! clients ", "- account ", "✓ proxy    requests go through proxy.example:3128\n", "1 thing will not work"})
	if code, _, stderr := p.runs(t, sandbox.UserKey, "auth", "login"); code != 0 {
		t.Fatal(stderr)
	}
	p.does(t, "configure", "claude-code")
	says(1, []string{"an API key, from " + p.home, "Ana Souza", "✗ denied ", "list_incident_options", "→ leave the tools out", "✓ Claude Code "})
	says(0, []string{"no tool that is asked for needs it", "All that was examined will work."}, "people")
	says(0, []string{"All that was examined will work."}, "--exclude-tools", "list_incident_options")

	var health struct {
		OK     bool
		Checks []struct{ Check, State, Found, Fix string }
	}
	code, stdout, _ := p.runs(t, "", "doctor", "-o", "json")
	if err := json.Unmarshal([]byte(stdout), &health); err != nil || code != 1 || health.OK || len(health.Checks) < 6 || health.Checks[0].State != "ok" {
		t.Errorf("exit code %d, %v, %s", code, err, stdout)
	}
	if runtime.GOOS != "windows" {
		file := filepath.Join(p.home, "key")
		write(t, file, sandbox.UserKey)
		if err := os.Chmod(file, 0o644); err != nil {
			t.Fatal(err)
		}
		p.env = append(p.env, "PAGERDUTY_USER_API_KEY_FILE="+file)
		says(1, []string{"! key ", "others can read " + file, "→ run: chmod 600"})
	}
	p.env = append(p.env, "PAGERDUTY_USER_API_KEY=${PAGERDUTY_USER_API_KEY}")
	says(1, []string{"✗ key ", "PAGERDUTY_USER_API_KEY: the key "})
	p.env = append(p.env, "PAGERDUTY_API_HOST=https://acme.pagerduty.com")
	says(1, []string{"✗ host ", "web app", "2 things will not work"})
}

func TestDoctorOnTheSimulatedAccount(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	if said := p.does(t, "doctor", "--sandbox", "--enable-write-tools"); !strings.Contains(said, "none is needed") || !strings.Contains(said, "✓ allowed ") {
		t.Errorf("%s", said)
	}
	for _, wrong := range [][]string{{"--sandbox", "-o", "xml"}, {"--sandbox", "incident"}, {"--sandbox", "--tools", "create_incident"}} {
		if code, stdout, stderr := p.runs(t, "", append([]string{"doctor"}, wrong...)...); code != 2 || stdout != "" || stderr == "" {
			t.Errorf("%v: exit code %d, %s", wrong, code, stdout)
		}
	}
}
