package aiops

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var groupingTools = []tool.Tool{
	tool.Read("list_alert_grouping_settings", "List alert grouping settings", "How services' alerts are grouped into incidents.", listGrouping),
	tool.Read("get_alert_grouping_setting", "Get alert grouping setting", "One alert grouping setting, with its services.", getGrouping),
	tool.Create("create_alert_grouping_setting", "Create alert grouping setting",
		"Groups services' alerts by equal fields (content_based), likeness (intelligent), both (content_based_intelligent, one service) or time.", createGrouping),
	tool.Update("update_alert_grouping_setting", "Update alert grouping setting", "Changes what is given; the rest stays.", updateGrouping),
	tool.Delete("delete_alert_grouping_setting", "Delete alert grouping setting", "Deletes a setting: its services' alerts are no longer grouped.", deleteGrouping),
}

// setting is an alert grouping setting. Its config is PagerDuty's, whatever it
// holds.
type setting struct {
	ID          string         `json:"id"`
	Name        string         `json:"name,omitzero"`
	Description string         `json:"description,omitzero"`
	Type        string         `json:"type"`
	Config      map[string]any `json:"config,omitempty"`
	Services    []tool.Ref     `json:"services,omitempty"`
	UpdatedAt   time.Time      `json:"updated_at,omitzero"`
}

func showSetting(s pdapi.AlertGroupingSetting) setting {
	shown := setting{ID: s.ID, Name: s.Name, Description: s.Description, Type: s.Type, Config: s.Config, UpdatedAt: s.UpdatedAt.Time}
	for _, service := range s.Services {
		name := service.Name
		if name == "" {
			name = service.Summary
		}
		shown.Services = append(shown.Services, tool.Ref{ID: service.ID, Summary: name})
	}
	return shown
}

type listGroupingInput struct {
	ServiceIDs []tool.ServiceID `json:"service_ids,omitzero"`
	tool.Paging
	tool.ByCursor
}

func listGrouping(ctx context.Context, call tool.Reading, in listGroupingInput) (tool.List[setting], error) {
	return tool.Collect("alert_grouping_settings", in.Paging, call.PD.AlertGroupingSettings(ctx, tool.Strings(in.ServiceIDs), in.ByCursor.Window(in.Paging)), showSetting)
}

type settingInput struct {
	ID tool.GroupingSettingID `json:"alert_grouping_setting_id"`
}

func getGrouping(ctx context.Context, call tool.Reading, in settingInput) (setting, error) {
	found, err := call.PD.AlertGroupingSetting(ctx, string(in.ID))
	return showSetting(found), err
}

// grouping is how to group, for every type; allowed says what is for which.
type grouping struct {
	Aggregate  string   `json:"aggregate,omitzero" enum:"all,any" doc:"content_based… needs it and fields: how many must be equal"`
	Fields     []string `json:"fields,omitzero" max:"100" doc:"As summary, custom_details.host; not for time"`
	TimeWindow *int     `json:"time_window,omitzero" doc:"Seconds: 0 recommended, 300-3600, or 86400 (content_based, one service); not for time"`
	Timeout    *int     `json:"timeout,omitzero" doc:"time: 0 until resolved, or 60-86400 seconds"`
}

// allowed are the arguments that each type of grouping takes, and of those the
// ones it needs.
var allowed = map[string]struct{ takes, needs []string }{
	"content_based":             {[]string{"aggregate", "fields", "time_window"}, []string{"aggregate", "fields"}},
	"content_based_intelligent": {[]string{"aggregate", "fields", "time_window"}, []string{"aggregate", "fields"}},
	"intelligent":               {[]string{"fields", "time_window"}, nil},
	"time":                      {[]string{"timeout"}, []string{"timeout"}},
}

// fieldsKey is what PagerDuty calls the fields of a type.
func fieldsKey(kind string) string {
	if kind == "intelligent" {
		return "iag_fields"
	}
	return "fields"
}

// given are the arguments that are there, by name.
func (g grouping) given() map[string]any {
	given := map[string]any{}
	if g.Aggregate != "" {
		given["aggregate"] = g.Aggregate
	}
	if len(g.Fields) > 0 {
		given["fields"] = g.Fields
	}
	if g.TimeWindow != nil {
		given["time_window"] = *g.TimeWindow
	}
	if g.Timeout != nil {
		given["timeout"] = *g.Timeout
	}
	return given
}

// config makes a type's configuration of what is given and, for the rest, of
// what is there. Only what is given is checked: what PagerDuty has is its own.
func (g grouping) config(kind string, services int, there map[string]any) (map[string]any, error) {
	var problems []string
	rules, given := allowed[kind], g.given()
	config := maps.Clone(there)
	if config == nil {
		config = map[string]any{}
	}
	delete(config, "recommended_time_window") // PagerDuty's to say
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if rules.takes != nil && !slices.Contains(rules.takes, name) {
			problems = append(problems, name+": is not for type "+kind+", which takes "+strings.Join(rules.takes, ", "))
			continue
		}
		key := name
		if name == "fields" {
			key = fieldsKey(kind)
		}
		config[key] = given[name]
	}
	for _, name := range rules.needs {
		if _, ok := config[name]; !ok {
			problems = append(problems, name+": is required for type "+kind)
		}
	}
	if w := g.TimeWindow; w != nil && *w != 0 && (*w < 300 || *w > 3600) && (*w != 86400 || kind != "content_based" || services != 1) {
		problems = append(problems, "time_window: use 0 (as PagerDuty recommends) or 300 to 3600 seconds; 86400 is for content_based on exactly one service")
	}
	if t := g.Timeout; t != nil && *t != 0 && (*t < 60 || *t > 86400) {
		problems = append(problems, "timeout: use 0 (until the incident is resolved) or 60 to 86400 seconds")
	}
	switch {
	case kind == "content_based_intelligent" && services != 1:
		problems = append(problems, "service_ids: type content_based_intelligent takes exactly one service")
	case services > 250:
		problems = append(problems, "service_ids: at most 250 services share a setting")
	}
	if problems != nil {
		return nil, &tool.ArgumentError{Problems: problems}
	}
	return config, nil
}

type createGroupingInput struct {
	Type       string           `json:"type" enum:"content_based,content_based_intelligent,intelligent,time"`
	ServiceIDs []tool.ServiceID `json:"service_ids" min:"1" max:"250"`
	grouping
	Name        *string `json:"name,omitzero" max:"255"`
	Description *string `json:"description,omitzero" max:"1024"`
}

// Check refuses what PagerDuty would.
func (in createGroupingInput) Check(*tool.Call) error {
	_, err := in.config(in.Type, len(in.ServiceIDs), nil)
	return err
}

func createGrouping(ctx context.Context, call tool.Writing, in createGroupingInput) (setting, error) {
	config, err := in.config(in.Type, len(in.ServiceIDs), nil)
	if err != nil {
		return setting{}, err
	}
	made, err := call.PD.CreateAlertGroupingSetting(ctx, pdapi.AlertGroupingChange{
		Name: in.Name, Description: in.Description, Type: in.Type, Config: config, ServiceIDs: tool.Strings(in.ServiceIDs),
	})
	return showSetting(made), tool.Unsure(err, "Look for it with list_alert_grouping_settings and service_ids before creating it again.")
}

type updateGroupingInput struct {
	tool.Changes
	settingInput
	Type       string           `json:"type,omitzero" enum:"content_based,content_based_intelligent,intelligent,time"`
	ServiceIDs []tool.ServiceID `json:"service_ids,omitzero" min:"1" max:"250" doc:"All of them"`
	grouping
	Name        *string `json:"name,omitzero" max:"255" clears:"true"`
	Description *string `json:"description,omitzero" max:"1024" clears:"true"`
}

func updateGrouping(ctx context.Context, call tool.Writing, in updateGroupingInput) (setting, error) {
	change := pdapi.AlertGroupingChange{Name: in.Name, Description: in.Description, ServiceIDs: tool.Strings(in.ServiceIDs)}
	regroups := in.Type != "" || len(in.given()) > 0
	changed, err := call.PD.UpdateAlertGroupingSetting(ctx, string(in.ID), func(there pdapi.AlertGroupingSetting) (pdapi.AlertGroupingChange, error) {
		if !regroups && len(in.ServiceIDs) == 0 {
			return change, nil
		}
		kind, services, config := there.Type, len(there.Services), there.Config
		if in.Type != "" && in.Type != kind {
			kind, config = in.Type, nil
		}
		if len(in.ServiceIDs) > 0 {
			services = len(in.ServiceIDs)
		}
		config, err := in.config(kind, services, config)
		if regroups {
			change.Type, change.Config = kind, config
		}
		return change, err
	})
	if err != nil {
		return setting{}, err
	}
	return tool.ShowChange(call.Call, changed, showSetting), nil
}

// deletedSetting is the result of delete_alert_grouping_setting.
type deletedSetting struct {
	Deleted setting `json:"deleted"`
}

func deleteGrouping(ctx context.Context, call tool.Writing, in settingInput) (deletedSetting, error) {
	// Read first: afterwards nobody can say what was deleted.
	found, err := call.PD.AlertGroupingSetting(ctx, string(in.ID))
	if err != nil {
		return deletedSetting{}, err
	}
	// Not found after it was just there: deleted, by a try whose answer was lost.
	if err := call.PD.DeleteAlertGroupingSetting(ctx, string(in.ID)); err != nil && !errors.Is(err, pdapi.ErrNotFound) {
		return deletedSetting{}, err
	}
	return deletedSetting{showSetting(found)}, nil
}
