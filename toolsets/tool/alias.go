package tool

import (
	"encoding/json"
	"maps"
	"reflect"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/input"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Alias is another name for a tool, which clients may know from other servers. It
// is callable, and listed nowhere but in the documentation.
type Alias struct {
	Name string
	// Fixed are arguments that the name stands for, as a JSON object's members.
	Fixed map[string]any
}

// WithFixed adds the arguments that an alias stands for to those of a call. An
// argument that the call gives as well is refused unless it is the same.
func WithFixed(arguments json.RawMessage, fixed map[string]any) (json.RawMessage, error) {
	if len(fixed) == 0 {
		return arguments, nil
	}
	given, err := wording.ParseJSON(arguments)
	if err != nil {
		return nil, input.Wrong("the arguments are not valid JSON: give one JSON object")
	}
	members, ok := given.(map[string]any)
	if given != nil && !ok {
		return nil, input.Wrong("%s is not an object; give the arguments as one JSON object", wording.Show(given))
	}
	all := maps.Clone(fixed)
	for name, value := range members {
		if there, isFixed := fixed[name]; isFixed && value != nil && !reflect.DeepEqual(there, value) {
			return nil, input.Wrong("%s: this name of the tool stands for %s %s; leave %s out", name, name, wording.Show(there), name)
		}
		if value != nil {
			all[name] = value
		}
	}
	return json.Marshal(all)
}
