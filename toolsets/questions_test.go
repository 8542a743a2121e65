package toolsets_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
)

// question is what somebody asks, and the calls that answer it.
type question struct {
	Ask   string `json:"ask"`
	Calls int    `json:"calls"` // how many it takes
	step
	Then  []step   `json:"then"` // the calls after the first one
	Facts []string `json:"facts"`
}

type step struct {
	Tool string          `json:"tool"`
	With json.RawMessage `json:"with"`
}

// TestQuestions asks what an on-call engineer asks, in the words they use: almost every
// question takes one call.
func TestQuestions(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("testdata", "questions.json"))
	if err != nil {
		t.Fatal(err)
	}
	var questions []question
	if err := json.Unmarshal(data, &questions); err != nil {
		t.Fatal(err)
	}
	if len(questions) < 120 {
		t.Errorf("%d questions, want 120 or more", len(questions))
	}
	var requests bytes.Buffer
	for _, q := range questions {
		t.Run(q.Ask, func(t *testing.T) {
			r := rig.New(t)
			text := ""
			steps := append([]step{q.step}, q.Then...)
			for _, s := range steps {
				said, isError := r.Call(t, s.Tool, r.Fill(t, s.With))
				if text += said; isError {
					t.Fatalf("%s", said)
				}
			}
			if len(steps) != q.Calls || q.Calls > 2 {
				t.Errorf("it takes %d calls, not %d", len(steps), q.Calls)
			}
			for _, fact := range q.Facts {
				if fact = string(r.Fill(t, []byte(fact))); !strings.Contains(text, fact) {
					t.Errorf("the answer does not have %s:\n%s", fact, text)
				}
			}
			fmt.Fprintf(&requests, "%s\n", q.Ask)
			for _, sent := range rig.InOrder(r.Requests()) {
				fmt.Fprintf(&requests, "  %s\n", sent)
			}
		})
	}
	rig.Golden(t, "testdata/questions_requests.txt", requests.Bytes())
}

// TestEmptyListsLeadOn shows what an empty list says.
func TestEmptyListsLeadOn(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for name, arguments := range map[string]rig.Args{
		"list_incidents": {"status": "triggered", "service_ids": "Data Warehouse"},
		"list_users":     {"query": "nobody"},
		"list_services":  {"query": "nothing", "team_ids": "Data"},
		"list_teams":     {"query": "nothing"},
		"list_schedules": {"query": "nothing"},
	} {
		list := r.Answer(t, name, arguments)
		if list["count"] != 0.0 || list["filters"] == nil || !strings.Contains(fmt.Sprint(list["note"]), "Leave out") {
			t.Errorf("%s: %v", name, list)
		}
	}
}
