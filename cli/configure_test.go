package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/cli/clients"
)

// TestConfigure sets up every client, sets it up again, starts the server as the
// client would, and takes it out.
func TestConfigure(t *testing.T) {
	t.Parallel()
	for _, c := range clients.All() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			p := newPerson(t)
			said := p.does(t, "configure", c.Name, "--sandbox", "--toolsets", "incidents,oncall", "--enable-write-tools")
			path := p.file(t, c.Name)
			for _, want := range []string{c.Title, path, built(t), "incidents oncall --enable-write-tools --sandbox", "can change PagerDuty", "simulated account", c.See} {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q:\n%s", want, said)
				}
			}
			if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Fatalf("%v, %v", info, err)
			}
			text := readFile(t, path)
			if said := p.does(t, "configure", c.Name, "--sandbox", "--toolsets", "incidents,oncall", "--enable-write-tools"); !strings.Contains(said, "already") || readFile(t, path) != text {
				t.Errorf("the second time it says %s", said)
			}
			found, err := c.Find([]byte(text))
			if err != nil || len(found) != 1 || !filepath.IsAbs(found[0].Command) {
				t.Fatalf("%v, %v", found, err)
			}
			server := exec.CommandContext(t.Context(), found[0].Command, found[0].Args...)
			server.Env, server.Stdin = homed(p.home), strings.NewReader(hello+list)
			out, err := server.Output()
			if err != nil || !strings.Contains(strings.Join(toolNames(t, string(out)), " "), "create_incident") {
				t.Errorf("as configured it serves %s, %v", out, err)
			}
			if said := p.does(t, "configure", c.Name, "--remove"); !strings.Contains(said, "Removed") || strings.Contains(readFile(t, path), built(t)) {
				t.Errorf("%s: %s", said, readFile(t, path))
			}
			if said := p.does(t, "configure", c.Name, "--remove"); !strings.Contains(said, "Nothing was changed") {
				t.Errorf("removing it twice: %s", said)
			}
		})
	}
}

// TestConfigureKey shows where servers are to get their keys from, and that no key
// gets into a client's file.
func TestConfigureKey(t *testing.T) {
	t.Parallel()
	const secret = "u+aBcDeFgHiJkLmNoPqR"
	variable := "PAGERDUTY_USER_API_KEY=" + secret
	for name, c := range map[string]struct {
		client string
		args   []string
		env    []string
		file   bool   // PAGERDUTY_USER_API_KEY_FILE names a file
		stored bool   // there is a key from 'auth login'
		text   string // in the client's file
		said   string
	}{
		"nothing":                     {client: "claude-desktop", said: "auth login"},
		"stored":                      {client: "claude-desktop", stored: true, said: filepath.Join("pagerduty-mcp", "key")},
		"stored, and set":             {client: "claude-code", stored: true, env: []string{variable}, said: filepath.Join("pagerduty-mcp", "key")},
		"a file":                      {client: "cursor", file: true, text: "PAGERDUTY_USER_API_KEY_FILE", said: "in the file"},
		"set, Claude Desktop":         {client: "claude-desktop", env: []string{variable}, said: "auth login"},
		"set, Claude Code":            {client: "claude-code", env: []string{variable}, text: `"PAGERDUTY_USER_API_KEY": "${PAGERDUTY_USER_API_KEY}"`, said: "hands on"},
		"set, Cursor":                 {client: "cursor", env: []string{variable}, text: `"${env:PAGERDUTY_USER_API_KEY}"`, said: "hands on"},
		"set, Windsurf":               {client: "windsurf", env: []string{variable}, text: `"${env:PAGERDUTY_USER_API_KEY}"`, said: "hands on"},
		"set, Gemini":                 {client: "gemini", env: []string{variable}, text: `"${PAGERDUTY_USER_API_KEY}"`, said: "hands on"},
		"set, opencode":               {client: "opencode", env: []string{variable}, text: `"{env:PAGERDUTY_USER_API_KEY}"`, said: "hands on"},
		"set, Codex":                  {client: "codex", env: []string{variable}, text: "env_vars = ['PAGERDUTY_USER_API_KEY']", said: "hands on"},
		"set, Goose":                  {client: "goose", env: []string{variable}, text: "env_keys:\n      - PAGERDUTY_USER_API_KEY", said: "hands on"},
		"set, VS Code":                {client: "vscode", env: []string{variable}, text: `"${input:pagerduty-key}"`, said: "asks for it"},
		"nothing, VS Code":            {client: "vscode", text: `"password": true`, said: "asks for it"},
		"VS Code, as the flag says":   {client: "vscode", args: []string{"--key-from", "environment"}, text: `"${env:PAGERDUTY_USER_API_KEY}"`, said: "hands on"},
		"stored, VS Code, flag":       {client: "vscode", stored: true, args: []string{"--key-from", "prompt"}, text: `"${input:pagerduty-key}"`, said: "asks for it"},
		"the EU, and who acts":        {client: "codex", env: []string{"PAGERDUTY_API_HOST=https://api.eu.pagerduty.com", "PAGERDUTY_FROM_EMAIL=ana@northwind.example"}, text: "PAGERDUTY_FROM_EMAIL = 'ana@northwind.example'"},
		"a proxy of one's own":        {client: "zed", args: []string{"--allow-host", "pd.example"}, env: []string{"PAGERDUTY_API_HOST=https://pd.example"}, text: `"--allow-host", "pd.example"`},
		"the simulated account":       {client: "gemini", args: []string{"--sandbox"}, env: []string{variable}, said: "none"},
		"a simulated account, kept":   {client: "zed", args: []string{"--sandbox=demo.json"}, text: "demo.json\"", said: "none"},
		"flags for the server itself": {client: "zed", args: []string{"--", "--time-zone", "Europe/Berlin"}, text: `"--time-zone", "Europe/Berlin"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPerson(t, c.env...)
			if c.stored {
				if code, _, stderr := p.runs(t, secret+"\n", "auth", "login"); code != 0 {
					t.Fatal(stderr)
				}
			}
			if c.file {
				write(t, filepath.Join(p.home, "secrets", "pd"), secret)
				p.env = append(p.env, "PAGERDUTY_USER_API_KEY_FILE=secrets/pd")
			}
			said := p.does(t, append([]string{"configure", c.client}, c.args...)...)
			text := readFile(t, p.file(t, c.client))
			if !strings.Contains(text, c.text) || !strings.Contains(said, c.said) {
				t.Errorf("it wrote\n%s\nand said\n%s\nwant %q and %q", text, said, c.text, c.said)
			}
			if c.file && !strings.Contains(text, filepath.Join(p.home, "secrets", "pd")) {
				t.Errorf("the file's path is not absolute:\n%s", text)
			}
			if c.text == "" && strings.Contains(text, "PAGERDUTY_") {
				t.Errorf("it needs no variable:\n%s", text)
			}
			if strings.Contains(text+said, secret) {
				t.Errorf("the key is in\n%s\nor in\n%s", text, said)
			}
		})
	}
}

// TestConfigureBroken has files that are no valid configurations: they stay as they
// are, and the error says where to look.
func TestConfigureBroken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ client, text, want string }{
		"a comma too many":     {"cursor", "{\n  \"mcpServers\": {,}\n}\n", "line 2, column 18"},
		"cut off":              {"claude-code", "{\n  \"mcpServers\": {\n", "line 3"},
		"a list":               {"zed", "[]\n", "does not hold a JSON object"},
		"servers as a list":    {"claude-desktop", `{"mcpServers": []}`, "mcpServers"},
		"TOML":                 {"codex", "model = \"x\"\n[mcp_servers\n", "line 2, column 13"},
		"TOML, servers inside": {"codex", "mcp_servers = {a = {command = 'x'}}\n", "mcp_servers.pagerduty"},
		"YAML":                 {"goose", "extensions:\n  a: [\n", "line 2"},
		"YAML, a text":         {"goose", "u+aBcDeFgHiJkLmNoPqR\n", "line 1"},
		"YAML, in braces":      {"goose", "extensions: {a: {enabled: true}}\n", "extensions.pagerduty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPerson(t)
			path := p.file(t, c.client)
			write(t, path, c.text)
			code, stdout, stderr := p.runs(t, "", "configure", c.client)
			if code != 1 || stdout != "" || !strings.Contains(stderr, c.want) || !strings.Contains(stderr, path) || !strings.Contains(stderr, "left as it was") || strings.Contains(stderr, "aBcDeF") {
				t.Errorf("exit code %d, %q, %q; want %q", code, stdout, stderr, c.want)
			}
			entries, err := os.ReadDir(filepath.Dir(path))
			if err != nil || readFile(t, path) != c.text || len(entries) != 1 {
				t.Errorf("the file was changed, or others made: %v, %q, %v", entries, readFile(t, path), err)
			}
		})
	}
}

// TestConfigureKeepsTheRest changes a file behind a link, with permissions of its own.
func TestConfigureKeepsTheRest(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("symlinks need rights on Windows")
	}
	p := newPerson(t)
	path, target := p.file(t, "claude-desktop"), filepath.Join(p.home, "dotfiles", "claude.json")
	const before = "{\"mcpServers\": {\"pagerduty\": {\"command\": \"uvx\", \"env\": {\"PAGERDUTY_USER_API_KEY\": \"u+aBcDeFgHiJkLmNoPqR\"}}, \"pd-old\": {\"command\": \"pagerduty-mcp\"}}}"
	write(t, target, before)
	if err := os.Chmod(target, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
	said := p.does(t, "configure", "claude-desktop")
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != os.ModeSymlink {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	for file, want := range map[string]string{target: built(t), target + ".pagerduty-mcp.bak": before} {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o640 || !strings.Contains(readFile(t, file), want) {
			t.Errorf("%s: %v, %v, %s", file, info.Mode(), err, readFile(t, file))
		}
	}
	if !strings.Contains(said, `besides  there is a server "pd-old"`) || !strings.Contains(said, "It holds the key that the file had") || strings.Contains(said, "aBcDeF") {
		t.Errorf("it says %s", said)
	}
}

func TestConfigureProject(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	p.dir = filepath.Join(p.home, "shop")
	if err := os.Mkdir(p.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	said := p.does(t, "configure", "--scope=project", "vscode", "--toolsets=all")
	text := readFile(t, filepath.Join(p.dir, ".vscode", "mcp.json"))
	if !strings.Contains(text, `"all"`) || !strings.Contains(said, "others who share the file") {
		t.Errorf("%s\n%s", said, text)
	}
	if entries, err := os.ReadDir(p.home); err != nil || len(entries) != 1 {
		t.Errorf("there is more in the home directory: %v, %v", entries, err)
	}
}

func TestConfigurePrint(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	code, stdout, stderr := p.runs(t, "", "configure", "zed", "--print", "--sandbox")
	if code != 0 || !strings.HasPrefix(stdout, "{\n  \"context_servers\": {\n    \"pagerduty\": {") || !strings.Contains(stderr, "Nothing was written") {
		t.Errorf("exit code %d, %s, %s", code, stdout, stderr)
	}
	if entries, err := os.ReadDir(p.home); err != nil || len(entries) != 0 {
		t.Errorf("something was written: %v, %v", entries, err)
	}
}

// TestConfigureByLink finds the program by a link in PATH, as package managers make
// them: the link stays when the version changes.
func TestConfigureByLink(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("symlinks need rights on Windows")
	}
	p := newPerson(t)
	link := filepath.Join(p.home, "bin", "pagerduty-mcp")
	if err := os.Mkdir(filepath.Dir(link), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(built(t), link); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), link, "configure", "cursor", "--sandbox")
	command.Args[0], command.Env = "pagerduty-mcp", homed(p.home, "PATH="+filepath.Dir(link))
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if text := readFile(t, p.file(t, "cursor")); !strings.Contains(text, `"`+link+`"`) {
		t.Errorf("%s", text)
	}
}

func TestConfigureMistakes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"no client":       {nil, []string{"which client", "claude-code", "opencode"}},
		"a typing error":  {[]string{"cursr"}, []string{`did you mean "cursor"`}},
		"another client":  {[]string{"emacs"}, []string{`no client "emacs"`, "--print"}},
		"two words":       {[]string{"cursor", "incidents"}, []string{"--toolsets"}},
		"scope":           {[]string{"cursor", "--scope", "global"}, []string{`"global"`, "user or project"}},
		"no such scope":   {[]string{"windsurf", "--scope", "project"}, []string{"Windsurf has no configuration for a project"}},
		"toolset":         {[]string{"cursor", "--toolsets", "incident"}, []string{`did you mean "incidents"`}},
		"key on the line": {[]string{"cursor", "--key-from", "u+aBcDeFgHiJkLmNoPqR"}, []string{"stored, file, environment"}},
		"no prompt":       {[]string{"zed", "--key-from", "prompt"}, []string{"for Zed give one of stored, file"}},
		"no file":         {[]string{"zed", "--key-from", "file"}, []string{"PAGERDUTY_USER_API_KEY_FILE"}},
		"server's flag":   {[]string{"zed", "--", "--time-zon", "UTC"}, []string{"did you mean --time-zone"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPerson(t)
			code, stdout, stderr := p.runs(t, "", append([]string{"configure"}, c.args...)...)
			if code != 2 || stdout != "" || strings.Contains(stderr, "aBcDeF") {
				t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
			}
			for _, want := range c.want {
				if !strings.Contains(stderr, want) {
					t.Errorf("it does not say %q: %s", want, stderr)
				}
			}
			if entries, err := os.ReadDir(p.home); err != nil || len(entries) != 0 {
				t.Errorf("something was written: %v, %v", entries, err)
			}
		})
	}
	t.Run("go run", func(t *testing.T) {
		t.Parallel()
		home := t.TempDir()
		code, _, stderr := run{args: []string{"pagerduty-mcp", "configure", "cursor"}, env: map[string]string{"HOME": home, "USERPROFILE": home}}.do(t)
		if code != 1 || !strings.Contains(stderr, "go install") {
			t.Errorf("exit code %d, %s", code, stderr)
		}
	})
	t.Run("no home", func(t *testing.T) {
		t.Parallel()
		code, _, stderr := run{args: []string{"pagerduty-mcp", "configure", "cursor"}}.do(t)
		if code != 2 || !strings.Contains(stderr, "HOME") {
			t.Errorf("exit code %d, %s", code, stderr)
		}
	})
}
