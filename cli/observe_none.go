//go:build no_telemetry

package cli

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/server"
)

// observe refuses what a build for desktops leaves out, so that it starts in less time: the
// libraries for metrics and traces prepare themselves at each start of the program, also
// of a server on stdio that needs neither.
func (l *listening) observe(c *cli.Context, p Process, _ *setup) (end func(), err error) {
	if address := c.String(flagMetrics); address != "" && address != "off" {
		return nil, usage("--%s: this build has no metrics; use the container image, or build without the tag no_telemetry", flagMetrics)
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} {
		if strings.TrimSpace(p.Getenv(name)) != "" {
			return nil, usage("%s: this build has no traces; use the container image, or build without the tag no_telemetry", name)
		}
	}
	l.counted = func(func() server.Stats) {}
	return func() {}, nil
}
