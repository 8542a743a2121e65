package sandbox

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

func (c *call) assignees(o obj) ([]*user, *rest.Answer) {
	items, _ := o["assignments"].([]any)
	var out []*user
	for _, item := range items {
		id := rest.Text(item.(obj), "assignee", "id")
		u := c.user(id)
		if u == nil {
			return nil, rest.Fail(http.StatusBadRequest, 1007, "Assigned User Not Found", "no user "+id)
		}
		out = append(out, u)
	}
	return out, nil
}

func createIncident(c *call) *rest.Answer {
	in := c.Body["incident"].(obj)
	s := c.service(rest.Text(in, "service", "id"))
	if s == nil {
		return rest.Fail(http.StatusBadRequest, 2001, "Invalid Input Provided", "Service not found")
	}
	assignees, problem := c.assignees(in)
	if problem != nil {
		return problem
	}
	if len(assignees) > 0 && in["escalation_policy"] != nil {
		return rest.Invalid("Assignments and escalation policy cannot both be set")
	}
	key := rest.Text(in, "incident_key")
	for _, other := range c.incidents.All() {
		if key != "" && other.key == key && other.service == s && other.status != "resolved" {
			return rest.Fail(http.StatusBadRequest, 2002, "Arguments Caused Error", "Open incident with matching dedup key already exists on this service")
		}
	}
	p, pr := s.policy, (*priority)(nil)
	if id := rest.Text(in, "escalation_policy", "id"); id != "" {
		if p = c.policy(id); p == nil {
			return rest.Fail(http.StatusBadRequest, 1014, "Escalation Policy Not Found")
		}
	}
	if id := rest.Text(in, "priority", "id"); id != "" {
		if pr = c.priority(id); pr == nil {
			return rest.Fail(http.StatusBadRequest, 1020, "Invalid Priority Provided")
		}
	}
	i := c.newIncident(s, rest.Text(in, "title"), c.Now, c.actor)
	i.number = c.incidents.All()[c.incidents.Len()-2].number + 1
	i.changedBy, i.policy, i.priority, i.grouped = c.actor, p, pr, 0
	switch {
	case len(assignees) > 0:
		i.give(assignees, c.Now, c.actor)
	case !s.disabled.IsZero() || c.maintained(s, c.Now): // nobody is told
	default:
		i.start(c.Now)
	}
	i.body = rest.Text(in, "body", "details")
	i.urgency = cmp.Or(rest.Text(in, "urgency"), i.urgency)
	i.key = cmp.Or(key, i.key)
	if len(assignees) > 0 && assignees[0] == c.actor {
		i.acknowledge(c.actor, c.Now)
	}
	return rest.Created(obj{"incident": i.shown(c.account, time.UTC, []string{"body"})})
}

// give assigns an incident to users by hand.
func (i *incident) give(users []*user, at time.Time, by agent) {
	i.assignees, i.direct, i.level, i.paged, i.snoozed = hold(users, at), true, 0, at, time.Time{}
	i.happened("assign", at, by, i.assignees, "")
}

func updateIncidents(c *call) *rest.Answer {
	items := c.Body["incidents"].([]any)
	if len(items) > 250 {
		return rest.Fail(http.StatusRequestEntityTooLarge, 2001, "Request Entity Too Large", "A maximum of 250 incidents may be updated at a time")
	}
	// All or nothing: check every item before changing any.
	changes := make([]func(), len(items))
	var rows []*incident
	for n, item := range items {
		i := c.incidentByRef(rest.Text(item.(obj), "id"), false)
		if i == nil {
			return rest.Fail(http.StatusBadRequest, 1004, "Invalid Incident ID Provided", "no incident "+rest.Text(item.(obj), "id"))
		}
		change, problem := c.plan(i, item.(obj))
		if problem != nil {
			return problem
		}
		changes[n] = change
		rows = append(rows, i)
	}
	for _, change := range changes {
		change()
	}
	return rest.Page(c.Call, "incidents", rows, func(i *incident) obj { return i.object(time.UTC) })
}

// plan checks one item of an update and returns what would carry it out.
func (c *call) plan(i *incident, in obj) (func(), *rest.Answer) {
	reject := func(code int, message string) (func(), *rest.Answer) {
		return nil, rest.Fail(http.StatusBadRequest, code, message, "incident "+i.id)
	}
	status := rest.Text(in, "status")
	assignees, problem := c.assignees(in)
	if problem != nil {
		return nil, problem
	}
	p := i.policy
	if id := rest.Text(in, "escalation_policy", "id"); id != "" {
		if p = c.policy(id); p == nil {
			return reject(1014, "Escalation Policy Not Found")
		}
	}
	pr := i.priority
	if id := rest.Text(in, "priority", "id"); id != "" {
		if pr = c.priority(id); pr == nil {
			return reject(1020, "Invalid Priority Provided")
		}
	}
	lvl, _ := in["escalation_level"].(float64)
	reassigns := lvl > 0 || len(assignees) > 0 || in["escalation_policy"] != nil
	switch {
	case status == "resolved" && i.status == "resolved":
		return reject(1001, "Incident Already Resolved")
	case in["resolution"] != nil && status != "resolved":
		return reject(2001, "Resolution may only be set when resolving")
	case int(lvl) > len(p.levels):
		return reject(1006, "Incident Cannot Be Escalated")
	case len(assignees) == 0 && reassigns && p.from(max(int(lvl), 1), c.Now) == 0:
		return reject(1015, "Escalation Policy Has No One On Call")
	case reassigns && (i.status == "resolved" && status == "" || status == "resolved"):
		return reject(1011, "Incident Cannot Be Reassigned")
	}
	return func() {
		urgency := cmp.Or(rest.Text(in, "urgency"), i.urgency)
		if urgency != i.urgency {
			i.paged = c.Now // from now on it escalates
			i.happened("urgency_change", c.Now, c.actor, nil, urgency)
		}
		if title := rest.Text(in, "title"); title != "" {
			i.title, i.pattern = title, patternOf(title)
			i.happened("field_value_change", c.Now, c.actor, nil, "Title changed to "+title+".")
		}
		if pr != i.priority {
			i.happened("field_value_change", c.Now, c.actor, nil, "Priority changed to "+pr.name+".")
		}
		i.urgency, i.priority, i.policy = urgency, pr, p
		if reassigns {
			i.acknowledgers, i.status, i.round = nil, "triggered", 0
		}
		switch {
		case len(assignees) > 0:
			i.give(assignees, c.Now, c.actor)
		case reassigns && lvl > 0:
			i.page(p.from(int(lvl), c.Now), c.Now, "escalate", c.actor)
		case reassigns:
			i.page(p.from(1, c.Now), c.Now, "assign", c.actor)
		}
		if status != "" {
			i.setStatus(c, status)
		}
		if text := rest.Text(in, "resolution"); text != "" {
			i.notes = append(i.notes, note{c.newID('Q'), "Resolution: " + text, c.Now, c.actor.ref()})
		}
	}, nil
}

func (i *incident) setStatus(c *call, status string) {
	if i.status == "resolved" {
		i.mergedInto = nil
		i.start(c.Now) // reopened
		if status == "acknowledged" {
			i.give([]*user{c.actor}, c.Now, c.actor)
		}
	}
	i.snoozed = time.Time{}
	switch status {
	case "acknowledged":
		i.acknowledge(c.actor, c.Now)
	case "triggered":
		if len(i.acknowledgers) > 0 {
			i.happened("unacknowledge", c.Now, c.actor, nil, "")
		}
		i.acknowledgers, i.resolved, i.paged = nil, time.Time{}, c.Now
	case "resolved":
		i.assignees, i.acknowledgers, i.resolved = nil, nil, c.Now
		i.endAlerts(c.Now)
		i.happened("resolve", c.Now, c.actor, nil, "")
	}
	i.status, i.changed, i.changedBy = status, c.Now, c.actor
}

func (i *incident) acknowledge(u *user, at time.Time) {
	i.acknowledgers = append(slices.DeleteFunc(i.acknowledgers, func(h held) bool { return h.user == u }), held{u, at})
	i.status, i.changed, i.changedBy, i.resolved = "acknowledged", at, u, time.Time{}
	i.happened("acknowledge", at, u, nil, "")
}

func addNote(c *call, i *incident) *rest.Answer {
	if len(i.notes) >= 2000 {
		return rest.WrongText("The incident has the most notes it may have, 2000")
	}
	n := note{c.newID('Q'), rest.Text(c.Body, "note", "content"), c.Now, c.actor.ref()}
	i.notes = append(i.notes, n)
	return rest.OK(obj{"note": n.object()})
}
