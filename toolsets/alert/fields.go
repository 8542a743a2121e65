package alert

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// fields are the members of a tool's details. What was read is taken out, so that the
// rest can be shown as it is.
type fields struct{ all map[string]any }

func (f *fields) has(names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { _, ok := f.all[name]; return !ok })
}

// take returns a member as text and takes it out; "" for what is no single value.
func (f *fields) take(name string) string {
	text, ok := single(f.all[name])
	if ok {
		delete(f.all, name)
	}
	return text
}

// look returns a member as text and leaves it.
func (f *fields) look(name string) string {
	text, _ := single(f.all[name])
	return text
}

// object takes out a member that is an object.
func (f *fields) object(name string) *fields {
	inner, ok := f.all[name].(map[string]any)
	if !ok {
		return &fields{map[string]any{}}
	}
	delete(f.all, name)
	return &fields{inner}
}

// keep puts what is left of an inner object back.
func (f *fields) keep(name string, inner *fields) {
	if len(inner.all) > 0 {
		f.all[name] = inner.all
	}
}

// add puts a member in, under another name if there is one of that name.
func (f *fields) add(name, value string) {
	for f.all[name] != nil {
		name += "_"
	}
	f.all[name] = value
}

// rest are the members that nobody read and that say something.
func (f *fields) rest(summary string) map[string]any {
	left := maps.Clone(f.all)
	maps.DeleteFunc(left, func(_ string, value any) bool {
		switch value := value.(type) {
		case nil:
			return true
		case string:
			return value == "" || value == summary
		case []any:
			return len(value) == 0
		case map[string]any:
			return len(value) == 0
		}
		return false
	})
	return left
}

// single writes a value that is a text, a number or a truth.
func single(value any) (text string, ok bool) {
	switch value := value.(type) {
	case string:
		return value, true
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64), true
	case json.Number:
		return value.String(), true
	case bool:
		return fmt.Sprint(value), true
	}
	return "", false
}

// takeAny takes out the first member that has one of the names, in whatever letters
// and with whatever between their words: hostName, HOST_NAME and "host name" are one.
func (f *fields) takeAny(names ...string) string {
	keys := slices.Sorted(maps.Keys(f.all))
	for _, wanted := range names {
		for _, name := range keys {
			if wording.FoldName(name) != wanted {
				continue
			}
			if text := f.take(name); text != "" {
				return text
			}
		}
	}
	return ""
}
