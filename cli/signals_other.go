//go:build !unix

package cli

import "github.com/PagerDuty/pagerduty-mcp/server"

// ignoreBrokenPipes does nothing where a write to a closed pipe raises no signal.
func ignoreBrokenPipes() {}

// reopenOnHangup does nothing where there is no SIGHUP.
func reopenOnHangup(*server.Audit, func(error)) {}
