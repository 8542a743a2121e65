package incidents

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

type createIncidentInput struct {
	Title    string                  `json:"title" min:"1" max:"1024"`
	Service  tool.ServiceID          `json:"service_id" pages:"true"`
	Urgency  string                  `json:"urgency,omitzero" enum:"high,low" doc:"Default: the service's rule"`
	Priority tool.PriorityID         `json:"priority_id,omitzero"`
	Policy   tool.EscalationPolicyID `json:"escalation_policy_id,omitzero" pages:"true" doc:"Instead of the service's"`
	Assignee tool.UserID             `json:"assignee_id,omitzero" pages:"true" doc:"Instead of a policy"`
	Body     string                  `json:"body,omitzero" max:"25000" doc:"What is known"`
	Key      string                  `json:"incident_key,omitzero" max:"255" doc:"While open, no second one opens"`
}

// Check refuses what PagerDuty would.
func (in createIncidentInput) Check(*tool.Call) error {
	if in.Policy != "" && in.Assignee != "" {
		return tool.Wrong("assignee_id: an incident is assigned to a user or by an escalation policy, not both; leave out assignee_id or escalation_policy_id")
	}
	return nil
}

// ownKey begins the incident_key of what is opened without one.
const ownKey = "pagerduty-mcp-"

// madeBefore reports whether an open incident with the same title can be what the same
// call opened before: this program opened it, and the call asks for nothing that it is
// not.
func (in createIncidentInput) madeBefore(open pdapi.Incident) bool {
	shown := record.ShowIncident(open)
	switch {
	case in.Key != "" || !strings.HasPrefix(open.Key, ownKey):
		return false
	case in.Urgency != "" && in.Urgency != open.Urgency:
		return false
	case in.Priority != "" && (open.Priority == nil || open.Priority.ID != string(in.Priority)):
		return false
	case in.Policy != "" && (open.EscalationPolicy == nil || open.EscalationPolicy.ID != string(in.Policy)):
		return false
	case in.Assignee != "":
		return slices.ContainsFunc(shown.AssignedTo, func(r tool.Ref) bool { return r.ID == string(in.Assignee) })
	}
	return true
}

// keyFor is the incident_key of a call that gives none. The same call made again within a
// while has the same, also while the first is still under way: PagerDuty opens no second
// incident with it then.
func (in createIncidentInput) keyFor(call tool.Writing) string {
	words := []string{"incident", string(in.Service), wording.NameKey(in.Title), in.Urgency, string(in.Priority), string(in.Policy), string(in.Assignee)}
	at, again := call.Claim(words...)
	if !again {
		at = call.Now
	}
	sum := sha256.Sum256([]byte(strings.Join(append(words, strconv.FormatInt(at.UnixNano(), 10), ownSecret()), "\x00")))
	return ownKey + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:26])
}

// ownSecret tells the keys of this process from those of others that are asked the same.
var ownSecret = sync.OnceValue(rand.Text)

// createdIncident is the result of create_incident.
type createdIncident struct {
	Incident record.Incident `json:"incident"`
	Key      string          `json:"incident_key"`
	Paged    []tool.Ref      `json:"paged,omitempty"` // whom it was assigned to
}

// twice is how long after an incident was opened another one with the same title, on
// the same service, is taken for the same call made again.
const twice = 30 * time.Minute

func createIncident(ctx context.Context, call tool.Writing, in createIncidentInput) (createdIncident, error) {
	before, err := lookBefore(ctx, call, in)
	if err != nil {
		return createdIncident{}, err
	}
	same := before.same
	switch {
	case same != nil && in.madeBefore(*same) && call.Now.Sub(same.CreatedAt.Time) < twice:
		call.Note("Nothing was created and nobody was paged: #%d, with the same title, was opened on this service at %s and is %s. To open another one all the same, give an incident_key of its own.",
			same.Number, when.Clock(same.CreatedAt.Time, call.Zone), same.Status)
		return createdIncident{Incident: record.ShowIncident(*same), Key: same.Key}, nil
	case same != nil:
		call.Note("One like it is open: #%d, with the same title, since %s.", same.Number, when.Clock(same.CreatedAt.Time, call.Zone))
	}
	key := in.Key
	if key == "" {
		key = in.keyFor(call)
	}
	made, err := call.PD.CreateIncident(ctx, pdapi.NewIncident{
		Title: in.Title, ServiceID: string(in.Service), Urgency: in.Urgency, PriorityID: string(in.Priority),
		EscalationPolicyID: string(in.Policy), AssigneeID: string(in.Assignee), Body: in.Body, Key: key,
	})
	if err == nil {
		return before.whoIsPaged(call, made, key), nil
	}
	inUse := errors.Is(err, pdapi.ErrKeyInUse)
	if !inUse && !pdapi.MaybeDone(err) && !errors.Is(err, pdapi.ErrNoDetails) {
		return createdIncident{}, err
	}
	// The request may have been carried out, or an incident with the key was
	// there before: the key tells, without a second POST.
	open, found, lookup := call.PD.OpenIncidentByKey(ctx, string(in.Service), key)
	switch {
	case lookup == nil && found && inUse:
		call.Note("Already open: %s has this incident_key. Nothing was created and nobody was paged again.", open.ID)
		if in.Key == "" {
			call.Note("The same call opened it a moment before. To open another one all the same, give an incident_key of its own.")
		}
		return createdIncident{Incident: record.ShowIncident(open), Key: key}, nil
	case lookup == nil && found && open.CreatedAt.Before(call.Now.Add(-clocksDiffer)):
		call.Note("Already open, since %s: #%d has this incident_key. Nothing was created and nobody was paged again.", when.Clock(open.CreatedAt.Time, call.Zone), open.Number)
		return createdIncident{Incident: record.ShowIncident(open), Key: key}, nil
	case lookup == nil && found:
		call.Note("PagerDuty's answer was lost on the way, but the incident was created: it was found by its incident_key.")
		return before.whoIsPaged(call, open, key), nil
	case inUse:
		return createdIncident{}, fmt.Errorf("an open incident on this service already has incident_key %s, so nothing was created; find it with list_incidents: %w", wording.Quote(key), err)
	case errors.Is(err, pdapi.ErrNoDetails):
		call.Note("PagerDuty accepted it and sent no details. Look for it with list_incidents and incident_key %s.", wholeKey(key))
		return createdIncident{Incident: record.Incident{Title: in.Title}, Key: key}, nil
	case lookup != nil:
		return createdIncident{}, &tool.UnknownOutcome{Check: fmt.Sprintf("Looking it up by its incident_key failed as well. To be sure without paging twice, call create_incident again with incident_key %s: "+
			"if the incident exists, it is returned and nothing new is opened.", wholeKey(key)), Err: err}
	}
	return createdIncident{}, &tool.UnknownOutcome{Check: fmt.Sprintf("No open incident with its incident_key is to be seen yet, so it was probably not created. If it is still wanted, call create_incident again with incident_key %s: "+
		"that can't open a second one.", wholeKey(key)), Err: err}
}

// wholeKey quotes an incident_key that is to be given again.
func wholeKey(key string) string { return wording.QuoteUpTo(key, wording.MaxName) }

// before is what there was before an incident was opened, as far as PagerDuty said:
// that it can't be found out holds up no page.
type before struct {
	same    *pdapi.Incident // the newest open one of the service that has the title
	service *pdapi.Service
}

// lookTime is how long these looks may take, also where PagerDuty asks to wait a little: a
// page must not wait for them longer.
const lookTime = 8 * time.Second

func lookBefore(ctx context.Context, call tool.Writing, in createIncidentInput) (b before, err error) {
	outer := ctx
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	looks := []func(context.Context){
		func(ctx context.Context) { b.same = openWithTitle(ctx, call.PD.Reader, string(in.Service), in.Title) },
		func(ctx context.Context) {
			if found, err := call.PD.Service(ctx, string(in.Service)); err == nil {
				b.service = &found
			}
		},
	}
	_, _ = tool.SideBySide(ctx, len(looks), looks, func(ctx context.Context, look func(context.Context)) (struct{}, error) {
		look(ctx)
		return struct{}{}, nil
	})
	return b, outer.Err()
}

// openWithTitle returns the newest open incident of a service that has a title, or
// nil.
func openWithTitle(ctx context.Context, pd pdapi.Reader, serviceID, title string) *pdapi.Incident {
	filter := pdapi.IncidentFilter{
		ServiceIDs: []string{serviceID}, Statuses: []string{"triggered", "acknowledged"}, AllDates: true, SortBy: "created_at:desc",
	}
	for page, err := range pd.Incidents(ctx, filter, pdapi.Window{Limit: pdapi.MaxPageSize}) {
		if err != nil {
			return nil
		}
		for _, open := range page.Items {
			if wording.SameName(open.Title, title) {
				return &open
			}
		}
	}
	return nil
}

// whoIsPaged is the result for an incident that was opened. It says whom PagerDuty
// assigned it to, and why nobody is paged where that is so.
func (b before) whoIsPaged(call tool.Writing, made pdapi.Incident, key string) createdIncident {
	result := createdIncident{Incident: record.ShowIncident(made), Key: key}
	switch {
	case made.Status == "acknowledged":
		call.Note("Nobody was paged: it is assigned to you, who opened it, and so begins as acknowledged.")
	case b.service != nil && b.service.Status == "maintenance":
		call.Note("Nobody was paged: the service %s is in a maintenance window.", wording.Quote(b.service.Name))
	case b.service != nil && b.service.Status == "disabled":
		call.Note("Nobody was paged: the service %s is disabled.", wording.Quote(b.service.Name))
	case len(result.Incident.AssignedTo) == 0:
		call.Note("Nobody was paged: PagerDuty assigned it to no one. See who is on call for the service's escalation policy with list_oncalls.")
	default:
		result.Paged = result.Incident.AssignedTo
	}
	return result
}
