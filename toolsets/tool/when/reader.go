package when

import (
	"fmt"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// reader reads a time word by word. What is read is put in one of these fields,
// each of which can be written once, in any order: "9am tomorrow", "tomorrow 9am".
type reader struct {
	text    string
	words   []string // that are not read yet
	last    string   // the word that was read last
	problem string
	years   bool // a year alone is one, as in a period
	year    int

	now      bool
	instant  time.Time
	span     *span
	sign     direction // + or -, last or next
	way      direction // ago or from now
	window   bool
	day      *dayRef
	date     *dayRef
	weekday  *dayRef
	unit     *unitRef
	bareUnit bool
	edge     edge
	clock    *wallClock
	half     bool // of the 24 hours of clock only the half is known: 9:00, not 9am
	hourOnly bool // and nothing more: 9
	midnight bool
	part     partOfDay
	zones    []namedZone
	zoneText []string
}

func (r *reader) low(i int) string {
	if i >= len(r.words) {
		return ""
	}
	return strings.ToLower(strings.TrimSuffix(r.words[i], "."))
}

// wrong keeps what is wrong with the text: words that go on after it.
func (r *reader) wrong(format string, args ...any) {
	if r.problem == "" {
		r.problem = wording.Quote(r.text) + " " + fmt.Sprintf(format, args...)
	}
}

// once reports whether a field is written for the first time.
func (r *reader) once(free bool, what string) bool {
	if !free {
		r.wrong("has two %s in it; give one", what)
	}
	return free
}
