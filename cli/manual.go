package cli

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

// Manual is the manual page of the program, in section 1, as man reads it.
func Manual() (string, error) {
	sets := toolsets.All()
	app, err := newApp(Process{Getenv: func(string) string { return "" }}, sets)
	if err != nil {
		return "", err
	}
	var page manual
	page.macro(".TH PAGERDUTY-MCP 1")
	page.section("NAME")
	page.text(programName + " - " + app.Usage)
	page.section("SYNOPSIS")
	page.verbatim(app.UsageText)
	page.section("DESCRIPTION")
	description, variables, _ := strings.Cut(app.Description, "\n\nEnvironment:\n")
	page.text(description)
	page.text("Called " + linkPrefix + "TOOLSET, by a link or a copy of that name, it serves that toolset: " +
		linkPrefix + orList(setNames(sets), linkPrefix) + ".")
	page.section("COMMANDS")
	for _, command := range app.VisibleCommands() {
		page.item(command.Name, command.Usage)
	}
	page.section("OPTIONS")
	page.text("Of the commands that serve or call tools. " + programName + " COMMAND --help shows those of a command.")
	for _, f := range app.VisibleFlags() {
		page.item(synopsis(f), f.(cli.DocGenerationFlag).GetUsage())
	}
	page.section("ENVIRONMENT")
	page.verbatim(variables)
	page.section("EXIT STATUS")
	for _, status := range []struct {
		code  int
		means string
	}{
		{exitOK, "All went well."},
		{exitFailed, "A tool or the server failed."},
		{exitUsage, "The command line, the environment or a call's arguments are wrong."},
	} {
		page.item(fmt.Sprint(status.code), status.means)
	}
	page.item("128 and the number of a signal", "A signal ended a call.")
	return page.String(), nil
}

// synopsis is a flag as it is written, with a word for its value if it takes one.
func synopsis(f cli.Flag) string {
	var names []string
	for _, name := range f.Names() {
		hyphens := "--"
		if len(name) == 1 {
			hyphens = "-"
		}
		names = append(names, hyphens+name)
	}
	written := strings.Join(names, ", ")
	if takes, ok := f.(cli.DocGenerationFlag); ok && takes.TakesValue() {
		written += " VALUE"
	}
	return written
}

// manual is a page in the language of man.
type manual struct{ strings.Builder }

func (m *manual) macro(line string)   { m.WriteString(line + "\n") }
func (m *manual) section(name string) { m.macro(".SH " + name) }

// text writes a paragraph for each that is set apart by an empty line.
func (m *manual) text(words string) {
	for paragraph := range strings.SplitSeq(words, "\n\n") {
		m.macro(".PP")
		m.macro(roff(strings.ReplaceAll(paragraph, "\n", " ")))
	}
}

// verbatim writes lines as they are.
func (m *manual) verbatim(lines string) {
	m.macro(".PP")
	m.macro(".nf")
	for line := range strings.SplitSeq(strings.TrimRight(lines, "\n"), "\n") {
		m.macro(roff(line))
	}
	m.macro(".fi")
}

// item writes a word, and what it means.
func (m *manual) item(word, means string) {
	m.macro(".TP")
	m.macro(`\fB` + roff(word) + `\fR`)
	m.macro(roff(means))
}

// roff escapes a line, so that man shows it as it is.
func roff(line string) string {
	line = strings.NewReplacer(`\`, `\e`, "-", `\-`, "`", "").Replace(line)
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		line = `\&` + line // else it is a macro
	}
	return line
}
