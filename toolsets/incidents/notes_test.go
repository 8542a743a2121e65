package incidents_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

func TestAddNote(t *testing.T) {
	t.Parallel()
	t.Run("a note whose answer is lost is looked for", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Inject(sandbox.Fault{Method: "POST", ResetAfter: true, Times: 1})
		if got := r.Answer(t, "add_note_to_incident", rig.Args{"incident_id": "4711", "note": "hello"}); !strings.Contains(got["remark"].(string), "the note is there") {
			t.Errorf("%v", got)
		}
	})
	t.Run("a note that was not written is not written twice", func(t *testing.T) {
		t.Parallel()
		r := rig.New(t)
		r.Inject(sandbox.Fault{Method: "POST", Reset: true, Times: 1})
		said := r.Refusal(t, "add_note_to_incident", rig.Args{"incident_id": r.ID("incident", "4711"), "note": "hello"})
		if !strings.Contains(said, "probably not written") || strings.Count(fmt.Sprint(r.Sent()), "POST") != 1 {
			t.Errorf("%v: %s", r.Sent(), said)
		}
	})
}
