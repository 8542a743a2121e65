package server

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// control is what every tool that changes something takes besides its own arguments. It
// is not advertised, so that it costs no tokens: the instructions tell of it.
type control struct {
	rest   json.RawMessage // the tool's own arguments
	dryRun bool            // dry_run: say what would happen, and change nothing
	token  string          // confirm: the token that an answer before had
}

// takeControl takes the arguments that no tool declares out of a call's.
func takeControl(arguments json.RawMessage) (control, error) {
	c := control{rest: arguments}
	if low := bytes.ToLower(arguments); !bytes.Contains(low, []byte("dry")) && !bytes.Contains(low, []byte("confirm")) {
		return c, nil
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(arguments, &members) != nil {
		return c, nil // the tool says what is wrong
	}
	for name, raw := range members {
		switch strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name)) {
		case "dryrun":
			switch strings.ToLower(strings.Trim(string(raw), `" `)) {
			case "true", "1", "yes":
				c.dryRun = true
			case "false", "0", "no", "null", "":
			default:
				return c, tool.Wrong("%s: %s is neither true nor false", name, wording.Show(json.RawMessage(raw)))
			}
		case "confirm", "confirmtoken":
			if json.Unmarshal(raw, &c.token) != nil {
				// A model that means "yes" has not got a person's.
				c.token = ""
			}
		default:
			continue
		}
		delete(members, name)
	}
	rest, err := json.Marshal(members)
	c.rest = rest
	return c, err
}
