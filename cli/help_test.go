package cli_test

import (
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

// TestToolHelp shows what each tool takes, under each of its names.
func TestToolHelp(t *testing.T) {
	t.Parallel()
	for _, set := range toolsets.All() {
		for _, made := range set.Tools {
			names := []string{made.Name()}
			for _, alias := range made.Aliases() {
				names = append(names, alias.Name)
			}
			for _, name := range names {
				for _, args := range [][]string{{"call", name, "--help"}, {"call", "-h", name}, {"help", name}, {"help", "call", name}} {
					code, stdout, stderr := run{args: append([]string{"pagerduty-mcp"}, args...)}.do(t)
					if code != 0 || stderr != "" || !strings.HasPrefix(stdout, name+": ") || !strings.Contains(stdout, made.Description()) || !strings.Contains(stdout, "\nExamples:\n  pagerduty-mcp call "+name) {
						t.Errorf("%v: exit code %d, %s\n%s", args, code, stderr, stdout)
					}
					for _, a := range made.Arguments() {
						if name != made.Name() {
							break // another name may stand for some of them
						}
						if !strings.Contains(stdout, "\n  "+a.Name+" ") {
							t.Errorf("%v does not tell of %s:\n%s", args, a.Name, stdout)
						}
					}
					if strings.Contains(stdout, "--enable-write-tools") == made.Access().ReadOnly() {
						t.Errorf("%v: whether it changes something is not clear:\n%s", args, stdout)
					}
				}
			}
		}
	}
}

// shellWords takes a command line apart as a POSIX shell does.
func shellWords(line string) []string {
	var words []string
	word, quote, escaped := "", rune(0), false
	for _, r := range line {
		switch {
		case escaped:
			word, escaped = word+string(r), false
		case r == '\\' && quote == 0:
			escaped = true
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		case r == quote:
			quote = 0
		case r == ' ' && quote == 0:
			words, word = append(words, word), ""
		default:
			word += string(r)
		}
	}
	return append(words, word)
}

// TestExamplesOfHelp makes the calls that tools' help shows, but for those with an id or a version to
// be filled in or a date that was near when they were written.
func TestExamplesOfHelp(t *testing.T) {
	t.Parallel()
	made := 0
	for _, set := range toolsets.All() {
		for _, each := range set.Tools {
			_, help, _ := run{args: []string{"pagerduty-mcp", "help", each.Name()}}.do(t)
			_, examples, _ := strings.Cut(help, "\nExamples:\n")
			examples, _, _ = strings.Cut(examples, "\n\n")
			for line := range strings.Lines(examples) {
				line = strings.TrimSpace(line)
				if strings.Contains(line, "_ID") || strings.Contains(line, "2026-") || strings.Contains(line, "expected_version") {
					continue
				}
				made++
				if code, stdout, stderr := (run{args: append(shellWords(line), "--sandbox")}).do(t); code != 0 || stdout == "" {
					t.Errorf("%s: exit code %d, %s", line, code, stderr)
				}
			}
		}
	}
	if made < 100 {
		t.Errorf("only %d examples were tried", made)
	}
}
