package oncall

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

var coverTools = []tool.Tool{
	tool.Read("find_cover", "Find cover",
		"Who could take a shift: not on call then, before or after, by day where they are, least load lately. Ends with the call that makes the override.",
		findCover),
}

type coverInput struct {
	Schedule tool.ScheduleID `json:"schedule_id"`
	Start    tool.Time       `json:"start" doc:"As friday 18:00, RFC 3339"`
	End      tool.Time       `json:"end"`
}

func (in coverInput) shift(call *tool.Call) (interval, error) {
	start, end, problem := when.Between(in.Start, in.End, call.Now, call.Zone, tool.Ahead)
	switch {
	case problem != "":
		return interval{}, tool.Wrong("start: %s", problem)
	case !end.After(call.Now):
		return interval{}, tool.Wrong("end: %s is over; ask for a shift to come", when.Clock(end, call.Zone))
	case end.After(call.Now.AddDate(0, 0, daysAhead-1)):
		return interval{}, tool.Wrong("end: %s is more than %d days ahead, which is as far as PagerDuty knows who is on call", when.Clock(end, call.Zone), daysAhead)
	}
	return interval{start.UTC(), end.UTC()}, nil
}

// Check refuses a time that is over, or too far ahead.
func (in coverInput) Check(call *tool.Call) error {
	_, err := in.shift(call)
	return err
}

const (
	// restHours is how long before and after a shift somebody should not be on call.
	restHours = 12
	// loadDays is how far back load is looked at.
	loadDays = 28
	// maxCandidates bounds the people looked at: their ids are in one URL.
	maxCandidates = 120
	maxShown      = 5
	// dayBegins and dayEnds are the hours between which people are awake.
	dayBegins, dayEnds = 8, 22
)

// cover is who could take a shift, the best first.
type cover struct {
	Schedule   tool.Ref    `json:"schedule"`
	Start      time.Time   `json:"start"`
	End        time.Time   `json:"end"`
	Has        []has1      `json:"has_it_now,omitempty"`
	Candidates []candidate `json:"candidates"`
	Order      string      `json:"order,omitzero"` // of the candidates, in words
	Busy       []string    `json:"on_call_then,omitempty"`
	Next       *next       `json:"next_call,omitzero"`
}

// has1 is who has a part of the shift.
type has1 struct {
	User tool.Ref `json:"user"`
	interval
}

type candidate struct {
	tool.Ref
	From    string  `json:"from"`                     // schedule or team
	Local   string  `json:"local_time,omitzero"`      // when it begins where they are
	Daytime *int    `json:"daytime_percent,omitzero"` // of the shift, where they are
	Load    float64 `json:"on_call_hours_last_28_days"`
	Near    string  `json:"also_on_call,omitzero"` // right before or after
	Told    string  `json:"told,omitzero"`
	Problem string  `json:"problem,omitzero"`
	mute    bool
}

func findCover(ctx context.Context, call tool.Reading, in coverInput) (cover, error) {
	shift, err := in.shift(call.Call)
	if err != nil {
		return cover{}, err
	}
	call.Steps(4)
	plan, err := readSchedule(ctx, call, string(in.Schedule), shift)
	if err != nil {
		return cover{}, err
	}
	call.Step()
	out := cover{Schedule: plan.Ref, Start: shift.From, End: shift.To, Candidates: []candidate{}}
	holders := map[string]bool{}
	for _, s := range plan.Shifts {
		if i, ok := within(s.Start, s.End, shift); ok {
			out.Has = append(out.Has, has1{*tool.RefTo(&s.User), i})
			holders[s.User.ID] = true
		}
	}
	people, from, err := plan.people(ctx, call)
	if err != nil {
		return cover{}, err
	}
	people = slices.DeleteFunc(people, func(u pdapi.User) bool { return holders[u.ID] })
	call.Step()
	if len(people) > 0 {
		if err := out.weigh(ctx, call, people, from, shift); err != nil {
			return cover{}, err
		}
	}
	call.Step()
	if err := out.reach(ctx, call); err != nil {
		return cover{}, err
	}
	call.Step()
	out.finish(call, shift)
	return out, nil
}

// finish says what to do, or why nothing can be done.
func (c *cover) finish(call tool.Reading, shift interval) {
	if len(c.Candidates) == 0 {
		call.Note("Nobody of the schedule or its teams is free then; take a part of it, as with a shorter time, or ask people of other teams.")
		return
	}
	best := c.Candidates[0]
	c.Next = &next{"create_schedule_override", map[string]any{
		"schedule_id": c.Schedule.ID,
		"overrides":   []any{map[string]any{"user_id": best.ID, "start": shift.From.Format(time.RFC3339), "end": shift.To.Format(time.RFC3339)}},
	}}
	c.Order = coverOrder
	call.Note("Ask %s first, which PagerDuty does not do: %s.", wording.Quote(best.Summary), best.because())
}

// people are who may take a shift of the schedule, and where each is from.
func (p plan) people(ctx context.Context, call tool.Reading) (all []pdapi.User, from map[string]string, err error) {
	from = map[string]string{}
	var ids, teams []string
	for _, u := range p.Users {
		if u.DeletedAt.IsZero() {
			ids, from[u.ID] = append(ids, u.ID), "schedule"
		}
	}
	for _, t := range p.Teams {
		teams = append(teams, t.ID)
	}
	known := map[string]bool{}
	if len(teams) > 0 {
		for page, err := range call.PD.Users(ctx, pdapi.UserFilter{TeamIDs: teams}, pdapi.Window{Limit: maxCandidates}) {
			if ctx.Err() != nil {
				return nil, nil, err
			}
			if err != nil {
				call.Note("The teams' members could not be read (%s); only the schedule's own people were looked at.", briefly(err))
				break
			}
			for _, u := range page.Items {
				if known[u.ID] = true; from[u.ID] == "" {
					from[u.ID] = "team"
				}
				all = append(all, u)
			}
		}
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return known[id] })
	others := p.known
	if others == nil {
		if others, err = usersByID(ctx, call, ids); err != nil {
			return nil, nil, err
		}
	}
	for _, id := range ids {
		if u, ok := others[id]; ok {
			all = append(all, u)
		}
	}
	// Stakeholders can't be on call.
	all = slices.DeleteFunc(all, func(u pdapi.User) bool {
		return u.ID == "" || u.Role == "read_only_user" || u.Role == "read_only_limited_user"
	})
	slices.SortFunc(all, func(x, y pdapi.User) int { return cmp.Compare(x.Name+x.ID, y.Name+y.ID) })
	if len(all) > maxCandidates {
		call.Note("Only %d of %d people were looked at.", maxCandidates, len(all))
		all = all[:maxCandidates]
	}
	return all, from, nil
}

// weigh finds out who is free, and sorts them: not on call right before or after, by
// day where they are, least load.
func (c *cover) weigh(ctx context.Context, call tool.Reading, people []pdapi.User, from map[string]string, shift interval) error {
	around := interval{shift.From.Add(-restHours * time.Hour), shift.To.Add(restHours * time.Hour)}
	lately := interval{call.Now.AddDate(0, 0, -loadDays), call.Now}
	var ids []string
	for _, u := range people {
		ids = append(ids, u.ID)
	}
	ids = distinct(ids)
	found, err := tool.SideBySide(ctx, 2, []interval{around, lately}, func(ctx context.Context, w interval) ([]pdapi.OnCall, error) {
		all, _, err := onCalls(ctx, call, pdapi.OnCallFilter{UserIDs: ids, Since: w.From, Until: w.To})
		return all, err
	})
	if err != nil {
		return err
	}
	then, load := byUser(found[0], around), byUser(found[1], lately)
	for _, u := range people {
		one := candidate{Ref: tool.Ref{ID: u.ID, Summary: u.Name}, From: from[u.ID], Load: load[u.ID].hours()}
		if len(then[u.ID].both(intervals{shift})) > 0 {
			c.Busy = append(c.Busy, wording.Shorten(u.Name, 80))
			continue
		}
		one.Near = near(then[u.ID], shift)
		if zone := when.PagerDutyZone(u.TimeZone); zone != nil {
			one.Local = shift.From.In(zone).Format("Mon 15:04") + " (" + zone.String() + ")"
			share := daytime(shift, zone)
			one.Daytime = &share
		}
		c.Candidates = append(c.Candidates, one)
	}
	slices.SortStableFunc(c.Candidates, compareCandidates)
	return nil
}

// coverOrder says in words what [compareCandidates] does.
const coverOrder = "rested (no shift within 12 h) first; then by day where they are; then least on call in 28 days, " +
	"where less than a day is no difference; then who takes turns in this schedule; last who would not be told"

// compareCandidates puts who is best asked first. Whether somebody takes turns in the
// schedule decides only between people whom it would cost the same.
func compareCandidates(x, y candidate) int {
	rank := func(c candidate) (near, team int, day, load float64) {
		if c.Near != "" {
			near = 1
		}
		if c.From != "schedule" {
			team = 1
		}
		if c.Daytime != nil {
			day = math.Round(float64(*c.Daytime) / 20)
		}
		return near, team, day, math.Round(c.Load / 24)
	}
	xNear, xTeam, xDay, xLoad := rank(x)
	yNear, yTeam, yDay, yLoad := rank(y)
	return cmp.Or(cmp.Compare(xNear, yNear), cmp.Compare(yDay, xDay), cmp.Compare(xLoad, yLoad), cmp.Compare(xTeam, yTeam),
		cmp.Compare(x.Load, y.Load), cmp.Compare(x.Summary, y.Summary), cmp.Compare(x.ID, y.ID))
}

// because says why somebody is the first to ask.
func (c candidate) because() string {
	reasons := []string{fmt.Sprintf("no shift within %d h of it", restHours)}
	if c.Near != "" {
		reasons[0] = "though on call " + c.Near
	}
	if c.Daytime != nil {
		reasons = append(reasons, fmt.Sprintf("%d%% of it by day there", *c.Daytime))
	}
	reasons = append(reasons, fmt.Sprintf("%g h on call in %d days", c.Load, loadDays))
	if c.From != "schedule" {
		reasons = append(reasons, "but takes no turns in this schedule: make sure that they can")
	}
	if c.mute {
		reasons = append(reasons, "but "+c.Problem)
	}
	return strings.Join(reasons, ", ")
}

// reach keeps the best candidates, and puts those who would not be told last.
func (c *cover) reach(ctx context.Context, call tool.Reading) error {
	if n := len(c.Candidates) - maxShown; n > 0 {
		call.Note("%d more people are free then.", n)
		c.Candidates = c.Candidates[:maxShown]
	}
	found, err := tool.SideBySide(ctx, call.PD.Room(atOnce), c.Candidates, func(ctx context.Context, one candidate) (reach, error) {
		return reachOf(ctx, call, one.ID, "high")
	})
	if err != nil {
		return err
	}
	for i, r := range found {
		c.Candidates[i].Told, c.Candidates[i].Problem, c.Candidates[i].mute = r.How, r.Problem, r.None
	}
	slices.SortStableFunc(c.Candidates, func(x, y candidate) int {
		switch {
		case x.mute == y.mute:
			return 0
		case x.mute:
			return 1
		}
		return -1
	})
	return nil
}

// byUser is when users are on call by schedules. Those whom a policy names are so
// always, which says nothing.
func byUser(all []pdapi.OnCall, whole interval) map[string]intervals {
	out := map[string]intervals{}
	for _, o := range all {
		if o.User == nil || o.Start.IsZero() && o.End.IsZero() {
			continue
		}
		if i, ok := within(o.Start, o.End, whole); ok {
			out[o.User.ID] = append(out[o.User.ID], i)
		}
	}
	return out
}

// near says how close to a shift somebody is on call, "" for not close.
func near(busy intervals, shift interval) string {
	for _, i := range busy.union() {
		switch {
		case !i.To.After(shift.From):
			return fmt.Sprintf("until %s before", hoursAndMinutes(shift.From.Sub(i.To)))
		case !i.From.Before(shift.To):
			return fmt.Sprintf("from %s after", hoursAndMinutes(i.From.Sub(shift.To)))
		}
	}
	return ""
}

func hoursAndMinutes(d time.Duration) string {
	switch h, m := int(d.Hours()), int(d.Minutes())%60; {
	case d < time.Minute:
		return "right"
	case h == 0:
		return fmt.Sprintf("%d min", m)
	case m == 0:
		return fmt.Sprintf("%d h", h)
	default:
		return fmt.Sprintf("%d h %d min", h, m)
	}
}

// daytime is how much of a shift is by day in a zone, in percent.
func daytime(shift interval, zone *time.Location) int {
	const sample = 15 * time.Minute
	day, all := 0, 0
	for at := shift.From; at.Before(shift.To); at = at.Add(sample) {
		all++
		if h := at.In(zone).Hour(); h >= dayBegins && h < dayEnds {
			day++
		}
	}
	return int(math.Round(100 * float64(day) / float64(max(all, 1))))
}
