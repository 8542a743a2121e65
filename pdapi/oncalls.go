package pdapi

import (
	"context"
	"iter"
	"time"
)

// OnCall is a user who gets the incidents of an escalation policy at a level.
// Start and End are zero when the user always is, being named by the policy
// itself; then there is no Schedule.
type OnCall struct {
	User     *Reference `json:"user,omitzero"`
	Schedule *Reference `json:"schedule,omitzero"`
	Policy   *Reference `json:"escalation_policy,omitzero"`
	Level    int        `json:"escalation_level,omitzero"`
	Start    Time       `json:"start,omitzero"`
	End      Time       `json:"end,omitzero"`
}

// OnCallFilter narrows [Reader.OnCalls]. Empty fields do not.
type OnCallFilter struct {
	UserIDs, PolicyIDs, ScheduleIDs []string
	// Since and Until are now when zero; at most 90 days ahead.
	Since, Until time.Time
	TimeZone     string // of the times in the answer; the account's when empty
	// Earliest keeps only the next on-call of each user, policy and level.
	Earliest bool
}

// OnCalls lists who is on call between two times, or now.
//
// See listOnCalls in https://developer.pagerduty.com/api-reference.
func (r Reader) OnCalls(ctx context.Context, f OnCallFilter, w Window) iter.Seq2[Page[OnCall], error] {
	q := between(f.Since, f.Until)
	add(q, "user_ids[]", f.UserIDs)
	add(q, "escalation_policy_ids[]", f.PolicyIDs)
	add(q, "schedule_ids[]", f.ScheduleIDs)
	set(q, "time_zone", f.TimeZone)
	if f.Earliest {
		q.Set("earliest", "true")
	}
	return pages[OnCall](ctx, r, "oncalls", q, w, to("/oncalls"))
}
