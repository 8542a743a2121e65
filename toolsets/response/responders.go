package response

import (
	"context"
	"fmt"
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var responderTools = []tool.Tool{
	tool.Update("cancel_responder_requests", "Cancel responder requests", "Takes back unanswered requests of add_responders.", cancelResponders),
}

type cancelRespondersInput struct {
	Incident tool.IncidentID           `json:"incident_id"`
	Users    []tool.UserID             `json:"user_ids,omitzero"`
	Policies []tool.EscalationPolicyID `json:"escalation_policy_ids,omitzero"`
}

// Check refuses a call that names nobody.
func (in cancelRespondersInput) Check(*tool.Call) error {
	if len(in.Users)+len(in.Policies) == 0 {
		return tool.Wrong("user_ids: give at least one user in user_ids or one policy in escalation_policy_ids whose request to take back; get_incident shows who was asked")
	}
	return nil
}

// canceled is the result of cancel_responder_requests.
type canceled struct {
	Incident subject       `json:"incident"`
	Canceled []tool.Ref    `json:"canceled"`
	Not      []notCanceled `json:"not_canceled,omitempty"`
}

type notCanceled struct {
	tool.Ref
	Why string `json:"why"`
}

// answers are PagerDuty's words for requests that can't be taken back, in plain ones.
var answers = map[string]string{"joined": "has joined", "declined": "has declined", "not_found": "was not asked"}

func cancelResponders(ctx context.Context, call tool.Writing, in cancelRespondersInput) (canceled, error) {
	me, err := call.PD.Me(ctx)
	if err != nil {
		return canceled{}, fmt.Errorf("finding out who takes the requests back: %w", err)
	}
	incident, err := call.PD.Incident(ctx, string(in.Incident))
	if err != nil {
		return canceled{}, err
	}
	users, policies := unrepeated(in.Users), unrepeated(in.Policies)
	results, err := call.PD.CancelResponderRequests(ctx, incident.ID, me.ID, users, policies)
	if mayHaveWorked(err) {
		results, err = seeCanceled(ctx, call, incident, users, policies, err)
	}
	if err != nil {
		return canceled{}, err
	}
	shown := canceled{Incident: subjectOf(incident), Canceled: []tool.Ref{}}
	for _, r := range results {
		who := call.Ref(r.ID)
		if i := slices.IndexFunc(incident.Responders, func(asked pdapi.Responder) bool { return asked.User.ID == r.ID }); i >= 0 {
			who = *tool.RefTo(&incident.Responders[i].User)
		}
		switch why, known := answers[r.Result]; {
		case r.Result == "cancelled":
			shown.Canceled = append(shown.Canceled, who)
		case known:
			shown.Not = append(shown.Not, notCanceled{who, why})
		default:
			shown.Not = append(shown.Not, notCanceled{who, "PagerDuty says: " + r.Result})
		}
	}
	if len(shown.Canceled) == 0 {
		call.Note("Nothing was taken back.")
	}
	return shown, nil
}

// unrepeated are ids, each once.
func unrepeated[S ~string](ids []S) []string {
	var out []string
	for _, id := range ids {
		if !slices.Contains(out, string(id)) {
			out = append(out, string(id))
		}
	}
	return out
}

// seeCanceled looks whether requests were taken back by a call whose answer was lost:
// those who were asked by themselves, and hadn't answered, are no responders any more.
// Whom a policy's request asked, PagerDuty doesn't say.
func seeCanceled(ctx context.Context, call tool.Writing, before pdapi.Incident, users, policies []string, failed error) ([]pdapi.CanceledRequest, error) {
	unsure := tool.Unsure(failed, "Look at the responders with get_incident; taking a request back a second time does no harm.")
	now, err := call.PD.Incident(ctx, before.ID)
	if err != nil || len(policies) > 0 {
		return nil, unsure
	}
	var results []pdapi.CanceledRequest
	for _, id := range users {
		was, is := answerOf(before, id), answerOf(now, id)
		switch {
		case is == "pending":
			return nil, unsure
		case is != "":
			results = append(results, pdapi.CanceledRequest{ID: id, Result: is})
		case was == "":
			results = append(results, pdapi.CanceledRequest{ID: id, Result: "not_found"})
		default:
			results = append(results, pdapi.CanceledRequest{ID: id, Result: "cancelled"})
		}
	}
	call.Note(answerLost)
	return results, nil
}

// answerOf is what a user answered to being asked; "" for one who was not.
func answerOf(i pdapi.Incident, userID string) string {
	for _, r := range i.Responders {
		if r.User.ID == userID {
			return r.State
		}
	}
	return ""
}
