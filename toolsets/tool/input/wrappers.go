package input

import (
	"maps"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
)

// negating are words that turn what follows into its opposite: an object under such
// a name is no wrapper.
var negating = []string{"not", "no", "exclude", "excluded", "excluding", "except", "without", "unless", "if", "when", "old", "previous", "before", "current", "original", "example"}

// maxWrappers is how many wrappers may be around an argument.
const maxWrappers = 6

// renames reports whether an object has a name for what the tool changes.
func (o *Object) renames(object map[string]any) bool {
	return !isEmpty(object["name"]) && o.index("name") >= 0
}

// mayWrap reports whether an object of a name may be a wrapper. One that is named
// for another kind of object than the tool is about describes that object.
func (m *matcher) mayWrap(said, name string) bool {
	words := strings.Split(snake(name), "_")
	negates := slices.ContainsFunc(words, func(word string) bool { return slices.Contains(negating, word) })
	k := kindCalled(snake(name))
	return !negates && strings.Count(said, ".") < maxWrappers && (k == nil || m.o.isOwn(k.Snake()))
}

// known reports whether an object has a member that is an argument.
func (m *matcher) known(said string, members map[string]any) bool {
	for name, given := range members {
		if m.d.spend(); m.d.looked > maxLooks {
			return false
		}
		if isEmpty(given) || isConstant(said, name, given) {
			continue
		}
		if m.o.exact(name) >= 0 || m.o.along(said+"."+name) >= 0 || len(m.o.candidates(name)) > 0 || slices.Contains(targets, name) || m.shapes(name) {
			return true
		}
		inner, ok := embedded[map[string]any](given, '{')
		if list, isList := embedded[[]any](given, '['); isList && len(list) == 1 {
			inner, ok = embedded[map[string]any](list[0], '{')
		}
		if ok && m.mayWrap(said+"."+name, name) && m.known(said+"."+name, inner) {
			return true
		}
	}
	return false
}

// along is the field whose name is written as a path of members: catch_all_route_to
// is {"catch_all": {"actions": {"route_to": …}}}. It is -1 if there is none.
func (o *Object) along(path string) int {
	steps := strings.Split(strings.ReplaceAll(path, ".actions.", "."), ".")
	for from := range len(steps) - 1 {
		if i := o.exact(snake(strings.Join(steps[from:], "_"))); i >= 0 {
			return i
		}
	}
	return -1
}

// isConstant reports whether a member says only what PagerDuty's API wants to hear:
// the type of an object, or the name of a router's only set of rules.
func isConstant(wrapper, name string, given any) bool {
	s, ok := given.(string)
	switch {
	case !ok:
		return false
	case name == "id":
		return s == "start" && strings.HasSuffix(wrapper, "sets")
	case name != "type":
		return false
	}
	s = strings.TrimSuffix(s, "_reference")
	return s == "incident_body" || s == "router" || slices.ContainsFunc(kind.All, func(k *kind.Kind) bool { return k.Snake() == s })
}

// fits reports whether a value has a form that a field can take.
func (m *matcher) fits(f Field, given any) bool {
	list, isList := embedded[[]any](given, '[')
	if !isList {
		list = []any{given}
	}
	v := f.value
	if v.item != nil {
		v = *v.item
	}
	for _, item := range list {
		object, ok := embedded[map[string]any](item, '{')
		switch {
		case !ok, v.open:
		case v.members != nil:
			// What has nothing of the field's own is around it, if anything.
			if len(object) > 0 && !slices.ContainsFunc(slices.Collect(maps.Keys(object)), func(name string) bool {
				return v.members.exact(name) >= 0 || len(v.members.candidates(name)) > 0
			}) {
				return false
			}
		case v.refers == nil:
			if _, ok := textIn(object); !ok {
				return false
			}
		case !m.o.isOwn(v.refers.Snake()):
			if _, ok := referenceIn(object); !ok {
				return false
			}
		default:
			// What a tool is about may hold what it is to become.
			if _, ok := referenceIn(object); !ok || !isReference(object) || m.o.renames(object) {
				return false
			}
		}
	}
	return true
}
