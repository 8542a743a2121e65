package people

import (
	"context"
	"iter"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var userTools = []tool.Tool{
	tool.Read("get_user_data", "Get user data", "Who you are in PagerDuty: the user whose API key this is, with teams and time zone.", getUserData),
	tool.Read("list_users", "List users", "Finds users, with e-mail, role, job title, time zone and teams.", listUsers),
}

// user is a user as PagerDuty knows them, without what is private.
type user struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Email    string     `json:"email,omitzero"`
	Role     string     `json:"role,omitzero"`
	JobTitle string     `json:"job_title,omitzero"`
	TimeZone string     `json:"time_zone,omitzero"`
	Teams    []tool.Ref `json:"teams,omitempty"`
	URL      string     `json:"url,omitzero"`
}

func showUser(u pdapi.User) user {
	return user{u.ID, u.Name, u.Email, u.Role, u.JobTitle, u.TimeZone, tool.RefsTo(u.Teams), u.HTMLURL}
}

func getUserData(ctx context.Context, call tool.Reading, _ struct{}) (user, error) {
	found, err := call.PD.Me(ctx)
	return showUser(found), err
}

type listUsersInput struct {
	Query     string        `json:"query,omitzero" doc:"Part of name or e-mail"`
	TeamIDs   []tool.TeamID `json:"team_ids,omitzero" alias:"teams_ids"`
	Services  tool.Instead  `json:"service_ids,omitzero" hidden:"true" alias:"service" says:"who is on call by service: list_oncalls takes service_ids"`
	Schedules tool.Instead  `json:"schedule_ids,omitzero" hidden:"true" alias:"schedule" says:"the users of a schedule: list_schedule_users; who is on call by it: list_oncalls with schedule_ids"`
	tool.Paging
}

func listUsers(ctx context.Context, call tool.Reading, in listUsersInput) (tool.List[user], error) {
	return tool.Search[pdapi.User, user]{
		Name: "users", Query: in.Query, Paging: in.Paging, Show: showUser, NameOf: func(u pdapi.User) string { return u.Name },
		Pages: func(query string, w pdapi.Window) iter.Seq2[pdapi.Page[pdapi.User], error] {
			return call.PD.Users(ctx, pdapi.UserFilter{Query: query, TeamIDs: tool.Strings(in.TeamIDs)}, w)
		},
	}.Collect()
}
