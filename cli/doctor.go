package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/cli/doctor"
	"github.com/PagerDuty/pagerduty-mcp/cli/show"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// The patience of 'doctor': somebody waits in front of it.
const (
	doctorAttempt = 5 * time.Second
	doctorCall    = 10 * time.Second
)

// healthForms are the forms of output of 'doctor', the usual one first.
var healthForms = []string{"text", "json"}

// doctorCommand finds out what will not work.
func doctorCommand(sets []tool.Set, p Process) *cli.Command {
	var flags []cli.Flag
	for _, f := range accessFlags() {
		switch f.Names()[0] {
		case flagWrite, flagSandbox, flagTools, flagExclude, flagAllowHost:
			flags = append(flags, f)
		}
	}
	return &cli.Command{
		Name: "doctor", Usage: "Find out what will not work, and how to mend it",
		UsageText:    programName + " doctor [toolset …] [--enable-write-tools] [--exclude-tools a,b] [-o json]",
		Description:  "Looks at the key, the way to PagerDuty, what the account allows, and the configurations of MCP clients. Changes nothing. Exit code 1 if something will not work.",
		Flags:        append(flags, &cli.StringFlag{Name: flagOutput, Aliases: []string{"o"}, Value: healthForms[0], Usage: orList(healthForms, "")}),
		OnUsageError: onUsageError, HideHelpCommand: true,
		Action: func(c *cli.Context) error { return examine(c, p, sets) },
	}
}

func examine(c *cli.Context, p Process, sets []tool.Set) error {
	form := c.String(flagOutput)
	if !slices.Contains(healthForms, form) {
		return usage("--%s: %q is no form of output; use %s", flagOutput, form, orList(healthForms, ""))
	}
	var err error
	if words := c.Args().Slice(); len(words) > 0 {
		if sets, err = choose(words, sets, c.App); err != nil {
			return err
		}
	}
	only, without := narrowing(c)
	if sets, err = narrow(sets, only, without, c.Bool(flagWrite)); err != nil {
		return err
	}
	o := doctor.Options{
		Sets: sets, Write: c.Bool(flagWrite), System: system(p), Explain: server.Explain,
		Config: pdapi.Config{UserAgent: p.userAgent(), AttemptTimeout: doctorAttempt, CallTimeout: doctorCall},
	}
	if choice := sandboxOf(c); choice.on {
		closer, err := useSandbox(p, choice, &o.Config)
		if err != nil {
			return err
		}
		defer closer()
		o.Simulated, o.Host.Value, o.Key = true, o.Config.Host, o.Config.Key
	} else {
		ofEnvironment(c, p, &o)
	}
	ctx, stop := untilSignal(c.Context)
	defer stop()
	lines := doctor.Examine(ctx, o)
	if form == "json" {
		err = writeHealthJSON(p.Stdout, lines)
	} else {
		width := 0
		if isTerminal(p.Stdout) {
			width, _ = terminalSize(p.Stdout)
		}
		writeHealth(p.Stdout, lines, width, colored(p))
	}
	var signaled interruption
	switch {
	case errors.As(context.Cause(ctx), &signaled):
		return signaled
	case err == nil && !doctor.Healthy(lines):
		return reported{exitFailed}
	}
	return err
}

// ofEnvironment reads what the environment says. Unlike [fromEnvironment] it goes on
// after a setting that is wrong, to examine the others.
func ofEnvironment(c *cli.Context, p Process, o *doctor.Options) {
	var notes strings.Builder
	asked := p
	asked.Stderr = &notes
	secret, source, err := findKey(c.Context, asked)
	for note := range strings.Lines(notes.String()) {
		note = strings.TrimPrefix(strings.TrimSpace(note), programName+": ")
		o.KeyNotes = append(o.KeyNotes, strings.TrimPrefix(note, "warning: "))
	}
	if err == nil {
		if o.Key, err = pdapi.ParseKey(secret); err != nil {
			err = fmt.Errorf("%s: %w", source, err)
		}
	}
	o.KeyFrom = doctor.Setting{Value: source, Err: err}
	o.Config.AllowedHosts = c.StringSlice(flagAllowHost)
	o.Host.Value = pdapi.DefaultHost
	if host := strings.TrimSpace(p.Getenv(envHost)); host != "" {
		o.Host.Value, o.Host.Err = pdapi.CheckHost(host, o.Config.AllowedHosts...)
	}
	switch o.Host.Value {
	case pdapi.DefaultHost:
		o.Other = pdapi.EUHost
	case pdapi.EUHost:
		o.Other = pdapi.DefaultHost
	}
	if from := strings.TrimSpace(p.Getenv(envFrom)); from != "" {
		o.From.Value, o.From.Err = pdapi.CheckFrom(from)
	}
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		if address := p.Getenv(name); address != "" {
			o.Proxy = doctor.Setting{Value: proxyName(address), Err: pdapi.CheckProxy(address)}
			break // Go looks at no other
		}
	}
	o.Certificates.Value = p.Getenv("SSL_CERT_FILE")
}

// proxyName is a proxy's address without its user and password.
func proxyName(address string) string {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// writeHealth writes a line a check, each with its fix below it, broken to fit into so
// many columns; 0 is no bound.
func writeHealth(w io.Writer, lines []doctor.Line, columns int, colored bool) {
	marks := map[doctor.State]struct{ mark, color string }{
		doctor.OK: {"✓", "32"}, doctor.Warning: {"!", "33"}, doctor.Failed: {"✗", "31"}, doctor.Skipped: {"-", "2"},
	}
	width, failed := 0, 0
	for _, l := range lines {
		width = max(width, len(l.Check))
	}
	for _, l := range lines {
		mark := marks[l.State].mark
		if colored {
			mark = "\x1b[" + marks[l.State].color + "m" + mark + "\x1b[0m"
		}
		if l.State == doctor.Failed {
			failed++
		}
		room := 0
		if columns > 0 {
			room = max(columns-width-6, 20) // behind the mark, the blanks and the arrow
		}
		start := fmt.Sprintf("%s %-*s  ", mark, width, l.Check)
		below := strings.Repeat(" ", width+4)
		for _, line := range show.Wrap(l.Found, room) {
			_, _ = fmt.Fprintln(w, start+line)
			start = below
		}
		if l.Fix == "" {
			continue
		}
		start = below + "→ "
		for _, line := range show.Wrap(l.Fix, room) {
			_, _ = fmt.Fprintln(w, start+line)
			start = below + "  "
		}
	}
	switch failed {
	case 0:
		_, _ = fmt.Fprintln(w, "All that was examined will work.")
	case 1:
		_, _ = fmt.Fprintln(w, "1 thing will not work.")
	default:
		_, _ = fmt.Fprintf(w, "%d things will not work.\n", failed)
	}
}

func writeHealthJSON(w io.Writer, lines []doctor.Line) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		OK     bool          `json:"ok"`
		Checks []doctor.Line `json:"checks"`
	}{doctor.Healthy(lines), lines})
}
