//go:build unix

package cli_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// account starts a simulated account in this process, and returns the variables that
// point the program at it.
func account(t *testing.T) (*sandbox.Server, []string) {
	t.Helper()
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	return box, []string{"PAGERDUTY_USER_API_KEY=" + sandbox.UserKey, "PAGERDUTY_API_HOST=" + box.URL()}
}

// changes are the requests of an account that may have changed something.
func changes(box *sandbox.Server) []string {
	var all []string
	for _, r := range box.Requests() {
		if r.Method != http.MethodGet {
			all = append(all, r.Method+" "+r.Path)
		}
	}
	return all
}

// TestAskedAtATerminal makes changes with a person at the terminal.
func TestAskedAtATerminal(t *testing.T) {
	t.Parallel()
	const question = "Do it? [y/N] "
	for name, c := range map[string]struct {
		args    string
		keys    string // the answer; "" if no question is to come
		code    int
		changes int
		says    []string
		saysNot string
	}{
		"yes":             {"manage_incidents 4711 status=acknowledged", "y\r", 0, 1, []string{"Manage incidents: ", "4711", "Payments API: card authorizations failing", "status \"acknowledged\""}, "look twice"},
		"Yes":             {"manage_incidents 4711 status=acknowledged", "YES\r", 0, 1, nil, "interrupted"},
		"no":              {"manage_incidents 4711 status=acknowledged", "n\r", 1, 0, []string{"Nothing was done."}, "Don't call it again"},
		"nothing":         {"manage_incidents 4711 status=acknowledged", "\r", 1, 0, []string{"Nothing was done."}, "interrupted"},
		"something else":  {"manage_incidents 4711 status=acknowledged", "ok\r", 1, 0, []string{"Nothing was done."}, "interrupted"},
		"end of input":    {"manage_incidents 4711 status=acknowledged", "\x04", 1, 0, []string{"Nothing was done."}, "interrupted"},
		"interrupt":       {"manage_incidents 4711 status=acknowledged", "\x03", 130, 0, []string{"interrupted"}, "may have carried out"},
		"risky":           {"merge_incidents 4711 4713", "n\r", 1, 0, []string{"Please look twice: this can't be undone."}, "interrupted"},
		"--yes":           {"manage_incidents 4711 status=acknowledged --yes", "", 0, 1, nil, "[y/N]"},
		"-y":              {"-y manage_incidents 4711 status=acknowledged", "", 0, 1, nil, "[y/N]"},
		"--confirm never": {"manage_incidents 4711 status=acknowledged --confirm never", "", 0, 1, nil, "[y/N]"},
		"--confirm risky": {"manage_incidents 4711 status=acknowledged --confirm risky", "", 0, 1, nil, "[y/N]"},
		"a rehearsal":     {"manage_incidents 4711 status=acknowledged --dry-run", "", 0, 0, nil, "[y/N]"},
		"a read":          {"get_incident 4711", "", 0, 0, nil, "[y/N]"},
		"wrong arguments": {"manage_incidents 4711 status=open", "", 2, 0, []string{"may mean triggered"}, "[y/N]"},
		"both":            {"manage_incidents 4711 status=acknowledged --yes --confirm always", "", 2, 0, []string{"--yes and --confirm always contradict each other"}, "[y/N]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box, env := account(t)
			x := atTerminal(t, 200, 50, env, append([]string{"call", "--enable-write-tools"}, strings.Fields(c.args)...)...)
			if c.keys != "" {
				x.shows(question)
				x.types(c.keys)
			}
			code, screen := x.ends()
			if made := changes(box); code != c.code || len(made) != c.changes || strings.Contains(screen, c.saysNot) {
				t.Errorf("exit code %d, changes %q, want %d and %d; it shows\n%s", code, made, c.code, c.changes, screen)
			}
			for _, want := range c.says {
				if !strings.Contains(screen, want) {
					t.Errorf("it does not say %q:\n%s", want, screen)
				}
			}
		})
	}
}

// TestNobodyIsAsked makes changes from a script.
func TestNobodyIsAsked(t *testing.T) {
	t.Parallel()
	for args, c := range map[string]struct {
		code, changes int
		says          string
	}{
		"manage_incidents 4711 status=acknowledged":                        {0, 1, ""},
		"manage_incidents 4711 status=acknowledged --yes":                  {0, 1, ""},
		"manage_incidents 4711 status=acknowledged --confirm always":       {1, 0, "Add --yes if that is what you want."},
		"manage_incidents 4711 status=acknowledged --confirm never --yes":  {0, 1, ""},
		"manage_incidents 4711 status=acknowledged --confirm always --yes": {2, 0, "contradict each other"},
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			box, _ := account(t)
			code, _, stderr := called(t, box.URL(), "y\n", append(strings.Fields(args), "--enable-write-tools")...)
			if made := changes(box); code != c.code || len(made) != c.changes || !strings.Contains(stderr, c.says) || c.says == "" && stderr != "" {
				t.Errorf("exit code %d, changes %q, stderr %q", code, made, stderr)
			}
		})
	}
}

// TestProgress makes calls that take their time.
func TestProgress(t *testing.T) {
	t.Parallel()
	t.Run("slow", func(t *testing.T) {
		t.Parallel()
		box, env := account(t)
		box.Inject(sandbox.Fault{Path: "/incidents/", Latency: 2 * time.Second})
		x := atTerminal(t, 100, 50, env, "call", "get_incident", "4711")
		x.shows("get_incident: 1 s")
		code, screen := x.ends()
		if _, answer, _ := strings.Cut(screen, "get_incident: 1 s"); code != 0 || !strings.Contains(answer, "\r\x1b[K\x1b[2mid") {
			t.Errorf("exit code %d; the line of the progress does not vanish:\n%q", code, screen)
		}
	})
	t.Run("pages", func(t *testing.T) {
		t.Parallel()
		box, env := account(t)
		box.Grow(1000)
		box.Inject(sandbox.Fault{Path: "/incidents", Latency: 1200 * time.Millisecond})
		x := atTerminal(t, 100, 50, env, "call", "list_incidents", "limit=300", "date_range=all")
		x.shows(" of 300")
		if code, screen := x.ends(); code != 0 || !strings.Contains(screen, "300 incidents.") {
			t.Errorf("exit code %d\n%s", code, screen)
		}
	})
	limited := func(t *testing.T) (*sandbox.Server, []string) {
		box, env := account(t)
		limit := sandbox.RateLimit(0, 3)
		limit.Times = 1
		box.Inject(limit)
		return box, env
	}
	t.Run("a rate limit", func(t *testing.T) {
		t.Parallel()
		_, env := limited(t)
		x := atTerminal(t, 100, 50, env, "call", "get_incident", "4711")
		x.shows(" s: PagerDuty's rate limit")
		if code, screen := x.ends(); code != 0 {
			t.Errorf("exit code %d\n%s", code, screen)
		}
	})
	t.Run("a rate limit, in a script", func(t *testing.T) {
		t.Parallel()
		box, _ := limited(t)
		code, _, stderr := called(t, box.URL(), "", "get_incident", "4711")
		if code != 0 || stderr != "pagerduty-mcp: waiting 3 s: PagerDuty's rate limit\n" {
			t.Errorf("exit code %d, %q", code, stderr)
		}
	})
}

// TestQuestionFitsTheTerminal holds that a question breaks between words.
func TestQuestionFitsTheTerminal(t *testing.T) {
	t.Parallel()
	_, env := account(t)
	x := atTerminal(t, 60, 50, env, "call", "--enable-write-tools", "manage_incidents", "4711", "4713", "status=acknowledged")
	x.shows("Do it? [y/N] ")
	x.types("n\r")
	_, screen := x.ends()
	if !strings.Contains(screen, "Manage incidents: ") {
		t.Errorf("it is not asked:\n%s", screen)
	}
	for line := range strings.Lines(screen) {
		if len(line) > 60 {
			t.Errorf("%d columns: %q", len(line), line)
		}
	}
}
