//go:build unix

package cli_test

import (
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestServingAtATerminal starts servers as somebody does who wants to see what happens.
func TestServingAtATerminal(t *testing.T) {
	t.Parallel()
	key := "PAGERDUTY_USER_API_KEY=" + sandbox.UserKey
	for name, c := range map[string]struct {
		env  []string
		args string
		end  string
		says []string
	}{
		"read-only, Ctrl-D":  {nil, "incidents --sandbox", "\x04", []string{" serves incidents: 5 tools that read, none that change PagerDuty (add --enable-write-tools for those).", "Account: the simulated account.", "waits for an MCP client", "tools incidents'"}},
		"with writes":        {nil, "incidents people --sandbox --enable-write-tools", "\x04", []string{" serves incidents, people: ", "that read and ", "tools incidents people'"}},
		"some tools, Ctrl-C": {nil, "all --sandbox --tools get_incident,list_oncalls", "\x03", []string{"2 tools that read"}},
		"an account":         {[]string{key, "PAGERDUTY_API_HOST=https://api.eu.pagerduty.com"}, "incidents", "\x03", []string{"Account: https://api.eu.pagerduty.com, with the key of PAGERDUTY_USER_API_KEY."}},
		"the usual account":  {[]string{key}, "incidents", "\x04", []string{"Account: https://api.pagerduty.com, with the key"}},
		"by variables":       {[]string{"PAGERDUTY_MCP_TOOLSETS=oncall", "PAGERDUTY_MCP_ENABLE_WRITE_TOOLS=true"}, "--sandbox", "\x04", []string{" serves oncall: ", " that change PagerDuty.\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := atTerminal(t, 200, 50, c.env, strings.Fields(c.args)...)
			x.shows("To end: Ctrl-D or Ctrl-C.\n")
			x.types(c.end)
			code, screen := x.ends()
			if code != 0 || strings.Contains(screen, sandbox.UserKey) {
				t.Errorf("exit code %d:\n%s", code, screen)
			}
			for _, want := range c.says {
				if !strings.Contains(screen, want) {
					t.Errorf("it does not say %q:\n%s", want, screen)
				}
			}
		})
	}
}

// TestNoCommandAtATerminal shows help to somebody who gives no command.
func TestNoCommandAtATerminal(t *testing.T) {
	t.Parallel()
	code, screen := atTerminal(t, 120, 50, nil).ends()
	if code != 2 || !strings.Contains(screen, "COMMANDS:") || !strings.Contains(screen, "give a command") {
		t.Errorf("exit code %d:\n%s", code, screen)
	}
}
