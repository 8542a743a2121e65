package server_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mark3labs/mcp-go/mcp"

	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// TestToolDefinitions holds what clients see of each toolset, read-only and not.
func TestToolDefinitions(t *testing.T) {
	t.Parallel()
	var want []string
	for _, set := range toolsets.All() {
		for name, write := range map[string]bool{set.Name: true, set.Name + "-read-only": false} {
			want = append(want, name+".json")
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				r := newRig(t, func(o *options) { o.server.Sets, o.server.EnableWrite = []tool.Set{set}, write })
				list, err := r.client.ListTools(t.Context(), mcp.ListToolsRequest{})
				if err != nil {
					t.Fatal(err)
				}
				got, err := json.MarshalIndent(map[string]any{"instructions": r.instructions, "tools": list.Tools}, "", "  ")
				if err != nil {
					t.Fatal(err)
				}
				golden(t, "tools/"+name+".json", append(got, '\n'))
				if len(r.Requests()) > 0 {
					t.Errorf("listing tools asked PagerDuty for %v", r.sent())
				}
			})
		}
	}
	checkFiles(t, "tools", want)
}

// checkFiles fails on golden files that belong to nothing any more.
func checkFiles(t *testing.T, dir string, want []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join("testdata", dir))
	if err != nil && !*update {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(want, e.Name()) {
			t.Errorf("testdata/%s/%s belongs to nothing; delete it", dir, e.Name())
		}
	}
}

var generatedKey = regexp.MustCompile(`pagerduty-mcp-[a-z2-7]{26}`)

// TestAnswers holds the answer to every example call of every tool, the
// requests it took, and that only tools that write send anything but GET.
func TestAnswers(t *testing.T) {
	t.Parallel()
	var want []string
	for _, made := range allTools() {
		want = append(want, made.Name()+".json")
		t.Run(made.Name(), func(t *testing.T) {
			t.Parallel()
			examples := calls(t)[made.Name()]
			if len(examples) == 0 {
				t.Fatalf("testdata/calls.json has no call of %s", made.Name())
			}
			type record struct {
				Arguments json.RawMessage `json:"arguments"`
				Requests  []string        `json:"requests"`
				Answer    json.RawMessage `json:"answer"`
			}
			var records []record
			r := newRig(t)
			for _, arguments := range examples {
				r.ForgetRequests()
				text, isError := r.call(t, made.Name(), json.RawMessage(r.fill(t, arguments)))
				if isError || !json.Valid([]byte(text)) {
					t.Fatalf("%s: %s", arguments, text)
				}
				for _, request := range r.Requests() {
					if made.Access().ReadOnly() && request.Method != http.MethodGet {
						t.Errorf("%s only reads, but sent %s", made.Name(), request)
					}
				}
				requests := inOrder(r.Requests())
				text = generatedKey.ReplaceAllString(text, "pagerduty-mcp-(generated)")
				records = append(records, record{arguments, requests, json.RawMessage(text)})
			}
			var got bytes.Buffer
			encoder := json.NewEncoder(&got)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", "  ")
			if err := encoder.Encode(records); err != nil {
				t.Fatal(err)
			}
			golden(t, "answers/"+made.Name()+".json", got.Bytes())
		})
	}
	checkFiles(t, "answers", want)
	for name := range calls(t) {
		if !slices.Contains(want, name+".json") {
			t.Errorf("testdata/calls.json calls %s, which is no tool", name)
		}
	}
}

var verbNoun = regexp.MustCompile(`^(list|get|create|update|manage|add|remove|delete|append)(_[a-z]+)+$`)

// TestRegistry holds the rules that names and descriptions follow.
func TestRegistry(t *testing.T) {
	t.Parallel()
	seen, readers := map[string]bool{}, 0
	for _, made := range allTools() {
		name := made.Name()
		if made.Access().ReadOnly() {
			readers++
		}
		if seen[name] {
			t.Errorf("%s is there twice", name)
		}
		seen[name] = true
		if !verbNoun.MatchString(name) {
			t.Errorf("%s is not verb_noun in snake_case", name)
		}
		// Cursor counts the server's name in: together under 60 characters.
		if len("pagerduty-incidents"+name) > 59 {
			t.Errorf("%s is too long for Cursor", name)
		}
		if made.Title() == "" || made.Description() == "" || !strings.HasSuffix(made.Description(), ".") && !strings.HasSuffix(made.Description(), "?") {
			t.Errorf("%s needs a title, and a description that is a sentence", name)
		}
		reads := strings.HasPrefix(name, "list_") || strings.HasPrefix(name, "get_")
		if reads != made.Access().ReadOnly() {
			t.Errorf("%s: read-only is %v, which its name denies", name, made.Access().ReadOnly())
		}
	}
	// PagerDuty's own server, version 2.0, has so many.
	if len(seen) < 42 || readers < 25 {
		t.Errorf("%d tools, %d of them read-only; want 42 and 25 or more", len(seen), readers)
	}
}

// TestSchemasSuitEveryClient holds what MCP clients are known to refuse.
func TestSchemasSuitEveryClient(t *testing.T) {
	t.Parallel()
	allowed := []string{"type", "properties", "required", "items", "enum", "description", "default", "minimum", "maximum"}
	var check func(t *testing.T, at string, schema map[string]any)
	check = func(t *testing.T, at string, schema map[string]any) {
		for keyword := range schema {
			if !slices.Contains(allowed, keyword) {
				t.Errorf("%s: %s is not safe in every client", at, keyword)
			}
		}
		kind, ok := schema["type"].(string)
		if !ok {
			t.Errorf("%s has no single type", at)
		}
		if enum, ok := schema["enum"].([]any); ok {
			for _, v := range enum {
				if _, ok := v.(string); !ok {
					t.Errorf("%s: enum has %v, not a string", at, v)
				}
			}
		}
		if kind == "array" {
			items, ok := schema["items"].(map[string]any)
			if !ok {
				t.Errorf("%s: an array needs items", at)
			}
			check(t, at+"[]", items)
		}
		if kind == "object" {
			properties, ok := schema["properties"].(map[string]any)
			if !ok {
				t.Errorf("%s: an object needs properties", at)
			}
			for name, p := range properties {
				check(t, at+"."+name, p.(map[string]any))
			}
		}
	}
	for _, made := range allTools() {
		var schema map[string]any
		if err := json.Unmarshal(made.Schema(), &schema); err != nil {
			t.Fatal(err)
		}
		if schema["type"] != "object" {
			t.Errorf("%s: the root is no object", made.Name())
		}
		check(t, made.Name(), schema)
	}
}

// TestGate shows that a server without write tools neither lists nor calls them.
func TestGate(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *options) { o.server.EnableWrite = false })
	list, err := r.client.ListTools(t.Context(), mcp.ListToolsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var listed, readers []string
	for _, listedTool := range list.Tools {
		listed = append(listed, listedTool.Name)
		if a := listedTool.Annotations; !*a.ReadOnlyHint || *a.DestructiveHint || !*a.IdempotentHint || !*a.OpenWorldHint || a.Title == "" {
			t.Errorf("%s has the wrong hints: %+v", listedTool.Name, a)
		}
	}
	for _, made := range allTools() {
		if made.Access().ReadOnly() {
			readers = append(readers, made.Name())
			continue
		}
		var request mcp.CallToolRequest
		request.Params.Name = made.Name()
		if _, err := r.client.CallTool(t.Context(), request); err == nil {
			t.Errorf("%s can be called although writes are not enabled", made.Name())
		}
	}
	slices.Sort(listed)
	slices.Sort(readers)
	if diff := cmp.Diff(readers, listed); diff != "" {
		t.Errorf("listed tools are not the ones that read (-want +got):\n%s", diff)
	}
	if len(r.Requests()) > 0 {
		t.Errorf("sent %v", r.sent())
	}
}
