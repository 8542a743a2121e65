package response

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Nothing takes a merge back: the incidents that are merged are gone as such.
var mergeTools = []tool.Tool{
	tool.Delete("merge_incidents", "Merge incidents", "Moves the alerts of incidents into another one and resolves them. Can't be undone.", mergeIncidents),
}

type mergeInput struct {
	Into    tool.IncidentID   `json:"incident_id" alias:"into,target_incident_id" action:"merge" doc:"Stays open"`
	Sources []tool.IncidentID `json:"source_incident_ids" alias:"source_incidents,merge" action:"resolve" min:"1" max:"100"`
}

// merged is the result of merge_incidents.
type merged struct {
	Incident    subject            `json:"incident"`
	Alerts      *pdapi.AlertCounts `json:"alert_counts,omitzero"`
	Merged      []mergedSource     `json:"merged,omitempty"`
	AlertsMoved int                `json:"alerts_moved,omitzero"`
}

type mergedSource struct {
	ID     string `json:"id"`
	Number int    `json:"number,omitzero"`
	Title  string `json:"title,omitzero"`
	Alerts int    `json:"alerts,omitzero"`
}

// Check refuses to merge an incident into itself, as far as that can be seen.
func (in mergeInput) Check(*tool.Call) error {
	if slices.Contains(in.Sources, in.Into) {
		return intoItself(string(in.Into))
	}
	return nil
}

func intoItself(incident string) error {
	return tool.Wrong("source_incident_ids: %s is the incident to merge into, and can't be merged into itself; leave it out", wording.Quote(incident))
}

func mergeIncidents(ctx context.Context, call tool.Writing, in mergeInput) (merged, error) {
	all, err := readIncidents(ctx, call.PD.Reader, append([]tool.IncidentID{in.Into}, in.Sources...))
	if err != nil {
		return merged{}, err
	}
	target, sources := all[0], all[1:]
	if target.Status == "resolved" {
		return merged{}, tool.Wrong("incident_id: #%d is resolved, and PagerDuty merges into open incidents only", target.Number)
	}
	sources, err = toMerge(call.Call, target, sources)
	if err != nil {
		return merged{}, err
	}
	if len(sources) == 0 {
		call.NothingChanged()
		return merged{Incident: subjectOf(target), Alerts: target.AlertCounts}, nil
	}
	var ids []string
	for _, s := range sources {
		ids = append(ids, s.ID)
	}
	_, err = call.PD.MergeIncidents(ctx, target.ID, ids)
	if mayHaveWorked(err) || errors.Is(err, pdapi.ErrAlreadyMerged) {
		err = seeMerged(ctx, call, target, sources, err)
	}
	if err != nil {
		return merged{}, explainRefusal(err, sources)
	}
	return showMerged(ctx, call, target, sources), nil
}

// readIncidents reads incidents by their ids or numbers, in that order.
func readIncidents(ctx context.Context, pd pdapi.Reader, refs []tool.IncidentID) ([]pdapi.Incident, error) {
	return tool.SideBySide(ctx, pd.Room(record.AtOnce), refs, func(ctx context.Context, ref tool.IncidentID) (pdapi.Incident, error) {
		found, err := pd.Incident(ctx, string(ref))
		if err != nil {
			return found, fmt.Errorf("incident %s: %w", ref, err)
		}
		return found, nil
	})
}

// toMerge are the sources that are to be merged: each once, and without those that
// are merged already.
func toMerge(call *tool.Call, target pdapi.Incident, sources []pdapi.Incident) ([]pdapi.Incident, error) {
	var left []pdapi.Incident
	alerts := alertsOf(target)
	for _, s := range sources {
		into := mergedInto(s)
		switch {
		case s.ID == target.ID:
			return nil, intoItself(fmt.Sprintf("#%d", s.Number))
		case slices.ContainsFunc(left, func(other pdapi.Incident) bool { return other.ID == s.ID }):
			continue
		case into == target.ID:
			call.Note("#%d is merged into it already.", s.Number)
			continue
		case into != "":
			return nil, tool.Wrong("source_incident_ids: #%d is merged into another incident already, %s (%s); leave it out", s.Number, wording.Quote(s.ResolveReason.Incident.Summary), into)
		}
		left = append(left, s)
		alerts += alertsOf(s)
	}
	if alerts > pdapi.MaxMergedAlerts {
		return nil, tool.Wrong("source_incident_ids: together the incidents have %d alerts, and PagerDuty allows %d in one; merge fewer", alerts, pdapi.MaxMergedAlerts)
	}
	return left, nil
}

// mergedInto is the id of the incident that an incident was merged into; "" if it was
// not.
func mergedInto(i pdapi.Incident) string {
	if r := i.ResolveReason; r != nil && r.Type == "merge_resolve_reason" && r.Incident != nil {
		return r.Incident.ID
	}
	return ""
}

func alertsOf(i pdapi.Incident) int {
	if i.AlertCounts == nil {
		return 0
	}
	return i.AlertCounts.All
}

// seeMerged looks whether incidents were merged by a call whose answer doesn't tell.
func seeMerged(ctx context.Context, call tool.Writing, target pdapi.Incident, sources []pdapi.Incident, failed error) error {
	var refs []tool.IncidentID
	for _, s := range sources {
		refs = append(refs, tool.IncidentID(s.ID))
	}
	now, err := readIncidents(ctx, call.PD.Reader, refs)
	open := func(i pdapi.Incident) bool { return mergedInto(i) != target.ID }
	switch {
	case err == nil && !slices.ContainsFunc(now, open) && errors.Is(failed, pdapi.ErrAlreadyMerged):
		call.Note("Somebody else merged them in the same moment.")
		return nil
	case err == nil && !slices.ContainsFunc(now, open):
		call.Note(answerLost)
		return nil
	}
	return tool.Unsure(failed, "As far as can be seen they are not merged. Look at the incidents with get_incident, merged_into, before trying again; one that is merged already is not merged twice.")
}

// explainRefusal says which of the incidents PagerDuty shows as not mergeable, which
// may be why it refused.
func explainRefusal(err error, sources []pdapi.Incident) error {
	var refused *pdapi.Error
	var not []string
	for _, s := range sources {
		if s.Mergeable != nil && !*s.Mergeable {
			not = append(not, fmt.Sprintf("#%d", s.Number))
		}
	}
	if !errors.As(err, &refused) || refused.Status != badRequest || not == nil {
		return err
	}
	return fmt.Errorf("%s can't be merged, as PagerDuty shows it: only incidents that have alerts, or were opened by hand in its web app, can: %w", strings.Join(not, ", "), err)
}

// showMerged says what was moved, and how the incident stands now.
func showMerged(ctx context.Context, call tool.Writing, target pdapi.Incident, sources []pdapi.Incident) merged {
	shown := merged{Incident: subjectOf(target)}
	for _, s := range sources {
		shown.Merged = append(shown.Merged, mergedSource{s.ID, s.Number, s.Title, alertsOf(s)})
		shown.AlertsMoved += alertsOf(s)
	}
	now, err := call.PD.Incident(ctx, target.ID)
	if err != nil {
		call.Note("They are merged, but how the incident stands now could not be read.")
		return shown
	}
	shown.Incident, shown.Alerts = subjectOf(now), now.AlertCounts
	call.Changed("alerts", alertsOf(target), alertsOf(now))
	return shown
}

// badRequest is the HTTP status of a request that PagerDuty does not understand or allow.
const badRequest = 400
