// Command pagerduty-mcp lets an MCP client work with PagerDuty.
package main

import (
	"context"
	"os"

	"github.com/PagerDuty/pagerduty-mcp/cli"
)

// These are set when a release is built, with -ldflags "-X main.version=1.2.3 …".
var version, commit, date string

func main() {
	os.Exit(cli.Run(context.Background(), cli.Process{
		Args: os.Args, Build: cli.Build{Version: version, Commit: commit, Date: date}, Getenv: os.Getenv, Environ: os.Environ,
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	}))
}
