package architecture_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "draw the pictures in docs/architecture.md anew")

// graph has an arrow from each key to each of its values.
type graph map[string][]string

// reaches reports whether a path of at least one arrow leads from one node to
// another.
func (g graph) reaches(from, to string) bool {
	seen := map[string]bool{}
	var visit func(string) bool
	visit = func(node string) bool {
		for _, next := range g[node] {
			if next == to {
				return true
			}
			if !seen[next] {
				seen[next] = true
				if visit(next) {
					return true
				}
			}
		}
		return false
	}
	return visit(from)
}

// circles are the groups of nodes that reach each other.
func (g graph) circles() (circles [][]string) {
	done := map[string]bool{}
	for _, node := range slices.Sorted(maps.Keys(g)) {
		if done[node] || !g.reaches(node, node) {
			continue
		}
		var circle []string
		for _, other := range slices.Sorted(maps.Keys(g)) {
			if g.reaches(node, other) && g.reaches(other, node) {
				circle = append(circle, other)
				done[other] = true
			}
		}
		circles = append(circles, circle)
	}
	return circles
}

// reduced leaves out each arrow that a longer path stands for. The graph must have
// no circles.
func (g graph) reduced() graph {
	out := graph{}
	for from, all := range g {
		out[from] = slices.DeleteFunc(slices.Clone(all), func(to string) bool {
			return slices.ContainsFunc(all, func(by string) bool { return by != to && g.reaches(by, to) })
		})
	}
	return out
}

// mermaid draws the graph. Nodes of one group are drawn together; a group without
// a name has no frame.
func (g graph) mermaid(group func(node string) string) string {
	var b strings.Builder
	b.WriteString("```mermaid\ngraph TD\n")
	id := func(node string) string {
		return strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace("n_" + node)
	}
	groups := map[string][]string{}
	for _, node := range slices.Sorted(maps.Keys(g)) {
		groups[group(node)] = append(groups[group(node)], node)
	}
	for i, name := range slices.Sorted(maps.Keys(groups)) {
		if name != "" {
			fmt.Fprintf(&b, "  subgraph g%d [%q]\n", i, name)
		}
		for _, node := range groups[name] {
			fmt.Fprintf(&b, "  %s[%q]\n", id(node), node)
		}
		if name != "" {
			b.WriteString("  end\n")
		}
	}
	for _, from := range slices.Sorted(maps.Keys(g)) {
		for _, to := range slices.Sorted(slices.Values(g[from])) {
			fmt.Fprintf(&b, "  %s --> %s\n", id(from), id(to))
		}
	}
	b.WriteString("```\n")
	return b.String()
}

// picture holds a drawing in docs/architecture.md against want.
func picture(t *testing.T, name, want string) {
	t.Helper()
	begin, end := "<!-- "+name+": drawn by go test ./internal/architecture -update -->\n", "<!-- end of "+name+" -->"
	path := filepath.Join(root, "docs", "architecture.md")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := strings.ReplaceAll(string(data), "\r\n", "\n")
	before, rest, ok := strings.Cut(page, begin)
	got, after, found := strings.Cut(rest, end)
	if !ok || !found {
		t.Fatalf("docs/architecture.md has no part between %q and %q", begin, end)
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/architecture.md is out of date; run: go test ./internal/architecture -update\n-want +got:\n%s", diff)
	}
}

// TestPackagePicture draws the packages.
func TestPackagePicture(t *testing.T) { // not parallel: pictures are on one page
	g := arrows(packages(t))
	maps.DeleteFunc(g, func(pkg string, _ []string) bool { return forTests(pkg) })
	g["pagerduty-mcp"] = g["."]
	delete(g, ".")
	picture(t, "packages", g.reduced().mermaid(func(pkg string) string {
		if floorOf(g, pkg) == 40 {
			return "one package a toolset"
		}
		return ""
	}))
}

func TestGraph(t *testing.T) {
	t.Parallel()
	g := graph{"a": {"b", "c", "d"}, "b": {"c"}, "c": {"d"}, "d": nil}
	if got := g.circles(); got != nil {
		t.Errorf("circles %v where there are none", got)
	}
	if diff := cmp.Diff(graph{"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": {}}, g.reduced(), cmp.Transformer("none", func(s []string) string { return strings.Join(s, " ") })); diff != "" {
		t.Error(diff)
	}
	g = graph{"a": {"b"}, "b": {"a", "c"}, "c": {"d"}, "d": {"e"}, "e": {"c"}, "f": {"f"}, "g": {"a", "f"}}
	if diff := cmp.Diff([][]string{{"a", "b"}, {"c", "d", "e"}, {"f"}}, g.circles()); diff != "" {
		t.Error(diff)
	}
}
