//go:build unix

package cli_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
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

// TestCommandsOfTheDocumentation runs what the pages show in blocks of sh, and the commands
// that their sentences name: a page's one after the other, in a home of its own and on an
// account of its own. A command that
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
		all := commandsOf(cli.Page(t, page))
		if !strings.HasPrefix(page, "docs/clients/") || page == "docs/clients/cursor.md" { // all say the same
			all = append(all, inSentences(cli.Page(t, page))...)
		}
		for _, line := range all {
			begin := ""
			for each := range notRun {
				if strings.HasPrefix(line, each) {
					begin = each
				}
			}
			switch {
			case begin != "":
				left[begin] = true
			case !seen[line]:
				seen[line] = true
				lines = append(lines, line)
			}
		}
		commands += len(lines)
		if lines != nil {
			t.Run(page, func(t *testing.T) {
				t.Parallel()
				runLines(t, path, lines)
			})
		}
	}
	if commands < 45 || len(left) != len(notRun) || len(notRun) > 4 {
		t.Errorf("%d commands are run; of the %d kinds that are not to be run the pages have %v", commands, len(notRun), left)
	}
}

var (
	blockOfCommands = regexp.MustCompile("(?ms)^ *```sh\n(.*?)^ *```$")
	blockOfAnything = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	inSentence      = regexp.MustCompile("`(pagerduty-mcp [^`\n]+)`")
	toBeFilledIn    = regexp.MustCompile(`\b[A-Z]{3,}\b|…`) // as in configure CLIENT
)

// inSentences are the commands that a page's sentences name. Those that are one word, as
// call, want more than that, or serve until they are ended: their help is shown.
func inSentences(text string) []string {
	var lines []string
	for _, m := range inSentence.FindAllStringSubmatch(blockOfAnything.ReplaceAllString(text, ""), -1) {
		line, _, _ := strings.Cut(m[1], ` \|`) // what a shell makes of its output
		switch words := strings.Fields(line); {
		case toBeFilledIn.MatchString(line):
			continue
		case len(words) == 2 && slices.Contains([]string{"call", "configure", "watch", "sandbox"}, words[1]):
			line += " --help"
		}
		lines = append(lines, line)
	}
	return lines
}

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
		if strings.HasPrefix(line, "pagerduty-mcp sandbox") && !strings.HasSuffix(line, "--help") {
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
		if strings.Contains(line, "--transport http") {
			c.Args[3], c.Stderr = "exec "+line+" --port 0", nil
			stderr, err := c.StderrPipe()
			if err == nil {
				err = c.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			if first, _ := bufio.NewReader(stderr).ReadString('\n'); !strings.Contains(first, "msg=serving") {
				t.Errorf("%s: %q", line, first)
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
