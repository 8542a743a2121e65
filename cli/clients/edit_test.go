package clients

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEdits adds the server to texts that are awkward to edit, and takes it out again.
// An empty want is a refusal.
func TestEdits(t *testing.T) {
	t.Parallel()
	s := Server{Command: "/pd", Args: []string{"all"}, Key: NoKey}
	const entry = `"pagerduty": {
      "command": "/pd",
      "args": ["all"]
    }`
	for name, c := range map[string]struct{ client, before, want, after string }{
		"nothing":             {"cursor", "", "{\n  \"mcpServers\": {\n    " + entry + "\n  }\n}\n", "{\n  \"mcpServers\": {}\n}\n"},
		"only a comment":      {"zed", "// mine", "// mine\n{\n  \"context_servers\": {\n    " + entry + "\n  }\n}\n", "// mine\n{\n  \"context_servers\": {}\n}\n"},
		"null":                {"cursor", "{\n  \"mcpServers\": null\n}", "{\n  \"mcpServers\": {\n    " + entry + "\n  }\n}", "{\n  \"mcpServers\": {}\n}"},
		"a comment at an end": {"cursor", "{\n  \"mcpServers\": {\n    // none\n  }\n}", "{\n  \"mcpServers\": {\n    // none\n    " + entry + "\n  }\n}", "{\n  \"mcpServers\": {\n    // none\n  }\n}"},
		"a comma at an end":   {"cursor", "{\n  \"mcpServers\": {\n    \"a\": {}, // A\n  },\n}", "{\n  \"mcpServers\": {\n    \"a\": {}, // A\n    " + entry + ",\n  },\n}", "{\n  \"mcpServers\": {\n    \"a\": {}, // A\n  },\n}"},
		"in the middle":       {"cursor", "{\n  \"mcpServers\": {\n    // P\n    \"pagerduty\": {\"command\": \"x\"}, // end\n    // B\n    \"b\": {}\n  }\n}", "{\n  \"mcpServers\": {\n    // P\n    \"pagerduty\": {\"command\": \"/pd\",\n      \"args\": [\"all\"]\n    }, // end\n    // B\n    \"b\": {}\n  }\n}", "{\n  \"mcpServers\": {\n    // P // end\n    // B\n    \"b\": {}\n  }\n}"},
		"twice":               {"cursor", `{"mcpServers": {"pagerduty": {"command": "a"}, "pagerduty": {"command": "/pd", "args": ["all"]}}}`, `{"mcpServers": {"pagerduty": {"command": "a"}, "pagerduty": {"command": "/pd", "args": ["all"]}}}`, `{"mcpServers": {}}`},
		"not an object":       {"cursor", `{"mcpServers": {"pagerduty": "x"}}`, "{\"mcpServers\": {\"pagerduty\": {\n      \"command\": \"/pd\",\n      \"args\": [\"all\"]\n    }}}", `{"mcpServers": {}}`},

		"TOML, nothing":            {"codex", "", "[mcp_servers.pagerduty]\ncommand = '/pd'\nargs = ['all']\n", ""},
		"TOML, no line feed":       {"codex", "a = 1", "a = 1\n\n[mcp_servers.pagerduty]\ncommand = '/pd'\nargs = ['all']\n", "a = 1\n"},
		"TOML, quoted":             {"codex", "[ mcp_servers . \"pagerduty\" ] # P\n'command' = \"\"\"\nx\"\"\" # C\n\n[b]\n", "[ mcp_servers . \"pagerduty\" ] # P\ncommand = '/pd' # C\nargs = ['all']\n\n[b]\n", "\n[b]\n"},
		"TOML, dotted":             {"codex", "[mcp_servers]\nother.command = 'x'\npagerduty.command = 'y'\n", "", ""},
		"TOML, in one line":        {"codex", "[mcp_servers]\npagerduty = {command = 'y'}\n", "", ""},
		"TOML, a list of tables":   {"codex", "[[mcp_servers]]\nname = 'x'\n", "", ""},
		"TOML, a table in between": {"codex", "[mcp_servers.a]\ncommand = 'a'\n\n[mcp_servers.pagerduty]\ncommand = 'x'\n\n[z]\n# last\n", "[mcp_servers.a]\ncommand = 'a'\n\n[mcp_servers.pagerduty]\ncommand = '/pd'\nargs = ['all']\n\n[z]\n# last\n", "[mcp_servers.a]\ncommand = 'a'\n\n[z]\n# last\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := Named(c.client)
			got, err := client.Add([]byte(c.before), s)
			if c.want == "" {
				if !errors.Is(err, errForm) {
					t.Errorf("%v\n%s", err, got)
				}
				return
			}
			if err != nil || string(got) != c.want {
				t.Errorf("%v\n%s\nwant\n%s", err, got, c.want)
			}
			without, found, err := client.Remove(got)
			if err != nil || !found || string(without) != c.after {
				t.Errorf("removed: %v, %v\n%q\nwant\n%q", found, err, without, c.after)
			}
		})
	}
}

// TestTables takes the key out of a table of its own, and leaves the rest there.
func TestTables(t *testing.T) {
	t.Parallel()
	codex, _ := Named("codex")
	const before = "[mcp_servers.pagerduty]\ncommand = '/pd'\n\n# E\n[mcp_servers.pagerduty.env]\nPAGERDUTY_USER_API_KEY = 'k'\nLANG = 'C'\n\n[mcp_servers.z]\ncommand = 'z'\n"
	got, err := codex.Add([]byte(before), Server{Command: "/pd", Args: []string{"all"}, Key: Stored})
	const want = "[mcp_servers.pagerduty]\ncommand = '/pd'\nargs = ['all']\n\n[mcp_servers.pagerduty.env]\nLANG = 'C'\n\n# E\n\n[mcp_servers.z]\ncommand = 'z'\n"
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}

// TestYAML is [TestEdits] for YAML, where lines decide.
func TestYAML(t *testing.T) {
	t.Parallel()
	goose, _ := Named("goose")
	s := Server{Command: `C:\pd.exe`, Args: []string{"all"}, Key: NoKey}
	const entry = "  pagerduty:\n    enabled: true\n    type: stdio\n    name: pagerduty\n    description: PagerDuty\n    cmd: C:\\pd.exe\n    args:\n      - all\n    timeout: 300\n"
	for name, c := range map[string]struct{ before, want, after string }{
		"nothing":          {"", "extensions:\n" + entry, "extensions: {}\n"},
		"only a comment":   {"# mine\n", "# mine\nextensions:\n" + entry, "# mine\nextensions: {}\n"},
		"braces":           {"{}\n", "extensions:\n" + entry, "extensions: {}\n"},
		"null":             {"extensions:\nb: 1\n", "extensions:\n" + entry + "b: 1\n", "extensions: {}\nb: 1\n"},
		"empty":            {"a: 1\nextensions: {} # none\n", "a: 1\nextensions:\n" + entry, "a: 1\nextensions: {}\n"},
		"deeper":           {"extensions:\n    a:\n        x: |\n            text\n\n            more\n\n\nb: 1", "extensions:\n    a:\n        x: |\n            text\n\n            more\n" + strings.ReplaceAll(strings.TrimSuffix("\n"+entry, "\n"), "\n  ", "\n    ")[1:] + "\n\n\nb: 1\n", "extensions:\n    a:\n        x: |\n            text\n\n            more\n\n\nb: 1\n"},
		"an anchor":        {"extensions: &e\n  a: {}\nb: *e\n", "", ""},
		"two documents":    {"a: 1\n---\nb: 2\n", "", ""},
		"a member by hand": {"extensions:\n  pagerduty:\n    cmd: 'x' # P\n    # T\n    timeout: 300\n    available_tools:\n    - a\n  b: {}\n", "extensions:\n  pagerduty:\n    cmd: C:\\pd.exe\n    # T\n    timeout: 300\n    available_tools:\n    - a\n    enabled: true\n    type: stdio\n    name: pagerduty\n    description: PagerDuty\n    args:\n      - all\n  b: {}\n", "extensions:\n  b: {}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := goose.Add([]byte(c.before), s)
			if c.want == "" {
				if err == nil {
					t.Errorf("%s", got)
				}
				return
			}
			if err != nil || string(got) != c.want {
				t.Fatalf("%v\n%s\nwant\n%s", err, got, c.want)
			}
			without, found, err := goose.Remove(got)
			if err != nil || !found || string(without) != c.after {
				t.Errorf("removed: %v, %v\n%q\nwant\n%q", found, err, without, c.after)
			}
		})
	}
}

// FuzzAdd adds the server to any text: it is refused, or what comes out has the server,
// and the same again when it is added once more.
func FuzzAdd(f *testing.F) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, c := range All() {
			once, err := c.Add(text, usual)
			if err != nil {
				continue
			}
			found, err := c.Find(once)
			if err != nil || len(found) == 0 {
				t.Fatalf("%s: %v in %q", c.Name, err, once)
			}
			if twice, err := c.Add(once, usual); err != nil || !bytes.Equal(twice, once) {
				t.Errorf("%s: %v, %q and then %q", c.Name, err, once, twice)
			}
			if without, there, err := c.Remove(once); err == nil && there {
				if _, err := c.read(without); err != nil {
					t.Errorf("%s: %v in %q", c.Name, err, without)
				}
			}
		}
	})
}
