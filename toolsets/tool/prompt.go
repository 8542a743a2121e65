package tool

import (
	"regexp"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Prompt is a beginning that people pick in their client, often as a command: it
// becomes the message from which a model starts.
type Prompt struct {
	Name, Title, Description string
	Arguments                []PromptArgument
	// Needs are the tools without which the prompt makes no sense: it is offered only
	// where all of them are loaded.
	Needs []string
	// Unless are tools with which another prompt of the name takes its place.
	Unless []string
	Steps  []Step
}

// PromptArgument is what a person fills in.
type PromptArgument struct {
	Name, Description string
	Required          bool
	Names             Names // what completes it
}

// Step is a part of a prompt's text. {argument} stands for what a person filled in, and
// tools are named in backquotes. A step is left out if it names a tool that isn't
// loaded, or an argument that isn't filled in.
type Step struct {
	Text string
	// Unless are tools and arguments: the step is left out if one of them is there.
	Unless []string
}

// mention matches what a step mentions: a tool, or an argument.
var mention = regexp.MustCompile("`([a-z_]+)`|\\{([a-z_]+)\\}")

// mentions are the tools and the arguments that the step mentions.
func (s Step) mentions() (tools, arguments []string) {
	for _, m := range mention.FindAllStringSubmatch(s.Text, -1) {
		if m[1] != "" {
			tools = append(tools, m[1])
		} else {
			arguments = append(arguments, m[2])
		}
	}
	return tools, arguments
}

// Mentions are the tools that the prompt may name, wherever it is offered.
func (p Prompt) Mentions() []string {
	tools := slices.Clone(p.Needs)
	for _, s := range p.Steps {
		named, _ := s.mentions()
		tools = append(tools, named...)
	}
	return tools
}

// Offered reports whether the tools that the prompt needs are loaded, and no other
// prompt takes its place.
func (p Prompt) Offered(loaded func(tool string) bool) bool {
	return !slices.ContainsFunc(p.Needs, func(name string) bool { return !loaded(name) }) && !slices.ContainsFunc(p.Unless, loaded)
}

// Write makes the prompt's text of what a person filled in. It names only tools that
// are loaded.
func (p Prompt) Write(given map[string]string, loaded func(tool string) bool) (string, error) {
	filled := map[string]string{}
	for _, a := range p.Arguments {
		value := wording.Shorten(strings.Join(strings.Fields(wording.Clean(given[a.Name])), " "), maxTyped)
		if value == "" && a.Required {
			return "", Wrong("%s: is required for the prompt %s: %s", a.Name, p.Name, a.Description)
		}
		if value = a.Names.meant(value); value != "" {
			filled[a.Name] = value
		}
	}
	for name := range given {
		if !slices.ContainsFunc(p.Arguments, func(a PromptArgument) bool { return a.Name == name }) {
			return "", Wrong("%s: the prompt %s has no such argument", wording.Quote(name), p.Name)
		}
	}
	absent := func(argument string) bool { return filled[argument] == "" }
	var text []string
	for _, s := range p.Steps {
		tools, arguments := s.mentions()
		if slices.ContainsFunc(tools, func(name string) bool { return !loaded(name) }) || slices.ContainsFunc(arguments, absent) ||
			slices.ContainsFunc(s.Unless, func(name string) bool { return loaded(name) || !absent(name) }) {
			continue
		}
		text = append(text, mention.ReplaceAllStringFunc(s.Text, func(found string) string {
			if name, isArgument := strings.CutPrefix(found, "{"); isArgument {
				return mentioned(filled[strings.TrimSuffix(name, "}")])
			}
			return found
		}))
	}
	return strings.Join(text, "\n"), nil
}

// mentioned is what a person filled in, as a prompt's text has it: a number as it is, and
// what may be a name in quotes. Names are completed, so that they may be other people's
// words.
func mentioned(value string) string {
	if strings.Trim(value, "0123456789") == "" {
		return value
	}
	return wording.QuoteUpTo(value, maxTyped)
}
