package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Variables in place of what a command line says, for clients in whose configuration a
// variable is easier to set than an argument. What the command line says wins.
const (
	envToolsets = "PAGERDUTY_MCP_TOOLSETS"
	envTools    = "PAGERDUTY_MCP_TOOLS"
	envExclude  = "PAGERDUTY_MCP_EXCLUDE_TOOLS"
	envWrite    = "PAGERDUTY_MCP_ENABLE_WRITE_TOOLS"
	envHTTPHost = "MCP_HOST"
	envHTTPPort = "MCP_PORT"
)

// misspelled warns of variables that look like the program's, and that it does not know:
// one that was to leave tools out would leave none out.
func misspelled(p Process) {
	if p.Environ == nil {
		return
	}
	known := []string{envToolsets, envTools, envExclude, envWrite, envKeychain}
	for _, pair := range p.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, "PAGERDUTY_MCP_") || slices.Contains(known, name) {
			continue
		}
		hint := "; those there are: " + strings.Join(known, ", ")
		if i := slices.IndexFunc(known, func(k string) bool { return wording.EditDistance(k, name) <= 2 }); i >= 0 {
			hint = "; did you mean " + known[i] + "?"
		}
		_, _ = fmt.Fprintf(p.Stderr, "%s: warning: there is no variable %s, and nothing heeds it%s\n", programName, name, hint)
	}
}

// variableOf is the variable in place of a flag, "" if there is none.
func variableOf(flag string) string {
	switch flag {
	case flagTools:
		return envTools
	case flagExclude:
		return envExclude
	case flagWrite:
		return envWrite
	case flagHost:
		return envHTTPHost
	case flagPort:
		return envHTTPPort
	}
	return ""
}

// withVariables gives flags the values of the variables in place of them, for the case
// that the flags are not given.
func withVariables(flags []cli.Flag, p Process) ([]cli.Flag, error) {
	for _, f := range flags {
		variable := variableOf(f.Names()[0])
		if variable == "" {
			continue
		}
		value := strings.TrimSpace(p.Getenv(variable))
		if value == "" {
			continue
		}
		switch f := f.(type) {
		case *cli.BoolFlag:
			truth, err := strconv.ParseBool(strings.ToLower(value))
			if err != nil {
				return nil, usage("%s: %q is neither true nor false; set it to one of them, or leave it out", variable, value)
			}
			f.Value = truth
		case *cli.IntFlag:
			number, err := strconv.Atoi(value)
			if err != nil {
				return nil, usage("%s: %q is no number; set it to one, as 8000, or leave it out", variable, value)
			}
			f.Value = number
		case *cli.StringFlag:
			f.Value = value
		case *cli.StringSliceFlag:
			if names := listed(value); names != nil {
				f.Value = cli.NewStringSlice(names...)
			}
		}
	}
	return flags, nil
}

// listed are the words of a list with commas or blanks between them.
func listed(list string) []string {
	words := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	if len(words) == 0 {
		return nil
	}
	return words
}

// saidBy is what says the value of a flag, for errors: the flag, or the variable in its
// place.
func saidBy(c *cli.Context, flag string) string {
	if variable := variableOf(flag); variable != "" && !c.IsSet(flag) && len(c.StringSlice(flag)) > 0 {
		return variable
	}
	return "--" + flag
}
