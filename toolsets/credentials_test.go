package toolsets_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// leaked stands at the end of every text of the account: credentials as people paste them.
const leaked = " postgres://app:hunter2zq@db.example password=hunter2zq Authorization: Bearer hunter2zq"

// TestCredentialsStayBehind holds that no answer, of tools that read and of tools that
// change something, has credentials that stand in the account's texts, and that the answer
// says that they are left out.
func TestCredentialsStayBehind(t *testing.T) {
	t.Parallel()
	rig.EachTool(t, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
		r := rig.New(t, planted(leaked))
		var calls []json.RawMessage
		for _, arguments := range rig.Some(examples) {
			calls = append(calls, r.Fill(t, slices.Clone(arguments)))
		}
		for _, arguments := range calls {
			text, isError := r.Call(t, made.Name(), arguments)
			if strings.Contains(text, "hunter2zq") {
				t.Errorf("%s: %s", arguments, text)
			}
			if !isError && strings.Contains(text, wording.Redacted) && !strings.Contains(text, "Credentials were left out") {
				t.Errorf("%s: does not say that something is left out: %s", arguments, text)
			}
			if said := r.Logs.String(); strings.Contains(said, "hunter2zq") {
				t.Errorf("%s: the log has %s", arguments, said)
			}
		}
	})
}
