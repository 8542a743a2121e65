package sandbox

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

func incidentRoutes() []route {
	include := []string{
		"acknowledgers", "agents", "assignees", "conference_bridge", "escalation_policies", "first_trigger_log_entries",
		"priorities", "services", "teams", "users", "body",
	}
	details := params{"additional_details[]": among("incident")}
	urgency, status := enum("high", "low"), enum("triggered", "acknowledged", "resolved")
	assignee := func(most int) shape {
		return list(most, object(map[string]member{"assignee": req(reference("user_reference"))}))
	}
	target := object(map[string]member{"responder_request_target": req(reference("user_reference", "escalation_policy_reference"))})
	return []route{
		{
			pattern: "GET /incidents", handle: listIncidents,
			query: classicPaging.with(params{
				"date_range": among("all"), "incident_key": words(), "service_ids[]": ids(), "team_ids[]": ids(), "user_ids[]": ids(),
				"urgencies[]": among("high", "low"), "time_zone": words(), "statuses[]": among("triggered", "acknowledged", "resolved"),
				"sort_by": sortOrder, "include[]": among(include...), "since": moment(), "until": moment(),
			}),
		},
		{pattern: "GET /incidents/{id}", query: params{"include[]": among(append(include, "custom_fields")...)}, handle: getIncident},
		{pattern: "GET /incidents/{id}/notes", handle: withIncident(listNotes)},
		{
			pattern: "GET /incidents/{id}/past_incidents", handle: withIncident(pastIncidents),
			query: params{"limit": whole(1, 999), "total": among("true", "false")},
		},
		{pattern: "GET /incidents/{id}/related_incidents", query: details, handle: withIncident(relatedIncidents)},
		{pattern: "GET /incidents/{id}/outlier_incident", query: details.with(params{"since": moment()}), handle: withIncident(outlierIncident)},
		{
			pattern: "POST /incidents", from: true, handle: createIncident,
			body: envelope("incident", object(map[string]member{
				"type": req(enum("incident")), "title": req(text(1024)), "service": req(reference("service_reference")),
				"priority": opt(reference("priority_reference")), "urgency": opt(urgency), "incident_key": opt(text(255)),
				"body":        opt(object(map[string]member{"type": req(enum("incident_body")), "details": req(text(100_000))})),
				"assignments": opt(assignee(1)), "escalation_policy": opt(reference("escalation_policy_reference")),
			})),
		},
		{
			pattern: "PUT /incidents", from: true, handle: updateIncidents, query: classicPaging,
			body: envelope("incidents", list(100_000, object(map[string]member{
				"id": req(text(64)), "type": req(enum("incident", "incident_reference")), "status": opt(status), "urgency": opt(urgency),
				"resolution": opt(text(25_000)), "title": opt(text(1024)), "priority": opt(reference("priority_reference")),
				"escalation_level": opt(integer(20)), "assignments": opt(assignee(100)),
				"escalation_policy": opt(reference("escalation_policy_reference")),
			}))),
		},
		{
			pattern: "POST /incidents/{id}/notes", from: true, handle: withIncident(addNote),
			body: envelope("note", object(map[string]member{"content": req(text(25_000))})),
		},
		{
			pattern: "POST /incidents/{id}/responder_requests", handle: withIncident(requestResponders),
			body: object(map[string]member{
				"requester_id": req(text(64)), "message": req(text(5000)),
				"responder_request_targets": req(list(100, target)),
			}),
		},
	}
}

var sortFields = map[string]func(x, y *incident) int{
	"incident_number": func(x, y *incident) int { return cmp.Compare(x.number, y.number) },
	"created_at":      func(x, y *incident) int { return x.created.Compare(y.created) },
	"resolved_at":     func(x, y *incident) int { return x.resolved.Compare(y.resolved) },
	"urgency":         func(x, y *incident) int { return -strings.Compare(x.urgency, y.urgency) },
}

func sortOrder(values []string) string {
	terms := strings.Split(values[0], ",")
	for _, term := range terms {
		field, direction, found := strings.Cut(term, ":")
		if sortFields[field] == nil || found && direction != "asc" && direction != "desc" {
			return fmt.Sprintf("has %q", term)
		}
	}
	if len(terms) > 2 {
		return "has more than two fields"
	}
	return ""
}

func listIncidents(c *call) answer {
	q := c.URL.Query()
	since, until, problem := dateRange(q, c.now)
	if problem != nil {
		return *problem
	}
	var rows []*incident
	for _, i := range c.incidents {
		if (since.IsZero() || !i.created.Before(since)) && (until.IsZero() || i.created.Before(until)) && i.matches(q) {
			rows = append(rows, i)
		}
	}
	if order := q.Get("sort_by"); order != "" {
		slices.SortStableFunc(rows, func(x, y *incident) int {
			for term := range strings.SplitSeq(order, ",") {
				field, direction, _ := strings.Cut(term, ":")
				if n := sortFields[field](x, y); n != 0 {
					if direction == "desc" {
						return -n
					}
					return n
				}
			}
			return 0
		})
	}
	withBody := slices.Contains(q["include[]"], "body")
	return page(c, "incidents", rows, func(i *incident) obj { return i.object(withBody) })
}

// dateRange reads since and until: a month back by default, six at most.
func dateRange(q url.Values, now time.Time) (since, until time.Time, problem *answer) {
	if q.Get("date_range") == "all" {
		return time.Time{}, time.Time{}, nil
	}
	until = now.Add(time.Second)
	if s := q.Get("until"); s != "" {
		until, _ = time.Parse(time.RFC3339, s)
	}
	since = until.AddDate(0, -1, 0)
	if s := q.Get("since"); s != "" {
		since, _ = time.Parse(time.RFC3339, s)
	}
	if until.Before(since) {
		a := fail(http.StatusBadRequest, 2005, "Invalid Date Range", "until is before since")
		return since, until, &a
	}
	if until.After(since.AddDate(0, 6, 0).Add(time.Minute)) {
		a := fail(http.StatusBadRequest, 2005, "Invalid Date Range", "The date range exceeds six months")
		return since, until, &a
	}
	return since, until, nil
}

func (i *incident) matches(q url.Values) bool {
	anyOf := func(name string, values ...string) bool {
		wanted := q[name]
		return len(wanted) == 0 || slices.ContainsFunc(values, func(v string) bool { return slices.Contains(wanted, v) })
	}
	var assigned []string
	for _, u := range i.assignees {
		assigned = append(assigned, u.id)
	}
	return anyOf("statuses[]", i.status) && anyOf("urgencies[]", i.urgency) && anyOf("service_ids[]", i.service.id) &&
		anyOf("team_ids[]", i.policy.team.id) && anyOf("user_ids[]", assigned...) && anyOf("incident_key", i.key)
}

// incidentByRef finds an incident by id or, where the API takes it, by number.
func (a *account) incidentByRef(ref string, numbers bool) *incident {
	number, err := strconv.Atoi(ref)
	return find(a.incidents, func(i *incident) bool { return i.id == ref || numbers && err == nil && i.number == number })
}

func getIncident(c *call) answer {
	i := c.incidentByRef(c.PathValue("id"), true)
	if i == nil {
		return notFound()
	}
	return ok(obj{"incident": i.object(slices.Contains(c.URL.Query()["include[]"], "body"))})
}

// withIncident makes a handler of one that works on an incident. The paths
// below an incident take its id only.
func withIncident(handle func(*call, *incident) answer) func(*call) answer {
	return func(c *call) answer {
		i := c.incidentByRef(c.PathValue("id"), false)
		if i == nil {
			return notFound()
		}
		return handle(c, i)
	}
}

func listNotes(_ *call, i *incident) answer {
	notes := []obj{}
	for n := len(i.notes) - 1; n >= 0; n-- {
		notes = append(notes, i.notes[n].object())
	}
	return ok(obj{"notes": notes})
}

func (n note) object() obj {
	return obj{
		"id": n.id, "user": n.by, "channel": obj{"summary": "The PagerDuty website or APIs"}, "content": n.content,
		"created_at": stamp(n.at), "updated_at": stamp(n.at),
	}
}

func (r responder) object(i *incident) obj {
	return obj{
		"state": "pending", "user": r.user.ref(), "incident": i.ref(), "updated_at": stamp(r.at), "message": r.message,
		"requester": r.requester.ref(), "requested_at": stamp(r.at),
	}
}

func (i *incident) summary() string { return fmt.Sprintf("[#%d] %s", i.number, i.title) }

// object is the whole incident, nulls and all.
func (i *incident) object(withBody bool) obj {
	assignments, acknowledgements, responders := []obj{}, []obj{}, []obj{}
	for _, u := range i.assignees {
		assignments = append(assignments, obj{"at": stamp(i.created), "assignee": u.ref()})
	}
	for _, u := range i.acknowledgers {
		acknowledgements = append(acknowledgements, obj{"at": stamp(i.changed), "acknowledger": u.ref()})
	}
	for _, r := range i.responders {
		responders = append(responders, r.object(i))
	}
	open := 0
	if i.status != "resolved" {
		open = i.alerts
	}
	via := "escalation_policy"
	if i.direct {
		via = "direct_assignment"
	}
	o := i.ref()
	for name, value := range map[string]any{
		"type": "incident", "incident_number": i.number, "title": i.title, "created_at": stamp(i.created), "updated_at": stamp(i.changed),
		"status": i.status, "incident_key": i.key, "service": i.service.ref(), "assignments": assignments, "assigned_via": via,
		"last_status_change_at": stamp(i.changed), "resolved_at": stamp(i.resolved),
		"first_trigger_log_entry": obj{
			"id": "R" + i.id[1:], "type": "trigger_log_entry_reference", "summary": "Triggered through the API.",
			"self": apiURL + "/log_entries/R" + i.id[1:], "html_url": nil,
		},
		"alert_counts":  obj{"all": i.alerts, "triggered": open, "resolved": i.alerts - open},
		"is_mergeable":  i.status != "resolved",
		"incident_type": obj{"name": "incident_default"}, "escalation_policy": i.policy.ref(), "teams": []obj{i.policy.team.ref()},
		"pending_actions": []obj{}, "acknowledgements": acknowledgements, "alert_grouping": nil, "last_status_change_by": i.changedBy,
		"priority": nil, "resolve_reason": nil, "conference_bridge": nil, "incidents_responders": responders, "responder_requests": []obj{},
		"urgency": i.urgency,
	} {
		o[name] = value
	}
	if i.priority != nil {
		o["priority"] = i.priority.object()
	}
	if i.bridge != "" {
		o["conference_bridge"] = obj{"conference_number": "+1-555-0100,,4711#", "conference_url": i.bridge}
	}
	if withBody && i.body != "" {
		o["body"] = obj{"type": "incident_body", "details": i.body}
	} else if withBody {
		o["body"] = nil
	}
	return o
}

// Incidents counts the incidents with a title.
func (s *Server) Incidents(title string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, i := range s.open().incidents {
		if i.title == title {
			n++
		}
	}
	return n
}

// Notes counts the notes with a text.
func (s *Server) Notes(text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, i := range s.open().incidents {
		for _, written := range i.notes {
			if written.content == text {
				n++
			}
		}
	}
	return n
}
