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
func (r Reader) Teams(ctx context.Context, query string, w Window) iter.Seq2[Page[Team], error] {
	q := url.Values{}
	set(q, "query", query)
	return pages[Team](ctx, r.conn, "teams", q, w, "teams")
}

// Team returns one team.
func (r Reader) Team(ctx context.Context, id string) (Team, error) {
	return get[Team](ctx, r.conn, "team", nil, "teams", id)
}

// Member is a user in a team. Role is observer, responder or manager.
type Member struct {
	User Reference `json:"user"`
	Role string    `json:"role,omitzero"`
}

// TeamMembers lists the members of a team.
func (r Reader) TeamMembers(ctx context.Context, teamID string, w Window) iter.Seq2[Page[Member], error] {
	return pages[Member](ctx, r.conn, "members", nil, w, "teams", teamID, "members")
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
func (c Client) CreateTeam(ctx context.Context, ch TeamChange) (Team, error) {
	return send[Team](ctx, c.conn, request{
		method: http.MethodPost, path: []string{"teams"}, body: map[string]any{"team": ch.body()}, once: true,
	}, "team")
}

// UpdateTeam changes a team. Others are the fields that somebody else changed
// in between; those changes stay.
func (c Client) UpdateTeam(ctx context.Context, id string, ch TeamChange) (updated Team, others []string, err error) {
	return update[Team](ctx, c.conn, "team", ch.body(), []string{"name"}, "teams", id)
}

// DeleteTeam deletes a team. Its open incidents go to the team reassignTo, or
// to none if that is empty. PagerDuty refuses (code 6006) while policies,
// schedules, services or teams belong to it.
func (c Client) DeleteTeam(ctx context.Context, id, reassignTo string) error {
	q := url.Values{}
	set(q, "reassignment_team", reassignTo)
	return c.do(ctx, request{method: http.MethodDelete, path: []string{"teams", id}, query: q}, nil)
}

// AddTeamMember puts a user into a team, or changes their role in it. Role is
// observer, responder or manager; PagerDuty decides when it is empty.
func (c Client) AddTeamMember(ctx context.Context, teamID, userID, role string) error {
	body := map[string]string{}
	if role != "" {
		body["role"] = role
	}
	return c.do(ctx, request{method: http.MethodPut, path: []string{"teams", teamID, "users", userID}, body: body}, nil)
}

// RemoveTeamMember takes a user out of a team.
func (c Client) RemoveTeamMember(ctx context.Context, teamID, userID string) error {
	return c.do(ctx, request{method: http.MethodDelete, path: []string{"teams", teamID, "users", userID}}, nil)
}
