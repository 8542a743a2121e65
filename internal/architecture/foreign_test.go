package architecture_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestForeignWordsAreQuoted follows every text that somebody else wrote — a field of
// PagerDuty's answers, an argument — through the toolsets and the server, and holds
// that none gets into a sentence of the server's own, an error or a note, but by
// wording.Quote and wording.Show, which quote it.
func TestForeignWordsAreQuoted(t *testing.T) {
	t.Parallel()
	house := load(t, "./toolsets/...", "./server")
	flow := newFlow(house)
	flow.run()
	if flow.sources < 200 || flow.sentences < 200 {
		t.Errorf("only %d foreign texts and %d sentences were seen", flow.sources, flow.sentences)
	}
	for _, leak := range flow.leaks() {
		t.Errorf("%s: words of others stand unquoted in a sentence of the server's; use wording.Quote", leak)
	}
}

// TestForeignWordsAreFound tries the rule on code that breaks it in many ways, and on
// code that keeps it.
func TestForeignWordsAreFound(t *testing.T) {
	t.Parallel()
	house := load(t, "./internal/architecture/testdata/foreign")
	flow := newFlow(house)
	flow.run()
	var got []string
	for _, leak := range flow.leaks() {
		got = append(got, fmt.Sprint(leak.Line))
	}
	file, err := os.ReadFile("testdata/foreign/foreign.go")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for i, line := range strings.Split(string(file), "\n") {
		if strings.Contains(line, "// leaks") {
			want = append(want, fmt.Sprint(i+1))
		}
	}
	if len(want) < 10 || !slices.Equal(got, want) {
		t.Errorf("leaks are found on the lines %v, want %v", got, want)
	}
}

// checked is a package with its types.
type checked struct {
	path  string
	files []*ast.File
	info  *types.Info
}

// loaded are packages of the module, each after those that it uses.
type loaded struct {
	set      *token.FileSet
	packages []checked
}

// load reads packages of the module and all of its own that they use. What is not
// the module's is read as the compiler left it.
func load(t *testing.T, patterns ...string) loaded {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", append([]string{"list", "-deps", "-export", "-f", "{{.ImportPath}}\t{{.Dir}}\t{{.Export}}\t{{join .GoFiles \" \"}}"}, patterns...)...)
	list.Dir, list.Stderr = root, os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	exports, own := map[string]string{}, map[string]*types.Package{}
	house := loaded{set: token.NewFileSet()}
	compiled := importer.ForCompiler(house.set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	config := types.Config{Importer: importers(func(path string) (*types.Package, error) {
		if made := own[path]; made != nil {
			return made, nil
		}
		return compiled.Import(path)
	})}
	for line := range strings.Lines(string(out)) {
		column := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if exports[column[0]] = column[2]; !strings.HasPrefix(column[0], module) {
			continue
		}
		pkg := checked{path: column[0], info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}}
		for name := range strings.FieldsSeq(column[3]) {
			file, err := parser.ParseFile(house.set, filepath.Join(column[1], name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			pkg.files = append(pkg.files, file)
		}
		if own[column[0]], err = config.Check(column[0], house.set, pkg.files, pkg.info); err != nil {
			t.Fatal(err)
		}
		house.packages = append(house.packages, pkg)
	}
	return house
}

type importers func(path string) (*types.Package, error)

func (i importers) Import(path string) (*types.Package, error) { return i(path) }

// isArgument reports whether a field of a struct is an argument of a tool, by its tag or
// by the name of the struct.
func isArgument(of string, tag reflect.StructTag) bool {
	if tag.Get("json") == "" || tag.Get("enum") != "" {
		return false
	}
	for _, key := range []string{"doc", "alias", "min", "max", "pages"} {
		if tag.Get(key) != "" {
			return true
		}
	}
	return strings.HasSuffix(of, "Input") || of == "input"
}
