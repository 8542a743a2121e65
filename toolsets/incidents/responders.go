package incidents

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

var responderTools = []tool.Tool{
	tool.Create("add_responders", "Add responders", "Pages users, or whoever is on call for escalation policies, to help with an incident.", addResponders),
}

type addRespondersInput struct {
	Incident tool.IncidentID           `json:"incident_id"`
	Users    []tool.UserID             `json:"user_ids,omitzero" pages:"true"`
	Policies []tool.EscalationPolicyID `json:"escalation_policy_ids,omitzero" pages:"true"`
	Message  string                    `json:"message" default:"Please help with this incident." min:"1" max:"5000"`
}

// Check refuses a request that asks nobody.
func (in addRespondersInput) Check(*tool.Call) error {
	if len(in.Users)+len(in.Policies) == 0 {
		return tool.Wrong("user_ids: give at least one user in user_ids or one policy in escalation_policy_ids to ask for help")
	}
	return nil
}

// requestedResponders is the result of add_responders.
type requestedResponders struct {
	Incident   *tool.Ref          `json:"incident"`
	By         *tool.Ref          `json:"requested_by,omitzero"`
	At         time.Time          `json:"at,omitzero"`
	Responders []record.Responder `json:"responders,omitempty"`
}

// notAskedYet are the users who were not asked to help with the incident before: who
// was, and has not declined, is not paged again.
func (in addRespondersInput) notAskedYet(call tool.Writing, incident pdapi.Incident) []tool.UserID {
	var users []tool.UserID
	for _, id := range in.Users {
		if slices.Contains(users, id) {
			continue // named twice
		}
		i := slices.IndexFunc(incident.Responders, func(r pdapi.Responder) bool { return r.User.ID == string(id) && r.State != "declined" })
		if i < 0 {
			users = append(users, id)
			continue
		}
		asked := incident.Responders[i]
		call.Note("%q (%s) was asked already and was not paged again; the answer to that is: %s.", wording.Shorten(asked.User.Summary, 80), id, asked.State)
	}
	return users
}

// alreadyAsked is the result of a request that would ask nobody new.
func alreadyAsked(incident pdapi.Incident) requestedResponders {
	result := requestedResponders{Incident: &tool.Ref{ID: incident.ID, Summary: incident.Title}}
	for _, r := range incident.Responders {
		result.Responders = append(result.Responders, record.ShowResponder(r))
	}
	return result
}

func addResponders(ctx context.Context, call tool.Writing, in addRespondersInput) (requestedResponders, error) {
	me, err := call.PD.Me(ctx)
	if err != nil {
		return requestedResponders{}, fmt.Errorf("finding out who asks for help: %w", err)
	}
	incident, err := call.PD.Incident(ctx, string(in.Incident))
	if err != nil {
		return requestedResponders{}, err
	}
	id, users := incident.ID, in.notAskedYet(call, incident)
	if len(users)+len(in.Policies) == 0 {
		return alreadyAsked(incident), nil
	}
	made, err := call.PD.RequestResponders(ctx, id, pdapi.ResponderRequest{
		RequesterID: me.ID, Message: in.Message, UserIDs: tool.Strings(users), EscalationPolicyIDs: tool.Strings(in.Policies),
	})
	if err != nil {
		return requestedResponders{}, tool.Unsure(err, "Look at the responders with get_incident before asking again: a second request pages people twice.")
	}
	result := requestedResponders{Incident: tool.RefTo(&made.Incident), By: tool.RefTo(&made.Requester), At: made.RequestedAt.Time}
	for _, t := range made.Targets {
		for _, r := range t.Target.Responders {
			result.Responders = append(result.Responders, record.ShowResponder(r))
		}
	}
	return result, nil
}
