package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

// TestTabularForm measures what lists would cost as a row of names and rows of
// values, in place of an object a record. It holds nothing: docs/tokens.md says
// what was made of the figures.
func TestTabularForm(t *testing.T) {
	t.Parallel()
	a := newAccount(t, toolsets.All(), nil)
	for _, c := range []struct {
		tool, name string
		arguments  map[string]any
	}{
		{"list_incidents", "incidents", nil},
		{"list_incidents", "incidents", map[string]any{"limit": 300, "date_range": "all"}},
		{"list_users", "users", nil},
		{"list_services", "services", nil},
		{"list_oncalls", "oncalls", nil},
		{"list_schedules", "schedules", nil},
	} {
		text, isError := a.call(t, c.tool, c.arguments)
		var answer map[string]any
		if err := json.Unmarshal([]byte(text), &answer); isError || err != nil {
			t.Fatalf("%s: %s", c.tool, text)
		}
		objects := tokens(t, text)
		for form, flat := range map[string]bool{"references as objects": false, "references as Name (ID)": true} {
			answer[c.name+"_table"] = table(answer[c.name].([]any), flat)
			shorter := map[string]any{}
			for k, v := range answer {
				if k != c.name {
					shorter[k] = v
				}
			}
			data, err := json.Marshal(shorter)
			if err != nil {
				t.Fatal(err)
			}
			n := tokens(t, string(data))
			fmt.Printf("tabular %s %v, %s: %d tokens for %d, %.0f%% saved\n", c.tool, c.arguments, form, n, objects, 100*(1-float64(n)/float64(objects)))
		}
	}
}

func table(records []any, flat bool) map[string]any {
	var columns []string
	for _, r := range records {
		for name := range r.(map[string]any) {
			if !slices.Contains(columns, name) {
				columns = append(columns, name)
			}
		}
	}
	slices.Sort(columns)
	var rows [][]any
	for _, r := range records {
		var row []any
		for _, name := range columns {
			row = append(row, cell(r.(map[string]any)[name], flat))
		}
		rows = append(rows, row)
	}
	return map[string]any{"columns": columns, "rows": rows}
}

func cell(v any, flat bool) any {
	switch v := v.(type) {
	case map[string]any:
		if flat && v["summary"] != nil {
			return fmt.Sprintf("%v (%v)", v["summary"], v["id"])
		}
	case []any:
		var out []any
		for _, item := range v {
			out = append(out, cell(item, flat))
		}
		return out
	}
	return v
}
