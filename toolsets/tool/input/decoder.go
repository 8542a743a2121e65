package input

import (
	"fmt"
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

const (
	// maxProblems is how many problems an error names.
	maxProblems = 10
	// maxProblem bounds the text of one problem, in characters.
	maxProblem = 600
	// maxLooks is how many members of objects one call may have looked at; it bounds
	// the time that reading a call takes.
	maxLooks = 1000
	// maxItems is how many items a list may have where nothing else is said.
	maxItems = 1000
	// maxText is how long a text may be where nothing else is said, in characters.
	maxText = 25_000
)

func itemPath(at string, i int) string { return fmt.Sprintf("%s[%d]", at, i) }

// Decoded collects on the way what is wrong and what is to be looked up.
type Decoded struct {
	problems   []string
	References []kind.Reference
	NeedsZone  bool     // a time among them depends on where its user is
	WrongTime  bool     // what one says can't be read
	Given      []string // the arguments that are there, in the order declared
	Fields     []string // what to show of a list's records
	Notes      []string // what the caller should know of how the arguments were read
	reads      bool     // the tool only reads
	looked     int      // at how many members of objects
}

// spend counts one look at a member of an object. Past maxLooks the call is refused.
func (d *Decoded) spend() {
	if d.looked++; d.looked == maxLooks+1 {
		d.wrong("", "the arguments have more than %s members; give only what the tool knows", wording.Thousands(maxLooks))
	}
}

func (d *Decoded) wrong(at, format string, args ...any) {
	problem := fmt.Sprintf(format, args...)
	if at != "" {
		problem = at + ": " + problem
	}
	d.problems = append(d.problems, wording.Shorten(problem, maxProblem))
}

func (d *Decoded) note(format string, args ...any) {
	note := wording.Shorten(fmt.Sprintf(format, args...), maxProblem)
	if len(d.Notes) < maxProblems && !slices.Contains(d.Notes, note) {
		d.Notes = append(d.Notes, note)
	}
}
