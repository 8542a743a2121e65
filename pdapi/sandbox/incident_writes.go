package sandbox

import (
	"cmp"
	"net/http"
	"time"
)

// str reads a string deep in a body whose shape was checked.
func str(o obj, path ...string) string {
	for _, name := range path[:len(path)-1] {
		o, _ = o[name].(obj)
	}
	s, _ := o[path[len(path)-1]].(string)
	return s
}

func (c *call) assignees(o obj) ([]*user, *answer) {
	items, _ := o["assignments"].([]any)
	var out []*user
	for _, item := range items {
		id := str(item.(obj), "assignee", "id")
		u := c.userByID(id)
		if u == nil {
			a := fail(http.StatusBadRequest, 1007, "Assigned User Not Found", "no user "+id)
			return nil, &a
		}
		out = append(out, u)
	}
	return out, nil
}

func createIncident(c *call) answer {
	in := c.body["incident"].(obj)
	s := c.serviceByID(str(in, "service", "id"))
	if s == nil {
		return fail(http.StatusBadRequest, 2001, "Invalid Input Provided", "Service not found")
	}
	assignees, problem := c.assignees(in)
	if problem != nil {
		return *problem
	}
	if len(assignees) > 0 && in["escalation_policy"] != nil {
		return refuse("Assignments and escalation policy cannot both be set")
	}
	key := str(in, "incident_key")
	for _, other := range c.incidents {
		if key != "" && other.key == key && other.service == s && other.status != "resolved" {
			return fail(http.StatusBadRequest, 2002, "Arguments Caused Error", "Open incident with matching dedup key already exists on this service")
		}
	}
	p, pr := s.policy, (*priority)(nil)
	if id := str(in, "escalation_policy", "id"); id != "" {
		if p = c.policyByID(id); p == nil {
			return fail(http.StatusBadRequest, 1014, "Escalation Policy Not Found")
		}
	}
	if id := str(in, "priority", "id"); id != "" {
		if pr = c.priorityByID(id); pr == nil {
			return fail(http.StatusBadRequest, 1020, "Invalid Priority Provided")
		}
	}
	i := c.trigger(s, str(in, "title"), c.now, str(in, "title"))
	i.number = c.incidents[len(c.incidents)-2].number + 1
	i.changedBy, i.policy, i.priority, i.alerts = c.actor.ref(), p, pr, 0
	i.assignees = []*user{p.levels[0].onCall(c.now)}
	i.body = str(in, "body", "details")
	i.urgency = cmp.Or(str(in, "urgency"), s.urgency())
	i.key = cmp.Or(key, i.key)
	if len(assignees) > 0 {
		i.assignees, i.direct = assignees, true
		if assignees[0] == c.actor {
			i.acknowledge(c.actor, c.now)
		}
	}
	return created(obj{"incident": i.object(true)})
}

func updateIncidents(c *call) answer {
	items := c.body["incidents"].([]any)
	if len(items) > 250 {
		return fail(http.StatusRequestEntityTooLarge, 2001, "Request Entity Too Large", "A maximum of 250 incidents may be updated at a time")
	}
	// All or nothing: check every item before changing any.
	changes := make([]func(), len(items))
	var rows []*incident
	for n, item := range items {
		i := c.incidentByRef(str(item.(obj), "id"), false)
		if i == nil {
			return fail(http.StatusBadRequest, 1004, "Invalid Incident ID Provided", "no incident "+str(item.(obj), "id"))
		}
		change, problem := c.plan(i, item.(obj))
		if problem != nil {
			return *problem
		}
		changes[n] = change
		rows = append(rows, i)
	}
	for _, change := range changes {
		change()
	}
	return page(c, "incidents", rows, func(i *incident) obj { return i.object(false) })
}

// plan checks one item of an update and returns what would carry it out.
func (c *call) plan(i *incident, in obj) (func(), *answer) {
	reject := func(code int, message string) (func(), *answer) {
		a := fail(http.StatusBadRequest, code, message, "incident "+i.id)
		return nil, &a
	}
	status := str(in, "status")
	assignees, problem := c.assignees(in)
	if problem != nil {
		return nil, problem
	}
	p := i.policy
	if id := str(in, "escalation_policy", "id"); id != "" {
		if p = c.policyByID(id); p == nil {
			return reject(1014, "Escalation Policy Not Found")
		}
	}
	pr := i.priority
	if id := str(in, "priority", "id"); id != "" {
		if pr = c.priorityByID(id); pr == nil {
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
	case reassigns && (i.status == "resolved" && status == "" || status == "resolved"):
		return reject(1011, "Incident Cannot Be Reassigned")
	}
	return func() {
		i.title, i.urgency = cmp.Or(str(in, "title"), i.title), cmp.Or(str(in, "urgency"), i.urgency)
		i.priority, i.policy = pr, p
		switch {
		case len(assignees) > 0:
			i.assignees, i.direct, i.acknowledgers = assignees, true, nil
			i.status = "triggered"
		case reassigns:
			i.assignees, i.direct, i.acknowledgers = []*user{p.levels[max(int(lvl), 1)-1].onCall(c.now)}, false, nil
			i.status = "triggered"
		}
		if status != "" {
			i.setStatus(c, status)
		}
		if text := str(in, "resolution"); text != "" {
			i.notes = append(i.notes, note{c.newID('Q'), "Resolution: " + text, c.now, c.actor.ref()})
		}
	}, nil
}

func (i *incident) setStatus(c *call, status string) {
	if i.status == "resolved" {
		i.assignees = []*user{i.policy.levels[0].onCall(c.now)} // reopened
		if status == "acknowledged" {
			i.assignees = []*user{c.actor}
		}
	}
	switch status {
	case "acknowledged":
		i.acknowledge(c.actor, c.now)
	case "triggered":
		i.acknowledgers, i.resolved = nil, time.Time{}
	case "resolved":
		i.assignees, i.acknowledgers, i.resolved = nil, nil, c.now
	}
	i.status, i.changed, i.changedBy = status, c.now, c.actor.ref()
}

func (i *incident) acknowledge(u *user, at time.Time) {
	i.acknowledgers = unique(append(i.acknowledgers, u))
	i.status, i.changed, i.changedBy, i.resolved = "acknowledged", at, u.ref(), time.Time{}
}

func addNote(c *call, i *incident) answer {
	if len(i.notes) >= 2000 {
		return refuse("The incident has the most notes it may have, 2000")
	}
	n := note{c.newID('Q'), str(c.body, "note", "content"), c.now, c.actor.ref()}
	i.notes = append(i.notes, n)
	return ok(obj{"note": n.object()})
}

func requestResponders(c *call, i *incident) answer {
	requester := c.userByID(str(c.body, "requester_id"))
	if requester == nil {
		return fail(http.StatusBadRequest, 2011, "Requester Not Found")
	}
	message := str(c.body, "message")
	var asked []*user
	targets := []obj{}
	for _, item := range c.body["responder_request_targets"].([]any) {
		kind, id := str(item.(obj), "responder_request_target", "type"), str(item.(obj), "responder_request_target", "id")
		u, name := c.userByID(id), "user"
		if kind == "escalation_policy_reference" {
			if p := c.policyByID(id); p != nil {
				u, name = p.levels[0].onCall(c.now), "escalation_policy"
			}
		}
		if u == nil {
			return fail(http.StatusBadRequest, 2001, "Invalid Input Provided", "responder request target "+id+" not found")
		}
		asked = append(asked, u)
		r := responder{u, requester, message, c.now}
		targets = append(targets, obj{"responder_request_target": obj{"type": name, "id": id, "incidents_responders": []obj{r.object(i)}}})
	}
	for _, u := range asked {
		i.responders = append(i.responders, responder{u, requester, message, c.now})
	}
	return ok(obj{"responder_request": obj{
		"incident": i.ref(), "requester": requester.ref(), "requested_at": stamp(c.now), "message": message,
		"responder_request_targets": targets,
	}})
}
