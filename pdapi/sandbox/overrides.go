package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

func overrideRoutes() []route {
	return []route{
		{
			Pattern: "GET /schedules/{id}/overrides", Handle: layerBased(listOverrides),
			Query: rest.Query{"since": rest.Moment(), "until": rest.Moment(), "editable": rest.Bool(), "overflow": rest.Bool()},
		},
		{
			Pattern: "POST /schedules/{id}/overrides", Handle: layerBased(createOverrides),
			Body: rest.Envelope("overrides", rest.List(100, rest.Map(rest.Fields{
				"start": rest.Instant().Required(), "end": rest.Instant().Required(), "user": rest.Reference("user_reference").Required(),
			}))),
		},
		{Pattern: "DELETE /schedules/{id}/overrides/{override_id}", Handle: layerBased(deleteOverride)},
	}
}

// object is an override as version 2 of the API shows it.
func (o *override) object(in *time.Location) obj {
	return obj{"id": o.id, "start": stampIn(o.start, in), "end": stampIn(o.end, in), "user": o.user.ref()}
}

// touching are the overrides that touch the window, by their start. Without
// overflow they are cut off where it ends.
func (s *schedule) touching(w window) []*override {
	var out []*override
	for _, o := range s.overrides {
		if !o.start.Before(w.until) || !o.end.After(w.since) {
			continue
		}
		shown := *o
		if !w.overflow {
			shown.start, shown.end = later(o.start, w.since), earlier(o.end, w.until)
		}
		out = append(out, &shown)
	}
	slices.SortStableFunc(out, func(x, y *override) int { return x.start.Compare(y.start) })
	return out
}

// listOverrides answers 201 as PagerDuty's API reference has it, of all things.
func listOverrides(c *call, s *schedule) *rest.Answer {
	q := c.URL.Query()
	if !q.Has("since") || !q.Has("until") {
		return rest.Fail(http.StatusBadRequest, 2003, "Missing Arguments", "since and until are required")
	}
	w, problem := c.window()
	if problem != nil {
		return problem
	}
	rows := s.touching(w)
	if q.Has("editable") {
		rows = slices.DeleteFunc(rows, func(o *override) bool { return !o.end.After(c.Now) })
	}
	in := location(s.zone)
	return rest.Created(obj{"overrides": rest.Render(rows, func(o *override) obj { return o.object(in) })})
}

// createOverrides makes the overrides it can: each has its own result.
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
			o := &override{id: c.newID('Q'), user: u, start: start, end: end}
			s.overrides = append(s.overrides, o)
			shown["id"], shown["user"] = o.id, u.ref()
		}
		results = append(results, result)
	}
	return rest.Created(results)
}

// overrideID is the id of an override by the name of its schedule and its number
// there: "Payments Secondary 1".
func (a *account) overrideID(name string) string {
	i := strings.LastIndex(name, " ")
	n, err := strconv.Atoi(name[i+1:])
	if s := a.schedules.Named(name[:max(i, 0)]); err == nil && s != nil && n >= 1 && n <= len(s.overrides) {
		return s.overrides[n-1].id
	}
	return ""
}

// override is the override with an id, or nil.
func (s *schedule) override(id string) *override {
	if n := slices.IndexFunc(s.overrides, func(o *override) bool { return o.id == id }); n >= 0 {
		return s.overrides[n]
	}
	return nil
}

// deleteOverride takes away what is to come, and ends what runs.
func deleteOverride(c *call, s *schedule) *rest.Answer {
	o := s.override(c.PathValue("override_id"))
	switch {
	case o == nil:
		return rest.NotFound()
	case !o.end.After(c.Now):
		return rest.Fail(http.StatusBadRequest, 4004, "Override Cannot Be Deleted", "The override is in the past")
	case o.start.Before(c.Now):
		o.end = c.Now
		return &rest.Answer{Status: http.StatusOK, Raw: []byte{}}
	}
	s.overrides = slices.DeleteFunc(s.overrides, func(other *override) bool { return other == o })
	return rest.NoContent()
}
