package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

func scheduleV3Routes() []route {
	return append(overrideV3Routes(), []route{
		{
			Pattern: "GET /v3/schedules", ByField: true, Handle: listSchedulesV3,
			Query: rest.Paging().With(rest.Query{"limit": rest.Whole(1, 1000), "query": rest.Words(), "team_ids[]": rest.IDs()}),
		},
		{
			Pattern: "GET /v3/schedules/{id}", ByField: true, Handle: shiftBased(getScheduleV3),
			Query: rest.Query{
				"since": rest.Moment(), "until": rest.Moment(), "time_zone": rest.Zone(), "overflow": rest.Bool(), "include[]": rest.Among("final_schedule"),
			},
		},
	}...)
}

// shiftBased makes a handler of one that works on the kind of schedules that
// version 3 of the API serves.
func shiftBased(handle func(*call, *schedule) *rest.Answer) func(*call) *rest.Answer {
	return with((*account).schedule, func(c *call, s *schedule) *rest.Answer {
		if !s.shiftBased {
			return rest.WrongFields(rest.Wrong{"schedule": {fmt.Sprintf("This schedule is layer-based. Please use the v2 Schedules API: GET /schedules/%s", s.id)}})
		}
		return handle(c, s)
	})
}

func (s *schedule) refV3() obj { return ref("schedule_v3", s.id, s.name, "v3/schedules") }

func listSchedulesV3(c *call) *rest.Answer {
	q := c.URL.Query()
	rows := c.schedules.Where(func(s *schedule) bool { return s.shiftBased && s.matches(q) })
	rest.ByName(rows, "")
	return rest.PageOf(c.Call, 100, "schedules", rows, (*schedule).refV3)
}

func getScheduleV3(c *call, s *schedule) *rest.Answer {
	w, problem := c.window()
	if problem != nil {
		return rest.WrongFields(rest.Wrong{"until": {"must not be before since"}})
	}
	in := c.zone(location(s.zone))
	o := s.refV3()
	for name, value := range map[string]any{
		"type": "schedule_v3", "name": s.name, "time_zone": s.zone, "description": s.name + " shifts", "teams": []obj{s.team.ref()},
		"escalation_policies": rest.Render(s.policies(c.account), (*policy).ref), "rotations": rest.Render(s.layers, s.rotation),
		"http_cal_url": webURL + "/private/secret-calendar/" + s.id, "web_cal_url": "webcal://secret-calendar/" + s.id,
	} {
		o[name] = value
	}
	delete(o, "summary")
	if slices.Contains(c.URL.Query()["include[]"], "final_schedule") {
		if !w.rendered {
			return rest.WrongFields(rest.Wrong{"since": {"is required with include[]=final_schedule"}, "until": {"is required with include[]=final_schedule"}})
		}
		entries := w.entries(s)
		o["final_schedule"] = obj{
			"type": "final_schedule", "rendered_coverage_percentage": coverage(entries, w.since, w.until),
			"computed_shift_assignments": rest.Render(entries, func(e entry) obj {
				why := obj{"type": "schedule_rotation_override"}
				if e.source.override != nil {
					why["override_id"] = e.source.override.id
				} else {
					why = obj{"type": "schedule_rotation", "rotation_id": e.source.layer.id}
				}
				return obj{
					"type": "computed_shift_assignment", "start_time": stampIn(e.start, in), "end_time": stampIn(e.end, in),
					"member": obj{"type": "user_member", "user_id": e.user.id}, "source": why,
				}
			}),
		}
	}
	return rest.OK(obj{"schedule": o})
}

// rotation is a layer as the v3 API shows it: a rotation with one event.
func (s *schedule) rotation(l *layer) obj {
	self := apiURL + "/v3/schedules/" + s.id + "/rotations/" + l.id
	start, end, rule, shifts := monday, monday.Add(l.turn), "RRULE:FREQ=WEEKLY", 1
	if h := l.hours; h != nil {
		start = h.next(monday.Add(-time.Second))
		end = start.Add(h.length)
		days := h.days
		if len(days) == 0 {
			days = everyDay
		}
		var names []string
		for _, day := range days {
			names = append(names, strings.ToUpper(day.String()[:2]))
		}
		rule, shifts = rule+";BYDAY="+strings.Join(names, ","), len(days)
	}
	zoned := func(t time.Time) obj {
		return obj{"date_time": stampIn(t, location(s.zone)), "time_zone": s.zone}
	}
	return obj{"id": l.id, "type": "schedule_rotation", "self": self, "events": []obj{{
		"id": l.event, "type": "schedule_event", "name": l.name, "self": self + "/events/" + l.event,
		"start_time": zoned(start), "end_time": zoned(end), "effective_since": stamp(monday), "effective_until": nil,
		"recurrence": []string{rule},
		"assignment_strategy": obj{
			"type": "rotating_member_assignment_strategy", "shifts_per_member": shifts,
			"members": rest.Render(l.users, func(u *user) obj { return obj{"type": "user_member", "user_id": u.id} }),
		},
	}}}
}

// newLongID makes an id of the form that PagerDuty uses in shift-based schedules.
func (a *account) newLongID() string { return a.newID('Q') + a.newID('Q')[2:] }
