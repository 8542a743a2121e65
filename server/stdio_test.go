package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// pipe is a client at the other end of a stdio server.
type pipe struct {
	t      *testing.T
	rig    *rig.Rig
	in     *io.PipeWriter
	lines  chan string
	ended  chan error
	signal context.CancelFunc
}

func newPipe(t *testing.T, options ...rig.Option) *pipe {
	t.Helper()
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	ctx, signal := context.WithCancel(context.WithoutCancel(t.Context()))
	p := &pipe{t: t, rig: rig.New(t, options...), in: inW, lines: make(chan string, 1000), ended: make(chan error, 1), signal: signal}
	go func() {
		p.ended <- p.rig.Server.ServeStdio(ctx, inR, outW)
		_ = outW.Close()
	}()
	go func() {
		scanner := bufio.NewScanner(outR)
		scanner.Buffer(nil, 64<<20)
		for scanner.Scan() {
			p.lines <- scanner.Text()
		}
		close(p.lines)
	}()
	t.Cleanup(func() { signal(); _ = inW.Close(); _ = outR.Close() })
	return p
}

func (p *pipe) send(format string, args ...any) {
	p.t.Helper()
	if _, err := fmt.Fprintf(p.in, format+"\n", args...); err != nil {
		p.t.Fatal(err)
	}
}

// next is the next message; it fails the test if none comes.
func (p *pipe) next() map[string]any {
	p.t.Helper()
	line := p.nextLine()
	var message map[string]any
	if json.Unmarshal([]byte(line), &message) != nil {
		p.t.Fatalf("line %q", line)
	}
	return message
}

// nextLine is the next message as it was written.
func (p *pipe) nextLine() string {
	p.t.Helper()
	select {
	case line, ok := <-p.lines:
		if !ok {
			p.t.Fatal("the output has ended")
		}
		return line
	case <-time.After(10 * time.Second):
		p.t.Fatal("no answer")
		return ""
	}
}

// rest waits for the end and returns what came before it.
func (p *pipe) rest() []string {
	p.t.Helper()
	var out []string
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				if err := <-p.ended; err != nil {
					p.t.Errorf("serving ended with %v", err)
				}
				return out
			}
			out = append(out, line)
		case <-time.After(20 * time.Second):
			p.t.Fatal("it does not end")
		}
	}
}

const hello = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`

// getIncident asks for an incident of its own: identical reads are sent once.
func getIncident(id int) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"get_incident","arguments":{"incident_id":%d}}}`, id, 4450+id)
}

// waitForRequests polls until n requests have reached the sandbox.
func (p *pipe) waitForRequests(n int) {
	p.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for len(p.rig.Requests()) < n {
		if time.Now().After(deadline) {
			p.t.Fatalf("only %d requests reached PagerDuty", len(p.rig.Requests()))
		}
		<-time.After(time.Millisecond)
	}
}

// waitForLog polls until the log has text.
func (p *pipe) waitForLog(text string) {
	p.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !strings.Contains(p.rig.Logs.String(), text) {
		if time.Now().After(deadline) {
			p.t.Fatalf("the log has no %q:\n%s", text, p.rig.Logs.String())
		}
		<-time.After(time.Millisecond)
	}
}

func TestStdioAnswersWhatIsInFlightAtTheEnd(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*pipe){
		"end of input": func(p *pipe) { _ = p.in.Close() },
		"signal":       func(p *pipe) { p.waitForRequests(20); p.signal() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPipe(t)
			p.rig.Inject(sandbox.Fault{Latency: 300 * time.Millisecond})
			p.send(hello)
			p.next()
			p.send(`{"jsonrpc":"2.0","method":"notifications/initialized"}`)
			for i := 1; i <= 19; i++ {
				p.send("%s", getIncident(i))
			}
			// The last one has no newline.
			if _, err := io.WriteString(p.in, getIncident(20)+strings.Repeat("\n", map[bool]int{true: 1}[name == "signal"])); err != nil {
				t.Fatal(err)
			}
			end(p)
			got := p.rest()
			if len(got) != 20 {
				t.Errorf("%d answers, want 20", len(got))
			}
			for _, line := range got {
				if !strings.Contains(line, `\"number\":44`) {
					t.Errorf("answer is %s", line)
				}
			}
		})
	}
}

func TestStdioPingsNeverWait(t *testing.T) {
	t.Parallel()
	p := newPipe(t)
	p.rig.Inject(sandbox.Fault{Hang: true})
	p.send(hello)
	p.next()
	for i := 1; i <= 200; i++ { // more than are worked on at a time
		p.send("%s", getIncident(i))
	}
	p.send(`{"jsonrpc":"2.0","id":"ping","method":"ping"}`)
	if got := p.next(); got["id"] != "ping" {
		t.Errorf("first answer is %v", got)
	}
	p.send(`{"jsonrpc":"2.0","id":"list","method":"tools/list"}`)
	if got := p.next(); got["id"] != "list" {
		t.Errorf("second answer is %v", got)
	}
}

func TestStdioCancellation(t *testing.T) {
	t.Parallel()
	p := newPipe(t)
	p.rig.Inject(sandbox.Fault{Hang: true})
	p.send(hello)
	p.next()
	const calls = 150 // some are at work, some wait
	for i := 1; i <= calls; i++ {
		p.send("%s", getIncident(i))
		// At once, before the call can have begun.
		p.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":%d,"reason":"changed my mind"}}`, i)
	}
	p.send(`{"jsonrpc":"2.0","id":"ping","method":"ping"}`)
	if got := p.next(); got["id"] != "ping" {
		t.Errorf("a canceled call was answered: %v", got)
	}
	// All of them are gone, so the end comes at once; and an id can be used again.
	p.rig.Heal()
	p.send("%s", getIncident(1))
	if got := p.next(); got["id"] != float64(1) || got["result"] == nil {
		t.Errorf("answer is %v", got)
	}
	_ = p.in.Close()
	if got := p.rest(); len(got) > 0 {
		t.Errorf("more answers: %v", got)
	}
}

func TestStdioCancelsTheRequestToPagerDuty(t *testing.T) {
	t.Parallel()
	p := newPipe(t)
	p.rig.Inject(sandbox.Fault{Hang: true})
	p.send(hello)
	p.next()
	p.send("%s", getIncident(1))
	p.waitForRequests(1)
	p.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`)
	_ = p.in.Close()
	if got := p.rest(); len(got) > 0 { // would last a minute if the call still ran
		t.Errorf("answers: %v", got)
	}
	if logs := p.rig.Logs.String(); !strings.Contains(logs, "canceled") {
		t.Errorf("the log does not say so:\n%s", logs)
	}
}

func TestStdioRefusesWhatIsNoMessage(t *testing.T) {
	t.Parallel()
	p := newPipe(t)
	p.send(hello)
	p.next()
	big := strings.Repeat("x", 5<<20)
	for _, c := range []struct {
		send string
		id   any
		code float64
	}{
		{`not json`, nil, -32700},
		{`[{"jsonrpc":"2.0","id":1,"method":"ping"}]`, nil, -32600},
		{`{"jsonrpc":"2.0"}`, nil, -32600},
		{`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"` + big + `"}}`, float64(7), -32600},
		{`{"method":"tools/call","params":{"name":"` + big + `"},"jsonrpc":"2.0","id":"last"}`, "last", -32600},
		{`{"jsonrpc":"2.0","id":8,"method":"no/such"}`, float64(8), -32601},
		{`{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":7}}`, float64(9), -32600},
		{`{"jsonrpc":"2.0","id":10,"method":"tools/call","params":"odd"}`, float64(10), -32602},
	} {
		p.send("%s", c.send)
		got := p.next()
		e, _ := got["error"].(map[string]any)
		if got["id"] != c.id || e["code"] != c.code {
			t.Errorf("%.80s: %v, want id %v and code %v", c.send, got, c.id, c.code)
		}
	}
	p.send("")
	p.send(`{"jsonrpc":"2.0","id":11,"result":{}}`) // an answer to nothing
	p.send(`{"jsonrpc":"2.0","id":12,"method":"ping"}`)
	if got := p.next(); got["id"] != float64(12) {
		t.Errorf("%v", got)
	}
}

func TestStdioRefusesAnIDInUse(t *testing.T) {
	t.Parallel()
	p := newPipe(t)
	p.rig.Inject(sandbox.Fault{Hang: true})
	p.send(hello)
	p.next()
	p.send("%s", getIncident(1))
	p.send("%s", getIncident(1))
	if got := p.next(); got["id"] != float64(1) || got["error"] == nil {
		t.Errorf("%v", got)
	}
}

// TestStdioWithoutHandshake speaks the 2026-07-28 protocol, in which each
// request says what initialize said.
func TestStdioWithoutHandshake(t *testing.T) {
	t.Parallel()
	const meta = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},` +
		`"io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"}}`
	p := newPipe(t)
	p.send(`{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{%s}}`, meta)
	if got := p.next(); !strings.Contains(fmt.Sprint(got["result"]), "2026-07-28") {
		t.Errorf("discover: %v", got)
	}
	p.send(`{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{%s}}`, meta)
	if got := p.next(); !strings.Contains(fmt.Sprint(got["result"]), "list_incidents") {
		t.Errorf("tools/list: %v", got)
	}
	p.send(`{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"get_incident","arguments":{"incident_id":"4711"},%s}}`, meta)
	if got := p.next(); !strings.Contains(fmt.Sprint(got["result"]), "card authorizations") {
		t.Errorf("tools/call: %v", got)
	}
}

// TestPanicIsAnswered shows that a bug in a tool ends neither the process nor
// the client's wait, and that what it was called with stays out of the log.
func TestPanicIsAnswered(t *testing.T) {
	t.Parallel()
	type in struct {
		Secret string `json:"secret"`
	}
	buggy := tool.Set{Name: "buggy", Tools: []tool.Tool{
		tool.Read("get_panic", "", "", func(_ context.Context, _ tool.Reading, i in) (string, error) { panic("boom " + i.Secret) }),
	}}
	p := newPipe(t, rig.WithSets(buggy))
	p.send(hello)
	p.next()
	p.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_panic","arguments":{"secret":"hunter2"}}}`)
	got := fmt.Sprint(p.next()["result"])
	if !strings.Contains(got, "isError:true") || !strings.Contains(got, "bug in pagerduty-mcp") {
		t.Errorf("%s", got)
	}
	logs := p.rig.Logs.String()
	if strings.Contains(got+logs, "hunter2") || !strings.Contains(logs, "stdio_test.go") {
		t.Errorf("log:\n%s", logs)
	}
}

// measured are the values in a log that may have any digits.
var measured = regexp.MustCompile(`\b(time|duration|bytes)=\S+`)

// TestLogHasNoArguments calls every tool with every example and looks for what
// they were called with.
func TestLogHasNoArguments(t *testing.T) {
	t.Parallel()
	rig.EachTool(t, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
		r := rig.New(t)
		for _, arguments := range rig.Some(examples) {
			arguments = r.Fill(t, arguments)
			r.Call(t, made.Name(), arguments)
			var given map[string]any
			if err := json.Unmarshal(arguments, &given); err != nil {
				t.Fatal(err)
			}
			logs := measured.ReplaceAllString(r.Logs.String(), "")
			for _, ours := range []string{"time=", "/services", "/teams", "/users"} { // words that are ours, not theirs
				logs = strings.ReplaceAll(logs, ours, "")
			}
			for _, v := range given {
				if s := fmt.Sprint(v); len(s) > 3 && strings.Contains(logs, s) {
					t.Errorf("the log has %q:\n%s", s, logs)
				}
			}
		}
		if logs := r.Logs.String(); !strings.Contains(logs, "tool="+made.Name()) || !strings.Contains(logs, "outcome=ok") || strings.Contains(logs, sandbox.UserKey) {
			t.Errorf("log:\n%s", logs)
		}
	})
}

func TestStdioProgress(t *testing.T) {
	t.Parallel()
	p := newPipe(t)
	p.rig.Grow(1000)
	p.send(hello)
	p.next()
	for _, token := range []string{`"mine"`, `7`} {
		p.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_incidents","arguments":{"limit":450,"date_range":"all"},"_meta":{"progressToken":%s}}}`, token)
		var told []float64
		for {
			message := p.next()
			if message["id"] != nil {
				break // after all the progress
			}
			params := message["params"].(map[string]any)
			if got, _ := json.Marshal(params["progressToken"]); message["method"] != "notifications/progress" || string(got) != token || params["total"] != 450.0 {
				t.Errorf("%v", message)
			}
			told = append(told, params["progress"].(float64))
		}
		if fmt.Sprint(told) != "[100 200 300 400 450]" {
			t.Errorf("progress was %v", told)
		}
	}
	// Nobody who did not ask is told, and a call of one request tells nothing.
	p.send(`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"list_incidents","arguments":{"limit":450,"date_range":"all"}}}`)
	if got := p.next(); got["id"] != 2.0 {
		t.Errorf("%v", got)
	}
	p.send(`{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"list_incidents","arguments":{"limit":50},"_meta":{"progressToken":1}}}`)
	if got := p.next(); got["id"] != 3.0 {
		t.Errorf("%v", got)
	}
}
