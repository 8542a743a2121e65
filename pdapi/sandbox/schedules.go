package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// schedule is a weekly rotation that starts on Mondays at 09:00 UTC.
type schedule struct {
	record
	zone       string
	layer      string // id of its one layer
	team       *team
	users      []*user
	overrides  []override
	shiftBased bool // of the v3 kind, which the v2 API does not serve
}

type override struct {
	id         string
	user       *user
	start, end time.Time
}

const week = 7 * 24 * time.Hour

// monday is when the turns of every rotation began.
var monday = time.Date(2018, time.January, 1, 9, 0, 0, 0, time.UTC)

// turn is the number of the week a time is in, and when that began.
func turn(at time.Time) (n int, start time.Time) {
	n = int(at.Sub(monday) / week)
	return n, monday.Add(time.Duration(n) * week)
}

// onCall is who a schedule has on call at a time: of the overrides the one that
// came last, else whose turn it is.
func (s *schedule) onCall(at time.Time) *user {
	for _, o := range slices.Backward(s.overrides) {
		if !at.Before(o.start) && at.Before(o.end) {
			return o.user
		}
	}
	n, _ := turn(at)
	return s.users[n%len(s.users)]
}

func (s *schedule) ref() obj { return ref("schedule", s.id, s.name, "schedules") }

func scheduleRoutes() []route {
	return []route{
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
		{
			Pattern: "POST /schedules/{id}/overrides", Handle: layerBased(createOverrides),
			Body: rest.Envelope("overrides", rest.List(100, rest.Map(rest.Fields{
				"start": rest.Instant().Required(), "end": rest.Instant().Required(), "user": rest.Reference("user_reference").Required(),
			}))),
		},
	}
}

// layerBased makes a handler of one that works on the kind of schedules the v2
// API serves.
func layerBased(handle func(*call, *schedule) *rest.Answer) func(*call) *rest.Answer {
	return with((*account).schedule, func(c *call, s *schedule) *rest.Answer {
		if s.shiftBased {
			return rest.Invalid("This schedule is shift-based. Please use the v3 Schedules API.")
		}
		return handle(c, s)
	})
}

func listSchedules(c *call) *rest.Answer {
	q := c.URL.Query()
	query := strings.ToLower(q.Get("query"))
	rows := c.schedules.Where(func(s *schedule) bool {
		return !s.shiftBased && strings.Contains(strings.ToLower(s.name), query) &&
			(len(q["team_ids[]"]) == 0 || slices.Contains(q["team_ids[]"], s.team.id))
	})
	rest.ByName(rows, "")
	return rest.Page(c.Call, "schedules", rows, func(s *schedule) obj { return s.object(c.account) })
}

func (s *schedule) object(a *account) obj {
	o := s.ref()
	users, policies := []obj{}, []obj{}
	for _, u := range s.users {
		users = append(users, u.ref())
	}
	for _, p := range a.policies.All() {
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
	since, until = c.Now, c.Now.Add(2*week)
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

func getSchedule(c *call, s *schedule) *rest.Answer {
	since, until, rendered := c.window()
	if until.Before(since) {
		return rest.Fail(http.StatusBadRequest, 2004, "Invalid Since or Until Parameters", "until is before since")
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
	return rest.OK(obj{"schedule": o})
}

func scheduleUsers(c *call, s *schedule) *rest.Answer {
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
	return rest.OK(obj{"users": users})
}

func createOverrides(c *call, s *schedule) *rest.Answer {
	results := []obj{}
	for _, item := range c.Body["overrides"].([]any) {
		in := item.(obj)
		start, _ := time.Parse(time.RFC3339, rest.Text(in, "start"))
		end, _ := time.Parse(time.RFC3339, rest.Text(in, "end"))
		u := c.user(rest.Text(in, "user", "id"))
		shown := obj{"start": rest.Text(in, "start"), "end": rest.Text(in, "end"), "user": obj{"id": rest.Text(in, "user", "id"), "type": "user_reference"}}
		result := obj{"status": http.StatusCreated, "override": shown}
		refused := ""
		switch {
		case u == nil:
			refused = "User not found"
		case !end.After(start):
			refused = "Override must end after its start"
		case !end.After(c.Now):
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
	return rest.Created(results)
}
