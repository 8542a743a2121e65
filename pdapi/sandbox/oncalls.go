package sandbox

import (
	"net/http"
	"slices"
	"time"
)

func onCallRoutes() []route {
	return []route{{
		pattern: "GET /oncalls", handle: listOnCalls,
		query: classicPaging.with(params{
			"time_zone": zones(), "include[]": among("escalation_policies", "users", "schedules"), "user_ids[]": ids(),
			"escalation_policy_ids[]": ids(), "schedule_ids[]": ids(), "since": moment(), "until": moment(), "earliest": among("true", "false"),
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

func listOnCalls(c *call) answer {
	q := c.URL.Query()
	since, until := c.now, c.now
	if s := q.Get("since"); s != "" {
		since, _ = time.Parse(time.RFC3339, s)
		until = since
	}
	if s := q.Get("until"); s != "" {
		until, _ = time.Parse(time.RFC3339, s)
	}
	switch {
	case until.Before(since):
		return fail(http.StatusBadRequest, 2005, "Invalid Date Range", "until is before since")
	case until.After(c.now.AddDate(0, 0, 91)):
		return fail(http.StatusBadRequest, 2005, "Invalid Date Range", "On-call shifts are limited to 90 days in the future")
	}
	in := time.UTC
	if name := q.Get("time_zone"); name != "" {
		in, _ = time.LoadLocation(name)
	}
	wanted := func(name, id string) bool { return len(q[name]) == 0 || slices.Contains(q[name], id) }
	var rows []onCall
	for _, p := range c.policies {
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
	return page(c, "oncalls", rows, func(o onCall) obj {
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
