package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// TestToolsReference holds the pages of docs/tools: a table of all tools, prompts and
// resources, and a page for each toolset with the arguments of its tools, a call of each,
// and what the simulated account answers to it.
func TestToolsReference(t *testing.T) {
	t.Parallel()
	sets := toolsets.All()
	files := []string{"README.md"}
	var all, index strings.Builder
	for _, set := range sets {
		files = append(files, set.Name+".md")
		fmt.Fprintf(&index, "\n## [`%s`](%s.md)\n\nFor: %s.\n\n", set.Name, set.Name, set.Holds)
		setMarkdown(&index, set, func(each tool.Tool) string { return set.Name + ".md#" + each.Name() })
		var page strings.Builder
		fmt.Fprintf(&page, "# `%s`\n\nFor: %s. Serve it with `pagerduty-mcp %s`, alone or with [other toolsets](README.md).\n\n", set.Name, set.Holds, set.Name)
		setMarkdown(&page, set, func(each tool.Tool) string { return "#" + each.Name() })
		for _, each := range set.Tools {
			fmt.Fprintf(&page, "\n## `%s`\n", each.Name())
			toolMarkdown(&page, each)
			page.WriteString(exampleAnswer(t, set.Name, each))
		}
		rig.Golden(t, "../docs/tools/"+set.Name+".md", []byte(page.String()))
	}
	readers := 0
	for _, each := range rig.Tools() {
		if each.Access().ReadOnly() {
			readers++
		}
	}
	fmt.Fprintf(&all, "# Tools\n\n%d tools, %d of them read-only; the others need `--%s`. The pages of the toolsets have their arguments, a call of each, "+
		"and what the simulated account answers to it; `pagerduty-mcp tools` and `pagerduty-mcp help TOOL` show the same at a terminal. "+
		"All pages here are written by `task update`.\n", len(rig.Tools()), readers, flagWrite)
	all.WriteString(index.String() + promptsMarkdown(sets))
	rig.Golden(t, "../docs/tools/README.md", []byte(all.String()))
	rig.OnlyFiles(t, "../docs/tools", files)
}

// promptsMarkdown is a table of prompts and resources.
func promptsMarkdown(sets []tool.Set) string {
	var b strings.Builder
	b.WriteString("\n## Prompts and resources\n\nPeople pick prompts and attach resources in clients that have menus for them; " +
		"they are there when the tools they use are loaded, and their arguments are completed from names in the account.\n\n" +
		"| | needs | what it is for |\n|---|---|---|\n")
	for _, set := range sets {
		for _, p := range set.Prompts {
			needs := "`" + strings.Join(p.Needs, "`, `") + "`"
			if len(p.Unless) > 0 {
				needs += ", without `" + strings.Join(p.Unless, "`, `") + "`"
			}
			fmt.Fprintf(&b, "| prompt `%s` | %s | %s |\n", p.Name, needs, p.Description)
		}
	}
	for _, set := range sets {
		for _, r := range set.Resources {
			fmt.Fprintf(&b, "| resource `%s` | `%s` | %s |\n", r.URI, r.Tool, r.Description)
		}
	}
	return b.String()
}

// exampleAnswer is the answer to the call that a tool's page shows, shortened.
func exampleAnswer(t *testing.T, set string, each tool.Tool) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "toolsets", set, "testdata", "answers", each.Name()+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var made []struct{ Answer json.RawMessage }
	shown := toolsets.Examples(each)
	if err := json.Unmarshal(data, &made); err != nil || len(made) != len(shown) {
		t.Fatalf("%s: %d answers to %d examples, %v", each.Name(), len(made), len(shown), err)
	}
	for i, example := range shown {
		if _, ok := commandLine(each.Name(), each, example); ok {
			var b strings.Builder
			shorten(&b, made[i].Answer, "", 2)
			return "\n```jsonc\n" + b.String() + "\n```\n"
		}
	}
	t.Errorf("%s has no example that can be typed", each.Name())
	return ""
}

// shorten writes JSON for a person: what is short on a line, long texts cut, and of lists
// the first elements, as many as most.
func shorten(b *strings.Builder, data json.RawMessage, indent string, most int) {
	const width, longest = 100, 120
	var compact bytes.Buffer
	if err := json.Compact(&compact, data); err != nil {
		panic(err) // it was valid before
	}
	text := compact.String()
	opening := text[0]
	switch {
	case opening == '"' && len([]rune(text)) > longest:
		b.WriteString(string([]rune(text)[:longest-2]) + "…\"")
		return
	case len(text)+len(indent) <= width || opening != '{' && opening != '[':
		b.WriteString(text)
		return
	}
	inner := indent + "  "
	decoder := json.NewDecoder(&compact)
	_, _ = decoder.Token()
	b.WriteByte(opening)
	for n := 0; decoder.More(); n++ {
		if opening == '[' && n == most {
			more := 0
			for ; decoder.More(); more++ {
				var skipped json.RawMessage
				_ = decoder.Decode(&skipped)
			}
			fmt.Fprintf(b, " // and %d more", more)
			break
		}
		if n > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n" + inner)
		if opening == '{' {
			name, _ := decoder.Token()
			fmt.Fprintf(b, "%q: ", name)
		}
		var value json.RawMessage
		_ = decoder.Decode(&value)
		shorten(b, value, inner, most)
	}
	b.WriteString("\n" + indent + map[byte]string{'{': "}", '[': "]"}[opening])
}
