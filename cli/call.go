package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

const flagArgs = "args"

// callCommand makes one tool call through the server, in this process.
func callCommand(sets []tool.Set, flags []cli.Flag, p Process) *cli.Command {
	return &cli.Command{
		Name: "call", Usage: "Call one tool and print its answer",
		UsageText: programName + " call TOOL [key=value …] [--args JSON] [--sandbox] [--enable-write-tools]",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: flagArgs, Usage: "arguments as a JSON object; - reads it from standard input"},
		}, quietFlags(flags)...),
		OnUsageError: onUsageError, HideHelpCommand: true,
		Action: func(c *cli.Context) error { return call(c, p, sets) },
	}
}

// quietFlags are flags with a log level that suits a person at a terminal.
func quietFlags(flags []cli.Flag) []cli.Flag {
	var out []cli.Flag
	for _, f := range flags {
		if s, ok := f.(*cli.StringFlag); ok && s.Name == "log-level" {
			quiet := *s
			quiet.Value = "error"
			f = &quiet
		}
		out = append(out, f)
	}
	return out
}

func call(c *cli.Context, p Process, sets []tool.Set) error {
	name := c.Args().First()
	t, err := chosenTool(c, name, sets)
	if err != nil {
		return err
	}
	arguments, err := callArguments(c, p)
	if err != nil {
		return err
	}
	s, closer, err := open(c, p, sets)
	if err != nil {
		return err
	}
	defer closer()
	ctx, stop := untilSignal(c.Context)
	defer stop()
	result, err := callTool(ctx, s, p, name, arguments)
	failed := err != nil || result.IsError
	if err == nil {
		err = printResult(p, result)
	}
	var signaled interruption
	if failed && errors.As(context.Cause(ctx), &signaled) {
		signaled.writing = !t.Access().ReadOnly()
		return signaled
	}
	return err
}

// callTool makes the call through an MCP client, as a model's client does.
func callTool(ctx context.Context, s *server.Server, p Process, name string, arguments json.RawMessage) (*mcp.CallToolResult, error) {
	mcpClient, err := client.NewInProcessClient(s.MCP())
	if err != nil {
		return nil, fmt.Errorf("starting the client: %w", err)
	}
	defer func() { _ = mcpClient.Close() }()
	if err := mcpClient.Start(ctx); err != nil {
		return nil, fmt.Errorf("starting the client: %w", err)
	}
	initialize := mcp.InitializeRequest{}
	initialize.Params.ProtocolVersion = mcp.LATEST_LEGACY_PROTOCOL_VERSION
	initialize.Params.ClientInfo = mcp.Implementation{Name: programName + " call", Version: p.Version}
	if _, err := mcpClient.Initialize(ctx, initialize); err != nil {
		return nil, fmt.Errorf("initializing: %w", err)
	}
	request := mcp.CallToolRequest{}
	request.Params.Name, request.Params.Arguments = name, arguments
	result, err := mcpClient.CallTool(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("calling %s: %w", name, err)
	}
	return result, nil
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

// printResult prints an answer on stdout, an error on stderr.
func printResult(p Process, result *mcp.CallToolResult) error {
	out := p.Stdout
	if result.IsError {
		out = p.Stderr
	}
	for _, content := range result.Content {
		if text, ok := mcp.AsTextContent(content); ok { // every tool answers text
			if _, err := fmt.Fprintln(out, text.Text); err != nil {
				return fmt.Errorf("the call was made, but its answer could not be written: %w", err)
			}
		}
	}
	if result.IsError {
		return errReported
	}
	return nil
}
