package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

func userRoutes() []route {
	include := among("contact_methods", "notification_rules", "teams", "subdomains")
	return []route{
		{pattern: "GET /users/me", query: params{"include[]": include}, handle: getMe},
		{pattern: "GET /users/{id}", query: params{"include[]": include}, handle: getUser},
		{
			pattern: "GET /users", handle: listUsers,
			query: classicPaging.with(params{"query": words(), "team_ids[]": ids(), "include[]": include}),
		},
	}
}

func getMe(c *call) answer {
	if c.actor == nil {
		// Not the documented envelope: here error is a string.
		return answer{status: http.StatusBadRequest, body: obj{"error": "Because this request was made using an account-level access token, " +
			"we were unable to determine the user's identity. Please use a user-level token."}}
	}
	return ok(obj{"user": c.actor.object()})
}

func getUser(c *call) answer {
	u := c.userByID(c.PathValue("id"))
	if u == nil {
		return notFound()
	}
	return ok(obj{"user": u.object()})
}

func listUsers(c *call) answer {
	q := c.URL.Query()
	query := strings.ToLower(q.Get("query"))
	var rows []*user
	for _, u := range c.users {
		inTeam := len(q["team_ids[]"]) == 0 || slices.ContainsFunc(u.teams, func(t *team) bool { return slices.Contains(q["team_ids[]"], t.id) })
		if inTeam && (strings.Contains(strings.ToLower(u.name), query) || strings.Contains(u.email, query)) {
			rows = append(rows, u)
		}
	}
	slices.SortStableFunc(rows, func(x, y *user) int { return strings.Compare(x.name, y.name) })
	return page(c, "users", rows, (*user).object)
}

func (u *user) object() obj {
	o := u.ref()
	o["type"] = "user"
	teams := []obj{}
	for _, t := range u.teams {
		teams = append(teams, t.ref())
	}
	for name, value := range map[string]any{
		"name": u.name, "email": u.email, "time_zone": u.zone, "color": "green", "role": u.role,
		"avatar_url": "https://pd-static-assets.pagerduty.com/users/blank-avatar.png", "description": nil,
		"invitation_sent": false, "job_title": u.title, "teams": teams,
		"contact_methods": []obj{}, "notification_rules": []obj{},
	} {
		o[name] = value
	}
	return o
}
