package sandbox

import (
	"net/http"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

type team struct {
	record
	description string
	defaultRole string
	members     []*user
	roles       map[*user]string
}

func (t *team) ref() obj { return ref("team", t.id, t.name, "teams") }

func teamRoutes() []route {
	body := rest.Envelope("team", rest.Map(rest.Fields{
		"type": rest.Enum("team").Required(), "name": rest.String(100).Required(), "description": rest.String(1024).OrEmpty(), "default_role": rest.Enum("manager", "none"),
	}))
	return []route{
		{Pattern: "GET /teams", Query: rest.Paging().With(rest.Query{"query": rest.Words()}), Handle: listTeams},
		{Pattern: "GET /teams/{id}", Query: rest.Query{"include[]": rest.Among("privileges")}, Handle: with((*account).team, getTeam)},
		{Pattern: "GET /teams/{id}/members", Query: rest.Paging().With(rest.Query{"include[]": rest.Among("users")}), Handle: with((*account).team, listMembers)},
		{Pattern: "POST /teams", Body: body, Handle: createTeam},
		{Pattern: "PUT /teams/{id}", Body: body, Handle: with((*account).team, updateTeam)},
		{Pattern: "DELETE /teams/{id}", Query: rest.Query{"reassignment_team": rest.IDs()}, Handle: with((*account).team, deleteTeam)},
		{
			Pattern: "PUT /teams/{id}/users/{user_id}", Handle: with((*account).team, addMember),
			Body: rest.Map(rest.Fields{"role": rest.Enum("observer", "responder", "manager")}),
		},
		{Pattern: "DELETE /teams/{id}/users/{user_id}", Handle: with((*account).team, removeMember)},
	}
}

func (t *team) add(u *user, role string) {
	if !slices.Contains(t.members, u) {
		t.members = append(t.members, u)
		u.teams = append(u.teams, t)
	}
	t.roles[u] = role
}

func (t *team) remove(u *user) {
	t.members = slices.DeleteFunc(t.members, func(m *user) bool { return m == u })
	u.teams = slices.DeleteFunc(u.teams, func(other *team) bool { return other == t })
	delete(t.roles, u)
}

func (t *team) object() obj {
	o := t.ref()
	o["type"], o["name"], o["default_role"], o["parent"] = "team", t.name, t.defaultRole, nil
	o["description"] = t.description
	return o
}

func listTeams(c *call) *rest.Answer {
	query := strings.ToLower(c.URL.Query().Get("query"))
	rows := c.teams.Where(func(t *team) bool { return strings.Contains(strings.ToLower(t.name), query) })
	rest.ByName(rows, "")
	return rest.Page(c.Call, "teams", rows, (*team).object)
}

func getTeam(_ *call, t *team) *rest.Answer { return rest.OK(obj{"team": t.object()}) }

func listMembers(c *call, t *team) *rest.Answer {
	a := rest.Page(c.Call, "members", t.members, func(u *user) obj { return obj{"user": u.ref(), "role": t.roles[u]} })
	if page, ok := a.Body.(obj); ok && a.Status == http.StatusOK {
		page["total"] = nil // even where it is asked for
	}
	return a
}

func (c *call) setTeam(t *team, in obj) *rest.Answer {
	name, problem := uniqueName(&c.teams, t, rest.Text(in, "name"))
	if problem != nil {
		return problem
	}
	t.name = name
	if text, ok := in["description"].(string); ok {
		t.description = text
	}
	if role := rest.Text(in, "default_role"); role != "" {
		t.defaultRole = role
	}
	return nil
}

func createTeam(c *call) *rest.Answer {
	t := &team{record: c.named(""), defaultRole: "manager", roles: map[*user]string{}}
	if problem := c.setTeam(t, c.Body["team"].(obj)); problem != nil {
		return problem
	}
	c.teams.Add(t)
	return rest.Created(obj{"team": t.object()})
}

func updateTeam(c *call, t *team) *rest.Answer {
	if problem := c.setTeam(t, c.Body["team"].(obj)); problem != nil {
		return problem
	}
	return rest.OK(obj{"team": t.object()})
}

func deleteTeam(c *call, t *team) *rest.Answer {
	if id := c.URL.Query().Get("reassignment_team"); id != "" && (id == t.id || c.team(id) == nil) {
		return rest.Fail(http.StatusBadRequest, 2001, "Invalid Input Provided", "Reassignment team not found")
	}
	if slices.ContainsFunc(c.policies.All(), func(p *policy) bool { return p.team == t }) {
		return rest.Fail(http.StatusBadRequest, 6006, "Team has associations", "The team still has escalation policies, schedules or services")
	}
	for _, u := range slices.Clone(t.members) {
		t.remove(u)
	}
	c.teams.Remove(t)
	return rest.NoContent()
}

func addMember(c *call, t *team) *rest.Answer {
	u := c.user(c.PathValue("user_id"))
	if u == nil {
		return rest.NotFound()
	}
	if u.role == "read_only_user" {
		return rest.WrongText("User %s is a stakeholder and can't be added to a team", u.name)
	}
	role := rest.Text(c.Body, "role")
	if role == "" {
		role = "manager"
		if had := t.roles[u]; had != "" {
			role = had
		}
	}
	t.add(u, role)
	return rest.NoContent()
}

func removeMember(c *call, t *team) *rest.Answer {
	u := c.user(c.PathValue("user_id"))
	if u == nil || !slices.Contains(t.members, u) {
		return rest.NotFound()
	}
	if p := c.policies.First(func(p *policy) bool { return p.team == t && p.pages(u) }); p != nil {
		return rest.Invalid("User cannot be removed from the team: they are on its escalation policy %s", p.name)
	}
	t.remove(u)
	return rest.NoContent()
}
