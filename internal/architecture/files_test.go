package architecture_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// exported are the compiled interfaces of packages, by import path: files that the
// go command keeps in its cache.
func exported(t *testing.T, pattern string) map[string]string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", "-json=ImportPath,Export", pattern)
	list.Dir, list.Stderr = root, os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var pkg struct{ ImportPath, Export string }
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			return files
		} else if err != nil {
			t.Fatal(err)
		}
		files[pkg.ImportPath] = pkg.Export
	}
}

// source parses a package's files, without its tests.
func source(t *testing.T, fset *token.FileSet, dir string) []*ast.File {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// fileArrows has an arrow from each file to those whose declarations it uses:
// functions, types, variables, constants, and methods. A field is used where its
// type is. The second value says for each arrow what is used.
func fileArrows(t *testing.T, fset *token.FileSet, files []*ast.File, imports types.Importer) (g graph, uses map[[2]string][]string) {
	t.Helper()
	info := types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: imports}
	pkg, err := config.Check("checked", fset, files, &info)
	if err != nil {
		t.Fatal(err)
	}
	fileOf := func(pos token.Pos) string { return filepath.Base(fset.Position(pos).Filename) }
	g, uses = graph{}, map[[2]string][]string{}
	for _, file := range files {
		g[fileOf(file.Pos())] = nil
	}
	for ident, object := range info.Uses {
		if object.Pkg() != pkg || !declaresForOthers(object) {
			continue
		}
		from, to := fileOf(ident.Pos()), fileOf(object.Pos())
		if from == to {
			continue
		}
		if !slices.Contains(g[from], to) {
			g[from] = append(g[from], to)
		}
		arrow := [2]string{from, to}
		if !slices.Contains(uses[arrow], object.Name()) {
			uses[arrow] = append(uses[arrow], object.Name())
		}
	}
	return g, uses
}

// declaresForOthers reports whether other files can use an object: it is a
// package's or a method.
func declaresForOthers(object types.Object) bool {
	if f, ok := object.(*types.Func); ok && f.Signature().Recv() != nil {
		return true
	}
	return object.Parent() == object.Pkg().Scope()
}

// TestFilesOfTool holds that in toolsets/tool and the packages below it files don't use
// each other in circles, so that they can be read one after another, and draws them.
func TestFilesOfTool(t *testing.T) { // not parallel: pictures are on one page
	for _, pkg := range []string{"tool", "tool/input", "tool/kind", "tool/when", "tool/wording"} {
		compiled := exported(t, "./toolsets/"+pkg)
		fset := token.NewFileSet()
		imports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(compiled[path]) })
		g, uses := fileArrows(t, fset, source(t, fset, filepath.Join(root, "toolsets", pkg)), imports)
		if len(g) < 3 || len(uses) < 2 {
			t.Fatalf("only these files and arrows were found in %s: %v", pkg, g)
		}
		circles := g.circles()
		for _, circle := range circles {
			t.Errorf("these files of %s use each other in a circle: %s\n%s", pkg, strings.Join(circle, ", "), why(circle, uses))
		}
		if circles == nil {
			picture(t, "files of toolsets/"+pkg, g.reduced().mermaid(func(string) string { return "" }))
		}
	}
}

// why says what the files of a circle use of each other.
func why(circle []string, uses map[[2]string][]string) string {
	var b strings.Builder
	for _, arrow := range slices.SortedFunc(maps.Keys(uses), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		if slices.Contains(circle, arrow[0]) && slices.Contains(circle, arrow[1]) {
			slices.Sort(uses[arrow])
			b.WriteString("  " + arrow[0] + " -> " + arrow[1] + ": " + strings.Join(uses[arrow], ", ") + "\n")
		}
	}
	return b.String()
}

func TestFileArrows(t *testing.T) {
	t.Parallel()
	fset := token.NewFileSet()
	var files []*ast.File
	for name, text := range map[string]string{
		"types.go":   "package p\ntype T struct{ field int }\nconst C = 1\n",
		"methods.go": "package p\nfunc (t *T) Method() int { return t.field }\n",
		"caller.go":  "package p\nfunc call(t T) int { return t.Method() }\n",
		"field.go":   "package p\nvar field = struct{ C int }{C: 2}\nfunc local() int { C := field.C; return C }\n",
		"value.go":   "package p\nvar value = call\n",
		"generic.go": "package p\nfunc generic[E interface{ Method() int }](e E) int { return e.Method() }\nvar _ = generic[*T]\n",
	} {
		file, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	g, _ := fileArrows(t, fset, files, nil)
	want := map[string]string{
		"types.go": "", "methods.go": "types.go", "caller.go": "methods.go types.go",
		"field.go": "", "value.go": "caller.go", "generic.go": "types.go",
	}
	for name, uses := range want {
		slices.Sort(g[name])
		if got := strings.Join(g[name], " "); got != uses {
			t.Errorf("%s uses %q, want %q", name, got, uses)
		}
	}
	if len(g) != len(want) {
		t.Errorf("%v", g)
	}
}
