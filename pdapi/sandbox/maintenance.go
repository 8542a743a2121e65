package sandbox

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// maintenance is a time in which services take no incidents.
type maintenance struct {
	record      // without a name
	description string
	services    []*service
	start, end  time.Time
	by          *user
}

// maintained reports whether a service is in maintenance at a time.
func (a *account) maintained(s *service, at time.Time) bool {
	return slices.ContainsFunc(a.windows.All(), func(m *maintenance) bool {
		return slices.Contains(m.services, s) && !at.Before(m.start) && at.Before(m.end)
	})
}

// takes reports whether an event at a time makes an incident on a service: not on
// one that is disabled or in maintenance, nor where a rule suppresses it.
func (a *account) takes(s *service, at time.Time) bool {
	return (s.disabled.IsZero() || at.Before(s.disabled)) && !a.maintained(s, at) && (s.quiet == nil || !s.quiet.has(at))
}

// addWindows adds maintenance that is over and maintenance that is to come to the
// one that is going on.
func (a *account) addWindows(now time.Time) {
	for _, w := range []struct {
		description, service string
		from, length         time.Duration
	}{
		{"Moving prices to the new catalog", "Pricing Engine", -9 * 24 * time.Hour, 3 * time.Hour}, // disabled then
		{"Warehouse upgrade", "Data Warehouse", 44 * time.Hour, 4 * time.Hour},
	} {
		start := now.Add(w.from)
		a.windows.Add(&maintenance{
			record: record{id: a.idFrom('P', "window", w.description)}, description: w.description, services: []*service{a.services.Named(w.service)},
			start: start, end: start.Add(w.length), by: a.users.All()[3],
		})
	}
}

func maintenanceRoutes() []route {
	include := rest.Among("teams", "services", "users")
	return []route{
		{
			Pattern: "GET /maintenance_windows", Handle: listWindows,
			Query: rest.Paging().With(rest.Query{
				"query": rest.Words(), "team_ids[]": rest.IDs(), "service_ids[]": rest.IDs(), "include[]": include,
				"filter": rest.Among("past", "future", "ongoing", "open", "all"),
			}),
		},
		{Pattern: "GET /maintenance_windows/{id}", Query: rest.Query{"include[]": include}, Handle: with((*account).window, getWindow)},
	}
}

func (a *account) window(id string) *maintenance { return a.windows.Get(id) }

func listWindows(c *call) *rest.Answer {
	q := c.URL.Query()
	rows := c.windows.Where(func(m *maintenance) bool { return m.matches(q, c.Now) })
	slices.SortStableFunc(rows, func(x, y *maintenance) int { return cmp.Or(x.start.Compare(y.start), cmp.Compare(x.id, y.id)) })
	return rest.Page(c.Call, "maintenance_windows", rows, func(m *maintenance) obj { return m.object(c.account) })
}

func getWindow(c *call, m *maintenance) *rest.Answer {
	return rest.OK(obj{"maintenance_window": m.object(c.account)})
}

func (m *maintenance) matches(q url.Values, now time.Time) bool {
	past, future := !m.end.After(now), m.start.After(now)
	inState := map[string]bool{"": true, "all": true, "past": past, "future": future, "ongoing": !past && !future, "open": !past}[q.Get("filter")]
	of := func(name string, id func(*service) string) bool {
		return len(q[name]) == 0 || slices.ContainsFunc(m.services, func(s *service) bool { return slices.Contains(q[name], id(s)) })
	}
	return inState && strings.Contains(strings.ToLower(m.description), strings.ToLower(q.Get("query"))) &&
		of("service_ids[]", func(s *service) string { return s.id }) && of("team_ids[]", func(s *service) string { return s.policy.team.id })
}

func (m *maintenance) object(a *account) obj {
	o := ref("maintenance_window", m.id, m.description, "maintenance_windows")
	o["html_url"] = webURL + "/service-directory/maintenance-windows/" + m.id
	var teams []*team
	for _, s := range m.services {
		if !slices.Contains(teams, s.policy.team) {
			teams = append(teams, s.policy.team)
		}
	}
	for name, value := range map[string]any{
		"type": "maintenance_window", "sequence_number": 1 + slices.Index(a.windows.All(), m), "description": m.description,
		"start_time": stampIn(m.start, a.zone), "end_time": stampIn(m.end, a.zone), "created_by": m.by.ref(),
		"services": rest.Render(m.services, (*service).ref), "teams": rest.Render(teams, (*team).ref),
	} {
		o[name] = value
	}
	return o
}
