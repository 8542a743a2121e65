package response

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// briefing writes a brief from what was found.
type briefing struct {
	*found
	call  tool.Reading
	brief triage
}

func (f *found) brief(call tool.Reading) triage {
	i := f.incident
	b := briefing{f, call, triage{ID: i.ID, Number: i.Number, Title: wording.Excerpt(i.Title, 300), Service: tool.RefTo(i.Service), URL: i.HTMLURL, Bridge: i.ConferenceBridge}}
	b.state()
	onCalls := b.onCalls()
	b.who(onCalls)
	b.fired()
	b.changed()
	b.near()
	b.before()
	b.notes()
	b.maintenance()
	return b.brief
}

func (b *briefing) when(at time.Time) string { return record.When(at, b.call.Now, b.call.Zone) }

// got returns a part of the brief, or says that it could not be read.
func got[T any](b *briefing, what string, p *part[T]) (T, bool) {
	value, err := p.get()
	if err != nil {
		b.brief.Unread = append(b.brief.Unread, what+": "+why(err))
	}
	return value, err == nil
}

// most keeps the first lines of a section and says how many more there are, and where.
func most(lines []string, n int, more string) []string {
	if left := len(lines) - n; left > 0 {
		return append(lines[:n:n], fmt.Sprintf("and %d more: %s", left, more))
	}
	return lines
}

func (b *briefing) state() {
	i := b.incident
	words := []string{i.Status, i.Urgency + " urgency"}
	if i.Priority != nil {
		words = append(words, i.Priority.Summary)
	}
	b.brief.State = strings.Join(words, ", ") + ", since " + b.when(i.CreatedAt.Time)
	if !i.ResolvedAt.IsZero() {
		b.brief.State += ", resolved " + b.when(i.ResolvedAt.Time)
	}
}

// onCalls says who is on call at each level and returns them by level.
func (b *briefing) onCalls() map[int][]string {
	all, _ := got(b, "who is on call", b.found.onCalls)
	levels := map[int][]string{}
	slices.SortStableFunc(all, func(x, y pdapi.OnCall) int { return cmp.Compare(x.Level, y.Level) })
	var lines []string
	for _, o := range all {
		if o.User == nil {
			continue
		}
		levels[o.Level] = append(levels[o.Level], tool.NameOf(*o.User, 80))
		line := fmt.Sprintf("level %d: %s", o.Level, o.User.Summary)
		if !o.User.DeletedAt.IsZero() {
			line += " (deleted, can't be paged)"
		}
		if !o.End.IsZero() {
			line += ", until " + b.when(o.End.Time)
		}
		if o.Schedule != nil {
			line += ", " + o.Schedule.Summary
		}
		lines = append(lines, line)
	}
	b.brief.OnCall = most(lines, 6, "list_oncalls")
	return levels
}

func (b *briefing) who(levels map[int][]string) {
	i := b.incident
	var lines []string
	var has []string
	for _, a := range i.Assignments {
		name := tool.NameOf(a.Assignee, 80)
		has = append(has, name)
		lines = append(lines, name+" has it since "+b.when(a.At.Time))
	}
	for _, a := range i.Acknowledgements {
		lines = append(lines, "acknowledged by "+a.Acknowledger.Summary+" at "+b.when(a.At.Time))
	}
	switch {
	case i.Status == "resolved":
		if i.StatusChangedBy != nil {
			lines = append(lines, "resolved by "+i.StatusChangedBy.Summary)
		}
	case len(i.Acknowledgements) == 0:
		lines = append(lines, "nobody has acknowledged it")
	}
	if i.Status != "resolved" && len(has) == 0 {
		lines = append(lines, "it is assigned to nobody")
	}
	escalates := false
	for _, p := range i.PendingActions {
		switch p.Type {
		case "escalate":
			escalates = true
			lines = append(lines, "escalates at "+b.when(p.At.Time)+nextLevel(levels, has))
		case "unacknowledge":
			lines = append(lines, "the acknowledgement lapses at "+b.when(p.At.Time))
		case "resolve":
			lines = append(lines, "PagerDuty resolves it by itself at "+b.when(p.At.Time))
		default:
			lines = append(lines, strings.ReplaceAll(p.Type, "_", " ")+" at "+b.when(p.At.Time))
		}
	}
	if i.Status == "triggered" && !escalates {
		lines = append(lines, "it does not escalate: nobody else is paged by itself")
	}
	for _, r := range i.Responders {
		lines = append(lines, tool.NameOf(r.User, 80)+" was asked to help: "+r.State)
	}
	b.brief.Who = most(lines, 10, "get_incident")
}

// nextLevel says to whom an incident escalates: whoever is on call at the first level
// after the one of those who have it, or at the first again. PagerDuty doesn't say
// which level an incident is at; where those who have it are on several, it can't be
// told unless the same people are next in any case.
func nextLevel(levels map[int][]string, has []string) string {
	numbers := slices.Sorted(maps.Keys(levels))
	var next []int
	for _, level := range numbers {
		if !slices.ContainsFunc(levels[level], func(u string) bool { return slices.Contains(has, u) }) {
			continue
		}
		after := slices.IndexFunc(numbers, func(n int) bool { return n > level })
		next = append(next, numbers[max(after, 0)])
	}
	names := map[string]bool{}
	for _, level := range next {
		names[strings.Join(levels[level], ", ")] = true
	}
	switch {
	case len(next) == 1:
		return fmt.Sprintf(" to %s (level %d)", strings.Join(levels[next[0]], ", "), next[0])
	case len(names) == 1:
		return " to " + strings.Join(levels[next[0]], ", ") + " again"
	}
	return " to the next level of its policy"
}

func (b *briefing) changed() {
	began := b.first()
	own, ok := got(b, "changes of the service", b.changes)
	near, nearOK := got(b, "changes of what the service depends on", b.nearby)
	depends, _ := b.depends.get()
	var service string
	if b.incident.Service != nil {
		service = b.incident.Service.ID
	}
	var lines []string
	last := "" // before those hours
	for _, c := range newestFirst([][]pdapi.ChangeEvent{own, near}, func(c pdapi.ChangeEvent) (string, time.Time) { return c.ID, c.At.Time }) {
		on := "the service itself"
		if !slices.ContainsFunc(c.Services, func(s pdapi.Reference) bool { return s.ID == service }) && len(c.Services) > 0 {
			on = cmp.Or(c.Services[0].Summary, c.Services[0].ID) + ", which it depends on"
		}
		before := began.Sub(c.At.Time)
		distance := record.Length(before) + " before the first alert"
		if before < 0 {
			distance = record.Length(-before) + " after the first alert"
		}
		line := fmt.Sprintf("%s: %s, on %s (%s)", b.when(c.At.Time), wording.Excerpt(c.Summary, 200), on, distance)
		if by := author(c); by != "" {
			line += ", by " + by
		}
		if len(c.Links) > 0 {
			line += " " + c.Links[0].Href
		}
		if before > changesBefore {
			last = cmp.Or(last, line)
			continue
		}
		lines = append(lines, line)
		if before >= 0 && before <= 30*time.Minute && len(b.brief.Guess) == 0 {
			b.brief.Guess = append(b.brief.Guess, fmt.Sprintf("It may be a change: %q was %s, on %s.", wording.Excerpt(c.Summary, 200), distance, on))
		}
	}
	b.brief.Changed = most(lines, 6, "list_change_events")
	if len(lines) == 0 && ok && nearOK {
		b.brief.Changed = []string{"no change is known in the " + record.Length(changesBefore) + " before, on the service or on what it depends on"}
		if last != "" {
			b.brief.Changed = append(b.brief.Changed, "the last one before: "+last)
		}
	}
	if left := len(supporting(depends, service)) - maxSupporting; left > 0 {
		b.brief.Changed = append(b.brief.Changed, fmt.Sprintf("changes of %d more services that it depends on were not read", left))
	}
}

func (b *briefing) near() {
	open, ok := got(b, "open incidents", b.open)
	related, err := b.related.get()
	if err != nil {
		if _, pastErr := b.found.before.get(); pastErr != nil || b.pastByTitle() == nil {
			b.brief.Unread = append(b.brief.Unread, "related incidents: "+why(err))
		}
	}
	depends, _ := b.depends.get()
	reason, noted := map[string]string{}, map[string]pdapi.Incident{}
	for _, r := range related {
		for _, rel := range r.Relationships {
			reason[r.Incident.ID] = cmp.Or(map[string]string{"service_dependency": "depends on it or it on this", "machine_learning_inferred": "similar, says AIOps"}[rel.Type], rel.Type)
		}
		noted[r.Incident.ID] = r.Incident
	}
	for _, i := range open {
		noted[i.ID] = i
		if i.Service == nil || b.incident.Service == nil || i.ID == b.incident.ID {
			continue
		}
		switch own := b.incident.Service.ID; {
		case i.Service.ID == own:
			reason[i.ID] = "same service"
		case slices.ContainsFunc(depends, func(d pdapi.Dependency) bool { return d.Dependent.ID == own && d.Supporting.ID == i.Service.ID }):
			reason[i.ID] = "on a service that this one depends on"
		case slices.ContainsFunc(depends, func(d pdapi.Dependency) bool { return d.Supporting.ID == own && d.Dependent.ID == i.Service.ID }):
			reason[i.ID] = "on a service that depends on this one"
		}
	}
	var near []pdapi.Incident
	for id := range reason {
		near = append(near, noted[id])
	}
	slices.SortFunc(near, func(x, y pdapi.Incident) int {
		return cmp.Or(x.CreatedAt.Compare(y.CreatedAt.Time), cmp.Compare(x.ID, y.ID))
	})
	var lines []string
	for _, i := range near {
		lines = append(lines, fmt.Sprintf("#%d %s: %s, since %s (%s)", i.Number, wording.Excerpt(i.Title, maxTitle), cmp.Or(i.Status, "related"), b.when(i.CreatedAt.Time), reason[i.ID]))
	}
	lines = most(lines, 7, "get_related_incidents, list_incidents")
	others := len(open) - len(near)
	for _, i := range open {
		if i.ID == b.incident.ID {
			others--
		}
	}
	if ok && others > 0 {
		atLeast := ""
		if len(open) == pdapi.MaxPageSize {
			atLeast = "at least "
		}
		lines = append(lines, fmt.Sprintf("%s%d other open incidents in the account have no known connection", atLeast, others))
	}
	b.brief.Near = lines
}

// pastByTitle is why earlier incidents were found by their titles, nil if they were
// not.
func (b *briefing) pastByTitle() error {
	past, _ := b.found.before.get()
	return past.byTitle
}

func (b *briefing) before() {
	past, ok := got(b, "earlier incidents", b.found.before)
	if !ok {
		return
	}
	if past.byTitle != nil {
		b.brief.Unread = append(b.brief.Unread, "AIOps (past and related incidents): "+why(past.byTitle)+fmt.Sprintf("; earlier ones were found by their titles, among the service's of %d days", searchedBack))
	}
	if past.lost != nil {
		b.brief.Unread = append(b.brief.Unread, "how some earlier incidents ended, and their notes: "+why(past.lost))
	}
	got(b, "how often it came before", b.history)
	b.brief.Before = past.tell(b.call)
	said, noise := b.repeats(b.call.Now)
	b.brief.Repeats = said
	if noise != "" {
		b.brief.Guess = append(b.brief.Guess, noise)
	}
	if len(past.incidents) == 0 && said == "" {
		b.brief.Repeats = fmt.Sprintf("Nothing like it is known in %d days.", searchedBack)
	}
}

func (b *briefing) notes() {
	notes, _ := got(b, "notes", b.found.notes)
	var lines []string
	for _, n := range record.NewestFirst(notes) {
		lines = append(lines, fmt.Sprintf("%s, %s: %s", n.User.Summary, b.when(n.CreatedAt.Time), wording.Excerpt(n.Content, maxSaid)))
	}
	b.brief.Notes = most(lines, 5, "list_incident_notes")
}

func (b *briefing) maintenance() {
	windows, _ := got(b, "maintenance windows", b.windows)
	depends, _ := b.depends.get()
	var service string
	if b.incident.Service != nil {
		service = b.incident.Service.ID
	}
	near := append([]string{service}, supporting(depends, service)...)
	var lines []string
	for _, w := range windows {
		for _, s := range w.Services {
			if slices.Contains(near, s.ID) {
				lines = append(lines, fmt.Sprintf("%s is in maintenance until %s: %s", s.Summary, b.when(w.End.Time), wording.Excerpt(w.Description, maxTitle)))
			}
		}
	}
	b.brief.Windows = most(lines, 4, "see PagerDuty")
	if len(windows) == pdapi.MaxPageSize {
		b.brief.Unread = append(b.brief.Unread, fmt.Sprintf("maintenance windows: more than %d are going on, and only so many were read", pdapi.MaxPageSize))
	}
}
