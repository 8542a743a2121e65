package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// arrange rewrites a command line so that flags may stand anywhere: before the
// command, behind it, and among its arguments. urfave/cli stops reading flags at
// the first argument, and a flag in front of a command is lost if the command
// declares it, too.
//
// The result names the program, then each chosen command followed by the flags
// that it declares, then "--" and the arguments. Every flag is written as
// --name=value with its first name. Which flags exist, and which of them take a
// value, comes from the commands of app alone.
func arrange(args []string, app *cli.App) ([]string, error) {
	path := []level{top(app)}
	for {
		l := scan(args[1:], path)
		depth := len(path) - 1
		if depth == len(l.words) {
			break
		}
		next, ok := path[depth].command(l.words[depth])
		if !ok {
			break
		}
		path = append(path, next)
	}
	l := scan(args[1:], path)
	if err := l.check(path); err != nil {
		return nil, err
	}
	out := []string{args[0]}
	for i, level := range path {
		if i > 0 {
			out = append(out, level.name)
		}
		for _, s := range l.settings {
			if s.level == i {
				out = append(out, s.String())
			}
		}
	}
	if words := l.words[len(path)-1:]; len(words) > 0 {
		out = append(append(out, "--"), words...)
	}
	return out, nil
}

// level is the program itself or a chosen command: something that has flags and
// commands below it.
type level struct {
	name     string
	flags    []cli.Flag
	commands []*cli.Command
}

// top is the level of the program itself.
func top(app *cli.App) level {
	l := level{app.Name, slices.Clone(app.Flags), app.Commands}
	if !app.HideHelp && cli.HelpFlag != nil {
		l.flags = append(l.flags, cli.HelpFlag)
	}
	if !app.HideVersion && app.Version != "" {
		l.flags = append(l.flags, cli.VersionFlag)
	}
	return l
}

func commandLevel(c *cli.Command) level {
	l := level{c.Name, slices.Clone(c.Flags), c.Subcommands}
	if !c.HideHelp && cli.HelpFlag != nil {
		l.flags = append(l.flags, cli.HelpFlag)
	}
	return l
}

// command is the command with this name, or with this alias.
func (l level) command(name string) (level, bool) {
	for _, c := range l.commands {
		if c.HasName(name) {
			return commandLevel(c), true
		}
	}
	return level{}, false
}

// flag is the flag that the level declares under a name, or nil. Tools' arguments have
// underscores where flags have hyphens, so that either will do.
func (l level) flag(name string) cli.Flag {
	name = strings.ReplaceAll(name, "_", "-")
	for _, f := range l.flags {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

// below is the flag that a command below the level declares under a name, or
// nil, with the commands that declare it.
func (l level) below(name string) (found cli.Flag, commands []string) {
	for _, c := range l.commands {
		next := commandLevel(c)
		if f := next.flag(name); f != nil {
			found, commands = f, append(commands, next.name)
		}
		if f, more := next.below(name); f != nil {
			found = f
			for _, m := range more {
				commands = append(commands, next.name+" "+m)
			}
		}
	}
	return found, commands
}

// setting is a flag as it was given.
type setting struct {
	written  string   // with its hyphens, without its value
	name     string   // without both
	flag     cli.Flag // nil when no chosen command has such a flag
	level    int      // the index, in the path, of the command that declares it
	value    string
	hasValue bool
	apart    bool   // the value is an argument of its own
	next     string // the argument behind a flag without a value
}

// String is the flag in the one form that arrange writes.
func (s setting) String() string {
	text := "--" + s.flag.Names()[0]
	if s.hasValue {
		text += "=" + s.value
	}
	return text
}

// line is a command line taken apart.
type line struct {
	settings []setting
	words    []string // the commands' names and the arguments
	plain    int      // how many of words stand before a "--"
}

// scan takes the arguments apart. A flag belongs to the last command of the path
// that declares it. Flags of other commands tell, too, whether the argument behind
// them is their value: the path may not be complete yet.
func scan(args []string, path []level) line {
	var l line
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			l.plain = len(l.words)
			l.words = append(l.words, args[i+1:]...)
			return l
		}
		if len(arg) < 2 || arg[0] != '-' {
			l.words = append(l.words, arg)
			continue
		}
		s := setting{level: -1}
		s.written, s.value, s.hasValue = strings.Cut(arg, "=")
		s.name = nameIn(s.written)
		for level := len(path) - 1; level >= 0 && s.flag == nil; level-- {
			if s.flag = path[level].flag(s.name); s.flag != nil {
				s.level = level
			}
		}
		known := s.flag
		if known == nil {
			known, _ = path[len(path)-1].below(s.name)
		}
		if known == nil {
			known, _ = path[0].below(s.name)
		}
		if i+1 < len(args) && !s.hasValue {
			if known != nil && takesValue(known) {
				i++
				s.value, s.hasValue, s.apart = args[i], true, true
			} else {
				s.next = args[i+1]
			}
		}
		l.settings = append(l.settings, s)
	}
	l.plain = len(l.words)
	return l
}

// takesValue reports whether a flag without "=" has its value in the argument
// behind it.
func takesValue(f cli.Flag) bool {
	if g, ok := f.(*cli.GenericFlag); ok {
		// Package flag asks the value itself, which may do without.
		b, ok := g.Value.(interface{ IsBoolFlag() bool })
		return !ok || !b.IsBoolFlag()
	}
	d, ok := f.(cli.DocGenerationFlag)
	return ok && d.TakesValue()
}

// check refuses what can't be meant.
func (l line) check(path []level) error {
	// The last path decides which arguments are flags' values, and so which word
	// is a command. It does not if two commands disagree on a flag.
	for i, level := range path[1:] {
		if c, ok := path[i].command(l.words[i]); !ok || c.name != level.name {
			return usage("it is not clear which command is meant; put '%s' first, then the flags", level.name)
		}
	}
	given := map[string]setting{}
	for _, s := range l.settings {
		if s.flag == nil {
			return unknownFlag(s, path)
		}
		name := s.flag.Names()[0]
		if takesValue(s.flag) && !s.hasValue {
			return usage("%s needs a value, as in --%s=…\n%s", s.written, name, seeHelp(path))
		}
		if s.apart && strings.HasPrefix(s.value, "--") && declared(path, nameIn(s.value)) {
			return usage("%s needs a value, but %s follows; if that is the value, write --%s=%s", s.written, s.value, name, s.value)
		}
		if !takesValue(s.flag) && !s.hasValue && (s.next == "true" || s.next == "false") {
			return usage("'%s %s': write --%s=%s", s.written, s.next, name, s.next)
		}
		if what := wanted(s); what != "" {
			return usage("%s: %q is not %s", s.written, s.value, what)
		}
		before, again := given[name]
		if again && !before.same(s) && !repeats(s.flag) {
			return usage("--%s is given twice, and not with the same value; give it once", name)
		}
		given[name] = s
	}
	for _, word := range l.words[:l.plain] {
		// Word processors and chats turn hyphens into dashes.
		if bare := strings.TrimLeft(word, dashes); bare != word && declared(path, nameIn(bare)) {
			return usage("%q begins with a dash that is not a hyphen (-); write --%s", word, bare)
		}
	}
	return nil
}

// dashes are the characters that look like hyphens at the front of a flag.
const dashes = "-‐‑‒–—―−"

// nameIn is the name of the flag that an argument holds.
func nameIn(arg string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
	return name
}

// declared reports whether a command of the path has a flag of this name.
func declared(path []level, name string) bool {
	return slices.ContainsFunc(path, func(l level) bool { return l.flag(name) != nil })
}

// same reports whether two settings of one flag say the same.
func (s setting) same(other setting) bool {
	if takesValue(s.flag) {
		return s.value == other.value
	}
	truth := func(s setting) (bool, error) {
		if !s.hasValue {
			return true, nil
		}
		return strconv.ParseBool(s.value)
	}
	a, errA := truth(s)
	b, errB := truth(other)
	return a == b && errA == nil && errB == nil
}

// wanted says what a flag's value must be, if it is not.
func wanted(s setting) string {
	if !s.hasValue {
		return ""
	}
	switch s.flag.(type) {
	case *cli.BoolFlag:
		if _, err := strconv.ParseBool(s.value); err != nil {
			return "true or false"
		}
	case *cli.DurationFlag:
		if _, err := time.ParseDuration(s.value); err != nil {
			if _, err := strconv.ParseFloat(s.value, 64); err == nil {
				return fmt.Sprintf("a duration; give a number with its unit, such as %ss", s.value)
			}
			return "a duration; give a number with its unit, such as 30s, 500ms or 2m"
		}
	}
	return ""
}

// repeats reports whether giving a flag several times adds to it.
func repeats(f cli.Flag) bool {
	if b, ok := f.(*cli.BoolFlag); ok {
		return b.Count != nil
	}
	s, ok := f.(cli.DocGenerationSliceFlag)
	return ok && s.IsSliceFlag()
}

// unknownFlag says which flag was probably meant, and where it exists.
func unknownFlag(s setting, path []level) error {
	last := path[len(path)-1]
	if near := wording.Nearest(s.name, argumentNames(last)); near != "" && len(s.name) > 1 {
		return usage("there is no flag %s; did you mean --%s?\n%s", s.written, near, seeHelp(path))
	}
	if _, commands := path[0].below(s.name); len(commands) > 0 {
		return usage("%s is a flag of %s, not of '%s'\n%s", s.written, quoted(path[0].name, commands), programOf(path), seeHelp(path))
	}
	var names []string
	for _, level := range slices.Backward(path) {
		for _, f := range level.flags {
			for _, name := range f.Names() {
				if len(name) > 1 { // a single letter is near everything
					names = append(names, name)
				}
			}
		}
	}
	if len(s.name) > 1 {
		if near := wording.Nearest(s.name, names); near != "" {
			return usage("there is no flag %s; did you mean --%s?\n%s", s.written, near, seeHelp(path))
		}
	}
	return usage("there is no flag %s\n%s", s.written, seeHelp(path))
}

// argumentNames are the flags of a level that are arguments of a tool.
func argumentNames(l level) []string {
	var names []string
	for _, f := range l.flags {
		if a, ok := f.(*argumentFlag); ok {
			names = append(names, a.Name)
		}
	}
	return names
}

func quoted(program string, commands []string) string {
	var out []string
	for _, c := range commands {
		out = append(out, fmt.Sprintf("'%s %s'", program, c))
	}
	return strings.Join(out, " and ")
}

// programOf is the program with the chosen commands, as a person types it.
func programOf(path []level) string {
	var names []string
	for _, level := range path {
		names = append(names, level.name)
	}
	return strings.Join(names, " ")
}

func seeHelp(path []level) string {
	return fmt.Sprintf("Run '%s --help' for the flags there are.", programOf(path))
}
