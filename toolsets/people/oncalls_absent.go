package people

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

const (
	// maxExplained is for how many schedules it is explained that nobody is listed.
	maxExplained = 5
	// maxTold is how many shifts of such a schedule are told.
	maxTold = 3
)

// absentees say what it means that a list of on-calls has nobody, or nobody for some
// of the schedules asked for. PagerDuty knows on-calls by escalation policy: of a
// schedule that no policy uses it lists nobody, though somebody has the shift.
type absentees struct {
	call         tool.Reading
	list         *tool.List[onCall]
	since, until time.Time // zero for this moment
	moment       bool      // it is about this moment
	zone, when   string
}

func (a absentees) explain(ctx context.Context, in listOnCallsInput, rows []pdapi.OnCall) {
	var missing []tool.ScheduleID
	for _, id := range in.ScheduleIDs {
		if !slices.ContainsFunc(rows, func(o pdapi.OnCall) bool { return o.Schedule != nil && o.Schedule.ID == string(id) }) {
			missing = append(missing, id)
		}
	}
	if a.since.IsZero() {
		a.since, a.until = a.call.Now, a.call.Now
	}
	if a.moment = a.since.Equal(a.until); a.moment {
		a.until = a.since.Add(time.Minute)
	}
	none := len(rows) == 0 && in.Offset == 0
	unused := 0
	for _, id := range missing[:min(len(missing), maxExplained)] {
		found, err := a.shiftsOf(ctx, string(id))
		switch {
		case err != nil:
			a.list.AddNote("Why the schedule %s is not in this list could not be read.", id)
		case len(found.policies) == 0:
			unused++
			a.list.AddNote("No escalation policy uses the schedule %s, so it pages no one and is not in this list. By the schedule itself %s.", wording.Quote(found.name), found.told)
		case len(rows) > 0 && in.Offset == 0 && a.list.Next == 0 && len(in.UserIDs)+len(in.PolicyIDs)+len(in.ServiceIDs)+len(in.TeamIDs) == 0:
			a.list.AddNote("No one is on call by the schedule %s %s.", wording.Quote(found.name), a.when)
		}
	}
	if len(missing) > maxExplained && !none {
		a.list.AddNote("For %d more of the schedules asked for nobody is listed.", len(missing)-maxExplained)
	}
	switch {
	case !none || unused > 0 && unused == len(missing):
	case len(in.ScheduleIDs) > 0 && len(missing) <= maxExplained:
		a.list.AddNote("No one is on call %s for what was asked.", a.when)
	default:
		a.list.AddNote("No one is on call %s for what was asked. Shifts of schedules that no escalation policy uses are not listed here; get_schedule has them.", a.when)
	}
}

// unlisted is a schedule of which a list has nobody.
type unlisted struct {
	name     string
	policies []pdapi.Reference // that use it
	told     string            // in a clause, who has its shifts
}

// shiftsOf reads who has the shifts of a schedule of either kind.
func (a absentees) shiftsOf(ctx context.Context, id string) (unlisted, error) {
	found, err := a.call.PD.Schedule(ctx, id, a.since, a.until, a.zone)
	if err == nil {
		return unlisted{found.Name, found.Policies, a.tell(shifts(found.Final))}, nil
	}
	if !errors.Is(err, pdapi.ErrShiftBased) {
		return unlisted{}, err
	}
	other, err := a.call.PD.ScheduleV3(ctx, id, a.since, a.until, a.zone)
	if err != nil {
		return unlisted{}, err
	}
	return unlisted{other.Name, other.Policies, a.tell(shiftsV3(ctx, a.call.PD, other.Final, maxTold))}, nil
}

// shiftsV3 are the shifts of a shift-based schedule; PagerDuty tells only the ids of
// the users, and the names of the first ones are looked up.
func shiftsV3(ctx context.Context, pd pdapi.Reader, final *pdapi.FinalScheduleV3, named int) []shift {
	if final == nil {
		return nil
	}
	var out []shift
	var ids []tool.UserID
	for _, s := range final.Shifts {
		if s.Member.UserID == "" { // on purpose nobody
			continue
		}
		if out = append(out, shift{&tool.Ref{ID: s.Member.UserID}, s.Start.Time, s.End.Time}); len(out) <= named {
			ids = append(ids, tool.UserID(s.Member.UserID))
		}
	}
	for _, ref := range tool.Summaries(ctx, pd, ids) {
		for i := range out {
			if out[i].User.ID == ref.ID {
				out[i].User = &ref
			}
		}
	}
	return out
}

// tell says in a clause who has the first shifts. PagerDuty cuts them off where the
// range ends, so that at a moment they have no beginning and no end.
func (a absentees) tell(all []shift) string {
	if len(all) == 0 {
		return "nobody has the shift then"
	}
	var told []string
	for _, s := range all[:min(len(all), maxTold)] {
		who := s.User.ID
		if s.User.Summary != "" {
			who = fmt.Sprintf("%s (%s)", wording.Quote(s.User.Summary), s.User.ID)
		}
		if s.User.Deleted {
			who += ", a deleted user,"
		}
		who += " has the shift"
		if !a.moment {
			who += fmt.Sprintf(" from %s until %s", s.Start.Format(time.RFC3339), s.End.Format(time.RFC3339))
		}
		told = append(told, who)
	}
	if more := len(all) - len(told); more > 0 {
		told = append(told, fmt.Sprintf("%d more follow", more))
	}
	return strings.Join(told, ", ")
}

// maxStrategies is of how many policies it is read whether they page in turn.
const maxStrategies = 10

// markRoundRobin marks the people of whom an incident reaches one in turn. On-calls
// don't tell, and without it all people of a level look as if they were paged. What
// has one person on a level at a time needs no look.
func markRoundRobin(ctx context.Context, pd pdapi.Reader, list *tool.List[onCall], rows []pdapi.OnCall) {
	var policies []string
	for i, o := range rows {
		if o.Policy == nil || o.Policy.ID == "" || o.User == nil || slices.Contains(policies, o.Policy.ID) {
			continue
		}
		if slices.ContainsFunc(rows[:i], func(other pdapi.OnCall) bool { return besides(o, other) }) {
			policies = append(policies, o.Policy.ID)
		}
	}
	if len(policies) == 0 {
		return
	}
	left := max(0, len(policies)-maxStrategies)
	found, err := tool.SideBySide(ctx, 4, policies[:len(policies)-left], pd.EscalationPolicy)
	if err != nil || left > 0 {
		list.AddNote("Several people on one level may be paged in turn (round robin) instead of all at once; get_escalation_policy tells.")
	}
	for i, o := range rows {
		for _, p := range found {
			if o.Policy != nil && o.Policy.ID == p.ID && o.Level >= 1 && o.Level <= len(p.Rules) {
				list.Items[i].RoundRobin = p.Rules[o.Level-1].Strategy == pdapi.RoundRobin
			}
		}
	}
}

// besides reports whether two people are on one level of a policy at the same time.
func besides(o, other pdapi.OnCall) bool {
	return other.Policy != nil && other.User != nil && other.Policy.ID == o.Policy.ID && other.Level == o.Level && other.User.ID != o.User.ID &&
		(o.Start.IsZero() || other.End.IsZero() || o.Start.Before(other.End.Time)) &&
		(o.End.IsZero() || other.Start.IsZero() || other.Start.Before(o.End.Time))
}
