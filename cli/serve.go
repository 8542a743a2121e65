package cli

import (
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// serveCommand is a command that serves sets.
func serveCommand(name, does string, sets []tool.Set, flags []cli.Flag, p Process) *cli.Command {
	return &cli.Command{
		Name: name, Usage: does, Flags: flags, OnUsageError: onUsageError, HideHelpCommand: true,
		Action: func(c *cli.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			return serve(c, p, sets)
		},
	}
}

// serve speaks MCP on stdin and stdout until stdin ends or a signal comes. The
// first signal lets calls in flight finish; a second one ends the process.
func serve(c *cli.Context, p Process, sets []tool.Set) error {
	s, closer, err := open(c, p, sets)
	if err != nil {
		return err
	}
	defer closer()
	ctx, stop := signal.NotifyContext(c.Context, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop()
	}()
	return s.ServeStdio(ctx, p.Stdin, p.Stdout)
}
