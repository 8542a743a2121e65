package rig

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// Tools are all tools of all toolsets, in order.
func Tools() []tool.Tool {
	var all []tool.Tool
	for _, set := range toolsets.All() {
		all = append(all, set.Tools...)
	}
	return all
}

// Examples are the example calls of a toolset's tools as its testdata/calls.json has
// them: the arguments, by the tool's name. They have placeholders, which [Rig.Fill] fills.
func Examples(t testing.TB, set string) map[string][]json.RawMessage {
	t.Helper()
	path := filepath.Join(root(t), "toolsets", set, "testdata", "calls.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var examples map[string][]json.RawMessage
	if err := json.Unmarshal(data, &examples); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return examples
}

// EachTool runs a test, in parallel, for every tool of every toolset. It is handed
// the tool's example calls, of which there is at least one.
func EachTool(t *testing.T, test func(t *testing.T, made tool.Tool, examples []json.RawMessage)) {
	t.Helper()
	for _, set := range toolsets.All() {
		eachTool(t, set, test)
	}
}

func eachTool(t *testing.T, set tool.Set, test func(t *testing.T, made tool.Tool, examples []json.RawMessage)) {
	t.Helper()
	examples := Examples(t, set.Name)
	for _, made := range set.Tools {
		t.Run(made.Name(), func(t *testing.T) {
			t.Parallel()
			if len(examples[made.Name()]) == 0 {
				t.Fatalf("toolsets/%s/testdata/calls.json has no call of %s", set.Name, made.Name())
			}
			test(t, made, examples[made.Name()])
		})
	}
}

var placeholder = regexp.MustCompile(`\$(\w+):([^$"]+)\$`)

// Fill replaces placeholders, as in $service:Payments API$ or $incident:4711$, by the
// ids that the account has for them.
func (r *Rig) Fill(t testing.TB, data []byte) json.RawMessage {
	t.Helper()
	return placeholder.ReplaceAllFunc(data, func(found []byte) []byte {
		m := placeholder.FindSubmatch(found)
		id := r.ID(string(m[1]), string(m[2]))
		if id == "" {
			t.Fatalf("the account has no %s", found)
		}
		return []byte(id)
	})
}

// root is the directory of the module, at or above the directory of the test. The
// modules in between, such as server/e2e, are not it.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if line, _, _ := bytes.Cut(data, []byte("\n")); err == nil && string(bytes.TrimSpace(line)) == "module github.com/PagerDuty/pagerduty-mcp" {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no directory above has the go.mod of github.com/PagerDuty/pagerduty-mcp")
		}
		dir = filepath.Dir(dir)
	}
}

// Some are a few of a tool's examples under the race detector (see [Race]), and all without.
func Some(examples []json.RawMessage) []json.RawMessage {
	if Race {
		return examples[:1]
	}
	return examples
}
