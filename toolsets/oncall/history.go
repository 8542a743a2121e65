package oncall

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// paged is somebody who was told of an incident, how, and why then.
type paged struct {
	At      time.Time `json:"at"`
	User    *tool.Ref `json:"user"`
	How     string    `json:"how"`              // push 11:18, SMS 11:20
	Because string    `json:"because,omitzero"` // what happened before
}

// maxLog bounds the log entries of an incident that are read, maxPaged those who were
// paged that are shown, the last ones.
const (
	maxLog   = 1000
	maxPaged = 20
)

// ofIncident answers for an incident: who was paged and why nobody was, and who is
// next.
func (q *question) ofIncident(ctx context.Context, call tool.Reading, out paging, then []obstacle) (paging, error) {
	call.Steps(1)
	i := q.incident
	out.Incident = &tool.Ref{ID: i.ID, Summary: fmt.Sprintf("#%d %s", i.Number, wording.Shorten(i.Title, 120))}
	out.Status, out.Urgency = i.Status, i.Urgency
	for _, a := range i.Assignments {
		out.AssignedTo = append(out.AssignedTo, *tool.RefTo(&a.Assignee))
	}
	log, err := q.log(ctx, call)
	if ctx.Err() != nil {
		return out, err
	}
	known := err == nil
	if !known {
		call.Note("Who was paged could not be read from the incident's log (%s).", briefly(err))
	}
	out.Paged = q.wasPaged(log)
	if known && len(out.Paged) == 0 {
		if out.WhyNobody, err = q.whyNobody(ctx, call, log, then); err != nil {
			return out, err
		}
	}
	if n := len(out.Paged) - maxPaged; n > 0 {
		out.Paged = out.Paged[n:]
		call.Note("%d earlier pages were left out.", n)
	}
	call.Step()
	steps, why := q.ahead(call, log)
	if err := q.tell(ctx, call, &out, steps, why); err != nil {
		return out, err
	}
	out.Nobody = out.Nobody || len(steps) == 0
	if len(steps) == 0 {
		out.Summary = "Nobody is next."
	} else {
		out.Summary = "Next: " + out.Summary
	}
	return out, nil
}

// log is what happened to the incident, the oldest first.
func (q *question) log(ctx context.Context, call tool.Reading) ([]pdapi.LogEntry, error) {
	var all []pdapi.LogEntry
	for page, err := range call.PD.IncidentLogEntries(ctx, q.incident.ID, pdapi.LogFilter{}, pdapi.Window{Limit: maxLog}) {
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
	}
	slices.Reverse(all)
	slices.SortStableFunc(all, func(x, y pdapi.LogEntry) int { return x.CreatedAt.Compare(y.CreatedAt.Time) })
	return all, nil
}

// kindOf is what a log entry tells of: notify, assign, escalate, …
func kindOf(e pdapi.LogEntry) string { return strings.TrimSuffix(e.Type, "_log_entry") }

// wasPaged are those who were told, each once for everything that made it so.
func (q *question) wasPaged(log []pdapi.LogEntry) []paged {
	var out []paged
	because, open := "", map[string]int{} // by user, since that
	for _, e := range log {
		switch kindOf(e) {
		case "assign", "escalate", "unacknowledge", "urgency_change", "delegate":
			because, open = wording.Shorten(e.Summary, 120), map[string]int{}
		case "notify":
			if e.User == nil {
				continue
			}
			how := "told"
			if n := e.Channel.Notification; n != nil {
				how = notificationName(n.Type)
			}
			how += " " + e.CreatedAt.Format("15:04")
			if i, ok := open[e.User.ID]; ok {
				out[i].How += ", " + how
				continue
			}
			open[e.User.ID] = len(out)
			why := because
			if e.Agent != nil && tool.TypeOf(*e.Agent) == "user" {
				why = "Asked to help by " + wording.Shorten(e.Agent.Summary, 80) + "."
			}
			out = append(out, paged{e.CreatedAt.Time, tool.RefTo(e.User), how, why})
		}
	}
	return out
}

// notificationName is a kind of notification as people call it.
func notificationName(kind string) string {
	switch name := strings.TrimSuffix(kind, "_notification"); name {
	case "sms":
		return "SMS"
	case "email":
		return "e-mail"
	default:
		return name
	}
}

// whyNobody is why nobody was paged when the incident began.
func (q *question) whyNobody(ctx context.Context, call tool.Reading, log []pdapi.LogEntry, then []obstacle) ([]string, error) {
	var out []string
	for _, o := range then {
		if o.stops {
			out = append(out, o.says)
		}
	}
	var assigned []string
	names := map[string]string{}
	for _, e := range log {
		for _, u := range e.Assignees {
			assigned = append(assigned, u.ID)
			names[u.ID] = u.Summary
		}
	}
	began := q.incident.CreatedAt.Time
	assigned = distinct(assigned)
	if len(assigned) == 0 {
		if _, ok := q.roster.begin(q.policy, began); !ok {
			out = append(out, fmt.Sprintf("The escalation policy had nobody on call at any level at %s.", when.Clock(began, call.Zone)))
		} else {
			out = append(out, "It was never assigned to anybody.")
		}
		return out, nil
	}
	for _, id := range assigned[:min(len(assigned), 5)] {
		r, err := reachOf(ctx, call, id, q.incident.Urgency)
		if err != nil {
			return nil, err
		}
		if r.None {
			out = append(out, fmt.Sprintf("%s, who had it, %s.", wording.Shorten(names[id], 80), r.Problem))
		}
	}
	for _, e := range log {
		if kind := kindOf(e); kind == "acknowledge" || kind == "resolve" || kind == "snooze" {
			out = append(out, fmt.Sprintf("%s at %s.", strings.TrimSuffix(wording.Shorten(e.Summary, 120), "."), when.Clock(e.CreatedAt.Time, call.Zone)))
			break
		}
	}
	if len(out) == 0 {
		out = append(out, "PagerDuty's log does not tell: it was assigned, and nobody was notified.")
	}
	return out, nil
}

// ahead are the steps that come if nobody does anything, and why there are none.
func (q *question) ahead(call tool.Reading, log []pdapi.LogEntry) (steps []step, why []obstacle) {
	says := func(format string, args ...any) { why = append(why, obstacle{fmt.Sprintf(format, args...), false}) }
	pending := map[string]time.Time{}
	for _, action := range q.incident.PendingActions {
		if at := action.At.Time; at.After(call.Now) && pending[action.Type].IsZero() {
			pending[action.Type] = at
		}
	}
	at, escalates := pending["escalate"]
	switch i := q.incident; {
	case i.Status == "resolved":
		says("It is resolved since %s: nobody is paged any more.", when.Clock(i.ResolvedAt.Time, call.Zone))
	case i.Status == "acknowledged":
		var names []string
		for _, a := range i.Acknowledgements {
			names = append(names, wording.Shorten(a.Acknowledger.Summary, 80))
		}
		until := ", and stays so"
		if back := pending["unacknowledge"]; !back.IsZero() {
			until = fmt.Sprintf(" until %s; then they are paged again, and it escalates", when.Clock(back, call.Zone))
		}
		says("Acknowledged by %s%s.", strings.Join(names, " and "), until)
	case escalates:
		from, ok := q.position(log)
		if !ok {
			says("It escalates at %s; to which level can't be told from its log.", when.Clock(at, call.Zone))
			return nil, why
		}
		from.At = at.Add(-time.Duration(q.policy.Rules[from.Level-1].Delay) * time.Minute)
		steps = q.roster.onward(q.policy, from)
	case i.Urgency == "low":
		until := ""
		if raised := pending["urgency_change"]; !raised.IsZero() {
			until = fmt.Sprintf(" until its urgency becomes high at %s", when.Clock(raised, call.Zone))
		}
		says("Of low urgency: nothing escalates%s.", until)
	case len(i.Assignments) == 0:
		says("Assigned to nobody: nothing escalates.")
	default:
		says("PagerDuty tells of no escalation to come: it was assigned by hand, or has been through its whole policy.")
	}
	if end := pending["resolve"]; !end.IsZero() {
		says("Left alone, it is resolved by itself at %s.", when.Clock(end, call.Zone))
		steps = slices.DeleteFunc(steps, func(s step) bool { return !s.At.Before(end) })
	}
	return steps, why
}

// position is where in its policy the incident is, followed through its log.
func (q *question) position(log []pdapi.LogEntry) (at step, known bool) {
	at, known = q.roster.begin(q.policy, q.incident.CreatedAt.Time)
	first := true
	for _, e := range log {
		kind := kindOf(e)
		if kind != "assign" && kind != "escalate" {
			continue
		}
		has := func(s step) bool { return q.assignedBy(s, e.Assignees) }
		now := step{At: e.CreatedAt.Time}
		switch next := q.nextOf(at, known, now.At); {
		case first && known && has(at):
		case kind == "escalate" && next.Level > 0 && has(next):
			at = next
		default:
			known = false
			for n := 1; n <= len(q.policy.Rules) && !known; n++ {
				now.Level, now.People = n, q.roster.at(n, now.At)
				if known = has(now); known {
					at = now
				}
			}
		}
		first = false
	}
	return at, known
}

// nextOf is the step after one, as it is at a moment.
func (q *question) nextOf(at step, known bool, moment time.Time) step {
	if !known {
		return step{}
	}
	at.At = moment.Add(-time.Duration(q.policy.Rules[at.Level-1].Delay) * time.Minute)
	if all := q.roster.onward(q.policy, at); len(all) > 0 {
		return all[0]
	}
	return step{}
}

// assignedBy reports whether a step gives an incident to these users: to all of its
// people, or by turns to one of them.
func (q *question) assignedBy(s step, to []pdapi.Reference) bool {
	if len(to) == 0 || s.Level == 0 {
		return false
	}
	for _, u := range to {
		if !slices.ContainsFunc(s.People, func(p pdapi.OnCall) bool { return p.User.ID == u.ID }) {
			return false
		}
	}
	return len(to) == len(s.People) || q.policy.Rules[s.Level-1].Strategy == pdapi.RoundRobin
}
