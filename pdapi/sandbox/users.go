package sandbox

import (
	"net/http"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

type user struct {
	record
	email, role, title, zone string
	teams                    []*team
}

func (u *user) ref() obj { return ref("user", u.id, u.name, "users") }

func (a *account) userByEmail(email string) *user {
	return a.users.First(func(u *user) bool { return strings.EqualFold(u.email, email) })
}

func userRoutes() []route {
	include := rest.Among("contact_methods", "notification_rules", "teams", "subdomains")
	return []route{
		{Pattern: "GET /users/me", Query: rest.Query{"include[]": include}, Handle: getMe},
		{Pattern: "GET /users/{id}", Query: rest.Query{"include[]": include}, Handle: with((*account).user, getUser)},
		{
			Pattern: "GET /users", Handle: listUsers,
			Query: rest.Paging().With(rest.Query{"query": rest.Words(), "team_ids[]": rest.IDs(), "include[]": include}),
		},
	}
}

func getMe(c *call) *rest.Answer {
	if c.actor == nil {
		// Not the documented envelope: here error is a string.
		return &rest.Answer{Status: http.StatusBadRequest, Body: obj{"error": "Because this request was made using an account-level access token, " +
			"we were unable to determine the user's identity. Please use a user-level token."}}
	}
	return rest.OK(obj{"user": c.actor.object()})
}

func getUser(_ *call, u *user) *rest.Answer { return rest.OK(obj{"user": u.object()}) }

func listUsers(c *call) *rest.Answer {
	q := c.URL.Query()
	query := strings.ToLower(q.Get("query"))
	var rows []*user
	for _, u := range c.users.All() {
		inTeam := len(q["team_ids[]"]) == 0 || slices.ContainsFunc(u.teams, func(t *team) bool { return slices.Contains(q["team_ids[]"], t.id) })
		if inTeam && (strings.Contains(strings.ToLower(u.name), query) || strings.Contains(u.email, query)) {
			rows = append(rows, u)
		}
	}
	slices.SortStableFunc(rows, func(x, y *user) int { return strings.Compare(x.name, y.name) })
	return rest.Page(c.Call, "users", rows, (*user).object)
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
