// Package contract_test holds what people's configurations, prompts and scripts rest on:
// the names of tools, their arguments, and what they may do. What CHANGELOG.md calls
// breaking is found here, and has to be said there.
package contract_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

const golden = "testdata/tools.json"

// promise is what a tool's users rest on.
type promise struct {
	Toolset  string   `json:"toolset"`
	Access   string   `json:"access"`
	Names    []string `json:"other_names,omitzero"`
	Required []string `json:"required,omitzero"`
	Optional []string `json:"optional,omitzero"`
}

// promises are those of tools, by their names.
type promises map[string]promise

// accessOf says what a tool may do, as its hints for MCP clients have it.
func accessOf(a tool.Access) string {
	switch {
	case a.ReadOnly():
		return "reads"
	case !a.Destructive():
		return "adds"
	case a.Idempotent():
		return "changes or deletes"
	}
	return "changes, and may page again"
}

func made(sets []tool.Set) promises {
	all := promises{}
	for _, set := range sets {
		for _, t := range set.Tools {
			p := promise{Toolset: set.Name, Access: accessOf(t.Access())}
			for _, alias := range t.Aliases() {
				p.Names = append(p.Names, alias.Name)
			}
			for _, a := range t.Arguments() {
				if a.Required {
					p.Required = append(p.Required, a.Name)
				} else {
					p.Optional = append(p.Optional, a.Name)
				}
			}
			all[t.Name()] = p
		}
	}
	return all
}

// broken are the promises of before that now does not keep: from the tools to what is
// different.
func broken(before, now promises) map[string][]string {
	all := map[string][]string{}
	for name, was := range before {
		is, there := now[name]
		say := func(format string, args ...any) { all[name] = append(all[name], fmt.Sprintf(format, args...)) }
		if !there {
			say("it is gone")
			continue
		}
		if is.Toolset != was.Toolset {
			say("it moved from the toolset %s to %s", was.Toolset, is.Toolset)
		}
		if is.Access != was.Access {
			say("it %s now, where it was %q", is.Access, was.Access)
		}
		for _, other := range was.Names {
			if _, own := now[other]; !own && !slices.Contains(is.Names, other) {
				say("it is not called %s any more", other)
			}
		}
		for _, argument := range is.Required {
			if !slices.Contains(was.Required, argument) {
				say("it needs %s now", argument)
			}
		}
		for _, argument := range slices.Concat(was.Required, was.Optional) {
			if !slices.Contains(is.Required, argument) && !slices.Contains(is.Optional, argument) {
				say("it takes no %s any more", argument)
			}
		}
	}
	return all
}

// line matches a line of a list in CHANGELOG.md that says what breaks.
var line = regexp.MustCompile(`(?m)^- \*\*Breaking:\*\* .*$`)

// announced reports whether a changelog says, of what is not released yet, that
// something of a tool breaks.
func announced(changelog, name string) bool {
	_, unreleased, _ := strings.Cut(changelog, "## [Unreleased]\n")
	unreleased, _, _ = strings.Cut(unreleased, "\n## [")
	return slices.ContainsFunc(line.FindAllString(unreleased, -1), func(said string) bool { return strings.Contains(said, "`"+name+"`") })
}

// TestContract compares the tools with what they were. -update writes down what is new,
// and what breaks as well once the changelog says so.
func TestContract(t *testing.T) {
	t.Parallel()
	now := made(toolsets.All())
	changelog, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(golden)
	var before promises
	if err == nil {
		err = json.Unmarshal(data, &before)
	}
	if err != nil {
		t.Fatalf("%v; to begin anew, write {} into it", err)
	}
	all := broken(before, now)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !announced(strings.ReplaceAll(string(changelog), "\r\n", "\n"), name) {
			t.Errorf("%s: %s. That breaks configurations, prompts and scripts. If it has to be, say in CHANGELOG.md, under Unreleased: - **Breaking:** `%s` …",
				name, strings.Join(all[name], "; "), name)
		}
	}
	if t.Failed() {
		return
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(now); err != nil {
		t.Fatal(err)
	}
	rig.Golden(t, golden, b.Bytes())
}

// TestBroken holds what counts as breaking.
func TestBroken(t *testing.T) {
	t.Parallel()
	before := promises{"get_thing": {Toolset: "things", Access: "reads", Names: []string{"show_thing"}, Required: []string{"id"}, Optional: []string{"limit"}}}
	is := func(change func(*promise)) promises {
		p := before["get_thing"]
		p.Names, p.Required, p.Optional = slices.Clone(p.Names), slices.Clone(p.Required), slices.Clone(p.Optional)
		change(&p)
		return promises{"get_thing": p, "new_thing": {Toolset: "things", Access: "adds"}}
	}
	for name, c := range map[string]struct {
		now  promises
		want string
	}{
		"nothing but a new tool":     {is(func(*promise) {}), ""},
		"a new optional argument":    {is(func(p *promise) { p.Optional = append(p.Optional, "since") }), ""},
		"a new name":                 {is(func(p *promise) { p.Names = append(p.Names, "find_thing") }), ""},
		"no longer required":         {is(func(p *promise) { p.Required, p.Optional = nil, []string{"id", "limit"} }), ""},
		"gone":                       {promises{"find_thing": before["get_thing"]}, "it is gone"},
		"another toolset":            {is(func(p *promise) { p.Toolset = "others" }), "it moved from the toolset things to others"},
		"another access":             {is(func(p *promise) { p.Access = "adds" }), `it adds now, where it was "reads"`},
		"a name less":                {is(func(p *promise) { p.Names = nil }), "it is not called show_thing any more"},
		"a new required argument":    {is(func(p *promise) { p.Required = append(p.Required, "name") }), "it needs name now"},
		"an argument that is needed": {is(func(p *promise) { p.Required, p.Optional = []string{"id", "limit"}, nil }), "it needs limit now"},
		"an argument less":           {is(func(p *promise) { p.Optional = nil }), "it takes no limit any more"},
		"an argument renamed":        {is(func(p *promise) { p.Optional = []string{"most"} }), "it takes no limit any more"},
	} {
		if got := strings.Join(broken(before, c.now)["get_thing"], "; "); got != c.want || len(broken(before, c.now)) > 1 {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestAnnounced holds which lines of the changelog say that something breaks.
func TestAnnounced(t *testing.T) {
	t.Parallel()
	const changelog = "## [Unreleased]\n\n### Changed\n\n- **Breaking:** `get_thing` needs an id.\n- `set_thing` is faster.\n\n## [1.0.0] - 2026-11-25\n\n- **Breaking:** `old_thing` is gone.\n"
	for name, want := range map[string]bool{"get_thing": true, "thing": false, "set_thing": false, "old_thing": false} {
		if announced(changelog, name) != want {
			t.Errorf("%s: want %v", name, want)
		}
	}
}

// TestAccess holds that the words for what a tool may do tell them all apart.
func TestAccess(t *testing.T) {
	t.Parallel()
	want := []string{"adds", "changes or deletes", "changes, and may page again", "reads"}
	seen := map[string]bool{}
	for _, p := range made(toolsets.All()) {
		seen[p.Access] = true
	}
	if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
