package e2e

import (
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// TestTokensAreEstimatedWell holds the estimate that 'pagerduty-mcp tools' shows against a
// tokenizer.
func TestTokensAreEstimatedWell(t *testing.T) {
	t.Parallel()
	off := func(estimated, counted int) float64 { return 100 * float64(estimated-counted) / float64(counted) }
	for _, set := range toolsets.All() {
		estimated, counted := 0, 0
		for _, each := range set.Tools {
			e, c := tool.Tokens(string(each.Definition())), tokens(t, string(each.Definition()))
			if o := off(e, c); o < -20 || o > 20 {
				t.Errorf("%s: estimated %d, counted %d: %+.0f %%", each.Name(), e, c, o)
			}
			estimated, counted = estimated+e, counted+c
		}
		if o := off(estimated, counted); o < -10 || o > 10 {
			t.Errorf("%s: estimated %d, counted %d: %+.0f %%", set.Name, estimated, counted, o)
		}
	}
}
