package people

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
)

var onCallTools = []tool.Tool{
	tool.Read("list_oncalls", "List on-calls", "Who is on call, from when until when, at which level of which escalation policy, by which schedule. Now, unless since and until say otherwise.", listOnCalls),
}

type listOnCallsInput struct {
	PolicyIDs   []tool.EscalationPolicyID `json:"escalation_policy_ids,omitzero"`
	ScheduleIDs []tool.ScheduleID         `json:"schedule_ids,omitzero"`
	UserIDs     []tool.UserID             `json:"user_ids,omitzero"`
	ServiceIDs  []tool.ServiceID          `json:"service_ids,omitzero"`
	TeamIDs     []tool.TeamID             `json:"team_ids,omitzero"`
	span
	Earliest bool   `json:"earliest,omitzero" doc:"Only the next shift of each user, policy and level"`
	TimeZone string `json:"time_zone,omitzero" doc:"Of times in the answer"`
	// A company has more people on call than a list usually shows.
	Limit  int `json:"limit" default:"100" min:"1" max:"1000"`
	Offset int `json:"offset,omitzero" min:"0" max:"9999"`
}

// onCall reads as a sentence: who, from when until when, which level of which
// policy, by which schedule.
type onCall struct {
	User  *tool.Ref `json:"user"`
	Since time.Time `json:"since,omitzero"`
	Until any       `json:"until"` // a time, "always", or "unknown"
	Level int       `json:"level,omitzero"`
	// RoundRobin is set where an incident goes to one of a level's people in turn,
	// instead of to all.
	RoundRobin bool      `json:"round_robin,omitzero"`
	Policy     *tool.Ref `json:"escalation_policy,omitzero"`
	Schedule   *tool.Ref `json:"schedule,omitzero"`
}

func showOnCall(o pdapi.OnCall) onCall {
	shown := onCall{User: tool.RefTo(o.User), Since: o.Start.Time, Until: "always", Level: o.Level, Policy: tool.RefTo(o.Policy), Schedule: tool.RefTo(o.Schedule)}
	switch {
	case !o.End.IsZero():
		shown.Until = o.End.Time
	case !o.Start.IsZero() || o.Schedule != nil: // a shift ends; PagerDuty does not say when
		shown.Until = "unknown"
	}
	return shown
}

// farthest is how far ahead PagerDuty knows who is on call, in days.
const farthest = 90

// Check refuses times that PagerDuty does not know.
func (in listOnCallsInput) Check(call *tool.Call) error {
	if _, err := tool.ZoneName("time_zone", in.TimeZone); err != nil {
		return err
	}
	since, until, err := in.times(call)
	switch {
	case err != nil:
		return err
	case until.After(call.Now.AddDate(0, 0, farthest)):
		return tool.Wrong("until: %s is more than 90 days ahead, which is as far as PagerDuty knows who is on call", until.Format(time.RFC3339))
	case until.After(when.AddMonths(since, 3).AddDate(0, 0, 1)): // 90 days may be a day more than 3 months
		return tool.Wrong("since: %s is more than the 3 months that PagerDuty tells at once; shorten it", when.Window(since, until, call.Zone))
	}
	return nil
}

// times are the times asked for. Two that are the same ask for that moment.
func (in listOnCallsInput) times(call *tool.Call) (since, until time.Time, err error) {
	since, until, err = in.RangeOf(call, 7)
	if err == nil || in.Since.IsZero() || in.Until.IsZero() {
		return since, until, err
	}
	first, problem := call.Moment("since", in.Since, tool.Begin)
	last, another := call.Moment("until", in.Until, tool.Begin)
	if problem == nil && another == nil && first.Equal(last) {
		return first, last, nil
	}
	return since, until, err
}

func listOnCalls(ctx context.Context, call tool.Reading, in listOnCallsInput) (tool.List[onCall], error) {
	none := tool.List[onCall]{Name: "oncalls"}
	since, until, err := in.times(call.Call)
	if err != nil {
		return none, err
	}
	if in.Earliest && since.IsZero() {
		// Without times PagerDuty looks at this moment only, and the next shift
		// may be weeks away.
		since, until = call.Now, call.Now.AddDate(0, 0, farthest)
	}
	policies, why, err := in.policies(ctx, call.PD)
	if err != nil || why != "" {
		none.Unsearched("%s", why)
		return none, err
	}
	zone, err := tool.ZoneName("time_zone", in.TimeZone)
	if err != nil {
		return none, err
	}
	var rows []pdapi.OnCall
	found, err := tool.Collect("oncalls", tool.Paging{Limit: in.Limit, Offset: in.Offset}, call.PD.OnCalls(ctx, pdapi.OnCallFilter{
		UserIDs: tool.Strings(in.UserIDs), PolicyIDs: policies, ScheduleIDs: tool.Strings(in.ScheduleIDs),
		Since: since, Until: until, Earliest: in.Earliest, TimeZone: zone,
	}, pdapi.Window{Offset: in.Offset, Limit: in.Limit}), func(o pdapi.OnCall) onCall {
		rows = append(rows, o)
		return showOnCall(o)
	})
	if err != nil {
		return found, err
	}
	markRoundRobin(ctx, call.PD, &found, rows)
	at := "at " + call.Now.Format(time.RFC3339)
	switch {
	case since.IsZero():
	case since.Equal(until):
		at = "at " + since.Format(time.RFC3339)
	default:
		at = fmt.Sprintf("between %s and %s", since.Format(time.RFC3339), until.Format(time.RFC3339))
	}
	found.AddFact("when", at)
	absent := absentees{call: call, list: &found, since: since, until: until, zone: zone, when: at}
	absent.explain(ctx, in, rows)
	return found, nil
}

// policies are the escalation policies that were asked for: those given, narrowed to
// those of the services and teams given. If that leaves none it says why.
func (in listOnCallsInput) policies(ctx context.Context, pd pdapi.Reader) (ids []string, why string, err error) {
	ids = tool.Strings(in.PolicyIDs)
	narrow := func(of string, to []string) {
		switch {
		case why != "":
		case len(to) == 0:
			why = of + " have no escalation policy, so nobody is on call for them."
		case len(ids) == 0:
			ids = to
		default:
			ids = slices.DeleteFunc(ids, func(id string) bool { return !slices.Contains(to, id) })
			if len(ids) == 0 {
				why = of + " use none of the other escalation policies asked for."
			}
		}
	}
	if len(in.ServiceIDs) > 0 {
		found, err := tool.SideBySide(ctx, 4, in.ServiceIDs, func(ctx context.Context, id tool.ServiceID) (pdapi.Service, error) {
			return pd.Service(ctx, string(id))
		})
		if err != nil {
			return nil, "", err
		}
		var used []string
		for _, service := range found {
			if p := service.EscalationPolicy; p != nil && !slices.Contains(used, p.ID) {
				used = append(used, p.ID)
			}
		}
		narrow("The services", used)
	}
	if len(in.TeamIDs) > 0 {
		var owned []string
		for page, err := range pd.EscalationPolicies(ctx, pdapi.PolicyFilter{TeamIDs: tool.Strings(in.TeamIDs)}, pdapi.Window{Limit: 1000}) {
			if err != nil {
				return nil, "", err
			}
			for _, p := range page.Items {
				owned = append(owned, p.ID)
			}
		}
		narrow("The teams", owned)
	}
	return ids, why, nil
}
