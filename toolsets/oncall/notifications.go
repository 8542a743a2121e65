package oncall

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
)

var notificationTools = []tool.Tool{
	tool.Read("list_notifications", "List notifications",
		"Was I paged? Who was told of which incident, how and when, in the last 24 hours unless asked otherwise.",
		listNotifications),
}

type notificationsInput struct {
	Users []tool.UserID `json:"user_ids,omitzero" alias:"user_id"`
	Type  string        `json:"type,omitzero" enum:"phone,sms,push,email"`
	span
	Limit int `json:"limit" default:"25" min:"1" max:"1000"`
}

const (
	// maxNotifications bounds the notifications that are read: PagerDuty can't be
	// asked for those of one user.
	maxNotifications = 3000
	// maxLogEntries bounds the log entries in which their incidents are looked for.
	maxLogEntries = 3000
)

func (in notificationsInput) window(call *tool.Call) (interval, error) {
	return past(call, in.span, 1)
}

// past is the time asked about, which is over: some days until now unless it is said.
func past(call *tool.Call, s span, days int) (interval, error) {
	since, until, err := tool.Span(s).Range(call, tool.Begin)
	if err != nil {
		return interval{}, err
	}
	if until.IsZero() || until.After(call.Now) && since.Before(call.Now) {
		until = call.Now
	}
	if since.IsZero() {
		since = until.AddDate(0, 0, -days)
	}
	switch {
	case !since.Before(until):
		return interval{}, tool.Wrong("since: %s is not before until, %s", when.Clock(since, call.Zone), when.Clock(until, call.Zone))
	case since.After(call.Now):
		return interval{}, tool.Wrong("since: %s is still to come", when.Clock(since, call.Zone))
	case !until.Before(since.AddDate(0, 3, 0)):
		return interval{}, tool.Wrong("since: PagerDuty gives less than three months at a time; ask for a shorter time")
	}
	return interval{since.UTC(), until.UTC()}, nil
}

// Check refuses a time that PagerDuty doesn't tell of.
func (in notificationsInput) Check(call *tool.Call) error {
	_, err := in.window(call)
	return err
}

// notification is a message that told somebody of an incident.
type notification struct {
	At       time.Time `json:"at"`
	User     *tool.Ref `json:"user"`
	How      string    `json:"how"`
	To       string    `json:"to,omitzero"` // where, most of it left out
	Status   string    `json:"status,omitzero"`
	Incident *tool.Ref `json:"incident,omitzero"`
}

func listNotifications(ctx context.Context, call tool.Reading, in notificationsInput) (tool.List[notification], error) {
	list := tool.List[notification]{Name: "notifications", Items: []notification{}}
	w, err := in.window(call.Call)
	if err != nil {
		return list, err
	}
	filter := pdapi.NotificationFilter{Since: w.From, Until: w.To}
	if in.Type != "" {
		filter.Type = in.Type + "_notification"
	}
	call.Steps(1)
	found, more, err := in.read(ctx, call, filter)
	if err != nil {
		return list, err
	}
	list.AddFact("window", call.Window(w.From, w.To))
	if more {
		list.AddNote("There may be more: the list ends at %s. Go on with until set to that.", lastAt(found, w))
	}
	about, complete, err := incidentsOf(ctx, call, found)
	if err != nil {
		return list, err
	}
	unknown := 0
	for _, n := range found {
		shown := notification{At: n.StartedAt.Time, User: tool.RefTo(&n.User), How: notificationName(n.Type), To: call.Contact(n.Address), Incident: about.find(n)}
		if n.Status != "success" {
			shown.Status = n.Status
		}
		if shown.Incident == nil {
			unknown++
		}
		list.Items = append(list.Items, shown)
	}
	switch {
	case len(found) == 0:
		list.AddNote("Nobody was told of anything then, as far as this asks. Why nobody was paged for an incident: who_gets_paged with its incident_id.")
	case unknown > 0 && !complete:
		list.AddNote("Of which incidents %d were could not be read; a shorter time helps.", unknown)
	case unknown > 0:
		list.AddNote("Of %d no log entry says of which incident they were.", unknown)
	}
	return list, nil
}

func lastAt(found []pdapi.Notification, w interval) string {
	if len(found) == 0 {
		return w.From.Format(time.RFC3339)
	}
	return found[len(found)-1].StartedAt.UTC().Format(time.RFC3339)
}

// read reads as many notifications of the users asked for as are wanted, and reports
// whether there are more.
func (in notificationsInput) read(ctx context.Context, call tool.Reading, f pdapi.NotificationFilter) (found []pdapi.Notification, more bool, err error) {
	most := in.Limit
	if len(in.Users) > 0 {
		most = maxNotifications
	}
	for page, err := range call.PD.Notifications(ctx, f, pdapi.Window{Limit: most}) {
		if err != nil {
			return nil, false, err
		}
		more = page.More
		for i, n := range page.Items {
			if len(in.Users) > 0 && !slices.Contains(in.Users, tool.UserID(n.User.ID)) {
				continue
			}
			if found = append(found, n); len(found) == in.Limit {
				return found, more || i+1 < len(page.Items), nil
			}
		}
	}
	return found, more, nil
}

// notified are the log entries that tell of notifications, by user.
type notified map[string][]pdapi.LogEntry

// incidentsOf looks in the log for what notifications were about. That it can't be
// read costs that alone.
func incidentsOf(ctx context.Context, call tool.Reading, found []pdapi.Notification) (about notified, complete bool, err error) {
	type part struct {
		entries []pdapi.LogEntry
		whole   bool
	}
	parts := logParts(found)
	call.Steps(len(parts))
	call.Step()
	read, err := tool.SideBySide(ctx, call.PD.Room(atOnce), parts, func(ctx context.Context, w interval) (part, error) {
		defer call.Step()
		p := part{whole: true}
		for page, err := range call.PD.LogEntries(ctx, pdapi.LogFilter{Since: w.From, Until: w.To}, pdapi.Window{Limit: maxLogEntries / len(parts)}) {
			if err != nil {
				return p, err
			}
			p.entries, p.whole = append(p.entries, page.Items...), !page.More
		}
		return p, nil
	})
	about, complete = notified{}, true
	switch {
	case ctx.Err() != nil:
		return nil, false, err
	case err != nil:
		call.Note("Of which incidents they were could not be read (%s).", briefly(err))
		return about, true, nil
	}
	for _, p := range read {
		complete = complete && p.whole
		for _, e := range p.entries {
			if kindOf(e) == "notify" && e.User != nil && e.Incident != nil {
				about[e.User.ID] = append(about[e.User.ID], e)
			}
		}
	}
	return about, complete, nil
}

// logParts are the parts of time in which the log is read: around the notifications,
// or if that would be many parts, all the time that they span.
func logParts(found []pdapi.Notification) intervals {
	const most = 12
	var around intervals
	for _, n := range found {
		around = append(around, interval{n.StartedAt.Add(-logSlack), n.StartedAt.Add(logSlack)})
	}
	around = around.union()
	if len(around) > most {
		return intervals{{around[0].From, around[len(around)-1].To}}
	}
	return around
}

// logSlack is how far apart PagerDuty may write a notification and its log entry.
const logSlack = 2 * time.Minute

// find is the incident that a notification was about: of the log entry with the same
// user and way that is nearest in time; nil if there is none.
func (about notified) find(n pdapi.Notification) *tool.Ref {
	var best *pdapi.LogEntry
	distance := func(e pdapi.LogEntry) time.Duration { return e.CreatedAt.Sub(n.StartedAt.Time).Abs() }
	for i, e := range about[n.User.ID] {
		told := e.Channel.Notification
		if distance(e) > logSlack || told != nil && told.Type != "" && notificationName(told.Type) != notificationName(n.Type) {
			continue
		}
		if best == nil || distance(e) < distance(*best) {
			best = &about[n.User.ID][i]
		}
	}
	if best == nil {
		return nil
	}
	return tool.RefTo(best.Incident)
}

// interruptions are the times at which somebody was torn out of something: the
// notifications by phone, SMS and push that did not come within a few minutes of
// another.
func interruptions(found []pdapi.Notification) []time.Time {
	var at []time.Time
	for _, n := range found {
		if notificationName(n.Type) != "e-mail" {
			at = append(at, n.StartedAt.Time)
		}
	}
	slices.SortFunc(at, time.Time.Compare)
	var out []time.Time
	var last time.Time
	for _, t := range at {
		if last.IsZero() || t.Sub(last) > sameInterruption {
			out = append(out, t)
		}
		last = t
	}
	return out
}

// sameInterruption is how soon after a notification another one is no new
// interruption.
const sameInterruption = 10 * time.Minute

func compareRefs(x, y tool.Ref) int {
	return cmp.Or(cmp.Compare(x.Summary, y.Summary), cmp.Compare(x.ID, y.ID))
}

func percent(part, whole float64) string { return fmt.Sprintf("%.0f%%", 100*part/max(whole, 1e-9)) }
