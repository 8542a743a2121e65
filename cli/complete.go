package cli

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/cli/clients"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// completeWord is the command that the shells' scripts call. Its words are the command
// line up to the cursor, each as the shell takes it apart, or, behind --line, all in one.
const completeWord = "__complete"

// shells are those that there are scripts for, in the directory completion.
var shells = []string{"bash", "zsh", "fish", "powershell"}

//go:embed completion
var scripts embed.FS

// completionCommand prints the script that makes a shell complete command lines.
func completionCommand(p Process) *cli.Command {
	return &cli.Command{
		Name: "completion", Usage: "Print a script that has a shell complete commands, flags, tools, arguments and their values",
		UsageText: "source <(" + programName + " completion bash)                                   in ~/.bashrc\n" +
			"source <(" + programName + " completion zsh)                                    in ~/.zshrc\n" +
			programName + " completion fish | source                                    in ~/.config/fish/config.fish\n" +
			programName + " completion powershell | Out-String | Invoke-Expression      in $PROFILE",
		OnUsageError: onUsageError, HideHelpCommand: true,
		Action: func(c *cli.Context) error {
			shell := c.Args().First()
			if !slices.Contains(shells, shell) || c.NArg() > 1 {
				there := programName + " completion " + strings.Join(shells, "|")
				if c.NArg() > 0 {
					return usage("%q is no shell that there is a script for; use %s", strings.Join(c.Args().Slice(), " "), there)
				}
				return usage("which shell? %s", there)
			}
			script, err := scripts.ReadFile("completion/" + shell)
			if err != nil {
				return fmt.Errorf("reading the script: %w", err)
			}
			_, _ = p.Stdout.Write(script)
			return nil
		},
	}
}

// candidate is a word that may stand at the cursor.
type candidate struct{ word, about string }

// complete prints what may stand at the end of a command line.
func complete(p Process, sets []tool.Set) error {
	words := p.Args[2:]
	if len(words) == 2 && words[0] == "--line" {
		words = shellSplit(words[1])
		words = words[min(1, len(words)):] // the program's name
	}
	if len(words) == 0 {
		words = []string{""}
	}
	before, current := words[:len(words)-1], words[len(words)-1]
	p.Args = before
	app, err := newApp(p, sets)
	if err != nil {
		return err
	}
	for _, found := range candidates(before, current, app, sets) {
		if strings.HasPrefix(found.word, current) {
			_, _ = fmt.Fprintf(p.Stdout, "%s\t%s\n", found.word, strings.Join(strings.Fields(found.about), " "))
		}
	}
	return nil
}

// shellSplit takes a line apart as shells do, without what they replace.
func shellSplit(line string) []string {
	words := []string{""}
	var quote rune
	escaped := false
	for _, r := range line {
		last := &words[len(words)-1]
		switch {
		case escaped:
			*last, escaped = *last+string(r), false
		case r == '\\' && quote != '\'':
			escaped = true
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		case r == quote:
			quote = 0
		case unicode.IsSpace(r) && quote == 0:
			if *last != "" {
				words = append(words, "")
			}
		default:
			*last += string(r)
		}
	}
	return words
}

// candidates are the words that may stand behind others.
func candidates(before []string, current string, app *cli.App, sets []tool.Set) []candidate {
	path := []level{top(app)}
	l := scan(before, path)
	for depth := 0; depth < len(l.words); depth++ {
		next, ok := path[depth].command(l.words[depth])
		if !ok {
			break
		}
		path = append(path, next)
		l = scan(before, path)
	}
	if n := len(l.settings); n > 0 && len(before) > 0 {
		// A flag at the end that wants a value has the word at the cursor for it.
		if s := l.settings[n-1]; s.flag != nil && !s.hasValue && takesValue(s.flag) && s.written == before[len(before)-1] {
			return valuesOf(path[s.level].name, s.flag, "", current, sets)
		}
	}
	if name, _, ok := strings.Cut(current, "="); ok && strings.HasPrefix(current, "-") {
		for _, level := range slices.Backward(path) {
			if f := level.flag(nameIn(name)); f != nil {
				return valuesOf(level.name, f, name+"=", current, sets)
			}
		}
		return nil
	}
	if strings.HasPrefix(current, "-") {
		return flagsOf(path)
	}
	return wordsOf(path, l.words[len(path)-1:], current, app, sets)
}

// flagsOf are the flags of commands.
func flagsOf(path []level) []candidate {
	var found []candidate
	for _, level := range slices.Backward(path) {
		for _, f := range level.flags {
			about := ""
			if d, ok := f.(cli.DocGenerationFlag); ok {
				about = strings.ReplaceAll(d.GetUsage(), "`", "")
			}
			word := "--" + f.Names()[0]
			if !slices.ContainsFunc(found, func(c candidate) bool { return c.word == word }) {
				found = append(found, candidate{word, about})
			}
		}
	}
	return found
}

// formsOf are the forms of output of a command.
func formsOf(command string) []string {
	switch command {
	case "doctor":
		return healthForms
	case "tools":
		return toolForms
	}
	return forms
}

// valuesOf are the values that a command's flag may have, each behind a prefix.
func valuesOf(command string, f cli.Flag, prefix, current string, sets []tool.Set) []candidate {
	if a, ok := f.(*argumentFlag); ok {
		return valuesOfArgument(a.argument, prefix)
	}
	names := toolNames(sets)
	values := map[string][]string{
		flagOutput: formsOf(command), flagConfirm: server.Confirms, flagScenario: scenarioNames(), "log-level": server.LogLevels, "log-format": server.LogFormats,
		flagTools: names, flagExclude: names, flagAllow: append(server.AllowWords(), names...), flagToolsets: append(setNames(sets), everySet),
		flagScope: {string(clients.User), string(clients.Project)}, flagUrgency: {"high", "low"},
		flagKeyFrom: {string(clients.Stored), string(clients.File), string(clients.Environment), string(clients.Prompt)},
	}[f.Names()[0]]
	if _, list := f.(*cli.StringSliceFlag); list {
		given := strings.TrimPrefix(current, prefix)
		prefix += given[:strings.LastIndex(given, ",")+1] // a list goes on behind its last comma
	}
	var found []candidate
	for _, value := range values {
		found = append(found, candidate{prefix + value, ""})
	}
	return found
}

// valuesOfArgument are the values that a tool's argument may have, each behind a prefix.
func valuesOfArgument(a tool.Argument, prefix string) []candidate {
	values := a.Enum
	if a.Type == "boolean" {
		values = []string{"true", "false"}
	}
	var found []candidate
	for _, value := range values {
		found = append(found, candidate{prefix + value, ""})
	}
	return found
}

// wordsOf are the words that may stand behind a chosen command and words of its own.
func wordsOf(path []level, own []string, current string, app *cli.App, sets []tool.Set) []candidate {
	names := make([]string, 0, len(path))
	for _, level := range path[1:] {
		names = append(names, level.name)
	}
	switch {
	case len(names) == 0 && len(own) == 0:
		return commandsOf(app.Commands)
	case len(names) == 0:
		return nil
	case names[0] == "help" && len(own) == 0:
		return append(commandsOf(app.Commands), toolsOf(sets, current)...)
	case names[0] == "completion" && len(own) == 0:
		return plainly(shells)
	case names[0] == "configure" && len(own) == 0:
		return plainly(clients.Names())
	case names[0] == "auth" && len(names) == 1 && len(own) == 0:
		return commandsOf(path[1].commands)
	case names[0] == "call" && len(names) == 1 && len(own) == 0:
		return toolsOf(sets, current)
	case names[0] == "call" && len(names) == 2:
		t, _, _ := find(names[1], sets)
		return argumentsAfter(t, own, current)
	case names[0] == "tools" || names[0] == "doctor" || slices.Contains(setNames(sets), names[0]):
		var found []candidate
		for _, set := range sets {
			if set.Name != names[0] && !slices.Contains(own, set.Name) {
				found = append(found, candidate{set.Name, set.Holds})
			}
		}
		return found
	}
	return nil
}

// plainly are words that say themselves what they are about.
func plainly(words []string) []candidate {
	var found []candidate
	for _, word := range words {
		found = append(found, candidate{word, ""})
	}
	return found
}

// commandsOf are commands with what they do.
func commandsOf(commands []*cli.Command) []candidate {
	var found []candidate
	for _, c := range commands {
		found = append(found, candidate{c.Name, c.Usage})
	}
	return found
}

// toolsOf are the tools by their own names, and by others that have been begun.
func toolsOf(sets []tool.Set, current string) []candidate {
	var found []candidate
	for _, set := range sets {
		for _, t := range set.Tools {
			found = append(found, candidate{t.Name(), t.Title()})
			for _, alias := range t.Aliases() {
				if current != "" {
					found = append(found, candidate{alias.Name, t.Title()})
				}
			}
		}
	}
	return found
}

// argumentsAfter are the arguments that may follow words of a call: names that are not
// given yet, values behind a name, and values that need no name.
func argumentsAfter(t tool.Tool, own []string, current string) []candidate {
	var found []candidate
	if key, _, ok := strings.Cut(current, "="); ok {
		for _, a := range t.Arguments() {
			if a.Name == key {
				return valuesOfArgument(a, key+"=")
			}
		}
		return nil
	}
	given, _ := invocation{t.Name(), t, nil}.given(own) // what is wrong with them is told when they are used
	for _, a := range mainArguments(t) {
		if a.List || given[a.Name] == nil {
			found = append(found, valuesOfArgument(a, "")...)
			break
		}
	}
	for _, a := range t.Arguments() {
		if a.List || given[a.Name] == nil {
			found = append(found, candidate{a.Name + "=", describe(a)})
		}
	}
	return found
}
