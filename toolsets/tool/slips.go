package tool

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// clientArguments are what MCP clients add to calls by themselves. They are dropped
// unless the tool has such an argument.
var clientArguments = []string{
	"wait_for_previous", "wait_for_previous_tools", // Gemini CLI, Antigravity
	"tool_call_id", "chat_input", "session_id", // n8n
	"random_string", "dummy", "dummy_param", "no_params", // Cursor and others, for tools without required arguments
	"meta", "progress_token",
}

// besideClientArguments are dropped only beside one of clientArguments: n8n sends
// them with its tool_call_id, a model may mean something by them.
var besideClientArguments = []string{"action", "tool", "tool_name", "root", "operation", "resource"}

// shaping are arguments that say how an answer should look rather than what is
// wanted. A tool that only reads can answer without them, and says that it did.
var shaping = []string{"include", "include_detail", "additional_detail", "total", "expand", "detailed", "verbose", "format", "output_format", "response_format", "pretty", "language", "field"}

// acting are arguments that say who acts. PagerDuty goes by the key.
var acting = []string{"requester_id", "requester", "from_email"}

// argument is what was given for a field.
type argument struct {
	names    []string // as they were written
	value    any
	conflict bool // given more than once, with different values
}

// matcher finds out which field of an object each member of a JSON object is for.
type matcher struct {
	d     *decoder
	at    string // where the object is, for errors
	o     *object
	found map[int]*argument
	rest  []member // that are for no field
}

// member is a member of a JSON object.
type member struct {
	name  string // with the wrappers that it was in
	value any
}

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

// exact is the field that has the name or the alias itself, or -1.
func (o *object) exact(name string) int {
	return slices.IndexFunc(o.fields, func(f field) bool { return f.name == name || slices.Contains(f.aliases, name) })
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
		f := m.o.fields[fits[0]]
		if f.refers != nil && m.o.isOwn(f.refers.snake()) && isReference(object) && !isEmpty(object["id"]) && m.o.renames(object) {
			m.d.wrong(said, "has a name besides the id; give %s, and name only if it is to be renamed", f.name)
			return
		}
	}
	switch {
	case len(fits) == 1 && m.fits(m.o.fields[fits[0]], given):
		m.take(fits[0], said, given)
	case m.unwrap(said, name, given):
	case len(fits) == 1 && (i >= 0 || !isObject(given)):
		m.take(fits[0], said, given)
	case len(fits) > 1:
		m.d.wrong("", "%s%s may mean %s; give one of these", quote(said), m.where(), orList(m.fieldNames(fits)))
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

// targets are arguments that hold references of several kinds.
var targets = []string{"responder_request_targets", "targets", "responders"}

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
		fields := m.o.where(func(f field) bool {
			return f.item != nil && f.item.refers != nil && f.item.refers.snake() == strings.TrimSuffix(kind, "_reference")
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
	lists := m.o.where(func(f field) bool { return f.required && f.item != nil && f.item.members != nil && !f.item.open })
	if len(lists) != 1 || m.found[lists[0]] != nil {
		return
	}
	item, made := m.o.fields[lists[0]].item.members, map[string]any{}
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

// report says of the members that are for no field what to do with them.
func (m *matcher) report() {
	listed := false
	for _, left := range m.rest {
		name := left.name[strings.LastIndexByte(left.name, '.')+1:]
		plain := singular(snake(name))
		switch {
		case slices.Contains(acting, snake(name)):
			m.d.note("%s was left out: PagerDuty goes by whose key it is.", quote(left.name))
		case m.shapes(name):
			m.d.note("%s was left out: this tool has no such argument.", quote(left.name))
		case plain == "page" && fmt.Sprint(left.value) == "1":
		case m.o.exact("offset") >= 0 && slices.Contains([]string{"page", "page_number", "cursor", "page_token", "after", "before"}, plain):
			m.d.wrong("", "%s: lists go on with offset (how many to skip; the answer's next_offset), as many as limit at a time", quote(left.name))
		default:
			m.unknown(left.name, plain, &listed)
		}
	}
}

// shapes reports whether a tool can answer without an argument that only says how.
func (m *matcher) shapes(name string) bool {
	return m.o.reads && slices.Contains(shaping, singular(snake(name)))
}

// unknown names an argument that there isn't, and what may have been meant. The
// arguments that there are are listed once.
func (m *matcher) unknown(said, name string, listed *bool) {
	if len(m.d.problems) >= maxProblems { // these are counted only
		m.d.wrong("", "%s: there is no such argument%s", quote(said), m.where())
		return
	}
	names := m.o.visible()
	relaxed := *m.o
	relaxed.reads = true
	near := m.fieldNames(relaxed.candidates(name))
	if len(near) == 0 {
		if n := Nearest(snake(name), names); n != "" {
			near = []string{n}
		}
	}
	switch {
	case len(near) > 0:
		m.d.wrong("", "%s: there is no such argument%s; did you mean %s?", quote(said), m.where(), orList(near))
	case *listed:
		m.d.wrong("", "%s: there is no such argument%s", quote(said), m.where())
	default:
		*listed = true
		m.d.wrong("", "%s: there is no such argument%s; known: %s", quote(said), m.where(), m.o.names())
	}
}

// where says in which object an argument is, for errors.
func (m *matcher) where() string {
	if m.at == "" {
		return ""
	}
	return " of " + m.at
}

func (m *matcher) fieldNames(fields []int) []string {
	var names []string
	for _, i := range fields {
		if !m.o.fields[i].hidden {
			names = append(names, m.o.fields[i].name)
		}
	}
	return names
}
