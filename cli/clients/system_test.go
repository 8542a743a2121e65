package clients

import (
	"slices"
	"testing"
)

// of is a system whose environment has these variables.
func of(system string, env map[string]string) System {
	s := System{OS: system, Getenv: func(name string) string { return env[name] }, Dir: "/work/shop"}
	if system == windows {
		s.Dir = `D:\work\shop`
	}
	return s
}

// TestPaths has the files of every client on the three systems: all there may be, the
// one to make last.
func TestPaths(t *testing.T) {
	t.Parallel()
	linux := of("linux", map[string]string{"HOME": "/home/ana"})
	mac := of(macOS, map[string]string{"HOME": "/Users/ana", "XDG_CONFIG_HOME": ""})
	win := of(windows, map[string]string{"USERPROFILE": `C:\Users\ana`, "APPDATA": `C:\Users\ana\AppData\Roaming`, "LOCALAPPDATA": `C:\Users\ana\AppData\Local`, "HOME": "/c/Users/ana"})
	const (
		library = "/Users/ana/Library/Application Support"
		roaming = `C:\Users\ana\AppData\Roaming`
		cline   = "saoudrizwan.claude-dev/settings/cline_mcp_settings.json"
	)
	for client, want := range map[string]struct{ linux, mac, windows []string }{
		"claude-code":    {[]string{"/home/ana/.claude.json"}, []string{"/Users/ana/.claude.json"}, []string{`C:\Users\ana\.claude.json`}},
		"claude-desktop": {[]string{"/home/ana/.config/Claude/claude_desktop_config.json"}, []string{library + "/Claude/claude_desktop_config.json"}, []string{`C:\Users\ana\AppData\Local\Packages\Claude_pzs8sxrjxfjjc\LocalCache\Roaming\Claude\claude_desktop_config.json`, roaming + `\Claude\claude_desktop_config.json`}},
		"cursor":         {[]string{"/home/ana/.cursor/mcp.json"}, []string{"/Users/ana/.cursor/mcp.json"}, []string{`C:\Users\ana\.cursor\mcp.json`}},
		"vscode":         {[]string{"/home/ana/.config/Code/User/mcp.json"}, []string{library + "/Code/User/mcp.json"}, []string{roaming + `\Code\User\mcp.json`}},
		"windsurf":       {[]string{"/home/ana/.codeium/windsurf/mcp_config.json"}, []string{"/Users/ana/.codeium/windsurf/mcp_config.json"}, []string{`C:\Users\ana\.codeium\windsurf\mcp_config.json`}},
		"zed":            {[]string{"/home/ana/.config/zed/settings.json"}, []string{"/Users/ana/.config/zed/settings.json"}, []string{roaming + `\Zed\settings.json`}},
		"codex":          {[]string{"/home/ana/.codex/config.toml"}, []string{"/Users/ana/.codex/config.toml"}, []string{`C:\Users\ana\.codex\config.toml`}},
		"gemini":         {[]string{"/home/ana/.gemini/settings.json"}, []string{"/Users/ana/.gemini/settings.json"}, []string{`C:\Users\ana\.gemini\settings.json`}},
		"goose":          {[]string{"/home/ana/.config/goose/config.yaml"}, []string{"/Users/ana/.config/goose/config.yaml"}, []string{roaming + `\Block\goose\config\config.yaml`}},
		"jetbrains":      {[]string{"/home/ana/.junie/mcp/mcp.json"}, []string{"/Users/ana/.junie/mcp/mcp.json"}, []string{`C:\Users\ana\.junie\mcp\mcp.json`}},
		"cline":          {[]string{"/home/ana/.config/Code/User/globalStorage/" + cline, "/home/ana/.cline/data/settings/cline_mcp_settings.json"}, []string{library + "/Code/User/globalStorage/" + cline, "/Users/ana/.cline/data/settings/cline_mcp_settings.json"}, []string{roaming + `\Code\User\globalStorage\saoudrizwan.claude-dev\settings\cline_mcp_settings.json`, `C:\Users\ana\.cline\data\settings\cline_mcp_settings.json`}},
		"opencode":       {[]string{"/home/ana/.config/opencode/opencode.jsonc", "/home/ana/.config/opencode/config.json", "/home/ana/.config/opencode/opencode.json"}, []string{"/Users/ana/.config/opencode/opencode.jsonc", "/Users/ana/.config/opencode/config.json", "/Users/ana/.config/opencode/opencode.json"}, []string{`C:\Users\ana\.config\opencode\opencode.jsonc`, `C:\Users\ana\.config\opencode\config.json`, `C:\Users\ana\.config\opencode\opencode.json`}},
	} {
		c, ok := Named(client)
		if !ok {
			t.Fatal(client)
		}
		for _, row := range []struct {
			s    System
			want []string
		}{{linux, want.linux}, {mac, want.mac}, {win, want.windows}} {
			if got := c.Files(row.s, User); !slices.Equal(got, row.want) {
				t.Errorf("%s on %s: %q, want %q", client, row.s.OS, got, row.want)
			}
		}
		if got := c.Files(of("linux", nil), User); len(got) != 0 {
			t.Errorf("%s without a home: %q", client, got)
		}
	}
}

// TestPathsFromTheEnvironment has variables that move files elsewhere, and projects.
func TestPathsFromTheEnvironment(t *testing.T) {
	t.Parallel()
	home := map[string]string{"HOME": "/home/ana", "USERPROFILE": `C:\Users\ana`}
	with := func(name, value string) map[string]string {
		return map[string]string{"HOME": "/home/ana", "USERPROFILE": `C:\Users\ana`, name: value}
	}
	for name, row := range map[string]struct {
		client string
		s      System
		scope  Scope
		want   string
	}{
		"Claude Code":             {"claude-code", of("linux", with("CLAUDE_CONFIG_DIR", "/etc/claude/")), User, "/etc/claude/.claude.json"},
		"Codex":                   {"codex", of(windows, with("CODEX_HOME", `E:\codex\`)), User, `E:\codex\config.toml`},
		"Cline":                   {"cline", of("linux", with("CLINE_DIR", "/opt/cline")), User, "/opt/cline/data/settings/cline_mcp_settings.json"},
		"XDG":                     {"vscode", of("linux", with("XDG_CONFIG_HOME", "/home/ana/etc")), User, "/home/ana/etc/Code/User/mcp.json"},
		"XDG, not absolute":       {"zed", of("linux", with("XDG_CONFIG_HOME", "etc")), User, "/home/ana/.config/zed/settings.json"},
		"XDG, macOS":              {"zed", of(macOS, with("XDG_CONFIG_HOME", "/Users/ana/etc")), User, "/Users/ana/etc/zed/settings.json"},
		"Windows, no APPDATA":     {"vscode", of(windows, home), User, `C:\Users\ana\AppData\Roaming\Code\User\mcp.json`},
		"project, Claude Code":    {"claude-code", of("linux", home), Project, "/work/shop/.mcp.json"},
		"project, Windows":        {"cursor", of(windows, home), Project, `D:\work\shop\.cursor\mcp.json`},
		"project, JetBrains":      {"jetbrains", of(macOS, home), Project, "/work/shop/.junie/mcp/mcp.json"},
		"project, opencode":       {"opencode", of("linux", home), Project, "/work/shop/opencode.json"},
		"project, there are none": {"goose", of("linux", home), Project, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := Named(row.client)
			got := ""
			if files := c.Files(row.s, row.scope); len(files) > 0 {
				got = files[len(files)-1]
			}
			if got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

func TestKeyFiles(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		s    System
		want []string
	}{
		"Linux":      {of("linux", map[string]string{"HOME": "/home/ana"}), []string{"/home/ana/.config/pagerduty-mcp/key"}},
		"Linux, XDG": {of("linux", map[string]string{"HOME": "/home/ana", "XDG_CONFIG_HOME": "/etc/ana"}), []string{"/etc/ana/pagerduty-mcp/key", "/home/ana/.config/pagerduty-mcp/key"}},
		"macOS":      {of(macOS, map[string]string{"HOME": "/Users/ana"}), []string{"/Users/ana/Library/Application Support/pagerduty-mcp/key", "/Users/ana/.config/pagerduty-mcp/key"}},
		"Windows":    {of(windows, map[string]string{"USERPROFILE": `C:\Users\ana`}), []string{`C:\Users\ana\AppData\Roaming\pagerduty-mcp\key`, `C:\Users\ana\.config\pagerduty-mcp\key`}},
		"nowhere":    {of("linux", nil), nil},
	} {
		if got := row.s.KeyFiles(); !slices.Equal(got, row.want) {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

func TestIsAbs(t *testing.T) {
	t.Parallel()
	for path, want := range map[string][2]bool{ // on Linux, on Windows
		"/usr/bin/x": {true, false}, "x": {false, false}, "": {false, false}, `C:\x`: {false, true}, "C:/x": {false, true},
		"C:x": {false, false}, `\\host\share`: {false, true}, "~/x": {false, false},
	} {
		if got := [2]bool{of("linux", nil).IsAbs(path), of(windows, nil).IsAbs(path)}; got != want {
			t.Errorf("%q: %v, want %v", path, got, want)
		}
	}
}

func TestNamed(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"claude-code": "claude-code", "Claude": "claude-code", "claudecode": "claude-code", "Claude Desktop": "claude-desktop", "VSCode": "vscode", "vs-code": "vscode",
		"code": "vscode", "gemini-cli": "gemini", "junie": "jetbrains", "emacs": "", "": "",
	} {
		if c, ok := Named(word); c.Name != want || ok != (want != "") {
			t.Errorf("%q: %q", word, c.Name)
		}
	}
}
