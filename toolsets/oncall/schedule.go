package oncall

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// plan is a schedule of either kind, and who has its shifts.
type plan struct {
	tool.Ref
	Zone       string
	Teams      []pdapi.Reference
	Policies   []pdapi.Reference
	Users      []pdapi.Reference
	Shifts     []pdapi.Shift
	shiftBased bool
	known      users    // those of a shift-based schedule, who had to be read
	Rotations  []string // of a shift-based schedule: of each shift the rotation; "" for other sources
}

// readSchedule reads a schedule of either kind, and its shifts in a part of time.
func readSchedule(ctx context.Context, call tool.Reading, id string, w interval) (plan, error) {
	found, err := call.PD.Schedule(ctx, id, w.From, w.To, "")
	if otherKind(err) {
		if p, other := readShiftBased(ctx, call, id, w); other == nil || errors.Is(err, pdapi.ErrShiftBased) {
			return p, other
		}
	}
	if err != nil {
		return plan{}, err
	}
	p := plan{Ref: tool.Ref{ID: found.ID, Summary: found.Name}, Zone: found.TimeZone, Teams: found.Teams, Policies: found.Policies, Users: found.Users}
	if found.Final != nil {
		p.Shifts = found.Final.Entries
	}
	return p, nil
}

func readShiftBased(ctx context.Context, call tool.Reading, id string, w interval) (plan, error) {
	found, err := call.PD.ScheduleV3(ctx, id, w.From, w.To, "")
	if err != nil {
		return plan{}, err
	}
	p := plan{Ref: tool.Ref{ID: found.ID, Summary: found.Name}, Zone: found.TimeZone, Teams: found.Teams, Policies: found.Policies, shiftBased: true}
	var ids []string
	for _, r := range found.Rotations {
		for _, e := range r.Events {
			for _, m := range e.Strategy.Members {
				ids = append(ids, m.UserID)
			}
		}
	}
	if found.Final != nil {
		for _, s := range found.Final.Shifts {
			ids = append(ids, s.Member.UserID)
		}
	}
	people, err := usersByID(ctx, call, ids)
	if err != nil {
		return plan{}, err
	}
	p.known = people
	seen := map[string]bool{"": true}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			p.Users = append(p.Users, people.reference(id))
		}
	}
	if found.Final == nil {
		return p, nil
	}
	for _, s := range found.Final.Shifts {
		if s.Member.UserID != "" { // else on purpose nobody has it
			p.Shifts = append(p.Shifts, pdapi.Shift{User: people.reference(s.Member.UserID), Start: s.Start, End: s.End})
			p.Rotations = append(p.Rotations, s.Source.RotationID)
		}
	}
	return p, nil
}

// reference is a user as other kinds of schedules name them.
func (u users) reference(id string) pdapi.Reference {
	found, ok := u[id]
	r := pdapi.Reference{ID: id, Type: "user_reference", Summary: found.Name}
	if !ok {
		r.Summary, r.DeletedAt = "a user who was deleted", longAgo
	}
	return r
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func itoa(n int) string { return strconv.Itoa(n) }
