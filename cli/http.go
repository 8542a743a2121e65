package cli

import (
	"fmt"
	"log/slog"
	"net"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// serveHTTP speaks MCP over HTTP until a signal comes. After the first signal the calls at
// work can finish; a second one kills the process.
func serveHTTP(c *cli.Context, p Process, sets []tool.Set) error {
	l, err := readHTTP(c)
	if err != nil {
		return err
	}
	account := fromEnvironment
	if l.options.Auth == server.AuthCaller {
		account = withoutKey
	}
	s, err := read(c, p, sets, person{}, account)
	if err != nil {
		return err
	}
	defer s.closer()
	log := s.options.Logger
	if err := l.openFiles(c, log); err != nil {
		return err
	}
	s.config.Transport = pdapi.NewPool()
	end, err := l.observe(c, p, s)
	if err != nil {
		return err
	}
	defer end()
	if err := l.useAccount(s); err != nil {
		return err
	}
	h, err := server.NewHTTP(c.Context, server.New(s.options), l.options)
	if err != nil {
		return usageError{err}
	}
	l.counted(h.Stats)
	on, err := net.Listen("tcp", l.address)
	if err != nil {
		return usage("--%s, --%s: %w", flagHost, flagPort, err)
	}
	l.say(log, on, p)
	ctx, stop := signal.NotifyContext(c.Context, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop()
	}()
	return h.Serve(ctx, on)
}

// openFiles opens the files that flags name.
func (l *listening) openFiles(c *cli.Context, log *slog.Logger) (err error) {
	if path := c.String(flagAuthTokens); path != "" {
		if l.options.Secrets, err = server.OpenSecrets(path, log); err != nil {
			return usage("--%s: %w", flagAuthTokens, err)
		}
	}
	if cert := c.String(flagCert); cert != "" {
		if l.options.Certificate, err = server.OpenCertificate(cert, c.String(flagCertKey), log); err != nil {
			return usage("--%s, --%s: %w", flagCert, flagCertKey, err)
		}
	}
	return nil
}

// useAccount has the server use its own credential, or those that callers bring.
func (l *listening) useAccount(s *setup) (err error) {
	l.options.APIHost, l.options.Key = s.config.Host, s.config.Key
	if l.options.Auth != server.AuthCaller {
		if s.options.Client, err = pdapi.New(s.config); err != nil {
			return usageError{err}
		}
		return nil
	}
	config := s.config
	l.options.NewClient = func(key pdapi.Key) (pdapi.Client, error) {
		own := config
		own.Key = key
		return pdapi.New(own)
	}
	return nil
}

// say logs where the server is, and whose credential it uses.
func (l *listening) say(log *slog.Logger, on net.Listener, p Process) {
	scheme := "http"
	if l.options.Certificate != nil {
		scheme = "https"
	}
	whose := map[server.Auth]string{
		server.AuthCaller: "the PagerDuty credential of each caller",
		server.AuthSecret: "the server's own PagerDuty key, for callers with a secret",
		server.AuthNone:   "the server's own PagerDuty key, for everybody on this machine",
	}[l.options.Auth]
	log.Info("serving", slog.String("url", fmt.Sprintf("%s://%s%s", scheme, on.Addr(), l.options.Path)),
		slog.String("auth", string(l.options.Auth)), slog.String("uses", whose))
	host, _, _ := net.SplitHostPort(l.address)
	switch {
	case l.options.Auth == server.AuthNone:
		log.Warn("every program on this machine can use the server, and with it your PagerDuty key; --auth secret keeps others out")
	case scheme == "http" && !pdapi.IsLoopback(host):
		log.Warn("credentials travel to this server unencrypted: have a proxy in front of it end TLS, or give --tls-cert and --tls-key")
	}
	if l.options.Auth == server.AuthCaller {
		for _, name := range []string{envKey, envKeyFile, envFrom} {
			if strings.TrimSpace(p.Getenv(name)) != "" {
				log.Warn("the variable is not used: callers bring their own credential", "variable", name)
			}
		}
	}
}
