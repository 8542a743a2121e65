package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

// costOfAll is where the README says what all definitions cost.
var costOfAll = regexp.MustCompile(`less than [\d,]+ tokens of context`)

// TestTokensInReadme holds the README's figure: the next round one.
func TestTokensInReadme(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "README.md")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all := 0
	for _, made := range rig.Tools() {
		all += tokens(t, definition(t, made))
	}
	round := (all/500 + 1) * 500
	want := fmt.Sprintf("less than %d,%03d tokens of context", round/1000, round%1000)
	if rig.Updating() {
		if err := os.WriteFile(path, costOfAll.ReplaceAll(data, []byte(want)), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if said := costOfAll.FindAllString(string(data), -1); !slices.Equal(said, []string{want}) {
		t.Errorf("README.md says %q, want %q once; run: task update", said, want)
	}
}

// TestTokensDocument holds the figures in docs/tokens.md.
func TestTokensDocument(t *testing.T) {
	t.Parallel()
	rig.Part(t, "../../docs/tokens.md", "figures", figures(t))
}

func figures(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("\n## Definitions\n\nName, description and input schema:\n\n| tools | tokens |\n|---|---|\n")
	all, readers, count, readerCount := 0, 0, 0, 0
	for _, set := range toolsets.All() {
		sum := 0
		for _, made := range set.Tools {
			n := tokens(t, definition(t, made))
			sum += n
			count++
			if made.Access().ReadOnly() {
				readers += n
				readerCount++
			}
		}
		all += sum
		fmt.Fprintf(&b, "| `%s`, %d tools | %d |\n", set.Name, len(set.Tools), sum)
	}
	fmt.Fprintf(&b, "| all %d | %d |\n| the %d that only read | %d |\n", count, all, readerCount, readers)

	b.WriteString("\n## Answers\n\n| answer | tokens | as a table | folded |\n|---|---|---|---|\n")
	r := rig.New(t)
	r.Grow(1000)
	for _, c := range []struct {
		tool, name string
		arguments  map[string]any
	}{
		{"list_incidents", "incidents", nil},
		{"list_incidents", "incidents", map[string]any{"limit": 1000, "date_range": "all"}},
		{"list_services", "services", nil},
		{"list_users", "users", nil},
		{"list_schedules", "schedules", nil},
		{"list_escalation_policies", "escalation_policies", nil},
		{"list_oncalls", "oncalls", nil},
	} {
		text, isError := r.Call(t, c.tool, c.arguments)
		var answer map[string]any
		if err := json.Unmarshal([]byte(text), &answer); isError || err != nil {
			t.Fatalf("%s: %s", c.tool, text)
		}
		records := answer[c.name].([]any)
		objects := tokens(t, text)
		var saved []any
		for _, flat := range []bool{false, true} {
			answer[c.name] = table(records, flat)
			data, err := json.Marshal(answer)
			if err != nil {
				t.Fatal(err)
			}
			saved = append(saved, 100-100*tokens(t, string(data))/objects)
		}
		fmt.Fprintf(&b, "| %d %s | %d | %d %% less | %d %% less |\n", len(records), strings.ReplaceAll(c.name, "_", " "), objects, saved[0], saved[1])
	}
	b.WriteString("\n## Briefs\n\nOne call in place of many; what they cost in time is in [performance.md](performance.md).\n\n| call | tokens |\n|---|---|\n")
	for _, brief := range rig.Briefs() {
		n := tokens(t, rig.CostOf(t, brief.Tool, brief.Arguments).Answer)
		if n > brief.Tokens {
			t.Errorf("%s %s costs %d tokens, not %d at most", brief.Tool, brief.Arguments, n, brief.Tokens)
		}
		fmt.Fprintf(&b, "| `%s` `%s` | %d |\n", brief.Tool, brief.Arguments, n)
	}
	b.WriteString("\n")
	return b.String()
}
