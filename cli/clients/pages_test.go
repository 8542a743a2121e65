package clients

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// about is what the documentation says of a client, besides what the program knows.
type about struct {
	get  string // where it comes from
	asks string // how it has a person confirm a change
	log  string // where it keeps what servers say
	know []string
}

const (
	itAsks   = "asks you itself"
	byToken  = "shows the question in the chat, and repeats the call when you agree"
	absolute = "It starts servers without your shell's `PATH` and variables, so the configuration holds absolute paths and no key."
)

var pages = map[string]about{
	"claude-code": {
		"[Claude Code](https://code.claude.com/docs), `npm install -g @anthropic-ai/claude-code`", itAsks,
		"`~/.cache/claude-cli-nodejs/…/mcp-logs-pagerduty/`, on macOS `~/Library/Caches/claude-cli-nodejs/…/mcp-logs-pagerduty/`; `claude --debug` shows more",
		[]string{
			"It looks tools up when it needs them and reads only their names before, so many toolsets cost little there.",
			"Answers of more than 25,000 tokens are cut, and a warning comes at 10,000. This server's lists end at about 9,000 unless `limit` asks for more.",
			"A project's `.mcp.json` is used after you have agreed to it once, in a session.",
			"The program can also be added by Claude Code's own command: `claude mcp add pagerduty -- /path/to/pagerduty-mcp incidents response oncall`.",
		},
	},
	"claude-desktop": {
		"[Claude Desktop](https://claude.ai/download)", byToken,
		"`~/Library/Logs/Claude/mcp-server-pagerduty.log` on macOS, `%APPDATA%\\Claude\\logs\\` on Windows",
		[]string{
			absolute, "It reads its configuration when it starts: quit it, do not only close the window.",
			"It says that it can ask you questions, and never does; this server notices, and goes on as in a client that can't ask.",
			"Installed from Microsoft's store it has its configuration elsewhere; `configure` looks there, too.",
		},
	},
	"cursor": {
		"[Cursor](https://cursor.com)", itAsks, "*View > Output*, and there *MCP* in the list of channels",
		[]string{absolute, "With many tools it gets worse at choosing, from about 40 of them on, all servers counted together: two or three toolsets, or `--tools`, are a good fit."},
	},
	"vscode": {
		"[VS Code](https://code.visualstudio.com) with GitHub Copilot", itAsks, "*MCP: List Servers* in the command palette, then *pagerduty* and *Show Output*",
		[]string{
			"It asks for the key when it starts the server for the first time, and keeps it in the system's secret storage.",
			"Tools work in agent mode, at most 128 of them, all servers counted together.",
		},
	},
	"windsurf": {
		"[Windsurf](https://windsurf.com)", byToken, "its makers name none; Cascade's MCP settings show whether the server runs and with what error it ended",
		[]string{absolute, "Press *Refresh* in the list of MCP servers after a change."},
	},
	"zed": {
		"[Zed](https://zed.dev)", byToken,
		"`~/.local/share/zed/logs/Zed.log`, on macOS `~/Library/Logs/Zed/Zed.log`, on Windows `%LOCALAPPDATA%\\Zed\\logs\\Zed.log`; *zed: open log* in the command palette",
		[]string{"Servers stand under `context_servers` among all other settings, comments included; `configure` leaves those as they are.", "Prompts are slash commands in the agent panel."},
	},
	"codex": {
		"[Codex](https://developers.openai.com/codex), `npm install -g @openai/codex`", byToken, "`~/.codex/log/codex-tui.log`; with `RUST_LOG=debug` it says more",
		[]string{
			"It passes none of your variables to servers but those that `env_vars` lists.",
			"It loads the definitions of all tools in every session, so serve what you need and no more.",
			"A call has 60 seconds there unless `tool_timeout_sec` says otherwise; this server answers within 55.",
		},
	},
	"gemini": {
		"[Gemini CLI](https://geminicli.com), `npm install -g @google/gemini-cli`", byToken, "`gemini --debug`",
		[]string{"Servers start only in folders that you trust.", "It adds an argument `wait_for_previous` to every call, which this server leaves alone.", "`$NAME` and `${NAME}` in its settings are replaced by variables."},
	},
	"goose": {
		"[Goose](https://block.github.io/goose)", byToken, "`~/.local/state/goose/logs/`, on Windows `%APPDATA%\\Block\\goose\\data\\logs\\`",
		[]string{"It calls servers extensions. In its YAML a command is `cmd`, variables are `envs`, and `env_keys` names those that it keeps in the system's keychain."},
	},
	"jetbrains": {
		"a [JetBrains IDE](https://www.jetbrains.com/junie/) with Junie", byToken, "*Help > Show Log in Files* (*in Finder*, *in Explorer*)",
		[]string{absolute, "Junie reads the file. AI Assistant keeps its servers in the IDE's settings: paste there what `configure jetbrains --print` shows."},
	},
	"cline": {
		"[Cline](https://cline.bot), an extension of VS Code, or `npm install -g cline`", byToken,
		"`~/.cline/data/logs/` of its command line; of the extension *View > Output*, and there *Cline*",
		[]string{"The extension and the command line have a file each; `configure` changes that of the extension if it is there."},
	},
	"opencode": {
		"[opencode](https://opencode.ai), `npm install -g opencode-ai`", byToken, "`~/.local/share/opencode/log/`; `opencode --print-logs` shows it",
		[]string{"Program and arguments are one list there, and variables are written `{env:NAME}`."},
	},
}

// sources say how a server gets its key, in words.
var sources = map[KeySource]string{
	Stored:      "what `pagerduty-mcp auth login` stored in the system's keychain",
	File:        "the file that `PAGERDUTY_USER_API_KEY_FILE` names",
	Environment: "the variable `PAGERDUTY_USER_API_KEY`, which the client hands on",
	Prompt:      "the client asks for it and keeps it",
}

// systems are the computers whose paths are shown, with their names.
var systems = []struct{ name, os string }{{"Linux", "linux"}, {"macOS", macOS}, {"Windows", windows}}

// TestPages holds docs/clients: a page for each client, and a table of all.
func TestPages(t *testing.T) {
	t.Parallel()
	wanted := []string{"README.md", "inspector.md"} // the second is written by hand
	var table strings.Builder
	table.WriteString("# Clients\n\nAny MCP client that starts servers as programs can use `pagerduty-mcp`. For these there is a command that sets them up, " +
		"and a page. It is all written by `task update`.\n\n| client | set it up | its configuration on Linux | before a risky change it | log |\n|---|---|---|---|---|\n")
	for _, c := range All() {
		more, known := pages[c.Name]
		if !known {
			t.Fatalf("nothing is said about %s", c.Name)
		}
		wanted = append(wanted, c.Name+".md")
		golden(t, c.Name+".md", page(t, c, more))
		files := c.Files(systemOf("linux"), User)
		fmt.Fprintf(&table, "| [%s](%s.md) | `pagerduty-mcp configure %s` | `%s` | %s | %s |\n", c.Title, c.Name, c.Name, files[len(files)-1], more.asks, more.log)
	}
	table.WriteString("| [MCP Inspector](inspector.md) | nothing to set up | none | asks you on its web page | its terminal |\n\n" +
		"*Asks you itself* is what MCP calls elicitation; [write access](../write-access.md#confirmation) has the rest.\n\n" +
		"## Another client\n\nIts documentation says where it keeps its servers. Most take what `pagerduty-mcp configure cursor --print` shows. " +
		"The program's path should be absolute, and the key is best left out: `pagerduty-mcp auth login` stores it where the server finds it.\n")
	golden(t, "README.md", table.String())
	var logs strings.Builder
	logs.WriteString("\n| client | log |\n|---|---|\n")
	for _, c := range All() {
		fmt.Fprintf(&logs, "| [%s](clients/%s.md) | %s |\n", c.Title, c.Name, pages[c.Name].log)
	}
	whole, err := os.ReadFile(filepath.Join(pagesDir, "..", "troubleshooting.md"))
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- logs: written by task update -->\n", "<!-- end of logs: written by task update -->"
	before, rest, _ := strings.Cut(strings.ReplaceAll(string(whole), "\r\n", "\n"), begin)
	_, after, found := strings.Cut(rest, end)
	if !found {
		t.Fatal("docs/troubleshooting.md has no part for logs")
	}
	golden(t, filepath.Join("..", "troubleshooting.md"), before+begin+logs.String()+"\n"+end+after)
	if len(pages) != len(All()) {
		t.Errorf("%d clients are described, and there are %d", len(pages), len(All()))
	}
	entries, err := os.ReadDir(pagesDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(wanted, e.Name()) {
			t.Errorf("%s belongs to no client; delete it", e.Name())
		}
	}
}

var pagesDir = filepath.Join("..", "..", "docs", "clients")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join(pagesDir, name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil || string(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))) != got {
		t.Errorf("%s is out of date (%v); run: task update", path, err)
	}
}

// systemOf is a computer whose variables stand for themselves.
func systemOf(os string) System {
	return System{OS: os, Dir: ".", Getenv: func(name string) string {
		switch {
		case os == windows && slices.Contains([]string{"USERPROFILE", "APPDATA", "LOCALAPPDATA"}, name):
			return "%" + name + "%"
		case os != windows && name == "HOME":
			return "~"
		}
		return ""
	}}
}

func page(t *testing.T, c Client, more about) string {
	t.Helper()
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("# %s\n\n%s. How to install `pagerduty-mcp` is in the [README](../../README.md#install).\n", c.Title, strings.ToUpper(more.get[:1])+more.get[1:])
	say("```sh\npagerduty-mcp auth login\npagerduty-mcp configure %s\npagerduty-mcp doctor\n```\n", c.Name)
	say("Without a key, on a [simulated account](../sandbox.md): `pagerduty-mcp configure %s --sandbox`. All flags are in [configuration](../configuration.md#setting-up-a-client); "+
		"`pagerduty-mcp configure %s --remove` takes the server out again.\n", c.Name, c.Name)
	say("## See it work\n\n%s. Then ask: *what is on fire?*\n", strings.ToUpper(c.See[:1])+c.See[1:])
	say("## The file\n\n| | for everything you do | `--scope project` |\n|---|---|---|")
	for _, s := range systems {
		say("| %s | %s | %s |", s.name, paths(c.Files(systemOf(s.os), User)), paths(c.Files(systemOf(s.os), Project)))
	}
	say("\nWhere several files are named, the first that is there is changed, or else the last one is made. By hand, it holds this (on Windows the path reads `C:\\\\…\\\\pagerduty-mcp.exe`):\n")
	s := usual
	s.Key, s.Env = c.Keys()[0], nil
	text, err := c.Add(nil, s)
	if err != nil {
		t.Fatal(err)
	}
	language := map[bool]string{true: "json", false: strings.TrimPrefix(filepath.Ext(c.user(systemOf("linux"))[0]), ".")}[c.format == jsonc{}]
	say("```%s\n%s\n```\n", language, strings.TrimSpace(string(text)))
	say("## The key\n\nThe key itself is never written into the file. `--key-from` says where the server gets it; without it, it is the first of these that works:\n")
	for _, k := range c.Keys() {
		say("- `%s`: %s", k, sources[k])
	}
	say("\n## Changes\n\nThe server only reads, until it is given `--enable-write-tools`. Before a change that can't be undone or reaches many, %s %s. [Write access](../write-access.md) says how to narrow it further.\n", c.Title, more.asks)
	say("## When it does not work\n\n`pagerduty-mcp doctor` looks at the key, the network and this file. The server's own words are in the client's log: %s. [Troubleshooting](../troubleshooting.md) goes by symptoms.\n", more.log)
	say("## Good to know\n")
	for _, k := range more.know {
		say("- %s", k)
	}
	if c.Hint != "" {
		say("- %s.", c.Hint)
	}
	return b.String()
}

func paths(files []string) string {
	if len(files) == 0 {
		return "it has none"
	}
	for i, f := range files {
		files[i] = "`" + strings.TrimPrefix(strings.TrimPrefix(f, "./"), `.\`) + "`"
	}
	return strings.Join(files, ", ")
}
