package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

func onCallRoutes() []route {
	return []route{{
		Pattern: "GET /oncalls", Handle: listOnCalls,
		Query: rest.Paging().With(rest.Query{
			"time_zone": rest.Zone(), "include[]": rest.Among("escalation_policies", "users", "schedules"), "user_ids[]": rest.IDs(),
			"escalation_policy_ids[]": rest.IDs(), "schedule_ids[]": rest.IDs(), "since": rest.Moment(), "until": rest.Moment(), "earliest": rest.Among("true", "false"),
		}),
	}}
}

// onCall is someone on call at a level of a policy.
type onCall struct {
	entry    // without times for a user whom the policy names
	policy   *policy
	level    int
	schedule *schedule // nil for a user whom the policy names
}

func listOnCalls(c *call) *rest.Answer {
	q := c.URL.Query()
	since, until, problem := onCallRange(q, c.Now)
	if problem != nil {
		return problem
	}
	wanted := func(name, id string) bool { return len(q[name]) == 0 || slices.Contains(q[name], id) }
	var rows []onCall
	for _, p := range c.policies.All() {
		if !wanted("escalation_policy_ids[]", p.id) {
			continue
		}
		for n, l := range p.levels {
			seen := map[*user]bool{}
			for _, o := range l.shifts(since, until) {
				id := "null" // asks for users whom policies name
				if o.schedule != nil {
					id = o.schedule.id
				}
				if !wanted("schedule_ids[]", id) || !wanted("user_ids[]", o.user.id) || q.Get("earliest") == "true" && seen[o.user] {
					continue
				}
				seen[o.user] = true
				o.policy, o.level = p, n+1
				rows = append(rows, o)
			}
		}
	}
	in := c.zone(c.account.zone)
	return rest.Page(c.Call, "oncalls", rows, func(o onCall) obj { return o.object(c.account, in, q["include[]"]) })
}

// onCallRange reads since and until, which are now unless they are given, and
// three months apart at most.
func onCallRange(q url.Values, now time.Time) (since, until time.Time, problem *rest.Answer) {
	since, until = now, now
	if s := q.Get("since"); s != "" {
		since, _ = time.Parse(time.RFC3339, s)
	}
	if s := q.Get("until"); s != "" {
		until, _ = time.Parse(time.RFC3339, s)
	}
	switch {
	case until.Before(since):
		problem = rest.Fail(http.StatusBadRequest, 2005, "Invalid Date Range", "until is before since; without until it is now")
	case until.After(now.AddDate(0, 0, 91)):
		problem = rest.Fail(http.StatusBadRequest, 2005, "Invalid Date Range", "On-call shifts are limited to 90 days in the future")
	case until.After(since.AddDate(0, 3, 1)):
		problem = rest.Fail(http.StatusBadRequest, 2005, "Invalid Date Range", "The date range exceeds three months")
	}
	return since, until, problem
}

// shifts are the whole shifts of a level that touch a range of time, by their start.
func (l *level) shifts(since, until time.Time) []onCall {
	var out []onCall
	for _, t := range l.targets {
		if t.schedule == nil {
			out = append(out, onCall{entry: entry{user: t.user}})
			continue
		}
		for _, e := range t.schedule.shifts(since, until) {
			out = append(out, onCall{entry: e, schedule: t.schedule})
		}
	}
	slices.SortStableFunc(out, func(x, y onCall) int { return x.start.Compare(y.start) })
	return out
}

func (o onCall) object(a *account, in *time.Location, include []string) obj {
	shown := obj{
		"user": o.user.ref(), "escalation_policy": o.policy.ref(), "escalation_level": o.level,
		"schedule": nil, "start": stampIn(o.start, in), "end": stampIn(o.end, in),
	}
	if o.schedule != nil {
		shown["schedule"] = o.schedule.ref()
	}
	if slices.Contains(include, "users") && o.user.deleted.IsZero() {
		shown["user"] = o.user.object()
	}
	if slices.Contains(include, "escalation_policies") {
		shown["escalation_policy"] = o.policy.object(a)
	}
	if slices.Contains(include, "schedules") && o.schedule != nil && !o.schedule.shiftBased {
		shown["schedule"] = o.schedule.object(a)
	}
	return shown
}
