package incidents

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var responderTools = []tool.Tool{
	tool.Create("add_responders", "Add responders", "Pages users, or whoever is on call for escalation policies, to help with an incident.", addResponders),
}

type addRespondersInput struct {
	Incident tool.IncidentID           `json:"incident_id"`
	Users    []tool.UserID             `json:"user_ids,omitzero" pages:"true"`
	Policies []tool.EscalationPolicyID `json:"escalation_policy_ids,omitzero" pages:"true"`
	Message  string                    `json:"message" default:"Please help with this incident." min:"1" max:"5000"`
	Again    bool                      `json:"ask_again,omitzero"`
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

// alreadyAsked is the result of a request that would ask nobody new.
func alreadyAsked(incident pdapi.Incident) requestedResponders {
	result := requestedResponders{Incident: &tool.Ref{ID: incident.ID, Summary: incident.Title}}
	for _, r := range incident.Responders {
		result.Responders = append(result.Responders, record.ShowResponder(r))
	}
	return result
}

// look reads the incident, for who was asked before. If PagerDuty doesn't answer that
// soon, it holds up no request for help, so long as the incident's id is known.
func (in addRespondersInput) look(ctx context.Context, call tool.Writing) (pdapi.Incident, error) {
	if in.Incident.IsNumber() {
		return call.PD.Incident(ctx, string(in.Incident))
	}
	short, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	incident, err := call.PD.Incident(short, string(in.Incident))
	var failed *pdapi.TransportError
	if ctx.Err() == nil && errors.As(err, &failed) && failed.TimedOut {
		call.Note("Who was asked before could not be looked up in time.")
		return pdapi.Incident{ID: string(in.Incident)}, nil
	}
	return incident, err
}

func addResponders(ctx context.Context, call tool.Writing, in addRespondersInput) (requestedResponders, error) {
	me, err := call.PD.Me(ctx)
	if err != nil {
		return requestedResponders{}, fmt.Errorf("finding out who asks for help: %w", err)
	}
	incident, err := in.look(ctx, call)
	if err != nil {
		return requestedResponders{}, err
	}
	wanted := in.notAskedYet(call, incident)
	if len(wanted) == 0 {
		return alreadyAsked(incident), nil
	}
	request := pdapi.ResponderRequest{RequesterID: me.ID, Message: in.Message}
	for _, t := range wanted {
		if t.isPolicy {
			request.EscalationPolicyIDs = append(request.EscalationPolicyIDs, t.id)
		} else {
			request.UserIDs = append(request.UserIDs, t.id)
		}
	}
	made, err := call.PD.RequestResponders(ctx, incident.ID, request)
	switch {
	case pdapi.MaybeDone(err):
		found, seen := seeRequest(ctx, call, incident, request, wanted)
		if !seen {
			return requestedResponders{}, tool.Unsure(err, "Look at the responders with get_incident before asking again: a second request pages people twice.")
		}
		call.Note("PagerDuty's answer was lost on the way, but they were asked: the incident says so.")
		made = found
	case err != nil:
		if !pdapi.Accepted(err) {
			unclaim(call, incident.ID, wanted)
		}
		return requestedResponders{}, err
	}
	result := requestedResponders{Incident: tool.RefTo(&made.Incident), By: tool.RefTo(&made.Requester), At: made.RequestedAt.Time}
	for _, t := range made.Targets {
		for _, r := range t.Target.Responders {
			result.Responders = append(result.Responders, record.ShowResponder(r))
		}
	}
	return result, nil
}
