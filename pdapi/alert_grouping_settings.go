package pdapi

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
)

// AlertGroupingSetting says how the alerts of some services are grouped into
// incidents. Config depends on Type; it is kept as PagerDuty sends it.
type AlertGroupingSetting struct {
	ID          string         `json:"id"`
	Name        string         `json:"name,omitzero"`
	Description string         `json:"description,omitzero"`
	Type        string         `json:"type,omitzero"` // content_based, content_based_intelligent, intelligent, time
	Config      map[string]any `json:"config,omitzero"`
	Services    []struct {
		ID      string `json:"id"`
		Name    string `json:"name,omitzero"`
		Summary string `json:"summary,omitzero"`
	} `json:"services,omitzero"`
	CreatedAt Time `json:"created_at,omitzero"`
	UpdatedAt Time `json:"updated_at,omitzero"`
}

// AlertGroupingSettings lists alert grouping settings, of these services if any
// are given. PagerDuty pages them by cursor: see [Window]. That there are none it
// says with 404, which is an empty list here.
//
// See listAlertGroupingSettings in https://developer.pagerduty.com/api-reference.
func (r Reader) AlertGroupingSettings(ctx context.Context, serviceIDs []string, w Window) iter.Seq2[Page[AlertGroupingSetting], error] {
	q := url.Values{}
	add(q, "service_ids[]", serviceIDs)
	pages := cursorPages[AlertGroupingSetting](ctx, r, "alert_grouping_settings", q, byAfter, w, to("/alert_grouping_settings"))
	return func(yield func(Page[AlertGroupingSetting], error) bool) {
		for page, err := range pages {
			if errors.Is(err, ErrNotFound) && w.Cursor == "" {
				page, err = Page[AlertGroupingSetting]{}, nil
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

// AlertGroupingSetting returns one alert grouping setting.
//
// See getAlertGroupingSetting in https://developer.pagerduty.com/api-reference.
func (r Reader) AlertGroupingSetting(ctx context.Context, id string) (AlertGroupingSetting, error) {
	return fetch[AlertGroupingSetting](ctx, r, get(to("/alert_grouping_settings/{id}", id), nil), "alert_grouping_setting")
}

// AlertGroupingChange is what to set of an alert grouping setting; nil and empty
// are left as they are. An empty Name or Description is cleared.
type AlertGroupingChange struct {
	Name, Description *string
	Type              string
	Config            map[string]any // whole: PagerDuty replaces it
	ServiceIDs        []string       // all of them: PagerDuty replaces them
}

func (ch AlertGroupingChange) body() map[string]any {
	body := map[string]any{}
	for name, text := range map[string]*string{"name": ch.Name, "description": ch.Description} {
		switch {
		case text == nil:
		case *text == "":
			body[name] = nil
		default:
			body[name] = *text
		}
	}
	if ch.Type != "" {
		body["type"] = ch.Type
	}
	if ch.Config != nil {
		body["config"] = ch.Config
	}
	if len(ch.ServiceIDs) > 0 {
		var services []*Reference
		for _, id := range ch.ServiceIDs {
			services = append(services, refTo("service", id))
		}
		body["services"] = services
	}
	return body
}

// CreateAlertGroupingSetting creates an alert grouping setting. It is sent once.
//
// See postAlertGroupingSettings in https://developer.pagerduty.com/api-reference.
func (c Client) CreateAlertGroupingSetting(ctx context.Context, ch AlertGroupingChange) (AlertGroupingSetting, error) {
	return send[AlertGroupingSetting](ctx, c, request{
		method: http.MethodPost, path: to("/alert_grouping_settings"),
		body: map[string]any{"alert_grouping_setting": ch.body()}, once: true,
	}, "alert_grouping_setting")
}

// groupings are what [edit] needs to know of alert grouping settings.
var groupings = editable{
	key:      "alert_grouping_setting",
	settings: [][]string{{"name"}, {"description"}, {"type", "config"}, {"services"}},
}

// UpdateAlertGroupingSetting changes an alert grouping setting to what change
// returns for the setting as it is. An error of change is returned as it is, and
// nothing is written.
//
// See putAlertGroupingSetting in https://developer.pagerduty.com/api-reference.
func (c Client) UpdateAlertGroupingSetting(
	ctx context.Context, id string, change func(before AlertGroupingSetting) (AlertGroupingChange, error),
) (Change[AlertGroupingSetting], error) {
	return edit(ctx, c, groupings, to("/alert_grouping_settings/{id}", id), func(before AlertGroupingSetting) (map[string]any, error) {
		ch, err := change(before)
		return ch.body(), err
	})
}

// DeleteAlertGroupingSetting deletes an alert grouping setting.
//
// See deleteAlertGroupingSetting in https://developer.pagerduty.com/api-reference.
func (c Client) DeleteAlertGroupingSetting(ctx context.Context, id string) error {
	return c.run(ctx, request{method: http.MethodDelete, path: to("/alert_grouping_settings/{id}", id)})
}
