package sandbox

import (
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// incidentType is a kind of incidents. All have the custom fields of the plain one.
type incidentType struct {
	record               // the name is what programs use
	display, description string
	enabled              bool
	fields               []*customField // of this type alone
	created              time.Time
}

// baseType is the name of the plain incident type.
const baseType = "incident_default"

func (a *account) addIncidentTypes(now time.Time) {
	for _, t := range []*incidentType{
		{record: a.named(baseType), display: "Base Incident", enabled: true},
		{record: a.named("security_incident"), display: "Security Incident", description: "Someone may have got in", enabled: true},
		{record: a.named("drill"), display: "Drill", description: "Not used any more"},
	} {
		t.created = now.AddDate(-1, 0, 0)
		a.incidentTypes.Add(t)
	}
	security := a.incidentTypes.Named("security_incident")
	security.fields = []*customField{{
		record: a.named("data_exposed"), display: "Data Exposed", description: "Whether anybody else's data was seen",
		dataType: "string", fieldType: "single_value_fixed", created: now.AddDate(-1, 0, 0),
		options: []*fieldOption{{a.newID('P'), "no"}, {a.newID('P'), "suspected"}, {a.newID('P'), "confirmed"}},
	}}
	phishing := a.incidents.First(func(i *incident) bool { return i.status != "resolved" && i.service.name == "Nightly Reports" })
	phishing.kind = security.name
}

func incidentTypeRoutes() []route {
	return []route{
		{Pattern: "GET /incidents/types", Query: rest.Query{"filter": rest.Among("enabled", "disabled", "all")}, Handle: listIncidentTypes},
		{
			// /incidents/types/{type}/custom_fields, which [http.ServeMux] can't tell from
			// /incidents/{id}/alerts/{alert_id}.
			Pattern: "GET /incidents/{types}/{type}/{custom_fields}", Handle: listTypeFields,
			Query: rest.Query{"include[]": rest.Among("field_options")},
		},
	}
}

func listIncidentTypes(c *call) *rest.Answer {
	filter := c.URL.Query().Get("filter")
	types := c.incidentTypes.Where(func(t *incidentType) bool {
		return filter == "all" || t.enabled == (filter != "disabled")
	})
	base := c.incidentTypes.Named(baseType)
	return rest.OK(obj{"incident_types": rest.Render(types, func(t *incidentType) obj {
		o := obj{
			"id": t.id, "type": "incident_type", "name": t.name, "display_name": t.display, "description": orNull(t.description),
			"enabled": t.enabled, "parent": nil, "created_at": stamp(t.created), "updated_at": stamp(t.created),
		}
		if t != base {
			o["parent"] = obj{"id": base.id, "type": "incident_type_reference"}
		}
		return o
	})})
}

func listTypeFields(c *call) *rest.Answer {
	ref := c.PathValue("type")
	t := c.incidentTypes.First(func(t *incidentType) bool { return t.id == ref || t.name == ref })
	if t == nil || c.PathValue("types") != "types" || c.PathValue("custom_fields") != "custom_fields" {
		return rest.NotFound()
	}
	withOptions := slices.Contains(c.URL.Query()["include[]"], "field_options")
	return rest.OK(obj{"fields": rest.Render(c.fieldsOf(t.name), func(f *customField) obj {
		o := f.object(withOptions)
		o["enabled"], o["incident_type"] = true, t.id
		o["self"] = apiURL + "/incidents/types/" + t.id + "/custom_fields/" + f.id
		return o
	})})
}

// fieldsOf are the custom fields of incidents of a type, given by its name.
func (a *account) fieldsOf(name string) []*customField {
	fields := slices.Clone(a.customFields.All())
	if t := a.incidentTypes.Named(name); t != nil {
		fields = append(fields, t.fields...)
	}
	return fields
}
