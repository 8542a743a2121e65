package tool

import (
	"reflect"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/input"
)

// Instead is an argument that a tool doesn't have though people expect it. It is hidden;
// whoever gives it is told how to ask instead, by the tag says.
type Instead []string

var insteadType = reflect.TypeFor[Instead]()

// askInstead refuses a call that has such arguments.
func askInstead(in reflect.Value) error {
	var problems []string
	for _, f := range reflect.VisibleFields(in.Type()) {
		if f.Type == insteadType && in.FieldByIndex(f.Index).Len() > 0 {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			problems = append(problems, name+": "+f.Tag.Get("says"))
		}
	}
	if problems == nil {
		return nil
	}
	return &input.ArgumentError{Problems: problems}
}
