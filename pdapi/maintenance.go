// The file is not named for the resource: Go builds a file whose name ends in
// _windows for Windows alone.

package pdapi

import (
	"context"
	"iter"
	"net/url"
)

// MaintenanceWindow is a time in which services take no incidents.
type MaintenanceWindow struct {
	ID          string      `json:"id"`
	Description string      `json:"description,omitzero"`
	Start       Time        `json:"start_time,omitzero"`
	End         Time        `json:"end_time,omitzero"`
	Services    []Reference `json:"services,omitzero"`
	Teams       []Reference `json:"teams,omitzero"`
	CreatedBy   *Reference  `json:"created_by,omitzero"`
	HTMLURL     string      `json:"html_url,omitzero"`
}

// MaintenanceFilter narrows [Reader.MaintenanceWindows]. Empty fields do not.
type MaintenanceFilter struct {
	Query               string // part of the description
	ServiceIDs, TeamIDs []string
	State               string // past, future, ongoing, open (not over yet) or all
}

// MaintenanceWindows lists maintenance windows.
//
// See listMaintenanceWindows in https://developer.pagerduty.com/api-reference.
func (r Reader) MaintenanceWindows(ctx context.Context, f MaintenanceFilter, w Window) iter.Seq2[Page[MaintenanceWindow], error] {
	q := url.Values{}
	set(q, "query", f.Query)
	set(q, "filter", f.State)
	add(q, "service_ids[]", f.ServiceIDs)
	add(q, "team_ids[]", f.TeamIDs)
	return pages[MaintenanceWindow](ctx, r, "maintenance_windows", q, w, to("/maintenance_windows"))
}
