package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

const (
	flagArgs   = "args"
	flagOutput = "output"
)

// callCommand makes one tool call, as the server makes them for its clients.
func callCommand(sets []tool.Set, flags []cli.Flag, p Process) *cli.Command {
	return &cli.Command{
		Name: "call", Usage: "Call one tool and print its answer",
		UsageText: programName + " call TOOL [key=value …] [--args JSON] [--sandbox] [--enable-write-tools]",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: flagArgs, Usage: "arguments as a JSON object; - reads it from standard input"},
			&cli.StringFlag{Name: flagOutput, Aliases: []string{"o"}, Value: "json", Usage: "json, or table for people"},
		}, callFlags(flags)...),
		OnUsageError: onUsageError, HideHelpCommand: true,
		Action: func(c *cli.Context) error { return call(c, p, sets) },
	}
}

// callFlags are flags with defaults that suit a person at a terminal, who has written the
// call: little is logged, and nobody is asked whether it is meant.
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

// nobodyToAsk refuses a call that has to be confirmed: a call from a script has nobody who
// could be asked.
func nobodyToAsk(_ context.Context, q server.Question) (bool, error) {
	return false, fmt.Errorf("nothing was done: this has to be confirmed because %s. %s Add --%s %s if that is what you want", q.Why, q.Would, flagConfirm, server.ConfirmNever)
}

func call(c *cli.Context, p Process, sets []tool.Set) error {
	name := c.Args().First()
	t, err := chosenTool(c, name, sets)
	if err != nil {
		return err
	}
	if o := c.String(flagOutput); o != "json" && o != "table" {
		return usage("--%s: %q is no form of output; use json or table", flagOutput, o)
	}
	arguments, err := callArguments(c, p)
	if err != nil {
		return err
	}
	s, closer, err := open(c, p, sets, nobodyToAsk)
	if err != nil {
		return err
	}
	defer closer()
	ctx, stop := untilSignal(c.Context)
	defer stop()
	answer, err := s.Call(ctx, name, arguments)
	if err == nil {
		if c.String(flagOutput) == "table" {
			return writeTable(p.Stdout, answer)
		}
		_, _ = fmt.Fprintf(p.Stdout, "%s\n", answer)
		return nil
	}
	_, _ = fmt.Fprintln(p.Stderr, server.Explain(err))
	var (
		wrong    *tool.ArgumentError
		signaled interruption
	)
	switch {
	case errors.As(err, &wrong):
		return reported{exitUsage}
	case errors.As(context.Cause(ctx), &signaled):
		signaled.writing = !t.Access().ReadOnly()
		return signaled
	}
	return reported{exitFailed}
}

// chosenTool is the tool called name, unless it is not there or not allowed.
func chosenTool(c *cli.Context, name string, sets []tool.Set) (tool.Tool, error) {
	t, _, ok := find(name, sets)
	switch {
	case name == "":
		return t, usage("which tool? %s call TOOL [key=value …]. Tools: %s", programName, strings.Join(toolNames(sets), ", "))
	case !ok:
		if near := nearestTool(name, sets); near != "" {
			return t, usage("there is no tool %q; did you mean %q?", name, near)
		}
		return t, usage("there is no tool %q. Tools: %s", name, strings.Join(toolNames(sets), ", "))
	case !t.Access().ReadOnly() && !c.Bool(flagWrite):
		return t, usage("%s changes PagerDuty; add --%s if that is what you want", name, flagWrite)
	}
	left, err := narrow(sets, c.StringSlice(flagTools), c.StringSlice(flagExclude), c.Bool(flagWrite))
	if err != nil {
		return t, err
	}
	if _, _, ok := find(name, left); !ok {
		return t, usage("--%s and --%s leave %s out", flagTools, flagExclude, name)
	}
	return t, nil
}
