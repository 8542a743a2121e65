package response

import (
	"context"
	"fmt"
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

var alertUpdateTools = []tool.Tool{
	tool.Update("manage_alerts", "Manage alerts", "Resolves alerts of an incident, or moves them to another.", manageAlerts),
}

type manageAlertsInput struct {
	Incident tool.IncidentID `json:"incident_id"`
	Alerts   []string        `json:"alert_ids" min:"1" max:"250"`
	Status   string          `json:"status,omitzero" enum:"resolved" action:"resolve"`
	To       tool.IncidentID `json:"to_incident_id,omitzero" action:"move_alerts" doc:"Move them there"`
}

// Check refuses a call that asks for nothing, or for two things.
func (in manageAlertsInput) Check(*tool.Call) error {
	switch {
	case in.Status == "" && in.To == "":
		return tool.Wrong("status: there is nothing to change; give status resolved, or to_incident_id to move the alerts")
	case in.Status != "" && in.To != "":
		return tool.Wrong("to_incident_id: alerts are resolved or moved, one at a time; leave out status or to_incident_id")
	case in.To == in.Incident:
		return tool.Wrong("to_incident_id: is the incident that the alerts are in")
	}
	return nil
}

// managedAlerts is the result of manage_alerts.
type managedAlerts struct {
	Incident subject            `json:"incident"`
	Counts   *pdapi.AlertCounts `json:"alert_counts,omitzero"`
	Resolved []tool.Ref         `json:"resolved,omitempty"`
	Moved    []tool.Ref         `json:"moved,omitempty"`
	To       *subject           `json:"moved_to,omitzero"`
}

func manageAlerts(ctx context.Context, call tool.Writing, in manageAlertsInput) (managedAlerts, error) {
	refs := []tool.IncidentID{in.Incident}
	if in.To != "" {
		refs = append(refs, in.To)
	}
	incidents, err := readIncidents(ctx, call.PD.Reader, refs)
	if err != nil {
		return managedAlerts{}, err
	}
	from, target := incidents[0], incidents[len(incidents)-1]
	switch {
	case in.To != "" && from.ID == target.ID:
		return managedAlerts{}, tool.Wrong("to_incident_id: #%d is the incident that the alerts are in", target.Number)
	case in.To != "" && target.Status == "resolved":
		return managedAlerts{}, tool.Wrong("to_incident_id: #%d is resolved; move alerts into an open incident", target.Number)
	}
	before, err := alertsByID(ctx, call.PD.Reader, from.ID)
	if err != nil {
		return managedAlerts{}, err
	}
	ids, err := in.toChange(ctx, call, from, target, before)
	if err != nil {
		return managedAlerts{}, err
	}
	shown := managedAlerts{Incident: subjectOf(from), Counts: from.AlertCounts}
	if len(ids) == 0 {
		call.NothingChanged()
		return shown, nil
	}
	if in.To != "" {
		err = call.PD.MoveAlerts(ctx, from.ID, ids, target.ID)
	} else {
		err = call.PD.ResolveAlerts(ctx, from.ID, ids)
	}
	if mayHaveWorked(err) {
		err = in.seeChanged(ctx, call, from.ID, ids, err)
	}
	if err != nil {
		return managedAlerts{}, err
	}
	for _, id := range ids {
		alert := tool.Ref{ID: id, Summary: before[id].Summary}
		if in.To != "" {
			shown.Moved = append(shown.Moved, alert)
		} else {
			shown.Resolved = append(shown.Resolved, alert)
		}
	}
	if in.To != "" {
		to := subjectOf(target)
		shown.To = &to
	}
	shown.standing(ctx, call, from)
	return shown, nil
}

// standing adds how the incident stands now. That it can't be read takes nothing back.
func (m *managedAlerts) standing(ctx context.Context, call tool.Writing, before pdapi.Incident) {
	now, err := call.PD.Incident(ctx, before.ID)
	if err != nil {
		call.Note("It was done, but how the incident stands now could not be read.")
		m.Counts = nil
		return
	}
	m.Incident, m.Counts = subjectOf(now), now.AlertCounts
	if was, is := before.AlertCounts, now.AlertCounts; was != nil && is != nil && was.Triggered != is.Triggered {
		call.Changed("triggered_alerts", was.Triggered, is.Triggered)
	}
	if before.Status != now.Status {
		call.Changed("status", before.Status, now.Status)
		call.Note("Its last alert is resolved, so that the incident is %s.", now.Status)
	}
}

// alertsByID are all alerts of an incident, of which there are 1,000 at most.
func alertsByID(ctx context.Context, pd pdapi.Reader, incidentID string) (map[string]pdapi.Alert, error) {
	all := map[string]pdapi.Alert{}
	for page, err := range pd.Alerts(ctx, incidentID, pdapi.AlertFilter{}, pdapi.Window{Limit: pdapi.MaxMergedAlerts}) {
		if err != nil {
			return nil, err
		}
		for _, alert := range page.Items {
			all[alert.ID] = alert
		}
	}
	return all, nil
}

// toChange are the alerts that are not yet as they are to be. One that is not the
// incident's is refused, unless it was moved already.
func (in manageAlertsInput) toChange(ctx context.Context, call tool.Writing, from, target pdapi.Incident, has map[string]pdapi.Alert) ([]string, error) {
	var ids, missing []string
	over := 0
	for _, id := range unrepeated(in.Alerts) {
		switch alert, found := has[id]; {
		case !found:
			missing = append(missing, id)
		case in.Status != "" && alert.Status == in.Status:
			over++
		default:
			ids = append(ids, id)
		}
	}
	if over > 0 {
		call.Note("%d of the alerts were resolved before.", over)
	}
	if len(missing) > 0 && in.To != "" {
		there, err := alertsByID(ctx, call.PD.Reader, target.ID)
		if err != nil {
			return nil, err
		}
		moved := len(missing)
		missing = slices.DeleteFunc(missing, func(id string) bool { return there[id].ID != "" })
		if moved -= len(missing); moved > 0 {
			call.Note("%d of the alerts are there already.", moved)
		}
	}
	if len(missing) > 0 {
		return nil, tool.Wrong("alert_ids: #%d has no alert %s; list_alerts_from_incident shows those it has", from.Number, wording.QuoteAll(missing))
	}
	return ids, nil
}

// seeChanged looks whether alerts were changed by a call whose answer was lost.
func (in manageAlertsInput) seeChanged(ctx context.Context, call tool.Writing, incidentID string, ids []string, failed error) error {
	now, err := alertsByID(ctx, call.PD.Reader, incidentID)
	if err != nil {
		return tool.Unsure(failed, "Look with list_alerts_from_incident before doing it again.")
	}
	var left []string
	for _, id := range ids {
		if alert, there := now[id]; there && (in.To != "" || alert.Status != in.Status) {
			left = append(left, id)
		}
	}
	if len(left) > 0 {
		return tool.Unsure(failed, fmt.Sprintf("As far as can be seen these are as before: %s. Doing it again does no harm.", wording.QuoteAll(left)))
	}
	call.Note(answerLost)
	return nil
}
