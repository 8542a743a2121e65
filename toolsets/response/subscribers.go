package response

import (
	"context"
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var subscriberTools = []tool.Tool{
	tool.Update("change_incident_subscribers", "Change incident subscribers", "Adds or removes who is sent an incident's status updates.", changeSubscribers),
}

type subscribersInput struct {
	Incident    tool.IncidentID `json:"incident_id"`
	AddUsers    []tool.UserID   `json:"add_user_ids,omitzero" max:"100"`
	AddTeams    []tool.TeamID   `json:"add_team_ids,omitzero" max:"100"`
	RemoveUsers []tool.UserID   `json:"remove_user_ids,omitzero" max:"100"`
	RemoveTeams []tool.TeamID   `json:"remove_team_ids,omitzero" max:"100"`
}

// Check refuses a call that changes nothing.
func (in subscribersInput) Check(*tool.Call) error {
	if len(in.AddUsers)+len(in.AddTeams)+len(in.RemoveUsers)+len(in.RemoveTeams) == 0 {
		return tool.Wrong("add_user_ids: there is nothing to change; give add_user_ids, add_team_ids, remove_user_ids or remove_team_ids")
	}
	return nil
}

// changedSubscribers is the result of change_incident_subscribers.
type changedSubscribers struct {
	Incident subject    `json:"incident"`
	Added    []tool.Ref `json:"added,omitempty"`
	Removed  []tool.Ref `json:"removed,omitempty"`
	Now      *reach     `json:"subscribers"`
}

func subscribers(users []tool.UserID, teams []tool.TeamID) []pdapi.Subscriber {
	var all []pdapi.Subscriber
	for _, id := range unrepeated(users) {
		all = append(all, pdapi.Subscriber{ID: id, Type: "user"})
	}
	for _, id := range unrepeated(teams) {
		all = append(all, pdapi.Subscriber{ID: id, Type: "team"})
	}
	return all
}

func changeSubscribers(ctx context.Context, call tool.Writing, in subscribersInput) (changedSubscribers, error) {
	add, remove := subscribers(in.AddUsers, in.AddTeams), subscribers(in.RemoveUsers, in.RemoveTeams)
	for _, s := range add {
		if slices.Contains(remove, s) {
			return changedSubscribers{}, tool.Wrong("add_user_ids: %s is to be added and removed; decide on one", s.ID)
		}
	}
	incident, err := call.PD.Incident(ctx, string(in.Incident))
	if err != nil {
		return changedSubscribers{}, err
	}
	before, whole, err := call.PD.Subscribers(ctx, incident.ID)
	if err != nil {
		return changedSubscribers{}, err
	}
	// Of a list that goes on it is not known who isn't on it.
	is := func(s pdapi.Subscriber) bool { return slices.Contains(before, s) }
	isnt := func(s pdapi.Subscriber) bool { return whole && !is(s) }
	if add, remove = slices.DeleteFunc(add, is), slices.DeleteFunc(remove, isnt); len(add)+len(remove) == 0 {
		call.NothingChanged()
		return changedSubscribers{Incident: subjectOf(incident), Now: reachOf(before)}, nil
	}
	failed, partly := writeSubscribers(ctx, call, incident.ID, add, remove)
	if failed != nil && !mayHaveWorked(failed) && !partly {
		return changedSubscribers{}, failed
	}
	now, _, err := call.PD.Subscribers(ctx, incident.ID)
	switch {
	case err != nil && failed != nil:
		return changedSubscribers{}, tool.Unsure(failed, "Who is subscribed could not be read. Doing the same again does no harm.")
	case err != nil:
		return changedSubscribers{}, &tool.Partial{Done: "The subscribers were changed, but who they are now could not be read", Err: err}
	}
	shown := changedSubscribers{Incident: subjectOf(incident), Now: reachOf(now)}
	left := 0
	for _, s := range add {
		if slices.Contains(now, s) {
			shown.Added = append(shown.Added, call.Ref(s.ID))
		} else {
			call.Note("%s %s was not added.", s.Type, s.ID)
			left++
		}
	}
	for _, s := range remove {
		if !slices.Contains(now, s) {
			shown.Removed = append(shown.Removed, call.Ref(s.ID))
		} else {
			call.Note("%s %s was not removed.", s.Type, s.ID)
			left++
		}
	}
	switch {
	case failed != nil && left == 0:
		call.Note(answerLost)
	case failed != nil && !mayHaveWorked(failed):
		return changedSubscribers{}, &tool.Partial{Done: "Of the subscribers some were changed; of those named, some were not", Err: failed}
	case failed != nil:
		return changedSubscribers{}, tool.Unsure(failed, "Not all of it is to be seen. Doing the same again does no harm: who is subscribed stays so.")
	case left > 0:
		call.Note("PagerDuty doesn't say why: the API key may not subscribe them, or they may not see the incident.")
	}
	return shown, nil
}

// writeSubscribers adds and removes subscribers. Partly is set if the first was done
// and the second was not. A success without details is one: who is subscribed is read
// afterwards.
func writeSubscribers(ctx context.Context, call tool.Writing, id string, add, remove []pdapi.Subscriber) (err error, partly bool) {
	if len(add) > 0 {
		if _, err = call.PD.Subscribe(ctx, id, add); err != nil && !pdapi.Accepted(err) {
			return err, false
		}
	}
	if len(remove) > 0 {
		if _, failed := call.PD.Unsubscribe(ctx, id, remove); failed != nil {
			return failed, len(add) > 0
		}
	}
	return err, false
}
