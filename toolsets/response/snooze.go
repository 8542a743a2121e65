package response

import (
	"context"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

var snoozeTools = []tool.Tool{
	tool.Update("snooze_incident", "Snooze incident", "Keeps an incident quiet; says when it pages again.", snooze),
}

type snoozeInput struct {
	Incident tool.IncidentID `json:"incident_id" action:"acknowledge"`
	Until    tool.Time       `json:"until" alias:"duration,for" action:"snooze" doc:"4h, or tomorrow 9:00; 7 days at most"`
}

// snoozed is the result of snooze_incident.
type snoozed struct {
	Incident subject    `json:"incident"`
	Until    time.Time  `json:"snoozed_until,omitzero"`
	Then     []tool.Ref `json:"pages_again,omitempty"`
}

// Check refuses times that PagerDuty can't snooze to.
func (in snoozeInput) Check(call *tool.Call) error {
	_, err := in.until(call)
	return err
}

func (in snoozeInput) until(call *tool.Call) (time.Time, error) {
	until, err := call.Moment("until", in.Until, tool.Ahead)
	switch {
	case err != nil:
		return until, err
	case !until.After(call.Now):
		return until, tool.Wrong("until: %s is not in the future; it is %s now", when.Clock(until, call.Zone), when.Clock(call.Now, call.Zone))
	case until.Sub(call.Now) > pdapi.MaxSnooze:
		return until, tool.Wrong("until: %s is further ahead than the 7 days that PagerDuty can snooze; the latest is %s",
			when.Clock(until, call.Zone), when.Clock(call.Now.Add(pdapi.MaxSnooze), call.Zone))
	}
	return until, nil
}

// sameMoment is how far apart two ends of a snooze may be and count as one: the same
// call made again says "4h" some seconds later, and PagerDuty's clock is its own.
const sameMoment = time.Minute

func snooze(ctx context.Context, call tool.Writing, in snoozeInput) (snoozed, error) {
	until, err := in.until(call.Call)
	if err != nil {
		return snoozed{}, err
	}
	before, err := call.PD.Incident(ctx, string(in.Incident))
	switch {
	case err != nil:
		return snoozed{}, err
	case before.Status == "resolved":
		return snoozed{}, tool.Wrong("incident_id: #%d is resolved, so that there is nothing to snooze", before.Number)
	case endsAt(before, until):
		call.NothingChanged()
		return showSnoozed(call.Call, before), nil
	}
	after, err := call.PD.SnoozeIncident(ctx, before.ID, until.Sub(call.Now))
	if mayHaveWorked(err) {
		now, lookup := call.PD.Incident(ctx, before.ID)
		if lookup != nil || !endsAt(now, until) {
			return snoozed{}, tool.Unsure(err, "As far as can be seen it is not snoozed until then. Look at pending_actions with get_incident, then snooze it again if need be: that does no harm.")
		}
		call.Note(answerLost)
		after, err = now, nil
	}
	if err != nil {
		return snoozed{}, err
	}
	if before.Status != after.Status {
		call.Changed("status", before.Status, after.Status)
	}
	call.Changed("triggers_again", pendingAt(before, "unacknowledge"), pendingAt(after, "unacknowledge"))
	return showSnoozed(call.Call, after), nil
}

// pendingAt is when an action is due by itself; zero if it is not.
func pendingAt(i pdapi.Incident, action string) time.Time {
	for _, p := range i.PendingActions {
		if p.Type == action {
			return p.At.Time
		}
	}
	return time.Time{}
}

// endsAt reports whether an incident is quiet until a time already.
func endsAt(i pdapi.Incident, until time.Time) bool {
	at := pendingAt(i, "unacknowledge")
	return i.Status == "acknowledged" && !at.IsZero() && at.Sub(until).Abs() <= sameMoment
}

// showSnoozed says when the incident pages again, and whom.
func showSnoozed(call *tool.Call, i pdapi.Incident) snoozed {
	shown := snoozed{Incident: subjectOf(i), Until: pendingAt(i, "unacknowledge")}
	var who []string
	for _, a := range i.Assignments {
		shown.Then = append(shown.Then, *tool.RefTo(&a.Assignee))
		who = append(who, wording.Quote(tool.NameOf(a.Assignee, 80)))
	}
	closes := pendingAt(i, "resolve")
	switch {
	case shown.Until.IsZero():
		call.Note("PagerDuty doesn't show when the snooze ends; look at pending_actions with get_incident.")
	case !closes.IsZero() && closes.Before(shown.Until):
		call.Note("Its service resolves it by itself before that, at %s.", when.Clock(closes, call.Zone))
	case len(who) == 0:
		call.Note("At %s it is triggered again; it is assigned to nobody, so that nobody would be paged.", when.Clock(shown.Until, call.Zone))
	default:
		call.Note("At %s it is triggered again and pages %s, unless somebody acknowledges, reassigns or resolves it before.",
			when.Clock(shown.Until, call.Zone), strings.Join(who, ", "))
	}
	return shown
}
