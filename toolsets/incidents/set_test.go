package incidents_test

import (
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/incidents"
)

// TestAnswers holds what the toolset's tools answer to their example calls.
func TestAnswers(t *testing.T) {
	t.Parallel()
	rig.Answers(t, incidents.Set())
}
