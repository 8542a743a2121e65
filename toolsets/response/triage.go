package response

import (
	"context"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var triageTools = []tool.Tool{
	tool.Read("triage_incident", "Triage incident",
		"Start here. All about one incident in one brief: who has it and who is next, what fired, what changed before, what else burns, how it was solved last time, notes, on call.", triageIncident),
}

type triageInput struct {
	Incident tool.IncidentID `json:"incident_id"`
}

// triage is a brief on one incident, in the order in which people ask. Times are
// written as clock and age.
type triage struct {
	ID      string                  `json:"id"`
	Number  int                     `json:"number"`
	Title   string                  `json:"title"`
	State   string                  `json:"state"` // status, urgency, priority, since when
	Service *tool.Ref               `json:"service,omitzero"`
	URL     string                  `json:"url,omitzero"`
	Bridge  *pdapi.ConferenceBridge `json:"conference_bridge,omitzero"`
	Guess   []string                `json:"guess,omitempty"` // each with what it rests on
	Who     []string                `json:"who_has_it,omitempty"`
	Fired   []string                `json:"what_fired,omitempty" free:"true"`
	Changed []string                `json:"what_changed,omitempty"`
	Near    []string                `json:"also_open,omitempty"`
	Before  []earlier               `json:"seen_before,omitempty"`
	Repeats string                  `json:"repeats,omitzero"`
	OnCall  []string                `json:"on_call,omitempty"`
	Notes   []string                `json:"notes,omitempty" free:"true"`
	Windows []string                `json:"maintenance,omitempty"`
	Unread  []string                `json:"could_not_be_read,omitempty"`
}

// earlier is an incident that looked alike, and what was written about its end.
type earlier struct {
	ID      string   `json:"id"`
	Number  int      `json:"number,omitzero"`
	Title   string   `json:"title"`
	When    string   `json:"when"`
	Because string   `json:"alike,omitzero"`
	Ended   string   `json:"ended,omitzero"`
	Notes   []string `json:"notes,omitempty" free:"true"`
}

const (
	// changesBefore is how long before an incident a change may have caused it.
	changesBefore = 2 * time.Hour
	// lastChange is how long before it the last change is told of, if nothing was
	// changed in those hours.
	lastChange = 24 * time.Hour
	// searchedBack is in how many days incidents that look alike are looked for.
	searchedBack  = 90
	maxSupporting = 5 // services whose changes are read
	maxSeen       = 3 // earlier incidents that are told of
)

// found is what PagerDuty knows of an incident and its surroundings.
type found struct {
	incident pdapi.Incident
	open     *part[[]pdapi.Incident]
	windows  *part[[]pdapi.MaintenanceWindow]
	alerts   *part[[]pdapi.Alert]
	notes    *part[[]pdapi.Note]
	onCalls  *part[[]pdapi.OnCall]
	related  *part[[]pdapi.RelatedIncident]
	history  *part[[]pdapi.Incident] // of the service, the newest first
	depends  *part[[]pdapi.Dependency]
	changes  *part[[]pdapi.ChangeEvent]
	nearby   *part[[]pdapi.ChangeEvent] // on what the service depends on
	before   *part[seenBefore]
}

func triageIncident(ctx context.Context, call tool.Reading, in triageInput) (triage, error) {
	g := gathering(ctx, call.PD, record.AtOnce)
	f := &found{}
	pd := call.PD
	first := begin(g, func() (pdapi.Incident, error) {
		return ask(g, func(ctx context.Context) (pdapi.Incident, error) { return pd.Incident(ctx, string(in.Incident)) })
	})
	// What doesn't depend on the incident is read beside it.
	f.open = read(g, func(ctx context.Context) ([]pdapi.Incident, error) {
		filter := pdapi.IncidentFilter{Statuses: []string{"triggered", "acknowledged"}, AllDates: true, SortBy: "created_at:desc"}
		return all(pd.Incidents(ctx, filter, pdapi.Window{Limit: pdapi.MaxPageSize}))
	})
	f.windows = read(g, func(ctx context.Context) ([]pdapi.MaintenanceWindow, error) {
		return all(pd.MaintenanceWindows(ctx, pdapi.MaintenanceFilter{State: "ongoing"}, pdapi.Window{Limit: pdapi.MaxPageSize}))
	})
	var err error
	if f.incident, err = first.get(); err == nil {
		f.surroundings(g, call)
	}
	if stopped := g.wait(); err == nil {
		err = stopped
	}
	if err != nil {
		return triage{}, err
	}
	return f.brief(call), nil
}

// read begins a part of a brief that takes one request.
func read[T any](g *gather, request func(context.Context) (T, error)) *part[T] {
	return begin(g, func() (T, error) { return ask(g, request) })
}

// surroundings begins to read all that is known once the incident is. First comes
// what further requests wait for.
func (f *found) surroundings(g *gather, call tool.Reading) {
	pd, i := call.PD, f.incident
	service, policy := "", ""
	if i.Service != nil {
		service = i.Service.ID
	}
	if i.EscalationPolicy != nil {
		policy = i.EscalationPolicy.ID
	}
	began := i.CreatedAt.Time
	during := pdapi.ChangeFilter{Since: began.Add(-changesBefore), Until: began.Add(15 * time.Minute)}
	past := read(g, func(ctx context.Context) ([]pdapi.PastIncident, error) {
		list, _, err := pd.PastIncidents(ctx, i.ID, maxSeen+1)
		return list, err
	})
	f.depends = read(g, func(ctx context.Context) ([]pdapi.Dependency, error) { return pd.ServiceDependencies(ctx, service) })
	f.history = read(g, func(ctx context.Context) ([]pdapi.Incident, error) {
		filter := pdapi.IncidentFilter{ServiceIDs: []string{service}, Statuses: []string{"resolved"}, Since: began.AddDate(0, 0, -searchedBack), Until: began, SortBy: "created_at:desc"}
		return all(pd.Incidents(ctx, filter, pdapi.Window{Limit: pdapi.MaxPageSize}))
	})
	f.alerts = read(g, func(ctx context.Context) ([]pdapi.Alert, error) {
		return all(pd.Alerts(ctx, i.ID, pdapi.AlertFilter{SortBy: "created_at:desc"}, pdapi.Window{Limit: pdapi.MaxPageSize}))
	})
	f.changes = read(g, func(ctx context.Context) ([]pdapi.ChangeEvent, error) {
		longer := pdapi.ChangeFilter{Since: began.Add(-lastChange), Until: during.Until}
		return all(pd.ServiceChangeEvents(ctx, service, longer, pdapi.Window{Limit: 25}))
	})
	f.related = read(g, func(ctx context.Context) ([]pdapi.RelatedIncident, error) { return pd.RelatedIncidents(ctx, i.ID) })
	f.onCalls = read(g, func(ctx context.Context) ([]pdapi.OnCall, error) {
		return all(pd.OnCalls(ctx, pdapi.OnCallFilter{PolicyIDs: []string{policy}}, pdapi.Window{Limit: pdapi.MaxPageSize}))
	})
	f.notes = read(g, func(ctx context.Context) ([]pdapi.Note, error) { return pd.Notes(ctx, i.ID) })
	f.before = begin(g, func() (seenBefore, error) { return f.seenBefore(g, pd, past) })
	f.nearby = begin(g, func() ([]pdapi.ChangeEvent, error) { return f.supportingChanges(g, pd, service, during) })
}

// supportingChanges reads what was changed on the services that a service depends on.
func (f *found) supportingChanges(g *gather, pd pdapi.Reader, service string, during pdapi.ChangeFilter) ([]pdapi.ChangeEvent, error) {
	depends, err := f.depends.get()
	if err != nil {
		return nil, err
	}
	var lists []*part[[]pdapi.ChangeEvent]
	for _, id := range supporting(depends, service)[:min(maxSupporting, len(supporting(depends, service)))] {
		lists = append(lists, read(g, func(ctx context.Context) ([]pdapi.ChangeEvent, error) {
			return all(pd.ServiceChangeEvents(ctx, id, during, pdapi.Window{Limit: 10}))
		}))
	}
	var changes [][]pdapi.ChangeEvent
	for _, l := range lists {
		list, err := l.get()
		if err != nil {
			return nil, err
		}
		changes = append(changes, list)
	}
	return newestFirst(changes, func(c pdapi.ChangeEvent) (string, time.Time) { return c.ID, c.At.Time }), nil
}

// supporting are the technical services that a service depends on.
func supporting(all []pdapi.Dependency, service string) []string {
	var ids []string
	for _, d := range all {
		if d.Dependent.ID == service && tool.TypeOf(d.Supporting) != "business_service" {
			ids = append(ids, d.Supporting.ID)
		}
	}
	return ids
}
