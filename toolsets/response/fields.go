package response

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

var fieldTools = []tool.Tool{
	tool.Update("set_incident_fields", "Set incident fields", "Sets custom fields.", setFields),
}

type setFieldsInput struct {
	Incident tool.IncidentID `json:"incident_id"`
	Fields   []newValue      `json:"fields,omitzero" alias:"custom_fields" max:"30"`
	Clear    []string        `json:"clear,omitzero" doc:"Fields to empty"`
}

// newValue is what a field is to be set to: one value, or several where it takes a
// list.
type newValue struct {
	Name   string   `json:"name" alias:"field,display_name"`
	Values []string `json:"values" alias:"value" min:"1"`
}

// Check refuses a call that changes nothing.
func (in setFieldsInput) Check(*tool.Call) error {
	if len(in.Fields) == 0 && len(in.Clear) == 0 {
		return tool.Wrong("fields: there is nothing to change; give fields to set, or clear for fields to empty; list_incident_options shows what there is")
	}
	return nil
}

// fieldsSet is the result of set_incident_fields.
type fieldsSet struct {
	Incident subject                    `json:"incident"`
	Fields   map[string]json.RawMessage `json:"custom_fields"` // all that have a value
}

func setFields(ctx context.Context, call tool.Writing, in setFieldsInput) (fieldsSet, error) {
	incident, err := call.PD.Incident(ctx, string(in.Incident), pdapi.IncludeCustomFields)
	if err != nil {
		return fieldsSet{}, err
	}
	definitions, err := definitionsFor(ctx, call.PD.Reader, incident)
	if err != nil {
		return fieldsSet{}, fmt.Errorf("reading which custom fields there are: %w", err)
	}
	wanted, err := in.values(definitions)
	if err != nil {
		return fieldsSet{}, err
	}
	before := valuesOf(incident.CustomFields)
	wanted = slices.DeleteFunc(wanted, func(v pdapi.FieldValue) bool { return sameValue(before[v.ID], v.Value) })
	if len(wanted) == 0 {
		call.NothingChanged()
		return showFields(incident, incident.CustomFields), nil
	}
	set, err := call.PD.SetFieldValues(ctx, incident.ID, wanted)
	if mayHaveWorked(err) {
		set, err = fieldsNow(ctx, call, incident.ID, wanted, err)
	}
	if err != nil {
		return fieldsSet{}, err
	}
	after := valuesOf(set)
	for _, v := range wanted {
		name := v.ID
		if i := slices.IndexFunc(set, func(f pdapi.CustomField) bool { return f.ID == v.ID }); i >= 0 {
			name = set[i].Name
		}
		call.Changed(name, orEmpty(before[v.ID]), orEmpty(after[v.ID]))
		if !sameValue(after[v.ID], v.Value) {
			call.Note("PagerDuty shows %s otherwise than it was sent; what is shown here is what PagerDuty has.", wording.Quote(name))
		}
	}
	return showFields(incident, set), nil
}

// fieldsNow reads the values again after a write whose answer was lost.
func fieldsNow(ctx context.Context, call tool.Writing, id string, wanted []pdapi.FieldValue, failed error) ([]pdapi.CustomField, error) {
	now, err := call.PD.FieldValues(ctx, id)
	values := valuesOf(now)
	differs := func(v pdapi.FieldValue) bool { return !sameValue(values[v.ID], v.Value) }
	if err != nil || slices.ContainsFunc(wanted, differs) {
		return nil, tool.Unsure(failed, "The fields don't have the values now, as far as can be seen. Setting them again does no harm.")
	}
	call.Note(answerLost)
	return now, nil
}

// definitionsFor are the custom fields that an incident of its type has. Where the key
// may not see the definitions, they are made of the values, without what is allowed:
// then PagerDuty judges.
func definitionsFor(ctx context.Context, pd pdapi.Reader, i pdapi.Incident) ([]pdapi.FieldDefinition, error) {
	kind := plainType
	if i.Type != nil && pdapi.IsID(i.Type.Name) {
		kind = i.Type.Name
	}
	found, err := pd.IncidentTypeFields(ctx, kind)
	if !errors.Is(err, pdapi.ErrForbidden) && !errors.Is(err, pdapi.ErrPlan) && !errors.Is(err, pdapi.ErrNotFound) || len(i.CustomFields) == 0 {
		return found, err
	}
	for _, f := range i.CustomFields {
		found = append(found, pdapi.FieldDefinition{ID: f.ID, Name: f.Name, DisplayName: f.DisplayName, DataType: f.DataType, FieldType: f.FieldType})
	}
	return found, nil
}

// values turns the arguments into values for PagerDuty, or says all that is wrong with
// them.
func (in setFieldsInput) values(definitions []pdapi.FieldDefinition) ([]pdapi.FieldValue, error) {
	var values []pdapi.FieldValue
	var wrong []string
	set := func(argument, name string, valueOf func(pdapi.FieldDefinition) (any, string)) {
		f, ok := fieldNamed(definitions, name)
		if !ok {
			wrong = append(wrong, noField(argument, name, definitions))
			return
		}
		value, problem := valueOf(f)
		if slices.ContainsFunc(values, func(v pdapi.FieldValue) bool { return v.ID == f.ID }) {
			problem = "is given twice"
		}
		if problem != "" {
			wrong = append(wrong, fmt.Sprintf("%s: %s %s", argument, wording.Quote(f.Name), problem))
			return
		}
		values = append(values, pdapi.FieldValue{ID: f.ID, Value: value})
	}
	for _, given := range in.Fields {
		set("fields", given.Name, func(f pdapi.FieldDefinition) (any, string) { return valueFor(f, given.Values) })
	}
	for _, name := range in.Clear {
		set("clear", name, func(pdapi.FieldDefinition) (any, string) { return nil, "" })
	}
	if wrong != nil {
		return nil, tool.Wrong("%s", strings.Join(wrong, "\n"))
	}
	return values, nil
}

// fieldNamed finds a field by its name, the name that people see, or its id.
func fieldNamed(definitions []pdapi.FieldDefinition, name string) (pdapi.FieldDefinition, bool) {
	for _, is := range []func(pdapi.FieldDefinition) bool{
		func(f pdapi.FieldDefinition) bool { return f.Name == name || f.ID == name },
		func(f pdapi.FieldDefinition) bool { return wording.SameName(f.DisplayName, name) },
		func(f pdapi.FieldDefinition) bool {
			return wording.SameName(f.Name, strings.NewReplacer(" ", "_", "-", "_").Replace(name))
		},
	} {
		if i := slices.IndexFunc(definitions, is); i >= 0 {
			return definitions[i], true
		}
	}
	return pdapi.FieldDefinition{}, false
}

// noField says that there is no field of a name, given by an argument.
func noField(argument, name string, definitions []pdapi.FieldDefinition) string {
	var names []string
	for _, f := range definitions {
		names = append(names, f.Name)
	}
	if len(names) == 0 {
		return fmt.Sprintf("%s: there is no field %s: incidents of this type have no custom fields", argument, wording.Quote(name))
	}
	return fmt.Sprintf("%s: there is no field %s; the fields are %s", argument, wording.Quote(name), wording.QuoteAll(names))
}

// valuesOf are the values of fields by the fields' ids.
func valuesOf(fields []pdapi.CustomField) map[string]json.RawMessage {
	values := map[string]json.RawMessage{}
	for _, f := range fields {
		values[f.ID] = f.Value
	}
	return values
}

// sameValue reports whether a field has a value already.
func sameValue(has json.RawMessage, value any) bool {
	wanted, err := json.Marshal(value)
	var a, b any
	if err != nil || json.Unmarshal(wanted, &a) != nil {
		return false
	}
	if has != nil && json.Unmarshal(has, &b) != nil {
		return false
	}
	return reflect.DeepEqual(a, b)
}

// orEmpty is a value, "" for none.
func orEmpty(value json.RawMessage) any {
	if value == nil || string(value) == "null" {
		return ""
	}
	return value
}

func showFields(i pdapi.Incident, fields []pdapi.CustomField) fieldsSet {
	shown := fieldsSet{subjectOf(i), map[string]json.RawMessage{}}
	for _, f := range fields {
		if f.Value != nil && string(f.Value) != "null" {
			shown.Fields[f.Name] = f.Value
		}
	}
	return shown
}
