package e2e

import (
	"fmt"
	"slices"
)

// table is a list of records as a row of names and rows of values; if flat, with
// references folded into texts.
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
