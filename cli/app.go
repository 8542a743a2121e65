// Package cli is the command line: it reads flags and environment, picks
// toolsets and has package server serve them.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // a tool or the server failed
	exitUsage  = 2 // the command line or the environment is wrong
)

// Process is what a run of the program is given.
type Process struct {
	Args           []string // with the program's name
	Version        string   // of a release; empty in other builds
	Getenv         func(string) string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// usageError is a command line or environment that is wrong.
type usageError struct{ error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// Run runs the program and returns its exit code.
func Run(ctx context.Context, p Process) int {
	if p.Version == "" {
		p.Version = buildVersion()
	}
	app := newApp(p)
	err := app.RunContext(ctx, arrange(dispatch(p.Args), app))
	var wrong usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &wrong):
		_, _ = fmt.Fprintf(p.Stderr, "pagerduty-mcp: %v\n", err)
		return exitUsage
	case errors.Is(err, errReported):
		return exitFailed
	}
	_, _ = fmt.Fprintf(p.Stderr, "pagerduty-mcp: %v\n", err)
	return exitFailed
}

// errReported ends a run that has told what went wrong.
var errReported = errors.New("reported")

func buildVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return strings.TrimPrefix(info.Main.Version, "v")
	}
	return "dev"
}

// newApp describes the command line to urfave/cli. Commands and the app have
// the same flags, so that they work with and without a command; [arrange] sees
// to it that the command gets them.
func newApp(p Process) *cli.App {
	flags := append(accessFlags(), logFlags()...)
	app := &cli.App{
		Name:      "pagerduty-mcp",
		Usage:     "PagerDuty for MCP clients",
		UsageText: "pagerduty-mcp COMMAND [flags]",
		Description: "Serves PagerDuty's tools over MCP on standard input and output. Read-only unless --enable-write-tools.\n\n" +
			"Environment:\n" +
			"  PAGERDUTY_USER_API_KEY       API key or OAuth access token (pd…+ and JWT tokens are sent as Bearer, as is \"Bearer TOKEN\")\n" +
			"  PAGERDUTY_USER_API_KEY_FILE  or a file with it\n" +
			"  PAGERDUTY_API_HOST           API of another region: https://api.eu.pagerduty.com for the EU\n" +
			"  PAGERDUTY_FROM_EMAIL         who acts, for account-level keys: a user's login e-mail",
		Version:         p.Version,
		Flags:           flags,
		HideHelpCommand: true,
		// Help and version that were asked for; mistakes go to stderr.
		Writer:         p.Stdout,
		ErrWriter:      p.Stderr,
		OnUsageError:   onUsageError,
		ExitErrHandler: func(*cli.Context, error) {}, // Run decides
		Action:         func(c *cli.Context) error { return withoutCommand(c, p) },
	}
	for _, set := range toolsets.All() {
		app.Commands = append(app.Commands, serveCommand(set.Name, fmt.Sprintf("Serve the %s toolset: %s", set.Name, set.Holds), []tool.Set{set}, flags, p))
	}
	app.Commands = append(app.Commands, serveCommand("all", "Serve every toolset", toolsets.All(), flags, p), callCommand(flags, p))
	return app
}

func onUsageError(c *cli.Context, err error, _ bool) error {
	return usage("%w\nRun 'pagerduty-mcp %s--help' for the flags there are.", err, commandWord(c))
}

func commandWord(c *cli.Context) string {
	if c.Command != nil && c.Command.Name != "" && c.Command.Name != "pagerduty-mcp" {
		return c.Command.Name + " "
	}
	return ""
}

// dispatch lets the program be called by a toolset's name: pagerduty-incidents,
// as a symlink or a copy, with or without .exe, is pagerduty-mcp incidents.
func dispatch(args []string) []string {
	if len(args) == 0 {
		return []string{"pagerduty-mcp"}
	}
	name := filepath.Base(strings.ReplaceAll(args[0], `\`, "/"))
	if ext := filepath.Ext(name); strings.EqualFold(ext, ".exe") {
		name = strings.TrimSuffix(name, ext)
	}
	for _, set := range toolsets.All() {
		if strings.EqualFold(name, "pagerduty-"+set.Name) {
			return append([]string{args[0], set.Name}, args[1:]...)
		}
	}
	return args
}

// arrange puts the command first, then the flags, then the rest: urfave/cli
// ignores flags after an argument, and lets a command's default hide a flag in
// front of the command.
func arrange(args []string, app *cli.App) []string {
	takesValue := map[string]bool{}
	for _, list := range [][]cli.Flag{app.Flags, callFlags()} {
		for _, f := range list {
			if _, isBool := f.(*cli.BoolFlag); isBool {
				continue
			}
			for _, name := range f.Names() {
				takesValue[name] = true
			}
		}
	}
	var flags, rest []string
	for i := 1; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			rest = append(rest, args[i+1:]...)
			break
		}
		if len(arg) < 2 || arg[0] != '-' {
			rest = append(rest, arg)
			continue
		}
		flags = append(flags, arg)
		name, _, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if takesValue[name] && !hasValue && i+1 < len(args) {
			i++
			flags = append(flags, args[i])
		}
	}
	out := []string{args[0]}
	if len(rest) > 0 && app.Command(rest[0]) != nil {
		out, rest = append(out, rest[0]), rest[1:]
	}
	out = append(out, flags...)
	if len(rest) > 0 {
		out = append(append(out, "--"), rest...)
	}
	return out
}

// withoutCommand serves everything, as version 1 of PagerDuty's server did,
// for configurations written for it. A person at a terminal gets help instead.
func withoutCommand(c *cli.Context, p Process) error {
	if c.NArg() > 0 {
		return unknownCommand(c.Args().First(), c.App)
	}
	if !c.Bool(flagWrite) && isTerminal(p.Stdin) {
		c.App.Writer = p.Stderr
		_ = cli.ShowAppHelp(c)
		return usage("give a command; 'pagerduty-mcp all' serves every toolset")
	}
	_, _ = fmt.Fprintln(p.Stderr, "pagerduty-mcp: deprecated: serving every toolset because no command was given; use 'pagerduty-mcp all', or a single toolset to save tokens")
	return serve(c, p, toolsets.All())
}

func isTerminal(r io.Reader) bool {
	file, ok := r.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && info.Mode()&os.ModeDevice != 0 && file.Name() != os.DevNull
}

func unknownCommand(name string, app *cli.App) error {
	var names []string
	for _, c := range app.Commands {
		names = append(names, c.Name)
	}
	if near := tool.Nearest(name, names); near != "" {
		return usage("there is no command %q; did you mean %q? Commands: %s", name, near, strings.Join(names, ", "))
	}
	return usage("there is no command %q. Commands: %s", name, strings.Join(names, ", "))
}

// noArguments refuses arguments, which commands that serve don't take.
func noArguments(c *cli.Context) error {
	if c.NArg() > 0 {
		return usage("'%s' takes no arguments, but was given %q; flags start with --", c.Command.Name, c.Args().Slice())
	}
	return nil
}

// toolsOf are the tools of sets, by name.
func toolsOf(sets []tool.Set) map[string]tool.Tool {
	byName := map[string]tool.Tool{}
	for _, set := range sets {
		for _, t := range set.Tools {
			byName[t.Name()] = t
		}
	}
	return byName
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
