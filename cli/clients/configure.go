package clients

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// inputID names the key among the secrets that VS Code asks for.
const inputID = "pagerduty-key"

// entry is the path of the server in the client's document.
func (c Client) entry() []string { return append(slices.Clone(c.section), ServerName) }

// Add returns the text of a configuration file with the server in it. What else the
// file holds stays as it is, and so do settings of the server that this program does
// not know of. The error of a text that is no valid configuration says in which line.
func (c Client) Add(text []byte, s Server) ([]byte, error) {
	doc, err := c.read(text)
	if err != nil {
		return nil, err
	}
	old := map[string]any{}
	if value, there := at(doc, c.entry()); there {
		old, _ = value.(map[string]any)
	}
	for _, remote := range []string{"url", "serverUrl", "httpUrl", "uri"} {
		if _, is := old[remote]; is {
			old = nil // another kind of server: nothing of it fits
		}
	}
	entry := c.shape(s, c.environment(s, old))
	var changes []change
	if c.asks(s) {
		inputs, _ := doc["inputs"].([]any)
		if !slices.ContainsFunc(inputs, isInput) {
			changes = append(changes, change{[]string{"inputs"}, append(list(inputs), object{
				{"type", "promptString"}, {"id", inputID}, {"description", "PagerDuty API key"}, {"password", true},
			})})
		}
	}
	if len(old) == 0 {
		return edit(c.format, text, append(changes, change{c.entry(), entry}))
	}
	written := plain(entry).(map[string]any)
	for _, name := range []string{c.env, c.passes} { // what only held the key
		if _, was := old[name]; name != "" && was && written[name] == nil {
			changes = append(changes, change{append(c.entry(), name), nil})
		}
	}
	for _, m := range entry {
		changes = append(changes, change{append(c.entry(), m.name), m.value})
	}
	return edit(c.format, text, changes)
}

// Remove returns the text of a configuration file without the server, and whether it
// was there.
func (c Client) Remove(text []byte) (without []byte, found bool, err error) {
	doc, err := c.read(text)
	if err != nil {
		return nil, false, err
	}
	if _, found = at(doc, c.entry()); !found {
		return text, false, nil
	}
	changes := []change{{c.entry(), nil}}
	if inputs, _ := doc["inputs"].([]any); c.prompt && slices.ContainsFunc(inputs, isInput) {
		rest := list(slices.DeleteFunc(slices.Clone(inputs), isInput))
		changes = append(changes, change{[]string{"inputs"}, rest})
		if len(rest) == 0 {
			changes[1].value = nil
		}
	}
	without, err = edit(c.format, text, changes)
	return without, true, err
}

func isInput(input any) bool {
	members, _ := input.(map[string]any)
	return members["id"] == inputID
}

func (c Client) asks(s Server) bool { return c.prompt && s.Key == Prompt }

// environment is what a server's environment is to be: its variables, and others that
// the configuration has.
func (c Client) environment(s Server, old map[string]any) env {
	values := map[string]any{}
	before, _ := old[c.env].(map[string]any)
	for name, value := range before {
		if name != envKey && name != envKeyFile {
			values[name] = value
		}
	}
	for name, value := range s.Env {
		values[name] = value
	}
	var passed []string
	if names, ok := old[c.passes].([]any); ok {
		for _, name := range names {
			if text, ok := name.(string); ok && text != envKey {
				passed = append(passed, text)
			}
		}
	}
	switch {
	case c.asks(s):
		values[envKey] = "${input:" + inputID + "}"
	case s.Key == Environment && c.refer != nil:
		values[envKey] = c.refer(envKey)
	case s.Key == Environment:
		passed = append(passed, envKey)
	}
	e := env{passed: passed}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		e.values = append(e.values, member{name, values[name]})
	}
	return e
}

// Refers reports whether a variable's value is one that the client replaces: by a
// secret that it keeps, or by a variable of its own.
func (c Client) Refers(value string) bool {
	name, isInput := strings.CutPrefix(value, "${input:")
	if c.prompt && isInput && strings.HasSuffix(name, "}") {
		return true
	}
	if c.refer == nil {
		return false
	}
	if name, ok := strings.CutPrefix(value, "$"); c.dollar && ok && !strings.ContainsAny(name, "${} ") {
		return true
	}
	before, after, _ := strings.Cut(c.refer("NAME"), "NAME")
	name, begins := strings.CutPrefix(value, before)
	name, ends := strings.CutSuffix(name, after)
	return begins && ends && name != "" && !strings.ContainsAny(name, "${} ")
}

// read parses the text of a configuration file.
func (c Client) read(text []byte) (map[string]any, error) {
	text, _ = undress(text)
	return c.format.parse(text)
}

// A Found is a server of PagerDuty's in a configuration file.
type Found struct {
	Name    string
	Command string
	Args    []string
	Env     map[string]string
}

// Find lists the servers in a configuration file that are this program, or are named
// after PagerDuty.
func (c Client) Find(text []byte) ([]Found, error) {
	doc, err := c.read(text)
	if err != nil {
		return nil, err
	}
	section, _ := at(doc, c.section)
	servers, _ := section.(map[string]any)
	var out []Found
	for _, name := range slices.Sorted(maps.Keys(servers)) {
		members, _ := servers[name].(map[string]any)
		f := Found{Name: name, Env: map[string]string{}}
		words := texts(members["command"])
		if len(words) == 0 {
			words = texts(members["cmd"])
		}
		if words = append(words, texts(members["args"])...); len(words) > 0 {
			f.Command, f.Args = words[0], words[1:]
		}
		variables, _ := members[c.env].(map[string]any)
		about := name + " " + f.Command
		for variable, value := range variables {
			f.Env[variable] = fmt.Sprint(value)
			about += " " + variable
		}
		if f.Command != "" && strings.Contains(strings.ToLower(about), "pagerduty") {
			out = append(out, f)
		}
	}
	return out, nil
}

// texts are the texts of a value that is one or a list of them.
func texts(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}
