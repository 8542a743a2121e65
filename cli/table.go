package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// maxCell is how much of a value a table shows, in characters.
const maxCell = 48

// member is a member of a JSON object, in the order it was written.
type member struct {
	name  string
	value json.RawMessage
}

// writeTable writes a tool's result for a person: a list as a table with a column for
// each field, everything else as lines of names and values.
func writeTable(w io.Writer, result []byte) error {
	members, err := membersOf(result)
	if err != nil {
		_, err = fmt.Fprintf(w, "%s\n", result)
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, m := range members {
		if records, ok := recordsOf(m.value); ok && i == 0 {
			writeRecords(t, records)
			if err := t.Flush(); err != nil {
				return err
			}
			_, _ = fmt.Fprintln(w)
			continue
		}
		_, _ = fmt.Fprintf(t, "%s\t%s\n", m.name, cell(m.value, 400))
	}
	return t.Flush()
}

// writeRecords writes a row for each record under the names of all fields there are.
func writeRecords(w io.Writer, records [][]member) {
	var columns []string
	index := map[string]int{}
	for _, record := range records {
		for _, m := range record {
			if _, known := index[m.name]; !known {
				index[m.name] = len(columns)
				columns = append(columns, m.name)
			}
		}
	}
	_, _ = fmt.Fprintln(w, strings.ToUpper(strings.Join(columns, "\t")))
	for _, record := range records {
		row := make([]string, len(columns))
		for _, m := range record {
			row[index[m.name]] = cell(m.value, maxCell)
		}
		_, _ = fmt.Fprintln(w, strings.Join(row, "\t"))
	}
}

// membersOf reads a JSON object in its order.
func membersOf(data []byte) ([]member, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, fmt.Errorf("not an object: %w", err)
	}
	var out []member
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, fmt.Errorf("reading an object: %w", err)
		}
		m := member{name: fmt.Sprint(name)}
		if err := decoder.Decode(&m.value); err != nil {
			return nil, fmt.Errorf("reading an object: %w", err)
		}
		out = append(out, m)
	}
	return out, nil
}

// recordsOf reads a list of objects.
func recordsOf(data []byte) (records [][]member, ok bool) {
	var items []json.RawMessage
	if json.Unmarshal(data, &items) != nil || len(items) == 0 {
		return nil, false
	}
	for _, item := range items {
		record, err := membersOf(item)
		if err != nil {
			return nil, false
		}
		records = append(records, record)
	}
	return records, true
}

// cell writes a value in one line: of a reference its name, of a list its items.
func cell(data []byte, most int) string {
	var text string
	var items []json.RawMessage
	switch {
	case json.Unmarshal(data, &text) == nil:
	case json.Unmarshal(data, &items) == nil:
		var parts []string
		for _, item := range items {
			parts = append(parts, cell(item, most))
		}
		text = strings.Join(parts, ", ")
	default:
		text = nameOf(data)
	}
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most-1]) + "…"
	}
	return text
}

// nameOf is the name that an object with a summary has, or its members.
func nameOf(data []byte) string {
	members, err := membersOf(data)
	if err != nil {
		return string(data)
	}
	var parts []string
	for _, m := range members {
		if m.name == "summary" {
			return cell(m.value, maxCell)
		}
		parts = append(parts, m.name+" "+cell(m.value, maxCell))
	}
	return strings.Join(parts, ", ")
}
