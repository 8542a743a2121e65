package cli_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/cli"
)

// TestVariables serves what variables name, and what flags name in their place.
func TestVariables(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env    string // with blanks between
		args   string
		has    string // tools
		hasNot string
		count  int // of the tools; 0 for any
	}{
		"toolsets":                   {"TOOLSETS=services,oncall", "", "list_services get_handoff", "list_incidents create_service", 0},
		"a command wins":             {"TOOLSETS=services,oncall", "incidents", "list_incidents", "list_services", 0},
		"all":                        {"TOOLSETS=all", "", "list_incidents list_services", "create_service", 0},
		"tools":                      {"TOOLS=get_incident,list_oncalls", "all", "get_incident list_oncalls", "", 2},
		"a flag wins":                {"TOOLS=get_incident,list_oncalls", "all --tools get_team", "get_team", "", 1},
		"excluded":                   {"EXCLUDE_TOOLS=list_incidents", "incidents", "get_incident", "list_incidents", 0},
		"a flag wins over excluding": {"EXCLUDE_TOOLS=list_incidents", "incidents --exclude-tools get_incident", "list_incidents", "get_incident", 0},
		"writes":                     {"ENABLE_WRITE_TOOLS=true", "incidents", "create_incident", "", 0},
		"writes, 1":                  {"ENABLE_WRITE_TOOLS=1", "incidents", "create_incident", "", 0},
		"no writes":                  {"ENABLE_WRITE_TOOLS=False", "incidents", "get_incident", "create_incident", 0},
		"a flag wins over writes":    {"ENABLE_WRITE_TOOLS=true", "incidents --enable-write-tools=false", "get_incident", "create_incident", 0},
		"empty":                      {"ENABLE_WRITE_TOOLS= TOOLS= EXCLUDE_TOOLS= TOOLSETS=", "incidents", "get_incident list_incidents", "create_incident", 0},
		"together":                   {"TOOLSETS=incidents ENABLE_WRITE_TOOLS=true EXCLUDE_TOOLS=create_incident", "", "manage_incidents", "create_incident", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{}
			for _, pair := range strings.Fields(c.env) {
				key, value, _ := strings.Cut(pair, "=")
				env["PAGERDUTY_MCP_"+key] = value
			}
			code, stdout, stderr := run{args: append([]string{"pagerduty-mcp", "--sandbox"}, strings.Fields(c.args)...), env: env, stdin: hello + list}.do(t)
			if code != 0 || stderr != "" {
				t.Fatalf("exit code %d, %s", code, stderr)
			}
			names := toolNames(t, stdout)
			for _, want := range strings.Fields(c.has) {
				if !slices.Contains(names, want) {
					t.Errorf("%s is not among %v", want, names)
				}
			}
			for _, not := range strings.Fields(c.hasNot) {
				if slices.Contains(names, not) {
					t.Errorf("%s is among %v", not, names)
				}
			}
			if c.count != 0 && len(names) != c.count {
				t.Errorf("%v", names)
			}
		})
	}
}

// TestWrongVariables says which variable is wrong.
func TestWrongVariables(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ variable, value, args, want string }{
		"no toolset":          {"TOOLSETS", "incident", "--sandbox", `PAGERDUTY_MCP_TOOLSETS: there is no toolset or command "incident"; did you mean "incidents"?`},
		"neither yes nor no":  {"ENABLE_WRITE_TOOLS", "maybe", "incidents --sandbox", `PAGERDUTY_MCP_ENABLE_WRITE_TOOLS: "maybe" is neither true nor false`},
		"no tool":             {"TOOLS", "list_incident", "incidents --sandbox", `PAGERDUTY_MCP_TOOLS: there is no tool "list_incident"; did you mean "list_incidents"`},
		"another set's":       {"TOOLS", "list_services", "incidents --sandbox", "PAGERDUTY_MCP_TOOLS: list_services is in the toolset services, which is not loaded; name that one, too: incidents services"},
		"another set's, flag": {"TOOLS", "", "incidents --sandbox --tools list_services", "--tools: list_services is in the toolset services, which is not loaded"},
		"a write":             {"TOOLS", "create_incident", "incidents --sandbox", "PAGERDUTY_MCP_TOOLS: create_incident changes PagerDuty; add --enable-write-tools"},
		"none left":           {"EXCLUDE_TOOLS", "get_team", "people --sandbox --tools get_team", "--tools and PAGERDUTY_MCP_EXCLUDE_TOOLS leave no tool"},
		"a call":              {"EXCLUDE_TOOLS", "get_incident", "call get_incident 4711 --sandbox", ": PAGERDUTY_MCP_EXCLUDE_TOOLS leaves get_incident out"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := run{args: append([]string{"pagerduty-mcp"}, strings.Fields(c.args)...), env: map[string]string{"PAGERDUTY_MCP_" + c.variable: c.value}}.do(t)
			if code != 2 || stdout != "" || !strings.Contains(stderr, c.want) {
				t.Errorf("exit code %d, %q, %q; want 2 and %q", code, stdout, stderr, c.want)
			}
		})
	}
}

// TestMistypedLines answers what people mistype, through the program itself.
func TestMistypedLines(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"incidents -sanbox":                              "there is no flag -sanbox; did you mean --sandbox?\nRun 'pagerduty-mcp incidents --help'",
		"-sanbox incidents":                              "there is no flag -sanbox; did you mean --sandbox?",
		"incidents --sandbox --call-timeout 45":          `--call-timeout: "45" is not a duration; give a number with its unit, such as 45s`,
		"incidents --sandbox --call-timeout soon":        `--call-timeout: "soon" is not a duration; give a number with its unit, such as 30s, 500ms or 2m`,
		"incidents --sandbox --tools list_services":      "--tools: list_services is in the toolset services, which is not loaded; name that one, too: incidents services",
		"incidents --sandbox --tools list_servces":       `did you mean "list_services", of the toolset services?`,
		"--enable_write_tool incidents":                  "did you mean --enable-write-tools?",
		"cal list_incidents":                             `there is no toolset or command "cal"; did you mean "call"?`,
		"list_incidents":                                 "to serve it: 'incidents --tools list_incidents', to call it: 'call list_incidents'",
		"help nosuch":                                    `there is no toolset or command "nosuch"`,
		"help list_incident":                             `there is no toolset or command "list_incident"`,
		"call list_incidents --call-timeout 5 --sandbox": `--call-timeout: "5" is not a duration; give a number with its unit, such as 5s`,
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := ran(t, nil, strings.Fields(line)...)
			if code != 2 || stdout != "" || !strings.Contains(stderr, want) {
				t.Errorf("exit code %d, %q, %q; want 2 and %q", code, stdout, stderr, want)
			}
		})
	}
}

// TestHelpAndVersionAreCommands compares the commands with the flags.
func TestHelpAndVersionAreCommands(t *testing.T) {
	t.Parallel()
	for command, flag := range map[string]string{
		"version": "--version", "help": "--help", "help call": "call --help", "help incidents": "incidents --help", "help sandbox": "sandbox --help",
		"help get_incident": "call get_incident --help", "help tools": "tools -h",
	} {
		code, stdout, stderr := ran(t, nil, strings.Fields(command)...)
		_, want, _ := ran(t, nil, strings.Fields(flag)...)
		if code != 0 || stderr != "" || stdout != want || len(stdout) < 20 {
			t.Errorf("%s: exit code %d, %s\n%s\nwant\n%s", command, code, stderr, stdout, want)
		}
	}
}

// TestMisspelledVariables warns of them, without their values.
func TestMisspelledVariables(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	code := cli.Run(t.Context(), cli.Process{
		Args: []string{"pagerduty-mcp", "call", "list_teams", "--sandbox", "-o", "ids"}, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
		Getenv: func(string) string { return "" },
		Environ: func() []string {
			return []string{"PAGERDUTY_MCP_EXCLUDE_TOOL=value", "PAGERDUTY_MCP_LOCKDOWN=value", "PAGERDUTY_MCP_TOOLS=", "PAGERDUTY_MCP_KEYCHAIN=off", "PATH=/bin"}
		},
	})
	want := "pagerduty-mcp: warning: there is no variable PAGERDUTY_MCP_EXCLUDE_TOOL, and nothing heeds it; did you mean PAGERDUTY_MCP_EXCLUDE_TOOLS?\n" +
		"pagerduty-mcp: warning: there is no variable PAGERDUTY_MCP_LOCKDOWN, and nothing heeds it; those there are: PAGERDUTY_MCP_TOOLSETS, PAGERDUTY_MCP_TOOLS, PAGERDUTY_MCP_EXCLUDE_TOOLS, PAGERDUTY_MCP_ENABLE_WRITE_TOOLS, PAGERDUTY_MCP_KEYCHAIN\n"
	if code != 0 || stdout.Len() == 0 || stderr.String() != want {
		t.Errorf("exit code %d, %q, want %q", code, &stderr, want)
	}
}
