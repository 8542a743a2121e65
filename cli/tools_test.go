package cli_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

// ran runs the program, inside, with nothing on standard input.
func ran(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	return inside(t, bare(env...), "", args...)
}

// TestTools shows the tools of toolsets.
func TestTools(t *testing.T) {
	t.Parallel()
	var answer struct {
		Tools []struct {
			Name, Access, Toolset, Description string
			Tokens                             int
			Arguments                          json.RawMessage
		}
		Count, Tokens int
	}
	code, stdout, stderr := ran(t, nil, "tools", "incidents", "oncall", "--verbose")
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil || code != 0 || stderr != "" {
		t.Fatalf("%d, %v: %s%s", code, err, stdout, stderr)
	}
	var names []string
	sum := 0
	for _, each := range answer.Tools {
		names, sum = append(names, each.Name), sum+each.Tokens
		if each.Tokens < 20 || each.Description == "" || each.Access != "read" && each.Access != "write" || !strings.HasPrefix(string(each.Arguments), `{"type":"object"`) {
			t.Errorf("%+v", each)
		}
	}
	// They are those that a model sees.
	_, served, _ := run{args: []string{"pagerduty-mcp", "incidents", "oncall", "--sandbox", "--enable-write-tools"}, stdin: hello + list}.do(t)
	model := toolNames(t, served)
	slices.Sort(names)
	slices.Sort(model)
	if !slices.Equal(names, model) || answer.Tokens != sum || answer.Count != len(names) {
		t.Errorf("it shows %v, a model sees %v; %d tokens, in all %d", names, model, sum, answer.Tokens)
	}
}

// TestToolsForms prints the tools in other forms, and narrowed.
func TestToolsForms(t *testing.T) {
	t.Parallel()
	all := 0
	for _, set := range toolsets.All() {
		all += len(set.Tools)
	}
	for line, c := range map[string]struct {
		env    string
		code   int
		lines  int // of stdout that begin with a tool's row
		prefix string
		has    string
	}{
		"tools -o markdown":                                      {"", 0, all, "| `", "\n### `oncall`\n\nFor: "},
		"tools services -o table":                                {"", 0, 2, "list_services ,get_service ", "Tokens are estimated: tokenizers differ."},
		"tools services -o csv":                                  {"", 0, 4, "list_,get_,create_,update_", "name,access,tokens,description,toolset\n"},
		"tools services --verbose -o table":                      {"", 0, 1, "list_services (read", "\n    service_id "},
		"tools services --verbose -o markdown":                   {"", 0, 4, "#### `", "| `service_id` | service | required |  | Name or id |\n"},
		"tools -o jsonl --tools list_teams,get_team":             {"", 0, 2, `{"name":`, `"toolset":"people"`},
		"tools -o jsonl services --exclude-tools create_service": {"", 0, 3, `{"name":`, `"toolset":"services"`},
		"tools -o jsonl oncall services":                         {"PAGERDUTY_MCP_TOOLSETS=people", 0, 13, `{"name":`, `"toolset":"oncall"`},
		"tools -o jsonl":                                         {"", 0, all, `{"name":`, `"also_called":["`},
		"tools -o  jsonl":                                        {"PAGERDUTY_MCP_TOOLSETS=services", 0, 4, `{"name":`, `"toolset":"services"`},
		"tools nosuch":                                           {"", 2, 0, "x", `there is no toolset or command "nosuch"`},
		"tools services --tools list_teams":                      {"", 2, 0, "x", "list_teams is in the toolset people, which is not loaded"},
		"tools -o ids":                                           {"", 2, 0, "x", "tools have no ids; use table, json, jsonl, csv or markdown"},
	} {
		t.Run(line+" "+c.env, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := ran(t, []string{c.env}, strings.Fields(line)...)
			found := 0
			for row := range strings.Lines(stdout) {
				if slices.ContainsFunc(strings.Split(c.prefix, ","), func(prefix string) bool { return strings.HasPrefix(row, prefix) }) {
					found++
				}
			}
			if code != c.code || found != c.lines || !strings.Contains(stdout+stderr, c.has) {
				t.Errorf("exit code %d, %d rows, want %d and %d; %s%s", code, found, c.code, c.lines, stdout, stderr)
			}
		})
	}
}
