package input

import (
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// synonyms are words for allowed values, not advertised. A word counts in an enum
// that has all its values; the first such row counts.
var synonyms = []struct{ values, words string }{
	{"triggered acknowledged", "open active unresolved ongoing"},
	{"triggered", "trigger firing unacknowledged unacked new reopen reopened"},
	{"acknowledged", "ack acked acknowledge"},
	{"resolved", "resolve close closed fixed done"},
	{"high", "critical crit urgent"},
	{"low", "minor non_urgent not_urgent"},
	{"severity_based", "dynamic by_severity severity"},
	{"assigned", "mine me my assigned_to_me"},
	{"my", "mine me assigned"},
	{"teams", "my_teams our ours"},
	{"none", "private"},
	{"manager", "public"},
	{"body", "details description"},
	{"created_at:desc", "newest latest newest_first most_recent"},
	{"created_at:asc", "oldest oldest_first"},
}

// everything are words for all values of a list that filters.
var everything = []string{"all", "any", "*", "everything"}

// fold is a text for comparing it with allowed values.
func fold(s string) string { return singular(snake(strings.TrimLeft(s, "+"))) }

// allowed are the values of an enum that a text means; none if it means nothing.
func (v value) allowed(s string) []string {
	if len(s) > wording.MaxName {
		return nil
	}
	s = wording.Unquoted(s)
	for _, same := range []func(allowed string) bool{
		func(allowed string) bool { return strings.EqualFold(allowed, s) },
		func(allowed string) bool { return fold(allowed) == fold(s) && fold(s) != "" && !isOrder(allowed) },
	} {
		if i := slices.IndexFunc(v.enum, same); i >= 0 {
			return []string{v.enum[i]}
		}
	}
	if slices.ContainsFunc(v.enum, isOrder) {
		var fields []string
		for _, allowed := range v.enum {
			field, _, _ := strings.Cut(allowed, ":")
			fields = append(fields, field)
		}
		if term, ok := orderTerm(slices.Compact(fields), s); ok && slices.Contains(v.enum, term) {
			return []string{term}
		}
	}
	for _, row := range synonyms {
		values := strings.Fields(row.values)
		isHere := !slices.ContainsFunc(values, func(value string) bool { return !slices.Contains(v.enum, value) })
		if isHere && slices.ContainsFunc(strings.Fields(row.words), func(word string) bool { return fold(word) == fold(s) }) {
			return values
		}
	}
	return nil
}

func isOrder(allowed string) bool { return strings.Contains(allowed, ":") }

// choice reads one value of an enum.
func (d *Decoded) choice(at string, v value, s string) (string, bool) {
	values := v.allowed(s)
	if len(values) == 1 {
		return values[0], true
	}
	if len(values) > 1 {
		d.wrong(at, "%s may mean %s; give one of these", wording.Quote(s), wording.OrList(values))
		return "", false
	}
	d.wrong(at, "%s is not allowed; %suse %s", wording.Quote(s), meant(s, v.enum), wording.OrList(v.enum))
	return "", false
}

// meant asks for the value that is most like a text, where there are so many that
// the likest is not seen at once.
func meant(s string, allowed []string) string {
	if near := wording.Nearest(snake(s), allowed); near != "" && len(allowed) > 4 {
		return "did you mean " + near + "? Else "
	}
	return ""
}

// choices reads a list of values of an enum. A word may mean several of them, and
// one that means all is no filter.
func (d *Decoded) choices(at string, v value, items []any) (chosen []string, ok bool) {
	ok = true
	for i, item := range items {
		path := at
		if len(items) > 1 {
			path = itemPath(at, i)
		}
		s, isText := plainText(item)
		if !isText {
			d.wrong(path, "%s is not a string; use %s", wording.Show(item), wording.OrList(v.enum))
			ok = false
			continue
		}
		values := v.allowed(s)
		switch {
		case d.reads && len(values) == 0 && slices.Contains(everything, strings.ToLower(wording.Unquoted(s))):
			return nil, ok
		case d.reads && len(values) > 1:
		default:
			value, fits := d.choice(path, v, s)
			values, ok = []string{value}, ok && fits
		}
		for _, value := range values {
			if !slices.Contains(chosen, value) {
				chosen = append(chosen, value)
			}
		}
	}
	return chosen, ok
}

// order reads a sort order: fields with directions, as urgency:desc,created_at:asc.
func (d *Decoded) order(at string, v value, s string) (string, bool) {
	var terms []string
	for term := range strings.SplitSeq(wording.Unquoted(wording.Shorten(s, wording.MaxName)), ",") {
		if strings.TrimSpace(term) == "" {
			continue
		}
		term, ok := orderTerm(v.order, term)
		if !ok {
			terms = nil
			break
		}
		terms = append(terms, term)
	}
	if len(terms) == 0 || v.max != nil && len(terms) > *v.max {
		d.wrong(at, "%s is not an order; use one or two of %s, each with :asc or :desc, as in %s:desc", wording.Quote(s), strings.Join(v.order, ", "), v.order[0])
		return "", false
	}
	return strings.Join(terms, ","), true
}

// orderTerm reads one field and its direction: created_at:desc, -created_at,
// "created_at desc", createdAt.
func orderTerm(fields []string, s string) (string, bool) {
	s = strings.TrimSpace(s)
	direction := ""
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		direction, s = "desc", rest
	}
	name := snake(s)
	for _, row := range synonyms {
		if isOrder(row.values) && slices.Contains(strings.Fields(row.words), name) {
			name = snake(row.values)
		}
	}
	for _, written := range []struct{ suffix, means string }{
		{"_desc", "desc"}, {"_descending", "desc"}, {"_asc", "asc"}, {"_ascending", "asc"},
	} {
		if field, ok := strings.CutSuffix(name, written.suffix); ok {
			if direction != "" {
				return "", false
			}
			name, direction = field, written.means
			break
		}
	}
	if direction == "" {
		direction = "asc"
	}
	var found []string
	for _, field := range fields {
		switch {
		case singular(field) == singular(name):
			return field + ":" + direction, true
		case name != "" && (strings.HasPrefix(field, name+"_") || strings.HasSuffix(field, "_"+name)):
			found = append(found, field)
		}
	}
	if len(found) != 1 {
		return "", false
	}
	return found[0] + ":" + direction, true
}
