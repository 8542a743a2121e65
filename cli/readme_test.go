package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// countOfAll is where the README says in a sentence how many tools there are.
var countOfAll = regexp.MustCompile(`\bAll \d+ tools\b`)

// TestReadmeToolsets holds the README's table of toolsets, and its count of tools, against
// the registry.
func TestReadmeToolsets(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "README.md")
	var table strings.Builder
	table.WriteString("\n| toolset | for | tools |\n|---|---|---|\n")
	for _, set := range toolsets.All() {
		writers := 0
		for _, each := range set.Tools {
			if !each.Access().ReadOnly() {
				writers++
			}
		}
		fmt.Fprintf(&table, "| [`%s`](docs/tools/%s.md) | %s | %d, of which %d write |\n", set.Name, set.Name, set.Holds, len(set.Tools), writers)
	}
	rig.Part(t, path, "toolsets", table.String()+"\n")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	count := fmt.Sprintf("All %d tools", len(rig.Tools()))
	if rig.Updating() {
		if err := os.WriteFile(path, countOfAll.ReplaceAll(data, []byte(count)), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if said := countOfAll.FindAllString(string(data), -1); !slices.Equal(said, []string{count}) {
		t.Errorf("README.md says %q, want %q once; run: task update", said, count)
	}
}

// TestOtherNamesAreDocumented holds that the tables tell of them.
func TestOtherNamesAreDocumented(t *testing.T) {
	t.Parallel()
	made := tool.Read("get_metrics", "", "", func(context.Context, tool.Reading, struct{}) (string, error) { return "", nil }).Known("metrics", nil)
	if got := alsoCalled(made); got != " Also called `metrics`." {
		t.Errorf("%q", got)
	}
}

// TestCountsAreGenerated holds that no page says how many tools there are in a part
// that nothing writes anew.
func TestCountsAreGenerated(t *testing.T) {
	t.Parallel()
	pages := slices.DeleteFunc(AllPages(t), func(page string) bool { return strings.Contains(page, "docs/tools/") }) // all of it is generated
	typed := regexp.MustCompile(`\b\d+ (read-only )?tools\b|\b\d+ of them read-only\b`)
	for _, page := range pages {
		data, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(page)))
		if err != nil {
			t.Fatal(err)
		}
		text := countOfAll.ReplaceAllString(string(data), "") // the README's; see TestReadmeTables
		for _, part := range []string{"figures", "toolsets"} {
			before, rest, generated := strings.Cut(text, "<!-- "+part)
			if _, after, ended := strings.Cut(rest, "<!-- end of "+part+" -->"); generated && ended {
				text = before + after
			}
		}
		if said := typed.FindAllString(text, -1); said != nil {
			t.Errorf("%s says %q, which is wrong as soon as there is another tool: leave the number out", page, said)
		}
	}
}
