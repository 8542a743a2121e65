// Package show writes the answers of tools, which are JSON, for people and for other
// programs: as tables and cards that fit a terminal, as CSV, Markdown and lines, and as
// what a jq expression makes of them.
package show

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// member is a member of a JSON object, in the order it was written.
type member struct {
	name  string
	value json.RawMessage
}

// answer is a tool's answer taken apart.
type answer struct {
	list    string     // the name of the list that it is about; "" if it is about one thing
	records [][]member // of the list
	thing   []member   // the one thing that it is about, where it is a member of the answer
	rest    []member   // what else there is; all of it if there is no list
	whole   json.RawMessage
}

// parse takes an answer apart. The answer of a tool that lists is its first member and has
// a count. Others are about the object that they begin with, or about a list if they have
// one list of objects and no id of their own.
func parse(data []byte) (answer, error) {
	members, err := membersOf(data)
	if err != nil {
		return answer{}, err
	}
	a := answer{rest: members, whole: data}
	has := func(name string) bool {
		return slices.ContainsFunc(members, func(m member) bool { return m.name == name })
	}
	switch {
	case len(members) == 0 || has("id"):
		return a, nil
	case has("count") && bytes.HasPrefix(members[0].value, []byte("[")):
		a.list, a.rest = members[0].name, members[1:]
		a.records, _ = recordsOf(members[0].value)
		return a, nil
	}
	if first, err := membersOf(members[0].value); err == nil && !references([][]member{first}) && first[0].name == "id" {
		a.thing = first
		return a, nil
	}
	found := -1
	for i, m := range members {
		if records, ok := recordsOf(m.value); ok && !references(records) && !slices.Contains(besides, m.name) {
			if found >= 0 {
				return a, nil
			}
			found = i
		}
	}
	if found >= 0 {
		a.list = members[found].name
		a.records, _ = recordsOf(members[found].value)
		a.rest = slices.Concat(members[:found], members[found+1:])
	}
	return a, nil
}

// besides are the members that tell of the call, not of what was asked for.
var besides = []string{"understood", "changed", "filters", "count", "more", "next_offset", "next_cursor", "note", "url"}

// rows are the answer's records; what is about one thing is one record.
func (a answer) rows() [][]member {
	switch {
	case a.list != "":
		return a.records
	case a.thing != nil:
		return [][]member{a.thing}
	}
	var own []member
	for _, m := range a.rest {
		if m.name == "url" || !slices.Contains(besides, m.name) {
			own = append(own, m)
		}
	}
	return [][]member{own}
}

// Remarks are the sentences that a reader of the records alone would miss: that there are
// more, and what the tool has to say.
func Remarks(data []byte) []string {
	a, err := parse(data)
	if err != nil {
		return nil
	}
	var out []string
	for _, m := range a.rest {
		switch m.name {
		case "next_offset":
			out = append(out, "There are more: go on with offset="+string(m.value)+".")
		case "next_cursor":
			out = append(out, "There are more: go on with cursor="+text(m.value)+".")
		case "note":
			out = append(out, text(m.value))
		}
	}
	return out
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

// text writes a value in one line: of a reference its name, of a list its items.
func text(data []byte) string {
	var s string
	var items []json.RawMessage
	switch {
	case bytes.Equal(data, []byte("null")):
		return ""
	case json.Unmarshal(data, &s) == nil:
	case json.Unmarshal(data, &items) == nil:
		var parts []string
		for _, item := range items {
			parts = append(parts, text(item))
		}
		s = strings.Join(parts, ", ")
	default:
		s = nameOf(data)
	}
	return strings.Join(strings.Fields(visible(s)), " ")
}

// nameOf is the name that an object with a summary has, and its number if that is not in
// the name, or else its members.
func nameOf(data []byte) string {
	members, err := membersOf(data)
	if err != nil {
		return string(data)
	}
	var parts []string
	for _, m := range members {
		if m.name == "summary" {
			return text(m.value)
		}
		parts = append(parts, words(m.name)+" "+text(m.value))
	}
	return strings.Join(parts, ", ")
}

// words are the words of a member's name.
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// visible takes control characters out of a text, which a terminal would obey.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if r != '\n' && !strconv.IsPrint(r) && !strconv.IsGraphic(r) && r != '\u200d' {
			return -1
		}
		return r
	}, s)
}
