package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/PagerDuty/pagerduty-mcp/cli/show"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
)

// forms are the forms that an answer can be printed in.
var forms = []string{"table", "json", "jsonl", "csv", "markdown", "ids"}

// toolForms are the forms that tools can be printed in: they have no ids.
var toolForms = forms[:5]

// outputForm is how an answer is printed.
type outputForm struct {
	form  string
	query *show.Query // prints what it makes of the answer; nil for all of it
	zone  *time.Location
	all   bool   // the person chose the columns
	done  string // what to say of the call itself when its answer can't be printed
}

// chosenOutput is how the flags want an answer printed. A terminal gets a table, and
// everything else JSON, if they do not say.
func chosenOutput(c *cli.Context, p Process) (outputForm, error) {
	o := outputForm{form: c.String(flagOutput)}
	o.all = slices.ContainsFunc(c.Args().Slice(), func(word string) bool { return strings.HasPrefix(word, "fields=") }) || c.IsSet("fields")
	if o.form == "" {
		o.form = "json"
		if isTerminal(p.Stdout) && !c.IsSet(flagJQ) {
			o.form = "table"
		}
	}
	if !slices.Contains(forms, o.form) {
		return o, usage("--%s: %q is no form of output; use %s", flagOutput, o.form, orList(forms, ""))
	}
	if name := c.String(flagZone); name != "" {
		o.zone, _ = when.ParseZone(name) // open says what is wrong with it
	}
	if !c.IsSet(flagJQ) {
		return o, nil
	}
	if o.form != "json" {
		return o, usage("--%s takes JSON apart; leave out --%s %s", flagJQ, flagOutput, o.form)
	}
	var err error
	if o.query, err = show.ParseQuery(c.String(flagJQ)); err != nil {
		return o, usage("--%s: %q is no jq expression: %w; one is '.incidents[].number'", flagJQ, c.String(flagJQ), err)
	}
	return o, nil
}

// write prints an answer. What a program that reads the records would not see goes to
// stderr.
func (o outputForm) write(ctx context.Context, p Process, answer []byte) error {
	var text bytes.Buffer
	switch {
	case o.query != nil:
		if err := o.query.Write(ctx, &text, answer); err != nil {
			return usage("--%s: %w%s", flagJQ, err, o.done)
		}
		_, _ = p.Stdout.Write(text.Bytes())
		return nil
	case o.form == "json":
		if !isTerminal(p.Stdout) || json.Indent(&text, answer, "", "  ") != nil {
			text.Reset()
			text.Write(answer)
		}
		text.WriteByte('\n')
		page(p, text.Bytes())
		return nil
	case o.form == "table":
		show.Table(&text, answer, o.forPeople(p))
		page(p, text.Bytes())
		return nil
	}
	var err error
	switch o.form {
	case "jsonl":
		err = show.Lines(&text, answer)
	case "csv":
		err = show.CSV(&text, answer)
	case "markdown":
		err = show.Markdown(&text, answer)
	case "ids":
		if err = show.IDs(&text, answer); errors.Is(err, show.ErrNoIDs) {
			return usage("--%s ids: %w%s", flagOutput, err, o.done)
		}
	}
	if err != nil {
		return fmt.Errorf("printing the answer as %s: %w", o.form, err)
	}
	_, _ = p.Stdout.Write(text.Bytes()) // Run tells if it failed
	for _, remark := range show.Remarks(answer) {
		_, _ = fmt.Fprintln(p.Stderr, remark)
	}
	return nil
}

// forPeople are the options of a table for whoever reads stdout.
func (o outputForm) forPeople(p Process) show.Options {
	options := show.Options{Now: p.now(), Zone: o.zone, All: o.all}
	if isTerminal(p.Stdout) {
		options.Width, _ = terminalSize(p.Stdout)
		options.Color = colored(p)
	}
	return options
}

// terminalSize is the size of a terminal, in columns and lines.
func terminalSize(w io.Writer) (width, height int) {
	width, height, err := term.GetSize(int(server.FileDescriptor(w)))
	if err != nil || width < 20 || height < 5 {
		return 80, 24
	}
	return width, height
}

// colored reports whether stdout is a terminal that shows colors, and its person wants
// them (https://no-color.org).
func colored(p Process) bool {
	return p.Getenv("NO_COLOR") == "" && p.Getenv("TERM") != "dumb" && showsColors(p.Stdout)
}
