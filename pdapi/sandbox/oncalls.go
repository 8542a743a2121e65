package sandbox

import (
	"net/http"
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
	entry
	policy   *policy
	level    int
	schedule *schedule // nil for a user whom the policy names
}

func listOnCalls(c *call) *rest.Answer {
	q := c.URL.Query()
	since, until := c.Now, c.Now
	if s := q.Get("since"); s != "" {
		since, _ = time.Parse(time.RFC3339, s)
		until = since
	}
	if s := q.Get("until"); s != "" {
		until, _ = time.Parse(time.RFC3339, s)
	}
	switch {
	case until.Before(since):
		return rest.Fail(http.StatusBadRequest, 2005, "Invalid Date Range", "until is before since")
	case until.After(c.Now.AddDate(0, 0, 91)):
		return rest.Fail(http.StatusBadRequest, 2005, "Invalid Date Range", "On-call shifts are limited to 90 days in the future")
	}
	in := time.UTC
	if name := q.Get("time_zone"); name != "" {
		in, _ = time.LoadLocation(name)
	}
	wanted := func(name, id string) bool { return len(q[name]) == 0 || slices.Contains(q[name], id) }
	var rows []onCall
	for _, p := range c.policies.All() {
		if !wanted("escalation_policy_ids[]", p.id) {
			continue
		}
		for n, l := range p.levels {
			id := ""
			if l.schedule != nil {
				id = l.schedule.id
			}
			if !wanted("schedule_ids[]", id) {
				continue
			}
			seen := map[*user]bool{}
			for _, e := range l.shifts(since, until) {
				if !wanted("user_ids[]", e.user.id) || q.Get("earliest") == "true" && seen[e.user] {
					continue
				}
				seen[e.user] = true
				rows = append(rows, onCall{e, p, n + 1, l.schedule})
			}
		}
	}
	return rest.Page(c.Call, "oncalls", rows, func(o onCall) obj {
		shown := obj{
			"user": o.user.ref(), "escalation_policy": o.policy.ref(), "escalation_level": o.level,
			"schedule": nil, "start": nil, "end": nil,
		}
		if o.schedule != nil {
			shown["schedule"] = o.schedule.ref()
			shown["start"], shown["end"] = o.start.In(in).Format(time.RFC3339), o.end.In(in).Format(time.RFC3339)
		}
		return shown
	})
}

// shifts are the whole shifts of a level that touch a time.
func (l level) shifts(since, until time.Time) []entry {
	if l.schedule == nil {
		return []entry{{user: l.user}}
	}
	_, start := turn(since)
	_, last := turn(until)
	var out []entry
	for _, e := range l.schedule.render(start, last.Add(week), false) {
		if !e.start.After(until) && e.end.After(since) {
			out = append(out, e)
		}
	}
	return out
}
