package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// policyFile writes a policy.
func policyFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestFlagsForChangesThatCantBeMeant starts the program with flags that say nothing that
// could be held. It does not start.
func TestFlagsForChangesThatCantBeMeant(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"confirm":          {[]string{"--confirm", "sometimes"}, []string{`--confirm: "sometimes" is not allowed`, "risky, always or never"}},
		"rate":             {[]string{"--max-writes-per-minute", "-1"}, []string{"--max-writes-per-minute: -1 is out of range"}},
		"a word":           {[]string{"--allow", "ack,everything"}, []string{`--allow: "everything" is neither one of ack`}},
		"both":             {[]string{"--allow", "ack", "--policy", policyFile(t, "writes_per_hour: 1")}, []string{"--policy and --allow are both given"}},
		"no such file":     {[]string{"--policy", filepath.Join(t.TempDir(), "none")}, []string{"--policy: ", "none: "}},
		"a directory":      {[]string{"--policy", t.TempDir()}, []string{"it is a directory"}},
		"mistakes":         {[]string{"--policy", policyFile(t, "deny:\n  - tool: x\n  - tools: delete_teem\n")}, []string{"line 2: ", "line 3: ", "did you mean delete_team?"}},
		"no place for log": {[]string{"--audit-log", filepath.Join(t.TempDir(), "no", "log")}, []string{"--audit-log: ", "give a file that can be written"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, said := launch(t, nil, append([]string{"people", "--sandbox", "--enable-write-tools"}, c.args...)...)
			for _, want := range c.want {
				if code != 2 || out != "" || !strings.Contains(said, want) {
					t.Errorf("exit code %d, stdout %q: no %s in %s", code, out, want, said)
				}
			}
		})
	}
}

// TestFlagsForChanges has the flags do what they say, through the built program.
func TestFlagsForChanges(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		call string
		want string // part of the answer
	}{
		"held by default":   {nil, toolCall(11, "delete_team", `{"team_id":"Search"}`), "confirmation_needed"},
		"never":             {[]string{"--confirm", "never"}, toolCall(11, "delete_team", `{"team_id":"Search"}`), "The team still has"},
		"always":            {[]string{"--confirm", "always"}, toolCall(11, "update_team", `{"team_id":"Search","name":"x"}`), "this server asks before every change"},
		"rehearsed":         {[]string{"--dry-run"}, toolCall(11, "update_team", `{"team_id":"Search","name":"x"}`), `\"dry_run\":true`},
		"allowed":           {[]string{"--allow", "create_team"}, toolCall(11, "create_team", `{"name":"x"}`), `\"id\"`},
		"not allowed":       {[]string{"--allow", "create_team"}, toolCall(11, "update_team", `{"team_id":"Search","name":"x"}`), `update_team is not allowed: no rule of this server's policy allows it`},
		"denied":            {[]string{"--policy", policyFile(t, "deny:\n  - name: frozen\n    tools: '*_team'\n")}, toolCall(11, "create_team", `{"name":"x"}`), `the rule \"frozen\"`},
		"too many a minute": {[]string{"--max-writes-per-minute", "1"}, toolCall(10, "create_team", `{"name":"y"}`) + toolCall(11, "create_team", `{"name":"x"}`), "at most 1 changes a minute"},
		"as many as wanted": {[]string{"--max-writes-per-minute", "0"}, toolCall(10, "create_team", `{"name":"y"}`) + toolCall(11, "create_team", `{"name":"x"}`), `\"id\"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command := exec.CommandContext(t.Context(), built(t), append([]string{"people", "--sandbox", "--enable-write-tools"}, c.args...)...)
			command.Env, command.Stdin = bare(), strings.NewReader(hello+c.call)
			out, err := command.Output()
			if err != nil || !strings.Contains(strings.ReplaceAll(string(out), `\\"`, `\"`), c.want) {
				t.Errorf("%v: no %s in %s", err, c.want, out)
			}
		})
	}
}
