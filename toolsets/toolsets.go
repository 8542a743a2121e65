// Package toolsets is the registry of toolsets: what the subcommands choose
// from, and what the documentation is generated from.
package toolsets

import (
	"github.com/PagerDuty/pagerduty-mcp/toolsets/aiops"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/incidents"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/oncall"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/people"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/response"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/services"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// All returns every toolset, in the order they are shown.
func All() []tool.Set {
	return []tool.Set{
		incidents.Set(), services.Set(), people.Set(), aiops.Set(),
		response.Set(), oncall.Set(),
	}
}
