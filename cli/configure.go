package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/cli/clients"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

const (
	flagToolsets = "toolsets"
	flagScope    = "scope"
	flagPrint    = "print"
	flagRemove   = "remove"
	flagKeyFrom  = "key-from"
)

// onCallSets are the toolsets to begin with for somebody on call.
var onCallSets = []string{"incidents", "response", "oncall"}

// configureCommand writes this server into the configuration of an MCP client.
func configureCommand(sets []tool.Set, p Process) *cli.Command {
	return &cli.Command{
		Name: "configure", Usage: "Set up an MCP client: " + strings.Join(clients.Names(), ", "),
		UsageText: programName + " configure CLIENT [--toolsets a,b] [--enable-write-tools] [--scope user|project] [--sandbox] [--print] [--remove] [-- FLAG…]\n" +
			"What follows -- are flags for the server, as in: configure cursor -- --time-zone Europe/Berlin",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: flagToolsets, Usage: "what to serve: " + strings.Join(setNames(sets), ", ") + " (default: " + strings.Join(onCallSets, ",") + ")"},
			&cli.BoolFlag{Name: flagWrite, Usage: "also serve the tools that change PagerDuty"},
			&cli.StringFlag{Name: flagScope, Value: string(clients.User), Usage: "user: for everything you do; project: for the current directory"},
			&cli.GenericFlag{Name: flagSandbox, Value: &sandboxChoice{}, Usage: "serve a simulated account, to try it without a key; --sandbox=FILE keeps it in a file"},
			&cli.StringFlag{Name: flagKeyFrom, Usage: "where the server gets its key: stored ('auth login'), file (" + envKeyFile + "), environment (the client passes " + envKey + " on), prompt (VS Code asks); by default the safest of those that work"},
			&cli.StringSliceFlag{Name: flagAllowHost, Usage: "give the server this flag, for a proxy of your own"},
			&cli.BoolFlag{Name: flagPrint, Usage: "show what a new file would hold, and write nothing"},
			&cli.BoolFlag{Name: flagRemove, Usage: "take the server out again"},
		},
		OnUsageError: onUsageError, HideHelpCommand: true,
		Action: func(c *cli.Context) error { return configure(c, p, sets) },
	}
}

func configure(c *cli.Context, p Process, sets []tool.Set) error {
	client, err := chosenClient(c)
	if err != nil {
		return err
	}
	s := system(p)
	scope := clients.Scope(c.String(flagScope))
	if scope != clients.User && scope != clients.Project {
		return usage("--%s: %q is no scope; use user or project", flagScope, scope)
	}
	files := client.Files(s, scope)
	switch {
	case len(files) == 0 && scope == clients.Project:
		return usage("%s has no configuration for a project; leave --%s out", client.Title, flagScope)
	case len(files) == 0:
		return usage("the home directory is not known: neither HOME nor USERPROFILE is set")
	}
	path := existing(files)
	if c.Bool(flagRemove) {
		return removeServer(p, client, path)
	}
	server, err := serverFor(c, p, client, sets)
	if err != nil {
		return err
	}
	if c.Bool(flagPrint) {
		text, err := client.Add(nil, server)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(p.Stderr, "%s reads %s (%s scope). Nothing was written.\n", client.Title, path, scope)
		_, _ = p.Stdout.Write(text)
		return nil
	}
	perm := fs.FileMode(0o600)
	if scope == clients.Project {
		perm = 0o644 // for everybody who works on the project
	}
	var before []clients.Found
	done, err := clients.Change(path, perm, func(text []byte) ([]byte, error) {
		before, _ = client.Find(text) // Add tells what is wrong with the text
		return client.Add(text, server)
	})
	if err != nil {
		return notChanged(client, err)
	}
	tellConfigured(c, p, client, server, done, before)
	return nil
}

// chosenClient is the client that the command line names.
func chosenClient(c *cli.Context) (clients.Client, error) {
	word := c.Args().First()
	there := "Clients: " + strings.Join(clients.Names(), ", ")
	switch client, ok := clients.Named(word); {
	case word == "":
		return client, usage("which client? %s configure CLIENT. %s", programName, there)
	case c.NArg() > 1 && !strings.HasPrefix(c.Args().Get(1), "-"):
		return client, usage("%q: give one client at a time, and toolsets as --%s a,b", strings.Join(c.Args().Slice(), " "), flagToolsets)
	case ok:
		return client, nil
	}
	if near := wording.Nearest(strings.ToLower(word), clients.Names()); near != "" {
		return clients.Client{}, usage("there is no client %q; did you mean %q? %s", word, near, there)
	}
	return clients.Client{}, usage("there is no client %q. %s. Any other one: its own documentation says where it keeps its servers; --%s shows what most of them take", word, there, flagPrint)
}

// existing is the first of the files that is there, or the one to make.
func existing(files []string) string {
	for _, path := range files {
		if _, err := os.Lstat(path); err == nil {
			return path
		}
	}
	return files[len(files)-1]
}

// serverFor is the server that flags and environment ask for.
func serverFor(c *cli.Context, p Process, client clients.Client, sets []tool.Set) (clients.Server, error) {
	var s clients.Server
	words := c.StringSlice(flagToolsets)
	if len(words) == 0 {
		words = onCallSets
	}
	chosen, err := choose(words, sets, c.App)
	if err != nil {
		return s, err
	}
	if s.Command, err = programPath(p); err != nil {
		return s, err
	}
	if slices.Contains(words, everySet) {
		s.Args = []string{everySet}
	} else {
		s.Args = loadedNames(chosen)
	}
	if c.Bool(flagWrite) {
		s.Args = append(s.Args, "--"+flagWrite)
	}
	s.Args = append(s.Args, c.Args().Tail()...)
	if _, err := arrange(append([]string{programName}, s.Args...), c.App); err != nil {
		return s, err
	}
	if choice := sandboxOf(c); choice.on {
		flag := "--" + flagSandbox
		if choice.path != "" { // the client starts the server in a directory of its own
			path, err := filepath.Abs(choice.path)
			if err != nil {
				return s, err
			}
			flag += "=" + path
		}
		s.Args, s.Key = append(s.Args, flag), clients.NoKey
		return s, nil
	}
	s.Env = map[string]string{}
	if err := serverEnvironment(c, p, &s); err != nil {
		return s, err
	}
	if s.Key, err = keySource(c, p, client); err != nil {
		return s, err
	}
	if s.Key == clients.File {
		path, err := filepath.Abs(keyFilePath(p))
		if err != nil {
			return s, err
		}
		if _, _, err := readKeyFile(path); err != nil {
			return s, usage("%s: can't read a key from %s: %w", envKeyFile, path, err)
		}
		s.Env[envKeyFile] = path
	}
	return s, nil
}

// serverEnvironment gives the server what the environment says about the account, as
// far as it is no secret.
func serverEnvironment(c *cli.Context, p Process, s *clients.Server) error {
	allowed := c.StringSlice(flagAllowHost)
	if host := strings.TrimSpace(p.Getenv(envHost)); host != "" {
		host, err := pdapi.CheckHost(host, allowed...)
		if err != nil {
			return usage("%s: %w", envHost, err)
		}
		s.Env[envHost] = host
	}
	for _, host := range allowed {
		host, err := pdapi.CheckAllowedHost(host)
		if err != nil {
			return usage("--%s: %w", flagAllowHost, err)
		}
		s.Args = append(s.Args, "--"+flagAllowHost, host)
	}
	if from := strings.TrimSpace(p.Getenv(envFrom)); from != "" {
		from, err := pdapi.CheckFrom(from)
		if err != nil {
			return usage("%s: %w", envFrom, err)
		}
		s.Env[envFrom] = from
	}
	return nil
}

// keySource is where the server is to get its key: as the flag says, or the safest way
// that works. No way puts the key itself into the client's file.
func keySource(c *cli.Context, p Process, client clients.Client) (clients.KeySource, error) {
	ways := client.Keys()
	if c.IsSet(flagKeyFrom) {
		way := clients.KeySource(c.String(flagKeyFrom))
		var names []string
		for _, w := range ways {
			names = append(names, string(w))
		}
		switch {
		case !slices.Contains(ways, way): // not shown: it may be a key
			return "", usage("--%s: for %s give one of %s", flagKeyFrom, client.Title, strings.Join(names, ", "))
		case way == clients.File && keyFilePath(p) == "":
			return "", usage("--%s file: set %s to the path of the file that holds the key", flagKeyFrom, envKeyFile)
		}
		return way, nil
	}
	if keyFilePath(p) != "" {
		return clients.File, nil
	}
	if _, _, err := storedKey(c.Context, p); err == nil {
		return clients.Stored, nil
	}
	if ways[0] == clients.Prompt {
		return clients.Prompt, nil
	}
	if slices.Contains(ways, clients.Environment) && strings.TrimSpace(p.Getenv(envKey)) != "" {
		return clients.Environment, nil
	}
	return clients.Stored, nil
}

func removeServer(p Process, client clients.Client, path string) error {
	found := false
	done, err := clients.Change(path, 0, func(text []byte) (without []byte, err error) {
		if len(text) == 0 {
			return text, nil
		}
		without, found, err = client.Remove(text)
		return without, err
	})
	switch {
	case err != nil:
		return notChanged(client, err)
	case !found:
		_, _ = fmt.Fprintf(p.Stdout, "%s does not know %s: %s has no such server. Nothing was changed.\n", client.Title, clients.ServerName, path)
	default:
		_, _ = fmt.Fprintf(p.Stdout, "Removed %s from %s: %s\n  backup   %s\n", clients.ServerName, client.Title, done.Path, done.Backup)
	}
	return nil
}

func notChanged(client clients.Client, err error) error {
	return fmt.Errorf("%w\nThe configuration of %s was left as it was. Mend it, or use --%s and paste what it shows", err, client.Title, flagPrint)
}

// isKey reports whether a text may be a key, and not a reference to one.
func isKey(text string) bool {
	_, err := pdapi.ParseKey(text)
	return err == nil
}

// tellConfigured says what was done, and how to see it work. Before are the servers of
// PagerDuty's that the file had.
func tellConfigured(c *cli.Context, p Process, client clients.Client, s clients.Server, done clients.Outcome, before []clients.Found) {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(p.Stdout, format+"\n", args...) }
	if !done.Changed {
		say("%s is set up like that already; nothing was changed: %s", client.Title, done.Path)
	} else {
		say("Set up %s: %s", client.Title, done.Path)
	}
	say("  server   %s: %s %s", clients.ServerName, s.Command, strings.Join(s.Args, " "))
	if c.Bool(flagWrite) {
		say("  changes  allowed: the model can change PagerDuty")
	} else {
		say("  changes  none: read-only; --%s allows them", flagWrite)
	}
	say("  key      %s", keyTold(c, p, s))
	if done.Backup != "" {
		say("  backup   %s", done.Backup)
		if slices.ContainsFunc(before, func(f clients.Found) bool { return isKey(f.Env[envKey]) }) {
			say("           It holds the key that the file had; delete it when all works.")
		}
	}
	for _, f := range before {
		if f.Name != clients.ServerName {
			say("  besides  there is a server %q for PagerDuty; take it out if it is an older one", f.Name)
		}
	}
	if c.String(flagScope) == string(clients.Project) {
		say("  project  The program's path is that of this computer; others who share the file need their own.")
		say("           Clients want to be told that they may trust a project before they start its servers.")
	}
	say("See it work: %s.", client.See)
	if client.Hint != "" {
		say("%s.", client.Hint)
	}
}

// keyTold says where the server gets its key, and what is left to do for it.
func keyTold(c *cli.Context, p Process, s clients.Server) string {
	switch s.Key {
	case clients.NoKey:
		return "none: it serves a simulated account"
	case clients.File:
		return "in the file " + s.Env[envKeyFile]
	case clients.Environment:
		return "the client hands on " + envKey + ", which must be set where the client is started"
	case clients.Prompt:
		return "the client asks for it at the first start, and keeps it"
	}
	if _, source, err := storedKey(c.Context, p); err == nil {
		return "stored in " + source
	}
	return fmt.Sprintf("none is stored yet; run: %s auth login", programName)
}

// system is this computer, as the environment describes it.
func system(p Process) clients.System {
	dir, err := os.Getwd()
	if err != nil {
		dir = "" // then there are no project files
	}
	return clients.System{OS: runtime.GOOS, Getenv: p.Getenv, Dir: dir}
}

// programPath is the absolute path of this program, for clients that start it without
// a shell's PATH. Where it was found by a link, as package managers make them, it is
// the link's, which stays when the version changes.
func programPath(p Process) (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("where this program is can't be found out: %w", err)
	}
	if strings.Contains(filepath.ToSlash(path), "/go-build") {
		return "", errors.New("this program was started by 'go run', which deletes it when it ends; install it first: go install github.com/PagerDuty/pagerduty-mcp@latest")
	}
	if len(p.Args) > 0 {
		if named, err := exec.LookPath(p.Args[0]); err == nil {
			if named, err = filepath.Abs(named); err == nil && sameFile(named, path) {
				return named, nil
			}
		}
	}
	return path, nil
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}
