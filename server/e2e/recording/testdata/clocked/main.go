// Command clocked is pagerduty-mcp with a clock that stands still, so that what it prints
// is the same whenever it is run. The variable CLOCK says, as 2026-03-02T03:20:00Z, where.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/cli"
)

func main() {
	clock, err := time.Parse(time.RFC3339, os.Getenv("CLOCK"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "CLOCK:", err)
		os.Exit(2)
	}
	os.Exit(cli.Run(context.Background(), cli.Process{
		Args: os.Args, Build: cli.Build{Version: "recording"}, Getenv: os.Getenv, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Now: func() time.Time { return clock },
	}))
}
