package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// block is a block of code in a page that names the file it is for.
var block = regexp.MustCompile("(?ms)^   ```(go|diff) (\\S+)\n(.*?)^   ```$")

// TestContributingIsRight follows what CONTRIBUTING.md says on adding a tool, word by
// word, on a copy of the tree: the tool works, and the tests are green.
func TestContributingIsRight(t *testing.T) {
	t.Parallel()
	tree := copyTree(t)
	page, err := os.ReadFile(filepath.Join(tree, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(strings.ReplaceAll(string(page), "\r\n", "\n"), "\n## Adding a tool\n")
	section, _, _ = strings.Cut(section, "\n## ")
	blocks := block.FindAllStringSubmatch(section, -1)
	if !found || len(blocks) < 7 {
		t.Fatalf("CONTRIBUTING.md has %d blocks that name a file under \"Adding a tool\"", len(blocks))
	}
	for _, b := range blocks {
		kind, file, text := b[1], filepath.Join(tree, filepath.FromSlash(b[2])), regexp.MustCompile("(?m)^   ").ReplaceAllString(b[3], "")
		if kind == "diff" {
			text = patched(t, file, text)
		} else if _, err := os.Stat(file); err == nil {
			t.Fatalf("%s is there already", b[2])
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) string {
		t.Helper()
		command := exec.CommandContext(t.Context(), "go", args...)
		command.Dir = tree
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	if answer := run("run", ".", "call", "list_vendors", "--sandbox", "--output", "json", "limit=1"); !strings.Contains(answer, `"vendors":[{"id":"PVENDORA","name":"Amazon CloudWatch"}]`) {
		t.Errorf("the new tool answers %s", answer)
	}
	run("test", "./toolsets", "./toolsets/services", "./server", "-run", "Readme|Set|Answers|ToolDefinitions|Questions", "-update")
	run("test", "./toolsets", "./toolsets/services", "./pdapi/sandbox")
	run("test", "./server", "-run", "TestToolDefinitions")
	run("test", "./server", "-run", "TestMutatedAnswers/list_vendors")
	run("vet", "./...")
	if format, err := exec.CommandContext(t.Context(), "gofmt", "-l", tree).Output(); err != nil || len(format) > 0 {
		t.Errorf("not gofmted: %s %v", format, err)
	}
}

// patched is a file with the lines added that begin with +, behind those before them.
func patched(t *testing.T, file, diff string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var before, after strings.Builder
	for line := range strings.Lines(diff) {
		if line[0] == ' ' {
			before.WriteString(line[1:])
		}
		after.WriteString(line[1:])
	}
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	if n := strings.Count("\n"+text, "\n"+before.String()); n == 0 || before.Len() == 0 {
		t.Fatalf("%s has no lines %q", file, before.String())
	}
	return strings.TrimPrefix(strings.Replace("\n"+text, "\n"+before.String(), "\n"+after.String(), 1), "\n")
}
