package response

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/record"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var optionTools = []tool.Tool{
	tool.Read("list_incident_options", "List incident options", "What an incident can be given: priorities, types, custom fields with allowed values.", listOptions).
		Known("list_priorities", map[string]any{"only": []any{"priorities"}}),
}

type optionsInput struct {
	Only []string `json:"only,omitzero" enum:"priorities,types,custom_fields"`
}

// options are what an incident can be given.
type options struct {
	Priorities []option     `json:"priorities,omitempty"`
	Types      []option     `json:"types,omitempty"`
	Fields     []shownField `json:"custom_fields,omitempty"`
}

type option struct {
	ID          string `json:"id,omitzero"`
	Name        string `json:"name"`
	DisplayName string `json:"display_name,omitzero"`
	Description string `json:"description,omitzero"`
}

// shownField is a custom field, and what it may be set to.
type shownField struct {
	Name        string          `json:"name"`
	DisplayName string          `json:"display_name,omitzero"`
	Description string          `json:"description,omitzero"`
	Type        string          `json:"type,omitzero"`
	List        bool            `json:"list,omitzero"` // takes several values
	Allowed     []string        `json:"allowed,omitempty"`
	Default     json.RawMessage `json:"default,omitzero"`
	Types       []string        `json:"incident_types,omitempty"` // that have it, unless all have
}

func showField(f pdapi.FieldDefinition) shownField {
	shown := shownField{
		Name: f.Name, DisplayName: f.DisplayName, Description: f.Description, Type: f.DataType, List: f.Many(), Allowed: allowed(f),
	}
	if string(f.Default) != "null" {
		shown.Default = f.Default
	}
	return shown
}

// allowed are the values that a fixed field may have.
func allowed(f pdapi.FieldDefinition) []string {
	var values []string
	for _, o := range f.Options {
		values = append(values, o.Data.Value)
	}
	return values
}

const (
	// plainType is the type of incidents that every account has.
	plainType = "incident_default"
	// maxTypes bounds the types whose custom fields are asked for, one by one.
	maxTypes = 30
)

// leftOut reports whether PagerDuty keeps a list from the key or the account, and has
// the result say so. Without it the rest of an answer is still worth reading.
func leftOut(call *tool.Call, what string, err error) bool {
	switch {
	case errors.Is(err, pdapi.ErrPlan):
		call.Note("The account's plan has no %s.", what)
	case errors.Is(err, pdapi.ErrForbidden), errors.Is(err, pdapi.ErrNotFound):
		call.Note("%s are left out: the API key may not see them, or the account has none.", what)
	default:
		return false
	}
	return true
}

func listOptions(ctx context.Context, call tool.Reading, in optionsInput) (options, error) {
	var (
		found  options
		types  []pdapi.IncidentType
		wanted = func(part string) bool { return len(in.Only) == 0 || slices.Contains(in.Only, part) }
		parts  []func(context.Context) error
	)
	if wanted("priorities") {
		parts = append(parts, func(ctx context.Context) error {
			list, err := tool.Collect("priorities", tool.Paging{}, call.PD.Priorities(ctx, pdapi.Window{Limit: pdapi.MaxPageSize}), func(p pdapi.Priority) option {
				return option{ID: p.ID, Name: p.Name, Description: p.Description}
			})
			if leftOut(call.Call, "Priorities", err) {
				return nil
			}
			found.Priorities = list.Items
			return err
		})
	}
	if wanted("types") || wanted("custom_fields") {
		parts = append(parts, func(ctx context.Context) (err error) {
			types, err = call.PD.IncidentTypes(ctx)
			types = slices.DeleteFunc(slices.Clone(types), func(t pdapi.IncidentType) bool { return !pdapi.IsID(t.Name) })
			if leftOut(call.Call, "Incident types", err) {
				types = []pdapi.IncidentType{{Name: plainType}}
				return nil
			}
			return err
		})
	}
	if err := together(ctx, parts); err != nil {
		return options{}, err
	}
	if wanted("types") {
		for _, t := range types {
			found.Types = append(found.Types, option{Name: t.Name, DisplayName: t.DisplayName, Description: t.Description})
		}
	}
	if wanted("custom_fields") {
		fields, err := fieldsOfTypes(ctx, call, types)
		if err != nil {
			return options{}, err
		}
		found.Fields = fields
	}
	return found, nil
}

// together runs parts of a call side by side.
func together(ctx context.Context, parts []func(context.Context) error) error {
	_, err := tool.SideBySide(ctx, record.AtOnce, parts, func(ctx context.Context, part func(context.Context) error) (struct{}, error) {
		return struct{}{}, part(ctx)
	})
	return err
}

// fieldsOfTypes are the custom fields of all types, each once, and which types have it.
func fieldsOfTypes(ctx context.Context, call tool.Reading, types []pdapi.IncidentType) ([]shownField, error) {
	if len(types) > maxTypes {
		call.Note("Custom fields of %d of %d incident types are shown.", maxTypes, len(types))
		types = types[:maxTypes]
	}
	byType, err := tool.SideBySide(ctx, call.PD.Room(record.AtOnce), types, func(ctx context.Context, t pdapi.IncidentType) ([]pdapi.FieldDefinition, error) {
		if t.Name == "" {
			return nil, nil // it could not be read, which a note says
		}
		return call.PD.IncidentTypeFields(ctx, t.Name)
	})
	if leftOut(call.Call, "Custom fields", err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var fields []shownField
	for n, t := range types {
		for _, f := range byType[n] {
			if f.Enabled != nil && !*f.Enabled {
				continue
			}
			shown := showField(f)
			i := slices.IndexFunc(fields, func(other shownField) bool {
				other.Types = nil
				return reflect.DeepEqual(other, shown)
			})
			if i < 0 {
				i, fields = len(fields), append(fields, shown)
			}
			fields[i].Types = append(fields[i].Types, t.Name)
		}
	}
	for i := range fields {
		if len(fields[i].Types) == len(types) {
			fields[i].Types = nil
		}
	}
	if len(fields) == 0 {
		call.Note("There are no custom fields.")
	}
	return fields, nil
}
