package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

const flagVerbose = "verbose"

// toolsCommand shows what a model sees.
func toolsCommand(sets []tool.Set, flags []cli.Flag, p Process) *cli.Command {
	own := slices.DeleteFunc(slices.Clone(flags), func(f cli.Flag) bool {
		return !slices.Contains([]string{flagTools, flagExclude}, f.Names()[0])
	})
	return &cli.Command{
		Name: "tools", Usage: "Show the tools of toolsets, as a model sees them, and what they cost in tokens", UsageText: programName + " tools [toolset …] [flags]",
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: flagVerbose, Aliases: []string{"V"}, Usage: "also show the arguments"},
			&cli.StringFlag{Name: flagOutput, Aliases: []string{"o"}, Usage: strings.Join(toolForms, ", ") + " (default: table at a terminal, json elsewhere)"},
		}, own...),
		OnUsageError: onUsageError, HideHelpCommand: true,
		Action: func(c *cli.Context) error {
			out, err := chosenOutput(c, p)
			if err != nil {
				return err
			}
			if out.form == "ids" {
				return usage("--%s: tools have no ids; use %s", flagOutput, orList(toolForms, ""))
			}
			chosen, err := toolsToShow(c, p, sets)
			if err != nil {
				return err
			}
			switch {
			case out.form == "markdown":
				_, _ = fmt.Fprint(p.Stdout, toolsMarkdown(chosen, c.Bool(flagVerbose)))
				return nil
			case out.form == "table" && c.Bool(flagVerbose):
				page(p, []byte(toolsAtLength(chosen)))
				return nil
			}
			shown := toolsAnswer(chosen, c.Bool(flagVerbose))
			if out.form == "table" {
				shown.Tokens, shown.ReadOnly = 0, 0 // the note tells them
			}
			answer, err := json.Marshal(shown)
			if err != nil {
				return fmt.Errorf("encoding the tools: %w", err)
			}
			return out.write(c.Context, p, answer)
		},
	}
}

// toolsToShow are the toolsets that the words name, those that a variable names, or all of
// them, without the tools that flags leave out.
func toolsToShow(c *cli.Context, p Process, sets []tool.Set) ([]tool.Set, error) {
	words := c.Args().Slice()
	if len(words) == 0 {
		words = listed(p.Getenv(envToolsets))
	}
	if len(words) > 0 {
		chosen, err := choose(words, sets, c.App)
		if err != nil {
			return nil, err
		}
		sets = chosen
	}
	only, without := narrowing(c)
	return narrow(sets, only, without, true)
}

// shownTool is a tool as the command shows it.
type shownTool struct {
	Name        string          `json:"name"`
	Access      string          `json:"access"` // read or write
	Tokens      int             `json:"tokens"`
	Description string          `json:"description"`
	Toolset     string          `json:"toolset"`
	AlsoCalled  []string        `json:"also_called,omitempty"`
	Arguments   json.RawMessage `json:"arguments,omitempty"` // JSON Schema
}

// shownTools are all that are shown.
type shownTools struct {
	Tools    []shownTool `json:"tools"`
	Count    int         `json:"count"`
	Tokens   int         `json:"tokens,omitempty"`
	ReadOnly int         `json:"tokens_read_only,omitempty"` // of the tools that only read
	Note     string      `json:"note"`
}

func toolsAnswer(sets []tool.Set, verbose bool) shownTools {
	var out shownTools
	for _, set := range sets {
		for _, t := range set.Tools {
			s := shownTool{Name: t.Name(), Access: accessOf(t), Tokens: tool.Tokens(string(t.Definition())), Description: t.Description(), Toolset: set.Name}
			for _, alias := range t.Aliases() {
				s.AlsoCalled = append(s.AlsoCalled, alias.Name)
			}
			if verbose {
				s.Arguments = t.Schema()
			}
			out.Tools = append(out.Tools, s)
			if out.Tokens += s.Tokens; t.Access().ReadOnly() {
				out.ReadOnly += s.Tokens
			}
		}
	}
	out.Count = len(out.Tools)
	out.Note = fmt.Sprintf("In all about %s tokens of a model's context, %s without those that write, which need --%s. Tokens are estimated: tokenizers differ.",
		wording.Thousands(out.Tokens), wording.Thousands(out.ReadOnly), flagWrite)
	return out
}

func accessOf(t tool.Tool) string {
	if t.Access().ReadOnly() {
		return "read"
	}
	return "write"
}

// toolsAtLength are the tools with their arguments, for a person.
func toolsAtLength(sets []tool.Set) string {
	var b strings.Builder
	answer := toolsAnswer(sets, false)
	for i, set := range sets {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s: %s\n", set.Name, set.Holds)
		for _, t := range set.Tools {
			n := slices.IndexFunc(answer.Tools, func(s shownTool) bool { return s.Name == t.Name() })
			fmt.Fprintf(&b, "\n%s (%s, %d tokens)\n  %s\n", t.Name(), accessOf(t), answer.Tools[n].Tokens, t.Description())
			writeArguments(&b, t.Arguments(), "    ")
		}
	}
	b.WriteString("\n" + answer.Note + "\n")
	return b.String()
}
