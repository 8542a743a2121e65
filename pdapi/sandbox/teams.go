package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

func teamRoutes() []route {
	body := envelope("team", object(map[string]member{
		"type": req(enum("team")), "name": req(text(100)), "description": opt(maybeEmpty(1024)), "default_role": opt(enum("manager", "none")),
	}))
	return []route{
		{pattern: "GET /teams", query: classicPaging.with(params{"query": words()}), handle: listTeams},
		{pattern: "GET /teams/{id}", query: params{"include[]": among("privileges")}, handle: withTeam(getTeam)},
		{pattern: "GET /teams/{id}/members", query: classicPaging.with(params{"include[]": among("users")}), handle: withTeam(listMembers)},
		{pattern: "POST /teams", body: body, handle: createTeam},
		{pattern: "PUT /teams/{id}", body: body, handle: withTeam(updateTeam)},
		{pattern: "DELETE /teams/{id}", query: params{"reassignment_team": ids()}, handle: withTeam(deleteTeam)},
		{
			pattern: "PUT /teams/{id}/users/{user_id}", handle: withTeam(addMember),
			body: object(map[string]member{"role": opt(enum("observer", "responder", "manager"))}),
		},
		{pattern: "DELETE /teams/{id}/users/{user_id}", handle: withTeam(removeMember)},
	}
}

func withTeam(handle func(*call, *team) answer) func(*call) answer {
	return func(c *call) answer {
		t := c.teamByID(c.PathValue("id"))
		if t == nil {
			return notFound()
		}
		return handle(c, t)
	}
}

var noContent = answer{status: http.StatusNoContent}

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

func listTeams(c *call) answer {
	query := strings.ToLower(c.URL.Query().Get("query"))
	rows := slices.DeleteFunc(slices.Clone(c.teams), func(t *team) bool { return !strings.Contains(strings.ToLower(t.name), query) })
	byName(rows, "", func(t *team) string { return t.name })
	return page(c, "teams", rows, (*team).object)
}

func getTeam(_ *call, t *team) answer { return ok(obj{"team": t.object()}) }

func listMembers(c *call, t *team) answer {
	return page(c, "members", t.members, func(u *user) obj { return obj{"user": u.ref(), "role": t.roles[u]} })
}

func (c *call) setTeam(t *team, in obj) *answer {
	name := str(in, "name")
	if other := find(c.teams, func(o *team) bool { return strings.EqualFold(o.name, name) }); other != nil && other != t {
		a := fail(http.StatusBadRequest, 2001, "Invalid Input Provided", "Name has already been taken")
		return &a
	}
	t.name = name
	if text, ok := in["description"].(string); ok {
		t.description = text
	}
	if role := str(in, "default_role"); role != "" {
		t.defaultRole = role
	}
	return nil
}

func createTeam(c *call) answer {
	t := &team{id: c.newID('P'), defaultRole: "manager", roles: map[*user]string{}}
	if problem := c.setTeam(t, c.body["team"].(obj)); problem != nil {
		return *problem
	}
	c.teams = append(c.teams, t)
	return created(obj{"team": t.object()})
}

func updateTeam(c *call, t *team) answer {
	if problem := c.setTeam(t, c.body["team"].(obj)); problem != nil {
		return *problem
	}
	return ok(obj{"team": t.object()})
}

func deleteTeam(c *call, t *team) answer {
	if id := c.URL.Query().Get("reassignment_team"); id != "" && (id == t.id || c.teamByID(id) == nil) {
		return fail(http.StatusBadRequest, 2001, "Invalid Input Provided", "Reassignment team not found")
	}
	if slices.ContainsFunc(c.policies, func(p *policy) bool { return p.team == t }) {
		return fail(http.StatusBadRequest, 6006, "Team has associations", "The team still has escalation policies, schedules or services")
	}
	for _, u := range slices.Clone(t.members) {
		t.remove(u)
	}
	c.teams = slices.DeleteFunc(c.teams, func(o *team) bool { return o == t })
	return noContent
}

func addMember(c *call, t *team) answer {
	u := c.userByID(c.PathValue("user_id"))
	if u == nil {
		return notFound()
	}
	role := str(c.body, "role")
	if role == "" {
		role = "responder"
		if had := t.roles[u]; had != "" {
			role = had
		}
	}
	t.add(u, role)
	return noContent
}

func removeMember(c *call, t *team) answer {
	u := c.userByID(c.PathValue("user_id"))
	if u == nil || !slices.Contains(t.members, u) {
		return notFound()
	}
	t.remove(u)
	return noContent
}
