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

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

type incident struct {
	record                            // without a name
	title, status, urgency, key, body string
	number                            int
	priority                          *priority
	service                           *service
	policy                            *policy
	created, changed, resolved        time.Time
	changedBy                         agent
	assignees, acknowledgers          []held
	level, round                      int       // of the policy, from 1 on, and how often it was repeated
	paged                             time.Time // when that level was
	direct                            bool      // assigned by hand, not by the policy
	grouped                           int       // how many alerts it is opened by
	alerts                            []*alert
	flaps                             bool // its alert comes and goes
	notes                             []note
	responders                        []responder
	bridge                            string
	cluster                           string         // incidents with one are related
	pattern                           string         // what similar titles have in common
	mergedInto                        *incident      // what it was resolved by, if by that
	fields                            map[string]any // values of custom fields, by name
	log                               []logEntry     // without notes and notifications: see history
	kind                              string         // the name of its type; that of the plain one if empty
	snoozed                           time.Time      // until when, if it is
	subscribers                       []subscriber
	updates                           []statusUpdate // sent to the subscribers
}

type note struct {
	id, content string
	at          time.Time
	by          obj
}

type responder struct {
	user, requester *user
	message         string
	at              time.Time
	policy          *policy   // by which the user was asked, if not directly
	request         int       // which of the incident's requests asked, counted from 0
	joined          time.Time // zero until then
	declined        time.Time // zero until then
	canceled        bool      // the request was taken back
}

// Name is the number: what people call an incident.
func (i *incident) Name() string { return strconv.Itoa(i.number) }

func (i *incident) ref() obj { return ref("incident", i.id, i.summary(), "incidents") }

func incidentRoutes() []route {
	include := []string{
		"acknowledgers", "agents", "assignees", "conference_bridge", "escalation_policies", "first_trigger_log_entries",
		"priorities", "services", "teams", "users", "body",
	}
	details := rest.Query{"additional_details[]": rest.Among("incident")}
	urgency, status := rest.Enum("high", "low"), rest.Enum("triggered", "acknowledged", "resolved")
	assignee := func(most int) *rest.Schema {
		return rest.List(most, rest.Map(rest.Fields{"assignee": rest.Reference("user_reference").Required()}))
	}
	target := rest.Map(rest.Fields{"responder_request_target": rest.Reference("user_reference", "escalation_policy_reference").Required()})
	return []route{
		{
			Pattern: "GET /incidents", Handle: listIncidents,
			Query: rest.Paging().With(rest.Query{
				"date_range": rest.Among("all"), "incident_key": rest.Words(), "priority_ids[]": rest.IDs(), // undocumented, and works
				"service_ids[]": rest.IDs(), "team_ids[]": rest.IDs(), "user_ids[]": rest.IDs(),
				"urgencies[]": rest.Among("high", "low"), "time_zone": rest.Zone(), "statuses[]": rest.Among("triggered", "acknowledged", "resolved"),
				"sort_by": sortOrder, "include[]": rest.Among(include...), "since": rest.Moment(), "until": rest.Moment(),
			}),
		},
		{Pattern: "GET /incidents/{id}", Query: rest.Query{"include[]": rest.Among(append(include, "custom_fields")...)}, Handle: getIncident},
		{Pattern: "GET /incidents/{id}/notes", Handle: with((*account).incident, listNotes)},
		{
			Pattern: "GET /incidents/{id}/past_incidents", Handle: with((*account).incident, pastIncidents),
			Query: rest.Query{"limit": rest.Whole(1, 999), "total": rest.Among("true", "false")},
		},
		{Pattern: "GET /incidents/{id}/related_incidents", Query: details, Handle: with((*account).incident, relatedIncidents)},
		{Pattern: "GET /incidents/{id}/outlier_incident", Query: details.With(rest.Query{"since": rest.Moment()}), Handle: with((*account).incident, outlierIncident)},
		{
			Pattern: "POST /incidents", Attributed: true, Handle: createIncident,
			Body: rest.Envelope("incident", rest.Map(rest.Fields{
				"type": rest.Enum("incident").Required(), "title": rest.String(1024).Required(), "service": rest.Reference("service_reference").Required(),
				"priority": rest.Reference("priority_reference"), "urgency": urgency, "incident_key": rest.String(255),
				"body":        rest.Map(rest.Fields{"type": rest.Enum("incident_body").Required(), "details": rest.String(100_000).Required()}),
				"assignments": assignee(1), "escalation_policy": rest.Reference("escalation_policy_reference"),
			})),
		},
		{
			Pattern: "PUT /incidents", Attributed: true, Handle: updateIncidents, Query: rest.Paging(),
			Body: rest.Envelope("incidents", rest.List(100_000, rest.Map(rest.Fields{
				"id": rest.String(64).Required(), "type": rest.Enum("incident", "incident_reference").Required(), "status": status, "urgency": urgency,
				"resolution": rest.String(25_000), "title": rest.String(1024), "priority": rest.Reference("priority_reference"),
				"escalation_level": rest.Integer(20), "assignments": assignee(100),
				"escalation_policy": rest.Reference("escalation_policy_reference"),
			}))),
		},
		{
			Pattern: "POST /incidents/{id}/notes", Attributed: true, Handle: with((*account).incident, addNote),
			Body: rest.Envelope("note", rest.Map(rest.Fields{"content": rest.String(25_000).Required()})),
		},
		{
			Pattern: "POST /incidents/{id}/responder_requests", Handle: with((*account).incident, requestResponders),
			Body: rest.Map(rest.Fields{
				"requester_id": rest.String(64).Required(), "message": rest.String(5000).Required(),
				"responder_request_targets": rest.List(100, target).Required(),
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

func listIncidents(c *call) *rest.Answer {
	q := c.URL.Query()
	since, until, problem := dateRange(q, c.Now)
	if problem != nil {
		return problem
	}
	var rows []*incident
	for _, i := range c.incidents.All() {
		if (since.IsZero() || !i.created.Before(since)) && (until.IsZero() || !i.created.After(until)) && i.matches(q) {
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
	in := c.zone(time.UTC)
	return rest.Page(c.Call, "incidents", rows, func(i *incident) obj { return i.shown(c.account, in, q["include[]"]) })
}

// dateRange reads since and until, six months apart at most. What is left out
// makes the range one month: since alone ends a month later, not now.
func dateRange(q url.Values, now time.Time) (since, until time.Time, problem *rest.Answer) {
	if q.Get("date_range") == "all" {
		return time.Time{}, time.Time{}, nil
	}
	since, _ = time.Parse(time.RFC3339, q.Get("since"))
	until, _ = time.Parse(time.RFC3339, q.Get("until"))
	switch {
	case since.IsZero() && until.IsZero():
		until = now
		since = monthsLater(until, -1)
	case since.IsZero():
		since = monthsLater(until, -1)
	case until.IsZero():
		until = monthsLater(since, 1)
	}
	if until.Before(since) {
		return since, until, rest.Fail(http.StatusBadRequest, 2005, "Invalid Date Range", "until is before since")
	}
	if until.After(monthsLater(since, 6)) {
		return since, until, rest.Fail(http.StatusBadRequest, 2005, "Invalid Date Range", "The date range exceeds six months")
	}
	return since, until, nil
}

// monthsLater is the same time n months later; in a month that is too short, on its
// last day.
func monthsLater(t time.Time, n int) time.Time {
	later := t.AddDate(0, n, 0)
	if over := later.Day(); over != t.Day() {
		return later.AddDate(0, 0, -over)
	}
	return later
}

func (i *incident) matches(q url.Values) bool {
	anyOf := func(name string, values ...string) bool {
		wanted := q[name]
		return len(wanted) == 0 || slices.ContainsFunc(values, func(v string) bool { return slices.Contains(wanted, v) })
	}
	assigned, priority := []string{}, ""
	if i.priority != nil {
		priority = i.priority.id
	}
	for _, held := range i.assignees {
		assigned = append(assigned, held.user.id)
	}
	return anyOf("statuses[]", i.status) && anyOf("urgencies[]", i.urgency) && anyOf("service_ids[]", i.service.id) &&
		anyOf("team_ids[]", i.policy.team.id) && anyOf("user_ids[]", assigned...) && anyOf("incident_key", i.key) &&
		anyOf("priority_ids[]", priority)
}

// incidentByRef finds an incident by id or, where the API takes it, by number.
func (a *account) incidentByRef(ref string, numbers bool) *incident {
	number, err := strconv.Atoi(ref)
	return a.incidents.First(func(i *incident) bool { return i.id == ref || numbers && err == nil && i.number == number })
}

func getIncident(c *call) *rest.Answer {
	i := c.incidentByRef(c.PathValue("id"), true)
	if i == nil {
		return rest.NotFound()
	}
	return rest.OK(obj{"incident": i.shown(c.account, time.UTC, c.URL.Query()["include[]"])})
}

func listNotes(_ *call, i *incident) *rest.Answer {
	notes := []obj{}
	for n := len(i.notes) - 1; n >= 0; n-- {
		notes = append(notes, i.notes[n].object())
	}
	return rest.OK(obj{"notes": notes})
}
