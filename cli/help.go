package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// helpCommand shows the help of a command or a tool.
func helpCommand(sets []tool.Set, p Process) *cli.Command {
	return &cli.Command{
		Name: "help", Usage: "Show the help of the program, of a command or of a tool", UsageText: programName + " help [COMMAND|TOOL]",
		OnUsageError: onUsageError, HideHelpCommand: true,
		Action: func(c *cli.Context) error {
			words := c.Args().Slice()
			if len(words) > 1 && words[0] == "call" {
				words = words[1:]
			}
			if len(words) == 0 {
				return cli.ShowAppHelp(c.Lineage()[1])
			}
			if command := c.App.Command(words[0]); command != nil {
				return cli.ShowCommandHelp(c.Lineage()[1], words[0])
			}
			if t, _, ok := find(words[0], sets); ok {
				_, _ = io.WriteString(p.Stdout, toolHelp(words[0], t))
				return nil
			}
			return unknownWord(words[0], sets, c.App)
		},
	}
}

// versionCommand prints the version, as --version does.
func versionCommand() *cli.Command {
	return &cli.Command{
		Name: "version", Usage: "Print the version", OnUsageError: onUsageError, HideHelpCommand: true,
		Action: func(c *cli.Context) error {
			cli.ShowVersion(c)
			return nil
		},
	}
}

// toolHelp is what a tool does and takes, with examples.
func toolHelp(name string, t tool.Tool) string {
	var b strings.Builder
	does := "reads"
	if !t.Access().ReadOnly() {
		does = "changes PagerDuty: needs --" + flagWrite
	}
	fmt.Fprintf(&b, "%s: %s (%s)\n\n%s\n\nUsage:\n  %s call %s%s [flags]\n", name, t.Title(), does, t.Description(), programName, name, placeholders(t))
	fixed := fixedBy(name, t)
	arguments := slices.DeleteFunc(t.Arguments(), func(a tool.Argument) bool { return fixed[a.Name] != nil })
	if len(arguments) > 0 {
		fmt.Fprintf(&b, "\nArguments, as key=value or as --key value; a list several times. With - the value is read from standard input.\n")
		writeArguments(&b, arguments, "  ")
	}
	b.WriteString("\nExamples:\n")
	for _, line := range examples(name, t) {
		b.WriteString("  " + line + "\n")
	}
	fmt.Fprintf(&b, "\nFlags of every call: %s call --help\n", programName)
	return b.String()
}

// writeArguments writes a line for each argument.
func writeArguments(b *strings.Builder, arguments []tool.Argument, indent string) {
	var table strings.Builder
	aligned := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	for _, a := range arguments {
		_, _ = fmt.Fprintf(aligned, "%s%s\t%s\t%s\n", indent, a.Name, typeOf(a), describe(a))
	}
	_ = aligned.Flush() // a [strings.Builder] takes everything
	for line := range strings.Lines(table.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
}

// placeholders stand for the values that need no name.
func placeholders(t tool.Tool) string {
	var b strings.Builder
	for _, a := range mainArguments(t) {
		word := strings.ToUpper(a.Name)
		if a.List {
			word += "…"
		}
		if !a.Required {
			word = "[" + word + "]"
		}
		b.WriteString(" " + word)
	}
	if len(t.Arguments()) > len(mainArguments(t)) {
		b.WriteString(" [key=value …]")
	}
	return b.String()
}

// typeOf says in a word what an argument is.
func typeOf(a tool.Argument) string {
	word := map[string]string{"string": "text", "integer": "number", "boolean": "true or false", "object": "JSON"}[a.Type]
	switch {
	case a.Refers != "":
		word = a.Refers
	case a.Time:
		word = "time"
	}
	if a.List {
		word += ", list"
	}
	return word
}

// describe says in a line what an argument may be.
func describe(a tool.Argument) string {
	var parts []string
	if a.Required {
		parts = append(parts, "required")
	}
	if a.Doc != "" {
		parts = append(parts, strings.TrimSuffix(a.Doc, "."))
	}
	if a.Enum != nil {
		parts = append(parts, orList(a.Enum, ""))
	}
	if bounds := boundsOf(a); bounds != "" {
		parts = append(parts, bounds)
	}
	if a.Default != "" {
		parts = append(parts, "default "+strings.Trim(a.Default, `"`))
	}
	return strings.Join(parts, "; ")
}

// boundsOf says how large a number may be.
func boundsOf(a tool.Argument) string {
	switch {
	case a.Min != nil && a.Max != nil:
		return fmt.Sprintf("%d to %d", *a.Min, *a.Max)
	case a.Min != nil:
		return fmt.Sprintf("from %d", *a.Min)
	case a.Max != nil:
		return fmt.Sprintf("up to %d", *a.Max)
	}
	return ""
}

// fixedBy are the arguments that one of a tool's names stands for.
func fixedBy(name string, t tool.Tool) map[string]any {
	for _, alias := range t.Aliases() {
		if alias.Name == name {
			return alias.Fixed
		}
	}
	return nil
}

// mostExamples is how many calls a tool's help shows.
const mostExamples = 3

// examples are command lines that call a tool by one of its names.
func examples(name string, t tool.Tool) []string {
	fixed := fixedBy(name, t)
	var lines []string
	for _, example := range toolsets.Examples(t) {
		given := slices.Collect(maps.Keys(example))
		if slices.ContainsFunc(given, func(key string) bool { _, is := fixed[key]; return is }) {
			continue
		}
		if line, ok := commandLine(name, t, example); ok && !slices.Contains(lines, line) && len(lines) < mostExamples {
			lines = append(lines, line)
		}
	}
	return lines
}

// commandLine is a call as a person types it, unless it has arguments that are not
// advertised.
func commandLine(name string, t tool.Tool, example toolsets.Example) (line string, ok bool) {
	main := mainArguments(t)
	var bare, named []string
	inOrder, objects, left := true, false, len(example)
	for _, a := range t.Arguments() {
		raw, given := example[a.Name]
		if !given {
			inOrder = inOrder && !slices.ContainsFunc(main, func(m tool.Argument) bool { return m.Name == a.Name })
			continue
		}
		left--
		objects = objects || a.Type == "object"
		values := written(raw)
		isMain := slices.ContainsFunc(main, func(m tool.Argument) bool { return m.Name == a.Name })
		for _, value := range values {
			if isMain && inOrder {
				bare = append(bare, shellWord(value))
			} else {
				named = append(named, a.Name+"="+shellWord(value))
			}
		}
		inOrder = inOrder && (!isMain || !a.List) // a list takes all bare values that follow
	}
	words := slices.Concat([]string{programName, "call", name}, bare, named)
	if objects {
		data, err := json.Marshal(example)
		if err != nil {
			return "", false
		}
		words = []string{programName, "call", name, "--" + flagArgs, shellWord(string(data))}
	}
	if !t.Access().ReadOnly() {
		words = append(words, "--"+flagWrite)
	}
	return strings.Join(words, " "), left == 0
}

// written are the values of an argument as they are written on a command line.
func written(raw json.RawMessage) []string {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	var values []string
	for _, item := range list {
		var s string
		if json.Unmarshal(item, &s) != nil {
			s = string(item)
		}
		values = append(values, s)
	}
	return values
}

// shellWord quotes a word for a POSIX shell, if it needs that.
func shellWord(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-=.,:@/+") == "" {
		return s
	}
	if strings.Contains(s, "'") && !strings.ContainsAny(s, "\"$`\\!") {
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
