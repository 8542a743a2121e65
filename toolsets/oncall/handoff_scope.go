package oncall

import (
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

// shiftScope is whose shift is handed over, and what belonged to it.
type shiftScope struct {
	of        string
	window    interval
	policies  []pdapi.EscalationPolicy
	schedules []tool.Ref // whose overrides count
	only      string     // of the policies only what this schedule has; "" for all
	user      string     // whose shift it is, if it was asked for as theirs
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
		s.of += fmt.Sprintf(", shift of %s", tool.NameOf(last.User, 80))
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
	s := shiftScope{of: "shift of " + wording.Shorten(me.Name, 80), window: window, user: me.ID}
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
