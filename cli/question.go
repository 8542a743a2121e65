package cli

import (
	"flag"
	"sync"

	"github.com/urfave/cli/v2"
)

// question is a flag that asks to be shown something, as --help does. urfave/cli keeps
// such flags in global variables and writes into them whenever a command line is read.
// There is nothing in this one to write to, so one process can run the program several
// times at once.
type question struct{ name, letter, usage string }

// useQuestions puts such flags in the place of urfave/cli's.
var useQuestions = sync.OnceFunc(func() {
	cli.HelpFlag = question{"help", "h", "show help"}
	cli.VersionFlag = question{"version", "v", "print the version"}
})

// Apply makes the flag known to a command line.
func (q question) Apply(set *flag.FlagSet) error {
	asked := set.Bool(q.name, false, q.usage)
	set.BoolVar(asked, q.letter, false, q.usage)
	return nil
}

// Names are the name and the letter.
func (q question) Names() []string { return []string{q.name, q.letter} }

// IsSet is for flags that must be given, which this is not.
func (q question) IsSet() bool { return false }

// String is the flag's line in the help.
func (q question) String() string { return cli.FlagStringer(q) }

// TakesValue says that the flag stands alone.
func (q question) TakesValue() bool { return false }

// GetUsage says what the flag is for.
func (q question) GetUsage() string { return q.usage }

// GetValue is empty for a flag that stands alone.
func (q question) GetValue() string { return "" }

// GetDefaultText is empty, since there is no default to show.
func (q question) GetDefaultText() string { return "" }

// GetEnvVars are none.
func (q question) GetEnvVars() []string { return nil }

// IsVisible says that the help shows the flag.
func (q question) IsVisible() bool { return true }
