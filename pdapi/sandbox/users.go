package sandbox

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

type user struct {
	record
	email, role, title string
	zone               string // null where it is "": the account's is meant
	sso                bool   // made by single sign-on
	teams              []*team
	contacts           []*contact
	rules              []*notifyRule
	// deleted is when the user was deleted. Such users are in no table, but still in
	// schedules and policies.
	deleted time.Time
}

func (u *user) ref() obj {
	r := ref("user", u.id, u.name, "users")
	if !u.deleted.IsZero() {
		r["deleted_at"] = stamp(u.deleted)
	}
	return r
}

// present are those of some users who were not deleted.
func present(users []*user) []*user {
	return slices.DeleteFunc(slices.Clone(users), func(u *user) bool { return !u.deleted.IsZero() })
}

// location is the time zone with a name, also one of the names of Ruby on Rails;
// UTC for one that is not known.
func location(name string) *time.Location {
	if in, ok := locations.Load(name); ok {
		return in.(*time.Location)
	}
	in, err := time.LoadLocation(cmp.Or(railsZones[name], name))
	if err != nil {
		return time.UTC // and not kept: anybody can make up names
	}
	locations.Store(name, in)
	return in
}

// locations are the time zones that were found, by name: Go reads a file for each.
var locations sync.Map

// railsZones are the zones that the company's users have by a name of Ruby on
// Rails.
var railsZones = map[string]string{railsPacific: "America/Los_Angeles"}

const railsPacific = "Pacific Time (US & Canada)"

func (a *account) userByEmail(email string) *user {
	return a.users.First(func(u *user) bool { return strings.EqualFold(u.email, email) })
}

func userRoutes() []route {
	include := rest.Among("contact_methods", "notification_rules", "teams", "subdomains")
	return append(contactRoutes(), []route{
		{Pattern: "GET /users/me", Query: rest.Query{"include[]": include}, Handle: getMe},
		{Pattern: "GET /users/{id}", Query: rest.Query{"include[]": include}, Handle: with((*account).user, getUser)},
		{
			Pattern: "GET /users", Handle: listUsers,
			Query: rest.Paging().With(rest.Query{"query": rest.Words(), "team_ids[]": rest.IDs(), "include[]": include}),
		},
	}...)
}

func getMe(c *call) *rest.Answer {
	if c.actor == nil {
		// Not the documented envelope: here error is a string.
		return &rest.Answer{Status: http.StatusBadRequest, Body: obj{"error": "Because this request was made using an account-level access token, " +
			"we were unable to determine the user's identity. Please use a user-level token."}}
	}
	return rest.OK(obj{"user": c.actor.object(c.URL.Query()["include[]"]...)})
}

func getUser(c *call, u *user) *rest.Answer {
	return rest.OK(obj{"user": u.object(c.URL.Query()["include[]"]...)})
}

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
	return rest.Page(c.Call, "users", rows, func(u *user) obj { return u.object(q["include[]"]...) })
}

// object is the whole user. What include names is shown whole, too.
func (u *user) object(include ...string) obj {
	o := u.ref()
	o["type"] = "user"
	teams := []obj{}
	for _, t := range u.teams {
		teams = append(teams, t.ref())
	}
	for name, value := range map[string]any{
		"name": u.name, "email": u.email, "time_zone": orNull(u.zone), "created_via_sso": u.sso, "color": "green", "role": u.role,
		"avatar_url": "https://pd-static-assets.pagerduty.com/users/blank-avatar.png", "description": nil,
		"invitation_sent": false, "job_title": u.title, "teams": teams,
		"contact_methods": rest.Render(u.contacts, (*contact).ref), "notification_rules": rest.Render(u.rules, (*notifyRule).ref),
	} {
		o[name] = value
	}
	if slices.Contains(include, "contact_methods") {
		o["contact_methods"] = rest.Render(u.contacts, (*contact).object)
	}
	if slices.Contains(include, "notification_rules") {
		o["notification_rules"] = rest.Render(u.rules, func(r *notifyRule) obj { return r.object(false) })
	}
	return o
}
