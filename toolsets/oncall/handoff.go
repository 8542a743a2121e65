package oncall

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

var handoffTools = []tool.Tool{
	tool.Read("get_handoff", "Get handoff",
		"A shift's report, yours by default: still open with last notes, resolved, what repeats, who is next, overrides and maintenance ahead.",
		getHandoff),
}

type handoffInput struct {
	Schedule tool.ScheduleID `json:"schedule_id,omitzero"`
	Team     tool.TeamID     `json:"team_id,omitzero"`
	span
}

const (
	daysBehind    = 14 // that a shift of one's own is looked for in
	weekAhead     = 7  // days
	maxOpen       = 10
	maxResolved   = 12
	maxRepeats    = 5
	maxAhead      = 5
	maxServices   = 150 // whose ids are in one URL
	maxIncidents  = 500
	maxNoteRunes  = 200
	maxTitleRunes = 90
)

// Check refuses a time that is not over, and two things at once.
func (in handoffInput) Check(call *tool.Call) error {
	if in.Schedule != "" && in.Team != "" {
		return tool.Wrong("team_id: give a schedule or a team, not both")
	}
	_, err := past(call, in.span, 1)
	return err
}

// handoff is a shift's report.
type handoff struct {
	Of        string       `json:"of"`
	Window    string       `json:"window"`
	Says      string       `json:"summary"`
	Open      []openOne    `json:"still_open"`
	Resolved  []closedOne  `json:"resolved,omitempty"`
	Repeats   []repeat     `json:"repeats,omitempty"`
	Next      []successor  `json:"who_is_next,omitempty"`
	Overrides []aheadShift `json:"overrides_ahead,omitempty"`
	Windows   []aheadWork  `json:"maintenance_ahead,omitempty"`
	Calls     []next       `json:"next_calls,omitempty"`
}

type openOne struct {
	Number   int       `json:"number"`
	Title    string    `json:"title"`
	Service  string    `json:"service,omitzero"`
	Status   string    `json:"status"`
	Urgency  string    `json:"urgency,omitzero"`
	Priority string    `json:"priority,omitzero"`
	Since    time.Time `json:"since"`
	Has      []string  `json:"assigned_to,omitempty"`
	LastNote string    `json:"last_note,omitzero" free:"true"`
	id       string
}

type closedOne struct {
	Number  int    `json:"number"`
	Title   string `json:"title"`
	By      string `json:"by"`
	Minutes int    `json:"took_minutes"`
}

// repeat is what came again and again: titles that differ by numbers alone.
type repeat struct {
	Title string `json:"like"`
	Times int    `json:"times"`
	Last  int    `json:"last_number"`
}

func getHandoff(ctx context.Context, call tool.Reading, in handoffInput) (handoff, error) {
	call.Steps(3)
	scope, err := in.scope(ctx, call)
	if err != nil {
		return handoff{}, err
	}
	call.Step()
	out := handoff{Of: scope.of, Window: call.Window(scope.window.From, scope.window.To), Open: []openOne{}}
	services := scope.services(call)
	var open, mine, lately []pdapi.Incident
	parts := []func(context.Context) error{
		func(ctx context.Context) (err error) {
			open, err = incidentsWhere(ctx, call, pdapi.IncidentFilter{Statuses: []string{"triggered", "acknowledged"}, ServiceIDs: services, AllDates: true})
			return err
		},
		func(ctx context.Context) (err error) {
			// What was resolved in the shift may have begun before it.
			since := scope.window.From.AddDate(0, 0, -weekAhead)
			lately, err = incidentsWhere(ctx, call, pdapi.IncidentFilter{ServiceIDs: services, Since: since, Until: scope.window.To})
			return err
		},
		func(ctx context.Context) error { return out.lookAhead(ctx, call, scope, services) },
	}
	if len(services) == 0 {
		call.Note("No service uses the escalation policies of this, so no incidents belong to it.")
		parts = parts[2:]
	}
	if scope.user != "" {
		// Who helped elsewhere has incidents of services that are not of the shift.
		parts = append(parts, func(ctx context.Context) (err error) {
			mine, err = incidentsWhere(ctx, call, pdapi.IncidentFilter{Statuses: []string{"triggered", "acknowledged"}, UserIDs: []string{scope.user}, AllDates: true})
			return err
		})
	}
	if _, err := tool.SideBySide(ctx, call.PD.Room(len(parts)), parts, func(ctx context.Context, part func(context.Context) error) (struct{}, error) {
		return struct{}{}, part(ctx)
	}); err != nil {
		return handoff{}, err
	}
	call.Step()
	for _, i := range mine {
		if !slices.ContainsFunc(open, func(other pdapi.Incident) bool { return other.ID == i.ID }) {
			open = append(open, i)
		}
	}
	if err := out.showOpen(ctx, call, open); err != nil {
		return handoff{}, err
	}
	out.showLately(call, lately, scope.window)
	call.Step()
	return out, nil
}

func incidentsWhere(ctx context.Context, call tool.Reading, f pdapi.IncidentFilter) (all []pdapi.Incident, err error) {
	f.SortBy = "created_at:desc"
	for page, err := range call.PD.Incidents(ctx, f, pdapi.Window{Limit: maxIncidents}) {
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if page.More && len(all) >= maxIncidents {
			call.Note("Only the newest %d incidents were looked at.", maxIncidents)
		}
	}
	return all, nil
}

// showOpen shows what is still open, the most urgent first, each with its last note.
func (h *handoff) showOpen(ctx context.Context, call tool.Reading, open []pdapi.Incident) error {
	rank := func(i pdapi.Incident) string {
		priority := "~"
		if i.Priority != nil {
			priority = i.Priority.Summary
		}
		return i.Urgency + priority // high comes before low
	}
	slices.SortStableFunc(open, func(x, y pdapi.Incident) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), x.CreatedAt.Compare(y.CreatedAt.Time))
	})
	h.Says = fmt.Sprintf("%d still open", len(open))
	if n := len(open) - maxOpen; n > 0 {
		call.Note("%d more are open, less urgent; list_incidents shows them.", n)
		open = open[:maxOpen]
	}
	notes, err := tool.SideBySide(ctx, call.PD.Room(atOnce), open, func(ctx context.Context, i pdapi.Incident) (string, error) {
		return lastNote(ctx, call, i.ID)
	})
	if err != nil {
		return err
	}
	for n, i := range open {
		one := openOne{
			Number: i.Number, Title: wording.Excerpt(i.Title, maxTitleRunes), Status: i.Status, Urgency: i.Urgency, Since: i.CreatedAt.Time, LastNote: notes[n], id: i.ID,
		}
		if i.Service != nil {
			one.Service = wording.Shorten(i.Service.Summary, 60)
		}
		if i.Priority != nil {
			one.Priority = i.Priority.Summary
		}
		for _, a := range i.Assignments {
			one.Has = append(one.Has, tool.NameOf(a.Assignee, 60))
		}
		h.Open = append(h.Open, one)
	}
	if len(h.Open) > 0 {
		h.Calls = append(h.Calls, next{"who_gets_paged", map[string]any{"incident_id": h.Open[0].Number}})
	}
	return nil
}

// lastNote is the newest note of an incident as a line.
func lastNote(ctx context.Context, call tool.Reading, id string) (string, error) {
	notes, err := call.PD.Notes(ctx, id)
	switch {
	case ctx.Err() != nil:
		return "", err
	case err != nil:
		return "(notes could not be read: " + briefly(err) + ")", nil
	case len(notes) == 0:
		return "", nil
	}
	last := slices.MaxFunc(notes, func(x, y pdapi.Note) int { return x.CreatedAt.Compare(y.CreatedAt.Time) })
	return fmt.Sprintf("%s, %s: %s", wording.Shorten(last.User.Summary, 60), last.CreatedAt.UTC().Format("Jan 2 15:04Z"), wording.Excerpt(last.Content, maxNoteRunes)), nil
}

// showLately shows what was resolved in the shift, and what came again and again.
func (h *handoff) showLately(call tool.Reading, lately []pdapi.Incident, w interval) {
	in := func(at pdapi.Time) bool { return !at.Before(w.From) && at.Before(w.To.Add(time.Second)) }
	opened, closed, byItself := 0, 0, 0
	like := map[string]*repeat{}
	var order []*repeat
	for _, i := range lately {
		if in(i.CreatedAt) {
			opened++
			key := pattern(i.Title)
			if i.Service != nil {
				key += "\x00" + i.Service.ID
			}
			if like[key] == nil {
				like[key] = &repeat{Title: wording.Excerpt(i.Title, maxTitleRunes), Last: i.Number}
				order = append(order, like[key])
			}
			like[key].Times++
		}
		if i.Status != "resolved" || !in(i.ResolvedAt) {
			continue
		}
		closed++
		by := closedBy(i)
		if by == itself {
			byItself++
		}
		if len(h.Resolved) < maxResolved {
			h.Resolved = append(h.Resolved, closedOne{i.Number, wording.Excerpt(i.Title, maxTitleRunes), by, minutes(i.ResolvedAt.Sub(i.CreatedAt.Time))})
		}
	}
	if n := closed - len(h.Resolved); n > 0 {
		call.Note("%d more were resolved, earlier; list_incidents shows them.", n)
	}
	slices.SortStableFunc(order, func(x, y *repeat) int { return cmp.Compare(y.Times, x.Times) })
	for _, r := range order {
		if r.Times > 1 && len(h.Repeats) < maxRepeats {
			h.Repeats = append(h.Repeats, *r)
		}
	}
	h.Says += fmt.Sprintf("; %d began in this time, %d ended", opened, closed)
	if byItself > 0 {
		h.Says += fmt.Sprintf(", %d of them by themselves", byItself)
	}
	h.Says += "."
}

const itself = "itself"

// closedBy is who resolved an incident.
func closedBy(i pdapi.Incident) string {
	switch {
	case i.ResolveReason != nil && i.ResolveReason.Incident != nil:
		return "merged into " + wording.Shorten(i.ResolveReason.Incident.Summary, 60)
	case i.StatusChangedBy == nil || tool.TypeOf(*i.StatusChangedBy) == "service":
		return itself
	}
	return wording.Shorten(i.StatusChangedBy.Summary, 60)
}

// pattern is what titles have in common that differ by numbers alone.
func pattern(title string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return r >= '0' && r <= '9' || r == ' ' }), " ")
}

// firstOf keeps the first few of what is ahead, and says so.
func firstOf[T any](call tool.Reading, all []T, what, how string) []T {
	if n := len(all) - maxAhead; n > 0 {
		call.Note("%d more %s are ahead; %s.", n, what, how)
		return all[:maxAhead]
	}
	return all
}
