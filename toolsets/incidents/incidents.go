package incidents

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var incidentTools = []tool.Tool{
	tool.Read("list_incidents", "List incidents",
		"Finds incidents, newest first, with status, urgency, priority, service, teams and assignees. Times: RFC 3339, 2026-01-31, 24h, 7d or 2w (ago), now.", listIncidents),
	tool.Read("get_incident", "Get incident",
		"Everything about one incident: who has it, who acknowledged it, escalation policy, alert counts, responders.", getIncident),
	tool.Create("create_incident", "Create incident",
		"Opens an incident and pages whoever is on call for the service. Sent once; tells if one with this incident_key is open already.", createIncident),
	tool.UpdateAndNotify("manage_incidents", "Manage incidents",
		"Acknowledges, resolves, reopens, reassigns, escalates or edits incidents, all in one change; returns their new state.", manageIncidents),
}

type listInput struct {
	Status     []string         `json:"status,omitzero" enum:"triggered,acknowledged,resolved"`
	Since      tool.Time        `json:"since,omitzero" doc:"Default: a month before until"`
	Until      tool.Time        `json:"until,omitzero" doc:"At most 6 months after since"`
	DateRange  string           `json:"date_range,omitzero" enum:"all" doc:"No time limit"`
	Scope      string           `json:"request_scope,omitzero" enum:"all,assigned,teams" doc:"Assigned to me, or of my teams"`
	UserIDs    []tool.UserID    `json:"user_ids,omitzero" doc:"Assignees; finds open incidents only"`
	ServiceIDs []tool.ServiceID `json:"service_ids,omitzero"`
	TeamIDs    []tool.TeamID    `json:"team_ids,omitzero" alias:"teams_ids"`
	Urgencies  []string         `json:"urgencies,omitzero" enum:"high,low"`
	Key        string           `json:"incident_key,omitzero"`
	Fields     tool.Fields      `json:"fields,omitzero" doc:"Only these"`
	SortBy     string           `json:"sort_by,omitzero" doc:"Up to two of created_at, resolved_at, urgency, incident_number, with :asc or :desc"`
	tool.Paging
}

func listIncidents(ctx context.Context, call tool.Reading, in listInput) (tool.List[incident], error) {
	none := tool.List[incident]{Name: "incidents"}
	filter := pdapi.IncidentFilter{
		Statuses: in.Status, UserIDs: tool.Strings(in.UserIDs), ServiceIDs: tool.Strings(in.ServiceIDs),
		TeamIDs: tool.Strings(in.TeamIDs), Urgencies: in.Urgencies, Key: in.Key,
	}
	var err error
	if filter.SortBy, err = sortOrder(in.SortBy); err != nil {
		return none, err
	}
	window, err := in.dates(call.Now, &filter)
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

	found, err := collect(in.Paging, call.PD.Incidents(ctx, filter, in.Window()))
	if err != nil {
		return none, err
	}
	found.AddFact("window", window)
	if len(filter.UserIDs) > 0 && (len(in.Status) == 0 || slices.Contains(in.Status, "resolved")) {
		found.AddNote("Resolved incidents are left out: they are assigned to no one, so they can't be found by assignee.")
	}
	return found, nil
}

// Check refuses times and orders that PagerDuty would.
func (in listInput) Check(call *tool.Call) error {
	if _, err := sortOrder(in.SortBy); err != nil {
		return err
	}
	_, err := in.dates(call.Now, &pdapi.IncidentFilter{})
	return err
}

func isOpen(status string) bool { return status != "resolved" }

// dates puts the wanted times into filter and says which they are.
func (in listInput) dates(now time.Time, filter *pdapi.IncidentFilter) (string, error) {
	if in.DateRange == "all" {
		if !in.Since.IsZero() || !in.Until.IsZero() {
			return "", tool.Wrong("date_range: all lifts every time limit, so it can't go with since or until; give one or the other")
		}
		filter.AllDates = true
		return "all", nil
	}
	since, until, said := in.Since.In(now), in.Until.In(now), ""
	if until.IsZero() {
		until = now
	}
	if since.IsZero() {
		// What PagerDuty would do by itself, but known to the last second.
		since, said = until.AddDate(0, -1, 0), " (PagerDuty's default of one month)"
	}
	switch {
	case !since.Before(until):
		return "", tool.Wrong("since: %s is not before until, %s", since.Format(time.RFC3339), until.Format(time.RFC3339))
	case until.After(since.AddDate(0, 6, 0)):
		return "", tool.Wrong("since: %s to %s is more than the 6 months PagerDuty searches at once; shorten it, or give date_range all instead",
			since.Format(time.RFC3339), until.Format(time.RFC3339))
	}
	filter.Since = since
	if !in.Until.IsZero() {
		filter.Until = until
	}
	return since.Format(time.RFC3339) + " to " + until.Format(time.RFC3339) + said, nil
}

// scope narrows filter to the current user or their teams. If that leaves
// nothing to search it says why.
func (in listInput) scope(ctx context.Context, pd pdapi.Reader, filter *pdapi.IncidentFilter) (empty string, err error) {
	if in.Scope != "assigned" && in.Scope != "teams" {
		return "", nil
	}
	me, err := pd.Me(ctx)
	if err != nil {
		return "", fmt.Errorf("finding out who you are, for request_scope %s: %w", in.Scope, err)
	}
	if in.Scope == "assigned" {
		if len(in.UserIDs) > 0 && !slices.Contains(filter.UserIDs, me.ID) {
			return fmt.Sprintf("request_scope assigned means you (%s, %s), and user_ids names only others.", me.Name, me.ID), nil
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
		return fmt.Sprintf("you (%s, %s) are in no team.", me.Name, me.ID), nil
	case len(mine) == 0:
		return "you are in none of the teams in team_ids.", nil
	}
	filter.TeamIDs = mine
	return "", nil
}

var sortFields = []string{"created_at", "resolved_at", "urgency", "incident_number"}

// sortOrder checks an order; without one it is newest first.
func sortOrder(s string) (string, error) {
	if s = strings.ReplaceAll(strings.ToLower(s), " ", ""); s == "" {
		return "created_at:desc", nil
	}
	terms := strings.Split(s, ",")
	for _, term := range terms {
		field, direction, given := strings.Cut(term, ":")
		if len(terms) > 2 || !slices.Contains(sortFields, field) || given && direction != "asc" && direction != "desc" {
			return "", tool.Wrong("sort_by: %q is not an order; use one or two of %s, each with :asc or :desc, as in urgency:desc,created_at:asc",
				s, strings.Join(sortFields, ", "))
		}
	}
	return s, nil
}

type getInput struct {
	ID      tool.IncidentID `json:"incident_id" doc:"Id or number"`
	Include []string        `json:"include,omitzero" enum:"body,notes"`
}

func getIncident(ctx context.Context, call tool.Reading, in getInput) (details, error) {
	var included []string
	if slices.Contains(in.Include, "body") {
		included = append(included, pdapi.IncludeBody)
	}
	found, err := call.PD.Incident(ctx, string(in.ID), included...)
	if err != nil {
		return details{}, err
	}
	d := describe(found)
	if slices.Contains(in.Include, "notes") {
		notes, err := call.PD.Notes(ctx, found.ID)
		if err != nil {
			return details{}, err
		}
		d.addNotes(notes)
	}
	return d, nil
}

// resolve returns an incident's id, asking PagerDuty for it if what was given is
// its number: below /incidents/{id} and in bodies only the id is sure to work.
func resolve(ctx context.Context, pd pdapi.Reader, id tool.IncidentID) (string, error) {
	if !id.IsNumber() {
		return string(id), nil
	}
	found, err := pd.Incident(ctx, string(id))
	return found.ID, err
}

type createInput struct {
	Title    string                  `json:"title" min:"1" max:"1024"`
	Service  tool.ServiceID          `json:"service_id"`
	Urgency  string                  `json:"urgency,omitzero" enum:"high,low" doc:"Default: the service's rule"`
	Priority tool.PriorityID         `json:"priority_id,omitzero"`
	Policy   tool.EscalationPolicyID `json:"escalation_policy_id,omitzero" doc:"Instead of the service's"`
	Assignee tool.UserID             `json:"assignee_id,omitzero" doc:"Instead of a policy"`
	Body     string                  `json:"body,omitzero" max:"25000" doc:"What is known"`
	Key      string                  `json:"incident_key,omitzero" max:"255" doc:"While open, no second one opens"`
}

// Check refuses what PagerDuty would.
func (in createInput) Check(*tool.Call) error {
	if in.Policy != "" && in.Assignee != "" {
		return tool.Wrong("assignee_id: an incident is assigned to a user or by an escalation policy, not both; leave out assignee_id or escalation_policy_id")
	}
	return nil
}

// opened is the result of create_incident.
type opened struct {
	Incident incident `json:"incident"`
	Key      string   `json:"incident_key"`
	Note     string   `json:"note,omitzero"`
}

func createIncident(ctx context.Context, call tool.Writing, in createInput) (opened, error) {
	key := in.Key
	if key == "" {
		key = "pagerduty-mcp-" + strings.ToLower(rand.Text())
	}
	made, err := call.PD.CreateIncident(ctx, pdapi.NewIncident{
		Title: in.Title, ServiceID: string(in.Service), Urgency: in.Urgency, PriorityID: string(in.Priority),
		EscalationPolicyID: string(in.Policy), AssigneeID: string(in.Assignee), Body: in.Body, Key: key,
	})
	if err == nil {
		return opened{Incident: show(made), Key: key}, nil
	}
	inUse := errors.Is(err, pdapi.ErrKeyInUse)
	if !inUse && !pdapi.MaybeDone(err) && !errors.Is(err, pdapi.ErrNoDetails) {
		return opened{}, err
	}
	// The request may have been carried out, or an incident with the key was
	// there before: the key tells, without a second POST.
	open, found, lookup := call.PD.OpenIncidentByKey(ctx, string(in.Service), key)
	switch {
	case lookup == nil && found && inUse:
		return opened{show(open), key, fmt.Sprintf("Already open: %s has this incident_key. Nothing was created and nobody was paged again.", open.ID)}, nil
	case lookup == nil && found:
		return opened{show(open), key, "PagerDuty's answer was lost on the way, but the incident was created: it was found by its incident_key."}, nil
	case inUse:
		return opened{}, fmt.Errorf("an open incident on this service already has incident_key %q, so nothing was created; find it with list_incidents: %w", key, err)
	case lookup != nil:
		return opened{}, &tool.UnknownOutcome{Check: fmt.Sprintf("Looking it up by its incident_key failed as well. To be sure without paging twice, call create_incident again with incident_key %q: "+
			"if the incident exists, it is returned and nothing new is opened.", key), Err: err}
	}
	return opened{}, &tool.UnknownOutcome{Check: fmt.Sprintf("No open incident with its incident_key is to be seen yet, so it was probably not created. If it is still wanted, call create_incident again with incident_key %q: "+
		"that can't open a second one.", key), Err: err}
}

type manageInput struct {
	IDs        []tool.IncidentID       `json:"incident_ids" min:"1" max:"1000" doc:"Ids or numbers"`
	Status     string                  `json:"status,omitzero" enum:"acknowledged,resolved,triggered" doc:"triggered reopens"`
	Urgency    string                  `json:"urgency,omitzero" enum:"high,low"`
	Assignees  []tool.UserID           `json:"assignee_ids,omitzero" alias:"assignment,assignement,assignments" doc:"Reassign; pages them"`
	Level      int                     `json:"escalation_level,omitzero" min:"1" max:"20" doc:"Escalate; pages that level"`
	Policy     tool.EscalationPolicyID `json:"escalation_policy_id,omitzero"`
	Priority   tool.PriorityID         `json:"priority_id,omitzero"`
	Title      string                  `json:"title,omitzero" max:"1024"`
	Resolution string                  `json:"resolution,omitzero" max:"25000" doc:"With status resolved"`
	tool.Changes
}

func manageIncidents(ctx context.Context, call tool.Writing, in manageInput) (tool.List[incident], error) {
	change := pdapi.IncidentChange{
		Status: in.Status, Urgency: in.Urgency, AssigneeIDs: tool.Strings(in.Assignees), EscalationLevel: in.Level,
		EscalationPolicyID: string(in.Policy), PriorityID: string(in.Priority), Title: in.Title, Resolution: in.Resolution,
	}
	ids, err := resolveAll(ctx, call.Reading(), in.IDs)
	if err != nil {
		return tool.List[incident]{}, err
	}
	result := tool.List[incident]{Name: "incidents"}
	var done []string
	for chunk := range slices.Chunk(ids, pdapi.MaxIncidentsPerUpdate) {
		changed, notes, err := update(ctx, call.PD, chunk, change)
		if err != nil && len(done) > 0 {
			err = &tool.Partial{Done: fmt.Sprintf("%d of %d incidents were changed: %s. The rest were not", len(done), len(ids), strings.Join(done, ", ")), Err: err}
		}
		if err != nil {
			return tool.List[incident]{}, err
		}
		done = append(done, chunk...)
		if len(ids) > pdapi.MaxIncidentsPerUpdate {
			call.Progress(len(done), len(ids))
		}
		result.Items = append(result.Items, changed.Items...)
		result.Notes = append(result.Notes, notes...)
		result.Facts = changed.Facts
	}
	if missing := len(ids) - len(result.Items); missing > 0 {
		result.AddNote("PagerDuty made the change to all %d incidents, but its answer lists only %d of them.", len(ids), len(result.Items))
	}
	return result, nil
}

// Check refuses what PagerDuty would ignore or misread.
func (in manageInput) Check(*tool.Call) error {
	toUsers := len(in.Assignees) > 0
	switch {
	case in.Resolution != "" && in.Status != "resolved":
		return tool.Wrong("resolution: is only for resolving; add status resolved, or write a note with add_note_to_incident")
	case toUsers && in.Level > 0:
		return tool.Wrong("assignee_ids: an incident goes to users or to a level of its escalation policy, not both; leave out assignee_ids or escalation_level")
	case toUsers && in.Policy != "":
		return tool.Wrong("assignee_ids: an incident goes to users or to an escalation policy, not both; leave out assignee_ids or escalation_policy_id")
	case in.Status == "resolved" && (toUsers || in.Level > 0 || in.Policy != ""):
		return tool.Wrong("status: a resolved incident is assigned to no one; leave out status resolved, or what reassigns it")
	}
	return nil
}

// resolveAll returns the incidents' ids, each once.
func resolveAll(ctx context.Context, call tool.Reading, refs []tool.IncidentID) ([]string, error) {
	var ids []string
	for i, ref := range refs {
		id, err := resolve(ctx, call.PD, ref)
		if err != nil {
			return nil, fmt.Errorf("incident %s: %w", ref, err)
		}
		if len(refs) > 10 {
			call.Progress(i+1, len(refs))
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// update makes one change to one request's worth of incidents. PagerDuty
// refuses it for all of them when one that is to be resolved already is; then
// the others are resolved without it, as was asked.
func update(ctx context.Context, pd pdapi.Client, ids []string, change pdapi.IncidentChange) (tool.List[incident], []string, error) {
	changed, err := pd.UpdateIncidents(ctx, ids, change)
	if !errors.Is(err, pdapi.ErrAlreadyResolved) {
		return shown(changed), nil, err
	}
	var open []string
	var over []pdapi.Incident
	for _, id := range ids {
		found, lookup := pd.Incident(ctx, id)
		switch {
		case lookup != nil:
			return tool.List[incident]{}, nil, err
		case found.Status == "resolved":
			over = append(over, found)
		default:
			open = append(open, id)
		}
	}
	note := fmt.Sprintf("%d of the incidents were resolved before, and were left as they are.", len(over))
	if len(open) > 0 && len(over) > 0 {
		if changed, err = pd.UpdateIncidents(ctx, open, change); err != nil {
			return tool.List[incident]{}, nil, err
		}
	} else if len(over) == 0 {
		return tool.List[incident]{}, nil, err
	}
	return shown(append(changed, over...)), []string{note}, nil
}

// shown is a list of incidents that are at hand.
func shown(found []pdapi.Incident) tool.List[incident] {
	page := func(yield func(pdapi.Page[pdapi.Incident], error) bool) {
		yield(pdapi.Page[pdapi.Incident]{Items: found}, nil)
	}
	made, _ := collect(tool.Paging{Limit: len(found)}, page) // the only error is one of pages
	return made
}

func collect(p tool.Paging, pages iter.Seq2[pdapi.Page[pdapi.Incident], error]) (tool.List[incident], error) {
	return tool.Collect("incidents", p, pages, show)
}
