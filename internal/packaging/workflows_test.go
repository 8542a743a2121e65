package packaging_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	used   = regexp.MustCompile(`(?m)^\s*-? ?uses: (.*)$`)
	pinned = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+\.\d+)?$`)
	script = regexp.MustCompile(`(?m)^\s*-? ?run: (.*)$`)
)

// TestWorkflows holds that workflows use actions by their whole commits, have no rights
// but those they ask for, and put nothing that others wrote into a shell.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(root + "/.github/workflows/*.yml")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d workflows, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text, name := strings.ReplaceAll(string(data), "\r\n", "\n"), filepath.Base(file)
		if !strings.Contains(text, "\npermissions: { contents: read }\n") {
			t.Errorf("%s: the rights of its jobs are not narrowed to reading", name)
		}
		for _, m := range used.FindAllStringSubmatch(text, -1) {
			if !pinned.MatchString(m[1]) {
				t.Errorf("%s: %s is not pinned by commit, with the version behind it", name, m[1])
			}
		}
		for _, m := range script.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "${{") {
				t.Errorf("%s: the shell is given an expression: %s", name, m[1])
			}
		}
		if got, want := strings.Count(text, "persist-credentials: false"), strings.Count(text, "actions/checkout@"); got != want {
			t.Errorf("%s: %d of %d checkouts leave no token behind", name, got, want)
		}
		if strings.Contains(text, "pull_request_target") {
			t.Errorf("%s: pull requests of others run with this repository's rights", name)
		}
	}
}
