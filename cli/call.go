package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"syscall"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

func callFlags() []cli.Flag {
	return []cli.Flag{&cli.StringFlag{Name: "args", Usage: "arguments as a JSON object; - reads it from standard input"}}
}

// callCommand makes one tool call through the server, in this process.
func callCommand(flags []cli.Flag, p Process) *cli.Command {
	return &cli.Command{
		Name: "call", Usage: "Call one tool and print its answer",
		UsageText: "pagerduty-mcp call TOOL [key=value …] [--args JSON] [--sandbox] [--enable-write-tools]",
		Flags:     append(callFlags(), quietFlags(flags)...), OnUsageError: onUsageError, HideHelpCommand: true,
		Action: func(c *cli.Context) error { return call(c, p) },
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

func call(c *cli.Context, p Process) error {
	sets := toolsets.All()
	name := c.Args().First()
	if err := checkTool(name, sets, c.Bool(flagWrite)); err != nil {
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
	ctx, stop := signal.NotifyContext(c.Context, syscall.SIGINT, syscall.SIGTERM)
	defer stop()

	mcpClient, err := client.NewInProcessClient(s.MCP())
	if err != nil {
		return fmt.Errorf("starting the client: %w", err)
	}
	defer func() { _ = mcpClient.Close() }()
	if err := mcpClient.Start(ctx); err != nil {
		return fmt.Errorf("starting the client: %w", err)
	}
	initialize := mcp.InitializeRequest{}
	initialize.Params.ProtocolVersion = mcp.LATEST_LEGACY_PROTOCOL_VERSION
	initialize.Params.ClientInfo = mcp.Implementation{Name: "pagerduty-mcp call", Version: p.Version}
	if _, err := mcpClient.Initialize(ctx, initialize); err != nil {
		return fmt.Errorf("initializing: %w", err)
	}
	request := mcp.CallToolRequest{}
	request.Params.Name, request.Params.Arguments = name, arguments
	result, err := mcpClient.CallTool(ctx, request)
	if err != nil {
		return fmt.Errorf("calling %s: %w", name, err)
	}
	return printResult(p, result)
}

// checkTool refuses a tool that is not there or not allowed.
func checkTool(name string, sets []tool.Set, write bool) error {
	tools := toolsOf(sets)
	t, ok := tools[name]
	switch {
	case name == "":
		return usage("which tool? pagerduty-mcp call TOOL [key=value …]. Tools: %s", strings.Join(sortedKeys(tools), ", "))
	case !ok:
		if near := tool.Nearest(name, sortedKeys(tools)); near != "" {
			return usage("there is no tool %q; did you mean %q?", name, near)
		}
		return usage("there is no tool %q. Tools: %s", name, strings.Join(sortedKeys(tools), ", "))
	case !t.Access().ReadOnly() && !write:
		return usage("%s changes PagerDuty; add --%s if that is what you want", name, flagWrite)
	}
	return nil
}

// callArguments puts together what --args and key=value give. A key that comes
// several times is a list.
func callArguments(c *cli.Context, p Process) (map[string]any, error) {
	arguments := map[string]any{}
	if text := c.String("args"); text != "" {
		if text == "-" {
			data, err := io.ReadAll(io.LimitReader(p.Stdin, 4<<20))
			if err != nil {
				return nil, fmt.Errorf("reading the arguments from standard input: %w", err)
			}
			text = string(data)
		}
		if err := json.Unmarshal([]byte(text), &arguments); err != nil || arguments == nil {
			return nil, usage(`--args is not a JSON object; give one such as --args '{"limit":5}'`)
		}
	}
	given := map[string][]any{}
	for _, pair := range c.Args().Tail() {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" {
			return nil, usage("%q is not an argument; write key=value, such as limit=5", pair)
		}
		given[key] = append(given[key], value)
	}
	for key, values := range given {
		if _, twice := arguments[key]; twice {
			return nil, usage("%s is given in --args and as %s=…; give it once", key, key)
		}
		arguments[key] = values[0]
		if len(values) > 1 {
			arguments[key] = values
		}
	}
	return arguments, nil
}

// printResult prints an answer on stdout, an error on stderr.
func printResult(p Process, result *mcp.CallToolResult) error {
	out := p.Stdout
	if result.IsError {
		out = p.Stderr
	}
	for _, content := range result.Content {
		if text, ok := mcp.AsTextContent(content); ok { // every tool answers text
			_, _ = fmt.Fprintln(out, text.Text)
		}
	}
	if result.IsError {
		return errReported
	}
	return nil
}
