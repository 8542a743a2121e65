package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestStdioAnswersWithTheIDAsItWasWritten sends requests of every outcome with ids
// that a decoder would change: numbers beyond 2^53, other ways to write a number,
// strings with escapes.
func TestStdioAnswersWithTheIDAsItWasWritten(t *testing.T) {
	t.Parallel()
	requests := map[string]string{
		"initialize":       `"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}`,
		"ping":             `"method":"ping"`,
		"list":             `"method":"tools/list"`,
		"call":             `"method":"tools/call","params":{"name":"get_incident","arguments":{"incident_id":"4711"}}`,
		"failing call":     `"method":"tools/call","params":{"name":"get_incident","arguments":{"incident_id":"Q0"}}`,
		"unknown tool":     `"method":"tools/call","params":{"name":"no_such_tool"}`,
		"unknown method":   `"method":"no/such"`,
		"odd parameters":   `"method":"tools/call","params":"odd"`,
		"odd tool name":    `"method":"tools/call","params":{"name":7}`,
		"no method":        `"params":{}`,
		"odd method":       `"method":7`,
		"canceled?":        `"method":"notifications/cancelled","params":{"requestId":99}`,
		"too long":         `"method":"tools/call","params":{"name":"` + strings.Repeat("x", 4<<20) + `"}`,
		"not JSON":         `"method":"tools/call","params":{"limit":NaN}`,
		"not UTF-8":        "\"method\":\"tools/call\",\"params\":{\"name\":\"caf\xe9\"}",
		"deeper than Go's": `"method":"tools/call","params":{"a":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`,
		"modern discover":  `"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}`,
		"modern error":     `"method":"ping","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}`,
		"modern, refused":  `"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}`,
		"future version":   `"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2999-01-01","io.modelcontextprotocol/clientCapabilities":{}}}`,
	}
	ids := []string{
		`9007199254740993`, `-9007199254740993`, `1234567890123456789012345`, `0`, `-0`, `1.0`, `1e3`, `1E+2`, `0.1`, `1e999`,
		`""`, `"1"`, `"null"`, `"a\u0062\/c"`, `"\u00e9"`, `"é"`, `"\ud83d\udd25"`, `"<&>"`, `"\ud800"`, `"a\"b\\"`, `"` + strings.Repeat("long", 500) + `"`,
	}
	p := newPipe(t)
	for name, request := range requests {
		for _, id := range ids {
			p.send("%s", `{"jsonrpc":"2.0","id":`+id+`,`+request+`}`)
			got := p.nextLine()
			if !strings.HasPrefix(got, `{"jsonrpc":"2.0","id":`+id+`,`) || !json.Valid([]byte(got)) {
				t.Errorf("%s with id %.60s: the answer is %.200s", name, id, got)
			}
		}
	}
}

// TestStdioRefusesOddIDs sends ids that JSON-RPC doesn't know. Their senders get an
// answer all the same, with that id.
func TestStdioRefusesOddIDs(t *testing.T) {
	t.Parallel()
	p := newPipe(t)
	for _, id := range []string{`null`, `true`, `[]`, `{"a":1}`, `[9007199254740993]`} {
		p.send(`{"jsonrpc":"2.0","id":%s,"method":"tools/list"}`, id)
		got := p.nextLine()
		if !strings.HasPrefix(got, `{"jsonrpc":"2.0","id":`+id+`,"error":{"code":-32600,`) || !strings.Contains(got, "give every request an id of its own") {
			t.Errorf("id %s: %s", id, got)
		}
	}
	// Some encoders write null for what is not there: these are notifications.
	p.send(`{"jsonrpc":"2.0","id":null,"method":"notifications/initialized"}`)
	p.send(`{"jsonrpc":"2.0","method":"notifications/initialized","params":[]}`)
	p.send(`{"jsonrpc":"2.0","method":"notifications/initialized","params":"odd"}`)
	p.send(`{"method":"notifications/initialized"}`)
	// Names are case-sensitive, so this is a notification, which has no answer.
	p.send(`{"jsonrpc":"2.0","ID":1,"method":"tools/list"}`)
	p.send(`{"jsonrpc":"2.0","id":2,"method":"ping"}`)
	if got := p.next(); got["id"] != 2.0 {
		t.Errorf("a notification was answered: %v", got)
	}
}

// TestStdioCancelsByTheIDAsItWasWritten cancels one of two calls whose ids a decoder
// would take for the same.
func TestStdioCancelsByTheIDAsItWasWritten(t *testing.T) {
	t.Parallel()
	p := newPipe(t)
	p.rig.Inject(sandbox.Fault{Latency: time.Second})
	call := func(id string, number int) string {
		return strings.Replace(getIncident(number), fmt.Sprintf(`"id":%d`, number), `"id":`+id, 1)
	}
	p.send("%s", call("9007199254740992", 1))
	p.send("%s", call("9007199254740993", 2))
	p.waitForRequests(2)
	p.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":9007199254740993}}`)
	p.waitForLog("outcome=canceled")
	_ = p.in.Close()
	if got := p.rest(); len(got) != 1 || !strings.Contains(got[0], `"id":9007199254740992,`) {
		t.Errorf("answers: %v", got)
	}
}

// TestStdioProgressTokensStayAsWritten does for progress what is done for ids.
func TestStdioProgressTokensStayAsWritten(t *testing.T) {
	t.Parallel()
	p := newPipe(t)
	p.rig.Grow(1000)
	for _, token := range []string{`9007199254740993`, `1.0`, `"a\u0062"`} {
		p.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_incidents","arguments":{"limit":150,"date_range":"all"},"_meta":{"progressToken":%s}}}`, token)
		if got := p.nextLine(); !strings.Contains(got, `"progressToken":`+token) {
			t.Errorf("token %s: %s", token, got)
		}
		for !strings.Contains(p.nextLine(), `"id":1,`) {
			continue
		}
	}
	for _, token := range []string{`null`, `{}`, `[]`} { // not what MCP knows: no progress
		p.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_incidents","arguments":{"limit":150,"date_range":"all"},"_meta":{"progressToken":%s}}}`, token)
		if got := p.nextLine(); !strings.Contains(got, `"result"`) {
			t.Errorf("token %s: %s", token, got)
		}
	}
}

// TestStdioSkipsByteOrderMarks has a mark in front of messages, as programs on
// Windows write it.
func TestStdioSkipsByteOrderMarks(t *testing.T) {
	t.Parallel()
	p := newPipe(t)
	p.send("\ufeff%s\r", hello)
	if got := p.next(); got["result"] == nil {
		t.Errorf("%v", got)
	}
	p.send("\ufeff" + `{"jsonrpc":"2.0","id":1,"method":"ping"}`)
	if got := p.next(); got["result"] == nil {
		t.Errorf("%v", got)
	}
	p.send("\ufeff")
	p.send(`{"jsonrpc":"2.0","id":2,"method":"ping"}`)
	if got := p.next(); got["id"] != 2.0 {
		t.Errorf("%v", got)
	}
}
