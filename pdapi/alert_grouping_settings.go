package pdapi

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strconv"
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
// are given. PagerDuty pages them by cursor, which knows no offset: what w skips
// is read and left out here.
func (r Reader) AlertGroupingSettings(ctx context.Context, serviceIDs []string, w Window) iter.Seq2[Page[AlertGroupingSetting], error] {
	return func(yield func(Page[AlertGroupingSetting], error) bool) {
		skip, left, cursor := w.Offset, w.Limit, ""
		for left > 0 {
			page, next, err := r.alertGroupingPage(ctx, serviceIDs, cursor, min(skip+left, MaxPageSize))
			skipped := min(skip, len(page.Items))
			page.Items, skip = page.Items[skipped:], skip-skipped
			page.More = next != "" || len(page.Items) > left
			page.Items = page.Items[:min(left, len(page.Items))]
			left -= len(page.Items)
			// A cursor that does not move on would be followed for ever.
			if !yield(page, err) || err != nil || next == "" || next == cursor {
				return
			}
			cursor = next
		}
	}
}

func (r Reader) alertGroupingPage(ctx context.Context, serviceIDs []string, after string, size int) (page Page[AlertGroupingSetting], next string, err error) {
	q := url.Values{"limit": {strconv.Itoa(size)}}
	add(q, "service_ids[]", serviceIDs)
	set(q, "after", after)
	req := request{method: http.MethodGet, path: []string{"alert_grouping_settings"}, query: q}
	var envelope map[string]json.RawMessage
	if err := r.do(ctx, req, &envelope); err != nil {
		return page, "", err
	}
	page.Items, err = open[[]AlertGroupingSetting](req, "alert_grouping_settings", envelope)
	_ = json.Unmarshal(envelope["after"], &next) // absent or null at the end
	return page, next, err
}

// AlertGroupingSetting returns one alert grouping setting.
func (r Reader) AlertGroupingSetting(ctx context.Context, id string) (AlertGroupingSetting, error) {
	return get[AlertGroupingSetting](ctx, r.conn, "alert_grouping_setting", nil, "alert_grouping_settings", id)
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
func (c Client) CreateAlertGroupingSetting(ctx context.Context, ch AlertGroupingChange) (AlertGroupingSetting, error) {
	return send[AlertGroupingSetting](ctx, c.conn, request{
		method: http.MethodPost, path: []string{"alert_grouping_settings"},
		body: map[string]any{"alert_grouping_setting": ch.body()}, once: true,
	}, "alert_grouping_setting")
}

// UpdateAlertGroupingSetting changes an alert grouping setting. Others are the
// fields that somebody else changed in between; those changes stay.
func (c Client) UpdateAlertGroupingSetting(ctx context.Context, id string, ch AlertGroupingChange) (updated AlertGroupingSetting, others []string, err error) {
	return update[AlertGroupingSetting](ctx, c.conn, "alert_grouping_setting", ch.body(), nil, "alert_grouping_settings", id)
}

// DeleteAlertGroupingSetting deletes an alert grouping setting.
func (c Client) DeleteAlertGroupingSetting(ctx context.Context, id string) error {
	return c.do(ctx, request{method: http.MethodDelete, path: []string{"alert_grouping_settings", id}}, nil)
}
