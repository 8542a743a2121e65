package pdapi

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestMethodsNameTheirOperations holds that the comment of each call names its
// operation in PagerDuty's API reference, and that there is such an operation.
func TestMethodsNameTheirOperations(t *testing.T) {
	t.Parallel()
	operations := operations(t)
	see := regexp.MustCompile(`See (\w+) in https://developer\.pagerduty\.com/api-reference\.`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || !f.Name.IsExported() || !takesContext(f) || strings.HasSuffix(name, "_test.go") {
				continue
			}
			seen++
			named := see.FindStringSubmatch(f.Doc.Text())
			switch {
			case named == nil:
				t.Errorf("%s: %s does not say which operation it calls", name, f.Name)
			case operations != nil && !operations[named[1]]:
				t.Errorf("%s: %s names %s, which PagerDuty's API reference does not have", name, f.Name, named[1])
			}
		}
	}
	if seen < 40 {
		t.Errorf("only %d calls were looked at", seen)
	}
}

func takesContext(f *ast.FuncDecl) bool {
	if len(f.Type.Params.List) == 0 {
		return false
	}
	kind, ok := f.Type.Params.List[0].Type.(*ast.SelectorExpr)
	return ok && kind.Sel.Name == "Context"
}

// operations are the names in PagerDuty's OpenAPI document, nil where there is none.
func operations(t *testing.T) map[string]bool {
	data, err := os.ReadFile(filepath.Join("..", "..", "shared", "contract", "pagerduty-openapi.json"))
	if err != nil {
		t.Logf("whether PagerDuty has the operations is not checked: %v", err)
		return nil
	}
	var document struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, path := range document.Paths {
		for _, raw := range path {
			var operation struct {
				ID string `json:"operationId"`
			}
			if json.Unmarshal(raw, &operation) == nil {
				found[operation.ID] = true
			}
		}
	}
	return found
}
