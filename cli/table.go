package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"
)

const (
	// maxCell is how much of a value a table shows, in characters.
	maxCell = 48
	// maxLine is how long a line is in which several values stand side by side.
	maxLine = 100
)

// member is a member of a JSON object, in the order it was written.
type member struct {
	name  string
	value json.RawMessage
}

// writeTable writes a tool's result for a person: a list as a table with a column for
// each field, everything else as lines of names and values. Only the cells of tables are
// cut.
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
		name := m.name
		for _, line := range linesOf(m.value) {
			_, _ = fmt.Fprintf(t, "%s\t%s\n", name, line)
			name = ""
		}
	}
	return t.Flush()
}

// linesOf writes a value that has a name: a text line by line, a list with a line for
// each item if one does not hold them all.
func linesOf(data []byte) (lines []string) {
	var text string
	if json.Unmarshal(data, &text) == nil && strings.Contains(text, "\n") {
		for line := range strings.Lines(text) {
			lines = append(lines, strings.Map(printable, strings.TrimRight(line, "\r\n")))
		}
		return lines
	}
	if records, ok := recordsOf(data); ok && !named(records) {
		return recordLines(records, data)
	}
	var items []json.RawMessage
	if one := cell(data, math.MaxInt); len(one) <= maxLine || json.Unmarshal(data, &items) != nil {
		return []string{one}
	}
	for _, item := range items {
		lines = append(lines, cell(item, math.MaxInt))
	}
	return lines
}

// printable makes blanks of what would break the layout of lines.
func printable(r rune) rune {
	if unicode.IsControl(r) {
		return ' '
	}
	return r
}

// named reports whether records are references, whose names stand for them.
func named(records [][]member) bool {
	return slices.ContainsFunc(records[0], func(m member) bool { return m.name == "summary" })
}

// recordLines writes records as a table if nothing in it has to be cut, and otherwise
// one below the other.
func recordLines(records [][]member, data []byte) (lines []string) {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	if writeRecords(t, records); t.Flush() == nil && !strings.Contains(b.String(), "…") {
		return strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	}
	var items []json.RawMessage
	_ = json.Unmarshal(data, &items) // it is a list: it has records
	for _, item := range items {
		b.Reset()
		_ = writeTable(&b, item) // a [strings.Builder] takes everything
		mark := "- "
		for line := range strings.Lines(b.String()) {
			lines = append(lines, mark+strings.TrimRight(line, "\n"))
			mark = "  "
		}
	}
	return lines
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
