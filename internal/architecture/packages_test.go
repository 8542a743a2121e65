// Package architecture_test holds the house's arrows: which package may use which,
// and that none points up.
package architecture_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module = "github.com/PagerDuty/pagerduty-mcp"
	root   = "../.."
	mcpGo  = "github.com/mark3labs/mcp-go"
)

// packages are the module's packages, by their paths within it ("." is the
// program), each with what it imports on any system. Tests do not count.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && file != root {
			_, otherModule := os.Stat(filepath.Join(file, "go.mod"))
			if name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || otherModule == nil {
				return filepath.SkipDir
			}
		}
		if entry.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		dir = filepath.ToSlash(dir)
		imports[dir] = append([]string{}, imports[dir]...) // there, even if it imports nothing
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if !slices.Contains(imports[dir], imported) {
				imports[dir] = append(imports[dir], imported)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}

// arrows are the imports within the module.
func arrows(imports map[string][]string) graph {
	g := graph{}
	for from, all := range imports {
		g[from] = nil
		for _, imported := range all {
			if within, ok := strings.CutPrefix(imported, module+"/"); ok {
				g[from] = append(g[from], within)
			}
		}
		slices.Sort(g[from])
	}
	return g
}

// floors tell how high up in the house a package is; it may use only what is on a
// lower floor. The first row that fits counts.
var floors = []struct {
	pattern string // as in [path.Match]
	floor   int
}{
	{".", 90},
	{"cli", 80},
	{"cli/doctor", 75}, // looks at what the others of cli's packages keep
	{"cli/*", 70},
	{"server", 60},
	{"toolsets", 50},
	// A toolset is on floor 40. What several toolsets share is below them: see floorOf.
	{"toolsets/tool", 20},
	{"toolsets/tool/input", 18}, // what tools are made of, from the top down
	{"toolsets/tool/kind", 16},
	{"toolsets/tool/when", 14},
	{"toolsets/tool/wording", 12},
	{"toolsets/*", 40},
	{"pdapi", 10},
	// The simulated account is below the client of the API that it simulates, so that
	// it can't repeat a mistake of what it is used to test. See also [TestSandbox].
	{"pdapi/sandbox", 8},
	{"pdapi/sandbox/*", 7},
	{"pdapi/*", 5}, // what is PagerDuty's, and knows nothing of the rest
}

// floorOf is the floor of a package, or 0 if it has none.
func floorOf(g graph, pkg string) int {
	for _, row := range floors {
		if fits, _ := path.Match(row.pattern, pkg); fits {
			if row.floor == 40 && !slices.Contains(g["toolsets"], pkg) {
				return 30 // not a toolset, but something that toolsets share
			}
			return row.floor
		}
	}
	return 0
}

func forTests(pkg string) bool { return pkg == "internal" || strings.HasPrefix(pkg, "internal/") }

func isSandbox(pkg string) bool {
	return pkg == "pdapi/sandbox" || strings.HasPrefix(pkg, "pdapi/sandbox/")
}

// TestArrowsPointDown holds that a package uses only packages below it.
func TestArrowsPointDown(t *testing.T) {
	t.Parallel()
	for _, problem := range pointUp(arrows(packages(t))) {
		t.Error(problem)
	}
}

func pointUp(g graph) (problems []string) {
	for _, from := range slices.Sorted(maps.Keys(g)) {
		if forTests(from) {
			continue // what tests share may use everything
		}
		floor := floorOf(g, from)
		if floor == 0 {
			problems = append(problems, fmt.Sprintf("package %s has no floor; say in floors what it may use, and what may use it", from))
		}
		for _, to := range g[from] {
			switch {
			case forTests(to):
				problems = append(problems, fmt.Sprintf("%s uses %s, which is for tests", from, to))
			case floorOf(g, to) >= floor:
				problems = append(problems, fmt.Sprintf("%s uses %s, which is not below it", from, to))
			}
		}
	}
	return problems
}

// TestSandbox holds that whether an account is simulated is the command line's
// business, and the tests'.
func TestSandbox(t *testing.T) {
	t.Parallel()
	for _, problem := range usesOfSandbox(arrows(packages(t))) {
		t.Error(problem)
	}
}

func usesOfSandbox(g graph) (problems []string) {
	for _, from := range slices.Sorted(maps.Keys(g)) {
		for _, to := range g[from] {
			if isSandbox(to) && !isSandbox(from) && !forTests(from) && from != "cli" && !strings.HasPrefix(from, "cli/") {
				problems = append(problems, fmt.Sprintf("%s uses %s; only cli and tests may", from, to))
			}
		}
	}
	return problems
}

// TestOneKnowsMCP holds that tools, the client of PagerDuty's API and the command
// line do without mcp-go.
func TestOneKnowsMCP(t *testing.T) {
	t.Parallel()
	imports := packages(t)
	for _, problem := range usesOfMCP(imports) {
		t.Error(problem)
	}
	if !slices.ContainsFunc(imports["server"], isMCP) {
		t.Error("server does not use mcp-go, so this test looks for the wrong thing")
	}
}

func isMCP(imported string) bool { return imported == mcpGo || strings.HasPrefix(imported, mcpGo+"/") }

func usesOfMCP(imports map[string][]string) (problems []string) {
	for _, from := range slices.Sorted(maps.Keys(imports)) {
		if from != "server" && !forTests(from) && slices.ContainsFunc(imports[from], isMCP) {
			problems = append(problems, fmt.Sprintf("%s uses mcp-go; only server may", from))
		}
	}
	return problems
}

// TestTheRulesBite shows the rules a house that breaks them.
func TestTheRulesBite(t *testing.T) {
	t.Parallel()
	good := graph{
		".": {"cli"}, "cli": {"pdapi/sandbox", "server", "toolsets"}, "server": {"toolsets/tool"}, "toolsets": {"toolsets/people"},
		"toolsets/people": {"toolsets/shown", "toolsets/tool"}, "toolsets/shown": {"toolsets/tool"}, "toolsets/tool": {"pdapi"}, "pdapi": nil,
		"pdapi/sandbox": {"pdapi/pcl", "pdapi/sandbox/rest"}, "pdapi/pcl": nil, "pdapi/sandbox/rest": nil, "internal/rig": {"pdapi/sandbox", "server"},
	}
	if problems := slices.Concat(pointUp(good), usesOfSandbox(good)); len(problems) > 0 {
		t.Errorf("a house that keeps the rules: %q", problems)
	}
	for _, wrong := range []struct{ from, to, want string }{
		{"pdapi", "toolsets/tool", "pdapi uses toolsets/tool, which is not below it"},
		{"toolsets/tool", "server", "toolsets/tool uses server, which is not below it"},
		{"toolsets/tool", "toolsets/people", "toolsets/tool uses toolsets/people, which is not below it"},
		{"toolsets/shown", "toolsets/people", "toolsets/shown uses toolsets/people, which is not below it"},
		{"server", "cli", "server uses cli, which is not below it"},
		{"server", "internal/rig", "server uses internal/rig, which is for tests"},
		{"server", "pdapi/sandbox", "server uses pdapi/sandbox; only cli and tests may"},
		{"pdapi/sandbox", "pdapi", "pdapi/sandbox uses pdapi, which is not below it"},
		{"pdapi", "pdapi/sandbox/rest", "pdapi uses pdapi/sandbox/rest; only cli and tests may"},
		{"pdapi/pcl", "pdapi/sandbox/rest", "pdapi/pcl uses pdapi/sandbox/rest, which is not below it"},
		{"helpers", "pdapi", "package helpers has no floor"},
	} {
		bad := maps.Clone(good)
		bad[wrong.from] = append(slices.Clone(bad[wrong.from]), wrong.to)
		problems := strings.Join(slices.Concat(pointUp(bad), usesOfSandbox(bad)), "\n")
		if !strings.Contains(problems, wrong.want) {
			t.Errorf("%s uses %s: %q", wrong.from, wrong.to, problems)
		}
	}
	if problems := usesOfMCP(map[string][]string{"server": {mcpGo + "/server"}, "cli": {mcpGo + "/client"}, "internal/rig": {mcpGo}}); !slices.Equal(problems, []string{"cli uses mcp-go; only server may"}) {
		t.Errorf("%q", problems)
	}
}
