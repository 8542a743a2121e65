//go:build !no_telemetry

package cli

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/cli/telemetry"
)

// observe has the server counted and, where the variables of OpenTelemetry ask for it,
// traced. The function ends both.
func (l *listening) observe(c *cli.Context, p Process, s *setup) (end func(), err error) {
	log := s.options.Logger
	traces, err := telemetry.NewTraces(c.Context, p.Getenv, p.Build.String(), log)
	if err != nil {
		return nil, usageError{err}
	}
	both := telemetry.Both{Metrics: telemetry.NewMetrics(), Traces: traces}
	s.options.Observe, s.config.Observe, l.options.Refused = both, both.Attempt, both.Refused
	l.counted = both.Watch
	end = func() {}
	if traces != nil {
		l.options.Trace = traces.Incoming
		end = func() {
			ending, cancel := context.WithTimeout(context.WithoutCancel(c.Context), 5*time.Second)
			defer cancel()
			if err := traces.Close(ending); err != nil {
				log.Warn("the last spans could not be sent", "error", err)
			}
		}
	}
	switch address := c.String(flagMetrics); address {
	case "":
		l.options.Metrics = both.Handler()
	case "off":
	default:
		on, err := net.Listen("tcp", address)
		if err != nil {
			return nil, usage("--%s: %w", flagMetrics, err)
		}
		stop := serveMetrics(log, on, both.Handler())
		traced := end
		end = func() { stop(); traced() }
	}
	return end, nil
}

// serveMetrics serves metrics on a listener of their own until stop is called.
func serveMetrics(log *slog.Logger, on net.Listener, metrics http.Handler) (stop func()) {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	s := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second}
	go func() { _ = s.Serve(on) }() // ends by stop alone
	log.Info("serving metrics", "url", "http://"+on.Addr().String()+"/metrics")
	return func() { _ = s.Close() }
}
