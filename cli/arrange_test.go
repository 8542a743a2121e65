package cli

import (
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

// seen is what a command's action is given.
type seen struct {
	Command string
	Flags   map[string]string // those that were given, by their first name
	Words   []string
}

// sampleApp has what the program has or may come to have: flags that commands
// share with the program, flags of one command, commands below commands, aliases
// of both, flags with one letter, flags that take a value only after "=".
func sampleApp(got *seen) *cli.App {
	shared := func() []cli.Flag {
		return []cli.Flag{
			&cli.BoolFlag{Name: "sandbox"},
			&cli.StringSliceFlag{Name: "tools", Aliases: []string{"t"}},
			&cli.StringFlag{Name: "level", Value: "info"},
		}
	}
	command := func(name string, flags []cli.Flag, below ...*cli.Command) *cli.Command {
		return &cli.Command{Name: name, Flags: append(shared(), flags...), Subcommands: below, HideHelp: true, Action: record(got, name)}
	}
	get := command("get", []cli.Flag{
		&cli.IntFlag{Name: "limit", Aliases: []string{"n"}},
		&cli.BoolFlag{Name: "deep", Aliases: []string{"d"}},
	})
	get.Aliases = []string{"g"}
	return &cli.App{
		Name: "sample", HideHelp: true, HideVersion: true, // their flags are global variables
		Writer: io.Discard, ErrWriter: io.Discard,
		ExitErrHandler: func(*cli.Context, error) {},
		Flags:          append(shared(), &cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}}, &cli.StringFlag{Name: "name"}),
		Action:         record(got, ""),
		Commands: []*cli.Command{
			command("serve", nil),
			command("call", []cli.Flag{
				&cli.StringFlag{Name: "args", Aliases: []string{"a"}},
				&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}},
				&cli.DurationFlag{Name: "wait"},
				&cli.GenericFlag{Name: "state", Value: &optional{}},
			}, get),
		},
	}
}

// optional is the value of a flag that may stand alone, as in --state or
// --state=file.
type optional struct{ text string }

func (o *optional) Set(s string) error { o.text = s; return nil }
func (o *optional) String() string     { return o.text }
func (o *optional) Get() any           { return o.text }
func (*optional) IsBoolFlag() bool     { return true }

func record(got *seen, command string) cli.ActionFunc {
	return func(c *cli.Context) error {
		*got = seen{Command: command, Flags: map[string]string{}, Words: c.Args().Slice()}
		for _, name := range []string{"sandbox", "tools", "level", "quiet", "name", "args", "yes", "wait", "state", "limit", "deep"} {
			if c.IsSet(name) {
				got.Flags[name] = fmt.Sprint(c.Value(name))
				if name == "tools" {
					got.Flags[name] = strings.Join(c.StringSlice(name), "|")
				}
			}
		}
		return nil
	}
}

// sampleFlag is a flag with the forms in which it may be written.
type sampleFlag struct {
	name  string
	value string // as the action sees it
	forms [][]string
}

func withValue(name, alias string, values ...string) (all []sampleFlag) {
	for _, v := range values {
		f := sampleFlag{name: name, value: v, forms: [][]string{{"--" + name, v}, {"--" + name + "=" + v}, {"-" + name, v}, {"-" + name + "=" + v}}}
		if alias != "" {
			f.forms = append(f.forms, []string{"-" + alias, v}, []string{"-" + alias + "=" + v})
		}
		all = append(all, f)
	}
	return all
}

func withoutValue(name, alias string) []sampleFlag {
	yes := sampleFlag{name: name, value: "true", forms: [][]string{{"--" + name}, {"-" + name}, {"--" + name + "=true"}, {"-" + name + "=1"}}}
	no := sampleFlag{name: name, value: "false", forms: [][]string{{"--" + name + "=false"}, {"-" + name + "=0"}}}
	if alias != "" {
		yes.forms = append(yes.forms, []string{"-" + alias})
		no.forms = append(no.forms, []string{"-" + alias + "=false"})
	}
	return []sampleFlag{yes, no}
}

// TestArrange writes command lines at random, flags anywhere and in any form, and
// has the command see the same each time.
func TestArrange(t *testing.T) {
	t.Parallel()
	odd := []string{"x", "-", "--", "call", "get", "serve", "", "a=b", "-5", "--x", "true", "two words", "=", "ü"}
	shared := [][]sampleFlag{withoutValue("sandbox", ""), withValue("level", "", odd...), withoutValue("quiet", "q"), withValue("name", "", odd...)}
	ofCall := [][]sampleFlag{
		withValue("args", "a", append(odd, `{"limit":5}`)...), withoutValue("yes", "y"), withValue("wait", "", "30s"),
		{{name: "state", value: "true", forms: [][]string{{"--state"}}}, {name: "state", value: "f", forms: [][]string{{"--state=f"}}}},
	}
	ofGet := [][]sampleFlag{withValue("limit", "n", "5", "-5"), withoutValue("deep", "d")}
	kinds := []struct {
		sees  string
		path  []string
		flags [][]sampleFlag
	}{
		{"", nil, shared},
		{"serve", []string{"serve"}, shared},
		{"call", []string{"call"}, slices.Concat(shared, ofCall)},
		{"get", []string{"call", "get"}, slices.Concat(shared, ofCall, ofGet)},
		{"get", []string{"call", "g"}, slices.Concat(shared, ofCall, ofGet)},
	}
	tools := withValue("tools", "t", "one", "two", "call", "-")
	words := []string{"limit=2", "-", "x", "a b", "serve=1", "ü", "key=--level"}
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	for range 500 {
		kind := kinds[r.IntN(len(kinds))]
		want := seen{Command: kind.sees, Flags: map[string]string{}}
		for range r.IntN(4) {
			want.Words = append(want.Words, words[r.IntN(len(words))])
		}
		var given [][]string // each a flag with its value
		for _, choices := range kind.flags {
			if r.IntN(3) == 0 {
				f := choices[r.IntN(len(choices))]
				want.Flags[f.name] = f.value
				for range 1 + r.IntN(4)/3 { // the same again changes nothing
					given = append(given, f.forms[r.IntN(len(f.forms))])
				}
			}
		}
		var listed []string
		for range r.IntN(3) {
			f := tools[r.IntN(len(tools))]
			listed = append(listed, f.value)
			given = append(given, f.forms[r.IntN(len(f.forms))])
			want.Flags["tools"] = strings.Join(listed, "|")
		}
		line := interleave(r, given, slices.Concat(kind.path, want.Words), len(listed))
		var got seen
		app := sampleApp(&got)
		args, err := arrange(line, app)
		if err != nil {
			t.Fatalf("seed %d: %q: %v", seed, line, err)
		}
		if err := app.RunContext(t.Context(), args); err != nil {
			t.Fatalf("seed %d: %q, arranged as %q: %v", seed, line, args, err)
		}
		if len(got.Words) == 0 {
			got.Words = nil
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d: %q, arranged as %q, -want +got:\n%s", seed, line, args, diff)
		}
		again, err := arrange(args, sampleApp(&got))
		if err != nil || !slices.Equal(again, args) {
			t.Fatalf("seed %d: %q is arranged as %q, then as %q, %v", seed, line, args, again, err)
		}
	}
}

// interleave puts flags anywhere among words, which stay in order, as the last
// ordered flags do. Sometimes a "--" stands behind the last flag.
func interleave(r *rand.Rand, flags [][]string, words []string, ordered int) []string {
	free := flags[:len(flags)-ordered]
	r.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
	flags = slices.Concat(free, flags[len(flags)-ordered:])
	if ordered > 0 { // the others may come between and after them
		for range len(free) {
			i := r.IntN(len(flags) - 1)
			if !isTools(flags[i]) || !isTools(flags[i+1]) {
				flags[i], flags[i+1] = flags[i+1], flags[i]
			}
		}
	}
	line, ended := []string{"sample"}, false
	for len(flags)+len(words) > 0 {
		if len(flags) == 0 && !ended && r.IntN(4) == 0 {
			line, ended = append(line, "--"), true
		}
		if len(words) == 0 || len(flags) > 0 && r.IntN(2) == 0 {
			line, flags = append(line, flags[0]...), flags[1:]
		} else {
			line, words = append(line, words[0]), words[1:]
		}
	}
	return line
}

func isTools(flag []string) bool {
	name, _, _ := strings.Cut(strings.TrimLeft(flag[0], "-"), "=")
	return name == "tools" || name == "t"
}

func TestArrangeRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ line, want string }{
		"unknown flag":             {"serve --sanbox", "no flag --sanbox; did you mean --sandbox?\nRun 'sample serve --help'"},
		"as a person wrote it":     {"serve -sanbox=1", "no flag -sanbox; did you mean --sandbox?"},
		"in front of the command":  {"--leevl debug serve", "no flag --leevl; did you mean --level?"},
		"near nothing":             {"serve --xyzzy", "there is no flag --xyzzy\n"},
		"one letter, near nothing": {"serve -x", "there is no flag -x\n"},
		"no name":                  {"serve --=x", "there is no flag --\n"},
		"three hyphens":            {"serve ---sandbox", "no flag ---sandbox; did you mean --sandbox?"},
		"another command's flag":   {"serve --args {}", "--args is a flag of 'sample call', not of 'sample serve'"},
		"in front, another's":      {"--args {} serve", "--args is a flag of 'sample call', not of 'sample serve'"},
		"one of a command below":   {"call --limit 5", "--limit is a flag of 'sample call get', not of 'sample call'"},
		"no value":                 {"call x=1 --args", "--args needs a value, as in --args=…\nRun 'sample call --help'"},
		"no value but a flag":      {"call --args --sandbox", "--args needs a value, but --sandbox follows; if that is the value, write --args=--sandbox"},
		"no value but another's":   {"call --args --level=x", "--args needs a value, but --level=x follows"},
		"two values":               {"call --level a --level=b", "--level is given twice"},
		"two values of an alias":   {"call -a 1 --args 2", "--args is given twice"},
		"yes and no":               {"serve --sandbox --sandbox=false", "--sandbox is given twice"},
		"a word for a bool":        {"serve --sandbox false", "'--sandbox false': write --sandbox=false"},
		"not a bool":               {"serve --sandbox=maybe", `--sandbox: "maybe" is not true or false`},
		"not a duration":           {"call --wait 30", `--wait: "30" is not a duration; give a number with its unit, such as 30s`},
		"a dash":                   {"serve –sandbox", `"–sandbox" begins with a dash that is not a hyphen (-); write --sandbox`},
		"a dash and a value":       {"—level=debug serve", "write --level=debug"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args, err := arrange(append([]string{"sample"}, strings.Fields(c.line)...), sampleApp(new(seen)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q, %v; want an error that says %q", args, err, c.want)
			}
		})
	}
}

// TestFlagsAgree looks that no two commands read a flag differently: in front of
// the command it would not be known whether a value follows.
func TestFlagsAgree(t *testing.T) {
	t.Parallel()
	takes := map[string]bool{}
	var visit func(level)
	visit = func(l level) {
		for _, f := range l.flags {
			for _, name := range f.Names() {
				if before, ok := takes[name]; ok && before != takesValue(f) {
					t.Errorf("--%s takes a value in one command, and none in another", name)
				}
				takes[name] = takesValue(f)
			}
		}
		for _, c := range l.commands {
			visit(commandLevel(c))
		}
	}
	app, err := newApp(Process{Build: Build{Version: "1"}, Args: toolNames(toolsets.All()), Getenv: func(string) string { return "" }}, toolsets.All())
	if err != nil {
		t.Fatal(err)
	}
	visit(top(app))
	if len(takes) < 10 {
		t.Errorf("only these flags were found: %v", slices.Sorted(maps.Keys(takes)))
	}
}

// TestCommandsThatDisagree has a flag that means different things in front of
// different commands.
func TestCommandsThatDisagree(t *testing.T) {
	t.Parallel()
	app := &cli.App{Name: "sample", Commands: []*cli.Command{
		{Name: "one", Flags: []cli.Flag{&cli.BoolFlag{Name: "out"}}},
		{Name: "two", Flags: []cli.Flag{&cli.StringFlag{Name: "out"}}},
	}}
	for line, want := range map[string]string{
		"one --out":     "sample one --out",
		"two --out x":   "sample two --out=x",
		"--out=x two":   "sample two --out=x",
		"--out one":     "", // it may be the command, or the flag's value
		"--out two one": "",
	} {
		args, err := arrange(append([]string{"sample"}, strings.Fields(line)...), app)
		if got := strings.Join(args, " "); got != want || (err == nil) != (want != "") {
			t.Errorf("%q is arranged as %q, %v; want %q", line, got, err, want)
		}
	}
}

// FuzzArrange arranges whatever comes: without a panic, and so that arranging
// what came of it changes nothing more.
func FuzzArrange(f *testing.F) {
	for _, line := range []string{"", "call\n--args\n{}\nx=1", "-\n--\n--sandbox", "--tools\n--\ncall\nget", "--level=\n---\n-=", "-n\n-5\ncall\ng"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		args, err := arrange(append([]string{"sample"}, strings.Split(line, "\n")...), sampleApp(new(seen)))
		if err != nil {
			return
		}
		again, err := arrange(args, sampleApp(new(seen)))
		if err != nil || !slices.Equal(args, again) {
			t.Errorf("%q is arranged as %q, then as %q, %v", line, args, again, err)
		}
		var got seen
		if err := sampleApp(&got).RunContext(t.Context(), args); err != nil && !strings.Contains(err.Error(), "invalid value") {
			t.Errorf("%q, arranged as %q: %v", line, args, err)
		}
	})
}
