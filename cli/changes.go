package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// maxPolicy bounds a policy file, in bytes.
const maxPolicy = 1 << 20

// changeOptions are the options for changes that the flags ask for: which are allowed,
// who confirms them, and where they are recorded.
func changeOptions(c *cli.Context, p Process) (server.Options, error) {
	o := server.Options{Confirm: server.Confirm(c.String(flagConfirm)), DryRun: c.Bool(flagDryRun), WritesPerMinute: c.Int(flagRate)}
	if !slices.Contains(server.Confirms, string(o.Confirm)) {
		return o, usage("--%s: %s is not allowed; use %s", flagConfirm, wording.Quote(string(o.Confirm)), wording.OrList(server.Confirms))
	}
	switch rate := c.Int(flagRate); {
	case rate < 0:
		return o, usage("--%s: %d is out of range; use 1 or more, or 0 for no bound", flagRate, rate)
	case rate == 0:
		o.WritesPerMinute = -1
	}
	var err error
	path, words := c.String(flagPolicy), c.StringSlice(flagAllow)
	switch {
	case path != "" && len(words) > 0:
		return o, usage("--%s and --%s are both given; put what is allowed into the file", flagPolicy, flagAllow)
	case path != "":
		if o.Policy, err = readPolicy(path); err != nil {
			return o, usage("--%s: %s: %w", flagPolicy, path, err)
		}
	case len(words) > 0:
		if o.Policy, err = server.AllowOnly(words, toolsets.All()); err != nil {
			return o, usage("--%s: %w", flagAllow, err)
		}
	}
	if path := c.String(flagAudit); path != "" {
		if o.Audit, err = server.OpenAudit(path, p.Stderr); err != nil {
			return o, usage("--%s: %w; give a file that can be written", flagAudit, err)
		}
		reopenOnHangup(o.Audit, func(err error) {
			_, _ = fmt.Fprintf(p.Stderr, "pagerduty-mcp: the audit log could not be opened anew, so the old file is written on: %v\n", err)
		})
	}
	return o, nil
}

// readPolicy reads a policy file.
func readPolicy(path string) (*server.Policy, error) {
	data, _, err := readFile(path, maxPolicy)
	if err != nil {
		return nil, err
	}
	policy, err := server.ParsePolicy(data, toolsets.All())
	if err != nil && strings.Contains(err.Error(), "\n") {
		return nil, errors.New("\n  " + strings.ReplaceAll(err.Error(), "\n", "\n  "))
	}
	return policy, err
}
