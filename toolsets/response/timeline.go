package response

import (
	"context"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

var timelineTools = []tool.Tool{
	tool.Read("get_incident_timeline", "Get incident timeline",
		"All that happened in one order, oldest first, and how long after the trigger. For post-mortems.", getTimeline),
}

type timelineInput struct {
	Incident tool.IncidentID `json:"incident_id"`
	Since    tool.Time       `json:"since,omitzero" doc:"As 30m (ago), 9:00, RFC 3339"`
	Limit    int             `json:"limit,omitzero" min:"1" max:"1000"`
	Format   string          `json:"format,omitzero" enum:"markdown"`
}

// timeline is what happened to an incident, the oldest first.
type timeline struct {
	Incident *tool.Ref `json:"incident"`
	State    string    `json:"state"`
	Began    time.Time `json:"began"`
	Since    string    `json:"since,omitzero"` // what was before is not shown
	Events   []event   `json:"events,omitempty"`
	Markdown string    `json:"markdown,omitzero" free:"true"`
	LeftOut  string    `json:"left_out,omitzero"`
	Unread   []string  `json:"could_not_be_read,omitempty"`
}

// event is something that happened.
type event struct {
	At    time.Time `json:"at"`
	After string    `json:"after"` // the trigger; negative before it
	Kind  string    `json:"kind"`
	What  string    `json:"what" free:"true"`

	whom string // who was notified
	how  string // they were notified
	same string // what events must have in common to be folded, beside their kind
}

const (
	maxEvents = 100 // unless a limit was asked for
	maxLog    = 1000
)

func getTimeline(ctx context.Context, call tool.Reading, in timelineInput) (timeline, error) {
	since, err := call.Moment("since", in.Since, tool.Begin)
	if err != nil {
		return timeline{}, err
	}
	if since.After(call.Now) {
		return timeline{}, tool.Wrong("since: %s is not before now; give a time that lies behind", when.Clock(since, call.Zone))
	}
	i, err := call.PD.Incident(ctx, string(in.Incident))
	if err != nil {
		return timeline{}, err
	}
	t := timeline{Incident: &tool.Ref{ID: i.ID, Summary: i.Title}, Began: i.CreatedAt.Time, State: stateOf(i, call)}
	if err := t.read(ctx, call, i); err != nil {
		return timeline{}, err
	}
	t.fold()
	if !since.IsZero() {
		t.Since = call.At(since)
	}
	t.Events = slices.DeleteFunc(t.Events, func(e event) bool { return e.At.Before(since) })
	most := in.Limit
	if most == 0 {
		most = maxEvents
	}
	if len(t.Events) > most {
		t.LeftOut = count(len(t.Events)-most, "later event") + " left out; ask for more with limit"
		if next := t.Events[most].At; next.After(t.Events[most-1].At) {
			t.LeftOut += ", or go on with since " + next.Format(time.RFC3339)
		}
		t.Events = t.Events[:most]
	}
	for n := range t.Events {
		t.Events[n].After = after(t.Events[n].At.Sub(t.Began))
	}
	if in.Format == "markdown" {
		t.Markdown, t.Events = t.markdown(i, call.Zone), nil
	}
	return t, nil
}

// after writes how long after the trigger something was.
func after(d time.Duration) string {
	if d < 0 {
		return "-" + record.Length(-d)
	}
	return "+" + record.Length(d)
}

// read reads everything that happened side by side and puts it in order.
func (t *timeline) read(ctx context.Context, call tool.Reading, i pdapi.Incident) error {
	pd, g := call.PD, gathering(ctx, call.PD, record.AtOnce)
	more := false
	log := read(g, func(ctx context.Context) ([]pdapi.LogEntry, error) {
		entries, left, err := allOf(pd.IncidentLogEntries(ctx, i.ID, pdapi.LogFilter{}, pdapi.Window{Limit: maxLog}))
		more = left
		return entries, err
	})
	notes := read(g, func(ctx context.Context) ([]pdapi.Note, error) { return pd.Notes(ctx, i.ID) })
	alerts := read(g, func(ctx context.Context) ([]pdapi.Alert, error) {
		return all(pd.Alerts(ctx, i.ID, pdapi.AlertFilter{SortBy: "created_at:asc"}, pdapi.Window{Limit: maxLog}))
	})
	changes := begin(g, func() ([]pdapi.ChangeEvent, error) {
		if i.Service == nil {
			return nil, nil
		}
		filter := pdapi.ChangeFilter{Since: i.CreatedAt.Add(-changesBefore), Until: call.Now}
		if !i.ResolvedAt.IsZero() {
			filter.Until = i.ResolvedAt.Time
		}
		return ask(g, func(ctx context.Context) ([]pdapi.ChangeEvent, error) {
			return all(pd.ServiceChangeEvents(ctx, i.Service.ID, filter, pdapi.Window{Limit: pdapi.MaxPageSize}))
		})
	})
	if err := g.wait(); err != nil {
		return err
	}
	entries, err := log.get()
	if err != nil {
		return err // without it there is no timeline
	}
	if more {
		t.LeftOut = "the log has more entries than the newest 1,000"
	}
	written, err := notes.get()
	noted := t.missing("notes", err)
	for _, e := range slices.Backward(entries) { // the oldest first
		t.addEntry(e, noted)
	}
	for _, n := range written {
		t.add(event{At: n.CreatedAt.Time, Kind: "note", What: n.User.Summary + ": " + wording.Excerpt(n.Content, 2000), same: n.ID})
	}
	found, err := alerts.get()
	t.missing("alerts", err)
	for _, a := range found {
		t.addAlert(a)
	}
	made, err := changes.get()
	t.missing("changes of the service", err)
	for _, c := range made {
		what := wording.Excerpt(c.Summary, 500)
		if c.Source != "" {
			what = c.Source + ": " + what
		}
		t.add(event{At: c.At.Time, Kind: "change", What: what, same: c.ID})
	}
	t.addResponders(i)
	t.order()
	return nil
}

// missing notes what could not be read, and reports whether it could.
func (t *timeline) missing(what string, err error) bool {
	if err != nil {
		t.Unread = append(t.Unread, what+": "+why(err))
	}
	return err == nil
}
