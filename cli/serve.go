package cli

import (
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// serve speaks MCP on stdin and stdout until stdin ends or a signal comes. After the
// first signal the calls at work can finish. A second signal kills the process, because
// the first one restores what signals do by default.
func serve(c *cli.Context, p Process, sets []tool.Set) error {
	s, closer, err := open(c, p, sets, person{})
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
