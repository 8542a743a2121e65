package incidents

import (
	"context"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// insightTools need PagerDuty's AIOps (or Digital Operations).
var insightTools = []tool.Tool{
	tool.Read("get_outlier_incident", "Get outlier incident", "How usual an incident is for its service: its pattern, and how often it was seen.", getOutlierIncident),
	tool.Read("get_past_incidents", "Get past incidents", "Resolved incidents of the same service that look like this one, the likest first: what helped then?", getPastIncidents),
	tool.Read("get_related_incidents", "Get related incidents", "Up to 20 incidents on other services that may have the same cause, and why.", getRelatedIncidents),
}

type getOutlierIncidentInput struct {
	Incident tool.IncidentID `json:"incident_id"`
	Since    tool.Time       `json:"since,omitzero" doc:"How far to look back"`
}

// outlierIncident says how usual an incident is.
type outlierIncident struct {
	Incident  record.Incident `json:"incident"`
	Category  string          `json:"category,omitzero"`
	Count     int             `json:"count,omitzero"`
	Frequency float64         `json:"frequency,omitzero"`
	Since     time.Time       `json:"since,omitzero"`
	Until     time.Time       `json:"until,omitzero"`
	Pattern   string          `json:"pattern,omitzero"`
}

func getOutlierIncident(ctx context.Context, call tool.Reading, in getOutlierIncidentInput) (outlierIncident, error) {
	since, err := call.Moment("since", in.Since, tool.Begin)
	if err != nil {
		return outlierIncident{}, err
	}
	if since.After(call.Now) {
		return outlierIncident{}, tool.Wrong("since: %s is not before now; give a time that lies behind", when.Clock(since, call.Zone))
	}
	id, err := record.IncidentID(ctx, call.PD, in.Incident)
	if err != nil {
		return outlierIncident{}, err
	}
	found, err := call.PD.OutlierIncident(ctx, id, since)
	if err != nil {
		return outlierIncident{}, err
	}
	o := found.Incident.Occurrence
	return outlierIncident{record.ShowIncident(found.Incident.Incident), o.Category, o.Count, o.Frequency, o.Since.Time, o.Until.Time, found.Template.MinedText}, nil
}

type getPastIncidentsInput struct {
	Incident tool.IncidentID `json:"incident_id"`
	Limit    int             `json:"limit" default:"5" min:"1" max:"999"`
}

// pastIncident is a past incident, how alike it is, and how it ended.
type pastIncident struct {
	record.Incident
	Score      float64       `json:"score"`
	ResolvedBy *tool.Ref     `json:"resolved_by,omitzero"`
	Notes      []record.Note `json:"notes,omitempty"`
	// NotesUnread is set when the notes could not be read: there may be some.
	NotesUnread bool `json:"notes_unread,omitzero"`
	// Unread is set when no more of it could be read than its title and its time.
	Unread bool `json:"incident_unread,omitzero"`
}

const (
	// maxTold is of how many past incidents the end and the notes are told.
	maxTold = 5
	// maxPastNotes is how many notes of each, and maxPastNote how much of one.
	maxPastNotes = 3
	maxPastNote  = 600 // characters
)

func getPastIncidents(ctx context.Context, call tool.Reading, in getPastIncidentsInput) (tool.List[pastIncident], error) {
	id, err := record.IncidentID(ctx, call.PD, in.Incident)
	if err != nil {
		return tool.List[pastIncident]{}, err
	}
	found, total, err := call.PD.PastIncidents(ctx, id, in.Limit)
	if err != nil {
		return tool.List[pastIncident]{}, err
	}
	list := tool.List[pastIncident]{Name: "past_incidents"}
	told, err := tool.SideBySide(ctx, call.PD.Room(record.AtOnce), found[:min(len(found), maxTold)], func(ctx context.Context, p pdapi.PastIncident) (pastIncident, error) {
		return tellPast(ctx, call.PD, p)
	})
	if err != nil {
		return list, err
	}
	list.Items = told
	for _, p := range found[len(told):] {
		list.Items = append(list.Items, pastIncident{Incident: record.ShowIncident(p.Incident), Score: p.Score})
	}
	if total > 0 {
		list.AddFact("total", total)
	}
	if more := len(found) - len(told); more > 0 {
		call.Note("How they ended and what was noted is shown for the %d likest; get_incident tells of the others.", len(told))
	}
	return list, nil
}

// tellPast reads how a past incident ended and what was written on it. What can't be
// read is left out: the likeness is worth telling all the same.
func tellPast(ctx context.Context, pd pdapi.Reader, p pdapi.PastIncident) (pastIncident, error) {
	shown := pastIncident{Incident: record.ShowIncident(p.Incident), Score: p.Score}
	whole, err := pd.Incident(ctx, p.Incident.ID)
	if shown.Unread = err != nil; err == nil {
		shown.Incident = record.ShowIncident(whole)
		if whole.Status == "resolved" {
			shown.ResolvedBy = tool.RefTo(whole.StatusChangedBy)
		}
	}
	notes, err := pd.Notes(ctx, p.Incident.ID)
	if shown.NotesUnread = err != nil; err == nil {
		for _, n := range record.NewestFirst(notes)[:min(len(notes), maxPastNotes)] {
			note := record.ShowNote(n)
			note.Content = wording.Excerpt(n.Content, maxPastNote)
			shown.Notes = append(shown.Notes, note)
		}
	}
	return shown, ctx.Err()
}

type getRelatedIncidentsInput struct {
	Incident tool.IncidentID `json:"incident_id"`
}

// relatedIncident is a related incident and why it is thought to be.
type relatedIncident struct {
	record.Incident
	Because []relationship `json:"because,omitempty"`
}

type relationship struct {
	Type       string   `json:"type"`
	Grouping   string   `json:"grouping,omitzero"`
	Dependent  []string `json:"dependent_services,omitempty"`
	Supporting []string `json:"supporting_services,omitempty"`
}

func getRelatedIncidents(ctx context.Context, call tool.Reading, in getRelatedIncidentsInput) (tool.List[relatedIncident], error) {
	id, err := record.IncidentID(ctx, call.PD, in.Incident)
	if err != nil {
		return tool.List[relatedIncident]{}, err
	}
	found, err := call.PD.RelatedIncidents(ctx, id)
	list := tool.List[relatedIncident]{Name: "related_incidents"}
	for _, r := range found {
		shown := relatedIncident{Incident: record.ShowIncident(r.Incident)}
		for _, why := range r.Relationships {
			m := why.Metadata
			shown.Because = append(shown.Because, relationship{why.Type, m.Grouping, refIDs(m.Dependent), refIDs(m.Supporting)})
		}
		list.Items = append(list.Items, shown)
	}
	return list, err
}

func refIDs(refs []pdapi.Reference) []string {
	var ids []string
	for _, r := range refs {
		ids = append(ids, r.ID)
	}
	return ids
}
