//go:build unix

package cli_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/cli"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// notRun are the commands of the documentation that no test runs, by how they begin, and
// why.
var notRun = map[string]string{
	"go install ":  "it installs what is published, not what is here",
	"npx ":         "it installs a client; .ci/run does, and makes the same calls",
	"go test ":     "it would run this test",
	"bash .ci/run": "it runs this test",
}

// TestCommandsOfTheDocumentation runs what the pages show in blocks of sh: a page's commands
// one after the other, in a home of its own and on an account of its own. A command that
// several pages have is run for the first of them. Servers are ended once they serve.
func TestCommandsOfTheDocumentation(t *testing.T) {
	t.Parallel()
	path := shell(t, "sh")
	left, seen, commands := map[string]bool{}, map[string]bool{}, 0
	for _, page := range cli.AllPages(t) {
		if strings.HasPrefix(page, "docs/tools/") {
			continue // the same examples as in the tools' help, which TestExamplesOfHelp runs
		}
		var lines []string
	next:
		for _, line := range commandsOf(cli.Page(t, page)) {
			for begin := range notRun {
				if strings.HasPrefix(line, begin) {
					left[begin] = true
					continue next
				}
			}
			if !seen[line] {
				lines = append(lines, line)
			}
			seen[line] = true
		}
		commands += len(lines)
		if lines != nil {
			t.Run(page, func(t *testing.T) {
				t.Parallel()
				runLines(t, path, lines)
			})
		}
	}
	if commands < 30 || len(left) != len(notRun) {
		t.Errorf("%d commands are run; of what is not to be run the pages have only %v", commands, left)
	}
}

var blockOfCommands = regexp.MustCompile("(?ms)^ *```sh\n(.*?)^ *```$")

// commandsOf are the commands in a page's blocks of sh, without what a comment says.
func commandsOf(text string) []string {
	var lines []string
	for _, block := range blockOfCommands.FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(block[1]) {
			line, _, _ = strings.Cut(line, "  #")
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

func runLines(t *testing.T, sh string, lines []string) {
	_, env := account(t)
	home := t.TempDir()
	env = homed(home, append(env, "PATH="+filepath.Dir(built(t))+":"+os.Getenv("PATH"))...)
	for _, line := range lines {
		ctx, end := context.WithCancel(t.Context())
		c := exec.CommandContext(ctx, sh, "-e", "-c", line)
		c.Dir, c.Env = home, env
		var errs strings.Builder
		c.Stderr = &errs
		if strings.HasPrefix(line, "pagerduty-mcp sandbox") {
			// Without what a shell does with the server, and at a port that is free.
			c.Args[3] = "exec " + strings.NewReplacer(" > sandbox.env &", "", ":8910", ":0").Replace(line)
			stdout, err := c.StdoutPipe()
			if err == nil {
				err = c.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			if first, _ := bufio.NewReader(stdout).ReadString('\n'); !strings.Contains(first, "PAGERDUTY_API_HOST") {
				t.Errorf("%s: %q %s", line, first, errs.String())
			}
			end()
			_ = c.Wait()
			continue
		}
		if strings.Contains(line, "auth login") {
			c.Stdin = strings.NewReader(sandbox.UserKey)
		}
		out, err := c.Output()
		if err != nil || len(out) == 0 && strings.Contains(line, "pagerduty-mcp call") {
			t.Errorf("%s: %v\n%s%s", line, err, out, errs.String())
		}
		if strings.Contains(line, "get_incident --sandbox=demo.json") && !strings.Contains(string(out), "Looking at it") {
			t.Errorf("%s: what an earlier command changed is not kept: %s", line, out)
		}
		end()
	}
}
