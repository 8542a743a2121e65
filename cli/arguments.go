package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// maxArguments is how many bytes of arguments the call command reads from
// standard input, as many as the server takes in a message.
const maxArguments = 4 << 20

// callArguments puts together what --args and key=value give, as one JSON
// object. A key that comes several times is a list. Numbers stay as they are
// written, because a number that goes through a float64 is rounded beyond 2^53.
func callArguments(c *cli.Context, p Process) (json.RawMessage, error) {
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
	given := map[string][]string{}
	for _, pair := range c.Args().Tail() {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" {
			return nil, usage("%q is not an argument; write key=value, such as limit=5", pair)
		}
		if !utf8.ValidString(pair) {
			return nil, usage("%s: the value is not valid UTF-8; check the terminal's encoding, or use --%s -", key, flagArgs)
		}
		given[key] = append(given[key], value)
	}
	for key, values := range given {
		if _, twice := members[key]; twice {
			return nil, usage("%s is given in --%s and as %s=…; give it once", key, flagArgs, key)
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
