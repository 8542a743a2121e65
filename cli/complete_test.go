//go:build unix

package cli_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestComplete looks at what the scripts of the shells are handed.
func TestComplete(t *testing.T) {
	t.Parallel()
	for line, c := range map[string]struct {
		all    string // all there is, in order
		some   string // some of what there is
		hasNot string
	}{
		"":                                {some: "incidents all call tools sandbox completion help version", hasNot: "__complete"},
		"inc":                             {all: "incidents"},
		"incidents ":                      {all: "services people aiops response oncall"},
		"incidents people --sandbox o":    {all: "oncall"},
		"-":                               {some: "--sandbox --tools --help --version", hasNot: "--jq"},
		"call -":                          {some: "--sandbox --jq --output --yes --args", hasNot: "--limit"},
		"call list_inc":                   {some: "list_incidents list_incident_notes list_incident_change_events", hasNot: "list_services"},
		"--sandbox call triage":           {all: "triage_incident"},
		"call list_prio":                  {all: "list_priorities"},
		"call list_incidents ":            {some: "triggered acknowledged resolved status= since= limit="},
		"call list_incidents since=24h s": {all: "status= service_ids= sort_by="},
		"call list_incidents status=":     {all: "status=triggered status=acknowledged status=resolved"},
		"call list_incidents status=triggered stat":   {all: "status="},
		"call list_incidents urgencies=h":             {all: "urgencies=high"},
		"call list_incidents total=":                  {all: "total=true total=false"},
		"call list_incidents nosuch=":                 {},
		"call list_incidents --st":                    {all: "--status"},
		"call list_incidents --status ":               {all: "triggered acknowledged resolved"},
		"call list_incidents --status=a":              {all: "--status=acknowledged"},
		"call list_incidents -":                       {some: "--status --team-ids --output --jq"},
		"call list_incidents -o ":                     {all: "table json jsonl csv markdown ids"},
		"call list_incidents --limit ":                {},
		"call get_incident 4711 inc":                  {all: "include="},
		`call list_incidents "status=trig`:            {all: "status=triggered"},
		"call nosuch ":                                {},
		"incidents --tools get_out":                   {all: "get_outlier_incident"},
		"incidents --tools=list_teams,get_user":       {all: "--tools=list_teams,get_user_data"},
		"all --exclude-tools list_teams,get_user":     {all: "list_teams,get_user_data"},
		"incidents --confirm ":                        {all: "risky always never"},
		"incidents --log-level d":                     {all: "debug"},
		"sandbox --scenario ":                         {some: "demo quiet storm"},
		"sandbox ":                                    {},
		"tools --verbose on":                          {all: "oncall"},
		"help ":                                       {some: "call incidents triage_incident"},
		"completion ":                                 {all: "bash zsh fish powershell"},
		"completion bash ":                            {},
		"configure ":                                  {some: "claude-code claude-desktop cursor vscode windsurf zed codex gemini goose jetbrains cline opencode"},
		"configure cl":                                {all: "claude-code claude-desktop cline"},
		"configure zed ":                              {},
		"configure zed --scope ":                      {all: "user project"},
		"configure zed --toolsets incidents,resp":     {all: "incidents,response"},
		"configure vscode --key-from ":                {all: "stored file environment prompt"},
		"auth ":                                       {all: "login status logout"},
		"auth login ":                                 {},
		"doctor on":                                   {all: "oncall"},
		"doctor -o ":                                  {all: "text json"},
		"tools -o ":                                   {all: "table json jsonl csv markdown"},
		"watch --urgency ":                            {all: "high low"},
		"incidents --allow ":                          {some: "ack note resolve manage_incidents"},
		"incidents --allow=ack,no":                    {all: "--allow=ack,note"},
		"nosuch ":                                     {},
		"call --jq .x":                                {},
		"version ":                                    {},
		`call add_note_to_incident 4711 "two words" `: {},
		`call add_note_to_incident 4711 `:             {all: "note="},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			for how, args := range map[string][]string{"in all": {"--line", "pagerduty-mcp " + line}, "taken apart": strings.Split(line, " ")} {
				if how == "taken apart" && strings.Contains(line, `"`) {
					continue
				}
				code, stdout, stderr := run{args: append([]string{"pagerduty-mcp", "__complete"}, args...)}.do(t)
				var words []string
				for row := range strings.Lines(stdout) {
					word, _, _ := strings.Cut(row, "\t")
					words = append(words, word)
				}
				if code != 0 || stderr != "" || c.some == "" && strings.Join(words, " ") != c.all || c.hasNot != "" && slices.Contains(words, c.hasNot) {
					t.Errorf("%s: exit code %d, %q, %s", how, code, words, stderr)
				}
				for _, want := range strings.Fields(c.some) {
					if !slices.Contains(words, want) {
						t.Errorf("%s: %q is not among %q", how, want, words)
					}
				}
			}
		})
	}
}

// completed are lines that are typed, up to the tab, and what a shell makes of them.
var completed = map[string]string{
	"pagerduty-mcp call triage":                               "pagerduty-mcp call triage_incident ",
	"pagerduty-mcp call list_incidents status=tr":             "pagerduty-mcp call list_incidents status=triggered",
	"pagerduty-mcp call list_incidents --urgen":               "pagerduty-mcp call list_incidents --urgencies ",
	"pagerduty-mcp call list_incidents --urgencies h":         "pagerduty-mcp call list_incidents --urgencies high",
	"pagerduty-mcp call get_incident 4711 inc":                "pagerduty-mcp call get_incident 4711 include=",
	"pagerduty-mcp incidents --exclude-tools=get_team,get_us": "pagerduty-mcp incidents --exclude-tools=get_team,get_user_data",
	"pagerduty-mcp vers":                                      "pagerduty-mcp version",
}

// TestCompletionInShells types lines in shells, and a tab.
func TestCompletionInShells(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"bash": {"--norc", "--noprofile", "-i"}, "zsh": {"-f", "-i"}} {
		for typed, want := range completed {
			t.Run(name+"/"+typed, func(t *testing.T) {
				t.Parallel()
				path := shell(t, name)
				home := t.TempDir()
				env := []string{"PATH=" + filepath.Dir(built(t)) + ":/usr/bin:/bin", "HOME=" + home, "ZDOTDIR=" + home, "PS1=ready> ", "TERM=dumb", "PROMPT_EOL_MARK="}
				x := atTerminalOf(t, 200, 50, env, path, args...)
				x.shows("ready> ")
				x.types("source <(pagerduty-mcp completion " + name + "); echo loaded-$((1+1))\r")
				x.shows("loaded-2")
				x.types(typed + "\t")
				x.shows(want)
				x.types("\x15exit\r")
			})
		}
	}
}

// TestCompletionInFish asks fish, which redraws its line for each key.
func TestCompletionInFish(t *testing.T) {
	t.Parallel()
	path := shell(t, "fish")
	for typed, want := range completed {
		t.Run(typed, func(t *testing.T) {
			t.Parallel()
			command := exec.CommandContext(t.Context(), path, "--no-config", "-c", "pagerduty-mcp completion fish | source; complete -C $argv[1]", "--", typed)
			command.Env = bare("PATH="+filepath.Dir(built(t))+":/usr/bin:/bin", "HOME="+t.TempDir())
			out, err := command.CombinedOutput()
			found, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\t")
			words := strings.Fields(want)
			if err != nil || found != words[len(words)-1] {
				t.Errorf("%v: %q, want %q", err, out, words[len(words)-1])
			}
		})
	}
}

// TestCompletionScripts prints them, and holds that PowerShell's is one that can be run
// where no PowerShell is there to run it.
func TestCompletionScripts(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		code, stdout, stderr := run{args: []string{"pagerduty-mcp", "completion", shell}}.do(t)
		if code != 0 || !strings.Contains(stdout, "__complete") || !strings.Contains(stdout, "pagerduty-mcp completion "+shell) || stderr != "" {
			t.Errorf("%s: %d %q %q", shell, code, stdout, stderr)
		}
	}
	for said, args := range map[string][]string{"which shell?": {}, `"tcsh" is no shell`: {"tcsh"}, `"bash zsh" is no shell`: {"bash", "zsh"}} {
		code, stdout, stderr := run{args: append([]string{"pagerduty-mcp", "completion"}, args...)}.do(t)
		if code != 2 || stdout != "" || !strings.Contains(stderr, said) || !strings.Contains(stderr, "pagerduty-mcp completion bash|zsh|fish|powershell") {
			t.Errorf("%v: %d %q %q", args, code, stdout, stderr)
		}
	}
}
