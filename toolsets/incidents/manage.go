package incidents

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

type manageIncidentsInput struct {
	IDs        []tool.IncidentID       `json:"incident_ids" min:"1" max:"1000"`
	Status     string                  `json:"status,omitzero" enum:"acknowledged,resolved,triggered" pages:"triggered" action:"acknowledged=acknowledge,resolved=resolve,triggered=reopen" doc:"triggered reopens"`
	Urgency    string                  `json:"urgency,omitzero" enum:"high,low" pages:"high" action:"set_urgency"`
	Assignees  []tool.UserID           `json:"assignee_ids,omitzero" alias:"assignment,assignement,assignments" pages:"true" action:"reassign" doc:"Reassign; pages them"`
	Level      int                     `json:"escalation_level,omitzero" min:"1" max:"20" pages:"true" action:"escalate" doc:"Escalate; pages that level"`
	Policy     tool.EscalationPolicyID `json:"escalation_policy_id,omitzero" pages:"true" action:"reassign"`
	Priority   tool.PriorityID         `json:"priority_id,omitzero" action:"set_priority"`
	Title      string                  `json:"title,omitzero" max:"1024" action:"set_title"`
	Resolution string                  `json:"resolution,omitzero" max:"25000" action:"resolve" doc:"With status resolved"`
	tool.Changes
}

// maxChanged is how many changed incidents the answer shows one by one. Of more it
// says how many there are in which state.
const maxChanged = pdapi.MaxPageSize

func manageIncidents(ctx context.Context, call tool.Writing, in manageIncidentsInput) (tool.List[record.Incident], error) {
	change := pdapi.IncidentChange{
		Status: in.Status, Urgency: in.Urgency, AssigneeIDs: tool.Strings(in.Assignees), EscalationLevel: in.Level,
		EscalationPolicyID: string(in.Policy), PriorityID: string(in.Priority), Title: in.Title, Resolution: in.Resolution,
	}
	ids, err := record.IncidentIDs(ctx, call.Reading(), in.IDs)
	if err != nil {
		return tool.List[record.Incident]{}, err
	}
	var all []pdapi.Incident
	done := 0
	if len(ids) > pdapi.MaxIncidentsPerUpdate {
		call.Steps((len(ids) + pdapi.MaxIncidentsPerUpdate - 1) / pdapi.MaxIncidentsPerUpdate)
	}
	for chunk := range slices.Chunk(ids, pdapi.MaxIncidentsPerUpdate) {
		changed, err := updateIncidents(ctx, call, chunk, change)
		if pdapi.MaybeDone(err) {
			rest := ""
			if n := done + len(chunk); n < len(ids) {
				rest = fmt.Sprintf(" Those after %s were not changed.", ids[n-1])
			}
			before := ""
			if done > 0 {
				before = fmt.Sprintf("%d of %d incidents were changed, those from %s to %s in the order given. ", done, len(ids), ids[0], ids[done-1])
			}
			return tool.List[record.Incident]{}, tool.Unsure(err, fmt.Sprintf("%sOf those from %s to %s it is not known.%s Look at them with get_incident or list_incidents before doing it again: reassigning and escalating page again.",
				before, chunk[0], chunk[len(chunk)-1], rest))
		}
		if err != nil && done > 0 {
			err = &tool.Partial{Done: fmt.Sprintf("%d of %d incidents were changed, those from %s to %s in the order given. The rest were not", done, len(ids), ids[0], ids[done-1]), Err: err}
		}
		if err != nil {
			return tool.List[record.Incident]{}, err
		}
		done += len(chunk)
		call.Step()
		all = append(all, changed...)
	}
	return showChanged(call, ids, all)
}

// showChanged lists changed incidents, or of many how many there are in which state.
func showChanged(call tool.Writing, ids []string, all []pdapi.Incident) (tool.List[record.Incident], error) {
	result := tool.List[record.Incident]{Name: "incidents"}
	for _, changed := range all[:min(len(all), maxChanged)] {
		result.Items = append(result.Items, record.ShowIncident(changed))
	}
	if missing := len(ids) - len(all); missing > 0 {
		call.Note("PagerDuty made the change to all %d incidents, but its answers list only %d of them.", len(ids), len(all))
	}
	if len(all) > maxChanged {
		states := map[string]int{}
		for _, changed := range all {
			states[changed.Status]++
		}
		result.AddFact("by_status", states)
		call.Note("The first %d of %d incidents are shown.", maxChanged, len(all))
	}
	return result, nil
}

// Check refuses what PagerDuty would ignore or misread.
func (in manageIncidentsInput) Check(*tool.Call) error {
	toUsers := len(in.Assignees) > 0
	switch {
	case in.Resolution != "" && in.Status != "resolved":
		return tool.Wrong("resolution: is only for resolving; add status resolved, or write a note with add_note_to_incident")
	case toUsers && in.Level > 0:
		return tool.Wrong("assignee_ids: an incident goes to users or to a level of its escalation policy, not both; leave out assignee_ids or escalation_level")
	case toUsers && in.Policy != "":
		return tool.Wrong("assignee_ids: an incident goes to users or to an escalation policy, not both; leave out assignee_ids or escalation_policy_id")
	case in.Status == "resolved" && (toUsers || in.Level > 0 || in.Policy != ""):
		return tool.Wrong("status: a resolved incident is assigned to no one; leave out status resolved, or what reassigns it")
	}
	return nil
}

// updateIncidents makes one change to one request's worth of incidents. PagerDuty
// refuses it for all of them when one that is to be resolved already is; then the
// others are resolved without it, as was asked.
func updateIncidents(ctx context.Context, call tool.Writing, ids []string, change pdapi.IncidentChange) ([]pdapi.Incident, error) {
	changed, err := call.PD.UpdateIncidents(ctx, ids, change)
	if errors.Is(err, pdapi.ErrNoDetails) {
		err = nil // done, though the answer doesn't list what
	}
	if !errors.Is(err, pdapi.ErrAlreadyResolved) {
		if err != nil {
			return nil, err
		}
		return readMissing(ctx, call, ids, changed)
	}
	found, lookup := readIncidents(ctx, call, ids)
	if lookup != nil {
		return nil, err
	}
	var open []string
	var over, now []pdapi.Incident // resolved before, and by this call
	for _, one := range found {
		switch {
		case one.Status != "resolved":
			open = append(open, one.ID)
		case pdapi.Repeated(err) && one.StatusChangedAt.After(call.Now.Add(-clocksDiffer)):
			now = append(now, one)
		default:
			over = append(over, one)
		}
	}
	if len(open) == len(found) {
		return nil, err
	}
	changed = nil
	if len(open) > 0 {
		if changed, err = call.PD.UpdateIncidents(ctx, open, change); err != nil {
			return nil, err
		}
		if changed, err = readMissing(ctx, call, open, changed); err != nil {
			return nil, err
		}
	}
	if len(now) > 0 {
		call.Note("PagerDuty's first answer was lost on the way. %d of the incidents were resolved in that moment%s: as far as can be known, by this very call.", len(now), byWhom(now))
	}
	if len(over) > 0 {
		call.Note("%d of the incidents were resolved before, and were left as they are.", len(over))
	}
	return slices.Concat(changed, now, over), nil
}

// clocksDiffer is how far PagerDuty's clock may be behind this one.
const clocksDiffer = 2 * time.Minute

// byWhom says who changed the status of incidents last, if it was one user.
func byWhom(all []pdapi.Incident) string {
	who := ""
	for _, one := range all {
		if one.StatusChangedBy == nil || one.StatusChangedBy.Summary == "" || who != "" && who != one.StatusChangedBy.Summary {
			return ""
		}
		who = one.StatusChangedBy.Summary
	}
	return " by " + wording.Quote(who)
}

// maxRead is how many incidents are read again because an answer does not list them.
const maxRead = 25

// readMissing adds to the incidents that an answer lists those that it leaves out
// though they would be on its page. PagerDuty makes a change to all incidents or to
// none, but an answer that lists too few may be anybody's.
func readMissing(ctx context.Context, call tool.Writing, ids []string, changed []pdapi.Incident) ([]pdapi.Incident, error) {
	if len(changed) >= min(len(ids), pdapi.MaxPageSize) {
		return changed, nil
	}
	var missing []string
	for _, id := range ids {
		if !slices.ContainsFunc(changed, func(i pdapi.Incident) bool { return i.ID == id }) {
			missing = append(missing, id)
		}
	}
	read, err := readIncidents(ctx, call, missing[:min(len(missing), maxRead)])
	if err != nil || len(read) < len(missing) {
		call.Note("PagerDuty accepted the change, but its answer does not list %d of %d incidents: %s. Look at them with get_incident or list_incidents to be sure.",
			len(missing)-len(read), len(ids), record.Named(missing[len(read):]))
	} else {
		call.Note("PagerDuty's answer did not list %d of the incidents; they were read again and are shown as they are now.", len(missing))
	}
	return append(changed, read...), nil
}

func readIncidents(ctx context.Context, call tool.Writing, ids []string) ([]pdapi.Incident, error) {
	return tool.SideBySide(ctx, call.PD.Room(record.AtOnce), ids, func(ctx context.Context, id string) (pdapi.Incident, error) {
		return call.PD.Incident(ctx, id)
	})
}
