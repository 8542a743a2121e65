package input

import "slices"

// argument is what was given for a field.
type argument struct {
	names    []string // as they were written
	value    any
	conflict bool // given more than once, with different values
}

// matcher finds out which field of an object each member of a JSON object is for.
type matcher struct {
	d     *Decoded
	at    string // where the object is, for errors
	o     *Object
	found map[int]*argument
	rest  []member // that are for no field
}

// member is a member of a JSON object.
type member struct {
	name  string // with the wrappers that it was in
	value any
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
		if !m.o.Fields[i].hidden {
			names = append(names, m.o.Fields[i].Name)
		}
	}
	return names
}

// shapes reports whether a tool can answer without an argument that only says how.
func (m *matcher) shapes(name string) bool {
	return m.o.reads && slices.Contains(shaping, singular(snake(name)))
}

// targets are arguments that hold references of several kinds.
var targets = []string{"responder_request_targets", "targets", "responders"}

// shaping are arguments that say how an answer should look rather than what is
// wanted. A tool that only reads can answer without them, and says that it did.
var shaping = []string{"include", "include_detail", "additional_detail", "total", "expand", "detailed", "verbose", "format", "output_format", "response_format", "pretty", "language", "field"}
