package show

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

const (
	widestName = 22 // the most that the names at the left of a card take, in columns
	inlineMost = 4  // how many members an object in one line has at most, if they fit
)

// card writes names and values below each other. Lists of texts have a line for each,
// lists of objects become tables.
func (o Options) card(b *bytes.Buffer, members []member, indent string) {
	left := 0
	for _, m := range members {
		left = max(left, min(columns(words(m.name)), widestName))
	}
	for _, m := range members {
		name := faint.on(pad(words(m.name), left), o.Color)
		if records, ok := recordsOf(m.value); ok && !references(records) {
			b.WriteString(indent + faint.on(words(m.name), o.Color) + "\n")
			o.within(b, records, indent+"  ")
			continue
		}
		wide := 0
		if o.Width > 0 {
			wide = max(20, o.Width-len(indent)-left-gap)
		}
		lines := o.lines(m, wide)
		if below, err := membersOf(m.value); err == nil && (len(below) > inlineMost || len(lines) > 1 && !references([][]member{below})) {
			b.WriteString(indent + faint.on(words(m.name), o.Color) + "\n")
			o.card(b, below, indent+"  ")
			continue
		}
		for i, line := range lines {
			if i > 0 {
				name = pad("", left)
			}
			b.WriteString(strings.TrimRight(indent+name+pad("", gap)+stateOf(m.name, line).on(line, o.Color), " ") + "\n")
		}
	}
}

// within writes the records of a card: as a table if nothing in it has to be cut, and
// otherwise one below the other.
func (o Options) within(b *bytes.Buffer, records [][]member, indent string) {
	all, left := o.layOut(records, o.Width-len(indent))
	if left == nil && !slices.ContainsFunc(all, func(c column) bool { return c.width < c.full }) {
		o.rows(b, all, len(records), indent)
		return
	}
	for _, record := range records {
		var each bytes.Buffer
		o.card(&each, record, indent+"  ")
		b.WriteString(indent + "- " + strings.TrimPrefix(each.String(), indent+"  "))
	}
}

// references reports whether records are nothing but references, which are shown by their
// names.
func references(records [][]member) bool {
	for _, record := range records {
		for _, m := range record {
			if m.name != "id" && m.name != "summary" {
				return false
			}
		}
	}
	return true
}

// lines are the lines of a value in a card.
func (o Options) lines(m member, wide int) []string {
	if t, ok := timeIn(m.value); ok {
		return []string{o.clock(t)}
	}
	var texts []string
	if json.Unmarshal(m.value, &texts) == nil && len(texts) > 1 {
		var lines []string
		for _, s := range texts {
			for i, line := range Wrap(strings.Join(strings.Fields(visible(s)), " "), max(0, wide-gap)) {
				lines = append(lines, pad("", min(i, 1)*gap)+line) // so that one is told from the next
			}
		}
		return lines
	}
	var s string
	if json.Unmarshal(m.value, &s) == nil {
		if m.name == "window" || m.name == "when" {
			s = o.span(s)
		}
		var lines []string
		for paragraph := range strings.SplitSeq(strings.TrimSpace(visible(s)), "\n") {
			lines = append(lines, Wrap(strings.TrimSpace(paragraph), wide)...)
		}
		return lines
	}
	return Wrap(o.inline(m.value), wide)
}

// inline is a value in one line; times of an object within are told by the clock.
func (o Options) inline(data json.RawMessage) string {
	members, err := membersOf(data)
	if err != nil {
		return text(data)
	}
	var parts []string
	for _, m := range members {
		if m.name == "summary" {
			return o.reference(members)
		}
		value := text(m.value)
		if t, ok := timeIn(m.value); ok {
			value = o.clock(t)
		}
		parts = append(parts, words(m.name)+" "+value)
	}
	return strings.Join(parts, ", ")
}

// reference is a reference as a card has it: with its id, which commands take.
func (o Options) reference(members []member) string {
	var id, name string
	for _, m := range members {
		switch m.name {
		case "id":
			id = text(m.value)
		case "summary":
			name = text(m.value)
		}
	}
	if id == "" {
		return name
	}
	return name + " (" + id + ")"
}
