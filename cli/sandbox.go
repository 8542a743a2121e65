package cli

import (
	"fmt"
	"net"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// sandboxChoice is the flag --sandbox: alone for an account that ends with the
// process, with a file for one that is kept in it.
type sandboxChoice struct {
	on   bool
	path string // of the file; empty for none
}

// Set implements [cli.Generic].
func (s *sandboxChoice) Set(value string) error {
	*s = sandboxChoice{on: true}
	if on, err := strconv.ParseBool(value); err == nil {
		s.on = on
	} else if s.path = strings.TrimSpace(value); s.path == "" {
		return fmt.Errorf("%q is no file; give --sandbox alone, or --sandbox=FILE", value)
	}
	return nil
}

// String implements [cli.Generic].
func (s *sandboxChoice) String() string {
	if s.on && s.path != "" {
		return s.path
	}
	return strconv.FormatBool(s.on)
}

// IsBoolFlag says that the flag needs no value.
func (s *sandboxChoice) IsBoolFlag() bool { return true }

// sandboxOf is what the command line says about the simulated account.
func sandboxOf(c *cli.Context) sandboxChoice {
	if s, ok := c.Generic(flagSandbox).(*sandboxChoice); ok {
		return *s
	}
	return sandboxChoice{}
}

// start starts the simulated account.
func (s sandboxChoice) start(p Process) (*sandbox.Server, error) {
	if s.path == "" {
		return sandbox.Start(sandbox.Options{Now: p.now})
	}
	account, err := sandbox.Resume(s.path, sandbox.Options{Now: p.now})
	if err != nil {
		return nil, usage("--%s: %w", flagSandbox, err)
	}
	if err := account.Listen(""); err != nil {
		account.Close()
		return nil, err
	}
	return account, nil
}

const (
	flagListen   = "listen"
	flagSeed     = "seed"
	flagScenario = "scenario"
	flagSpeed    = "speed"
	flagLatency  = "latency"
	flagFail     = "fail"
	flagState    = "state"
	flagRequests = "log-requests"
)

// sandboxCommand serves the simulated account to any client of PagerDuty's API.
func sandboxCommand(p Process) *cli.Command {
	return &cli.Command{
		Name: "sandbox", Usage: "Serve a simulated PagerDuty account over HTTP, for any client of PagerDuty's REST API",
		UsageText: programName + " sandbox [flags]",
		Description: "Prints the two variables that point a client at the account, then serves it until Ctrl-C.\n" +
			"The keys that it knows: " + sandbox.UserKey + ", and of other kinds " + sandbox.AccountKey + ", " + sandbox.ReadOnlyKey + " and " + sandbox.ScopedKey + ".",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: flagListen, Value: "127.0.0.1:0", Usage: "the `HOST:PORT` to listen at; port 0 is a free one"},
			&cli.StringFlag{Name: flagScenario, Usage: fmt.Sprintf("what happens in the account: %s (default: %s)", strings.Join(scenarioNames(), ", "), sandbox.Demo)},
			&cli.Uint64Flag{Name: flagSeed, Usage: "another number is another account", DefaultText: "1"},
			&cli.Float64Flag{Name: flagSpeed, Usage: "how many times as fast as ours the account's clock goes, from 0.01 to 1000", DefaultText: "1"},
			&cli.DurationFlag{Name: flagLatency, Usage: "how long each request takes besides, as 50ms"},
			&cli.StringSliceFlag{Name: flagFail, Usage: "`WHAT` goes wrong: an HTTP status, reset, hang or cut, then if wanted :SHARE and @PATH, as 503:10% or 429@/incidents"},
			&cli.StringFlag{Name: flagState, Usage: "keep the account in a `FILE`, from which --sandbox=FILE goes on"},
			&cli.BoolFlag{Name: flagRequests, Usage: "write each request on stderr"},
		},
		OnUsageError: onUsageError, HideHelpCommand: true,
		Action: func(c *cli.Context) error { return serveSandbox(c, p) },
	}
}

func scenarioNames() []string {
	var names []string
	for _, s := range sandbox.Scenarios {
		names = append(names, string(s))
	}
	return names
}

func serveSandbox(c *cli.Context, p Process) error {
	if c.NArg() > 0 {
		return usage("'%s sandbox' takes no argument, but %q was given; the account's file is --%s=FILE", programName, c.Args().First(), flagState)
	}
	account, err := simulate(c, p)
	if err != nil {
		return err
	}
	defer account.Close()
	if err := account.Listen(c.String(flagListen)); err != nil {
		return usage("--%s: can't listen at %q: %w; give another port, or 127.0.0.1:0 for a free one", flagListen, c.String(flagListen), err)
	}
	ctx, stop := untilSignal(c.Context)
	defer stop()
	set := "export %s=%s\n"
	if runtime.GOOS == "windows" {
		set = "$env:%s = \"%s\"\n"
	}
	_, _ = fmt.Fprintf(p.Stdout, set+set, envHost, account.URL(), envKey, sandbox.UserKey)
	_, _ = fmt.Fprintf(p.Stderr, "%s: serving a simulated PagerDuty account at %s until Ctrl-C; set these variables to have a client use it\n", programName, account.URL())
	if account.Speed() != 1 {
		_, _ = fmt.Fprintf(p.Stderr, "%s: its clock goes %v times as fast as yours, which a client that asks over HTTP does not know; --%s FILE here and --%s=FILE there has both go by it\n", programName, account.Speed(), flagState, flagSandbox)
	}
	if host, _, _ := net.SplitHostPort(c.String(flagListen)); !pdapi.IsLoopback(host) {
		_, _ = fmt.Fprintf(p.Stderr, "%s: whoever reaches %s can read and change this account; nothing in it is real\n", programName, account.URL())
	}
	<-ctx.Done()
	return nil
}

// simulate makes the account that the flags describe.
func simulate(c *cli.Context, p Process) (*sandbox.Server, error) {
	o := sandbox.Options{Now: p.now, Seed: c.Uint64(flagSeed), Speed: c.Float64(flagSpeed), Latency: c.Duration(flagLatency)}
	var err error
	if name := c.String(flagScenario); name != "" {
		if o.Scenario, err = sandbox.ParseScenario(name); err != nil {
			return nil, usage("--%s: %w", flagScenario, err)
		}
	}
	if c.IsSet(flagSpeed) && (o.Speed < 0.01 || o.Speed > 1000) {
		return nil, usage("--%s: %v is out of range; use 0.01 to 1000", flagSpeed, o.Speed)
	}
	if o.Latency < 0 || o.Latency > time.Minute {
		return nil, usage("--%s: %v is out of range; use 0s to 1m", flagLatency, o.Latency)
	}
	if c.Bool(flagRequests) {
		o.Answered = func(r sandbox.Request) { _, _ = fmt.Fprintf(p.Stderr, "%s %d\n", r, r.Status) }
	}
	faults, err := parseFaults(c.StringSlice(flagFail))
	if err != nil {
		return nil, err
	}
	account := sandbox.New(o)
	if path := c.String(flagState); path != "" {
		if account, err = sandbox.Resume(path, o); err != nil {
			return nil, usage("--%s: %w", flagState, err)
		}
	}
	for _, f := range faults {
		account.Inject(f)
	}
	return account, nil
}

// parseFaults reads what --fail says.
func parseFaults(specs []string) ([]sandbox.Fault, error) {
	var faults []sandbox.Fault
	for _, spec := range specs {
		what, path, _ := strings.Cut(spec, "@")
		what, share, shared := strings.Cut(what, ":")
		f := sandbox.Fault{Path: path}
		switch status, err := strconv.Atoi(what); {
		case what == "reset":
			f.Reset = true
		case what == "hang":
			f.Hang = true
		case what == "cut":
			f.Truncate = true
		case what == "429":
			f = sandbox.RateLimit(0, 5)
			f.Path = path
		case err == nil && status >= 400 && status <= 599:
			f.Status, f.Body = status, fmt.Sprintf(`{"error":{"message":"The simulated account fails as it was asked to","code":%d}}`, status)
		default:
			return nil, usage("--%s: %q is nothing that can go wrong; give a status from 400 to 599, reset, hang or cut", flagFail, what)
		}
		if shared {
			percent, err := strconv.ParseFloat(strings.TrimSuffix(share, "%"), 64)
			if err != nil || !strings.HasSuffix(share, "%") || percent <= 0 || percent > 100 {
				return nil, usage("--%s: %q is no share of the requests; give one such as 10%%", flagFail, share)
			}
			f.Share = percent / 100
		}
		if path != "" && !strings.HasPrefix(path, "/") {
			return nil, usage("--%s: the path %q does not begin with /; give one such as /incidents", flagFail, path)
		}
		faults = append(faults, f)
	}
	return faults, nil
}

// useSandbox points a configuration at a simulated account, whose clock may go faster
// than ours.
func useSandbox(p Process, choice sandboxChoice, config *pdapi.Config) (closer func(), err error) {
	account, err := choice.start(p)
	if err != nil {
		return nil, err
	}
	config.Host, config.Now = account.URL(), account.Now
	config.Key, err = pdapi.ParseKey(sandbox.UserKey)
	return account.Close, err
}
