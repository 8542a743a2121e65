package people

import (
	"context"
	"fmt"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var onCallTools = []tool.Tool{
	tool.Read("list_oncalls", "List on-calls", "Who is on call, from when until when, at which level of which escalation policy, by which schedule. Now, unless since and until say otherwise.", listOnCalls),
}

type listOnCallsInput struct {
	PolicyIDs   []tool.EscalationPolicyID `json:"escalation_policy_ids,omitzero"`
	ScheduleIDs []tool.ScheduleID         `json:"schedule_ids,omitzero"`
	UserIDs     []tool.UserID             `json:"user_ids,omitzero"`
	span
	Earliest bool   `json:"earliest,omitzero" doc:"Only the next shift of each user, policy and level"`
	TimeZone string `json:"time_zone,omitzero" doc:"Of times in the answer"`
	tool.Paging
}

// onCall reads as a sentence: who, from when until when, which level of which
// policy, by which schedule.
type onCall struct {
	User     *tool.Ref `json:"user"`
	Since    time.Time `json:"since,omitzero"`
	Until    any       `json:"until"` // a time, or "always"
	Level    int       `json:"level,omitzero"`
	Policy   *tool.Ref `json:"escalation_policy,omitzero"`
	Schedule *tool.Ref `json:"schedule,omitzero"`
}

func showOnCall(o pdapi.OnCall) onCall {
	shown := onCall{tool.RefTo(o.User), o.Start.Time, "always", o.Level, tool.RefTo(o.Policy), tool.RefTo(o.Schedule)}
	if !o.End.IsZero() {
		shown.Until = o.End.Time
	}
	return shown
}

// Check refuses times that PagerDuty does not know.
func (in listOnCallsInput) Check(call *tool.Call) error {
	_, until, err := in.between(call, 7)
	if err == nil && until.After(call.Now.AddDate(0, 0, 90)) {
		err = tool.Wrong("until: %s is more than 90 days ahead, which is as far as PagerDuty knows who is on call", until.Format(time.RFC3339))
	}
	return err
}

func listOnCalls(ctx context.Context, call tool.Reading, in listOnCallsInput) (tool.List[onCall], error) {
	since, until, err := in.between(call.Call, 7)
	if err != nil {
		return tool.List[onCall]{}, err
	}
	found, err := tool.Collect("oncalls", in.Paging, call.PD.OnCalls(ctx, pdapi.OnCallFilter{
		UserIDs: tool.Strings(in.UserIDs), PolicyIDs: tool.Strings(in.PolicyIDs), ScheduleIDs: tool.Strings(in.ScheduleIDs),
		Since: since, Until: until, Earliest: in.Earliest, TimeZone: in.TimeZone,
	}, in.Window()), showOnCall)
	if err != nil {
		return found, err
	}
	when := "at " + call.Now.Format(time.RFC3339)
	if !since.IsZero() {
		when = fmt.Sprintf("between %s and %s", since.Format(time.RFC3339), until.Format(time.RFC3339))
	}
	found.AddFact("when", when)
	if len(found.Items) == 0 {
		found.AddNote("No one is on call %s for what was asked.", when)
	}
	return found, nil
}
