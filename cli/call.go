package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

const (
	flagArgs   = "args"
	flagOutput = "output"
	flagJQ     = "jq"
	flagYes    = "yes"
)

// callCommand makes one tool call, as the server makes them for its clients. The tools
// that the command line names are commands below it, so that their arguments can be given
// as flags. The others are not: describing the arguments of all would take time.
func callCommand(sets []tool.Set, flags []cli.Flag, p Process) *cli.Command {
	command := &cli.Command{
		Name: "call", Usage: "Call one tool and print its answer",
		UsageText: programName + " call TOOL [VALUE …] [key=value …] [--key value …] [flags]\n" +
			programName + " call TOOL --help        what the tool takes, with examples",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: flagArgs, Usage: "arguments as a JSON object; - reads it from standard input"},
			&cli.StringFlag{Name: flagOutput, Aliases: []string{"o"}, Usage: strings.Join(forms, ", ") + " (default: table at a terminal, json elsewhere)"},
			&cli.StringFlag{Name: flagJQ, Usage: "print what this jq `EXPRESSION` makes of the answer"},
			&cli.BoolFlag{Name: flagYes, Aliases: []string{"y"}, Usage: "make a change without asking at the terminal first"},
		}, callFlags(flags)...),
		OnUsageError: onUsageError, HideHelpCommand: true,
		Action: func(c *cli.Context) error {
			return checkTool(c, c.Args().First(), sets) // names no tool
		},
	}
	for _, word := range p.Args {
		t, _, ok := find(word, sets)
		if ok && !command.HasName(word) && subcommand(command, word) == nil {
			command.Subcommands = append(command.Subcommands, toolCommand(word, t, sets, command.Flags, p))
		}
	}
	return command
}

// subcommand is the command called name below another one, or nil.
func subcommand(of *cli.Command, name string) *cli.Command {
	for _, c := range of.Subcommands {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// toolCommand calls a tool by one of its names. Arguments whose names flags of the call
// command have, too, are given as key=value only.
func toolCommand(name string, t tool.Tool, sets []tool.Set, taken []cli.Flag, p Process) *cli.Command {
	command := &cli.Command{
		Name: name, Usage: t.Title(), OnUsageError: onUsageError, HideHelpCommand: true,
		CustomHelpTemplate: "{{" + strconv.Quote(toolHelp(name, t)) + "}}",
	}
	var flags []*argumentFlag
	for _, a := range t.Arguments() {
		if f := newArgumentFlag(a); (level{flags: taken}).flag(f.Name) == nil {
			flags = append(flags, f)
			command.Flags = append(command.Flags, f)
		}
	}
	command.Action = func(c *cli.Context) error {
		if err := checkTool(c, name, sets); err != nil {
			return err
		}
		return call(c, p, sets, invocation{name, t, flags})
	}
	return command
}

// callFlags are flags with defaults that suit a person at a terminal, who has written the
// call: little is logged, and nobody is asked whether it is meant, unless at a terminal
// (see [chosenAsker]).
func callFlags(flags []cli.Flag) []cli.Flag {
	defaults := map[string]string{"log-level": "error", flagConfirm: string(server.ConfirmNever)}
	var out []cli.Flag
	for _, f := range flags {
		if s, ok := f.(*cli.StringFlag); ok && defaults[s.Name] != "" {
			changed := *s
			changed.Value = defaults[s.Name]
			f = &changed
		}
		out = append(out, f)
	}
	return out
}

// invocation is a tool on the command line: by which name, and with which arguments as
// flags.
type invocation struct {
	name  string
	tool  tool.Tool
	flags []*argumentFlag
}

func call(c *cli.Context, p Process, sets []tool.Set, called invocation) error {
	out, err := chosenOutput(c, p)
	if err != nil {
		return err
	}
	if !called.tool.Access().ReadOnly() && !c.Bool(flagDryRun) {
		out.done = ". The change itself was made; don't repeat it"
	}
	arguments, err := called.arguments(c, p)
	if err != nil {
		return err
	}
	asks, err := chosenAsker(c, p)
	if err != nil {
		return err
	}
	line := newProgress(p, called.name)
	s, closer, err := open(c, &p, sets, person{ask: line.quietly(asks.ask), progress: line.reached, waiting: line.waits})
	if err != nil {
		return err
	}
	defer closer()
	ctx, stop := untilSignal(c.Context)
	defer stop()
	done := line.begin()
	answer, err := s.Call(ctx, called.name, arguments)
	done()
	if err == nil {
		return out.write(ctx, p, answer)
	}
	var (
		wrong    *tool.ArgumentError
		signaled interruption
	)
	if errors.As(context.Cause(ctx), &signaled) && !errors.As(err, &wrong) {
		signaled.writing = !called.tool.Access().ReadOnly() && !asks.waiting
		if !asks.waiting {
			_, _ = fmt.Fprintln(p.Stderr, server.Explain(err))
		}
		return signaled
	}
	if asks.declined {
		_, _ = fmt.Fprintln(p.Stderr, "Nothing was done.")
		return reported{exitFailed}
	}
	_, _ = fmt.Fprintln(p.Stderr, server.Explain(err))
	if errors.As(err, &wrong) {
		return reported{exitUsage}
	}
	return reported{exitFailed}
}

// checkTool refuses a tool that is not there or not allowed.
func checkTool(c *cli.Context, name string, sets []tool.Set) error {
	t, _, ok := find(name, sets)
	switch {
	case name == "":
		return usage("which tool? %s call TOOL [key=value …]. Tools: %s", programName, strings.Join(toolNames(sets), ", "))
	case !ok:
		if near := nearestTool(name, sets); near != "" {
			return usage("there is no tool %q; did you mean %q?", name, near)
		}
		return usage("there is no tool %q. Tools: %s", name, strings.Join(toolNames(sets), ", "))
	case !t.Access().ReadOnly() && !c.Bool(flagWrite):
		return usage("%s changes PagerDuty; add --%s if that is what you want", name, flagWrite)
	}
	only, without := narrowing(c)
	left, err := narrow(sets, only, without, c.Bool(flagWrite))
	if err != nil {
		return err
	}
	if _, _, ok := find(name, left); !ok {
		switch {
		case len(without.names) == 0:
			return usage("%s leaves %s out; name it there, too", only.said, name)
		case len(only.names) == 0:
			return usage("%s leaves %s out; take it from there", without.said, name)
		}
		return usage("%s and %s leave %s out", only.said, without.said, name)
	}
	return nil
}
