package cli

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// TestNamesAreUnique holds that no name means two tools.
func TestNamesAreUnique(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	note := func(name, of string) {
		if before, ok := seen[name]; ok {
			t.Errorf("%s means %s and %s", name, before, of)
		}
		seen[name] = of
	}
	for _, set := range toolsets.All() {
		for _, made := range set.Tools {
			note(made.Name(), made.Name())
			for _, alias := range made.Aliases() {
				note(alias.Name, made.Name())
			}
		}
	}
}

// setsWithAliases are two toolsets whose tools have other names.
func setsWithAliases() []tool.Set {
	type input struct {
		Group string `json:"group_by,omitzero" enum:"service,team"`
	}
	show := func(in input) (map[string]any, error) { return map[string]any{"group": in.Group}, nil }
	read := func(_ context.Context, _ tool.Reading, in input) (map[string]any, error) { return show(in) }
	write := func(_ context.Context, _ tool.Writing, in input) (map[string]any, error) { return show(in) }
	return []tool.Set{
		{Name: "metrics", Tools: []tool.Tool{
			tool.Read("get_metrics", "Get metrics", "", read).Known("get_metrics_by_team", map[string]any{"group_by": "team"}).Known("old_metrics", nil),
			tool.Delete("drop_metrics", "Drop metrics", "", write).Known("delete_metrics", nil),
			tool.Read("count_metrics", "Count metrics", "", read),
		}},
		{Name: "other", Tools: []tool.Tool{tool.Read("get_other", "Get other", "", read).Known("old_other", nil)}},
	}
}

// TestNarrowByAliases names tools by other names of theirs.
func TestNarrowByAliases(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		only, without []string
		write         bool
		want          string // the tools that are left, or what the refusal says
	}{
		"only by alias":          {only: []string{"get_metrics_by_team"}, want: "get_metrics"},
		"only by alias and name": {only: []string{"old_metrics", "get_metrics", "old_other"}, want: "get_metrics get_other"},
		"all but, by alias":      {without: []string{"old_metrics"}, want: "drop_metrics count_metrics get_other"},
		"both":                   {only: []string{"get_metrics", "get_other"}, without: []string{"get_metrics_by_team"}, want: "get_other"},
		"none left":              {only: []string{"get_metrics"}, without: []string{"old_metrics"}, want: "leave no tool"},
		"a write":                {only: []string{"delete_metrics"}, want: "--tools: delete_metrics changes PagerDuty; add --enable-write-tools"},
		"a write that may":       {only: []string{"delete_metrics"}, write: true, want: "drop_metrics"},
		"nearly an alias":        {only: []string{"old_othr"}, want: `did you mean "old_other", of the toolset other?`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			left, err := narrow(setsWithAliases(), naming{"--tools", "tools", c.only}, naming{"--exclude-tools", "exclude-tools", c.without}, c.write)
			var names []string
			for _, set := range left {
				for _, made := range set.Tools {
					names = append(names, made.Name())
				}
			}
			if got := strings.Join(names, " "); err == nil && got != c.want || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("left is %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

// TestCallByAlias calls tools by other names of theirs.
func TestCallByAlias(t *testing.T) {
	// Not beside other runs: urfave/cli has its help flag in a global variable.
	for name, c := range map[string]struct {
		line string
		code int
		want string
	}{
		"with what it fixes":    {"get_metrics_by_team", 0, `{"group":"team"}`},
		"without":               {"old_metrics group_by=service", 0, `{"group":"service"}`},
		"against what it fixes": {"get_metrics_by_team group_by=service", 2, "stands for group_by"},
		"a write":               {"delete_metrics", 2, "delete_metrics changes PagerDuty; add --enable-write-tools"},
		"a write that may":      {"delete_metrics group_by=team --enable-write-tools", 0, `{"group":"team"}`},
		"excluded by its name":  {"old_metrics --exclude-tools get_metrics", 2, "leaves old_metrics out"},
		"excluded by another":   {"old_metrics --exclude-tools get_metrics_by_team", 2, "leaves old_metrics out"},
		"not among":             {"old_metrics --tools old_other", 2, "leaves old_metrics out"},
		"among":                 {"old_metrics --tools get_metrics_by_team", 0, `{"group":`},
		"nearly":                {"old_metric", 2, `did you mean "old_metrics"?`},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			p := Process{
				Build: Build{Version: "1"}, Args: append([]string{"pagerduty-mcp", "call", "--sandbox"}, strings.Fields(c.line)...),
				Getenv: func(string) string { return "" }, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs,
			}
			code := report(p, runApp(t.Context(), p, setsWithAliases()))
			if code != c.code || !strings.Contains(out.String()+errs.String(), c.want) || (code == 0) != (errs.Len() == 0) {
				t.Errorf("exit code %d, stdout %q, stderr %q; want %d and %q", code, out.String(), errs.String(), c.code, c.want)
			}
		})
	}
}

// TestAliasesAreNotOffered looks that what is listed for a person are the
// tools' own names.
func TestAliasesAreNotOffered(t *testing.T) {
	t.Parallel()
	if names := toolNames(setsWithAliases()); slices.Contains(names, "old_metrics") || len(names) != 4 {
		t.Errorf("%v", names)
	}
}
