package server_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// offers are requests for what there is beside tools, and a word of each answer.
var offers = map[string]string{
	`"prompts/list","params":{%s}`: "draft_postmortem",
	`"prompts/get","params":{"name":"investigate","arguments":{"incident":"4711"}%s}`: "incident 4711",
	`"resources/list","params":{%s}`:                                   "pagerduty://oncall",
	`"resources/templates/list","params":{%s}`:                         "pagerduty://incidents/{number}",
	`"resources/read","params":{"uri":"pagerduty://incidents/4711"%s}`: "card authorizations",
	`"completion/complete","params":{"ref":{"type":"ref/prompt","name":"quieten_service"},"argument":{"name":"service","value":"pay"}%s}`:               "Payments API",
	`"completion/complete","params":{"ref":{"type":"ref/resource","uri":"pagerduty://incidents/{number}"},"argument":{"name":"number","value":"47"}%s}`: "4711",
	`"resources/read","params":{"uri":"pagerduty://incidents/99999"%s}`:                                                                                 "PagerDuty knows no incident",
	`"prompts/get","params":{"name":"investigate"%s}`:                                                                                                   "incident: is required",
}

// TestStdioOffersBesideTools asks for prompts, resources and completions in both eras of
// the protocol, by ids that a number can't hold.
func TestStdioOffersBesideTools(t *testing.T) {
	t.Parallel()
	for era, meta := range map[string]string{
		"2025-11-25": "",
		"2026-07-28": `"_meta":{` + modern + `,"io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"}}`,
	} {
		t.Run(era, func(t *testing.T) {
			t.Parallel()
			p := newPipe(t)
			if meta == "" {
				p.send(hello)
				if got := fmt.Sprint(p.next()["result"]); !strings.Contains(got, "prompts:map[]") || !strings.Contains(got, "completions:map[]") {
					t.Errorf("capabilities: %s", got)
				}
			}
			id := 0
			for request, want := range offers {
				id++
				more := meta
				if more != "" && !strings.Contains(request, "{%s}") {
					more = "," + more
				}
				p.send(`{"jsonrpc":"2.0","id":9007199254740993%d,"method":`+request+`}`, id, more)
				line := p.nextLine()
				if !strings.Contains(line, want) || !strings.Contains(line, fmt.Sprintf(`"id":9007199254740993%d,`, id)) {
					t.Errorf("%s: %s", request, line)
				}
			}
		})
	}
}

// TestStdioCancelsWhatIsNoCall: a canceled read or completion is not answered, ends its
// request to PagerDuty, and never holds up a ping.
func TestStdioCancelsWhatIsNoCall(t *testing.T) {
	t.Parallel()
	for _, request := range []string{
		`"resources/read","params":{"uri":"pagerduty://incidents/4711"}`,
		`"completion/complete","params":{"ref":{"type":"ref/prompt","name":"investigate"},"argument":{"name":"incident","value":""}}`,
	} {
		p := newPipe(t)
		p.rig.Inject(sandbox.Fault{Hang: true})
		p.send(hello)
		p.next()
		p.send(`{"jsonrpc":"2.0","id":1,"method":%s}`, request)
		p.waitForRequests(1)
		p.send(`{"jsonrpc":"2.0","id":2,"method":"ping"}`)
		if got := p.next(); got["id"] != float64(2) {
			t.Errorf("%s: %v came before the ping's answer", request, got)
		}
		p.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`)
		_ = p.in.Close()
		if got := p.rest(); len(got) > 0 { // would last seconds if it still ran
			t.Errorf("%s: answers %v", request, got)
		}
	}
}
