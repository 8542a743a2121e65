package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/cli/show"
	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
)

// shown is a golden answer that docs/briefs.md shows.
type shown struct {
	title, says, call string
	file              string // below toolsets
	example           int    // which of the file's, unless the file is one answer
}

var briefsShown = []shown{
	{
		"The major incident", "What somebody reads who is woken by the worst of it: a deployment 7 minutes before, four more incidents that hang on it, and what helped the last time.",
		"triage_incident incident_id=4711", "response/testdata/answers/triage_incident.json", 0,
	},
	{
		"A flapping one that nobody needs", "It came eighteen times, and every time it ended by itself within minutes.",
		"triage_incident incident_id=4717", "response/testdata/answers/triage_incident.json", 1,
	},
	{
		"A quiet one, without AIOps", "The account's plan does not have past and related incidents. One line says so, and what it was like before is found by the titles.",
		"triage_incident incident_id=4709", "response/testdata/triage_without_aiops.json", -1,
	},
	{
		"Handing over", "A day of a team: what is open, what was solved, who is next, and what lies ahead.",
		"get_handoff team_id=Payments since=24h", "oncall/testdata/answers/get_handoff.json", 2,
	},
}

// TestBriefsAreShown holds docs/briefs.md: the golden briefs as a person sees them in a
// terminal.
func TestBriefsAreShown(t *testing.T) {
	t.Parallel()
	var page strings.Builder
	page.WriteString("# What briefs look like\n\nThree triages and a handoff of the simulated account at noon, as a terminal of 100 columns shows them; a model is handed the same as JSON. " +
		"The page is written by `task update`. Try them:\n\n```sh\npagerduty-mcp call triage_incident incident_id=4711 --sandbox\n```\n")
	for _, s := range briefsShown {
		data, err := os.ReadFile(filepath.Join("..", "toolsets", filepath.FromSlash(s.file)))
		if err != nil {
			t.Fatal(err)
		}
		if s.example >= 0 {
			var examples []struct{ Answer json.RawMessage }
			if err := json.Unmarshal(data, &examples); err != nil || s.example >= len(examples) {
				t.Fatalf("%s has no example %d: %v", s.file, s.example, err)
			}
			data = examples[s.example].Answer
		}
		var table bytes.Buffer
		show.Table(&table, data, show.Options{Width: 100, Now: rig.Now(), Zone: time.UTC})
		fmt.Fprintf(&page, "\n## %s\n\n%s\n\n```text\n$ pagerduty-mcp call %s\n", s.title, s.says, s.call)
		for line := range strings.Lines(table.String()) {
			page.WriteString(strings.TrimRight(line, " \n") + "\n")
		}
		page.WriteString("```\n")
	}
	rig.Golden(t, "../docs/briefs.md", []byte(page.String()))
}
