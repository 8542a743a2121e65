package tool

import (
	"fmt"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// maxOddNamed is how many fields that could not be read a note names.
const maxOddNamed = 5

// addOdd remembers a field of PagerDuty's answers that could not be read.
func (c *Call) addOdd(o pdapi.Odd) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.odd = append(c.odd, o)
}

// allNotes are the call's notes, and one on what could not be read.
func (c *Call) allNotes() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	notes := slices.Clip(c.notes)
	if c.sealed {
		notes = append(notes, leftOutByLockdown)
	}
	if len(c.odd) == 0 {
		return notes
	}
	var fields []string
	for _, o := range c.odd[:min(len(c.odd), maxOddNamed)] {
		fields = append(fields, wording.Quote(o.String()))
	}
	if more := len(c.odd) - len(fields); more > 0 {
		fields = append(fields, fmt.Sprintf("%d more", more))
	}
	return append(notes, "PagerDuty sent values of an unexpected form, which are left out here: "+strings.Join(fields, ", ")+".")
}
