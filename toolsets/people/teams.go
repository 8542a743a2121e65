package people

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

var teamTools = []tool.Tool{
	tool.Read("list_teams", "List teams", "Finds teams by name.", listTeams),
	tool.Read("get_team", "Get team", "One team: description, and whether it is private.", getTeam),
	tool.Read("list_team_members", "List team members", "Who is in a team, and their role.", listMembers),
	tool.Create("create_team", "Create team", "Creates a team.", createTeam),
	tool.Update("update_team", "Update team", "Changes what is given of a team, and leaves the rest.", updateTeam),
	tool.Delete("delete_team", "Delete team", "Deletes a team that no policy, schedule or service belongs to.", deleteTeam),
	tool.Update("add_team_member", "Add team member", "Puts a user into a team, or changes their role.", addMember),
	tool.Delete("remove_team_member", "Remove team member", "Takes a user out of a team.", removeMember),
}

type team struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitzero"`
	DefaultRole string    `json:"default_role,omitzero"`
	Parent      *tool.Ref `json:"parent,omitzero"`
	URL         string    `json:"url,omitzero"`
}

func showTeam(t pdapi.Team) team {
	return team{ID: t.ID, Name: t.Name, Description: t.Description, DefaultRole: t.DefaultRole, Parent: tool.RefTo(t.Parent), URL: t.HTMLURL}
}

type listTeamsInput struct {
	Query string `json:"query,omitzero" doc:"Part of the name"`
	Scope string `json:"scope,omitzero" enum:"all,my" doc:"my: those I am in"`
	tool.Paging
}

func listTeams(ctx context.Context, call tool.Reading, in listTeamsInput) (tool.List[team], error) {
	if in.Scope == "my" {
		return myTeams(ctx, call.PD, in)
	}
	return tool.Search[pdapi.Team, team]{
		Name: "teams", Query: in.Query, Paging: in.Paging, Show: showTeam, NameOf: func(t pdapi.Team) string { return t.Name },
		Pages: func(query string, w pdapi.Window) iter.Seq2[pdapi.Page[pdapi.Team], error] {
			return call.PD.Teams(ctx, query, w)
		},
	}.Collect()
}

// myTeams are the teams that PagerDuty says the user is in, which needs no
// search through the account. The query is applied here.
func myTeams(ctx context.Context, pd pdapi.Reader, in listTeamsInput) (tool.List[team], error) {
	found := tool.List[team]{Name: "teams"}
	user, err := pd.Me(ctx)
	if err != nil {
		return found, fmt.Errorf("finding out who you are, for scope my: %w", err)
	}
	query, matching := wording.LooseKey(wording.Unquoted(in.Query)), 0
	for _, t := range user.Teams {
		if !strings.Contains(wording.LooseKey(t.Summary), query) {
			continue
		}
		matching++
		switch {
		case matching <= in.Offset:
		case len(found.Items) < in.Limit:
			found.Items = append(found.Items, team{ID: t.ID, Name: t.Summary, URL: t.HTMLURL})
		default:
			found.Next = in.Offset + in.Limit
		}
	}
	if len(user.Teams) == 0 {
		found.AddNote("You (%s, %s) are in no team.", wording.Quote(user.Name), user.ID)
	}
	return found, nil
}

type teamInput struct {
	ID tool.TeamID `json:"team_id"`
}

func getTeam(ctx context.Context, call tool.Reading, in teamInput) (team, error) {
	found, err := call.PD.Team(ctx, string(in.ID))
	return showTeam(found), err
}

type listMembersInput struct {
	teamInput
	tool.Paging
}

type member struct {
	tool.Ref
	Role string `json:"role,omitzero"`
}

func listMembers(ctx context.Context, call tool.Reading, in listMembersInput) (tool.List[member], error) {
	return tool.Collect("members", in.Paging, call.PD.TeamMembers(ctx, string(in.ID), in.Window()),
		func(m pdapi.Member) member { return member{*tool.RefTo(&m.User), m.Role} })
}

type createTeamInput struct {
	Name        string  `json:"name" min:"1" max:"100"`
	Description *string `json:"description,omitzero" max:"1024"`
	DefaultRole string  `json:"default_role,omitzero" enum:"manager,none" doc:"none: private"`
}

func createTeam(ctx context.Context, call tool.Writing, in createTeamInput) (team, error) {
	made, err := call.PD.CreateTeam(ctx, pdapi.TeamChange{Name: &in.Name, Description: in.Description, DefaultRole: in.DefaultRole})
	return showTeam(made), tool.Unsure(err, "Look for it with list_teams before creating it again. PagerDuty refuses a second team with the same name.")
}

type updateTeamInput struct {
	teamInput
	tool.Changes
	Name        *string `json:"name,omitzero" min:"1" max:"100"`
	Description *string `json:"description,omitzero" max:"1024" clears:"true"`
	DefaultRole string  `json:"default_role,omitzero" enum:"manager,none" doc:"none: private"`
}

func updateTeam(ctx context.Context, call tool.Writing, in updateTeamInput) (team, error) {
	change := pdapi.TeamChange{Name: in.Name, Description: in.Description, DefaultRole: in.DefaultRole}
	changed, err := call.PD.UpdateTeam(ctx, string(in.ID), change)
	if err != nil {
		return team{}, err
	}
	return tool.ShowChange(call.Call, changed, showTeam), nil
}

type deleteTeamInput struct {
	teamInput
	Reassign tool.TeamID `json:"reassignment_team_id,omitzero" alias:"reassignment_team" doc:"Gets its open incidents"`
}

// Check refuses what PagerDuty would.
func (in deleteTeamInput) Check(*tool.Call) error {
	if in.Reassign == in.ID {
		return tool.Wrong("reassignment_team_id: is the team that is to be deleted; name another, or leave it out")
	}
	return nil
}

// deleted is the result of delete_team.
type deleted struct {
	Deleted tool.Ref `json:"deleted"`
}

func deleteTeam(ctx context.Context, call tool.Writing, in deleteTeamInput) (deleted, error) {
	// Read first: afterwards nobody can say what was deleted.
	found, err := call.PD.Team(ctx, string(in.ID))
	if err != nil {
		return deleted{}, err
	}
	if err := call.PD.DeleteTeam(ctx, string(in.ID), string(in.Reassign)); err != nil && !pdapi.GoneByRepeat(err) {
		return deleted{}, err
	}
	if in.Reassign != "" {
		call.Note("PagerDuty reassigns its open incidents in the background; that may take a while.")
	}
	return deleted{tool.Ref{ID: found.ID, Summary: found.Name}}, nil
}

type addMemberInput struct {
	teamInput
	User tool.UserID `json:"user_id"`
	Role string      `json:"role,omitzero" enum:"observer,responder,manager" doc:"Default: PagerDuty's"`
}

// membership is the result of add_team_member and remove_team_member.
type membership struct {
	Done   string `json:"done"`
	TeamID string `json:"team_id"`
	UserID string `json:"user_id"`
	Role   string `json:"role,omitzero"`
}

func addMember(ctx context.Context, call tool.Writing, in addMemberInput) (membership, error) {
	result := membership{"added", string(in.ID), string(in.User), in.Role}
	before, isIn := roleOf(ctx, call, in)
	if isIn && (in.Role == "" || in.Role == before) {
		call.NothingChanged()
		result.Done, result.Role = "was a member", before
		return result, nil
	}
	if err := call.PD.AddTeamMember(ctx, string(in.ID), string(in.User), in.Role); err != nil {
		return membership{}, err
	}
	if isIn {
		call.Changed("role", before, in.Role)
		result.Done = "role changed"
	}
	if in.Role == "" {
		result.Role, _ = roleOf(ctx, call, in)
	}
	return result, nil
}

// roleOf is a user's role in a team, and whether they are in it, as far as PagerDuty
// says so.
func roleOf(ctx context.Context, call tool.Writing, in addMemberInput) (role string, isIn bool) {
	for page, err := range call.PD.TeamMembers(ctx, string(in.ID), pdapi.Window{Limit: 1000}) {
		if err != nil {
			return "", false
		}
		for _, m := range page.Items {
			if m.User.ID == string(in.User) {
				return m.Role, true
			}
		}
	}
	return "", false
}

type removeMemberInput struct {
	teamInput
	User tool.UserID `json:"user_id"`
}

func removeMember(ctx context.Context, call tool.Writing, in removeMemberInput) (membership, error) {
	err := call.PD.RemoveTeamMember(ctx, string(in.ID), string(in.User))
	if pdapi.GoneByRepeat(err) {
		err = nil
	}
	return membership{Done: "removed", TeamID: string(in.ID), UserID: string(in.User)}, err
}
