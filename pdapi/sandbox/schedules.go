package sandbox

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// schedule says who is on call when.
type schedule struct {
	record
	zone       string
	team       *team
	layers     []*layer // the last that has an hour wins
	overrides  []*override
	shiftBased bool // of the v3 kind, which the v2 API does not serve
}

// users are who takes turns, in the order of layers and turns.
func (s *schedule) users() []*user {
	var out []*user
	for _, l := range s.layers {
		out = append(out, l.users...)
	}
	return unique(out)
}

func (s *schedule) ref() obj {
	if s.shiftBased {
		return s.refV3()
	}
	return ref("schedule", s.id, s.name, "schedules")
}

func scheduleRoutes() []route {
	return append(overrideRoutes(), []route{
		{
			Pattern: "GET /schedules", Handle: listSchedules,
			Query: rest.Paging().With(rest.Query{
				"query": rest.Words(), "include[]": rest.Among("schedule_layers", "overrides_subschedule", "final_schedule"), "time_zone": rest.Zone(),
				"include_next_oncall_for_user": rest.IDs(), "since": rest.Moment(), "until": rest.Moment(), "team_ids[]": rest.IDs(),
			}),
		},
		{
			Pattern: "GET /schedules/{id}", Handle: layerBased(getSchedule),
			Query: rest.Query{
				"time_zone": rest.Zone(), "since": rest.Moment(), "until": rest.Moment(), "overflow": rest.Among("true", "false"),
				"include_next_oncall_for_user": rest.IDs(),
			},
		},
		{Pattern: "GET /schedules/{id}/users", Query: rest.Query{"since": rest.Moment(), "until": rest.Moment()}, Handle: layerBased(scheduleUsers)},
	}...)
}

// layerBased makes a handler of one that works on the kind of schedules the v2
// API serves.
func layerBased(handle func(*call, *schedule) *rest.Answer) func(*call) *rest.Answer {
	return with((*account).schedule, func(c *call, s *schedule) *rest.Answer {
		if s.shiftBased {
			return rest.Invalid("This schedule is shift-based. Please use the v3 Schedules API: GET /v3/schedules/%s", s.id)
		}
		return handle(c, s)
	})
}

func listSchedules(c *call) *rest.Answer {
	q := c.URL.Query()
	w, problem := c.window()
	if problem != nil {
		return problem
	}
	rows := c.schedules.Where(func(s *schedule) bool { return !s.shiftBased && s.matches(q) })
	rest.ByName(rows, "")
	in := c.account.zone
	if c.actor != nil && c.actor.zone != "" {
		in = location(c.actor.zone)
	}
	in = c.zone(in)
	return rest.Page(c.Call, "schedules", rows, func(s *schedule) obj {
		o := s.object(c.account)
		s.addNext(o, c, in)
		for name, part := range s.parts(w, in) {
			if slices.Contains(q["include[]"], name) {
				o[name] = part
			}
		}
		return o
	})
}

// matches reports whether a schedule is of a team and has a name that are asked
// for.
func (s *schedule) matches(q url.Values) bool {
	return strings.Contains(strings.ToLower(s.name), strings.ToLower(q.Get("query"))) &&
		(len(q["team_ids[]"]) == 0 || slices.Contains(q["team_ids[]"], s.team.id))
}

func (s *schedule) object(a *account) obj {
	o := s.ref()
	for name, value := range map[string]any{
		"type": "schedule", "name": s.name, "time_zone": s.zone, "description": s.name + " rotation", "users": rest.Render(s.users(), (*user).ref),
		"teams": []obj{s.team.ref()}, "escalation_policies": rest.Render(s.policies(a), (*policy).ref),
		"http_cal_url": webURL + "/private/secret-calendar/" + s.id, "web_cal_url": "webcal://secret-calendar/" + s.id,
	} {
		o[name] = value
	}
	return o
}

// policies are the escalation policies that page whom the schedule has on call.
func (s *schedule) policies(a *account) []*policy {
	return a.policies.Where(func(p *policy) bool {
		return slices.ContainsFunc(p.levels, func(l *level) bool { return slices.Contains(l.targets, target{schedule: s}) })
	})
}

// window is the range of time that a schedule is rendered for.
type window struct {
	since, until time.Time
	rendered     bool // since or until was given; else nothing is rendered
	overflow     bool // entries are whole, not cut off where the range ends
}

// window reads since and until. Of the two, one that is not given is two weeks
// from the other.
func (c *call) window() (window, *rest.Answer) {
	q := c.URL.Query()
	w := window{rendered: q.Has("since") || q.Has("until"), overflow: q.Get("overflow") == "true"}
	w.since, _ = time.Parse(time.RFC3339, q.Get("since"))
	w.until, _ = time.Parse(time.RFC3339, q.Get("until"))
	switch {
	case !q.Has("until"):
		w.until = w.since.Add(2 * week)
	case !q.Has("since"):
		w.since = w.until.Add(-2 * week)
	}
	if w.until.Before(w.since) {
		return w, rest.Fail(http.StatusBadRequest, 2004, "Invalid Since or Until Parameters", "until is before since")
	}
	return w, nil
}

// entries are what a schedule has in the window.
func (w window) entries(s *schedule) []entry {
	switch {
	case !w.rendered:
		return nil
	case w.overflow:
		return s.shifts(w.since, w.until)
	}
	return s.render(w.since, w.until)
}

// sub is a computed part of a schedule, as the API shows it.
func (w window) sub(s *schedule, in *time.Location) obj {
	entries := w.entries(s)
	o := obj{"rendered_schedule_entries": rest.Render(entries, func(e entry) obj {
		return obj{"start": stampIn(e.start, in), "end": stampIn(e.end, in), "user": e.user.ref()}
	})}
	if w.rendered {
		o["rendered_coverage_percentage"] = coverage(entries, w.since, w.until)
	}
	return o
}

// parts are the layers, the overrides and what both come to.
func (s *schedule) parts(w window, in *time.Location) obj {
	over, final := w.sub(s.overridden(), in), w.sub(s, in)
	over["name"], final["name"] = "Overrides", "Final Schedule"
	return obj{
		"overrides_subschedule": over, "final_schedule": final,
		"schedule_layers": rest.Render(s.layers, func(l *layer) obj {
			o := w.sub(only(l), in)
			for name, value := range map[string]any{
				"id": l.id, "name": l.name, "start": stampIn(monday, in), "end": nil, "rotation_virtual_start": stampIn(monday, in),
				"rotation_turn_length_seconds": int(l.turn / time.Second), "restrictions": l.restrictions(),
				"users": rest.Render(l.users, func(u *user) obj { return obj{"user": u.ref()} }),
			} {
				o[name] = value
			}
			return o
		}),
	}
}

// restrictions are the hours of a layer: one for all days, or one for each.
func (l *layer) restrictions() []obj {
	out := []obj{}
	if l.hours == nil {
		return out
	}
	one := func(kind string) obj {
		return obj{
			"type": kind, "start_time_of_day": time.Time{}.Add(l.hours.from).Format(time.TimeOnly),
			"duration_seconds": int(l.hours.length / time.Second),
		}
	}
	if len(l.hours.days) == 0 {
		return append(out, one("daily_restriction"))
	}
	for _, day := range l.hours.days {
		weekly := one("weekly_restriction")
		weekly["start_day_of_week"] = 1 + slices.Index(everyDay, day)
		out = append(out, weekly)
	}
	return out
}

// addNext adds when the user that is asked about is on call next, if that is in
// three months.
func (s *schedule) addNext(o obj, c *call, in *time.Location) {
	u := c.user(c.URL.Query().Get("include_next_oncall_for_user"))
	if u == nil {
		return
	}
	for _, e := range s.shifts(c.Now, c.Now.AddDate(0, 3, 0)) {
		if e.user == u {
			o["next_oncall_for_user"] = obj{"start": stampIn(e.start, in), "end": stampIn(e.end, in), "user": u.ref()}
			return
		}
	}
}

func getSchedule(c *call, s *schedule) *rest.Answer {
	w, problem := c.window()
	if problem != nil {
		return problem
	}
	in := c.zone(location(s.zone))
	o := s.object(c.account)
	s.addNext(o, c, in)
	maps.Copy(o, s.parts(w, in))
	return rest.OK(obj{"schedule": o})
}

// scheduleUsers are those who still have an account.
func scheduleUsers(c *call, s *schedule) *rest.Answer {
	w, problem := c.window()
	if problem != nil {
		return problem
	}
	users := s.users()
	if w.rendered {
		users = nil
		for _, e := range w.entries(s) {
			users = append(users, e.user)
		}
	}
	return rest.OK(obj{"users": rest.Render(unique(present(users)), func(u *user) obj { return u.object() })})
}
