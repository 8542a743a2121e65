package input

import (
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
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
var kindWords = map[*kind.Kind][]string{
	&kind.Incident:         {"inc"},
	&kind.Service:          {"svc", "component"},
	&kind.User:             {"person", "people", "member", "email", "engineer"},
	&kind.Team:             {"group", "squad"},
	&kind.Schedule:         {"rota", "roster"},
	&kind.EscalationPolicy: {"policy", "ep"},
	&kind.Priority:         {"prio"},
	&kind.Orchestration:    {"orchestration"},
	&kind.GroupingSetting:  {"setting", "grouping_setting"},
}

// fillers say nothing in front of an argument's name or behind it.
var fillers = []string{"the", "new", "by", "filter", "list", "value", "param", "arg", "text", "string"}

// idNames mean the object that a tool is about.
var idNames = []string{"id", "name", "number", "identifier", "key", "url", "link", "ref", "reference"}

// candidates are the fields that a name may mean, by index, by the first rule that
// knows any.
func (o *Object) candidates(name string) []int {
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
func (o *Object) byRule(name string, last func(string) []int) []int {
	for _, rule := range []func(string) []int{o.spelledAlike, o.sameSubject, o.lastWords, o.otherName, o.sameKind, last} {
		if found := rule(name); len(found) > 0 {
			return found
		}
	}
	return nil
}

// spelledAlike finds fields that have the name but for underscores and plural.
func (o *Object) spelledAlike(name string) []int {
	plain := func(s string) string { return singular(strings.ReplaceAll(s, "_", "")) }
	return o.where(func(f Field) bool {
		return slices.ContainsFunc(append([]string{f.Name}, f.aliases...), func(own string) bool { return plain(own) == plain(name) })
	})
}

// sameSubject finds references to what the name says, as service_id for service or
// service_name. In a tool that has a name itself, such a name may mean that as well.
func (o *Object) sameSubject(name string) []int {
	found := o.where(func(f Field) bool { return f.referent() != nil && subject(f.Name) == subject(name) })
	if rest, ok := strings.CutSuffix(name, "_name"); ok && len(found) > 0 && o.isOwn(rest) {
		found = append(found, o.where(func(f Field) bool { return f.Name == "name" })...)
	}
	return found
}

// lastWords finds fields whose name ends with the given one, as incident_key for key.
func (o *Object) lastWords(name string) []int {
	if slices.Contains(idNames, name) && name != "key" || name == "ids" {
		return nil
	}
	return o.where(func(f Field) bool {
		if f.hidden {
			return false
		}
		k := f.referent()
		if k == nil {
			return strings.HasSuffix(singular(f.Name), "_"+singular(name))
		}
		front, ok := strings.CutSuffix(subject(f.Name), "_"+subject(name))
		// What goes without saying is a part of the kind's word: a policy is an
		// escalation policy, but what is routed to is not always the rest.
		return ok && (o.reads || strings.HasPrefix(k.Snake(), front+"_"))
	})
}

// learnOtherNames indexes otherNames by what the object has of them.
func (o *Object) learnOtherNames() {
	o.others = map[string][]elsewhere{}
	for _, row := range otherNames {
		for i, f := range o.Fields {
			if f.Name == row.argument && !f.Selects {
				for name := range strings.FieldsSeq(row.names) {
					o.others[name] = append(o.others[name], elsewhere{i, row.reads})
				}
			}
		}
	}
}

// otherName finds fields that are known under the name elsewhere.
func (o *Object) otherName(name string) (found []int) {
	add := func(name string, fits func(f Field) bool) {
		for _, other := range o.others[name] {
			if fits(o.Fields[other.field]) && (o.reads || !other.reads) && !slices.Contains(found, other.field) {
				found = append(found, other.field)
			}
		}
	}
	add(name, func(Field) bool { return true })
	add(singular(name), func(Field) bool { return true })
	add(subject(name), func(f Field) bool { return f.referent() != nil })
	slices.Sort(found)
	return found
}

// sameKind finds references to objects of the kind that the name says. In a change
// that may be meant only by an argument that every call has.
func (o *Object) sameKind(name string) []int {
	k := kindCalled(name)
	if k == nil {
		return nil
	}
	return o.where(func(f Field) bool { return f.referent() == k && (o.reads || f.Required) })
}

// kindCalled is the kind of objects that a snake name says, or nil.
func kindCalled(name string) *kind.Kind {
	for _, k := range kind.All {
		if said := subject(name); said == k.Snake() || slices.Contains(kindWords[k], said) {
			return k
		}
	}
	return nil
}

// own finds what a tool is about: by id, by the word for it, and by names of
// arguments in front of which that word stands, as incident_title.
func (o *Object) own(name string) []int {
	if slices.Contains(idNames, singular(name)) {
		found := o.where(func(f Field) bool {
			// What a tool creates has no id yet: there id can't mean another object's.
			return f.referent() != nil && f.Required && (!strings.HasPrefix(o.tool, "create_") || o.isOwn(f.referent().Snake()))
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
				return o.where(func(f Field) bool { return f.Name == "name" || f.Name == "query" || f.Name == "title" })
			}
			nothing := func(string) []int { return nil }
			if found := o.byRule(rest, nothing); found != nil && !slices.Contains(idNames, rest) {
				return found
			}
		}
	}
	if query := o.where(func(f Field) bool { return f.Name == "query" }); o.isOwn(subject(name)) {
		return query
	}
	return nil
}

// isOwn reports whether words say what a tool is about: whether they are all in its
// name.
func (o *Object) isOwn(words string) bool {
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
