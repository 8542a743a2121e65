package packaging_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/PagerDuty/pagerduty-mcp/internal/packaging"
)

// schema compiles a schema in testdata.
func schema(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource(file, parsed); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func valid(t *testing.T, s *jsonschema.Schema, data []byte) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(value)
}

// changed is a JSON document with one text in place of another.
func changed(t *testing.T, data []byte, old, with string) []byte {
	t.Helper()
	if !bytes.Contains(data, []byte(old)) {
		t.Fatalf("there is no %s in %s", old, data)
	}
	out := []byte(strings.Replace(string(data), old, with, 1))
	if !json.Valid(out) {
		t.Fatalf("%s", out)
	}
	return out
}

// TestServerSchema holds the entry of the MCP registry against its schema, as it is
// in the repository and as it is of a release, and that the schema refuses mistakes.
func TestServerSchema(t *testing.T) {
	t.Parallel()
	s := schema(t, "server.schema.json")
	entry := generated(t)["server.json"]
	released, err := packaging.JSON(packaging.Server("1.2.3", []packaging.Bundle{{Name: "pagerduty-mcp_1.2.3_darwin_all.mcpb", SHA256: strings.Repeat("0a", 32)}}))
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{entry, released} {
		if err := valid(t, s, data); err != nil {
			t.Errorf("%v\n%s", err, data)
		}
	}
	for old, with := range map[string]string{
		`"description": "Run`:                   `"description": "Run PagerDuty, and much more that makes this longer than the registry takes`,
		packaging.RegistryName:                  "pagerduty-mcp",
		`"runtimeHint"`:                         `"runtimeHnt"`,
		`"type": "stdio"`:                       `"type": "pipe"`,
		`:1.2.3"`:                               `"`, // the image's
		strings.Repeat("0a", 32):                "0a",
		`"fileSha256"`:                          `"registryBaseUrl"`,
		`"registryType": "npm"`:                 `"registryType": "brew"`,
		`"version": "1.2.3",` + "\n  \"website": `"version": "latest",` + "\n  \"website",
	} {
		if valid(t, s, changed(t, released, old, with)) == nil {
			t.Errorf("%s in place of %s is accepted", with, old)
		}
	}
}

// TestManifestSchema holds the manifests of desktop extensions against the schema that
// @anthropic-ai/mcpb has.
func TestManifestSchema(t *testing.T) {
	t.Parallel()
	s := schema(t, "mcpb-manifest-v0.3.schema.json")
	for _, platform := range []string{"darwin", "win32", "linux"} {
		data, err := packaging.JSON(packaging.Manifest("1.2.3", platform))
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(t, s, data); err != nil {
			t.Errorf("%s: %v", platform, err)
		}
		if got := strings.Contains(string(data), "pagerduty-mcp.exe"); got != (platform == "win32") {
			t.Errorf("%s: is the program an .exe? %v", platform, got)
		}
		if valid(t, s, changed(t, data, `"sensitive"`, `"secret"`)) == nil || valid(t, s, changed(t, data, `"`+platform+`"`, `"plan9"`)) == nil {
			t.Error("the schema accepts anything")
		}
	}
}
