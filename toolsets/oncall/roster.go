package oncall

import (
	"context"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

const (
	// daysAhead is how far ahead PagerDuty knows who is on call.
	daysAhead = 90
	// maxOnCalls bounds the on-calls that one tool reads.
	maxOnCalls = 5000
)

// onCalls reads who is on call. Whole is false if there are more than are read.
func onCalls(ctx context.Context, call tool.Reading, f pdapi.OnCallFilter) (all []pdapi.OnCall, whole bool, err error) {
	whole = true
	for page, err := range call.PD.OnCalls(ctx, f, pdapi.Window{Limit: maxOnCalls}) {
		if err != nil {
			return nil, false, err
		}
		all, whole = append(all, page.Items...), !page.More
	}
	return all, whole, nil
}

// has reports whether a shift has a moment. One without times is for ever.
func has(o pdapi.OnCall, at time.Time) bool {
	return (o.Start.IsZero() || !at.Before(o.Start.Time)) && (o.End.IsZero() || at.Before(o.End.Time))
}

// roster is who is on call at the levels of one escalation policy.
type roster []pdapi.OnCall

// at are those of a level who can be paged at a moment, each once. Users who were
// deleted can't be.
func (r roster) at(level int, at time.Time) []pdapi.OnCall {
	var out []pdapi.OnCall
	for _, o := range r {
		if o.Level != level || o.User == nil || !o.User.DeletedAt.IsZero() || !has(o, at) {
			continue
		}
		same := func(other pdapi.OnCall) bool { return other.User.ID == o.User.ID }
		if i := slices.IndexFunc(out, same); i < 0 {
			out = append(out, o)
		} else if out[i].End.IsZero() && !o.End.IsZero() {
			out[i] = o // the schedule says more
		}
	}
	return out
}

// deleted are the users of a level who would be on call at a moment if they were not
// deleted.
func (r roster) deleted(level int, at time.Time) []pdapi.OnCall {
	return slices.DeleteFunc(slices.Clone(r), func(o pdapi.OnCall) bool {
		return o.Level != level || o.User == nil || o.User.DeletedAt.IsZero() || !has(o, at)
	})
}

// from is the first level, from one on, that has somebody at a moment; 0 for none.
// PagerDuty passes over the others at once.
func (r roster) from(level, levels int, at time.Time) int {
	for ; level <= levels; level++ {
		if len(r.at(level, at)) > 0 {
			return level
		}
	}
	return 0
}

// step is a moment at which an incident that nobody acknowledges goes to people.
type step struct {
	At     time.Time
	Level  int // from one on
	Round  int // how often the policy was repeated before
	People []pdapi.OnCall
	Raised bool // not by time: its urgency became high
}

// length is how long an incident can go through a policy before nobody is left.
func length(p pdapi.EscalationPolicy) time.Duration {
	var once time.Duration
	for _, rule := range p.Rules {
		once += time.Duration(rule.Delay) * time.Minute
	}
	return once * time.Duration(p.Loops+1)
}

// maxSteps bounds a walk.
const maxSteps = 200

// begin is the first step of an incident that begins at a moment; ok is false if
// nobody is on call at any level.
func (r roster) begin(p pdapi.EscalationPolicy, at time.Time) (step, bool) {
	n := r.from(1, len(p.Rules), at)
	return step{At: at, Level: n, People: r.at(n, at)}, n > 0
}

// onward are the steps after one: level by level while there is somebody, then from
// the first again, as often as the policy says.
func (r roster) onward(p pdapi.EscalationPolicy, from step) []step {
	var out []step
	for s := from; len(out) < maxSteps; {
		next := step{At: s.At.Add(time.Duration(p.Rules[s.Level-1].Delay) * time.Minute), Round: s.Round}
		if next.Level = r.from(s.Level+1, len(p.Rules), next.At); next.Level == 0 {
			if next.Round++; next.Round > p.Loops {
				break
			}
			next.Level = r.from(1, len(p.Rules), next.At)
		}
		if next.Level == 0 {
			break
		}
		next.People = r.at(next.Level, next.At)
		out, s = append(out, next), next
	}
	return out
}

// rostersOf reads who is on call for policies, many in one request. It calls read after
// each.
func rostersOf(ctx context.Context, call tool.Reading, policies []pdapi.EscalationPolicy, whole interval, read func()) (map[string]roster, error) {
	var ids []string
	for _, p := range policies {
		ids = append(ids, p.ID)
	}
	ids = distinct(ids)
	found, err := tool.SideBySide(ctx, 2, slices.Collect(slices.Chunk(ids, policiesAtOnce)), func(ctx context.Context, some []string) ([]pdapi.OnCall, error) {
		defer read()
		all, complete, err := onCalls(ctx, call, pdapi.OnCallFilter{PolicyIDs: some, Since: whole.From, Until: whole.To})
		if err == nil && !complete {
			return nil, tool.Wrong("until: there are more than %d shifts in that time; ask for a shorter time or fewer policies", maxOnCalls)
		}
		return all, err
	})
	if err != nil {
		return nil, err
	}
	out := map[string]roster{}
	for _, o := range slices.Concat(found...) {
		if o.Policy != nil {
			out[o.Policy.ID] = append(out[o.Policy.ID], o)
		}
	}
	return out, nil
}
