package toolsets_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// manyNotes are notes in PagerDuty's form, each so many characters long.
func manyNotes(t *testing.T, n, characters int) string {
	t.Helper()
	var notes []map[string]any
	for i := range n {
		text := fmt.Sprintf("note %d. ", i)
		notes = append(notes, map[string]any{
			"id": fmt.Sprintf("QNOTE%d", i), "content": text + strings.Repeat("é", characters-len(text)),
			"created_at": rig.Now().Add(-time.Duration(i) * time.Minute).Format(time.RFC3339), "user": map[string]any{"id": "P1", "summary": "Ana"},
		})
	}
	data, err := json.Marshal(map[string]any{"notes": notes})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestEveryNoteIsReached reads the notes of an incident that has more than fit into an
// answer, as the answers say how to go on.
func TestEveryNoteIsReached(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	id := r.ID("incident", "4711")
	r.Inject(sandbox.Fault{Method: http.MethodGet, Path: "/incidents/" + id + "/notes", Status: http.StatusOK, Body: manyNotes(t, 60, 1000)})
	for name, arguments := range map[string]rig.Args{
		"get_incident":        {"incident_id": id, "include": "notes"},
		"list_incident_notes": {"incident_id": id},
	} {
		seen, calls := 0, 0
		for ; calls < 10; calls++ {
			got := r.Answer(t, name, arguments)
			for _, note := range got["notes"].([]any) {
				if want := fmt.Sprintf("QNOTE%d", seen); note.(map[string]any)["id"] != want {
					t.Fatalf("%s: %v, want %s", name, note, want)
				}
				seen++
			}
			left, next := got["older_notes_left_out"], got["next_offset"]
			if left == nil && next == nil {
				break
			}
			if left != nil && left != float64(60-seen) {
				t.Errorf("%s: %v older notes are left out, want %d", name, left, 60-seen)
			}
			if next == nil && !strings.Contains(fmt.Sprint(got["note"]), fmt.Sprintf("go on with notes_offset %d", seen)) {
				t.Errorf("%s doesn't say how to go on: %v", name, got["note"])
			}
			arguments["notes_offset"], arguments["offset"] = seen, seen
			delete(arguments, map[string]string{"get_incident": "offset", "list_incident_notes": "notes_offset"}[name])
		}
		if seen != 60 || calls == 0 {
			t.Errorf("%s: %d of 60 notes after %d calls more", name, seen, calls)
		}
	}
	// An offset behind the last note is no error and no lie.
	got := r.Answer(t, "get_incident", rig.Args{"incident_id": id, "include": "notes", "notes_offset": 99})
	if notes, ok := got["notes"].([]any); !ok || len(notes) != 0 || !strings.Contains(fmt.Sprint(got["note"]), "60") {
		t.Errorf("behind the end: %v, %v", got["notes"], got["note"])
	}
}

// TestCutTextsSayHowMuch has long texts wherever tools show such: what is cut says how
// much of it is shown.
func TestCutTextsSayHowMuch(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	id, service := r.ID("incident", "4711"), r.ID("service", "Payments API")
	r.Inject(sandbox.Fault{Method: http.MethodGet, Path: "/incidents/" + id + "/notes", Status: http.StatusOK, Body: manyNotes(t, 1, 20_000)})
	r.Answer(t, "update_service", rig.Args{"service_id": service, "description": strings.Repeat("d", 900)})
	for name, arguments := range map[string]rig.Args{
		"get_incident": {"incident_id": id, "include": "notes"}, "list_incident_notes": {"incident_id": id}, "triage_incident": {"incident_id": id},
		"get_incident_timeline": {"incident_id": id}, "get_handoff": {"since": "7d"}, "list_services": {"query": "Payments API"}, "list_incidents": {"limit": 20, "include": "notes"},
	} {
		text, isError := r.Call(t, name, arguments)
		if isError || !strings.Contains(text, "… [cut: ") || !strings.Contains(text, " characters are shown]") || strings.Contains(text, "éé…\"") {
			t.Errorf("%s: %.3000s", name, text)
		}
	}
	// Alone it is shown to its end.
	if text, _ := r.Call(t, "list_incident_notes", rig.Args{"incident_id": id, "limit": 1}); strings.Count(text, "é") < 19_900 || strings.Contains(text, "cut") {
		t.Errorf("alone: %.200s", text)
	}
	// JSON that is cut is JSON still.
	details := map[string]any{"log": strings.Repeat("line\n", 20_000), "hosts": make([]int, 5000), "last": "seen"}
	data, err := json.Marshal(map[string]any{"incident": map[string]any{"id": id, "title": "x", "body": map[string]any{"details": details}}})
	if err != nil {
		t.Fatal(err)
	}
	r.Inject(sandbox.Fault{Path: "/incidents/" + r.ID("incident", "4712"), Status: http.StatusOK, Body: string(data)})
	got := r.Answer(t, "get_incident", rig.Args{"incident_id": r.ID("incident", "4712")})
	body, ok := got["body"].(map[string]any)
	if !ok || body["last"] != "seen" || !strings.Contains(fmt.Sprint(body["log"]), "of 100,000 characters are shown]") || !strings.Contains(fmt.Sprint(body["hosts"]), "of 5000 items are shown]") {
		t.Errorf("%.500s", fmt.Sprint(got["body"]))
	}
}
