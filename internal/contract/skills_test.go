package contract_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

var (
	quoted  = regexp.MustCompile("`([^`\n]+)`")
	command = regexp.MustCompile(`^pagerduty-mcp ([a-z ]+)$`)
	flags   = []string{"--enable-write-tools", "--dry-run"}
)

// TestSkills holds that each skill names only tools that exist, and that they are in the
// toolsets that it says to serve; and that its head is what agents read first.
func TestSkills(t *testing.T) {
	t.Parallel()
	tools := made(toolsets.All())
	files, err := filepath.Glob("../../skills/*/SKILL.md")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d skills, %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(filepath.Dir(file))
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, body, ok := strings.Cut(strings.TrimPrefix(strings.ReplaceAll(string(data), "\r\n", "\n"), "---\n"), "\n---\n")
		var front struct{ Name, Description string }
		if err := yaml.UnmarshalWithOptions([]byte(head), &front, yaml.DisallowUnknownField()); err != nil || !ok {
			t.Errorf("%s: its head can't be read: %v", name, err)
		}
		// As https://agentskills.io/specification has it.
		if front.Name != name || len(front.Description) < 50 || len(front.Description) > 1024 || !strings.Contains(front.Description, "Use ") {
			t.Errorf("%s: its head is %+v", name, front)
		}
		for _, problem := range problems(body, tools) {
			t.Errorf("%s: %s", name, problem)
		}
	}
}

// problems are what is wrong with the tools and toolsets that a skill names.
func problems(body string, tools promises) (all []string) {
	var served, sets, used []string
	for _, p := range tools {
		sets = append(sets, p.Toolset)
	}
	for _, m := range quoted.FindAllStringSubmatch(body, -1) {
		word := m[1]
		_, isTool := tools[word]
		line := command.FindStringSubmatch(word)
		switch {
		case line != nil:
			served = strings.Fields(line[1])
		case isTool:
			used = append(used, word)
		case !slices.Contains(sets, word) && !slices.Contains(flags, word):
			all = append(all, word+" is no tool, no toolset and no flag")
		}
	}
	for _, set := range served {
		if !slices.Contains(sets, set) {
			all = append(all, "there is no toolset "+set)
		}
	}
	if len(used) == 0 {
		all = append(all, "it names no tool")
	}
	for _, name := range used {
		if !slices.Contains(served, tools[name].Toolset) {
			all = append(all, name+" is in "+tools[name].Toolset+", which it does not say to serve")
		}
	}
	return all
}

func TestSkillProblems(t *testing.T) {
	t.Parallel()
	tools := promises{"get_thing": {Toolset: "things"}, "get_other": {Toolset: "others"}}
	for body, want := range map[string]string{
		"`pagerduty-mcp things`: `get_thing`, `others`, `--dry-run`": "",
		"`pagerduty-mcp things`: `get_thng`":                         "get_thng is no tool, no toolset and no flag; it names no tool",
		"`pagerduty-mcp thngs`: `get_thing`":                         "there is no toolset thngs; get_thing is in things, which it does not say to serve",
		"`pagerduty-mcp things`: `get_other`":                        "get_other is in others, which it does not say to serve",
	} {
		if got := strings.Join(problems(body, tools), "; "); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}
