package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// maxArguments is how many bytes of arguments the call command reads from
// standard input, as many as the server takes in a message.
const maxArguments = 4 << 20

// arguments puts together what --args, key=value, flags and bare values give, as one
// JSON object. A key that comes several times is a list. Numbers stay as they are
// written, because a number that goes through a float64 is rounded beyond 2^53.
func (i invocation) arguments(c *cli.Context, p Process) (json.RawMessage, error) {
	members := map[string]json.RawMessage{}
	if c.IsSet(flagArgs) {
		text, err := argsText(c.String(flagArgs), p.Stdin)
		if err != nil {
			return nil, err
		}
		if members, err = parseObject(text); err != nil {
			return nil, err
		}
	}
	given, err := i.given(c.Args().Slice())
	if err != nil {
		return nil, err
	}
	input := stdinValue{p: p, taken: c.String(flagArgs) == "-"}
	for key, values := range given {
		if _, twice := members[key]; twice {
			return nil, usage("%s is given in --%s and as %s=…; give it once", key, flagArgs, key)
		}
		if at := slices.Index(values, "-"); at >= 0 {
			read, err := input.of(key, i.takesList(key))
			if err != nil {
				return nil, err
			}
			values = slices.Concat(values[:at], read, values[at+1:])
		}
		var value any = values[0]
		if len(values) > 1 {
			value = values
		}
		data, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("encoding %s: %w", key, err)
		}
		members[key] = data
	}
	return json.Marshal(members)
}

// given are the values of arguments: those of flags, of words such as limit=5, and of
// words that are nothing but a value.
func (i invocation) given(words []string) (map[string][]string, error) {
	given := map[string][]string{}
	for _, f := range i.flags {
		if len(f.given.values) > 0 {
			given[f.argument.Name] = f.given.values
		}
	}
	var bare []string
	for _, word := range words {
		key, value, ok := strings.Cut(word, "=")
		switch {
		case ok && key == "" || !ok && i.takes(word):
			return nil, usage("%q is not an argument; write key=value, such as limit=5", word)
		case !ok || !isName(key):
			bare = append(bare, word)
			continue
		}
		if !utf8.ValidString(word) {
			return nil, usage("%s: the value is not valid UTF-8; check the terminal's encoding, or use --%s -", key, flagArgs)
		}
		given[key] = append(given[key], value)
	}
	return given, i.place(bare, given)
}

// isName reports whether a word can be the name of an argument.
func isName(word string) bool {
	return word != "" && strings.Trim(strings.ToLower(word), "abcdefghijklmnopqrstuvwxyz0123456789_-") == "" && !strings.HasPrefix(word, "-")
}

// place gives bare values to the arguments that they are for, in the order in which the
// tool declares them. A list takes all that are left.
func (i invocation) place(bare []string, given map[string][]string) error {
	for _, a := range mainArguments(i.tool) {
		if len(bare) == 0 {
			return nil
		}
		if _, already := given[a.Name]; already {
			continue
		}
		n := 1
		if a.List {
			n = len(bare)
		}
		for _, value := range bare[:n] {
			if value == "" || !utf8.ValidString(value) {
				return usage("%s: %q is empty or not valid UTF-8; check the terminal's encoding, or use --%s -", a.Name, value, flagArgs)
			}
		}
		given[a.Name], bare = bare[:n:n], bare[n:]
	}
	if len(bare) == 0 {
		return nil
	}
	var names []string
	for _, a := range i.tool.Arguments() {
		names = append(names, a.Name)
	}
	if names == nil {
		return usage("%s takes no arguments, so %q is one too many", i.name, bare[0])
	}
	return usage("it is not clear which argument %q is for; write key=value. %s takes %s", bare[0], i.name, strings.Join(names, ", "))
}

// mainArguments are the arguments that values without a name are for: those that the tool
// requires, and of a tool that requires none what it searches for, or else its first one.
func mainArguments(t tool.Tool) []tool.Argument {
	var required []tool.Argument
	all := t.Arguments()
	for _, a := range all {
		if a.Required {
			required = append(required, a)
		}
	}
	if required != nil || len(all) == 0 {
		return required
	}
	if i := slices.IndexFunc(all, func(a tool.Argument) bool { return a.Name == "query" }); i >= 0 {
		return all[i : i+1]
	}
	return all[:1]
}

// takes reports whether the tool has an argument of this name.
func (i invocation) takes(name string) bool {
	return slices.ContainsFunc(i.tool.Arguments(), func(a tool.Argument) bool { return a.Name == name })
}

// takesList reports whether an argument can have several values.
func (i invocation) takesList(name string) bool {
	return slices.ContainsFunc(i.tool.Arguments(), func(a tool.Argument) bool { return a.Name == name && a.List })
}

// stdinValue is standard input as the value of an argument, which it can be of one only.
type stdinValue struct {
	p     Process
	taken bool
}

// of reads the value of the argument called key, or its values: a line for each.
func (s *stdinValue) of(key string, list bool) ([]string, error) {
	if s.taken {
		return nil, usage("%s=-: standard input can be read once, and something else reads it", key)
	}
	s.taken = true
	if isTerminal(s.p.Stdin) {
		_, _ = fmt.Fprintf(s.p.Stderr, "%s: reading %s from the terminal; end it with Ctrl-D\n", programName, key)
	}
	text, err := io.ReadAll(io.LimitReader(s.p.Stdin, maxArguments+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading %s from standard input: %w", key, err)
	case len(text) > maxArguments:
		return nil, usage("%s=-: standard input holds more than %d MiB; give fewer values at once", key, maxArguments>>20)
	case !utf8.Valid(text):
		return nil, usage("%s=-: standard input is not valid UTF-8; save or send it as UTF-8", key)
	}
	whole := strings.TrimSpace(strings.TrimPrefix(string(text), "\uFEFF"))
	if whole == "" {
		return nil, usage("%s=-: there is nothing on standard input, so nothing was done", key)
	}
	if !list {
		return []string{whole}, nil
	}
	var values []string
	for line := range strings.Lines(whole) {
		if line = strings.TrimSpace(line); line != "" {
			values = append(values, line)
		}
	}
	return values, nil
}

// argsText is the text that --args means: its value, or for "-" what standard
// input holds. A byte order mark, which Windows likes to put in front, is left
// out.
func argsText(value string, stdin io.Reader) ([]byte, error) {
	text, source := []byte(value), "--"+flagArgs
	if value == "-" {
		source = "standard input (--" + flagArgs + " -)"
		var err error
		if text, err = io.ReadAll(io.LimitReader(stdin, maxArguments+1)); err != nil {
			return nil, fmt.Errorf("reading the arguments from standard input: %w", err)
		}
		if len(text) > maxArguments {
			return nil, usage("%s holds more than %d MiB; give fewer arguments at once", source, maxArguments>>20)
		}
	}
	if bytes.HasPrefix(text, []byte{0xFF, 0xFE}) || bytes.HasPrefix(text, []byte{0xFE, 0xFF}) {
		return nil, usage("%s is UTF-16 text; JSON is read as UTF-8 (in PowerShell: Set-Content -Encoding utf8)", source)
	}
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\uFEFF")))
	switch {
	case len(text) == 0:
		return nil, usage(`%s is empty; give a JSON object, such as {"limit":5}, or leave the flag out`, source)
	case !utf8.Valid(text):
		return nil, usage("%s is not valid UTF-8; save or send it as UTF-8", source)
	}
	return text, nil
}

// parseObject reads a JSON object: one, with nothing behind it, and no name
// twice in any object within.
func parseObject(text []byte) (map[string]json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	var first json.RawMessage
	if err := decoder.Decode(&first); err != nil {
		return nil, badJSON(text, err)
	}
	if rest := bytes.TrimSpace(text[decoder.InputOffset():]); len(rest) > 0 {
		return nil, usage("--%s: %s follows the JSON object; give one object and nothing behind it", flagArgs, excerpt(rest))
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(first, &members); err != nil || members == nil {
		return nil, usage(`--%s is %s, not a JSON object; give one such as --%s '{"limit":5}'`, flagArgs, kindOf(first), flagArgs)
	}
	decoder = json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if path, what := fault(decoder); what != "" {
		return nil, usage("--%s: %s %s", flagArgs, strings.Join(path, "."), what)
	}
	return members, nil
}

// fault reads one valid JSON value and says what in it can't be meant: a name
// that an object has twice, or a number beyond all that programs count with. It
// returns the names that lead there.
func fault(decoder *json.Decoder) (path []string, what string) {
	token, _ := decoder.Token()
	if number, ok := token.(json.Number); ok {
		if _, err := number.Float64(); err != nil {
			return nil, fmt.Sprintf("is %s, which is out of range; give a smaller number", wording.Shorten(number.String(), 60))
		}
	}
	open, ok := token.(json.Delim)
	if !ok {
		return nil, ""
	}
	seen := map[string]bool{}
	for decoder.More() {
		var at []string
		if open == '{' {
			token, _ := decoder.Token()
			name, _ := token.(string)
			if at = []string{name}; seen[name] {
				return at, "is given twice; give it once"
			}
			seen[name] = true
		}
		if below, what := fault(decoder); what != "" {
			return append(at, below...), what
		}
	}
	_, _ = decoder.Token() // the closing bracket
	return nil, ""
}

// kindOf names what a JSON value is.
func kindOf(value []byte) string {
	switch value[0] {
	case '[':
		return "a list"
	case '"':
		return "a text"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}

// badJSON says where a text stops being JSON and what was probably meant. Most
// such texts lost their quotes to a shell.
func badJSON(text []byte, err error) error {
	const protect = `In a POSIX shell put single quotes around the whole: --args '{"limit":5}'; in cmd.exe: --args "{\"limit\":5}". Or give key=value, or pipe the JSON to --args -`
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) || syntax.Offset < 1 || int(syntax.Offset) > len(text) {
		return usage("--%s ends before the JSON object does: a bracket or a quotation mark is missing. %s", flagArgs, protect)
	}
	at := int(syntax.Offset) - 1
	wrong, _ := utf8.DecodeRune(text[at:])
	before, _ := utf8.DecodeLastRune(bytes.TrimRightFunc(text[:at], unicode.IsSpace))
	word := string(text[at : at+len(text[at:])-len(bytes.TrimLeftFunc(text[at:], unicode.IsLetter))])
	what := "is not JSON"
	switch {
	case wrong == '\'' && at == 0:
		what = "the single quotes are part of the text: this shell does not take them. " + protect
	case wrong == '\'':
		what = `JSON has double quotes ("), not single ones`
	case strings.ContainsRune("“”„‟«»‘’‚", wrong):
		what = `these are typographic quotation marks; JSON has straight ones (")`
	case (wrong == '}' || wrong == ']') && before == ',':
		what = "JSON has no comma behind the last element"
	case wrong == '/' || wrong == '#':
		what = "JSON has no comments"
	case before == '\\':
		what = `a backslash in a text is written \\`
	case wrong < ' ':
		what = `a line break or tab in a text is written \n or \t`
	case word == "True" || word == "False" || word == "None":
		what = "JSON has true, false and null"
	case word == "NaN" || word == "Infinity" || word == "undefined":
		what = "JSON has no such value; null leaves an argument out"
	case word != "" && at > 0:
		what = `names and texts need double quotes, which a shell takes away. ` + protect
	case at == 0:
		what = `an object begins with {. ` + protect
	}
	return usage("--%s is not valid JSON at %s: %s", flagArgs, excerpt(text[at:]), what)
}

// excerpt is the beginning of a text, for an error.
func excerpt(text []byte) string {
	return fmt.Sprintf("%q", wording.Shorten(wording.Clean(string(text)), 20))
}
