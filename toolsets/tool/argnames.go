package tool

import (
	"slices"
	"strings"
	"unicode"
)

// otherNames are names that other servers, PagerDuty's API and people have for
// arguments. Each is accepted where the tool has the argument and the name fits no
// other; none is advertised. Plural and singular, and ids and names, go by rule.
var otherNames = []struct {
	argument string
	names    string
	reads    bool // only in tools that read: in a change it might mean something else
}{
	{"query", "search name title q filter keyword text term search_term search_text search_query contains match pattern find", true},
	{"since", "from start start_time start_date start_at starts_at after begin begin_time from_date from_time date_from since_date since_time created_after lookback", false},
	{"until", "to end end_time end_date end_at ends_at before till til to_date to_time date_to until_date until_time created_before", false},
	{"period", "time_range timeframe time_frame time_period range", false},
	{"start", "since from start_time start_date start_at starts_at begin begin_time from_time", false},
	{"end", "until to end_time end_date end_at ends_at till to_time", false},
	{"start_time", "start from since", false},
	{"end_time", "end to until", false},
	{"time_zone", "timezone tz zone", false},
	{"days_of_week", "day weekday", false},
	{"limit", "max max_results maximum count page_size per_page size top n num num_results number_of_results results take", false},
	{"offset", "skip start_index next_offset", false},
	{"sort_by", "sort sorting sort_order sorted_by order order_by ordering", false},
	{"status", "state incident_status new_status action", false},
	{"request_scope", "scope", true},
	{"scope", "request_scope", true},
	{"urgencies", "severity", true},
	{"urgency", "severity", false},
	{"incident_key", "dedup_key dedupe_key deduplication_key idempotency_key", false},
	{"user_ids", "assignee assigned_to assigned_user owner", true},
	{"assignee_ids", "assignee assignment assigned_to assign_to reassign_to assigned_user new_assignee owner", false},
	{"assignee_id", "assignee assignment assigned_to assign_to assigned_user owner", false},
	{"user_id", "member person", false},
	{"user_ids", "member person people", false},
	{"title", "name subject summary headline", false},
	{"name", "title", false},
	{"label", "name title description", false},
	{"body", "description detail text", false},
	{"description", "detail", false},
	{"note", "content text comment message body", false},
	{"message", "note text comment body content", false},
	{"resolution", "resolution_note resolve_note resolve_reason resolution_reason", false},
	{"conditions", "expression", false},
	{"route_to", "target target_service destination", false},
	{"fields", "iag_field column", false},
}

// kindWords are what people call objects of a kind, besides the kind's own word.
var kindWords = map[*kind][]string{
	&incidentKind:      {"inc"},
	&serviceKind:       {"svc", "component"},
	&userKind:          {"person", "people", "member", "email", "engineer"},
	&teamKind:          {"group", "squad"},
	&scheduleKind:      {"rota", "roster"},
	&policyKind:        {"policy", "ep"},
	&priorityKind:      {"prio"},
	&orchestrationKind: {"orchestration"},
	&groupingKind:      {"setting", "grouping_setting"},
}

// kinds are all kinds of objects.
var kinds = []*kind{
	&incidentKind, &serviceKind, &userKind, &teamKind, &scheduleKind, &policyKind, &priorityKind, &orchestrationKind, &groupingKind,
}

// snake is the kind's word as a part of names: escalation_policy.
func (k *kind) snake() string { return strings.ReplaceAll(k.word, " ", "_") }

// fillers say nothing in front of an argument's name or behind it.
var fillers = []string{"the", "new", "by", "filter", "list", "value", "param", "arg", "text", "string"}

// snake writes a name with underscores: serviceIds, service-ids, "service ids" and
// service_ids[] are service_ids.
func snake(name string) string {
	var out []rune
	var before rune
	for _, r := range strings.TrimSuffix(strings.TrimSpace(name), "[]") {
		switch {
		case unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsDigit(before)):
			out = append(out, '_', unicode.ToLower(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			out = append(out, unicode.ToLower(r))
		case len(out) > 0 && out[len(out)-1] != '_':
			out = append(out, '_')
		}
		before = r
	}
	return strings.TrimSuffix(string(out), "_")
}

// singular is a snake name with its last word in the singular.
func singular(name string) string {
	switch {
	case strings.HasSuffix(name, "ies") && len(name) > 4:
		return strings.TrimSuffix(name, "ies") + "y"
	case strings.HasSuffix(name, "statuses"):
		return strings.TrimSuffix(name, "es")
	case strings.HasSuffix(name, "ss"), strings.HasSuffix(name, "us"), strings.HasSuffix(name, "is"), len(name) < 3:
		return name
	}
	return strings.TrimSuffix(name, "s")
}

// subject is what a snake name of a reference refers to: service_ids, service_name
// and services are service.
func subject(name string) string {
	name = singular(name)
	for _, suffix := range []string{"_list", "_id", "_name", "_email", "_number", "_reference", "_ref", "_url"} {
		if cut, ok := strings.CutSuffix(name, suffix); ok && cut != "" {
			return subject(cut)
		}
	}
	return name
}

// idNames mean the object that a tool is about.
var idNames = []string{"id", "name", "number", "identifier", "key", "url", "link", "ref", "reference"}

// candidates are the fields that a name may mean, by index, by the first rule that
// knows any.
func (o *object) candidates(name string) []int {
	const longest = 64 // of the names of arguments
	if len(name) > longest {
		return nil
	}
	name = snake(name)
	if found := o.byRule(name, o.own); found != nil {
		return found
	}
	for _, filler := range fillers {
		name = strings.TrimSuffix(strings.TrimPrefix(name, filler+"_"), "_"+filler)
	}
	return o.byRule(name, o.own)
}

// byRule finds the fields that a snake name may mean by the first rule that knows
// any, the last one included.
func (o *object) byRule(name string, last func(string) []int) []int {
	for _, rule := range []func(string) []int{o.spelledAlike, o.sameSubject, o.lastWords, o.otherName, o.sameKind, last} {
		if found := rule(name); len(found) > 0 {
			return found
		}
	}
	return nil
}

// where are the fields for which fits holds.
func (o *object) where(fits func(f field) bool) []int {
	var found []int
	for i, f := range o.fields {
		if fits(f) {
			found = append(found, i)
		}
	}
	return found
}

// spelledAlike finds fields that have the name but for underscores and plural.
func (o *object) spelledAlike(name string) []int {
	plain := func(s string) string { return singular(strings.ReplaceAll(s, "_", "")) }
	return o.where(func(f field) bool {
		return slices.ContainsFunc(append([]string{f.name}, f.aliases...), func(own string) bool { return plain(own) == plain(name) })
	})
}

// sameSubject finds references to what the name says, as service_id for service or
// service_name. In a tool that has a name itself, such a name may mean that as well.
func (o *object) sameSubject(name string) []int {
	found := o.where(func(f field) bool { return f.referent() != nil && subject(f.name) == subject(name) })
	if rest, ok := strings.CutSuffix(name, "_name"); ok && len(found) > 0 && o.isOwn(rest) {
		found = append(found, o.where(func(f field) bool { return f.name == "name" })...)
	}
	return found
}

// lastWords finds fields whose name ends with the given one, as incident_key for key.
func (o *object) lastWords(name string) []int {
	if slices.Contains(idNames, name) && name != "key" || name == "ids" {
		return nil
	}
	return o.where(func(f field) bool {
		if f.hidden {
			return false
		}
		k := f.referent()
		if k == nil {
			return strings.HasSuffix(singular(f.name), "_"+singular(name))
		}
		front, ok := strings.CutSuffix(subject(f.name), "_"+subject(name))
		// What goes without saying is a part of the kind's word: a policy is an
		// escalation policy, but what is routed to is not always the rest.
		return ok && (o.reads || strings.HasPrefix(k.snake(), front+"_"))
	})
}

// elsewhere is a field that has another name elsewhere.
type elsewhere struct {
	field int
	reads bool // the name counts in tools that only read
}

// learnOtherNames indexes otherNames by what the object has of them.
func (o *object) learnOtherNames() {
	o.others = map[string][]elsewhere{}
	for _, row := range otherNames {
		for i, f := range o.fields {
			if f.name == row.argument && !f.selects {
				for name := range strings.FieldsSeq(row.names) {
					o.others[name] = append(o.others[name], elsewhere{i, row.reads})
				}
			}
		}
	}
}

// otherName finds fields that are known under the name elsewhere.
func (o *object) otherName(name string) (found []int) {
	add := func(name string, fits func(f field) bool) {
		for _, other := range o.others[name] {
			if fits(o.fields[other.field]) && (o.reads || !other.reads) && !slices.Contains(found, other.field) {
				found = append(found, other.field)
			}
		}
	}
	add(name, func(field) bool { return true })
	add(singular(name), func(field) bool { return true })
	add(subject(name), func(f field) bool { return f.referent() != nil })
	slices.Sort(found)
	return found
}

// sameKind finds references to objects of the kind that the name says. In a change
// that may be meant only by an argument that every call has.
func (o *object) sameKind(name string) []int {
	k := kindCalled(name)
	if k == nil {
		return nil
	}
	return o.where(func(f field) bool { return f.referent() == k && (o.reads || f.required) })
}

// kindCalled is the kind of objects that a snake name says, or nil.
func kindCalled(name string) *kind {
	for _, k := range kinds {
		if said := subject(name); said == k.snake() || slices.Contains(kindWords[k], said) {
			return k
		}
	}
	return nil
}

// own finds what a tool is about: by id, by the word for it, and by names of
// arguments in front of which that word stands, as incident_title.
func (o *object) own(name string) []int {
	if slices.Contains(idNames, singular(name)) {
		found := o.where(func(f field) bool {
			// What a tool creates has no id yet: there id can't mean another object's.
			return f.referent() != nil && f.required && (!strings.HasPrefix(o.tool, "create_") || o.isOwn(f.referent().snake()))
		})
		if len(found) == 1 {
			return found
		}
		return nil
	}
	for i := range name {
		if name[i] == '_' && o.isOwn(name[:i]) {
			rest := name[i+1:]
			if rest == "name" {
				return o.where(func(f field) bool { return f.name == "name" || f.name == "query" || f.name == "title" })
			}
			nothing := func(string) []int { return nil }
			if found := o.byRule(rest, nothing); found != nil && !slices.Contains(idNames, rest) {
				return found
			}
		}
	}
	if query := o.where(func(f field) bool { return f.name == "query" }); o.isOwn(subject(name)) {
		return query
	}
	return nil
}

// isOwn reports whether words say what a tool is about: whether they are all in its
// name.
func (o *object) isOwn(words string) bool {
	_, about, _ := strings.Cut(o.tool, "_")
	nouns := strings.Split(about, "_")
	for i := range nouns {
		nouns[i] = singular(nouns[i])
	}
	for word := range strings.SplitSeq(words, "_") {
		if !slices.Contains(nouns, singular(word)) {
			return false
		}
	}
	return true
}

// visible are the names of the fields that are advertised.
func (o *object) visible() []string {
	var names []string
	for _, f := range o.fields {
		if !f.hidden {
			names = append(names, f.name)
		}
	}
	return names
}

// index is where a field is, or -1.
func (o *object) index(name string) int {
	return slices.IndexFunc(o.fields, func(f field) bool { return f.name == name })
}
