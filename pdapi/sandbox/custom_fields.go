package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// customField is a field that the company gave its incidents.
type customField struct {
	record               // the name is what programs use
	display, description string
	dataType, fieldType  string
	options              []*fieldOption // the allowed values of a fixed field
	created              time.Time
}

type fieldOption struct{ id, value string }

func (a *account) addCustomFields(now time.Time) {
	for _, f := range []*customField{
		{record: a.named("environment"), display: "Environment", description: "Where it happened", dataType: "string", fieldType: "single_value_fixed"},
		{record: a.named("affected_regions"), display: "Affected Regions", description: "Whose customers notice", dataType: "string", fieldType: "multi_value_fixed"},
		{record: a.named("orders_lost"), display: "Orders Lost", description: "An estimate", dataType: "integer", fieldType: "single_value"},
		{record: a.named("ticket"), display: "Ticket", description: "Where the work on it is tracked", dataType: "url", fieldType: "single_value"},
		{record: a.named("customer_visible"), display: "Customer Visible", description: "", dataType: "boolean", fieldType: "single_value"},
	} {
		f.created = now.AddDate(-1, 0, 0)
		for _, value := range map[string][]string{
			"environment": {"production", "staging", "development"}, "affected_regions": {"eu-central", "us-east", "ap-south"},
		}[f.name] {
			f.options = append(f.options, &fieldOption{a.newID('P'), value})
		}
		a.customFields.Add(f)
	}
}

func customFieldRoutes() []route {
	value := rest.Map(rest.Fields{
		"id": rest.String(64), "name": rest.String(50), "value": rest.Anything().Required(), "type": rest.Enum("field_value"),
	})
	return []route{
		{Pattern: "GET /incidents/custom_fields", Query: rest.Query{"include[]": rest.Among("field_options")}, Handle: listCustomFields},
		{Pattern: "GET /incidents/{id}/custom_fields/values", Handle: with((*account).incident, listFieldValues)},
		{
			Pattern: "PUT /incidents/{id}/custom_fields/values", Handle: with((*account).incident, setFieldValues),
			Body: rest.Envelope("custom_fields", rest.List(30, value)),
		},
	}
}

func (f *customField) object(withOptions bool) obj {
	o := obj{
		"id": f.id, "type": "field", "summary": f.name, "self": apiURL + "/incidents/custom_fields/" + f.id, "name": f.name,
		"display_name": f.display, "description": orNull(f.description), "data_type": f.dataType, "field_type": f.fieldType,
		"created_at": stamp(f.created), "updated_at": stamp(f.created), "default_value": nil,
	}
	if withOptions {
		o["field_options"] = rest.Render(f.options, func(option *fieldOption) obj {
			return obj{
				"id": option.id, "type": "field_option", "data": obj{"data_type": f.dataType, "value": option.value},
				"created_at": stamp(f.created), "updated_at": stamp(f.created),
			}
		})
	}
	return o
}

func listCustomFields(c *call) *rest.Answer {
	withOptions := slices.Contains(c.URL.Query()["include[]"], "field_options")
	return rest.OK(obj{"fields": rest.Render(c.customFields.All(), func(f *customField) obj { return f.object(withOptions) })})
}

// customFields are the incident's values of all fields; null where it has none.
func (i *incident) customFields(a *account) []obj {
	return rest.Render(a.fieldsOf(i.kind), func(f *customField) obj {
		return obj{
			"id": f.id, "type": "field_value", "name": f.name, "display_name": f.display, "description": orNull(f.description),
			"data_type": f.dataType, "field_type": f.fieldType, "value": i.fields[f.name],
		}
	})
}

func listFieldValues(c *call, i *incident) *rest.Answer {
	return rest.OK(obj{"custom_fields": i.customFields(c.account)})
}

// setFieldValues sets the values given, or none of them.
func setFieldValues(c *call, i *incident) *rest.Answer {
	values, wrong := map[string]any{}, rest.Wrong{}
	for _, item := range c.Body["custom_fields"].([]any) {
		in := item.(obj)
		id, name := rest.Text(in, "id"), rest.Text(in, "name")
		fields := c.fieldsOf(i.kind)
		n := slices.IndexFunc(fields, func(f *customField) bool { return f.id == id || id == "" && f.name == name })
		if n < 0 {
			wrong["custom_fields"] = append(wrong["custom_fields"], "no field "+id+name)
			continue
		}
		f := fields[n]
		if problem := f.check(in["value"]); problem != "" {
			wrong["custom_fields."+f.name] = append(wrong["custom_fields."+f.name], problem)
		}
		values[f.name] = in["value"]
	}
	if len(wrong) > 0 {
		return rest.WrongFields(wrong)
	}
	if i.fields == nil {
		i.fields = map[string]any{}
	}
	by := agent(i.service)
	if c.actor != nil {
		by = c.actor
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		i.fields[name] = values[name]
		i.happened("custom_field_value_change", c.Now, by, nil, fmt.Sprintf("%s changed to %v.", name, values[name]))
	}
	return rest.Created(obj{"custom_fields": i.customFields(c.account)})
}

// check says what is wrong with a value, or "". Null takes a value away.
func (f *customField) check(value any) string {
	many := f.fieldType == "multi_value" || f.fieldType == "multi_value_fixed"
	values, isList := value.([]any)
	switch {
	case value == nil:
		return ""
	case many != isList && many:
		return "must be a list"
	case many != isList:
		return "must not be a list"
	case !many:
		values = []any{value}
	case len(values) > 10:
		return "has more than 10 values"
	}
	for _, v := range values {
		fits := false
		switch f.dataType {
		case "boolean":
			_, fits = v.(bool)
		case "integer":
			n, isNumber := v.(float64)
			fits = isNumber && n == float64(int(n))
		case "float":
			_, fits = v.(float64)
		case "datetime":
			s, _ := v.(string)
			_, err := time.Parse(time.RFC3339, s)
			fits = err == nil
		default:
			s, isText := v.(string)
			fits = isText && len([]rune(s)) <= 200
		}
		fixed := f.fieldType == "single_value_fixed" || f.fieldType == "multi_value_fixed"
		switch {
		case !fits:
			return "must be of type " + f.dataType
		case fixed && !slices.ContainsFunc(f.options, func(o *fieldOption) bool { return o.value == v }):
			return "is not one of the field's options"
		}
	}
	return ""
}
