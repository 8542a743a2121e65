package oncall

import (
	"context"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

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
	_, err := tool.SideBySide(ctx, call.PD.Room(len(parts)), parts, func(ctx context.Context, part func(context.Context) error) (struct{}, error) {
		return struct{}{}, part(ctx)
	})
	return err
}

// successors says who is on call now and who after them, where that is paged first.
func (h *handoff) successors(ctx context.Context, call tool.Reading, scope shiftScope, ahead interval) error {
	rosters, err := rostersOf(ctx, call, scope.policies, ahead, func() {})
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
		names = append(names, tool.NameOf(*o.User, 60))
	}
	return names
}

func (h *handoff) overridesAhead(ctx context.Context, call tool.Reading, scope shiftScope, ahead interval) error {
	schedules := scope.schedules
	if n := len(schedules) - maxSchedules/5; n > 0 {
		schedules = schedules[:len(schedules)-n]
	}
	found, err := tool.SideBySide(ctx, call.PD.Room(atOnce), schedules, func(ctx context.Context, s tool.Ref) ([]override, error) {
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
				if o.User.Deleted {
					one.User += " (deleted)"
				}
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
