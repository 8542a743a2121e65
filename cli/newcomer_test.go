//go:build unix

package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/cli"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestNewcomer plays the first minutes of somebody who has read the README and nothing else:
// its commands, in its order, at a terminal with an empty home. In place of PagerDuty there
// is a simulated account, and in place of the client what it would start.
func TestNewcomer(t *testing.T) {
	t.Parallel()
	sh := shell(t, "sh")
	_, begin, found := strings.Cut(cli.Page(t, "README.md"), "\n## Try it\n")
	begin, _, more := strings.Cut(begin, "\n## Toolsets\n")
	if !found || !more {
		t.Fatal("the README has no parts \"Try it\" and \"Toolsets\"")
	}
	home, box := t.TempDir(), func() *sandbox.Server { box, _ := account(t); return box }()
	env := []string{"HOME=" + home, "PATH=" + filepath.Join(home, "go", "bin") + ":/usr/bin:/bin", "PAGERDUTY_API_HOST=" + box.URL()}
	shown := map[string][]string{
		"pagerduty-mcp call triage_incident": {"guess", "what changed", "Deployed payments-api 412", "rolled payments-api back"},
		"pagerduty-mcp auth login":           {"Stored the key"},
		"pagerduty-mcp configure":            {"Set up Claude Code", "See it work"},
		"pagerduty-mcp doctor":               {"Ana Souza", "Claude Code", "All that was examined will work."},
	}
	steps := commandsOf(begin)
	for _, line := range steps {
		if strings.HasPrefix(line, "go install ") { // what it would leave behind
			bin := filepath.Join(home, "go", "bin")
			if err := os.MkdirAll(bin, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(built(t), filepath.Join(bin, "pagerduty-mcp")); err != nil {
				t.Fatal(err)
			}
			continue
		}
		x := atTerminalOf(t, 100, 60, env, sh, "-c", line)
		if strings.HasSuffix(line, "auth login") {
			x.shows("press Enter: ")
			x.types(sandbox.UserKey + "\n")
		}
		code, screen := x.ends()
		if code != 0 {
			t.Fatalf("%s: exit code %d\n%s", line, code, screen)
		}
		for command, texts := range shown {
			for _, text := range texts {
				if strings.HasPrefix(line, command) && !strings.Contains(screen, text) {
					t.Errorf("%s does not show %q:\n%s", line, text, screen)
				}
			}
		}
		if strings.HasPrefix(line, "pagerduty-mcp configure") {
			asTheClient(t, home)
		}
	}
	if len(steps) < 7 {
		t.Errorf("the README has only the commands %q", steps)
	}
}

// asTheClient starts what Claude Code's configuration says, as it does, without a shell's
// variables, and has the outage triaged.
func asTheClient(t *testing.T, home string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(home, ".claude.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Servers map[string]struct {
			Command string
			Args    []string
			Env     map[string]string
		} `json:"mcpServers"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	server := file.Servers["pagerduty"]
	env := []string{"HOME=" + home, "PAGERDUTY_MCP_KEYCHAIN=off"}
	for name, value := range server.Env {
		env = append(env, name+"="+value)
	}
	c := start(t, env, server.Command, server.Args...)
	c.send(hello)
	c.next()
	c.send(toolCall(2, "triage_incident", `{"incident_id":4711}`))
	if answer := c.next(); !strings.Contains(answer, "Deployed payments-api 412") || strings.Contains(answer, `"isError":true`) {
		t.Errorf("%v answers %s", server.Args, answer)
	}
	c.end()
}
