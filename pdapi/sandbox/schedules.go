package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

func scheduleRoutes() []route {
	return []route{
		{
			pattern: "GET /schedules", handle: listSchedules,
			query: classicPaging.with(params{
				"query": words(), "include[]": among("schedule_layers", "overrides_subschedule", "final_schedule"), "time_zone": zones(),
				"include_next_oncall_for_user": ids(), "since": moment(), "until": moment(), "team_ids[]": ids(),
			}),
		},
		{
			pattern: "GET /schedules/{id}", handle: withSchedule(getSchedule),
			query: params{
				"time_zone": zones(), "since": moment(), "until": moment(), "overflow": among("true", "false"),
				"include_next_oncall_for_user": ids(),
			},
		},
		{pattern: "GET /schedules/{id}/users", query: params{"since": moment(), "until": moment()}, handle: withSchedule(scheduleUsers)},
		{
			pattern: "POST /schedules/{id}/overrides", handle: withSchedule(createOverrides),
			body: envelope("overrides", list(100, object(map[string]member{
				"start": req(instant), "end": req(instant), "user": req(reference("user_reference")),
			}))),
		},
	}
}

func withSchedule(handle func(*call, *schedule) answer) func(*call) answer {
	return func(c *call) answer {
		s := c.scheduleByID(c.PathValue("id"))
		switch {
		case s == nil:
			return notFound()
		case s.shiftBased:
			return fail(http.StatusBadRequest, 2001, "Invalid Input Provided", "This schedule is shift-based. Please use the v3 Schedules API.")
		}
		return handle(c, s)
	}
}

func listSchedules(c *call) answer {
	q := c.URL.Query()
	query := strings.ToLower(q.Get("query"))
	rows := slices.DeleteFunc(slices.Clone(c.schedules), func(s *schedule) bool {
		return s.shiftBased || !strings.Contains(strings.ToLower(s.name), query) ||
			len(q["team_ids[]"]) > 0 && !slices.Contains(q["team_ids[]"], s.team.id)
	})
	byName(rows, "", func(s *schedule) string { return s.name })
	return page(c, "schedules", rows, func(s *schedule) obj { return s.object(c.account) })
}

func (s *schedule) object(a *account) obj {
	o := s.ref()
	users, policies := []obj{}, []obj{}
	for _, u := range s.users {
		users = append(users, u.ref())
	}
	for _, p := range a.policies {
		if slices.ContainsFunc(p.levels, func(l level) bool { return l.schedule == s }) {
			policies = append(policies, p.ref())
		}
	}
	for name, value := range map[string]any{
		"type": "schedule", "name": s.name, "time_zone": s.zone, "description": s.name + " rotation", "users": users,
		"teams": []obj{s.team.ref()}, "escalation_policies": policies,
		"http_cal_url": webURL + "/private/secret-calendar/" + s.id, "web_cal_url": "webcal://secret-calendar/" + s.id,
	} {
		o[name] = value
	}
	return o
}

// window reads since and until. Without them nothing is rendered.
func (c *call) window() (since, until time.Time, rendered bool) {
	q := c.URL.Query()
	since, until = c.now, c.now.Add(2*week)
	if s := q.Get("since"); s != "" {
		since, _ = time.Parse(time.RFC3339, s)
		until = since.Add(2 * week)
	}
	if s := q.Get("until"); s != "" {
		until, _ = time.Parse(time.RFC3339, s)
	}
	return since, until, q.Has("since") || q.Has("until")
}

// entry is a user on call for a while.
type entry struct {
	user       *user
	start, end time.Time
}

// render says who is on call between two times; without overrides, if plain.
func (s *schedule) render(since, until time.Time, plain bool) []entry {
	edges := []time.Time{since, until}
	for _, start := turn(since); start.Before(until); start = start.Add(week) {
		edges = append(edges, start)
	}
	bare := &schedule{users: s.users}
	if !plain {
		bare.overrides = s.overrides
		for _, o := range s.overrides {
			edges = append(edges, o.start, o.end)
		}
	}
	edges = slices.DeleteFunc(edges, func(t time.Time) bool { return t.Before(since) || t.After(until) })
	slices.SortFunc(edges, time.Time.Compare)
	var out []entry
	for n := range len(edges) - 1 {
		from, to := edges[n], edges[n+1]
		who := bare.onCall(from)
		switch {
		case !from.Before(to):
		case len(out) > 0 && out[len(out)-1].user == who:
			out[len(out)-1].end = to
		default:
			out = append(out, entry{who, from, to})
		}
	}
	return out
}

func getSchedule(c *call, s *schedule) answer {
	since, until, rendered := c.window()
	if until.Before(since) {
		return fail(http.StatusBadRequest, 2004, "Invalid Since or Until Parameters", "until is before since")
	}
	name := c.URL.Query().Get("time_zone")
	if name == "" {
		name = s.zone
	}
	in, err := time.LoadLocation(name)
	if err != nil {
		in = time.UTC
	}
	shown := func(entries []entry) []obj {
		out := []obj{}
		for _, e := range entries {
			out = append(out, obj{"start": e.start.In(in).Format(time.RFC3339), "end": e.end.In(in).Format(time.RFC3339), "user": e.user.ref()})
		}
		return out
	}
	var overrides []entry
	for _, o := range s.overrides {
		if o.start.Before(until) && o.end.After(since) {
			overrides = append(overrides, entry{o.user, o.start, o.end})
		}
	}
	users := []obj{}
	for _, u := range s.users {
		users = append(users, obj{"user": u.ref()})
	}
	layer := obj{
		"id": s.layer, "name": "Weekly", "start": monday.In(in).Format(time.RFC3339),
		"rotation_virtual_start": monday.In(in).Format(time.RFC3339), "rotation_turn_length_seconds": int(week / time.Second),
		"users": users, "restrictions": []obj{}, "rendered_schedule_entries": []obj{},
	}
	over := obj{"name": "Overrides", "rendered_schedule_entries": []obj{}}
	final := obj{"name": "Final Schedule", "rendered_schedule_entries": []obj{}}
	if rendered {
		layer["rendered_schedule_entries"] = shown(s.render(since, until, true))
		over["rendered_schedule_entries"] = shown(overrides)
		final["rendered_schedule_entries"], final["rendered_coverage_percentage"] = shown(s.render(since, until, false)), 100.0
	}
	o := s.object(c.account)
	o["schedule_layers"], o["overrides_subschedule"], o["final_schedule"] = []obj{layer}, over, final
	return ok(obj{"schedule": o})
}

func scheduleUsers(c *call, s *schedule) answer {
	since, until, rendered := c.window()
	users := []obj{}
	var seen []*user
	list := s.users
	if rendered {
		list = nil
		for _, e := range s.render(since, until, false) {
			list = append(list, e.user)
		}
	}
	for _, u := range list {
		if !slices.Contains(seen, u) {
			seen = append(seen, u)
			users = append(users, u.object())
		}
	}
	return ok(obj{"users": users})
}

func createOverrides(c *call, s *schedule) answer {
	results := []obj{}
	for _, item := range c.body["overrides"].([]any) {
		in := item.(obj)
		start, _ := time.Parse(time.RFC3339, str(in, "start"))
		end, _ := time.Parse(time.RFC3339, str(in, "end"))
		u := c.userByID(str(in, "user", "id"))
		shown := obj{"start": str(in, "start"), "end": str(in, "end"), "user": obj{"id": str(in, "user", "id"), "type": "user_reference"}}
		result := obj{"status": http.StatusCreated, "override": shown}
		refused := ""
		switch {
		case u == nil:
			refused = "User not found"
		case !end.After(start):
			refused = "Override must end after its start"
		case !end.After(c.now):
			refused = "Override must end in the future"
		}
		if refused != "" {
			result["status"], result["errors"] = http.StatusBadRequest, []string{refused}
		} else {
			o := override{c.newID('Q'), u, start, end}
			s.overrides = append(s.overrides, o)
			shown["id"], shown["user"] = o.id, u.ref()
		}
		results = append(results, result)
	}
	return created(results)
}
