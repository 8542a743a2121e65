package sandbox

import (
	"net/http"
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

func alertUpdateRoutes() []route {
	return []route{{
		Pattern: "PUT /incidents/{id}/alerts", Attributed: true, Handle: with((*account).incident, updateAlerts), Query: rest.Paging(),
		Body: rest.Envelope("alerts", rest.List(100_000, rest.Map(rest.Fields{
			"id": rest.String(64).Required(), "type": rest.Enum("alert", "alert_reference").Required(),
			"status": rest.Enum("resolved", "triggered"), "incident": rest.Reference("incident_reference"),
		}))),
	}}
}

// updateAlerts resolves alerts of an incident or moves them into others, all or none.
func updateAlerts(c *call, i *incident) *rest.Answer {
	items := c.Body["alerts"].([]any)
	if len(items) > 250 {
		return rest.Fail(http.StatusRequestEntityTooLarge, 2001, "Request Entity Too Large", "A maximum of 250 alerts may be updated at a time")
	}
	var rows []*alert
	for _, item := range items {
		id, target := rest.Text(item.(obj), "id"), rest.Text(item.(obj), "incident", "id")
		n := slices.IndexFunc(i.alerts, func(al *alert) bool { return al.id == id })
		switch into := c.incident(target); {
		case n < 0:
			return rest.Fail(http.StatusNotFound, 2100, "Not Found", "alert "+id)
		case target != "" && into == nil:
			return rest.Fail(http.StatusBadRequest, 1004, "Invalid Incident ID Provided", "no incident "+target)
		case target != "" && into.status == "resolved":
			return rest.Invalid("Incident %s is resolved", target)
		}
		rows = append(rows, i.alerts[n])
	}
	for n, al := range rows {
		in := items[n].(obj)
		if target := c.incident(rest.Text(in, "incident", "id")); target != nil {
			moveAlerts([]*alert{al}, target)
		}
		if rest.Text(in, "status") == "resolved" && al.resolved.IsZero() {
			al.resolved = c.Now
		}
	}
	if all, over := i.counts(); all > 0 && all == over && i.status != "resolved" {
		i.setStatus(c, "resolved")
	}
	return rest.Page(c.Call, "alerts", rows, (*alert).object)
}

// Alerts are the ids of an incident's alerts, the oldest first.
func (s *Server) Alerts(incidentID string) (ids []string) {
	s.Do(func() {
		if i := s.open().incident(incidentID); i != nil {
			for _, al := range i.alerts {
				ids = append(ids, al.id)
			}
		}
	})
	return ids
}
