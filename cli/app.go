// Package cli is the command line: it reads flags and environment, picks
// toolsets and has package server serve them.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // a tool or the server failed
	exitUsage  = 2 // the command line, the environment or a call's arguments are wrong
	// A signal that ends a call gives 128 and its number, 130 for SIGINT.
)

// Process is what a run of the program is given.
type Process struct {
	Args           []string // with the program's name
	Build          Build    // of a release; empty in other builds
	Getenv         func(string) string
	Environ        func() []string // as [os.Environ]; nil for a process that is not to look for misspelled variables
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Now is the clock that answers and their ages are told by; nil is [time.Now].
	Now func() time.Time
}

// now is the clock.
func (p Process) now() time.Time {
	if p.Now != nil {
		return p.Now()
	}
	return time.Now()
}

// userAgent names the program to PagerDuty.
func (p Process) userAgent() string { return programName + "/" + p.Build.String() }

// usageError is a command line or environment that is wrong.
type usageError struct{ error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// run runs the program and returns its exit code.
func run(ctx context.Context, p Process) int {
	info, _ := debug.ReadBuildInfo()
	p.Build = p.Build.orFrom(info)
	return report(p, runApp(ctx, p, toolsets.All()))
}

func runApp(ctx context.Context, p Process, sets []tool.Set) error {
	if len(p.Args) > 1 && p.Args[1] == completeWord {
		return complete(p, sets)
	}
	args, err := dispatch(p.Args, sets)
	if err != nil {
		return err
	}
	app, err := newApp(p, sets)
	if err != nil {
		return err
	}
	if args, err = arrange(args, app); err != nil {
		return err
	}
	misspelled(p)
	return app.RunContext(ctx, args)
}

// report says how a run failed, if it did, and returns its exit code.
func report(p Process, err error) int {
	var (
		wrong    usageError
		signaled interruption
		told     reported
	)
	code := exitFailed
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &told):
		return told.code
	case errors.As(err, &wrong):
		code = exitUsage
	case errors.As(err, &signaled):
		code = signaled.exitCode()
	}
	_, _ = fmt.Fprintf(p.Stderr, "%s: %v\n", programName, err)
	return code
}

// reported ends a run that has told what went wrong.
type reported struct{ code int }

func (r reported) Error() string { return "it has been told what went wrong" }

// newApp describes the command line to urfave/cli. Commands and the app have
// the same flags, so that they work with and without a command; [arrange] sees
// to it that the command gets them.
func newApp(p Process, sets []tool.Set) (*cli.App, error) {
	useQuestions()
	flags, err := withVariables(append(accessFlags(), logFlags()...), p)
	if err != nil {
		return nil, err
	}
	web, err := withVariables(httpFlags(), p)
	if err != nil {
		return nil, err
	}
	serving := slices.Concat(flags, web)
	app := &cli.App{
		Name:  programName,
		Usage: "PagerDuty for MCP clients",
		UsageText: programName + " TOOLSET… [flags]                   serve toolsets over MCP\n" +
			programName + " call TOOL [key=value …] [flags]    make one call\n" +
			programName + " help [COMMAND|TOOL]",
		Description: "Serves PagerDuty's tools over MCP on standard input and output, or over HTTP. Read-only unless --enable-write-tools.\n\n" +
			"Environment:\n" +
			"  PAGERDUTY_USER_API_KEY       API key or OAuth access token (pd…+ and JWT tokens are sent as Bearer, as is \"Bearer TOKEN\")\n" +
			"  PAGERDUTY_USER_API_KEY_FILE  or a file with it\n" +
			"  PAGERDUTY_API_HOST           API of another region: https://api.eu.pagerduty.com for the EU\n" +
			"  PAGERDUTY_FROM_EMAIL         who acts, for account-level keys: a user's login e-mail\n" +
			"\n" +
			"In place of what the command line says, which wins:\n" +
			"  " + envToolsets + "            toolsets to serve where none is given, as incidents,oncall\n" +
			"  " + envTools + "               --" + flagTools + "\n" +
			"  " + envExclude + "       --" + flagExclude + "\n" +
			"  " + envWrite + "  --" + flagWrite + ": true or false\n" +
			"  " + envHTTPHost + ", " + envHTTPPort + "           --" + flagHost + ", --" + flagPort,
		Version:         p.Build.words(),
		Flags:           append(slices.Clone(serving), cli.HelpFlag), // which urfave/cli forgets where there is a help command
		HideHelpCommand: true,
		// Help and version that were asked for; mistakes go to stderr.
		Writer:         p.Stdout,
		ErrWriter:      p.Stderr,
		OnUsageError:   onUsageError,
		ExitErrHandler: func(*cli.Context, error) {}, // Run decides
		Action:         func(c *cli.Context) error { return withoutCommand(c, p, sets) },
	}
	for _, set := range sets {
		app.Commands = append(app.Commands, serveCommand(set.Name, fmt.Sprintf("Serve the %s toolset: %s", set.Name, set.Holds), sets, serving, p))
	}
	app.Commands = append(app.Commands, serveCommand(everySet, "Serve every toolset", sets, serving, p), callCommand(sets, flags, p),
		toolsCommand(sets, flags, p), watchCommand(sets, flags, p), sandboxCommand(p),
		configureCommand(sets, p), authCommand(p), doctorCommand(sets, p), completionCommand(p), helpCommand(sets, p), versionCommand())
	return app, nil
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

// withoutCommand serves the toolsets that a variable names, or everything, as version 1
// of PagerDuty's server did, for configurations written for it. A person at a terminal
// gets help instead.
func withoutCommand(c *cli.Context, p Process, sets []tool.Set) error {
	if c.NArg() > 0 {
		return unknownWord(c.Args().First(), sets, c.App)
	}
	if words := listed(p.Getenv(envToolsets)); words != nil {
		chosen, err := choose(words, sets, c.App)
		if err != nil {
			return usage("%s: %w", envToolsets, err)
		}
		return serve(c, p, chosen)
	}
	if !c.IsSet(flagWrite) && isTerminal(p.Stdin) {
		c.App.Writer = p.Stderr
		_ = cli.ShowAppHelp(c)
		return usage("give a command; 'pagerduty-mcp all' serves every toolset")
	}
	_, _ = fmt.Fprintln(p.Stderr, "pagerduty-mcp: deprecated: serving every toolset because no command was given; use 'pagerduty-mcp all', or a single toolset to save tokens")
	return serve(c, p, sets)
}
