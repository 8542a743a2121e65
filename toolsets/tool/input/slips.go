package input

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// clientArguments are what MCP clients add to calls by themselves. They are dropped
// unless the tool has such an argument.
var clientArguments = []string{
	"wait_for_previous",                                      // Gemini CLI
	"wait_for_previous_tools", "tool_action", "tool_summary", // Antigravity
	"task_progress",                            // Cline
	"security_risk",                            // OpenHands
	"tool_call_id", "chat_input", "session_id", // n8n
	"random_string", "dummy", "dummy_param", "no_params", // Cursor and others, for tools without required arguments
	"meta", "progress_token",
}

// besideClientArguments are dropped only beside one of clientArguments: n8n sends
// them with its tool_call_id, a model may mean something by them.
var besideClientArguments = []string{"action", "tool", "tool_name", "root", "operation", "resource"}

// match sorts the members of an object.
func (m *matcher) match(members map[string]any) {
	fromClient := m.at == "" && slices.ContainsFunc(slices.Collect(maps.Keys(members)), func(name string) bool {
		return slices.Contains(clientArguments, snake(name))
	})
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if fromClient && m.o.exact(name) < 0 {
			if plain := snake(name); slices.Contains(clientArguments, plain) || slices.Contains(besideClientArguments, plain) {
				continue
			}
		}
		m.place("", name, members[name])
	}
	m.gather()
}

// place finds the field that a member is for, or what is in it.
func (m *matcher) place(wrapper, name string, given any) {
	if m.d.spend(); m.d.looked > maxLooks {
		return
	}
	said := strings.TrimPrefix(wrapper+"."+name, ".")
	i := m.o.exact(name)
	fits := []int{i}
	if i < 0 {
		if isEmpty(given) || isConstant(wrapper, name, given) {
			return
		}
		fits = m.o.candidates(name)
		// catch_all: {actions: {route_to: …}} is catch_all_route_to.
		if whole := m.o.along(said); whole >= 0 {
			fits = []int{whole}
		}
	}
	if object, ok := embedded[map[string]any](given, '{'); ok && wrapper == "" && len(fits) == 1 {
		f := m.o.Fields[fits[0]]
		if f.refers != nil && m.o.isOwn(f.refers.Snake()) && isReference(object) && !isEmpty(object["id"]) && m.o.renames(object) {
			m.d.wrong(said, "has a name besides the id; give %s, and name only if it is to be renamed", f.Name)
			return
		}
	}
	switch {
	case len(fits) == 1 && m.fits(m.o.Fields[fits[0]], given):
		m.take(fits[0], said, given)
	case m.unwrap(said, name, given):
	case len(fits) == 1 && (i >= 0 || !isObject(given)):
		m.take(fits[0], said, given)
	case len(fits) > 1:
		m.d.wrong("", "%s%s may mean %s; give one of these", wording.Quote(said), m.where(), wording.OrList(m.fieldNames(fits)))
	case m.distribute(said, name, given):
	default:
		m.rest = append(m.rest, member{said, given})
	}
}

// take gives a field its value. The same value twice is once.
func (m *matcher) take(i int, said string, given any) {
	arg := m.found[i]
	switch {
	case arg == nil:
		m.found[i] = &argument{[]string{said}, given, false}
	case isEmpty(given):
	case isEmpty(arg.value):
		*arg = argument{[]string{said}, given, false}
	default:
		arg.conflict = arg.conflict || !reflect.DeepEqual(arg.value, given)
		arg.names = append(arg.names, said)
	}
}

// distribute gives references of several kinds to the fields for these kinds, as
// users and escalation policies among the targets of a responder request.
func (m *matcher) distribute(said, name string, given any) bool {
	if !slices.Contains(targets, snake(name)) {
		return false
	}
	list, ok := embedded[[]any](given, '[')
	if !ok {
		list = []any{given}
	}
	parts := map[int][]any{}
	for _, item := range list {
		object, _ := embedded[map[string]any](item, '{')
		if inner, ok := object["responder_request_target"].(map[string]any); ok {
			object = inner
		}
		kind, _ := object["type"].(string)
		fields := m.o.where(func(f Field) bool {
			return f.item != nil && f.item.refers != nil && f.item.refers.Snake() == strings.TrimSuffix(kind, "_reference")
		})
		if len(fields) != 1 {
			return false
		}
		parts[fields[0]] = append(parts[fields[0]], object)
	}
	for i, part := range parts {
		m.take(i, said, part)
	}
	return len(parts) > 0
}

// gather makes what belongs to the items of a list a list of one, where the list is
// the only one that a call needs and is not given.
func (m *matcher) gather() {
	lists := m.o.where(func(f Field) bool { return f.Required && f.item != nil && f.item.members != nil && !f.item.open })
	if len(lists) != 1 || m.found[lists[0]] != nil {
		return
	}
	item, made := m.o.Fields[lists[0]].item.members, map[string]any{}
	m.rest = slices.DeleteFunc(m.rest, func(left member) bool {
		if strings.Contains(left.name, ".") || len(item.candidates(left.name)) != 1 {
			return false
		}
		made[left.name] = left.value
		return true
	})
	if len(made) > 0 {
		m.take(lists[0], "arguments of its items", []any{made})
	}
}

// unwrap places the members of an object, or of the only object in a list, if they
// are arguments of the tool: other servers have arguments such as create_model. It
// reports whether they were placed.
func (m *matcher) unwrap(said, name string, given any) bool {
	inner, ok := embedded[map[string]any](given, '{')
	if list, isList := embedded[[]any](given, '['); isList && len(list) == 1 {
		inner, ok = embedded[map[string]any](list[0], '{')
	}
	if !ok || !m.mayWrap(said, name) || !m.known(said, inner) {
		return false
	}
	for _, name := range slices.Sorted(maps.Keys(inner)) {
		m.place(said, name, inner[name])
	}
	return true
}
