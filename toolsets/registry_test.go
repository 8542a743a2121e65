package toolsets_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

var verbNoun = regexp.MustCompile(`^(list|get|create|update|manage|add|remove|delete|append|triage|set|snooze|merge|cancel|send|change|find|who)(_[a-z]+)+$`)

// TestRegistry holds the rules that names and descriptions follow.
func TestRegistry(t *testing.T) {
	t.Parallel()
	seen, readers := map[string]bool{}, 0
	for _, made := range rig.Tools() {
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
		reads := slices.ContainsFunc([]string{"list_", "get_", "triage_", "find_", "who_"}, func(verb string) bool { return strings.HasPrefix(name, verb) })
		if reads != made.Access().ReadOnly() {
			t.Errorf("%s: read-only is %v, which its name denies", name, made.Access().ReadOnly())
		}
	}
	// PagerDuty's own server, version 2.0, has so many.
	if len(seen) < 42 || readers < 25 {
		t.Errorf("%d tools, %d of them read-only; want 42 and 25 or more", len(seen), readers)
	}
}

// TestEveryToolHasAnswers fails if a toolset lacks the test that calls [rig.Answers].
func TestEveryToolHasAnswers(t *testing.T) {
	t.Parallel()
	if rig.Updating() {
		t.Skip("the toolsets' own tests may be writing them just now")
	}
	for _, set := range toolsets.All() {
		for _, made := range set.Tools {
			path := filepath.Join(set.Name, "testdata", "answers", made.Name()+".json")
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%v; toolsets/%s needs a test that calls rig.Answers; then run: task update", err, set.Name)
			}
		}
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
			if len(properties) == 0 && strings.ContainsAny(at, ".[") {
				t.Errorf("%s: an object within needs properties that are named", at)
			}
			for name, p := range properties {
				check(t, at+"."+name, p.(map[string]any))
			}
		}
	}
	for _, made := range rig.Tools() {
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
