package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// control is what every tool that changes something takes besides its own arguments. It
// is not advertised, so that it costs no tokens: the instructions tell of it.
type control struct {
	rest   json.RawMessage // the tool's own arguments, as they were written
	dryRun bool            // dry_run: say what would happen, and change nothing
	token  string          // confirm: the token that an answer before had
}

// takeControl takes the arguments that no tool declares out of a call's. What is no JSON
// object is left to the tool, which says what is wrong with it.
func takeControl(arguments json.RawMessage) (control, error) {
	c := control{rest: arguments}
	var text string
	if json.Unmarshal(arguments, &text) == nil && text != "" { // an object as a text, which tools take, too
		arguments = json.RawMessage(text)
	}
	members, ok := membersOf(arguments)
	if !ok {
		return c, nil
	}
	var rest bytes.Buffer
	for _, m := range members {
		taken, err := c.take(m.name, m.value)
		if err != nil {
			return c, err
		}
		if !taken {
			name, err := json.Marshal(m.name)
			if err != nil {
				return c, fmt.Errorf("encoding an argument's name: %w", err)
			}
			_, _ = fmt.Fprintf(&rest, ",%s:%s", name, m.value)
		}
	}
	c.rest = append(append([]byte{'{'}, bytes.TrimPrefix(rest.Bytes(), []byte(","))...), '}')
	return c, nil
}

// member is a member of a JSON object, as it was written.
type member struct {
	name  string
	value json.RawMessage
}

// membersOf are the members of a JSON object in their order, also those that are there
// twice; false if it is none.
func membersOf(object json.RawMessage) (members []member, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(object))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') || wording.TooDeep(object) {
		return nil, false
	}
	for decoder.More() {
		key, err := decoder.Token()
		name, isText := key.(string)
		m := member{name: name}
		if err != nil || !isText || decoder.Decode(&m.value) != nil {
			return nil, false
		}
		members = append(members, m)
	}
	_, err := decoder.Token() // the closing brace
	return members, err == nil && !decoder.More()
}

// take takes an argument if it is one of control's. Whoever asks for a rehearsal in one
// place and against it in another gets one.
func (c *control) take(name string, raw json.RawMessage) (taken bool, err error) {
	switch strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name)) {
	case "dryrun":
		switch strings.ToLower(strings.Trim(string(raw), `" `)) {
		case "true", "1", "yes":
			c.dryRun = true
		case "false", "0", "no", "null", "":
		default:
			return true, tool.Wrong("%s: %s is neither true nor false", name, wording.Show(raw))
		}
		return true, nil
	case "meta": // which tools pass over
		inner, err := takeControl(raw)
		c.dryRun = c.dryRun || inner.dryRun
		return false, err
	case "confirm", "confirmtoken":
		var token string
		if json.Unmarshal(raw, &token) == nil { // true is a model's word, not a person's
			c.token = token
		}
		return true, nil
	}
	return false, nil
}

// inOrder is a call's arguments as they are compared: the same, whatever the order and
// the white space they were written with.
func inOrder(arguments json.RawMessage) string {
	value, err := wording.ParseJSON(arguments)
	if err != nil {
		return string(arguments)
	}
	data, err := json.Marshal(value)
	if err != nil {
		return string(arguments)
	}
	return string(data)
}
