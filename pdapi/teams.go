package pdapi

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Team is a group of users. DefaultRole is what people outside it may do: none
// makes the team private, manager public.
type Team struct {
	ID          string     `json:"id"`
	Name        string     `json:"name,omitzero"`
	Description string     `json:"description,omitzero"`
	DefaultRole string     `json:"default_role,omitzero"`
	Parent      *Reference `json:"parent,omitzero"`
	HTMLURL     string     `json:"html_url,omitzero"`
}

// Teams lists teams whose name contains query, or all if it is empty.
//
// See listTeams in https://developer.pagerduty.com/api-reference.
func (r Reader) Teams(ctx context.Context, query string, w Window) iter.Seq2[Page[Team], error] {
	q := url.Values{}
	set(q, "query", query)
	return pages[Team](ctx, r, "teams", q, w, to("/teams"))
}

// Team returns one team.
//
// See getTeam in https://developer.pagerduty.com/api-reference.
func (r Reader) Team(ctx context.Context, id string) (Team, error) {
	return fetch[Team](ctx, r, get(to("/teams/{id}", id), nil), "team")
}

// Member is a user in a team. Role is observer, responder or manager.
type Member struct {
	User Reference `json:"user"`
	Role string    `json:"role,omitzero"`
}

// TeamMembers lists the members of a team.
//
// See listTeamUsers in https://developer.pagerduty.com/api-reference.
func (r Reader) TeamMembers(ctx context.Context, teamID string, w Window) iter.Seq2[Page[Member], error] {
	return pages[Member](ctx, r, "members", nil, w, to("/teams/{id}/members", teamID))
}

// TeamChange is what to set of a team; nil is left as it is.
type TeamChange struct {
	Name        *string
	Description *string
	DefaultRole string // manager or none; left as it is when empty
}

func (ch TeamChange) body() map[string]any {
	body := map[string]any{"type": "team"}
	setField(body, "name", ch.Name)
	setField(body, "description", ch.Description)
	if ch.DefaultRole != "" {
		body["default_role"] = ch.DefaultRole
	}
	return body
}

// CreateTeam creates a team. It is sent once.
//
// See createTeam in https://developer.pagerduty.com/api-reference.
func (c Client) CreateTeam(ctx context.Context, ch TeamChange) (Team, error) {
	return send[Team](ctx, c, request{
		method: http.MethodPost, path: to("/teams"), body: map[string]any{"team": ch.body()}, once: true,
	}, "team")
}

// teams are what [edit] needs to know of teams.
var teams = editable{
	key: "team", required: []string{"name"},
	settings: [][]string{{"name"}, {"description"}, {"default_role"}, {"parent"}},
}

// UpdateTeam changes a team.
//
// See updateTeam in https://developer.pagerduty.com/api-reference.
func (c Client) UpdateTeam(ctx context.Context, id string, ch TeamChange) (Change[Team], error) {
	return edit(ctx, c, teams, to("/teams/{id}", id), func(Team) (map[string]any, error) { return ch.body(), nil })
}

// DeleteTeam deletes a team. Its open incidents go to the team reassignTo, or
// to none if that is empty. PagerDuty refuses (code 6006) while policies,
// schedules, services or teams belong to it.
//
// See deleteTeam in https://developer.pagerduty.com/api-reference.
func (c Client) DeleteTeam(ctx context.Context, id, reassignTo string) error {
	q := url.Values{}
	set(q, "reassignment_team", reassignTo)
	return c.run(ctx, request{method: http.MethodDelete, path: to("/teams/{id}", id), query: q})
}

// AddTeamMember puts a user into a team, or changes their role in it. Role is
// observer, responder or manager; PagerDuty decides when it is empty.
//
// See updateTeamUser in https://developer.pagerduty.com/api-reference.
func (c Client) AddTeamMember(ctx context.Context, teamID, userID, role string) error {
	body := map[string]string{}
	if role != "" {
		body["role"] = role
	}
	return c.run(ctx, request{method: http.MethodPut, path: to("/teams/{id}/users/{id}", teamID, userID), body: body})
}

// RemoveTeamMember takes a user out of a team.
//
// See deleteTeamUser in https://developer.pagerduty.com/api-reference.
func (c Client) RemoveTeamMember(ctx context.Context, teamID, userID string) error {
	return c.run(ctx, request{method: http.MethodDelete, path: to("/teams/{id}/users/{id}", teamID, userID)})
}
