package oncall

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
)

var whoTools = []tool.Tool{
	tool.Read("who_gets_paged", "Who gets paged",
		"Who would be paged, level by level with minutes, and what stops that: maintenance, urgency and event rules, empty levels, people who can't be reached. Of an incident also who was paged and why nobody was.",
		whoGetsPaged),
}

type whoInput struct {
	Service  tool.ServiceID          `json:"service_id,omitzero"`
	Policy   tool.EscalationPolicyID `json:"escalation_policy_id,omitzero" alias:"policy_id"`
	Incident tool.IncidentID         `json:"incident_id,omitzero"`
	At       tool.Time               `json:"at,omitzero" doc:"Default: now"`
	Urgency  string                  `json:"urgency,omitzero" enum:"high,low" doc:"Default: the service's rule"`
}

// Check wants exactly one thing to look at, at a time that PagerDuty knows.
func (in whoInput) Check(call *tool.Call) error {
	given := 0
	for _, is := range []bool{in.Service != "", in.Policy != "", in.Incident != ""} {
		if is {
			given++
		}
	}
	at, err := in.at(call)
	switch {
	case err != nil:
		return err
	case given != 1:
		return tool.Wrong("service_id: give exactly one of service_id, escalation_policy_id and incident_id")
	case in.Incident != "" && (!in.At.IsZero() || in.Urgency != ""):
		return tool.Wrong("incident_id: an incident has its own time and urgency; leave out at and urgency, or ask for its service")
	case at.After(call.Now.AddDate(0, 0, daysAhead-1)):
		return tool.Wrong("at: %s is more than %d days ahead, which is as far as PagerDuty knows who is on call", when.Clock(at, call.Zone), daysAhead)
	}
	return nil
}

func (in whoInput) at(call *tool.Call) (time.Time, error) {
	if in.At.IsZero() {
		return call.Now, nil
	}
	return call.Moment("at", in.At, tool.Ahead)
}

// paging is who gets paged: what stops or changes it first.
type paging struct {
	Incident *tool.Ref `json:"incident,omitzero"`
	Service  *tool.Ref `json:"service,omitzero"`
	Policy   *tool.Ref `json:"escalation_policy,omitzero"`
	At       time.Time `json:"at"`
	Urgency  string    `json:"urgency"`
	Nobody   bool      `json:"pages_nobody,omitzero"`
	Stops    []string  `json:"stops_or_changes,omitempty"`
	Summary  string    `json:"summary"`
	Sequence []stage   `json:"sequence,omitempty"`
	Then     string    `json:"then,omitzero"`

	// Of an incident.
	Status     string     `json:"status,omitzero"`
	AssignedTo []tool.Ref `json:"assigned_to,omitempty"`
	Paged      []paged    `json:"was_paged,omitempty"`
	WhyNobody  []string   `json:"why_nobody_was,omitempty"`
}

// stage is a step of an incident through its policy, as it is shown.
type stage struct {
	Minutes    int      `json:"minutes"` // from the time that was asked about
	Level      int      `json:"level"`
	People     []person `json:"people"`
	RoundRobin string   `json:"round_robin,omitzero"`
}

// person is somebody who is paged, by which schedule and until when, and how.
type person struct {
	tool.Ref
	Schedule *tool.Ref `json:"schedule,omitzero"`
	Until    any       `json:"until"` // a time, or always
	Told     string    `json:"told,omitzero"`
	Problem  string    `json:"problem,omitzero"`
}

// question is what who_gets_paged looks at.
type question struct {
	incident *pdapi.Incident
	service  *pdapi.Service
	policy   pdapi.EscalationPolicy
	at       time.Time
	urgency  urgency
	roster   roster
}

func whoGetsPaged(ctx context.Context, call tool.Reading, in whoInput) (paging, error) {
	call.Steps(3)
	q, err := in.subject(ctx, call)
	if err != nil {
		return paging{}, err
	}
	call.Step()
	obstacles, err := q.look(ctx, call)
	if err != nil {
		return paging{}, err
	}
	call.Step()
	out := paging{At: q.at, Policy: &tool.Ref{ID: q.policy.ID, Summary: q.policy.Name}}
	if q.service != nil {
		out.Service = &tool.Ref{ID: q.service.ID, Summary: q.service.Name}
	}
	if q.incident != nil {
		return q.ofIncident(ctx, call, out, obstacles)
	}
	obstacles = append(obstacles, q.byUrgency(call, in.Urgency)...)
	if in.Urgency != "" && in.Urgency != q.urgency.level {
		q.urgency = urgency{level: in.Urgency}
	}
	out.Urgency = q.urgency.level
	err = q.tell(ctx, call, &out, q.walk(), obstacles)
	return out, err
}

// subject finds the service and the escalation policy that are asked about.
func (in whoInput) subject(ctx context.Context, call tool.Reading) (q question, err error) {
	q.urgency = urgency{level: "high"}
	if q.at, err = in.at(call.Call); err != nil {
		return q, err
	}
	service, policy := string(in.Service), string(in.Policy)
	if in.Incident != "" {
		found, err := call.PD.Incident(ctx, string(in.Incident))
		if err != nil {
			return q, err
		}
		q.incident = &found
		if found.Service != nil {
			service = found.Service.ID
		}
		if found.EscalationPolicy != nil {
			policy = found.EscalationPolicy.ID
		}
	}
	if service != "" {
		found, err := call.PD.Service(ctx, service)
		switch {
		case err == nil:
			q.service = &found
			q.urgency = urgencyAt(found, q.at)
			if end, ends := q.resolves(); ends && !q.urgency.raised.Before(end) {
				q.urgency.raised = time.Time{} // it is over before
			}
		case q.incident == nil || ctx.Err() != nil:
			return q, err
		default:
			call.Note("The incident's service could not be read (%s).", briefly(err))
		}
		if policy == "" && found.EscalationPolicy != nil {
			policy = found.EscalationPolicy.ID
		}
	}
	if policy == "" {
		q.policy, err = policyOf(ctx, call, service)
		return q, err
	}
	q.policy, err = policyByID(ctx, call, policy)
	return q, err
}

// look reads who is on call, and what keeps the service from paging them. What can't
// be read of the latter is a line.
func (q *question) look(ctx context.Context, call tool.Reading) ([]obstacle, error) {
	begin, end := q.at, q.at.Add(length(q.policy)+time.Minute)
	if q.incident != nil {
		begin = q.incident.CreatedAt.Time
	}
	if !q.urgency.raised.IsZero() {
		end = q.urgency.raised.Add(length(q.policy) + time.Minute)
	}
	if oldest := call.Now.AddDate(0, -2, 0); begin.Before(oldest) {
		begin = oldest // PagerDuty gives at most three months of on-calls
	}
	var windows, rules []obstacle
	parts := []func(context.Context) error{
		func(ctx context.Context) (err error) {
			q.roster, _, err = onCalls(ctx, call, pdapi.OnCallFilter{PolicyIDs: []string{q.policy.ID}, Since: begin, Until: end})
			return err
		},
	}
	if q.service != nil {
		parts = append(parts, func(ctx context.Context) error {
			windows = q.windows(ctx, call)
			return ctx.Err()
		}, func(ctx context.Context) error {
			rules = q.rules(ctx, call)
			return ctx.Err()
		})
	}
	_, err := tool.SideBySide(ctx, call.PD.Room(len(parts)), parts, func(ctx context.Context, part func(context.Context) error) (struct{}, error) {
		return struct{}{}, part(ctx)
	})
	if err != nil || q.service == nil {
		return nil, err
	}
	return slices.Concat(disabled(*q.service), windows, rules, paused(*q.service)), nil
}

// windows is what maintenance does at the time asked about.
func (q *question) windows(ctx context.Context, call tool.Reading) []obstacle {
	filter := pdapi.MaintenanceFilter{ServiceIDs: []string{q.service.ID}, State: "open"}
	if q.when().Before(call.Now) {
		filter.State = "all"
	}
	var all []pdapi.MaintenanceWindow
	for page, err := range call.PD.MaintenanceWindows(ctx, filter, pdapi.Window{Limit: 500}) {
		if err != nil {
			return []obstacle{{"Maintenance windows could not be read (" + briefly(err) + "): there may be one.", false}}
		}
		all = append(all, page.Items...)
	}
	return maintained(call.Call, all, q.service.ID, q.when())
}

// rules is what the service's event rules do at the time asked about.
func (q *question) rules(ctx context.Context, call tool.Reading) []obstacle {
	path, err := call.PD.ServiceRules(ctx, q.service.ID)
	switch {
	case errors.Is(err, pdapi.ErrNotFound), errors.Is(err, pdapi.ErrPlan):
		return nil // without rules
	case err != nil:
		return []obstacle{{"The service's event rules could not be read (" + briefly(err) + "): one may suppress events.", false}}
	}
	return ruled(path, q.when())
}

// when is the time at which obstacles count: of an incident, when it began.
func (q *question) when() time.Time {
	if q.incident != nil {
		return q.incident.CreatedAt.Time
	}
	return q.at
}

// byUrgency says what the service's urgency rule does, and what low urgency means.
func (q *question) byUrgency(call tool.Reading, asked string) (out []obstacle) {
	u := q.urgency
	level := u.level
	if asked != "" {
		level = asked
	}
	if u.why != "" {
		out = append(out, obstacle{fmt.Sprintf("By the service's urgency rule incidents then are of %s urgency: %s.", u.level, u.why), false})
	} else if q.service != nil && asked != "" && asked != u.level {
		out = append(out, obstacle{fmt.Sprintf("The service's urgency rule makes its incidents %s; %s was asked for.", u.level, asked), false})
	}
	if level == "low" {
		says := "Low urgency: people are told by their rules for that, mostly without a sound, and nothing escalates"
		if asked == "" && !u.raised.IsZero() {
			says += fmt.Sprintf(" until it becomes high at %s", when.Clock(u.raised, call.Zone))
		}
		out = append(out, obstacle{says + ".", false})
	}
	return out
}

// walk is the way of an incident that begins at the time asked about.
func (q *question) walk() []step {
	first, ok := q.roster.begin(q.policy, q.at)
	if !ok {
		return nil
	}
	steps := []step{first}
	switch {
	case q.urgency.level == "high":
		steps = append(steps, q.roster.onward(q.policy, first)...)
	case !q.urgency.raised.IsZero():
		raised := first
		raised.At, raised.Raised = q.urgency.raised, true
		steps = append(append(steps, raised), q.roster.onward(q.policy, raised)...)
	}
	end, ends := q.resolves()
	return slices.DeleteFunc(steps, func(s step) bool { return ends && !s.At.Before(end) })
}

// resolves is when an incident that begins at the time asked about is resolved by
// itself.
func (q *question) resolves() (time.Time, bool) {
	if q.service == nil || q.service.AutoResolveTimeout == nil || q.incident != nil {
		return time.Time{}, false
	}
	return q.at.Add(time.Duration(*q.service.AutoResolveTimeout) * time.Second), true
}
