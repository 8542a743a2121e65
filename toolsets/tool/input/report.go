package input

import (
	"fmt"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// acting are arguments that say who acts. PagerDuty goes by the key.
var acting = []string{"requester_id", "requester", "from_email"}

// report says of the members that are for no field what to do with them.
func (m *matcher) report() {
	listed := false
	for _, left := range m.rest {
		name := left.name[strings.LastIndexByte(left.name, '.')+1:]
		plain := singular(snake(name))
		switch {
		case slices.Contains(acting, snake(name)):
			m.d.note("%s was left out: PagerDuty goes by whose key it is.", wording.Quote(left.name))
		case m.shapes(name):
			m.d.note("%s was left out: this tool has no such argument.", wording.Quote(left.name))
		case plain == "page" && fmt.Sprint(left.value) == "1":
		case m.o.exact("offset") >= 0 && slices.Contains([]string{"page", "page_number", "cursor", "page_token", "after", "before"}, plain):
			m.d.wrong("", "%s: lists go on with offset (how many to skip; the answer's next_offset), as many as limit at a time", wording.Quote(left.name))
		default:
			m.unknown(left.name, plain, &listed)
		}
	}
}

// unknown names an argument that there isn't, and what may have been meant. The
// arguments that there are are listed once.
func (m *matcher) unknown(said, name string, listed *bool) {
	if len(m.d.problems) >= maxProblems { // these are counted only
		m.d.wrong("", "%s: there is no such argument%s", wording.Quote(said), m.where())
		return
	}
	names := m.o.visible()
	relaxed := *m.o
	relaxed.reads = true
	near := m.fieldNames(relaxed.candidates(name))
	if len(near) == 0 {
		if n := wording.Nearest(snake(name), names); n != "" {
			near = []string{n}
		}
	}
	switch {
	case len(near) > 0:
		m.d.wrong("", "%s: there is no such argument%s; did you mean %s?", wording.Quote(said), m.where(), wording.OrList(near))
	case *listed:
		m.d.wrong("", "%s: there is no such argument%s", wording.Quote(said), m.where())
	default:
		*listed = true
		m.d.wrong("", "%s: there is no such argument%s; known: %s", wording.Quote(said), m.where(), m.o.names())
	}
}
