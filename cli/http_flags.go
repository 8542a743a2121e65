package cli

import (
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

const (
	flagTransport  = "transport"
	flagHost       = "host"
	flagPort       = "port"
	flagPath       = "path"
	flagAuth       = "auth"
	flagAuthTokens = "auth-token-file"
	flagHosts      = "allowed-hosts"
	flagOrigins    = "allowed-origins"
	flagProxies    = "trusted-proxies"
	flagCert       = "tls-cert"
	flagCertKey    = "tls-key"
	flagMetrics    = "metrics-address"
	flagMaxCalls   = "max-calls"
	flagMaxEach    = "max-calls-per-caller"
	flagDrain      = "drain-wait"

	transportStdio = "stdio"
	transportHTTP  = "http"
)

// httpFlags are the flags of the commands that serve, for serving over HTTP.
func httpFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: flagTransport, Value: transportStdio, Usage: "how to serve: stdio or http; all flags below are for http"},
		&cli.StringFlag{Name: flagHost, Value: "127.0.0.1", Usage: "the address to listen on; others than of this machine want --auth"},
		&cli.IntFlag{Name: flagPort, Value: 8000, Usage: "the port to listen on; 0 for any that is free"},
		&cli.StringFlag{Name: flagPath, Value: "/mcp", Usage: "the path of the endpoint"},
		&cli.StringFlag{Name: flagAuth, Usage: "whose PagerDuty credential is used: caller, for the one that each request brings, or secret, for the server's own and callers with a secret"},
		&cli.StringFlag{Name: flagAuthTokens, Usage: "a `FILE` with the secrets of --auth secret: lines of a name, read or write, and the secret"},
		&cli.StringSliceFlag{Name: flagHosts, Usage: "names that Host may have, besides localhost and addresses; * for all"},
		&cli.StringSliceFlag{Name: flagOrigins, Usage: "web pages that may call, as https://app.example"},
		&cli.StringSliceFlag{Name: flagProxies, Usage: "proxies whose X-Forwarded-For is believed, as 10.0.0.0/8"},
		&cli.StringFlag{Name: flagCert, Usage: "a `FILE` with a TLS certificate, in PEM; read again when it changes"},
		&cli.StringFlag{Name: flagCertKey, Usage: "a `FILE` with the key of the certificate"},
		&cli.StringFlag{Name: flagMetrics, Usage: "serve /metrics at an address of its own, as 127.0.0.1:9090, or not at all: off"},
		&cli.IntFlag{Name: flagMaxCalls, Value: server.DefaultMaxCalls, Usage: "how many requests may be at work at a time"},
		&cli.IntFlag{Name: flagMaxEach, Value: server.DefaultMaxCallsPerCaller, Usage: "how many of them may be one caller's"},
		&cli.DurationFlag{Name: flagDrain, Value: 5 * time.Second, Usage: "how long to go on after SIGTERM, so that load balancers notice"},
	}
}

// transportOf is the transport that is asked for. A flag of the other one is a mistake: a
// server on stdio that was meant to be reached by HTTP would just sit there.
func transportOf(c *cli.Context) (string, error) {
	over := c.String(flagTransport)
	if over != transportStdio && over != transportHTTP {
		return "", usage("--%s: %s is not known; use stdio or http", flagTransport, wording.Quote(over))
	}
	if over == transportStdio {
		for _, f := range httpFlags()[1:] {
			if name := f.Names()[0]; c.IsSet(name) {
				return "", usage("--%s is for --%s http, and this server would speak on standard input and output; add that flag, or leave this one out", name, flagTransport)
			}
		}
	}
	return over, nil
}

// listening is where a server is reached, and by whom.
type listening struct {
	address string // to listen on
	options server.HTTPOptions
	counted func(stats func() server.Stats) // gets what gauges show
}

// readHTTP reads the flags of httpFlags, without those that name files.
func readHTTP(c *cli.Context) (listening, error) {
	host, port := strings.Trim(c.String(flagHost), "[]"), c.Int(flagPort)
	l := listening{address: net.JoinHostPort(host, strconv.Itoa(port)), options: server.HTTPOptions{
		Path: c.String(flagPath), Auth: server.Auth(c.String(flagAuth)),
		AllowedHosts: c.StringSlice(flagHosts), AllowedOrigins: c.StringSlice(flagOrigins),
		MaxCalls: c.Int(flagMaxCalls), MaxCallsPerCaller: c.Int(flagMaxEach), DrainWait: c.Duration(flagDrain),
	}}
	o := &l.options
	if o.Auth == "" {
		o.Auth = server.AuthNone
	}
	switch {
	case host == "":
		return l, usage("--%s is empty; give an address, as 127.0.0.1, or 0.0.0.0 for all there are", flagHost)
	case port < 0 || port > 65535:
		return l, usage("--%s: %d is no port; use 1 to 65535, or 0 for any that is free", flagPort, port)
	case !strings.HasPrefix(o.Path, "/") || strings.ContainsAny(o.Path, "?# ") || slices.Contains([]string{"/healthz", "/readyz", "/metrics"}, o.Path):
		return l, usage("--%s: %s is no path for the endpoint; it begins with / and is none of /healthz, /readyz, /metrics", flagPath, wording.Quote(o.Path))
	case !slices.Contains(server.Auths, string(o.Auth)) || o.Auth == server.AuthNone && c.IsSet(flagAuth):
		return l, usage("--%s: %s is not known; use caller or secret", flagAuth, wording.Quote(c.String(flagAuth)))
	case o.Auth == server.AuthNone && !pdapi.IsLoopback(host):
		return l, usage("--%s %s can be reached from other machines, and without --%s anybody there could use this server's PagerDuty key. Add --%[3]s caller, to have callers bring their own, or --%[3]s secret with --%[4]s",
			flagHost, host, flagAuth, flagAuthTokens)
	case o.Auth == server.AuthSecret && c.String(flagAuthTokens) == "":
		return l, usage("--%s secret wants a file of secrets; name it by --%s", flagAuth, flagAuthTokens)
	case o.Auth != server.AuthSecret && c.String(flagAuthTokens) != "":
		return l, usage("--%s is for --%s secret; add that, or leave this out", flagAuthTokens, flagAuth)
	case (c.String(flagCert) == "") != (c.String(flagCertKey) == ""):
		return l, usage("--%s and --%s go together; give both", flagCert, flagCertKey)
	case o.MaxCalls < 1 || o.MaxCallsPerCaller < 1:
		return l, usage("--%s and --%s are to be 1 or more", flagMaxCalls, flagMaxEach)
	case o.DrainWait < 0 || o.DrainWait > 10*time.Minute:
		return l, usage("--%s: %v is out of range; use 0s to 10m", flagDrain, o.DrainWait)
	}
	if net.ParseIP(host) == nil {
		o.AllowedHosts = append(o.AllowedHosts, host)
	}
	var err error
	if o.TrustedProxies, err = server.ParseProxies(c.StringSlice(flagProxies)); err != nil {
		return l, usage("--%s: %w", flagProxies, err)
	}
	return l, nil
}
