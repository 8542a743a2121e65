package rig

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var update = flag.Bool("update", false, "write golden files and generated documentation anew")

// Updating reports whether the tests were started with -update: they write what
// they would compare.
func Updating() bool { return *update }

// Golden compares got with a file, named from the directory of the test. With
// -update it writes the file.
func Golden(t testing.TB, path string, got []byte) {
	t.Helper()
	path = filepath.FromSlash(path)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with: task update", err)
	}
	if diff := cmp.Diff(string(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))), string(got)); diff != "" {
		t.Errorf("%s differs; if that is meant, run: task update\n-want +got:\n%s", path, diff)
	}
}

// Part compares want with the generated part of a document: what stands between
// <!-- name --> and <!-- end of name -->. With -update it writes that part.
func Part(t testing.TB, path, name, want string) {
	t.Helper()
	begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
	data, err := os.ReadFile(filepath.FromSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(strings.ReplaceAll(string(data), "\r\n", "\n"), begin)
	got, after, found := strings.Cut(rest, end)
	if !ok || !found {
		t.Fatalf("%s has no part between %q and %q", path, begin, end)
	}
	if *update {
		if err := os.WriteFile(filepath.FromSlash(path), []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s is out of date; run: task update\n-want +got:\n%s", path, diff)
	}
}

// OnlyFiles fails the test if a directory of golden files, named from the directory
// of the test, has others than those wanted: they belong to nothing any more.
func OnlyFiles(t testing.TB, dir string, want []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.FromSlash(dir))
	if err != nil && !*update {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(want, e.Name()) {
			t.Errorf("%s/%s belongs to nothing; delete it", dir, e.Name())
		}
	}
}

// generatedKey is an incident_key that create_incident made up.
var generatedKey = regexp.MustCompile(`pagerduty-mcp-[a-z2-7]{26}`)

// Answers is the test that every toolset has. It makes all example calls of the
// set's tools and compares answers, and the requests they took, with the files in
// testdata/answers. Tools that read may send nothing but GET.
func Answers(t *testing.T, set tool.Set) {
	t.Helper()
	var want []string
	for _, made := range set.Tools {
		want = append(want, made.Name()+".json")
	}
	eachTool(t, set, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
		Golden(t, "testdata/answers/"+made.Name()+".json", answers(t, made, examples))
	})
	OnlyFiles(t, "testdata/answers", want)
	for name := range Examples(t, set.Name) {
		if !slices.Contains(want, name+".json") {
			t.Errorf("testdata/calls.json calls %s, which is no tool of %s", name, set.Name)
		}
	}
}

// answers makes the example calls of a tool one after another and writes down what
// came of them.
func answers(t *testing.T, made tool.Tool, examples []json.RawMessage) []byte {
	t.Helper()
	type record struct {
		Arguments json.RawMessage `json:"arguments"`
		Requests  []string        `json:"requests"`
		Answer    json.RawMessage `json:"answer"`
	}
	var records []record
	r := New(t)
	for _, arguments := range examples {
		r.ForgetRequests()
		text, isError := r.Call(t, made.Name(), r.Fill(t, arguments))
		if isError || !json.Valid([]byte(text)) {
			t.Fatalf("%s: %s", arguments, text)
		}
		for _, request := range r.Requests() {
			if made.Access().ReadOnly() && request.Method != http.MethodGet {
				t.Errorf("%s only reads, but sent %s", made.Name(), request)
			}
		}
		text = generatedKey.ReplaceAllString(text, "pagerduty-mcp-(generated)")
		records = append(records, record{arguments, InOrder(r.Requests()), json.RawMessage(text)})
	}
	var got bytes.Buffer
	encoder := json.NewEncoder(&got)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(records); err != nil {
		t.Fatal(err)
	}
	return got.Bytes()
}
