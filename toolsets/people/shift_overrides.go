package people

import (
	"context"
	"fmt"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
)

// createShiftOverrides makes overrides in a shift-based schedule: all, or none. There
// an override takes the place of one member in one rotation, so that each is made of
// one for every shift that it touches.
func createShiftOverrides(ctx context.Context, call tool.Writing, schedule string, wanted []pdapi.NewOverride) (tool.List[created], error) {
	list := tool.List[created]{Name: "overrides"}
	var all []pdapi.NewOverrideV3
	for i, w := range wanted {
		found, err := call.PD.ScheduleV3(ctx, schedule, w.Start, w.End, "")
		if err != nil {
			return list, err
		}
		parts, err := overShifts(call, i, w, found.Final)
		if err != nil {
			return list, err
		}
		all = append(all, parts...)
	}
	made, err := call.PD.CreateOverridesV3(ctx, schedule, all)
	if err != nil {
		return list, tool.Unsure(err, "Look with list_schedule_overrides before doing it again.")
	}
	for _, o := range made {
		list.Items = append(list.Items, created{o.ID, shift{&tool.Ref{ID: o.Overriding.UserID}, o.Start.Time, o.End.Time}})
	}
	return list, nil
}

// overShifts are the overrides that put a user into the shifts of a part of time.
func overShifts(call tool.Writing, n int, w pdapi.NewOverride, final *pdapi.FinalScheduleV3) (parts []pdapi.NewOverrideV3, err error) {
	if final == nil {
		return nil, fmt.Errorf("overrides[%d]: PagerDuty did not say who has the shifts then, so nothing was changed; try again", n)
	}
	at := w.Start
	gap := func(until time.Time) {
		if at.Before(until) {
			call.Note("From %s to %s the schedule has no shift, and an override can't make one.", when.Clock(at, call.Zone), when.Clock(until, call.Zone))
		}
	}
	for _, s := range final.Shifts {
		start, end := s.Start.Time, s.End.Time
		if start.Before(w.Start) {
			start = w.Start
		}
		if end.After(w.End) {
			end = w.End
		}
		switch {
		case !start.Before(end):
			continue
		case s.Source.OverrideID != "":
			return nil, tool.Wrong("overrides[%d]: from %s on there is the override %s already; change it with update_schedule_override, or delete it", n, when.Clock(start, call.Zone), s.Source.OverrideID)
		}
		gap(start)
		if at.Before(end) {
			at = end
		}
		if s.Member.UserID == w.UserID {
			call.Note("From %s to %s it is their own shift.", when.Clock(start, call.Zone), when.Clock(end, call.Zone))
			continue
		}
		part := pdapi.NewOverrideV3{RotationID: s.Source.RotationID, OverriddenID: s.Member.UserID, UserID: w.UserID, Start: start, End: end}
		if part.RotationID == "" {
			part.CustomShiftID = s.Source.ShiftID
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return nil, tool.Wrong("overrides[%d]: the schedule has no shift of somebody else then, and an override can't make one", n)
	}
	gap(w.End)
	return parts, nil
}
