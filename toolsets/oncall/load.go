package oncall

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

var loadTools = []tool.Tool{
	tool.Read("get_oncall_load", "Get on-call load",
		"Is on-call fair? Hours on call, pages, interruptions in business, off and sleep hours, and the spread; yours by default, over 28 days.",
		getLoad),
}

type loadInput struct {
	Users []tool.UserID `json:"user_ids,omitzero"`
	Teams []tool.TeamID `json:"team_ids,omitzero"`
	span
}

// Check refuses a time that PagerDuty doesn't tell of.
func (in loadInput) Check(call *tool.Call) error {
	_, err := past(call, in.span, loadDays)
	return err
}

// loads is what get_oncall_load answers: who has most first.
type loads struct {
	Window string      `json:"window"`
	People []load      `json:"people"`
	Spread *loadSpread `json:"spread,omitzero"`
	Hours  string      `json:"hours_mean"`
	Next   []next      `json:"next_calls,omitempty"`
}

// load is how much of on-call somebody had.
type load struct {
	tool.Ref
	TimeZone string  `json:"time_zone,omitzero"`
	OnCall   float64 `json:"on_call_hours"`
	First    float64 `json:"first_level_hours"`
	Pages    int     `json:"pages"` // notifications
	Business int     `json:"interruptions_business"`
	Off      int     `json:"interruptions_off"`
	Sleep    int     `json:"interruptions_sleep"`
}

func (l load) interruptions() int { return l.Business + l.Off + l.Sleep }

// loadSpread tells how even the load is.
type loadSpread struct {
	Hours         minMax `json:"on_call_hours"`
	Interruptions minMax `json:"interruptions"`
	Says          string `json:"says"`
}

type minMax struct {
	Least  float64 `json:"least"`
	Median float64 `json:"median"`
	Most   float64 `json:"most"`
}

const hoursMean = "business: Mon to Fri 8 to 18; sleep: 22 to 8; off: the rest; by each person's clock. Interruptions: phone, SMS and push, those within 10 minutes as one."

func getLoad(ctx context.Context, call tool.Reading, in loadInput) (loads, error) {
	w, err := past(call.Call, in.span, loadDays)
	if err != nil {
		return loads{}, err
	}
	call.Steps(3)
	people, err := in.people(ctx, call)
	if err != nil {
		return loads{}, err
	}
	call.Step()
	out := loads{Window: call.Window(w.From, w.To), People: []load{}, Hours: hoursMean}
	if len(people) == 0 {
		call.Note("The teams have no members.")
		return out, nil
	}
	var shifts []pdapi.OnCall
	var told map[string][]pdapi.Notification
	parts := []func(context.Context) error{
		func(ctx context.Context) (err error) { shifts, err = shiftsOf(ctx, call, people, w); return err },
		func(ctx context.Context) (err error) { told, err = toldOf(ctx, call, w); return err },
	}
	if _, err := tool.SideBySide(ctx, call.PD.Room(len(parts)), parts, func(ctx context.Context, part func(context.Context) error) (struct{}, error) {
		defer call.Step()
		return struct{}{}, part(ctx)
	}); err != nil {
		return loads{}, err
	}
	for _, u := range people {
		out.People = append(out.People, loadOf(call, u, shifts, told[u.ID], w))
	}
	slices.SortStableFunc(out.People, func(x, y load) int {
		return cmp.Or(cmp.Compare(y.Sleep, x.Sleep), cmp.Compare(y.interruptions(), x.interruptions()), cmp.Compare(y.OnCall, x.OnCall), compareRefs(x.Ref, y.Ref))
	})
	out.spread()
	return out, nil
}

// people are those who were asked for: users, members of teams, or who asks.
func (in loadInput) people(ctx context.Context, call tool.Reading) ([]pdapi.User, error) {
	if len(in.Users) == 0 && len(in.Teams) == 0 {
		me, err := call.PD.Me(ctx)
		if err != nil {
			return nil, err
		}
		return []pdapi.User{me}, nil
	}
	known, err := usersByID(ctx, call, tool.Strings(in.Users))
	if err != nil {
		return nil, err
	}
	var all []pdapi.User
	for _, id := range in.Users {
		if u, ok := known[string(id)]; ok {
			all = append(all, u)
		}
	}
	if len(in.Teams) > 0 {
		for page, err := range call.PD.Users(ctx, pdapi.UserFilter{TeamIDs: tool.Strings(in.Teams)}, pdapi.Window{Limit: maxCandidates}) {
			if err != nil {
				return nil, err
			}
			if page.More && len(all)+len(page.Items) >= maxCandidates {
				call.Note("Only the first %d members were looked at.", maxCandidates)
			}
			for _, u := range page.Items {
				if _, twice := known[u.ID]; !twice {
					all = append(all, u)
				}
			}
		}
	}
	return all, nil
}

// shiftsOf reads when people were on call.
func shiftsOf(ctx context.Context, call tool.Reading, people []pdapi.User, w interval) ([]pdapi.OnCall, error) {
	var ids []string
	for _, u := range people {
		ids = append(ids, u.ID)
	}
	ids = distinct(ids)
	all, complete, err := onCalls(ctx, call, pdapi.OnCallFilter{UserIDs: ids, Since: w.From, Until: w.To})
	if err == nil && !complete {
		call.Note("There are more than %d shifts; hours on call are too low. Ask for a shorter time.", maxOnCalls)
	}
	return all, err
}

// toldOf reads whom PagerDuty told of incidents. That it can't be read costs that
// alone.
func toldOf(ctx context.Context, call tool.Reading, w interval) (map[string][]pdapi.Notification, error) {
	out := map[string][]pdapi.Notification{}
	for page, err := range call.PD.Notifications(ctx, pdapi.NotificationFilter{Since: w.From, Until: w.To}, pdapi.Window{Limit: pdapi.MaxDepth}) {
		if ctx.Err() != nil {
			return nil, err
		}
		if err != nil {
			call.Note("Pages and interruptions could not be read (%s): they are too low or 0 here.", briefly(err))
			return out, nil
		}
		for _, n := range page.Items {
			out[n.User.ID] = append(out[n.User.ID], n)
		}
		if page.More && page.Capped {
			call.Note("There were more than %d notifications in that time, so pages and interruptions are too low; ask for a shorter time.", pdapi.MaxDepth)
		}
	}
	return out, nil
}

// loadOf is the load of one person. Being named by a policy itself is no shift.
func loadOf(call tool.Reading, u pdapi.User, shifts []pdapi.OnCall, told []pdapi.Notification, w interval) load {
	l := load{Ref: tool.Ref{ID: u.ID, Summary: u.Name}, TimeZone: u.TimeZone, Pages: len(told)}
	var all, first intervals
	for _, o := range shifts {
		i, ok := within(o.Start, o.End, w)
		if o.User == nil || o.User.ID != u.ID || !ok || o.Start.IsZero() && o.End.IsZero() {
			continue
		}
		if all = append(all, i); o.Level == 1 {
			first = append(first, i)
		}
	}
	l.OnCall, l.First = all.hours(), first.hours()
	zone := when.PagerDutyZone(u.TimeZone)
	if zone == nil {
		zone = time.UTC
		call.Note("%s has no time zone that is known here; theirs is taken as UTC.", wording.Quote(u.Name))
	}
	for _, at := range interruptions(told) {
		switch partOfDay(at.In(zone)) {
		case sleep:
			l.Sleep++
		case business:
			l.Business++
		default:
			l.Off++
		}
	}
	return l
}

// part is a part of the day of somebody who works.
type part int

const (
	off part = iota
	business
	sleep
)

// partOfDay is the part that a moment is in, by the clock it is given in. PagerDuty's
// analytics divide days so, too.
func partOfDay(local time.Time) part {
	weekend := local.Weekday() == time.Saturday || local.Weekday() == time.Sunday
	switch h := local.Hour(); {
	case h >= 22 || h < 8:
		return sleep
	case h < 18 && !weekend:
		return business
	}
	return off
}

// spread says how even the load of several people is, and what evens it.
func (l *loads) spread() {
	if len(l.People) < 2 {
		return
	}
	var hours, broken []float64
	sum, most := 0.0, l.People[0]
	for _, p := range l.People {
		hours, broken = append(hours, p.OnCall), append(broken, float64(p.interruptions()))
		if sum += float64(p.interruptions()); p.interruptions() > most.interruptions() {
			most = p
		}
	}
	s := &loadSpread{Hours: spreadOf(hours), Interruptions: spreadOf(broken)}
	if s.Says = "Nobody was interrupted."; sum > 0 {
		s.Says = fmt.Sprintf("%s had %s of all interruptions; an even share is %s.",
			wording.Shorten(most.Summary, 80), percent(float64(most.interruptions()), sum), percent(1, float64(len(l.People))))
		l.Next = []next{{"list_notifications", map[string]any{"user_ids": []string{most.ID}, "since": "7d"}}}
	}
	l.Spread = s
}

func spreadOf(values []float64) minMax {
	slices.Sort(values)
	n := len(values)
	return minMax{values[0], (values[(n-1)/2] + values[n/2]) / 2, values[n-1]}
}
