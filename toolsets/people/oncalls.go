package people

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
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

// farthest is how far ahead PagerDuty knows who is on call, in days.
const farthest = 90

// Check refuses times that PagerDuty does not know.
func (in listOnCallsInput) Check(call *tool.Call) error {
	if _, err := tool.ZoneName("time_zone", in.TimeZone); err != nil {
		return err
	}
	_, until, err := in.RangeOf(call, 7)
	if err == nil && until.After(call.Now.AddDate(0, 0, farthest)) {
		err = tool.Wrong("until: %s is more than 90 days ahead, which is as far as PagerDuty knows who is on call", until.Format(time.RFC3339))
	}
	return err
}

func listOnCalls(ctx context.Context, call tool.Reading, in listOnCallsInput) (tool.List[onCall], error) {
	none := tool.List[onCall]{Name: "oncalls"}
	since, until, err := in.RangeOf(call.Call, 7)
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
	found, err := tool.Collect("oncalls", tool.Paging{Limit: in.Limit, Offset: in.Offset}, call.PD.OnCalls(ctx, pdapi.OnCallFilter{
		UserIDs: tool.Strings(in.UserIDs), PolicyIDs: policies, ScheduleIDs: tool.Strings(in.ScheduleIDs),
		Since: since, Until: until, Earliest: in.Earliest, TimeZone: zone,
	}, pdapi.Window{Offset: in.Offset, Limit: in.Limit}), showOnCall)
	if err != nil {
		return found, err
	}
	when := "at " + call.Now.Format(time.RFC3339)
	if !since.IsZero() {
		when = fmt.Sprintf("between %s and %s", since.Format(time.RFC3339), until.Format(time.RFC3339))
	}
	found.AddFact("when", when)
	if len(found.Items) == 0 && in.Offset == 0 {
		in.explainNobody(ctx, call, &found, when)
	}
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

// explainNobody says what an empty list means. PagerDuty knows on-calls by escalation
// policy: of a schedule that no policy uses it lists nobody, though somebody has the
// shift.
func (in listOnCallsInput) explainNobody(ctx context.Context, call tool.Reading, list *tool.List[onCall], when string) {
	if len(in.ScheduleIDs) == 0 || len(in.ScheduleIDs) > maxExplained {
		list.AddNote("No one is on call %s for what was asked.", when)
		return
	}
	unused := 0
	for _, id := range in.ScheduleIDs {
		found, err := call.PD.Schedule(ctx, string(id), call.Now, call.Now.Add(time.Minute), "")
		if err != nil || len(found.Policies) > 0 {
			continue
		}
		unused++
		who := "nobody now"
		if found.Final != nil && len(found.Final.Entries) > 0 {
			entry := found.Final.Entries[0]
			who = fmt.Sprintf("%q (%s) now, until %s", wording.Shorten(entry.User.Summary, 80), entry.User.ID, entry.End.Format(time.RFC3339))
		}
		list.AddNote("No escalation policy uses the schedule %q, so it pages no one and list_oncalls can't know it. The schedule itself has %s; get_schedule with since and until tells more.",
			wording.Shorten(found.Name, 80), who)
	}
	if unused < len(in.ScheduleIDs) {
		list.AddNote("No one is on call %s for what was asked.", when)
	}
}

// maxExplained is for how many schedules an empty list is explained.
const maxExplained = 5
