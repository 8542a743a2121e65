package cli

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

const (
	programName = "pagerduty-mcp"
	linkPrefix  = "pagerduty-" // of the names that choose a toolset
	everySet    = "all"        // the word for all toolsets
)

// dispatch lets the program's own name choose a toolset: as pagerduty-incidents,
// a link or a copy, it is "pagerduty-mcp incidents". A name that begins the same
// way but names no toolset is refused, because serving every toolset is not what
// its owner wants. Under all other names it is pagerduty-mcp, so that builds can
// be renamed.
func dispatch(args []string, sets []tool.Set) ([]string, error) {
	if len(args) == 0 {
		return []string{programName}, nil
	}
	name := path.Base(strings.ReplaceAll(args[0], `\`, "/"))
	name = strings.ToLower(name) // some file systems ignore the case
	name = strings.TrimSuffix(name, ".exe")
	word, isLink := strings.CutPrefix(name, linkPrefix)
	if !isLink || isProgramName(name) {
		return args, nil
	}
	words := setNames(sets)
	if slices.Contains(words, word) {
		return append([]string{args[0], word}, args[1:]...), nil
	}
	mean := ""
	if near := wording.Nearest(word, words); near != "" && word != "" {
		mean = fmt.Sprintf("; did you mean %s%s?", linkPrefix, near)
	}
	return nil, usage("this program is called %q, but there is no toolset %q%s\n"+
		"Name it %s for one toolset or all of them, or %s to choose toolsets on the command line.", name, word, mean, linkPrefix+orList(words, linkPrefix), programName)
}

// isProgramName reports whether a name is pagerduty-mcp, possibly followed by a
// version or a platform, as in pagerduty-mcp-linux-amd64.
func isProgramName(name string) bool {
	rest, ok := strings.CutPrefix(name, programName)
	return ok && strings.IndexFunc(rest, unicode.IsLetter) != 0
}

func orList(words []string, prefix string) string {
	last := len(words) - 1
	if last == 0 {
		return prefix + words[0]
	}
	return strings.Join(words[:last], ", "+prefix) + " or " + prefix + words[last]
}

// setNames are the words that name toolsets.
func setNames(sets []tool.Set) []string {
	var names []string
	for _, set := range sets {
		names = append(names, set.Name)
	}
	return append(names, everySet)
}

// serveCommand is the command that serves the toolset called name, or all. Its
// arguments name further toolsets.
func serveCommand(name, does string, sets []tool.Set, flags []cli.Flag, p Process) *cli.Command {
	return &cli.Command{
		Name: name, Usage: does, UsageText: programName + " " + name + " [toolset …] [flags]",
		Flags: flags, OnUsageError: onUsageError, HideHelpCommand: true,
		Action: func(c *cli.Context) error {
			chosen, err := choose(append([]string{name}, c.Args().Slice()...), sets, c.App)
			if err != nil {
				return err
			}
			return serve(c, p, chosen)
		},
	}
}

// choose returns the sets that the words name, each once, in the order of sets.
func choose(words []string, sets []tool.Set, app *cli.App) ([]tool.Set, error) {
	for _, word := range words {
		if !slices.Contains(setNames(sets), word) {
			return nil, unknownWord(word, sets, app)
		}
	}
	if slices.Contains(words, everySet) {
		return sets, nil
	}
	var chosen []tool.Set
	for _, set := range sets {
		if slices.Contains(words, set.Name) {
			chosen = append(chosen, set)
		}
	}
	return chosen, nil
}

// unknownWord says what is wrong with a word that names no toolset, or no
// command.
func unknownWord(word string, sets []tool.Set, app *cli.App) error {
	names := setNames(sets)
	var others []string // commands that don't serve
	for _, c := range app.Commands {
		if !slices.Contains(names, c.Name) {
			others = append(others, c.Name)
		}
	}
	parts := strings.FieldsFunc(word, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	areSets := len(parts) > 1 && !slices.ContainsFunc(parts, func(p string) bool { return !slices.Contains(names, p) })
	_, holder, isTool := find(word, sets)
	switch {
	case areSets:
		return usage("%q is one word; give toolsets as words of their own: %s", word, strings.Join(parts, " "))
	case slices.Contains(others, word):
		return usage("'%s' is no toolset; give it alone: %s %s", word, programName, word)
	case isTool:
		return usage("%q is a tool of the toolset %s; to serve it: '%s --%s %s', to call it: 'call %s'", word, holder, holder, flagTools, word, word)
	}
	there := fmt.Sprintf("Toolsets: %s. Other commands: %s.", strings.Join(names, ", "), strings.Join(others, ", "))
	if near := wording.Nearest(word, append(names, others...)); near != "" && word != "" {
		return usage("there is no toolset or command %q; did you mean %q? %s", word, near, there)
	}
	return usage("there is no toolset or command %q. %s", word, there)
}

// find is the tool that a name means, its own or another one it is known by, and
// the name of the set that has it.
func find(name string, sets []tool.Set) (t tool.Tool, set string, ok bool) {
	for _, set := range sets {
		for _, t := range set.Tools {
			if t.Name() == name || slices.ContainsFunc(t.Aliases(), func(a tool.Alias) bool { return a.Name == name }) {
				return t, set.Name, true
			}
		}
	}
	return tool.Tool{}, "", false
}

// naming is a flag, or a variable in place of it, that names tools.
type naming struct {
	said  string // the flag with its hyphens, or the variable
	flag  string
	names []string
}

// narrowing are the tools that are wanted, and those that are not.
func narrowing(c *cli.Context) (only, without naming) {
	return naming{saidBy(c, flagTools), flagTools, c.StringSlice(flagTools)}, naming{saidBy(c, flagExclude), flagExclude, c.StringSlice(flagExclude)}
}

// narrow keeps of sets the tools that only names, or all if it names none, but
// none of without.
func narrow(sets []tool.Set, only, without naming, write bool) ([]tool.Set, error) {
	wanted, err := toolsNamed(only, sets)
	if err != nil {
		return nil, err
	}
	unwanted, err := toolsNamed(without, sets)
	if err != nil {
		return nil, err
	}
	if len(wanted)+len(unwanted) == 0 {
		return sets, nil
	}
	var out []tool.Set
	for _, set := range sets {
		var kept []tool.Tool
		for _, t := range set.Tools {
			as, isWanted := wanted[t.Name()]
			if isWanted && !write && !t.Access().ReadOnly() {
				return nil, usage("%s: %s changes PagerDuty; add --%s if that is what you want", only.said, as, flagWrite)
			}
			if _, isUnwanted := unwanted[t.Name()]; !isUnwanted && (isWanted || len(wanted) == 0) {
				kept = append(kept, t)
			}
		}
		if set.Tools = kept; len(kept) > 0 {
			out = append(out, set)
		}
	}
	if len(out) == 0 {
		return nil, usage("%s and %s leave no tool", only.said, without.said)
	}
	return out, nil
}

// toolsNamed are the tools that n names: from the tool's own name to the name that was
// given. Another name of a tool means the tool with all its names.
func toolsNamed(n naming, sets []tool.Set) (map[string]string, error) {
	named := map[string]string{}
	for _, name := range n.names {
		t, _, ok := find(name, sets)
		if !ok {
			return nil, unknownTool(n, name, sets)
		}
		named[t.Name()] = name
	}
	return named, nil
}

// unknownTool says why n may not name a tool: no loaded set has it.
func unknownTool(n naming, name string, loaded []tool.Set) error {
	tools := toolNames(loaded)
	if name == "" {
		return usage("%s names no tool where one is expected; give names of tools, separated by commas, such as %s", n.said, tools[0])
	}
	all := toolsets.All()
	if _, set, ok := find(name, all); ok {
		if n.flag == flagTools {
			return usage("%s: %s is in the toolset %s, which is not loaded; name that one, too: %s", n.said, name, set, strings.Join(append(loadedNames(loaded), set), " "))
		}
		return usage("%s: %s is in the toolset %s, which is not loaded; leave it out", n.said, name, set)
	}
	for _, sets := range [][]tool.Set{loaded, all} {
		if near := nearestTool(name, sets); near != "" {
			_, set, _ := find(near, sets)
			return usage("%s: there is no tool %q; did you mean %q, of the toolset %s?", n.said, name, near, set)
		}
	}
	return usage("%s: there is no tool %q. Tools: %s", n.said, name, strings.Join(tools, ", "))
}

// loadedNames are the names of sets.
func loadedNames(sets []tool.Set) []string {
	names := setNames(sets)
	return names[:len(names)-1]
}

// toolNames are the names of the sets' tools, sorted.
func toolNames(sets []tool.Set) []string {
	var names []string
	for _, set := range sets {
		for _, t := range set.Tools {
			names = append(names, t.Name())
		}
	}
	slices.Sort(names)
	return names
}

// nearestTool is the name of a tool that was probably meant: one of the tools' own
// names, or else another that one is known by.
func nearestTool(name string, sets []tool.Set) string {
	if near := wording.Nearest(name, toolNames(sets)); near != "" {
		return near
	}
	var others []string
	for _, set := range sets {
		for _, t := range set.Tools {
			for _, alias := range t.Aliases() {
				others = append(others, alias.Name)
			}
		}
	}
	return wording.Nearest(name, others)
}
