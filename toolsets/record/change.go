package record

import (
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Change is a change event as lists show it.
type Change struct {
	ID       string     `json:"id"`
	At       time.Time  `json:"at,omitzero"`
	Summary  string     `json:"summary,omitzero"`
	Source   string     `json:"source,omitzero"`
	Services []tool.Ref `json:"services,omitempty"`
	Because  string     `json:"related_because,omitzero"` // most_recent, related_service, intelligent
	Links    []string   `json:"links,omitempty"`
	Details  any        `json:"details,omitzero" free:"true"`
}

// maxChangeDetails bounds what a change says of itself, in bytes of JSON.
const maxChangeDetails = 1500

// ShowChange shows a change event.
func ShowChange(c pdapi.ChangeEvent) Change {
	shown := Change{
		ID: c.ID, At: c.At.Time, Summary: wording.Excerpt(c.Summary, 500), Source: c.Source, Services: tool.RefsTo(c.Services),
		Details: wording.ExcerptJSON(c.Details, maxChangeDetails),
	}
	if c.Relation != nil {
		shown.Because = c.Relation.Reason
	}
	for _, l := range c.Links {
		if l.Href != "" {
			shown.Links = append(shown.Links, l.Href)
		}
	}
	return shown
}
