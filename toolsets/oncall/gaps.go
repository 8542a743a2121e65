package oncall

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

var gapTools = []tool.Tool{
	tool.Read("find_coverage_gaps", "Find coverage gaps",
		"Where nobody is on call in the next 14 days, levels without anyone, one person on two levels at once, deleted users. Of all escalation policies unless narrowed.",
		findGaps),
}

type gapsInput struct {
	Schedules []tool.ScheduleID         `json:"schedule_ids,omitzero"`
	Policies  []tool.EscalationPolicyID `json:"escalation_policy_ids,omitzero"`
	Teams     []tool.TeamID             `json:"team_ids,omitzero"`
	span
}

const (
	gapDays     = 14
	maxPolicies = 300 // that are looked at
	maxGaps     = 4   // of one kind, of one policy or schedule, that are shown
	maxFindings = 30
	maxNext     = 3
	// policiesAtOnce is how many policies are asked about in one request: their ids
	// are in its URL.
	policiesAtOnce = 60
)

// Check refuses times of which PagerDuty does not know who is on call.
func (in gapsInput) Check(call *tool.Call) error {
	since, until, err := window(call, in.span, gapDays)
	if err != nil {
		return err
	}
	return knownTimes(call, since, until)
}

// knownTimes refuses a part of time that PagerDuty doesn't know on-calls of.
func knownTimes(call *tool.Call, since, until time.Time) error {
	switch {
	case until.After(call.Now.AddDate(0, 0, daysAhead)):
		return tool.Wrong("until: %s is more than %d days ahead, which is as far as PagerDuty knows who is on call", when.Clock(until, call.Zone), daysAhead)
	case until.After(since.AddDate(0, 3, 0)):
		return tool.Wrong("since: PagerDuty gives at most three months of on-calls at a time; ask for a shorter time")
	}
	return nil
}

// coverage is what find_coverage_gaps answers: the worst first.
type coverage struct {
	Window   string    `json:"window"`
	Looked   string    `json:"looked_at"`
	Findings []finding `json:"findings"`
	Next     []next    `json:"next_calls,omitempty"`
}

// next is a call that does something about what was found.
type next struct {
	Tool      string         `json:"tool"`
	Arguments map[string]any `json:"arguments"`
}

// finding is what is wrong with an escalation policy or a schedule.
type finding struct {
	Policy   *tool.Ref  `json:"escalation_policy,omitzero"`
	Schedule *tool.Ref  `json:"schedule,omitzero"`
	Nobody   *uncovered `json:"nobody_at_all,omitzero"`
	Levels   []levelGap `json:"levels,omitempty"`
	Twice    []twice    `json:"same_person_on_levels,omitempty"`
	Deleted  []string   `json:"deleted_users,omitempty"`
	Problem  string     `json:"problem,omitzero"` // why it could not be looked at
	gaps     []fillable
}

// uncovered is time without anybody.
type uncovered struct {
	Hours float64   `json:"hours"`
	Gaps  intervals `json:"gaps,omitempty"`
	More  int       `json:"more_gaps,omitzero"`
}

type levelGap struct {
	Level   int    `json:"level"`
	Targets string `json:"targets,omitzero"`
	Never   bool   `json:"never_anyone,omitzero"`
	*uncovered
}

// twice is somebody who is on several levels at once: if they do not answer at the
// first, the next does not help.
type twice struct {
	User   tool.Ref  `json:"user"`
	Levels []int     `json:"levels"`
	Hours  float64   `json:"hours"`
	First  time.Time `json:"first"`
}

// fillable is a gap that an override of a schedule fills.
type fillable struct {
	schedule string
	interval
}

// uncover is the time of a part that shifts do not have, nil if they have it all.
func uncover(covered intervals, whole interval) *uncovered {
	gaps := covered.gaps(whole)
	if len(gaps) == 0 {
		return nil
	}
	u := &uncovered{Hours: gaps.hours(), Gaps: gaps}
	if n := len(gaps) - maxGaps; n > 0 {
		u.Gaps, u.More = gaps[:maxGaps], n
	}
	return u
}

func findGaps(ctx context.Context, call tool.Reading, in gapsInput) (coverage, error) {
	since, until, err := window(call.Call, in.span, gapDays)
	if err != nil {
		return coverage{}, err
	}
	whole := interval{since, until}
	call.Steps(1)
	policies, err := in.policies(ctx, call)
	if err != nil {
		return coverage{}, err
	}
	schedules, err := in.schedules(ctx, call)
	if err != nil {
		return coverage{}, err
	}
	call.Steps((len(policies)+policiesAtOnce-1)/policiesAtOnce + len(schedules))
	call.Step()
	rosters, err := rostersOf(ctx, call, policies, whole, call.Step)
	if err != nil {
		return coverage{}, err
	}
	rendered, err := tool.SideBySide(ctx, call.PD.Room(atOnce), schedules, func(ctx context.Context, id string) (finding, error) {
		defer call.Step()
		return scheduleGaps(ctx, call, id, whole)
	})
	if err != nil {
		return coverage{}, err
	}
	out := coverage{Window: call.Window(since, until), Looked: counted(len(policies), "escalation policy", "escalation policies") + ", " + counted(len(schedules), "schedule", "schedules"), Findings: []finding{}}
	for _, p := range policies {
		out.add(policyGaps(p, rosters[p.ID], whole))
	}
	for _, f := range rendered {
		out.add(f)
	}
	out.finish(call)
	return out, nil
}

// add keeps what is wrong; of what is not, nothing is said.
func (c *coverage) add(f finding) {
	if f.Nobody != nil || f.Levels != nil || f.Twice != nil || f.Deleted != nil || f.Problem != "" {
		c.Findings = append(c.Findings, f)
	}
}

// finish sorts the findings, the worst first, and says what to do about those.
func (c *coverage) finish(call tool.Reading) {
	weight := func(f finding) float64 {
		w := float64(len(f.Deleted)) + float64(len(f.Twice))
		switch {
		case f.Nobody != nil && f.Policy != nil: // incidents page nobody
			w += 1e6 + f.Nobody.Hours
		case f.Nobody != nil:
			w += 2e3 + f.Nobody.Hours
		}
		for _, l := range f.Levels {
			w += 1e3 / float64(l.Level)
		}
		return w
	}
	slices.SortStableFunc(c.Findings, func(x, y finding) int { return cmp.Compare(weight(y), weight(x)) })
	if n := len(c.Findings) - maxFindings; n > 0 {
		call.Note("%d more policies and schedules with gaps were left out; ask for fewer at a time.", n)
		c.Findings = c.Findings[:maxFindings]
	}
	seen := map[fillable]bool{}
	for _, f := range c.Findings {
		for _, g := range f.gaps {
			if len(c.Next) == maxNext {
				return
			}
			if !seen[g] && g.To.After(call.Now) {
				seen[g] = true
				c.Next = append(c.Next, next{"find_cover", map[string]any{
					"schedule_id": g.schedule, "start": g.From.Format(time.RFC3339), "end": g.To.Format(time.RFC3339),
				}})
				break // one for each
			}
		}
	}
	if len(c.Findings) == 0 {
		call.Note("No gaps: every level has somebody all the time.")
	}
}

// policies are the escalation policies to look at.
func (in gapsInput) policies(ctx context.Context, call tool.Reading) ([]pdapi.EscalationPolicy, error) {
	found, err := tool.SideBySide(ctx, call.PD.Room(atOnce), in.Policies, func(ctx context.Context, id tool.EscalationPolicyID) (pdapi.EscalationPolicy, error) {
		return policyByID(ctx, call, string(id))
	})
	if err != nil || len(in.Teams) == 0 && len(in.Policies)+len(in.Schedules) > 0 {
		return found, err
	}
	listed, err := policiesOf(ctx, call, tool.Strings(in.Teams))
	for _, p := range listed {
		if !slices.ContainsFunc(found, func(other pdapi.EscalationPolicy) bool { return other.ID == p.ID }) {
			found = append(found, p)
		}
	}
	return found, err
}

// schedules are the ids of the schedules to look at by themselves.
func (in gapsInput) schedules(ctx context.Context, call tool.Reading) ([]string, error) {
	ids := tool.Strings(in.Schedules)
	if len(in.Teams) == 0 {
		return ids, nil
	}
	found, err := schedulesOf(ctx, call, tool.Strings(in.Teams))
	for _, s := range found {
		ids = append(ids, s.ID)
	}
	return distinct(ids), err
}

// policyGaps is what is wrong with an escalation policy.
func policyGaps(p pdapi.EscalationPolicy, r roster, whole interval) finding {
	f := finding{Policy: &tool.Ref{ID: p.ID, Summary: p.Name}}
	levels := make([]intervals, len(p.Rules)+1)
	people := map[string]map[int]intervals{} // by user and level
	names := map[string]tool.Ref{}
	for _, o := range r {
		i, ok := within(o.Start, o.End, whole)
		if o.User == nil || !ok || o.Level < 1 || o.Level >= len(levels) {
			continue
		}
		if !o.User.DeletedAt.IsZero() {
			f.Deleted = append(f.Deleted, deletedIn(o.User.Summary, o.Level, o.Schedule))
			continue
		}
		levels[o.Level] = append(levels[o.Level], i)
		if names[o.User.ID] = *tool.RefTo(o.User); people[o.User.ID] == nil {
			people[o.User.ID] = map[int]intervals{}
		}
		people[o.User.ID][o.Level] = append(people[o.User.ID][o.Level], i)
	}
	f.Deleted = distinct(f.Deleted)
	f.Nobody = uncover(slices.Concat(levels...), whole)
	for n, covered := range levels[1:] {
		u := uncover(covered, whole)
		if u == nil {
			continue
		}
		rule := p.Rules[n]
		f.Levels = append(f.Levels, levelGap{Level: n + 1, Targets: targetNames(rule), Never: len(covered) == 0, uncovered: u})
		for _, t := range rule.Targets {
			if strings.HasPrefix(t.Type, "schedule") {
				f.gaps = append(f.gaps, fillable{t.ID, u.Gaps[0]})
				break
			}
		}
	}
	f.Twice = onSeveral(people, names)
	return f
}

func deletedIn(name string, level int, schedule *pdapi.Reference) string {
	where := "named by the policy itself"
	if schedule != nil {
		where = "in " + wording.Shorten(schedule.Summary, 60)
	}
	return wording.Shorten(name, 60) + " (level " + itoa(level) + ", " + where + ")"
}

func targetNames(rule pdapi.EscalationRule) string {
	var names []string
	for _, t := range rule.Targets {
		names = append(names, wording.Shorten(t.Summary, 60))
	}
	return strings.Join(names, ", ")
}

// onSeveral are those who are on more than one level at once.
func onSeveral(people map[string]map[int]intervals, names map[string]tool.Ref) (out []twice) {
	for id, byLevel := range people {
		var levels []int
		var together intervals
		for x, a := range byLevel {
			for y, b := range byLevel {
				if x < y {
					if shared := a.both(b); len(shared) > 0 {
						together = append(together, shared...)
						levels = append(levels, x, y)
					}
				}
			}
		}
		if len(together) > 0 {
			slices.Sort(levels)
			out = append(out, twice{names[id], slices.Compact(levels), together.hours(), together.union()[0].From})
		}
	}
	slices.SortFunc(out, func(x, y twice) int { return cmp.Or(cmp.Compare(y.Hours, x.Hours), cmp.Compare(x.User.ID, y.User.ID)) })
	return out
}

// scheduleGaps is what is wrong with a schedule of either kind. One that can't be read
// is a line.
func scheduleGaps(ctx context.Context, call tool.Reading, id string, whole interval) (finding, error) {
	s, err := readSchedule(ctx, call, id, whole)
	switch {
	case ctx.Err() != nil || errors.Is(err, pdapi.ErrUnauthorized):
		return finding{}, err
	case err != nil:
		return finding{Schedule: &tool.Ref{ID: id}, Problem: "could not be read (" + briefly(err) + ")"}, nil
	}
	f := finding{Schedule: &s.Ref}
	var covered intervals
	for _, shift := range s.Shifts {
		if i, ok := within(shift.Start, shift.End, whole); ok && shift.User.DeletedAt.IsZero() {
			covered = append(covered, i)
		}
	}
	for _, u := range s.Users {
		if !u.DeletedAt.IsZero() {
			f.Deleted = append(f.Deleted, wording.Shorten(u.Summary, 60))
		}
	}
	if f.Nobody = uncover(covered, whole); f.Nobody != nil {
		f.gaps = []fillable{{id, f.Nobody.Gaps[0]}}
	}
	return f, nil
}
