package cli_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

// served runs a program to its end, says hello to it and asks for its tools.
func served(t *testing.T, path string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), path, args...)
	command.Env, command.Stdin = bare(), strings.NewReader(hello+list)
	out, err := command.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), string(out), string(exit.Stderr)
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0, string(out), ""
}

// readers are the names of the read-only tools of the sets, sorted.
func readers(sets ...string) []string {
	var names []string
	for _, set := range toolsets.All() {
		for _, tool := range set.Tools {
			if tool.Access().ReadOnly() && (sets == nil || slices.Contains(sets, set.Name)) {
				names = append(names, tool.Name())
			}
		}
	}
	slices.Sort(names)
	return names
}

// setNames are the names of all toolsets after a prefix, in order.
func setNames(prefix string) []string {
	var names []string
	for _, set := range toolsets.All() {
		names = append(names, prefix+set.Name)
	}
	return names
}

func checkTools(t *testing.T, stdout string, want []string) {
	t.Helper()
	got := toolNames(t, stdout)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got tools:\n%s", diff)
	}
}

func TestSeveralToolsets(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		"incidents people --sandbox":                             readers("incidents", "people"),
		"people --sandbox incidents":                             readers("incidents", "people"),
		"--sandbox people incidents people":                      readers("incidents", "people"),
		"services --sandbox -- aiops":                            readers("services", "aiops"),
		strings.Join(setNames(""), " ") + " --sandbox":           readers(),
		"all --sandbox":                                          readers(),
		"all people --sandbox":                                   readers(),
		"people all --sandbox":                                   readers(),
		"people incidents --sandbox --tools get_team":            {"get_team"},
		"people services --sandbox --tools get_service,get_team": {"get_service", "get_team"},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := inside(t, bare(), hello+list, strings.Fields(line)...)
			if code != 0 {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			checkTools(t, stdout, want)
		})
	}
}

// TestAnyOrder serves by each order of the same words and flags.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	parts := [][]string{{"people"}, {"aiops"}, {"--sandbox"}, {"--enable-write-tools"}, {"--exclude-tools", "get_team,delete_team"}}
	clock := regexp.MustCompile(`It is \w+, [\d-]+ [\d:]+`) // the instructions say what time it is
	_, want, _ := run{args: slices.Concat([]string{"pagerduty-mcp"}, slices.Concat(parts...)), stdin: hello + list}.do(t)
	if !clock.MatchString(want) {
		t.Fatalf("the instructions say no time: %s", want)
	}
	if names := toolNames(t, want); slices.Contains(names, "get_team") || !slices.Contains(names, "create_team") || !slices.Contains(names, "list_event_orchestrations") {
		t.Fatalf("tools are %v", names)
	}
	for order := range permutations(parts) {
		args := append([]string{"pagerduty-mcp"}, slices.Concat(order...)...)
		if code, stdout, stderr := (run{args: args, stdin: hello + list}).do(t); code != 0 || clock.ReplaceAllString(stdout, "") != clock.ReplaceAllString(want, "") || stderr != "" {
			t.Errorf("%q: exit code %d, %s, serves something else", args, code, stderr)
		}
	}
}

// permutations are all orders of the elements of list.
func permutations[T any](list []T) func(func([]T) bool) {
	return func(yield func([]T) bool) {
		var choose func(n int) bool
		choose = func(n int) bool {
			if n == len(list) {
				return yield(list)
			}
			for i := n; i < len(list); i++ {
				list[n], list[i] = list[i], list[n]
				more := choose(n + 1)
				list[n], list[i] = list[i], list[n]
				if !more {
					return false
				}
			}
			return true
		}
		choose(0)
	}
}

// TestWrongWords names toolsets, tools and commands that are not there.
func TestWrongWords(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"incidents peple":                            `no toolset or command "peple"; did you mean "people"? Toolsets: ` + strings.Join(setNames(""), ", ") + `, all. Other commands: call, `,
		"peple incidents":                            `did you mean "people"?`,
		"all now":                                    `no toolset or command "now". Toolsets`,
		"incidents,people":                           "give toolsets as words of their own: incidents people",
		"incidents call":                             "'call' is no toolset; give it alone: pagerduty-mcp call",
		"incidents list_oncalls":                     `"list_oncalls" is a tool of the toolset people`,
		"list_oncalls":                               "'people --tools list_oncalls'",
		"incidents –-sandbox":                        "write --sandbox",
		"incidents -sanbox":                          "did you mean --sandbox?",
		"incidents --args {}":                        "--args is a flag of 'pagerduty-mcp call', not of 'pagerduty-mcp incidents'",
		"incidents --call-timeout 30":                "a number with its unit, such as 30s",
		"incidents --tools list_services":            "list_services is in the toolset services, which is not loaded; name that one, too: incidents services",
		"people incidents --tools list_services":     "name that one, too: incidents people services",
		"incidents --exclude-tools list_services":    "list_services is in the toolset services, which is not loaded; leave it out",
		"people --tools list_incident":               `did you mean "list_incidents", of the toolset incidents?`,
		"people incidents --tools list_team":         `did you mean "list_teams", of the toolset people?`, // not list_team_members
		"incidents s":                                `no toolset or command "s". Toolsets`,
		"people incidents --tools get_tem":           `did you mean "get_team", of the toolset people?`,
		"people --tools list_teams,":                 "--tools names no tool where one is expected",
		"people --exclude-tools=":                    "--exclude-tools names no tool where one is expected",
		"call list_teams --exclude-tools list_teams": ": --exclude-tools leaves list_teams out; take it from there",
		"call list_teams --tools get_team":           ": --tools leaves list_teams out; name it there, too",
		"call list_teams --tools create_team":        "create_team changes PagerDuty; add --enable-write-tools",
		"call create_team name=x":                    "create_team changes PagerDuty; add --enable-write-tools",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := inside(t, bare(), hello+list, append(strings.Split(line, " "), "--sandbox")...)
			if code != 2 || stdout != "" || !strings.Contains(stderr, want) {
				t.Errorf("exit code %d, stdout %q, stderr %q; want 2, nothing, and %q", code, stdout, stderr, want)
			}
		})
	}
}

// TestLinkNames starts the program under other names.
func TestLinkNames(t *testing.T) {
	t.Parallel()
	noSuch := func(name string) string { return `called "` + name + `", but there is no toolset` }
	for name, c := range map[string]struct {
		args string
		want []string // the tools that are served
		says string   // or what the refusal says
	}{
		"pagerduty-incidents":                    {args: "--sandbox", want: readers("incidents")},
		"pagerduty-services":                     {args: "--sandbox", want: readers("services")},
		"pagerduty-people.exe":                   {args: "--sandbox", want: readers("people")},
		"PagerDuty-AIOps":                        {args: "--sandbox", want: readers("aiops")},
		"pagerduty-all":                          {args: "--sandbox", want: readers()},
		"pagerduty-mcp":                          {args: "people --sandbox", want: readers("people")},
		"pagerduty-mcp.exe":                      {args: "people --sandbox", want: readers("people")},
		"pagerduty-mcp-linux-amd64":              {args: "people --sandbox", want: readers("people")},
		"pagerduty-mcp_1.2.3":                    {args: "people --sandbox", want: readers("people")},
		"pagerduty-mcp (1)":                      {args: "people --sandbox", want: readers("people")},
		"pagerduty-mcp2":                         {args: "people --sandbox", want: readers("people")},
		"main":                                   {args: "people --sandbox", want: readers("people")},
		"__debug_bin":                            {args: "people --sandbox", want: readers("people")},
		"pagerduty":                              {args: "people --sandbox", want: readers("people")},
		"my-pagerduty-incident":                  {args: "people --sandbox", want: readers("people")},
		"pagerduty-incident":                     {args: "--sandbox", says: noSuch("pagerduty-incident") + ` "incident"; did you mean pagerduty-incidents?`},
		"PagerDuty-Incident.EXE":                 {args: "incidents --sandbox", says: noSuch("pagerduty-incident")},
		"pagerduty-x":                            {args: "--sandbox", says: noSuch("pagerduty-x") + " \"x\"\nName it " + strings.Join(setNames("pagerduty-"), ", ") + " or pagerduty-all"},
		"pagerduty-call":                         {args: "list_teams --sandbox", says: noSuch("pagerduty-call")},
		"pagerduty-mcps":                         {args: "--version", says: noSuch("pagerduty-mcps")},
		"pagerduty-incidents-1.2.3":              {args: "--sandbox", says: "did you mean pagerduty-incidents?"},
		"pagerduty-":                             {args: "--sandbox", says: noSuch("pagerduty-")},
		filepath.Join("a", "pagerduty-services"): {args: "people --sandbox people", want: readers("services", "people")},
		filepath.Join("b", "pagerduty-all"):      {args: "people --sandbox", want: readers()},
		filepath.Join("c", "pagerduty-people"):   {args: "call --sandbox", says: "'call' is no toolset"},
	} {
		for how, make := range map[string]func(t *testing.T, path string){"link": link, "copy": duplicate} {
			if how == "copy" && !strings.Contains(name, "incident") && !strings.Contains(name, "_1.2.3") {
				continue // copies are large
			}
			t.Run(how+" "+name, func(t *testing.T) {
				t.Parallel()
				path := filepath.Join(t.TempDir(), name)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				make(t, path)
				code, stdout, stderr := served(t, path, strings.Fields(c.args)...)
				if c.says != "" {
					if code != 2 || stdout != "" || !strings.Contains(stderr, c.says) {
						t.Errorf("exit code %d, stdout %q, stderr %q; want 2, nothing, and %q", code, stdout, stderr, c.says)
					}
					return
				}
				if code != 0 {
					t.Fatalf("exit code %d: %s", code, stderr)
				}
				checkTools(t, stdout, c.want)
			})
		}
	}
}

func link(t *testing.T, path string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("symlinks need rights on Windows")
	}
	if err := os.Symlink(built(t), path); err != nil {
		t.Fatal(err)
	}
}

// duplicate copies the program. Another process does it: a program can't be
// started while a file descriptor that writes it is open, and processes that this
// one starts meanwhile would inherit ours.
func duplicate(t *testing.T, path string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there is no cp on Windows")
	}
	if out, err := exec.CommandContext(t.Context(), "cp", built(t), path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}
