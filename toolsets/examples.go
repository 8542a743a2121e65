package toolsets

import (
	"embed"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

//go:embed */testdata/calls.json
var calls embed.FS

// Example is the arguments of a call, by their names.
type Example map[string]json.RawMessage

// Examples are calls of a tool to show people. Their names are the simulated account's;
// what has an id and no name is written OVERRIDE_ID and the like.
func Examples(t tool.Tool) []Example {
	sets, _ := calls.ReadDir(".")
	placeholder := regexp.MustCompile(`\$(\w+):([^$"]+)\$`)
	for _, set := range sets {
		data, _ := calls.ReadFile(set.Name() + "/testdata/calls.json")
		data = placeholder.ReplaceAllFunc(data, func(found []byte) []byte {
			m := placeholder.FindSubmatch(found)
			if kind := string(m[1]); kind == "alert" || kind == "override" {
				return []byte(strings.ToUpper(kind) + "_ID")
			}
			return m[2]
		})
		var tools map[string][]Example
		if json.Unmarshal(data, &tools) == nil && tools[t.Name()] != nil {
			return tools[t.Name()]
		}
	}
	return nil
}
