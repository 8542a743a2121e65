package show

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Options say how an answer is shown to a person.
type Options struct {
	Width int            // of the terminal, in columns; 0 if nothing has to fit
	Color bool           // states are colored
	Now   time.Time      // that ages are told from
	Zone  *time.Location // of clock times; the system's when nil
	All   bool           // no column is left out: the person has chosen them
}

const (
	gap       = 2  // columns between those of a table
	widestTo  = 48 // the most that a cell shows where no width has to fit
	proseMin  = 24 // the least of a column of prose in a narrow terminal
	columnMin = 12 // the least of another one
	chosenMin = 7  // the least of one that a person chose
)

// important are the columns that a narrow table keeps, the first longest. Columns that
// are not among them go before, the last one first.
var important = []string{
	"number", "title", "name", "summary", "what", "user", "at", "status", "state", "urgency", "severity", "service", "created_at",
	"since", "until", "start", "end", "level", "schedule", "escalation_policy", "assigned_to", "priority", "role", "how", "incident", "id",
}

// prose are the columns that can be cut without loss of what they are about.
var prose = []string{"title", "name", "summary", "what", "description", "message", "content", "note"}

// copied are the columns whose values are of no use in part: they are shown whole, or not
// at all.
var copied = []string{"id", "url", "links", "email", "incident_key", "alert_key"}

// Table writes an answer for a person: a list as a table with a row for each record,
// everything else as a card of names and values.
func Table(b *bytes.Buffer, data []byte, o Options) {
	a, err := parse(data)
	switch {
	case err != nil:
		b.WriteString(visible(string(data)) + "\n")
	case a.list == "":
		o.card(b, a.rest, "")
	case len(a.records) == 0 && bytes.Equal(first(a.whole), []byte("[]")):
		fmt.Fprintf(b, "No %s.\n", words(a.list))
		o.footer(b, a)
	case len(a.records) == 0: // a list of texts
		o.card(b, append([]member{{a.list, first(a.whole)}}, a.rest...), "")
	default:
		left := o.records(b, a.records)
		o.footer(b, a)
		if left != nil {
			o.line(b, "Left out to fit: "+strings.Join(left, ", ")+". -o json has everything.")
		}
	}
}

// first is the value of an object's first member.
func first(data []byte) json.RawMessage {
	members, err := membersOf(data)
	if err != nil || len(members) == 0 {
		return nil
	}
	return members[0].value
}

// column is a column of a table.
type column struct {
	name  string
	cells []string
	rank  int // the higher, the sooner it is left out
	full  int // the columns of a terminal that its longest cell takes
	width int
}

// heading is the column's name above it.
func (c column) heading() string {
	return strings.ToUpper(words(strings.TrimSuffix(c.name, "_at")))
}

// least is the narrowest that a column may be. Those that a person chose all stay, so
// they have to be content with less.
func (o Options) least(c column) int {
	if o.All {
		return min(c.full, chosenMin)
	}
	switch {
	case slices.Contains(copied, c.name):
		return c.full
	case slices.Contains(prose, c.name):
		return min(c.full, proseMin)
	}
	return min(c.full, columnMin)
}

// columnsOf are the columns of records, in the order their names come up.
func (o Options) columnsOf(records [][]member) []column {
	var all []column
	index := map[string]int{}
	for row, record := range records {
		for _, m := range record {
			i, known := index[m.name]
			if !known {
				i = len(all)
				index[m.name] = i
				rank := slices.Index(important, m.name)
				if rank < 0 {
					rank = len(important) + i
				}
				all = append(all, column{name: m.name, cells: make([]string, len(records)), rank: rank})
			}
			all[i].cells[row] = o.cell(m.value)
		}
	}
	if _, numbered := index["number"]; numbered && o.Width > 0 {
		// An incident's number is as good as its id.
		all = slices.DeleteFunc(all, func(c column) bool { return c.name == "id" })
	}
	for i, c := range all {
		all[i].full = columns(c.heading())
		for _, cell := range c.cells {
			all[i].full = max(all[i].full, columns(cell))
		}
	}
	return all
}

// cell is a value in a table.
func (o Options) cell(data []byte) string {
	if t, ok := timeIn(data); ok {
		return age(t, o.Now)
	}
	return text(data)
}

// fit gives every column its width, and leaves columns out until the others fit into so
// many columns of the terminal. It returns the names of those that it left out.
func (o Options) fit(all []column, available int) (kept []column, left []string) {
	kept = all
	need := func(width func(column) int) int {
		total := gap * (len(kept) - 1)
		for _, c := range kept {
			total += width(c)
		}
		return total
	}
	for !o.All && len(kept) > 1 && need(o.least) > available {
		worst := 0
		for i, c := range kept {
			if c.rank > kept[worst].rank {
				worst = i
			}
		}
		left = append(left, kept[worst].name)
		kept = slices.Delete(slices.Clone(kept), worst, worst+1)
	}
	spare := available - need(o.least)
	grow := func(isProse bool) {
		for i, c := range kept {
			if slices.Contains(prose, c.name) == isProse {
				more := max(0, min(spare, c.full-o.least(c)))
				kept[i].width = o.least(c) + more
				spare -= more
			}
		}
	}
	grow(false)
	grow(true)
	slices.Reverse(left)
	return kept, left
}

// records writes a row for each record under the columns' names, and returns the names of
// the columns that it left out.
func (o Options) records(b *bytes.Buffer, records [][]member) (left []string) {
	all, left := o.layOut(records, o.Width)
	o.rows(b, all, len(records), "")
	return left
}

// layOut gives records columns that fit.
func (o Options) layOut(records [][]member, available int) (all []column, left []string) {
	all = o.columnsOf(records)
	if o.Width > 0 {
		return o.fit(all, available)
	}
	for i, c := range all {
		if all[i].width = c.full; !slices.Contains(copied, c.name) {
			all[i].width = min(c.full, widestTo)
		}
	}
	return all, nil
}

// rows writes so many rows of columns.
func (o Options) rows(b *bytes.Buffer, all []column, rows int, indent string) {
	row := func(cell func(c column) (string, paint)) {
		var line strings.Builder
		line.WriteString(indent)
		for i, c := range all {
			s, p := cell(c)
			s = cut(s, c.width)
			end := pad("", c.width-columns(s)+gap)
			if i == len(all)-1 {
				end = ""
			}
			line.WriteString(p.on(s, o.Color) + end)
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	row(func(c column) (string, paint) { return c.heading(), bold })
	for i := range rows {
		row(func(c column) (string, paint) { return c.cells[i], stateOf(c.name, c.cells[i]) })
	}
}

// footer writes what a list has besides its records.
func (o Options) footer(b *bytes.Buffer, a answer) {
	b.WriteByte('\n')
	var rest []member
	for _, m := range a.rest {
		switch m.name {
		case "url", "filters", "more", "next_offset", "next_cursor", "note":
		case "count":
			switch len(a.records) {
			case 0:
			case 1:
				o.line(b, "1 record.")
			default:
				o.line(b, fmt.Sprintf("%d %s.", len(a.records), words(a.list)))
			}
		default:
			rest = append(rest, m)
		}
	}
	for _, remark := range Remarks(a.whole) {
		o.line(b, remark)
	}
	o.card(b, rest, "")
}

// line writes a sentence below a table.
func (o Options) line(b *bytes.Buffer, s string) {
	for _, line := range Wrap(s, o.Width) {
		b.WriteString(faint.on(line, o.Color) + "\n")
	}
}
