package pdapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// IncidentTypes lists the incident types that are in use. The plain one, which every
// account has, is named incident_default.
//
// See listIncidentTypes in https://developer.pagerduty.com/api-reference.
func (r Reader) IncidentTypes(ctx context.Context) ([]IncidentType, error) {
	return fetch[[]IncidentType](ctx, r, get(to("/incidents/types"), nil), "incident_types")
}

// FieldDefinition is a field that an account has added to its incidents.
type FieldDefinition struct {
	ID          string          `json:"id"`
	Name        string          `json:"name,omitzero"`
	DisplayName string          `json:"display_name,omitzero"` // as people see it
	Description string          `json:"description,omitzero"`
	DataType    string          `json:"data_type,omitzero"`  // boolean, integer, float, string, datetime or url
	FieldType   string          `json:"field_type,omitzero"` // single_value, single_value_fixed, multi_value or multi_value_fixed
	Default     json.RawMessage `json:"default_value,omitzero"`
	Enabled     *bool           `json:"enabled,omitzero"` // nil where PagerDuty doesn't say
	Options     []FieldOption   `json:"field_options,omitzero"`
}

// FieldOption is a value that a fixed field may have.
type FieldOption struct {
	Data struct {
		Value string `json:"value"`
	} `json:"data"`
}

// Many reports whether the field's value is a list.
func (f FieldDefinition) Many() bool {
	return f.FieldType == "multi_value" || f.FieldType == "multi_value_fixed"
}

// Fixed reports whether the field's values are among its options.
func (f FieldDefinition) Fixed() bool {
	return f.FieldType == "single_value_fixed" || f.FieldType == "multi_value_fixed"
}

// IncidentTypeFields lists the custom fields of incidents of a type, given by its id
// or name, with the values allowed.
//
// See listIncidentTypeCustomFields in https://developer.pagerduty.com/api-reference.
func (r Reader) IncidentTypeFields(ctx context.Context, incidentType string) ([]FieldDefinition, error) {
	return fetch[[]FieldDefinition](ctx, r,
		get(to("/incidents/types/{type_id_or_name}/custom_fields", incidentType), url.Values{"include[]": {"field_options"}}), "fields")
}

// FieldValues returns the values of an incident's custom fields. A field without a
// value has null.
//
// See getIncidentFieldValues in https://developer.pagerduty.com/api-reference.
func (r Reader) FieldValues(ctx context.Context, incidentID string) ([]CustomField, error) {
	return fetch[[]CustomField](ctx, r, get(to("/incidents/{id}/custom_fields/values", incidentID), nil), "custom_fields")
}

// FieldValue is a value to give to a custom field.
type FieldValue struct {
	ID    string `json:"id"`
	Value any    `json:"value"` // of the field's type; nil empties it
}

// SetFieldValues sets those custom fields of an incident that are given, all or none,
// and returns the values of all its fields.
//
// See setIncidentFieldValues in https://developer.pagerduty.com/api-reference.
func (c Client) SetFieldValues(ctx context.Context, incidentID string, values []FieldValue) ([]CustomField, error) {
	return send[[]CustomField](ctx, c, request{method: http.MethodPut, path: to("/incidents/{id}/custom_fields/values", incidentID),
		body: map[string]any{"custom_fields": values}}, "custom_fields")
}
