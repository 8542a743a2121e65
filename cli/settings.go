package cli

import (
	"errors"
	"fmt"
	"io"
	"net/mail"
	"os"
	"runtime"
	"strings"
	"time"
	_ "time/tzdata" // time zones by name, also where the system has none

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

const (
	flagWrite   = "enable-write-tools"
	flagSandbox = "sandbox"
	flagTools   = "tools"
	flagExclude = "exclude-tools"
	flagZone    = "time-zone"
	flagTimeout = "call-timeout"

	envKey     = "PAGERDUTY_USER_API_KEY"
	envKeyFile = "PAGERDUTY_USER_API_KEY_FILE"
	envHost    = "PAGERDUTY_API_HOST"
	envFrom    = "PAGERDUTY_FROM_EMAIL"
)

func accessFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: flagWrite, Usage: "also serve the tools that change PagerDuty"},
		&cli.BoolFlag{Name: flagSandbox, Usage: "work on a simulated account inside this process; needs no key"},
		&cli.StringSliceFlag{Name: flagTools, Usage: "serve only these tools, by name, separated by commas"},
		&cli.StringSliceFlag{Name: flagExclude, Usage: "serve all but these tools"},
		&cli.StringFlag{Name: flagZone, Usage: "where days begin, as Europe/Berlin (default: your time zone in PagerDuty)"},
		&cli.DurationFlag{Name: flagTimeout, Value: server.DefaultCallTimeout, Usage: "how long one tool call may take, as 30s"},
	}
}

func logFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "log-level", Value: "info", Usage: "what to log on stderr: " + strings.Join(server.LogLevels, ", ")},
		&cli.StringFlag{Name: "log-format", Value: "text", Usage: strings.Join(server.LogFormats, " or ")},
	}
}

// open makes the server that flags and environment ask for, and a function that
// frees what it holds.
func open(c *cli.Context, p Process, sets []tool.Set) (*server.Server, func(), error) {
	log, err := server.NewLogger(p.Stderr, c.String("log-level"), c.String("log-format"))
	if err != nil {
		return nil, nil, usageError{err}
	}
	sets, err = narrow(sets, c.StringSlice(flagTools), c.StringSlice(flagExclude), c.Bool(flagWrite))
	if err != nil {
		return nil, nil, err
	}
	var zone *time.Location
	if name := c.String(flagZone); name != "" {
		var problem string
		if zone, problem = tool.ParseZone(name); problem != "" {
			return nil, nil, usage("--%s: %s", flagZone, problem)
		}
	}
	config := pdapi.Config{UserAgent: "pagerduty-mcp/" + p.Version, Logger: log}
	limit := c.Duration(flagTimeout)
	if limit < 100*time.Millisecond || limit > 10*time.Minute {
		return nil, nil, usage("--%s: %v is out of range; use 100ms to 10m", flagTimeout, limit)
	}
	// Time for a second attempt, and to say what came of it.
	config.CallTimeout, config.AttemptTimeout = limit*4/5, min(pdapi.DefaultAttemptTimeout, limit*2/5)
	closer := func() {}
	if c.Bool(flagSandbox) {
		account, startErr := sandbox.Start(sandbox.Options{})
		if startErr != nil {
			return nil, nil, startErr
		}
		closer = account.Close
		config.Host = account.URL()
		config.Key, err = pdapi.ParseKey(sandbox.UserKey)
	} else {
		err = fromEnvironment(p, &config)
	}
	if err != nil {
		closer()
		return nil, nil, err
	}
	client, err := pdapi.New(config)
	if err != nil {
		closer()
		return nil, nil, usageError{err}
	}
	return server.New(server.Options{
		Sets: sets, EnableWrite: c.Bool(flagWrite), Client: client, Version: p.Version, Logger: log, TimeZone: zone, CallTimeout: limit,
	}), closer, nil
}

// fromEnvironment reads which account to use, and as whom. A variable that is
// set but empty counts as not set.
func fromEnvironment(p Process, config *pdapi.Config) error {
	secret, source, err := findKey(p)
	if err != nil {
		return err
	}
	if config.Key, err = pdapi.ParseKey(secret); err != nil {
		return usage("%s: %w", source, err)
	}
	if config.Host = strings.TrimSpace(p.Getenv(envHost)); config.Host != "" {
		if config.Host, err = pdapi.CheckHost(config.Host); err != nil {
			return usage("%s: %w", envHost, err)
		}
	}
	if from := strings.TrimSpace(p.Getenv(envFrom)); from != "" {
		address, err := mail.ParseAddress(from)
		if err != nil || address.Address != from {
			return usage("%s: %q is not an e-mail address; give the login e-mail of the PagerDuty user who acts, such as ana@example.com", envFrom, from)
		}
		config.From = from
	}
	return nil
}

// findKey returns the key and the name of where it is from.
func findKey(p Process) (secret, source string, err error) {
	secret, path := p.Getenv(envKey), p.Getenv(envKeyFile)
	if strings.TrimSpace(secret) != "" {
		if path != "" {
			_, _ = fmt.Fprintf(p.Stderr, "pagerduty-mcp: both %s and %s are set; using %s\n", envKey, envKeyFile, envKey)
		}
		return secret, envKey, nil
	}
	if path == "" {
		return "", "", usage("no PagerDuty API key.\n"+
			"  Get one:  in PagerDuty, My Profile > User Settings > Create API User Token.\n"+
			"  Set it:   export %s=…  (or %s=/path/to/a/file)\n"+
			"  Try first: --sandbox needs no key; it works on a simulated account.", envKey, envKeyFile)
	}
	file, err := os.Open(path)
	if err != nil {
		return "", "", usage("%s: %w; give the path of a file that holds the key alone", envKeyFile, err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = errors.New("it is a directory")
	}
	var data []byte
	if err == nil {
		data, err = io.ReadAll(io.LimitReader(file, 64<<10))
	}
	if err != nil {
		return "", "", usage("%s: reading %s: %w; give the path of a file that holds the key alone", envKeyFile, path, err)
	}
	if mode := info.Mode().Perm(); mode&0o044 != 0 && runtime.GOOS != "windows" {
		_, _ = fmt.Fprintf(p.Stderr, "pagerduty-mcp: warning: others can read %s (mode %04o), which holds your API key; run: chmod 600 %s\n", path, mode, path)
	}
	return string(data), envKeyFile, nil
}
