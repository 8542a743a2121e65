package show

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Lines writes a list's records, each as JSON on a line of its own; what is no list is
// one line.
func Lines(w io.Writer, data []byte) error {
	a, err := parse(data)
	if err != nil || a.list == "" {
		_, err = fmt.Fprintf(w, "%s\n", data)
		return err
	}
	var list []json.RawMessage
	members, _ := membersOf(data)
	for _, m := range members {
		if m.name == a.list {
			err = json.Unmarshal(m.value, &list)
		}
	}
	if err != nil {
		return fmt.Errorf("reading the list: %w", err)
	}
	for _, record := range list {
		if _, err := fmt.Fprintf(w, "%s\n", record); err != nil {
			return err
		}
	}
	return nil
}

// ErrNoIDs is an answer whose records have no ids.
var ErrNoIDs = errors.New("what this tool answers has no ids of its own; use -o json, or --jq to pick those it refers to")

// IDs writes the records' ids, a line for each.
func IDs(w io.Writer, data []byte) error {
	a, err := parse(data)
	if err != nil {
		return ErrNoIDs
	}
	for _, record := range a.rows() {
		i := slices.IndexFunc(record, func(m member) bool { return m.name == "id" })
		if i < 0 {
			return ErrNoIDs
		}
		if _, err := fmt.Fprintln(w, text(record[i].value)); err != nil {
			return err
		}
	}
	return nil
}

// flat is a record with the members of its objects as members of its own, as service.id.
func flat(record []member, prefix string) []member {
	var out []member
	for _, m := range record {
		if below, err := membersOf(m.value); err == nil {
			out = append(out, flat(below, prefix+m.name+".")...)
			continue
		}
		out = append(out, member{prefix + m.name, m.value})
	}
	return out
}

// grid is the records as rows under the names of all members there are, in the order
// they come up.
func grid(rows [][]member, cell func(json.RawMessage) string) (names []string, cells [][]string) {
	for _, row := range rows {
		for _, m := range row {
			if !slices.Contains(names, m.name) {
				names = append(names, m.name)
			}
		}
	}
	for _, row := range rows {
		line := make([]string, len(names))
		for _, m := range row {
			line[slices.Index(names, m.name)] = cell(m.value)
		}
		cells = append(cells, line)
	}
	return names, cells
}

// CSV writes the records as comma-separated values for a spreadsheet, under a line of
// names. A member of an object has a column of its own, as service.summary.
func CSV(w io.Writer, data []byte) error {
	a, err := parse(data)
	if err != nil {
		return err
	}
	var rows [][]member
	for _, record := range a.rows() {
		rows = append(rows, flat(record, ""))
	}
	names, cells := grid(rows, csvCell)
	if len(names) == 0 {
		return nil
	}
	out := csv.NewWriter(w)
	return out.WriteAll(append([][]string{names}, cells...))
}

// csvCell is a value in a spreadsheet. Anybody who can open an incident writes its title:
// a text that a spreadsheet would take for a formula is marked as a text.
func csvCell(value json.RawMessage) string {
	s := text(value)
	if bytes.HasPrefix(value, []byte(`"`)) && s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}

// Markdown writes the records as a table of Markdown, for a chat or a document.
func Markdown(w io.Writer, data []byte) error {
	a, err := parse(data)
	if err != nil {
		return err
	}
	rows := a.rows()
	names, cells := grid(rows, func(value json.RawMessage) string { return MarkdownText(text(value)) })
	if a.list == "" { // a card reads better upright
		var upright [][]string
		for i, name := range names {
			upright = append(upright, []string{words(name), cells[0][i]})
		}
		names, cells = []string{"", ""}, upright
	}
	if len(names) == 0 {
		_, err = fmt.Fprintf(w, "No %s.\n", words(a.list))
		return err
	}
	var b strings.Builder
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	heads := slices.Clone(names)
	for i, name := range heads {
		heads[i] = words(name)
	}
	line(heads)
	b.WriteString("|" + strings.Repeat("---|", len(names)) + "\n")
	for _, row := range cells {
		line(row)
	}
	_, err = io.WriteString(w, b.String())
	return err
}

// MarkdownText is a text in a cell of a Markdown table: what others wrote makes no links,
// HTML or columns there.
func MarkdownText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", "&lt;", "[", `\[`, "`", "\\`").Replace(s)
}
