package when_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
)

// What the documentation shows in the first column of its tables can be read, and
// what it says is refused is refused.
func TestDocumentedTimes(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../../docs/names-and-times.md")
	if err != nil {
		t.Fatal(err)
	}
	_, times, _ := strings.Cut(string(data), "## Times\n")
	now, berlin := at(t, "2026-11-25T02:07:00+01:00"), zoneOf(t, "Europe/Berlin")
	code := regexp.MustCompile("`[^`]+`")
	section, seen := "", 0
	for line := range strings.Lines(times) {
		if title, ok := strings.CutPrefix(line, "### "); ok {
			section = strings.TrimSpace(title)
		}
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		column, _, _ := strings.Cut(line[2:], " | ")
		for _, written := range code.FindAllString(column, -1) {
			form := strings.Trim(written, "`")
			seen++
			var problem string
			if section == "A range in one argument" {
				_, problem = when.ParsePeriod(form)
			} else {
				var parsed when.Time
				if parsed, problem = when.ParseTime(form); problem == "" {
					_, problem = parsed.At(now, berlin, when.Begin)
				}
			}
			if (problem != "") != (section == "Refused") {
				t.Errorf("%s, under %s: %s", written, section, problem)
			}
		}
	}
	if seen < 120 {
		t.Errorf("%d forms are documented, want 120 at least", seen)
	}
}
