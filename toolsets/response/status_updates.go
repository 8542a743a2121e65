package response

import (
	"context"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

var statusUpdateTools = []tool.Tool{
	tool.Create("send_status_update", "Send status update", "Tells an incident's subscribers how it stands, once.", sendStatusUpdate),
}

type statusUpdateInput struct {
	Incident tool.IncidentID `json:"incident_id"`
	Message  string          `json:"message" min:"1" max:"25000"`
}

// Risk says that it can't be unsaid.
func (in statusUpdateInput) Risk() string {
	return "everybody who follows the incident is told, and can't be untold"
}

// sentUpdate is the result of send_status_update.
type sentUpdate struct {
	Incident subject   `json:"incident"`
	ID       string    `json:"id,omitzero"`
	By       *tool.Ref `json:"by,omitzero"`
	At       time.Time `json:"at,omitzero"`
	Message  string    `json:"message,omitzero"`
	Reaches  *reach    `json:"reaches,omitzero"` // nil if it is not known
}

// reach counts who follows an incident's status updates.
type reach struct {
	Users int `json:"users"`
	Teams int `json:"teams"`
}

func reachOf(subscribers []pdapi.Subscriber) *reach {
	r := &reach{}
	for _, s := range subscribers {
		if s.Type == "team" {
			r.Teams++
		} else {
			r.Users++
		}
	}
	return r
}

func sendStatusUpdate(ctx context.Context, call tool.Writing, in statusUpdateInput) (sentUpdate, error) {
	incident, err := call.PD.Incident(ctx, string(in.Incident))
	if err != nil {
		return sentUpdate{}, err
	}
	shown := sentUpdate{Incident: subjectOf(incident)}
	claim := []string{"status update", incident.ID, in.Message}
	if before, done := call.Claim(claim...); done {
		call.Note("Nothing was sent: a status update with the same words went out at %s, or may have. To send it all the same, change its words.", when.Clock(before, call.Zone))
		return shown, nil
	}
	shown.Reaches = countReached(ctx, call, incident.ID)
	if ctx.Err() != nil {
		call.Unclaim(claim...)
		return sentUpdate{}, ctx.Err()
	}
	sent, err := call.PD.SendStatusUpdate(ctx, incident.ID, in.Message)
	switch {
	case pdapi.MaybeDone(err):
		return sentUpdate{}, tool.Unsure(err, "PagerDuty has no list of status updates to look at: see the incident's timeline, or ask a subscriber, before sending it with other words; the same words are not sent again for half an hour.")
	case pdapi.Accepted(err):
		call.Note("PagerDuty accepted it and sent no details.")
		shown.Message = wording.Excerpt(in.Message, 500)
		return shown, nil
	case err != nil:
		call.Unclaim(claim...)
		return sentUpdate{}, err
	}
	shown.ID, shown.By, shown.At, shown.Message = sent.ID, tool.RefTo(&sent.Sender), sent.CreatedAt.Time, wording.Excerpt(sent.Message, 500)
	return shown, nil
}

// countReached counts who a status update goes to; nil if that could not be found out,
// which holds up no update.
func countReached(ctx context.Context, call tool.Writing, id string) *reach {
	ctx, cancel := context.WithTimeout(ctx, 8*time.Second)
	defer cancel()
	subscribers, whole, err := call.PD.Subscribers(ctx, id)
	switch {
	case err != nil:
		call.Note("How many it reaches could not be found out.")
		return nil
	case len(subscribers) == 0:
		call.Note("The incident has no subscribers, so that nobody is told; add some with change_incident_subscribers.")
	case !whole:
		call.Note("It reaches more: PagerDuty lists the first %d subscribers.", len(subscribers))
	}
	return reachOf(subscribers)
}
