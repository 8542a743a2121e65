package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // time zones by name, also where the system has none

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/cli/keychain"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
)

const (
	flagWrite   = "enable-write-tools"
	flagSandbox = "sandbox"
	flagTools   = "tools"
	flagExclude = "exclude-tools"
	flagZone    = "time-zone"
	flagTimeout = "call-timeout"
	// flagContacts has no environment variable either: a project's configuration of an
	// MCP client must not be able to uncover people's numbers.
	flagContacts = "show-contacts"
	flagConfirm  = "confirm"
	flagDryRun   = "dry-run"
	flagPolicy   = "policy"
	flagAllow    = "allow"
	flagAudit    = "audit-log"
	flagRate     = "max-writes-per-minute"
	flagLockdown = "lockdown"
	// flagAllowHost has no environment variable, and must not get one: whoever
	// can set variables, as a project's configuration of an MCP client can, could
	// then have the key sent anywhere.
	flagAllowHost = "allow-host"

	envKey     = "PAGERDUTY_USER_API_KEY"
	envKeyFile = "PAGERDUTY_USER_API_KEY_FILE"
	envHost    = "PAGERDUTY_API_HOST"
	envFrom    = "PAGERDUTY_FROM_EMAIL"
)

func accessFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: flagWrite, Usage: "also serve the tools that change PagerDuty"},
		&cli.GenericFlag{Name: flagSandbox, Value: &sandboxChoice{}, Usage: "work on a simulated account, which needs no key; --sandbox=FILE keeps it in a file"},
		&cli.StringSliceFlag{Name: flagTools, Usage: "serve only these tools, by name, separated by commas"},
		&cli.StringSliceFlag{Name: flagExclude, Usage: "serve all but these tools"},
		&cli.StringFlag{Name: flagZone, Usage: "where days begin, as Europe/Berlin (default: your time zone in PagerDuty)"},
		&cli.DurationFlag{Name: flagTimeout, Value: server.DefaultCallTimeout, Usage: "how long one tool call may take, as 30s"},
		&cli.BoolFlag{Name: flagContacts, Usage: "show people's numbers and e-mail addresses whole, where tools tell how somebody is reached"},
		&cli.StringFlag{Name: flagConfirm, Value: string(server.ConfirmRisky), Usage: "which changes a person has to confirm: " + strings.Join(server.Confirms, ", ")},
		&cli.BoolFlag{Name: flagDryRun, Usage: "say what every change would do, and make none"},
		&cli.StringFlag{Name: flagPolicy, Usage: "a `FILE` with rules for what may be changed"},
		&cli.StringSliceFlag{Name: flagAllow, Usage: "allow only these changes: ack, resolve, reassign, note, page, override, or names of tools"},
		&cli.StringFlag{Name: flagAudit, Usage: "append a line of JSON for each change to a `FILE`, or - for standard error"},
		&cli.IntFlag{Name: flagRate, Value: server.DefaultWritesPerMinute, Usage: "how many changes a minute may be made; 0 for no bound"},
		&cli.BoolFlag{Name: flagLockdown, Usage: "leave out free text of unknown senders: bodies of incidents, details of alerts and changes, notes of others than users"},
		&cli.StringSliceFlag{Name: flagAllowHost, Usage: "a `HOST` or HOST:PORT besides PagerDuty's that PAGERDUTY_API_HOST may name: a proxy of your own, which gets to see the key"},
	}
}

func logFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "log-level", Value: "info", Usage: "what to log on stderr: " + strings.Join(server.LogLevels, ", ")},
		&cli.StringFlag{Name: "log-format", Value: "text", Usage: strings.Join(server.LogFormats, " or ")},
	}
}

// person is who has the program at a terminal. Whatever is nil is left to the client of
// the server.
type person struct {
	ask      func(context.Context, server.Question) (bool, error) // whether a change is to be made
	progress func(done, of int)                                   // how far a call is
	waiting  func(why string, wait time.Duration)                 // what a call waits for
}

// setup is what flags and environment ask for.
type setup struct {
	options server.Options // without a client of PagerDuty's API
	config  pdapi.Config   // of such clients; without a key if callers bring their own
	closer  func()         // frees what is held
}

// open makes the server that flags and environment ask for, and a function that
// frees what it holds.
func open(c *cli.Context, p *Process, sets []tool.Set, who person) (*server.Server, func(), error) {
	s, err := read(c, *p, sets, who, fromEnvironment)
	if err != nil {
		return nil, nil, err
	}
	p.Now = s.config.Now
	if s.options.Client, err = pdapi.New(s.config); err != nil {
		s.closer()
		return nil, nil, usageError{err}
	}
	return server.New(s.options), s.closer, nil
}

// read reads flags and environment. Which account is used, and as whom, account reads.
func read(c *cli.Context, p Process, sets []tool.Set, who person, account func(context.Context, Process, *pdapi.Config) error) (*setup, error) {
	log, err := server.NewLogger(p.Stderr, c.String("log-level"), c.String("log-format"))
	if err != nil {
		return nil, usageError{err}
	}
	only, without := narrowing(c)
	sets, err = narrow(sets, only, without, c.Bool(flagWrite))
	if err != nil {
		return nil, err
	}
	var zone *time.Location
	if name := c.String(flagZone); name != "" {
		var problem string
		if zone, problem = when.ParseZone(name); problem != "" {
			return nil, usage("--%s: %s", flagZone, problem)
		}
	}
	options, err := changeOptions(c, p)
	if err != nil {
		return nil, err
	}
	config := pdapi.Config{UserAgent: p.userAgent(), Logger: log, Now: p.now, Waiting: who.waiting}
	limit := c.Duration(flagTimeout)
	if limit < 100*time.Millisecond || limit > 10*time.Minute {
		return nil, usage("--%s: %v is out of range; use 100ms to 10m", flagTimeout, limit)
	}
	// Time for a second attempt, and to say what came of it.
	config.CallTimeout, config.AttemptTimeout = limit*4/5, min(pdapi.DefaultAttemptTimeout, limit*2/5)
	closer := func() {}
	if choice := sandboxOf(c); choice.on {
		closer, err = useSandbox(p, choice, &config)
	} else {
		config.AllowedHosts = c.StringSlice(flagAllowHost)
		err = account(c.Context, p, &config)
	}
	if err != nil {
		return nil, err
	}
	options.Sets, options.Elsewhere, options.EnableWrite = sets, toolsets.All(), c.Bool(flagWrite)
	options.Now, options.Version, options.Logger, options.TimeZone, options.CallTimeout = config.Now, p.Build.String(), log, zone, limit
	options.ShowContacts, options.Lockdown = c.Bool(flagContacts), c.Bool(flagLockdown)
	options.Ask, options.Progress = who.ask, who.progress
	return &setup{options, config, closer}, nil
}

// fromEnvironment reads which account to use, and as whom. A variable that is
// set but empty counts as not set.
func fromEnvironment(ctx context.Context, p Process, config *pdapi.Config) error {
	secret, source, err := findKey(ctx, p)
	if err != nil {
		return err
	}
	if config.Key, err = pdapi.ParseKey(secret); err != nil {
		return usage("%s: %w", source, err)
	}
	if from := strings.TrimSpace(p.Getenv(envFrom)); from != "" {
		if config.From, err = pdapi.CheckFrom(from); err != nil {
			return usage("%s: %w", envFrom, hideKey(err, config.Key))
		}
	}
	return withoutKey(ctx, p, config)
}

// withoutKey reads which API to use, and how it is reached.
func withoutKey(_ context.Context, p Process, config *pdapi.Config) (err error) {
	for _, host := range config.AllowedHosts {
		if _, err := pdapi.CheckAllowedHost(host); err != nil {
			return usage("--%s: %w", flagAllowHost, err)
		}
	}
	if config.Host = strings.TrimSpace(p.Getenv(envHost)); config.Host != "" {
		config.Host, err = pdapi.CheckHost(config.Host, config.AllowedHosts...)
		if errors.Is(err, pdapi.ErrHostNotAllowed) {
			err = fmt.Errorf("%w, and hosts that the flag --%s names", err, flagAllowHost)
		}
		if err != nil {
			return usage("%s: %w", envHost, hideKey(err, config.Key))
		}
	}
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		if address := p.Getenv(name); address != "" {
			if err := pdapi.CheckProxy(address); err != nil {
				return usage("%s: %w", name, err)
			}
			break // Go looks at no other
		}
	}
	return nil
}

// hideKey takes the key out of an error that shows another setting, into which
// somebody may have pasted it by mistake.
func hideKey(err error, key pdapi.Key) error {
	if shown := key.Redact(err.Error()); shown != err.Error() {
		return errors.New(shown)
	}
	return err
}

// keyFilePath is the path of the key's file, if the environment names one.
func keyFilePath(p Process) string {
	return strings.Trim(strings.TrimSpace(p.Getenv(envKeyFile)), `"'`)
}

// findKey returns the key as it is written and the name of where it is from: a
// variable, the file that a variable names, or what 'auth login' stored.
func findKey(ctx context.Context, p Process) (secret, source string, err error) {
	secret, path := p.Getenv(envKey), keyFilePath(p)
	if strings.TrimSpace(secret) != "" {
		if path != "" {
			_, _ = fmt.Fprintf(p.Stderr, "pagerduty-mcp: both %s and %s are set; using %s\n", envKey, envKeyFile, envKey)
		}
		return secret, envKey, nil
	}
	if path == "" {
		secret, source, err = storedKey(ctx, p)
		if errors.Is(err, keychain.ErrNone) {
			err = noKey(err)
		}
		return secret, source, err
	}
	secret, warning, err := readKeyFile(path)
	if err != nil && len(path) >= 16 && !strings.ContainsAny(path, `/\.`) {
		path = "the path given (it looks like a key, so it is not shown)"
	}
	if err != nil {
		return "", "", usage("%s: can't read a key from %s: %w; give the path of a file that holds the key alone", envKeyFile, path, err)
	}
	if warning != "" {
		_, _ = fmt.Fprintf(p.Stderr, "pagerduty-mcp: warning: %s\n", warning)
	}
	return secret, envKeyFile + " (" + path + ")", nil
}

// noKey says how to get a key, and where to put it.
func noKey(err error) error {
	trouble := ""
	if err != keychain.ErrNone { //nolint:errorlint // it tells more than that there is none
		trouble = fmt.Sprintf(" (%v)", err)
	}
	return usage("no PagerDuty API key%s.\n"+
		"  Get one:  in PagerDuty, My Profile > User Settings > Create API User Token.\n"+
		"  Store it: %s auth login\n"+
		"  Or set it: export %s=…  (or %s=/path/to/a/file)\n"+
		"  Try first: --sandbox needs no key; it works on a simulated account.", trouble, programName, envKey, envKeyFile)
}
