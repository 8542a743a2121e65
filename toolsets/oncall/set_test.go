package oncall_test

import (
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/oncall"
)

// TestAnswers holds what the toolset's tools answer to their example calls.
func TestAnswers(t *testing.T) {
	t.Parallel()
	rig.Answers(t, oncall.Set())
}
