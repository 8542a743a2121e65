// Command pagerduty-mcp lets an MCP client work with PagerDuty.
package main

import (
	"context"
	"os"

	"github.com/PagerDuty/pagerduty-mcp/cli"
)

// version is set when a release is built.
var version string

func main() {
	os.Exit(cli.Run(context.Background(), cli.Process{
		Args: os.Args, Version: version, Getenv: os.Getenv, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	}))
}
