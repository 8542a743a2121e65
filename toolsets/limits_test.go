package toolsets_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// generous is an API that answers a hundred records whatever limit it is asked for.
func generous(account http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); q.Has("limit") {
			q.Set("limit", "100")
			r.URL.RawQuery = q.Encode()
		}
		account.ServeHTTP(w, r)
	})
}

// TestLimitIsHeld asks every tool that takes a limit for one record, and for seven, of
// an API that holds no limit: no list of records is longer, and what it leads on to is
// the next record, so that none comes twice and none is left out.
func TestLimitIsHeld(t *testing.T) {
	t.Parallel()
	var tried sync.Map
	t.Run("each", func(t *testing.T) {
		rig.EachTool(t, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
			r := rig.New(t, rig.WithAPI(generous))
			if made.Name() == "list_change_events" { // those related to an incident, too
				examples = append(examples, json.RawMessage(`{"incident_id": "4711", "limit": 3}`))
			}
			for _, example := range examples {
				var arguments rig.Args
				if err := json.Unmarshal(r.Fill(t, example), &arguments); err != nil {
					t.Fatal(err)
				}
				if _, ok := arguments["limit"]; !ok || arguments["format"] != nil {
					continue
				}
				tried.Store(made.Name(), true)
				for _, name := range []string{"offset", "notes_offset", "cursor"} {
					delete(arguments, name)
				}
				arguments["limit"] = 60
				whole := walk(t, r, made.Name(), arguments, 1)
				for _, limit := range []int{1, 7} {
					arguments["limit"] = limit
					rows := walk(t, r, made.Name(), arguments, 30/limit)
					if want := whole[:min(len(rows), len(whole))]; len(rows) < min(len(whole), limit) || !slices.Equal(rows[:len(want)], want) {
						t.Errorf("limit %d of %s: %d records that are not the first of the %d there are:\n%s\n%s", limit, example, len(rows), len(whole), rows, want)
					}
				}
				if rig.Race {
					break // see there
				}
			}
		})
	})
	n := 0
	tried.Range(func(any, any) bool { n++; return true })
	if n < 15 {
		t.Errorf("%d tools were tried", n)
	}
}

// walk reads a list, page by page, and returns its records.
func walk(t *testing.T, r *rig.Rig, name string, arguments rig.Args, pages int) (records []string) {
	t.Helper()
	arguments = maps.Clone(arguments)
	for range pages {
		got := r.Answer(t, name, arguments)
		for key, value := range got {
			rows, ok := value.([]any)
			if !ok || key == "could_not_be_read" || key == "services" && got["sets"] != nil {
				continue
			}
			if key == "sets" {
				rows = rulesOf(rows)
			}
			if len(rows) > arguments["limit"].(int) {
				t.Errorf("%s with limit %v has %d %s", name, arguments["limit"], len(rows), key)
			}
			for _, row := range rows {
				if row, ok := row.(map[string]any); ok {
					delete(row, "round_robin") // is told where several of a level are on a page
					delete(row, "url")         // stands beside the list where all have it in common
				}
				text, err := json.Marshal(row)
				if err != nil {
					t.Fatal(err)
				}
				records = append(records, string(text))
			}
		}
		switch {
		case got["next_cursor"] != nil:
			arguments["cursor"] = got["next_cursor"]
		case got["next_offset"] != nil:
			arguments["offset"] = got["next_offset"]
		default:
			return records
		}
	}
	return records
}

// rulesOf are the rules in sets of them.
func rulesOf(sets []any) (rules []any) {
	for _, set := range sets {
		rules = append(rules, set.(map[string]any)["rules"].([]any)...)
	}
	return rules
}
