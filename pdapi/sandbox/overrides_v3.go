package sandbox

import (
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

func overrideV3Routes() []route {
	member := rest.OneOf("member", rest.Map(rest.Fields{"type": rest.Enum("user_member").Required(), "user_id": rest.String(64).Required()}),
		rest.Map(rest.Fields{"type": rest.Enum("empty_member").Required()}))
	one := func(handle func(*call, *schedule, *override) *rest.Answer) func(*call) *rest.Answer {
		return shiftBased(func(c *call, s *schedule) *rest.Answer {
			if o := s.override(c.PathValue("override_id")); o != nil {
				return handle(c, s, o)
			}
			return rest.NotFound()
		})
	}
	return []route{
		{
			Pattern: "GET /v3/schedules/{id}/overrides", ByField: true, Handle: shiftBased(listOverridesV3),
			Query: rest.Query{
				"since": rest.Moment(), "until": rest.Moment(), "time_zone": rest.Zone(), "overflow": rest.Bool(),
				"limit": rest.Whole(1, 100), "offset": rest.Whole(0, 10_000),
			},
		},
		{Pattern: "GET /v3/schedules/{id}/overrides/{override_id}", ByField: true, Handle: one(getOverrideV3)},
		{
			Pattern: "POST /v3/schedules/{id}/overrides", ByField: true, Handle: shiftBased(createOverridesV3),
			Body: rest.Envelope("overrides", rest.List(100, rest.Map(rest.Fields{
				"type": rest.Enum("override_shift").Required(), "rotation_id": rest.String(64), "custom_shift_id": rest.String(64),
				"start_time": rest.Instant().Required(), "end_time": rest.Instant().Required(),
				"overridden_member": member.Required(), "overriding_member": member.Required(),
			}))),
		},
		{
			Pattern: "PUT /v3/schedules/{id}/overrides/{override_id}", ByField: true, Handle: one(updateOverrideV3),
			Body: rest.Envelope("override", rest.Map(rest.Fields{
				"start_time": rest.Instant(), "end_time": rest.Instant(), "overriding_member": member,
			})),
		},
		{Pattern: "DELETE /v3/schedules/{id}/overrides/{override_id}", ByField: true, Handle: one(deleteOverrideV3)},
	}
}

// memberV3 is a user as a member of a shift-based schedule; nobody if there is none.
func memberV3(u *user) obj {
	if u == nil {
		return obj{"type": "empty_member"}
	}
	return obj{"type": "user_member", "user_id": u.id}
}

// objectV3 is an override as version 3 of the API shows it.
func (o *override) objectV3(s *schedule, in *time.Location) obj {
	return obj{
		"id": o.id, "type": "override_shift", "rotation_id": o.layer.id, "start_time": stampIn(o.start, in), "end_time": stampIn(o.end, in),
		"overridden_member": memberV3(o.of), "overriding_member": memberV3(o.user), "self": apiURL + "/v3/schedules/" + s.id + "/overrides/" + o.id,
	}
}

func listOverridesV3(c *call, s *schedule) *rest.Answer {
	q := c.URL.Query()
	if !q.Has("since") || !q.Has("until") {
		return rest.WrongFields(rest.Wrong{"since": {"is required"}, "until": {"is required"}})
	}
	w, problem := c.window()
	if problem != nil {
		return rest.WrongFields(rest.Wrong{"until": {"must not be before since"}})
	}
	in := c.zone(location(s.zone))
	return rest.Page(c.Call, "overrides", s.touching(w), func(o *override) obj { return o.objectV3(s, in) })
}

func getOverrideV3(_ *call, s *schedule, o *override) *rest.Answer {
	return rest.OK(obj{"override": o.objectV3(s, location(s.zone))})
}

// readMember reads who a body names, nil for nobody, and reports whether there is
// such a user.
func (c *call) readMember(in obj, name string) (*user, bool) {
	if rest.Text(in, name, "type") == "empty_member" {
		return nil, true
	}
	u := c.user(rest.Text(in, name, "user_id"))
	return u, u != nil
}

// createOverridesV3 makes all overrides or none.
func createOverridesV3(c *call, s *schedule) *rest.Answer {
	var made []*override
	for _, item := range c.Body["overrides"].([]any) {
		in := item.(obj)
		o := &override{}
		n := slices.IndexFunc(s.layers, func(l *layer) bool { return l.id == rest.Text(in, "rotation_id") })
		if n < 0 || in["custom_shift_id"] != nil {
			return rest.WrongFields(rest.Wrong{"overrides.rotation_id": {"give exactly one of rotation_id and custom_shift_id, of this schedule"}})
		}
		o.layer = s.layers[n]
		var known [2]bool
		o.of, known[0] = c.readMember(in, "overridden_member")
		o.user, known[1] = c.readMember(in, "overriding_member")
		if !known[0] || !known[1] {
			return rest.WrongFields(rest.Wrong{"overrides.overriding_member": {"User not found"}})
		}
		if o.of != nil && !slices.Contains(o.layer.users, o.of) {
			return rest.WrongFields(rest.Wrong{"overrides.overridden_member": {"is not a member of the rotation"}})
		}
		o.start, _ = time.Parse(time.RFC3339, rest.Text(in, "start_time"))
		o.end, _ = time.Parse(time.RFC3339, rest.Text(in, "end_time"))
		if problem := o.wrong(c.Now); problem != nil {
			return problem
		}
		made = append(made, o)
	}
	for _, o := range made {
		o.id = c.newLongID()
	}
	s.overrides = append(s.overrides, made...)
	return rest.Created(obj{"overrides": rest.Render(made, func(o *override) obj { return o.objectV3(s, location(s.zone)) })})
}

// wrong says what is wrong with the times of an override.
func (o *override) wrong(now time.Time) *rest.Answer {
	switch {
	case !o.end.After(o.start):
		return rest.WrongFields(rest.Wrong{"override.end_time": {"must be after start_time"}})
	case o.end.Before(now):
		return rest.WrongFields(rest.Wrong{"override.end_time": {"must not be in the past"}})
	}
	return nil
}

func updateOverrideV3(c *call, s *schedule, o *override) *rest.Answer {
	if !o.end.After(c.Now) {
		return rest.WrongFields(rest.Wrong{"override": {"is in the past"}})
	}
	in := c.Body["override"].(obj)
	changed := *o
	for name, field := range map[string]*time.Time{"start_time": &changed.start, "end_time": &changed.end} {
		if text := rest.Text(in, name); text != "" {
			*field, _ = time.Parse(time.RFC3339, text)
		}
	}
	if in["overriding_member"] != nil {
		var known bool
		if changed.user, known = c.readMember(in, "overriding_member"); !known {
			return rest.WrongFields(rest.Wrong{"override.overriding_member": {"User not found"}})
		}
	}
	if problem := changed.wrong(c.Now); problem != nil {
		return problem
	}
	*o = changed
	return getOverrideV3(c, s, o)
}

func deleteOverrideV3(_ *call, s *schedule, o *override) *rest.Answer {
	s.overrides = slices.DeleteFunc(s.overrides, func(other *override) bool { return other == o })
	return rest.NoContent()
}
