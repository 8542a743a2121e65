package oncall

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// tell fills in an answer: the steps, who in them can't be reached, and what it comes
// to.
func (q *question) tell(ctx context.Context, call tool.Reading, out *paging, steps []step, obstacles []obstacle) error {
	reached, err := q.reaches(ctx, call, steps, out.Urgency)
	if err != nil {
		return err
	}
	call.Step()
	obstacles = append(obstacles, q.passedOver(call, steps)...)
	obstacles = append(obstacles, unreached(steps, reached)...)
	for _, o := range obstacles {
		if out.Stops = append(out.Stops, o.says); o.stops {
			out.Nobody = true
		}
	}
	different := withoutRepeats(steps)
	for _, s := range different {
		out.Sequence = append(out.Sequence, q.show(s, reached))
	}
	out.Then = q.then(call, steps)
	out.Summary = q.sum(call, *out, different)
	return nil
}

// withoutRepeats leaves out the steps that page the same people as the level did
// before.
func withoutRepeats(steps []step) (out []step) {
	for _, s := range steps {
		like := func(other step) bool {
			return other.Level == s.Level && other.Round < s.Round &&
				slices.EqualFunc(other.People, s.People, func(x, y pdapi.OnCall) bool { return x.User.ID == y.User.ID })
		}
		if !slices.ContainsFunc(out, like) {
			out = append(out, s)
		}
	}
	return out
}

// reaches finds out how everybody in the steps is told.
func (q *question) reaches(ctx context.Context, call tool.Reading, steps []step, urgency string) (map[string]reach, error) {
	var ids []string
	for _, s := range steps {
		for _, p := range s.People {
			ids = append(ids, p.User.ID)
		}
	}
	ids = distinct(ids)
	const most = 30
	if len(ids) > most {
		call.Note("How people are told was looked up for the first %d of %d.", most, len(ids))
		ids = ids[:most]
	}
	found, err := tool.SideBySide(ctx, call.PD.Room(atOnce), ids, func(ctx context.Context, id string) (reach, error) {
		return reachOf(ctx, call, id, urgency)
	})
	out := map[string]reach{}
	for i := range found {
		out[ids[i]] = found[i]
	}
	return out, err
}

// unreached are the people who are not told, or late.
func unreached(steps []step, reached map[string]reach) (out []obstacle) {
	someone, seen := false, map[string]bool{}
	for _, s := range steps {
		for _, p := range s.People {
			r := reached[p.User.ID]
			someone = someone || !r.None
			if !seen[p.User.ID] && r.Problem != "" {
				out = append(out, obstacle{fmt.Sprintf("%s (level %d) %s.", wording.Shorten(p.User.Summary, 80), s.Level, r.Problem), false})
			}
			seen[p.User.ID] = true
		}
	}
	if len(steps) > 0 && !someone {
		out = append(out, obstacle{"None of those on call is told anything.", true})
	}
	return out
}

// passedOver are the levels that have nobody when their time comes.
func (q *question) passedOver(call tool.Reading, steps []step) (out []obstacle) {
	if q.urgency.level == "low" && q.urgency.raised.IsZero() && len(steps) > 0 || q.incident != nil {
		return nil // it gets no further
	}
	for n := 1; n <= len(q.policy.Rules); n++ {
		if slices.ContainsFunc(steps, func(s step) bool { return s.Level == n }) {
			continue
		}
		at := q.at
		for _, s := range steps {
			if s.Round == 0 && s.Level < n {
				at = s.At.Add(time.Duration(q.policy.Rules[s.Level-1].Delay) * time.Minute)
			}
		}
		var names []string
		for _, t := range q.policy.Rules[n-1].Targets {
			name := wording.Shorten(t.Summary, 60)
			if !t.DeletedAt.IsZero() {
				name += ", who was deleted"
			}
			names = append(names, name)
		}
		says := fmt.Sprintf("Level %d (%s) has nobody on call at %s and is passed over", n, strings.Join(names, "; "), when.Clock(at, call.Zone))
		for _, gone := range q.roster.deleted(n, at) {
			if gone.Schedule != nil {
				says += fmt.Sprintf(": it is the turn of %s, who was deleted", wording.Shorten(gone.User.Summary, 60))
			}
		}
		out = append(out, obstacle{says + ".", false})
	}
	if len(steps) == 0 {
		out = append(out, obstacle{"The escalation policy has nobody on call at any level.", true})
	}
	if people := everybody(steps); len(people) == 1 && len(steps) > 1 {
		out = append(out, obstacle{fmt.Sprintf("Nobody but %s is ever paged: they are on every level that has anybody.", people[0]), false})
	}
	return out
}

// everybody are the names of those in some steps, each once.
func everybody(steps []step) []string {
	var names []string
	for _, s := range steps {
		for _, p := range s.People {
			names = append(names, wording.Shorten(p.User.Summary, 80))
		}
	}
	return distinct(names)
}

func (q *question) show(s step, reached map[string]reach) stage {
	shown := stage{Minutes: minutes(s.At.Sub(q.at)), Level: s.Level}
	for _, p := range s.People {
		r := reached[p.User.ID]
		one := person{Ref: *tool.RefTo(p.User), Schedule: tool.RefTo(p.Schedule), Until: "always", Told: r.How, Problem: r.Problem}
		if !p.End.IsZero() {
			one.Until = p.End.Time
		}
		shown.People = append(shown.People, one)
	}
	if q.policy.Rules[s.Level-1].Strategy == pdapi.RoundRobin {
		shown.RoundRobin = "one of these, in turn"
	}
	return shown
}

func minutes(d time.Duration) int { return int(d.Round(time.Minute) / time.Minute) }

// then says what happens after the steps that are shown.
func (q *question) then(call tool.Reading, steps []step) string {
	if len(steps) == 0 {
		return ""
	}
	last := steps[len(steps)-1]
	var parts []string
	switch again := last.Round - steps[0].Round; {
	case again > 0 && q.incident == nil:
		parts = append(parts, fmt.Sprintf("then again from the first level, %d times in all", again+1))
	case again > 1:
		parts = append(parts, fmt.Sprintf("%d times more through the whole policy", again))
	}
	if end, ends := q.resolves(); ends && (q.urgency.level == "low" && q.urgency.raised.IsZero() || !end.After(last.At.Add(time.Duration(q.policy.Rules[last.Level-1].Delay)*time.Minute))) {
		parts = append(parts, fmt.Sprintf("left alone, the incident is resolved by itself at %s", when.Clock(end, call.Zone)))
	} else if q.urgency.level == "high" || !q.urgency.raised.IsZero() {
		parts = append(parts, fmt.Sprintf("after %s nobody else is paged", when.Clock(last.At, call.Zone)))
	}
	return strings.Join(parts, "; ")
}

// sum is the answer as a sentence.
func (q *question) sum(call tool.Reading, out paging, steps []step) string {
	var parts []string
	for _, s := range steps {
		var names []string
		for _, p := range s.People {
			where := "always"
			if !p.End.IsZero() {
				where = "until " + when.Clock(p.End.Time, call.Zone)
			}
			if p.Schedule != nil {
				where = wording.Shorten(p.Schedule.Summary, 60) + ", " + where
			}
			names = append(names, fmt.Sprintf("%s (%s)", wording.Shorten(p.User.Summary, 60), where))
		}
		who := strings.Join(names, " and ")
		if len(names) > 1 && q.policy.Rules[s.Level-1].Strategy == pdapi.RoundRobin {
			who = "one in turn of " + strings.Join(names, ", ")
		}
		parts = append(parts, fmt.Sprintf("%d min %s", minutes(s.At.Sub(q.at)), who))
	}
	said := strings.Join(parts, ", ")
	switch {
	case said == "":
		return "Nobody is paged."
	case out.Nobody:
		return "Nobody is paged. Without what stops it: " + said + "."
	case out.Then != "":
		return said + "; " + out.Then + "."
	}
	return said + "."
}
