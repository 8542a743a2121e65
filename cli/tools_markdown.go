package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/cli/show"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// toolsMarkdown are the tools as tables of Markdown, which the documentation has.
func toolsMarkdown(sets []tool.Set, verbose bool) string {
	var b strings.Builder
	all, readers := 0, 0
	for _, set := range sets {
		fmt.Fprintf(&b, "\n### `%s`\n\nFor: %s.\n\n", set.Name, set.Holds)
		setMarkdown(&b, set, func(t tool.Tool) string {
			if !verbose {
				return ""
			}
			return "#" + t.Name()
		})
		for _, t := range set.Tools {
			all++
			if t.Access().ReadOnly() {
				readers++
			}
			if verbose {
				fmt.Fprintf(&b, "\n#### `%s`\n", t.Name())
				toolMarkdown(&b, t)
			}
		}
	}
	fmt.Fprintf(&b, "\n%d tools in all, %d of them read-only.\n\n", all, readers)
	return b.String()
}

// setMarkdown is a table of a toolset's tools. Link is where more of a tool is to be read,
// or empty.
func setMarkdown(b *strings.Builder, set tool.Set, link func(tool.Tool) string) {
	b.WriteString("| tool | access | what it does |\n|---|---|---|\n")
	for _, t := range set.Tools {
		name := "`" + t.Name() + "`"
		if to := link(t); to != "" {
			name = "[" + name + "](" + to + ")"
		}
		fmt.Fprintf(b, "| %s | %s | %s%s |\n", name, accessOf(t), strings.ReplaceAll(t.Description(), "|", `\|`), alsoCalled(t))
	}
}

// toolMarkdown is what a tool does and takes, and how it is called.
func toolMarkdown(b *strings.Builder, t tool.Tool) {
	needs := ""
	if !t.Access().ReadOnly() {
		needs = " Needs `--" + flagWrite + "`."
	}
	fmt.Fprintf(b, "\n%s%s%s\n", t.Description(), alsoCalled(t), needs)
	if arguments := t.Arguments(); len(arguments) > 0 {
		b.WriteString("\n| argument | type | default | allowed | |\n|---|---|---|---|---|\n")
		for _, a := range arguments {
			argumentMarkdown(b, a)
			if a.Type == "object" {
				membersMarkdown(b, a.Name, t.Schema())
			}
		}
	}
	if lines := examples(t.Name(), t); len(lines) > 0 {
		fmt.Fprintf(b, "\n```sh\n%s\n```\n", lines[0])
	}
}

// argumentMarkdown is a row of a table of arguments.
func argumentMarkdown(b *strings.Builder, a tool.Argument) {
	standard := ""
	switch {
	case a.Required:
		standard = "required"
	case a.Default != "":
		standard = "`" + strings.Trim(a.Default, `"`) + "`"
	}
	allowed := ""
	if a.Enum != nil {
		allowed = "`" + strings.Join(a.Enum, "`, `") + "`"
	} else {
		allowed = boundsOf(a)
	}
	fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s |\n", a.Name, typeOf(a), standard, allowed, show.MarkdownText(strings.TrimSuffix(a.Doc, ".")))
}

// schemaMember is what a schema says of a member of an object.
type schemaMember struct {
	Type        string                  `json:"type"`
	Description string                  `json:"description"`
	Default     json.RawMessage         `json:"default"`
	Enum        []string                `json:"enum"`
	Items       *schemaMember           `json:"items"`
	Properties  map[string]schemaMember `json:"properties"`
	Required    []string                `json:"required"`
}

// membersMarkdown are rows for the members of an argument that is an object, or a list of
// some, and for those of the objects within.
func membersMarkdown(b *strings.Builder, name string, schema json.RawMessage) {
	var root schemaMember
	if json.Unmarshal(schema, &root) == nil {
		root.Properties[name].rows(b, name)
	}
}

func (m schemaMember) rows(b *strings.Builder, name string) {
	if m.Items != nil {
		m.Items.rows(b, name+"[]")
		return
	}
	names := slices.Clone(m.Required)
	for _, each := range slices.Sorted(maps.Keys(m.Properties)) {
		if !slices.Contains(names, each) {
			names = append(names, each)
		}
	}
	for _, each := range names {
		inner := m.Properties[each]
		a := tool.Argument{
			Name: name + "." + each, Type: inner.Type, Required: slices.Contains(m.Required, each), Default: string(inner.Default), Enum: inner.Enum, Doc: inner.Description,
		}
		if inner.Items != nil {
			a.Type, a.List, a.Enum = inner.Items.Type, true, inner.Items.Enum
		}
		argumentMarkdown(b, a)
		inner.rows(b, a.Name)
	}
}

// alsoCalled says under which other names a tool can be called.
func alsoCalled(t tool.Tool) string {
	var names []string
	for _, alias := range t.Aliases() {
		names = append(names, "`"+alias.Name+"`")
	}
	if names == nil {
		return ""
	}
	return " Also called " + strings.Join(names, ", ") + "."
}
