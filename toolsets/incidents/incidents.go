package incidents

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

var incidentTools = []tool.Tool{
	tool.Read("list_incidents", "List incidents",
		"Finds incidents, newest first, with status, urgency, priority, service, teams and assignees.", listIncidents),
	tool.Read("get_incident", "Get incident",
		"Everything about one incident: who has it, who acknowledged it, escalation policy, alert counts, responders.", getIncident),
	tool.Create("create_incident", "Create incident",
		"Opens an incident and pages whoever is on call for the service. Sent once; tells if one with this incident_key is open already.", createIncident),
	tool.UpdateAndNotify("manage_incidents", "Manage incidents",
		"Acknowledges, resolves, reopens, reassigns, escalates or edits incidents, all in one change; returns their new state.", manageIncidents),
}

type listIncidentsInput struct {
	Status []string `json:"status,omitzero" enum:"triggered,acknowledged,resolved"`
	tool.Span
	DateRange  string            `json:"date_range,omitzero" enum:"all" doc:"No time limit"`
	Scope      string            `json:"request_scope,omitzero" enum:"all,assigned,teams" doc:"Assigned to me, or of my teams"`
	UserIDs    []tool.UserID     `json:"user_ids,omitzero" doc:"Assignees; finds open incidents only"`
	ServiceIDs []tool.ServiceID  `json:"service_ids,omitzero"`
	TeamIDs    []tool.TeamID     `json:"team_ids,omitzero" alias:"teams_ids"`
	Urgencies  []string          `json:"urgencies,omitzero" enum:"high,low"`
	Priorities []tool.PriorityID `json:"priority_ids,omitzero"`
	Key        string            `json:"incident_key,omitzero"`
	Fields     tool.Fields       `json:"fields,omitzero" doc:"Only these"`
	// Include adds the notes, or what happens next, to what is shown; so does fields.
	Include []string `json:"include,omitzero" enum:"notes,pending_actions" hidden:"true"`
	counting
	Query    tool.Instead `json:"query,omitzero" hidden:"true" says:"PagerDuty doesn't search incidents by their text; narrow by service_ids, team_ids, status or time, and read the titles (fields: title)"`
	Policies tool.Instead `json:"escalation_policy_ids,omitzero" hidden:"true" alias:"escalation_policy" says:"PagerDuty doesn't find incidents by escalation policy; get_escalation_policy lists the services that use it, to be given as service_ids"`
	SortBy   string       `json:"sort_by,omitzero" order:"created_at,resolved_at,urgency,incident_number" max:"2" doc:"Up to two of created_at, resolved_at, urgency, incident_number, with :asc or :desc"`
	tool.Paging
}

func listIncidents(ctx context.Context, call tool.Reading, in listIncidentsInput) (tool.List[incident], error) {
	none := tool.List[incident]{Name: "incidents"}
	filter := pdapi.IncidentFilter{
		Statuses: in.Status, UserIDs: tool.Strings(in.UserIDs), ServiceIDs: tool.Strings(in.ServiceIDs),
		TeamIDs: tool.Strings(in.TeamIDs), Urgencies: in.Urgencies, PriorityIDs: tool.Strings(in.Priorities), Key: in.Key,
		SortBy: cmp.Or(in.SortBy, "created_at:desc"),
	}
	window, err := in.dates(call.Call, &filter)
	if err != nil {
		return none, err
	}
	if why, err := in.scope(ctx, call.PD, &filter); err != nil || why != "" {
		none.Unsearched("%s", why)
		return none, err
	}
	if len(filter.UserIDs) > 0 && len(in.Status) > 0 && !slices.ContainsFunc(in.Status, isOpen) {
		none.Unsearched("resolved incidents are assigned to no one, so they can't be found by assignee.")
		return none, nil
	}

	found, err := none, error(nil)
	if in.isWanted() {
		found, err = in.count(ctx, call, filter, in.Limit)
	} else {
		found, err = in.collect(call, call.PD.Incidents(ctx, filter, in.Window()))
	}
	if err != nil {
		return none, err
	}
	if in.includes(call, "notes") {
		if err := addNotes(ctx, call, found.Items); err != nil {
			return none, err
		}
	}
	found.AddFact("window", window)
	if len(filter.UserIDs) > 0 && (len(in.Status) == 0 || slices.Contains(in.Status, "resolved")) {
		found.AddNote("Resolved incidents are left out: they are assigned to no one, so they can't be found by assignee.")
	}
	return found, nil
}

// Check refuses times that PagerDuty would.
func (in listIncidentsInput) Check(call *tool.Call) error {
	_, err := in.dates(call, &pdapi.IncidentFilter{})
	return err
}

func isOpen(status string) bool { return status != "resolved" }

// dates puts the wanted times into filter and says which they are. Both are always
// sent: a since without until ends a month later at PagerDuty, not now.
func (in listIncidentsInput) dates(call *tool.Call, filter *pdapi.IncidentFilter) (string, error) {
	since, until, err := in.Range(call, tool.Begin)
	if err != nil {
		return "", err
	}
	if in.DateRange == "all" {
		if !since.IsZero() || !until.IsZero() {
			return "", tool.Wrong("date_range: all lifts every time limit, so it can't go with since or until (or period); give one or the other")
		}
		filter.AllDates = true
		return "all", nil
	}
	const most = 6 // months
	said := ""
	if until.IsZero() {
		until = call.Now
	}
	if since.IsZero() {
		// What PagerDuty would do by itself, but known to the last second.
		since, said = when.AddMonths(until, -1), " (PagerDuty's default of one month)"
	}
	// The six months before 31 March begin on 30 September, which is more than six
	// months the other way around.
	for !since.Before(when.AddMonths(until, -most)) && until.After(when.AddMonths(since, most)) {
		since, said = since.AddDate(0, 0, 1), " (PagerDuty searches 6 months at once, so this begins later than asked)"
	}
	switch {
	case !since.Before(until):
		return "", tool.Wrong("since: %s is not before until, %s", when.Clock(since, call.Zone), when.Clock(until, call.Zone))
	case until.After(when.AddMonths(since, most)):
		return "", tool.Wrong("since: %s is more than the 6 months PagerDuty searches at once; shorten it, or give date_range all instead",
			when.Window(since, until, call.Zone))
	}
	filter.Since, filter.Until = since, until
	if until.Equal(call.Now) { // PagerDuty's clock may be ahead, and until is not in the range
		filter.Until = until.Add(time.Minute)
		if end := when.AddMonths(since, most); end.Before(filter.Until) {
			filter.Until = end
		}
	}
	return call.Window(since, until) + said, nil
}

// scope narrows filter to the current user or their teams. If that leaves
// nothing to search it says why.
func (in listIncidentsInput) scope(ctx context.Context, pd pdapi.Reader, filter *pdapi.IncidentFilter) (empty string, err error) {
	if in.Scope != "assigned" && in.Scope != "teams" {
		return "", nil
	}
	me, err := pd.Me(ctx)
	if err != nil {
		return "", fmt.Errorf("finding out who you are, for request_scope %s: %w", in.Scope, err)
	}
	if in.Scope == "assigned" {
		if len(in.UserIDs) > 0 && !slices.Contains(filter.UserIDs, me.ID) {
			return fmt.Sprintf("request_scope assigned means you (%s, %s), and user_ids names only others.", wording.Quote(me.Name), me.ID), nil
		}
		filter.UserIDs = []string{me.ID}
		return "", nil
	}
	var mine []string
	for _, t := range me.Teams {
		if len(in.TeamIDs) == 0 || slices.Contains(filter.TeamIDs, t.ID) {
			mine = append(mine, t.ID)
		}
	}
	switch {
	case len(me.Teams) == 0:
		return fmt.Sprintf("you (%s, %s) are in no team.", wording.Quote(me.Name), me.ID), nil
	case len(mine) == 0:
		return "you are in none of the teams in team_ids.", nil
	}
	filter.TeamIDs = mine
	return "", nil
}

type getIncidentInput struct {
	ID      tool.IncidentID `json:"incident_id"`
	Include []string        `json:"include,omitzero" enum:"body,notes"`
	// NotesOffset goes on where an answer left notes out, which says so.
	NotesOffset int `json:"notes_offset,omitzero" min:"0" max:"2000" hidden:"true"`
}

func getIncident(ctx context.Context, call tool.Reading, in getIncidentInput) (incidentDetails, error) {
	var included []string
	if slices.Contains(in.Include, "body") {
		included = append(included, pdapi.IncludeBody)
	}
	found, err := call.PD.Incident(ctx, string(in.ID), included...)
	if err != nil {
		return incidentDetails{}, err
	}
	d := describeIncident(found)
	if slices.Contains(in.Include, "notes") {
		notes, err := call.PD.Notes(ctx, found.ID)
		if err != nil {
			return incidentDetails{}, err
		}
		d.addNotes(call, notes, in.NotesOffset)
	}
	return d, nil
}

// includes reports whether a call asks for a member that lists don't show by themselves.
func (in listIncidentsInput) includes(call tool.Reading, member string) bool {
	return slices.Contains(in.Include, member) || call.Asked(member)
}

func (in listIncidentsInput) collect(call tool.Reading, pages iter.Seq2[pdapi.Page[pdapi.Incident], error]) (tool.List[incident], error) {
	show := showIncident
	if in.includes(call, "pending_actions") {
		show = func(i pdapi.Incident) incident {
			shown := showIncident(i)
			shown.Pending = pendingActions(i)
			return shown
		}
	}
	return tool.Collect("incidents", in.Paging, pages, show)
}
