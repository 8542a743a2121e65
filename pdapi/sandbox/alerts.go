package sandbox

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// alert is what a monitoring tool said, and one reason for an incident.
type alert struct {
	record            // the name is its summary
	key, severity     string
	incident          *incident
	service           *service  // that it came through; merging does not change it
	created, resolved time.Time // resolved is zero while it is not
	tool              *monitor
	measured          measure
	value             int
}

// status is triggered or resolved.
func (al *alert) status() string {
	if al.resolved.IsZero() {
		return "triggered"
	}
	return "resolved"
}

// counts are how many of the incident's alerts there are and how many are over.
func (i *incident) counts() (all, over int) {
	for _, al := range i.alerts {
		if !al.resolved.IsZero() {
			over++
		}
	}
	return len(i.alerts), over
}

// endAlerts resolves what is left of an incident's alerts.
func (i *incident) endAlerts(at time.Time) {
	for _, al := range i.alerts {
		if al.resolved.IsZero() {
			al.resolved = later(at, al.created)
		}
	}
}

func alertRoutes() []route {
	sorts := rest.Each(func(v string) string {
		for term := range strings.SplitSeq(v, ",") {
			if problem := rest.Among("created_at", "resolved_at", "created_at:asc", "created_at:desc", "resolved_at:asc", "resolved_at:desc")([]string{term}); problem != "" {
				return problem
			}
		}
		return ""
	})
	return []route{
		{
			Pattern: "GET /incidents/{id}/alerts", Handle: with((*account).incident, listAlerts),
			Query: rest.Paging().With(rest.Query{
				"alert_key": rest.Words(), "statuses[]": rest.Among("triggered", "resolved"), "sort_by": sorts,
				"include[]": rest.Among("services", "first_trigger_log_entries", "incidents"),
			}),
		},
		{Pattern: "GET /incidents/{id}/alerts/{alert_id}", Handle: with((*account).incident, getAlert)},
	}
}

func listAlerts(c *call, i *incident) *rest.Answer {
	q := c.URL.Query()
	var rows []*alert
	for _, al := range i.alerts {
		wanted := len(q["statuses[]"]) == 0 || slices.Contains(q["statuses[]"], al.status())
		if wanted && (q.Get("alert_key") == "" || q.Get("alert_key") == al.key) {
			rows = append(rows, al)
		}
	}
	field, direction, _ := strings.Cut(cmp.Or(strings.Split(q.Get("sort_by"), ",")[0], "created_at"), ":")
	slices.SortStableFunc(rows, func(x, y *alert) int {
		n := x.created.Compare(y.created)
		if field == "resolved_at" {
			n = x.resolved.Compare(y.resolved)
		}
		if direction == "desc" {
			return -n
		}
		return n
	})
	return rest.Page(c.Call, "alerts", rows, (*alert).object)
}

func getAlert(c *call, i *incident) *rest.Answer {
	for _, al := range i.alerts {
		if al.id == c.PathValue("alert_id") {
			return rest.OK(obj{"alert": al.object()})
		}
	}
	return rest.Fail(http.StatusNotFound, 2100, "Not Found")
}

func (al *alert) object() obj {
	i := al.incident
	details, contexts := al.tool.payload(al)
	body := obj{"type": "alert_body", "contexts": contexts, "details": details}
	if al.tool.integration == eventsV2 {
		body["cef_details"] = al.cef(details, contexts)
	}
	integration := ref(al.tool.integration, "P"+al.service.id[1:], al.tool.name, "services/"+al.service.id+"/integrations")
	return obj{
		"id": al.id, "type": "alert", "summary": al.name, "self": apiURL + "/incidents/" + i.id + "/alerts/" + al.id,
		"html_url": webURL + "/alerts/" + al.id, "created_at": stamp(al.created), "resolved_at": stamp(al.resolved), "status": al.status(),
		"alert_key": al.key, "service": al.service.ref(), "incident": i.ref(), "suppressed": false, "severity": al.severity,
		"integration": integration, "body": body,
		"first_trigger_log_entry": obj{
			"id": i.firstLogID(), "type": "trigger_log_entry_reference", "summary": "Triggered through the API.",
			"self": apiURL + "/log_entries/" + i.firstLogID(), "html_url": nil,
		},
	}
}

const eventsV2 = "events_api_v2_inbound_integration"

// cef is the event in PagerDuty's common event format.
func (al *alert) cef(details any, contexts []obj) obj {
	return obj{
		"client": al.tool.name, "client_url": "https://monitoring.northwind.example/" + al.key, "contexts": contexts, "creation_time": nil, "dedup_key": al.key,
		"description": al.name, "message": al.name, "details": details, "event_class": al.tool.class, "severity": al.severity,
		"source_component": al.service.slug(), "source_origin": al.host(), "priority": nil, "version": "1.0", "service_group": al.incident.policy.team.name,
	}
}

// slug is the service's name as programs write it.
func (s *service) slug() string { return strings.ReplaceAll(strings.ToLower(s.name), " ", "-") }

// host is one of three machines on which the service runs.
func (al *alert) host() string {
	return al.service.slug() + "-" + string('a'+al.id[len(al.id)-1]%3) + ".eu-central.northwind.example"
}
