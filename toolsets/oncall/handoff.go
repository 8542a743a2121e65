package oncall

import (
	"cmp"
	"context"
	"errors"
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
	LastNote string    `json:"last_note,omitzero"`
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

type successor struct {
	For  string     `json:"for"` // the escalation policy
	Now  []string   `json:"now"`
	Next []string   `json:"next,omitempty"`
	At   *time.Time `json:"at,omitzero"`
}

type aheadShift struct {
	Schedule string    `json:"schedule"`
	User     string    `json:"user"`
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
}

type aheadWork struct {
	What     string    `json:"what"`
	Services []string  `json:"services"`
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
}

// shiftScope is whose shift is handed over, and what belonged to it.
type shiftScope struct {
	of        string
	window    interval
	policies  []pdapi.EscalationPolicy
	schedules []tool.Ref // whose overrides count
	only      string     // of the policies only what this schedule has; "" for all
}

func getHandoff(ctx context.Context, call tool.Reading, in handoffInput) (handoff, error) {
	scope, err := in.scope(ctx, call)
	if err != nil {
		return handoff{}, err
	}
	call.Progress(1, 4)
	out := handoff{Of: scope.of, Window: call.Window(scope.window.From, scope.window.To), Open: []openOne{}}
	services := scope.services(call)
	var open, lately []pdapi.Incident
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
	if _, err := tool.SideBySide(ctx, len(parts), parts, func(ctx context.Context, part func(context.Context) error) (struct{}, error) {
		return struct{}{}, part(ctx)
	}); err != nil {
		return handoff{}, err
	}
	call.Progress(3, 4)
	if err := out.showOpen(ctx, call, open); err != nil {
		return handoff{}, err
	}
	out.showLately(call, lately, scope.window)
	call.Progress(4, 4)
	return out, nil
}

// scope finds the shift that is handed over.
func (in handoffInput) scope(ctx context.Context, call tool.Reading) (shiftScope, error) {
	window, err := past(call.Call, in.span, 1)
	if err != nil {
		return shiftScope{}, err
	}
	given := in.given()
	switch {
	case in.Team != "":
		return in.ofTeam(ctx, call, window)
	case in.Schedule != "":
		return in.ofSchedule(ctx, call, window, given)
	}
	return in.ofMe(ctx, call, window, given)
}

func (in handoffInput) ofTeam(ctx context.Context, call tool.Reading, window interval) (shiftScope, error) {
	team, err := call.PD.Team(ctx, string(in.Team))
	if err != nil {
		return shiftScope{}, err
	}
	s := shiftScope{of: "team " + wording.Shorten(team.Name, 80), window: window}
	if s.policies, err = policiesOf(ctx, call, []string{string(in.Team)}); err != nil {
		return s, err
	}
	s.schedules = scheduleTargets(s.policies)
	return s, nil
}

func (in handoffInput) ofSchedule(ctx context.Context, call tool.Reading, window interval, given bool) (shiftScope, error) {
	around := interval{call.Now.AddDate(0, 0, -daysBehind), call.Now.Add(time.Minute)}
	plan, err := readSchedule(ctx, call, string(in.Schedule), around)
	if err != nil {
		return shiftScope{}, err
	}
	s := shiftScope{of: "schedule " + wording.Shorten(plan.Summary, 80), window: window, schedules: []tool.Ref{plan.Ref}, only: plan.ID}
	if n := len(plan.Shifts); n > 0 && !given {
		last := plan.Shifts[n-1] // the one now, or the one before
		s.window = interval{last.Start.UTC(), earliest(last.End.UTC(), call.Now)}
		s.of += fmt.Sprintf(", shift of %s", wording.Shorten(last.User.Summary, 80))
	}
	s.policies, err = policiesByID(ctx, call, plan.Policies)
	return s, err
}

// ofMe is the shift that the user has now, or had last.
func (in handoffInput) ofMe(ctx context.Context, call tool.Reading, window interval, given bool) (shiftScope, error) {
	me, err := call.PD.Me(ctx)
	if errors.Is(err, pdapi.ErrAccountKey) {
		return shiftScope{}, tool.Wrong("schedule_id: the key names no user, so that there is no shift of yours; give schedule_id or team_id")
	}
	if err != nil {
		return shiftScope{}, err
	}
	since := call.Now.AddDate(0, 0, -daysBehind)
	if given && window.From.Before(since) {
		since = window.From
	}
	shifts, _, err := onCalls(ctx, call, pdapi.OnCallFilter{UserIDs: []string{me.ID}, Since: since, Until: call.Now})
	if err != nil {
		return shiftScope{}, err
	}
	s := shiftScope{of: "shift of " + wording.Shorten(me.Name, 80), window: window}
	shifts = slices.DeleteFunc(shifts, func(o pdapi.OnCall) bool { return o.Start.IsZero() || o.Schedule == nil || o.Policy == nil })
	slices.SortStableFunc(shifts, func(x, y pdapi.OnCall) int { return y.End.Compare(x.End.Time) })
	if len(shifts) == 0 {
		return s, tool.Wrong("schedule_id: you had no shift of a schedule in the last %d days; give schedule_id or team_id", daysBehind)
	}
	last := shifts[0]
	if !given {
		s.window = interval{last.Start.UTC(), earliest(last.End.UTC(), call.Now)}
	}
	var policies []pdapi.Reference
	for _, o := range shifts {
		if i, ok := within(o.Start, o.End, s.window); !ok || i.length() < time.Minute {
			continue
		}
		policies = append(policies, *o.Policy)
		if ref := *tool.RefTo(o.Schedule); !slices.Contains(s.schedules, ref) {
			s.schedules = append(s.schedules, ref)
		}
	}
	s.policies, err = policiesByID(ctx, call, policies)
	return s, err
}

func earliest(x, y time.Time) time.Time {
	if x.Before(y) {
		return x
	}
	return y
}

// policiesByID reads policies, each once.
func policiesByID(ctx context.Context, call tool.Reading, refs []pdapi.Reference) ([]pdapi.EscalationPolicy, error) {
	var ids []string
	for _, r := range refs {
		ids = append(ids, r.ID)
	}
	return tool.SideBySide(ctx, atOnce, distinct(ids), func(ctx context.Context, id string) (pdapi.EscalationPolicy, error) {
		return policyByID(ctx, call, id)
	})
}

// scheduleTargets are the schedules that policies page, each once.
func scheduleTargets(policies []pdapi.EscalationPolicy) (out []tool.Ref) {
	for _, p := range policies {
		for _, rule := range p.Rules {
			for _, t := range rule.Targets {
				if ref := *tool.RefTo(&t); strings.HasPrefix(t.Type, "schedule") && !slices.Contains(out, ref) {
					out = append(out, ref)
				}
			}
		}
	}
	return out
}

// services are the services that the policies are for.
func (s shiftScope) services(call tool.Reading) []string {
	var ids []string
	for _, p := range s.policies {
		for _, service := range p.Services {
			ids = append(ids, service.ID)
		}
	}
	if ids = distinct(ids); len(ids) > maxServices {
		call.Note("Only the incidents of %d of %d services were looked at; hand over schedule by schedule.", maxServices, len(ids))
		ids = ids[:maxServices]
	}
	return ids
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
	notes, err := tool.SideBySide(ctx, atOnce, open, func(ctx context.Context, i pdapi.Incident) (string, error) {
		return lastNote(ctx, call, i.ID)
	})
	if err != nil {
		return err
	}
	for n, i := range open {
		one := openOne{
			Number: i.Number, Title: wording.Shorten(i.Title, maxTitleRunes), Status: i.Status, Urgency: i.Urgency, Since: i.CreatedAt.Time, LastNote: notes[n], id: i.ID,
		}
		if i.Service != nil {
			one.Service = wording.Shorten(i.Service.Summary, 60)
		}
		if i.Priority != nil {
			one.Priority = i.Priority.Summary
		}
		for _, a := range i.Assignments {
			one.Has = append(one.Has, wording.Shorten(a.Assignee.Summary, 60))
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
	return fmt.Sprintf("%s, %s: %s", wording.Shorten(last.User.Summary, 60), last.CreatedAt.UTC().Format("Jan 2 15:04Z"), wording.Shorten(last.Content, maxNoteRunes)), nil
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
				like[key] = &repeat{Title: wording.Shorten(i.Title, maxTitleRunes), Last: i.Number}
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
			h.Resolved = append(h.Resolved, closedOne{i.Number, wording.Shorten(i.Title, maxTitleRunes), by, minutes(i.ResolvedAt.Sub(i.CreatedAt.Time))})
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
	h.Says += fmt.Sprintf("; %d began in this time, %d were resolved", opened, closed)
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

// lookAhead adds who is next, and what is planned. What can't be read is a line.
func (h *handoff) lookAhead(ctx context.Context, call tool.Reading, scope shiftScope, services []string) error {
	ahead := interval{call.Now, call.Now.AddDate(0, 0, weekAhead+1)}
	lost := func(what string, err error) error {
		if err != nil && ctx.Err() == nil {
			call.Note("%s could not be read (%s).", what, briefly(err))
			return nil
		}
		return err
	}
	parts := []func(context.Context) error{
		func(ctx context.Context) error { return lost("Who is next", h.successors(ctx, call, scope, ahead)) },
		func(ctx context.Context) error {
			return lost("Overrides ahead", h.overridesAhead(ctx, call, scope, ahead))
		},
		func(ctx context.Context) error {
			return lost("Maintenance ahead", h.windowsAhead(ctx, call, services, ahead))
		},
	}
	_, err := tool.SideBySide(ctx, len(parts), parts, func(ctx context.Context, part func(context.Context) error) (struct{}, error) {
		return struct{}{}, part(ctx)
	})
	return err
}

// successors says who is on call now and who after them, where that is paged first.
func (h *handoff) successors(ctx context.Context, call tool.Reading, scope shiftScope, ahead interval) error {
	rosters, err := rostersOf(ctx, call, scope.policies, ahead, newProgress(tool.Reading{Call: &tool.Call{}}, 1))
	if err != nil {
		return err
	}
	for _, p := range scope.policies {
		r := slices.DeleteFunc(slices.Clone(rosters[p.ID]), func(o pdapi.OnCall) bool {
			return scope.only != "" && (o.Schedule == nil || o.Schedule.ID != scope.only)
		})
		level := 1
		if scope.only != "" && len(r) > 0 {
			level = r[0].Level
		}
		one := successor{For: wording.Shorten(p.Name, 60), Now: peopleOf(r.at(level, call.Now))}
		for _, o := range r {
			if at := o.Start.UTC(); o.Level == level && at.After(call.Now) && (one.At == nil || at.Before(*one.At)) {
				one.At = &at
				one.Next = peopleOf(r.at(level, at))
			}
		}
		if len(h.Next) < maxAhead && (one.Now != nil || one.Next != nil) {
			h.Next = append(h.Next, one)
		}
	}
	return nil
}

func peopleOf(shifts []pdapi.OnCall) (names []string) {
	for _, o := range shifts {
		names = append(names, wording.Shorten(o.User.Summary, 60))
	}
	return names
}

func (h *handoff) overridesAhead(ctx context.Context, call tool.Reading, scope shiftScope, ahead interval) error {
	schedules := scope.schedules
	if n := len(schedules) - maxSchedules/5; n > 0 {
		schedules = schedules[:len(schedules)-n]
	}
	found, err := tool.SideBySide(ctx, atOnce, schedules, func(ctx context.Context, s tool.Ref) ([]override, error) {
		return overridesOf(ctx, call, s.ID, ahead.From, ahead.To)
	})
	if err != nil {
		return err
	}
	for i, list := range found {
		for _, o := range list {
			one := aheadShift{Schedule: wording.Shorten(schedules[i].Summary, 60), User: "nobody", Start: o.Start.UTC(), End: o.End.UTC()}
			if o.User != nil {
				one.User = wording.Shorten(o.User.Summary, 60)
			}
			h.Overrides = append(h.Overrides, one)
		}
	}
	slices.SortStableFunc(h.Overrides, func(x, y aheadShift) int { return x.Start.Compare(y.Start) })
	h.Overrides = firstOf(call, h.Overrides, "overrides", "list_schedule_overrides shows them")
	return nil
}

func (h *handoff) windowsAhead(ctx context.Context, call tool.Reading, services []string, ahead interval) error {
	if len(services) == 0 {
		return nil
	}
	for page, err := range call.PD.MaintenanceWindows(ctx, pdapi.MaintenanceFilter{ServiceIDs: services, State: "open"}, pdapi.Window{Limit: 200}) {
		if err != nil {
			return err
		}
		for _, w := range page.Items {
			if !w.Start.Before(ahead.To) {
				continue
			}
			one := aheadWork{What: wording.Shorten(w.Description, 80), Start: w.Start.UTC(), End: w.End.UTC()}
			for _, s := range w.Services[:min(len(w.Services), 3)] {
				one.Services = append(one.Services, wording.Shorten(s.Summary, 60))
			}
			h.Windows = append(h.Windows, one)
		}
	}
	slices.SortStableFunc(h.Windows, func(x, y aheadWork) int { return x.Start.Compare(y.Start) })
	h.Windows = firstOf(call, h.Windows, "maintenance windows", "ask service by service for them")
	return nil
}

// firstOf keeps the first few of what is ahead, and says so.
func firstOf[T any](call tool.Reading, all []T, what, how string) []T {
	if n := len(all) - maxAhead; n > 0 {
		call.Note("%d more %s are ahead; %s.", n, what, how)
		return all[:maxAhead]
	}
	return all
}
