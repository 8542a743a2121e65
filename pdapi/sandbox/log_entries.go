package sandbox

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// logEntry is something that happened to an incident.
type logEntry struct {
	id, kind string // the kind is the type without "_log_entry"
	at       time.Time
	by       agent
	to       []*user // whom it was assigned to, or who was notified
	text     string  // what was written, or changed to what
	method   string  // of a notification
}

// agent is a user, or a service where PagerDuty did it by itself.
type agent interface {
	ID() string
	Name() string
	ref() obj
}

// happened writes an entry into the incident's log.
func (i *incident) happened(kind string, at time.Time, by agent, to []held, text string) {
	e := logEntry{id: i.logID(strconv.Itoa(len(i.log))), kind: kind, at: at, by: by, text: text}
	if len(i.log) == 0 {
		e.id = i.firstLogID()
	}
	for _, h := range to {
		e.to = append(e.to, h.user)
	}
	i.log = append(i.log, e)
}

func (i *incident) firstLogID() string { return "R" + i.id[1:] }

// logID makes an id for an entry that is the same each time.
func (i *incident) logID(of string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(i.id + "/" + of))
	text := "0000000000000" + strings.ToUpper(strconv.FormatUint(h.Sum64(), 36))
	return "R" + text[len(text)-13:]
}

// history is all that happened to an incident until now, in order: what its log says,
// the notes, and who was notified.
func (i *incident) history(now time.Time) []logEntry {
	all := slices.Clone(i.log)
	for _, n := range i.notes {
		all = append(all, logEntry{id: i.logID(n.id), kind: "annotate", at: n.at, by: written(n.by), text: n.content})
	}
	for _, r := range i.responders {
		all = append(all, i.notification(r.user, r.requester, r.at, "push_notification"))
	}
	all = append(all, i.notifications(now)...)
	slices.SortStableFunc(all, func(x, y logEntry) int { return x.at.Compare(y.at) })
	return all
}

// written is who wrote a note.
type written obj

func (w written) ID() string   { return rest.Text(obj(w), "id") }
func (w written) Name() string { return rest.Text(obj(w), "summary") }
func (w written) ref() obj     { return obj(w) }

// noticeStep is when and how a user is notified of an incident.
type noticeStep struct {
	after  time.Duration
	method string // push_notification, sms, phone or email
}

// notices are the steps in which a user is notified of incidents of an urgency: by
// the user's own rules, except where PagerDuty sends nothing any more.
func (u *user) notices(urgency string) []noticeStep {
	var steps []noticeStep
	for _, r := range u.rules {
		if r.urgency == urgency && !r.contact.blacklisted {
			steps = append(steps, noticeStep{time.Duration(r.delay) * time.Minute, r.contact.kind})
		}
	}
	return steps
}

// notifications are those that users got until now because an incident was theirs:
// step by step until somebody took it, it went to others, or it was over.
func (i *incident) notifications(now time.Time) (all []logEntry) {
	var whose []*user
	urgency := i.firstUrgency()
	for n, e := range i.log {
		switch e.kind {
		case "assign", "escalate":
			whose = e.to
		case "urgency_change":
			urgency = e.text
		case "unacknowledge", "trigger":
		default:
			continue
		}
		if i.takenBefore(n) {
			continue
		}
		until := now
		for _, later := range i.log[n+1:] {
			if slices.Contains([]string{"assign", "escalate", "acknowledge", "resolve", "urgency_change", "unacknowledge", "snooze"}, later.kind) {
				until = later.at
				break
			}
		}
		for _, u := range present(whose) {
			for _, step := range u.notices(urgency) {
				if at := e.at.Add(step.after); at.Before(until) {
					all = append(all, i.notification(u, i.service, at, step.method))
				}
			}
		}
	}
	return all
}

// takenBefore reports whether somebody had acknowledged the incident when an entry
// of its log was written, by which nobody is notified then.
func (i *incident) takenBefore(entry int) bool {
	if k := i.log[entry].kind; k != "urgency_change" {
		return false
	}
	for _, e := range slices.Backward(i.log[:entry]) {
		switch e.kind {
		case "acknowledge":
			return true
		case "assign", "escalate", "unacknowledge", "trigger":
			return false
		}
	}
	return false
}

// firstUrgency is the urgency that an incident had at first.
func (i *incident) firstUrgency() string {
	for _, e := range i.log {
		if e.kind == "urgency_change" && e.text == "high" {
			return "low"
		} else if e.kind == "urgency_change" {
			return "high"
		}
	}
	return i.urgency
}

func (i *incident) notification(u *user, by agent, at time.Time, method string) logEntry {
	id := i.logID(fmt.Sprint(u.id, at.Unix(), method))
	return logEntry{id: id, kind: "notify", at: at, by: by, to: []*user{u}, method: method}
}

func logEntryRoutes() []route {
	plain := rest.Query{"time_zone": rest.Zone(), "include[]": rest.Among("incidents", "services", "channels", "teams")}
	list := rest.Paging().With(plain).With(rest.Query{"since": rest.Moment(), "until": rest.Moment(), "is_overview": rest.Bool()})
	return []route{
		{Pattern: "GET /log_entries", Query: list.With(rest.Query{"team_ids[]": rest.IDs()}), Handle: listLogEntries},
		{Pattern: "GET /log_entries/{id}", Query: plain, Handle: getLogEntry},
		{Pattern: "GET /incidents/{id}/log_entries", Query: list, Handle: with((*account).incident, func(c *call, i *incident) *rest.Answer {
			return c.logEntries([]*incident{i})
		})},
	}
}

func listLogEntries(c *call) *rest.Answer {
	teams := c.URL.Query()["team_ids[]"]
	return c.logEntries(c.incidents.Where(func(i *incident) bool { return len(teams) == 0 || slices.Contains(teams, i.policy.team.id) }))
}

// incidentEntry is an entry and whose it is.
type incidentEntry struct {
	logEntry
	of *incident
}

// logEntries answers the entries of some incidents, the newest first.
func (c *call) logEntries(of []*incident) *rest.Answer {
	q := c.URL.Query()
	since, _ := time.Parse(time.RFC3339, q.Get("since"))
	until, err := time.Parse(time.RFC3339, q.Get("until"))
	if err != nil {
		until = c.Now.Add(time.Second)
	}
	var rows []incidentEntry
	for _, i := range of {
		for _, e := range i.history(c.Now) {
			if !e.at.Before(since) && e.at.Before(until) && (q.Get("is_overview") != "true" || e.important()) {
				rows = append(rows, incidentEntry{e, i})
			}
		}
	}
	slices.Reverse(rows)
	slices.SortStableFunc(rows, func(x, y incidentEntry) int { return y.at.Compare(x.at) })
	return rest.Page(c.Call, "log_entries", rows, c.showEntry)
}

func getLogEntry(c *call) *rest.Answer {
	for _, i := range c.incidents.All() {
		for _, e := range i.history(c.Now) {
			if e.id == c.PathValue("id") {
				return rest.OK(obj{"log_entry": c.showEntry(incidentEntry{e, i})})
			}
		}
	}
	return rest.NotFound()
}

// important reports whether an entry is in the overview of an incident's log.
func (e logEntry) important() bool { return e.kind != "notify" && e.kind != "assign" }

// showEntry is an entry with what the request wants included.
func (c *call) showEntry(e incidentEntry) obj {
	in, include, i := c.zone(time.UTC), c.URL.Query()["include[]"], e.of
	o := obj{
		"id": e.id, "type": e.kind + "_log_entry", "summary": e.summary(), "self": apiURL + "/log_entries/" + e.id + "?incident_id=" + i.id,
		"html_url": webURL + "/incidents/" + i.id + "/log_entries/" + e.id, "created_at": stampIn(e.at, in), "agent": e.by.ref(),
		"incident": i.ref(), "service": i.service.ref(), "teams": []obj{i.policy.team.ref()}, "contexts": []obj{}, "channel": e.channel(),
	}
	switch e.kind {
	case "trigger":
		o["event_details"] = obj{"description": e.text}
	case "assign", "escalate", "delegate":
		o["assignees"] = rest.Render(e.to, (*user).ref)
	case "notify":
		o["user"] = e.to[0].ref()
	case "status_update":
		o["message"] = e.text
	}
	for _, name := range include {
		switch name {
		case "incidents":
			o["incident"] = i.object(in)
		case "services":
			o["service"] = i.service.object(c.account, in)
		case "teams":
			o["teams"] = []obj{i.policy.team.object()}
		}
	}
	return o
}

func (e logEntry) channel() obj {
	_, byService := e.by.(*service)
	switch {
	case e.kind == "notify":
		return obj{"type": "auto", "notification": obj{"type": strings.TrimSuffix(e.method, "_notification") + "_notification", "status": "success"}}
	case e.kind == "annotate":
		return obj{"type": "note", "summary": e.text}
	case e.kind == "trigger", !byService:
		return obj{"type": "api"}
	}
	return obj{"type": "auto"}
}

func (e logEntry) summary() string {
	_, byService := e.by.(*service)
	var names []string
	for _, u := range e.to {
		names = append(names, u.name)
	}
	to := strings.Join(names, ", ")
	switch e.kind {
	case "trigger":
		if byService {
			return "Triggered through the API."
		}
		return "Triggered by " + e.by.Name() + " through the API."
	case "assign":
		if byService {
			return "Assigned to " + to + "."
		}
		return "Reassigned to " + to + " by " + e.by.Name() + "."
	case "escalate":
		if byService {
			return "Escalated to " + to + " due to timeout."
		}
		return "Escalated to " + to + " by " + e.by.Name() + "."
	case "notify":
		return "Notified " + to + " by " + strings.ReplaceAll(e.method, "_", " ") + "."
	case "acknowledge":
		return "Acknowledged by " + e.by.Name() + "."
	case "unacknowledge":
		if byService {
			return "Acknowledgement timed out."
		}
		return "Acknowledgement removed by " + e.by.Name() + "."
	case "annotate":
		return "Note added by " + e.by.Name() + "."
	case "status_update":
		return "Status update added by " + e.by.Name() + "."
	case "resolve":
		if e.text != "" {
			return e.text
		} else if byService {
			return "Resolved through the integration API."
		}
		return "Resolved by " + e.by.Name() + "."
	case "urgency_change":
		return "Urgency changed to " + e.text + "."
	}
	return e.text
}
