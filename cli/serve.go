package cli

import (
	"fmt"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// serve speaks MCP on stdin and stdout until stdin ends or a signal comes. After the
// first signal the calls at work can finish. A second signal kills the process, because
// the first one restores what signals do by default.
func serve(c *cli.Context, p Process, sets []tool.Set) error {
	if over, err := transportOf(c); over == transportHTTP || err != nil {
		if err == nil {
			err = serveHTTP(c, p, sets)
		}
		return err
	}
	s, closer, err := open(c, &p, sets, person{})
	if err != nil {
		return err
	}
	defer closer()
	if isTerminal(p.Stdin) {
		_, _ = fmt.Fprint(p.Stderr, served(c, p, s, sets))
	}
	ctx, stop := signal.NotifyContext(c.Context, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop()
	}()
	return s.ServeStdio(ctx, p.Stdin, p.Stdout)
}

// served tells a person who started a server at a terminal what is going on: a server
// says nothing until a client speaks to it.
func served(c *cli.Context, p Process, s *server.Server, sets []tool.Set) string {
	reads, writes := s.Counts()
	what := fmt.Sprintf("%d tools that read, none that change PagerDuty (add --%s for those)", reads, flagWrite)
	if c.Bool(flagWrite) {
		what = fmt.Sprintf("%d tools that read and %d that change PagerDuty", reads, writes)
	}
	account := "the simulated account"
	if !sandboxOf(c).on {
		host, source := strings.TrimSpace(p.Getenv(envHost)), envKey
		if host == "" {
			host = pdapi.DefaultHost
		}
		if strings.TrimSpace(p.Getenv(envKey)) == "" {
			source = envKeyFile
		}
		account = fmt.Sprintf("%s, with the key of %s", host, source)
	}
	names := loadedNames(sets)
	return fmt.Sprintf("%[1]s %[2]s serves %[3]s: %[4]s.\n"+
		"Account: %[5]s.\n"+
		"It waits for an MCP client on standard input: clients start this command by themselves, so that nothing has to run here.\n"+
		"To look around yourself: '%[1]s tools %[6]s', '%[1]s call TOOL'. To end: Ctrl-D or Ctrl-C.\n",
		programName, p.Build, strings.Join(names, ", "), what, account, strings.Join(names, " "))
}
