// Package clients knows the configuration files of MCP clients: where they are, what a
// server looks like in them, and how to change that and nothing else.
package clients

import (
	"slices"
	"strings"
)

// Scope says for whom a server is configured.
type Scope string

// The scopes: everything that the user does, or work in one project.
const (
	User    Scope = "user"
	Project Scope = "project"
)

// KeySource says where a server that a client starts gets its API key from.
type KeySource string

// The sources of keys.
const (
	NoKey       KeySource = "none"        // on a simulated account
	Stored      KeySource = "stored"      // what 'auth login' stored
	File        KeySource = "file"        // the file that PAGERDUTY_USER_API_KEY_FILE names
	Environment KeySource = "environment" // the client passes the variable on
	Prompt      KeySource = "prompt"      // the client asks for it, and keeps it
)

// The variables that hold keys.
const (
	envKey     = "PAGERDUTY_USER_API_KEY"
	envKeyFile = "PAGERDUTY_USER_API_KEY_FILE"
)

// ServerName is what the server is called in configurations.
const ServerName = "pagerduty"

// A Server is what a configuration says about this server.
type Server struct {
	Command string   // absolute path of the program
	Args    []string // its arguments
	Key     KeySource
	Env     map[string]string // variables that are no secrets
}

// A Client is a program that starts MCP servers.
type Client struct {
	Name  string // on the command line
	Title string // as its makers write it
	// See says how to see that a server works there.
	See string
	// Hint says what else there is to know; may be empty.
	Hint string

	format  format
	section []string                 // the object that holds the servers
	user    func(System) []string    // the files there may be; the last one is made
	project []string                 // the same within a project; none if the client has no such
	shape   func(Server, env) object // a server in the client's form
	env     string                   // the member with variables, within a server
	// refer writes a reference to a variable of the client's own environment; nil if
	// the client has none.
	refer  func(name string) string
	dollar bool // "$NAME" is a reference, too
	// passes is the member that lists variables to pass on, for clients that do it so.
	passes string
	prompt bool // the client can ask for secrets and keep them
}

// env is what a server's environment is to be.
type env struct {
	values object   // variables with their values, references included
	passed []string // names of variables to pass on
}

// All lists the clients, in the order in which they are shown.
func All() []Client {
	mcpServers := []string{"mcpServers"}
	home := func(parts ...string) func(System) []string {
		return func(s System) []string { return []string{s.inHome(parts...)} }
	}
	braces := func(name string) string { return "${" + name + "}" }
	colon := func(name string) string { return "${env:" + name + "}" }
	return []Client{
		{
			Name: "claude-code", Title: "Claude Code", format: jsonc{}, section: mcpServers, shape: typed, env: "env", refer: braces,
			user: func(s System) []string {
				if dir := s.Getenv("CLAUDE_CONFIG_DIR"); dir != "" {
					return []string{s.Join(dir, ".claude.json")}
				}
				return []string{s.inHome(".claude.json")}
			},
			project: []string{".mcp.json"},
			See:     "run 'claude mcp list', or type /mcp in a session",
		},
		{
			Name: "claude-desktop", Title: "Claude Desktop", format: jsonc{}, section: mcpServers, shape: standard, env: "env",
			user: claudeDesktop,
			See:  "quit Claude Desktop and open it again; Settings > Developer lists its servers",
		},
		{
			Name: "cursor", Title: "Cursor", format: jsonc{}, section: mcpServers, shape: standard, env: "env", refer: colon,
			user: home(".cursor", "mcp.json"), project: []string{".cursor/mcp.json"},
			See: "Cursor Settings > MCP shows the server with a green dot",
		},
		{
			Name: "vscode", Title: "VS Code", format: jsonc{}, section: []string{"servers"}, shape: typed, env: "env", refer: colon, prompt: true,
			user:    func(s System) []string { return []string{s.Join(s.support(), "Code", "User", "mcp.json")} },
			project: []string{".vscode/mcp.json"},
			See:     "run 'MCP: List Servers' from the command palette and start pagerduty",
		},
		{
			Name: "windsurf", Title: "Windsurf", format: jsonc{}, section: mcpServers, shape: standard, env: "env", refer: colon,
			user: home(".codeium", "windsurf", "mcp_config.json"),
			See:  "Windsurf Settings > Cascade > MCP servers: refresh, and pagerduty lists its tools",
		},
		{
			Name: "zed", Title: "Zed", format: jsonc{}, section: []string{"context_servers"}, shape: standard, env: "env",
			user: func(s System) []string {
				if s.OS == windows {
					return []string{s.Join(s.support(), "Zed", "settings.json")}
				}
				return []string{s.Join(s.config(), "zed", "settings.json")}
			},
			project: []string{".zed/settings.json"},
			See:     "the agent panel's settings show the server with a green dot",
		},
		{
			Name: "codex", Title: "Codex", format: tomlFormat{}, section: []string{"mcp_servers"}, shape: codex, env: "env", passes: "env_vars",
			user: func(s System) []string {
				if dir := s.Getenv("CODEX_HOME"); dir != "" {
					return []string{s.Join(dir, "config.toml")}
				}
				return []string{s.inHome(".codex", "config.toml")}
			},
			project: []string{".codex/config.toml"},
			See:     "run 'codex mcp list', or type /mcp in a session",
		},
		{
			Name: "gemini", Title: "Gemini CLI", format: jsonc{}, section: mcpServers, shape: standard, env: "env", refer: braces, dollar: true,
			user: home(".gemini", "settings.json"), project: []string{".gemini/settings.json"},
			See: "run 'gemini mcp list' in a folder that you trust, or type /mcp in a session",
		},
		{
			Name: "goose", Title: "Goose", format: yamlFormat{}, section: []string{"extensions"}, shape: goose, env: "envs", passes: "env_keys",
			user: func(s System) []string {
				if s.OS == windows {
					return []string{s.Join(s.support(), "Block", "goose", "config", "config.yaml")}
				}
				return []string{s.Join(s.config(), "goose", "config.yaml")}
			},
			See: "run 'goose session' and ask what PagerDuty tools it has; 'goose configure' lists its extensions",
		},
		{
			Name: "jetbrains", Title: "JetBrains (Junie)", format: jsonc{}, section: mcpServers, shape: standard, env: "env",
			user: home(".junie", "mcp", "mcp.json"), project: []string{".junie/mcp/mcp.json"},
			See:  "Settings > Tools > Junie > MCP Settings shows the server with a green dot",
			Hint: "AI Assistant keeps its servers inside the IDE: paste what --print shows under Settings > Tools > AI Assistant > Model Context Protocol > Add > As JSON",
		},
		{
			Name: "cline", Title: "Cline", format: jsonc{}, section: mcpServers, shape: standard, env: "env",
			user: cline,
			See:  "Cline's MCP servers page (/mcp in its command line) lists pagerduty with its tools",
		},
		{
			Name: "opencode", Title: "opencode", format: jsonc{}, section: []string{"mcp"}, shape: opencode, env: "environment",
			refer: func(name string) string { return "{env:" + name + "}" },
			user: func(s System) []string {
				dir := s.Join(s.config(), "opencode")
				return []string{s.Join(dir, "opencode.jsonc"), s.Join(dir, "config.json"), s.Join(dir, "opencode.json")}
			},
			project: []string{"opencode.jsonc", "opencode.json"},
			See:     "run 'opencode mcp list'",
		},
	}
}

// Named is the client that a word means. Hyphens, case and the words people use
// besides do not matter.
func Named(word string) (Client, bool) {
	fold := func(s string) string {
		return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(s))
	}
	word = fold(word)
	if own, ok := map[string]string{"claude": "claudecode", "code": "vscode", "visualstudiocode": "vscode", "geminicli": "gemini", "junie": "jetbrains", "intellij": "jetbrains", "codexcli": "codex"}[word]; ok {
		word = own
	}
	all := All()
	i := slices.IndexFunc(all, func(c Client) bool { return fold(c.Name) == word })
	if i < 0 {
		return Client{}, false
	}
	return all[i], true
}

// Names are the clients' names.
func Names() []string {
	var out []string
	for _, c := range All() {
		out = append(out, c.Name)
	}
	return out
}

// Files are the files that may hold the client's configuration; the last one is the one
// to make if there is none. There are none if the client has no such scope, or the
// environment names no home.
func (c Client) Files(s System, scope Scope) []string {
	var files []string
	if scope == User {
		files = c.user(s)
	} else {
		for _, p := range c.project {
			files = append(files, s.Join(s.Dir, p))
		}
	}
	return slices.DeleteFunc(files, func(path string) bool { return path == "" })
}

// Keys are the ways in which servers of the client can get a key, the best first.
func (c Client) Keys() []KeySource {
	keys := []KeySource{Stored, File}
	if c.refer != nil || c.passes != "" {
		keys = append(keys, Environment)
	}
	if c.prompt {
		keys = append([]KeySource{Prompt}, keys...)
	}
	return keys
}

// claudeDesktop is in a folder of its own when it was installed from Microsoft's store.
func claudeDesktop(s System) []string {
	const file = "claude_desktop_config.json"
	usual := s.Join(s.support(), "Claude", file)
	if s.OS != windows {
		return []string{usual}
	}
	local := s.Getenv("LOCALAPPDATA")
	if local == "" {
		local = s.inHome("AppData", "Local")
	}
	return []string{s.Join(local, "Packages", "Claude_pzs8sxrjxfjjc", "LocalCache", "Roaming", "Claude", file), usual}
}

// cline is the extension in VS Code, or the command line.
func cline(s System) []string {
	const file = "cline_mcp_settings.json"
	if dir := s.Getenv("CLINE_DIR"); dir != "" {
		return []string{s.Join(dir, "data", "settings", file)}
	}
	return []string{
		s.Join(s.support(), "Code", "User", "globalStorage", "saoudrizwan.claude-dev", "settings", file),
		s.inHome(".cline", "data", "settings", file),
	}
}

func withEnv(o object, name string, e env) object {
	if len(e.values) > 0 {
		o = append(o, member{name, e.values})
	}
	return o
}

func standard(s Server, e env) object {
	return withEnv(object{{"command", s.Command}, {"args", s.Args}}, "env", e)
}

func typed(s Server, e env) object {
	return append(object{{"type", "stdio"}}, standard(s, e)...)
}

func opencode(s Server, e env) object {
	command := append([]string{s.Command}, s.Args...)
	return withEnv(object{{"type", "local"}, {"command", command}, {"enabled", true}}, "environment", e)
}

func codex(s Server, e env) object {
	out := object{{"command", s.Command}, {"args", s.Args}}
	if len(e.passed) > 0 {
		out = append(out, member{"env_vars", e.passed})
	}
	return withEnv(out, "env", e)
}

func goose(s Server, e env) object {
	out := object{
		{"enabled", true}, {"type", "stdio"}, {"name", ServerName}, {"description", "PagerDuty"},
		{"cmd", s.Command}, {"args", s.Args}, {"timeout", 300},
	}
	if len(e.passed) > 0 {
		out = append(out, member{"env_keys", e.passed})
	}
	return withEnv(out, "envs", e)
}
