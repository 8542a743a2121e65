package cli

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// argumentFlag is a tool's argument as a flag.
type argumentFlag struct {
	*cli.GenericFlag
	argument tool.Argument
	given    *givenValues
}

func newArgumentFlag(a tool.Argument) *argumentFlag {
	given := &givenValues{isBool: a.Type == "boolean" && !a.List}
	return &argumentFlag{
		GenericFlag: &cli.GenericFlag{Name: strings.ReplaceAll(a.Name, "_", "-"), Usage: a.Doc, Value: given},
		argument:    a, given: given,
	}
}

// TakesValue reports whether the flag wants a value: --total is true without one.
func (f *argumentFlag) TakesValue() bool { return !f.given.isBool }

// IsSliceFlag reports whether the flag may be given several times.
func (f *argumentFlag) IsSliceFlag() bool { return f.argument.List }

// givenValues are the values of a flag, as they were written.
type givenValues struct {
	values []string
	isBool bool
}

// Set adds a value.
func (g *givenValues) Set(value string) error {
	g.values = append(g.values, value)
	return nil
}

func (g *givenValues) String() string { return strings.Join(g.values, ",") }

// IsBoolFlag tells package flag that the value may be left out.
func (g *givenValues) IsBoolFlag() bool { return g.isBool }
