package sandbox

import (
	"net/http"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

func incidentActionRoutes() []route {
	return []route{
		{
			Pattern: "POST /incidents/{id}/snooze", Attributed: true, Handle: with((*account).incident, snooze),
			Body: rest.Map(rest.Fields{"duration": rest.Integer(604_800).Required()}),
		},
		{
			Pattern: "PUT /incidents/{id}/merge", Attributed: true, Handle: with((*account).incident, merge),
			Body: rest.Envelope("source_incidents", rest.List(1000, rest.Reference("incident_reference"))),
		},
		{
			Pattern: "PUT /incidents/{id}/responder_requests/cancel", Handle: with((*account).incident, cancelResponders),
			Body: rest.Map(rest.Fields{
				"requester_id":              rest.String(64).Required(),
				"responder_request_targets": rest.List(100, rest.Reference("user_reference", "escalation_policy_reference")).Required(),
			}),
		},
	}
}

// snooze acknowledges an incident until some time from now.
func snooze(c *call, i *incident) *rest.Answer {
	if i.status == "resolved" {
		return rest.Fail(http.StatusBadRequest, 1001, "Incident Already Resolved", "incident "+i.id)
	}
	i.acknowledge(c.actor, c.Now)
	i.snoozed = c.Now.Add(time.Duration(c.Body["duration"].(float64)) * time.Second)
	i.happened("snooze", c.Now, c.actor, nil, "Snoozed by "+c.actor.name+" until "+i.snoozed.Format(time.RFC3339)+".")
	return rest.Created(obj{"incident": i.object(time.UTC)})
}

// maxAlerts is how many alerts an incident may have after a merge.
const maxAlerts = 1000

// mergeable reports whether an incident can be merged: the sandbox has no web app in
// which people could open one without alerts.
func (i *incident) mergeable() bool { return i.status != "resolved" && len(i.alerts) > 0 }

// merge moves the alerts of incidents into another and resolves them, or does nothing.
func merge(c *call, target *incident) *rest.Answer {
	var sources []*incident
	alerts := len(target.alerts)
	for _, item := range c.Body["source_incidents"].([]any) {
		id := rest.Text(item.(obj), "id")
		i := c.incidentByRef(id, false)
		switch {
		case i == nil:
			return rest.Fail(http.StatusBadRequest, 1004, "Invalid Incident ID Provided", "no incident "+id)
		case i == target:
			return rest.Invalid("An incident cannot be merged into itself")
		case slices.Contains(sources, i):
			return rest.Invalid("incident %s is named twice", id)
		case i.mergedInto != nil:
			return rest.Fail(http.StatusBadRequest, 1019, "Incident Already Merged", "incident "+id)
		case len(i.alerts) == 0:
			return rest.Invalid("incident %s cannot be merged", id)
		}
		sources = append(sources, i)
		alerts += len(i.alerts)
	}
	switch {
	case target.status == "resolved":
		return rest.Invalid("The target incident must be open")
	case alerts > maxAlerts:
		return rest.Invalid("The target incident would have more than %d alerts", maxAlerts)
	}
	for _, i := range sources {
		moveAlerts(i.alerts, target)
		if i.mergedInto, i.snoozed = target, (time.Time{}); i.status != "resolved" {
			i.end(c.actor, c.Now)
		}
	}
	return rest.OK(obj{"incident": target.ref()})
}

// moveAlerts takes alerts out of the incidents that they are of and into another.
func moveAlerts(alerts []*alert, target *incident) {
	for _, al := range slices.Clone(alerts) {
		al.incident.alerts = slices.DeleteFunc(al.incident.alerts, func(other *alert) bool { return other == al })
		al.incident = target
		target.alerts = append(target.alerts, al)
	}
}
