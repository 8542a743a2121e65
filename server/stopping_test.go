package server_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// waitingSet has a tool that waits until it is told to stop, or for an hour.
func waitingSet() tool.Set {
	type in struct {
		Stubborn bool   `json:"stubborn,omitzero"`
		Text     string `json:"text,omitzero"`
	}
	return tool.Set{Name: "waiting", Tools: []tool.Tool{
		tool.Read("get_nothing", "", "", func(ctx context.Context, _ tool.Reading, i in) (string, error) {
			if i.Stubborn {
				time.Sleep(time.Hour)
			}
			<-ctx.Done()
			return "", ctx.Err()
		}),
	}}
}

func getNothing(id int, arguments string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"get_nothing","arguments":%s}}`+"\n", id, arguments)
}

// TestSignalEndsServing sends a signal in every state in which a server can be. It
// must have ended ten seconds later, with time left for the process to end.
func TestSignalEndsServing(t *testing.T) {
	t.Parallel()
	calls := func(n int, arguments string) string {
		var b strings.Builder
		for id := range n {
			b.WriteString(getNothing(id, arguments))
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		send    string
		eof     bool // the client closes its end, five seconds before the signal
		unread  bool // the client doesn't read
		answers int
		within  time.Duration
	}{
		"idle":                          {send: "", within: 0},
		"a call at work":                {send: calls(1, "{}"), answers: 1, within: 9 * time.Second},
		"a call at work, after EOF":     {send: calls(1, "{}"), eof: true, answers: 1, within: 9 * time.Second},
		"calls in the queue":            {send: calls(200, "{}"), answers: 200, within: 9 * time.Second},
		"calls in the queue, after EOF": {send: calls(200, "{}"), eof: true, answers: 200, within: 9 * time.Second},
		"a call that doesn't stop":      {send: calls(1, `{"stubborn":true}`), within: 9 * time.Second},
		"the same, after EOF":           {send: calls(1, `{"stubborn":true}`), eof: true, within: 9 * time.Second},
		"a client that doesn't read":    {send: `{"jsonrpc":"2.0","id":1,"method":"ping"}` + "\n", unread: true, within: 9 * time.Second},
		"the same, at the end":          {send: getNothing(1, `{"wrong":1}`), unread: true, eof: true, within: 9 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := server.New(server.Options{
					Sets: []tool.Set{waitingSet()}, Logger: slog.New(slog.DiscardHandler), CallTimeout: 55 * time.Second,
				})
				in, client := io.Pipe()
				fromServer, out := io.Pipe()
				ctx, signal := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- s.ServeStdio(ctx, in, out) }()
				answers := make(chan int, 1)
				if !c.unread {
					go func() {
						data, _ := io.ReadAll(fromServer)
						answers <- strings.Count(string(data), `"id":`)
					}()
				}
				_, _ = io.WriteString(client, c.send)
				if c.eof {
					_ = client.Close()
					time.Sleep(5 * time.Second)
				}
				synctest.Wait()
				signal()
				begun := time.Now()
				if err := <-ended; err != nil {
					t.Error(err)
				}
				if took := time.Since(begun); took > c.within {
					t.Errorf("it ended %v after the signal", took)
				}
				_ = out.Close()
				if !c.unread {
					if n := <-answers; n != c.answers {
						t.Errorf("%d answers, want %d", n, c.answers)
					}
				}
				_, _, _ = client.Close(), in.Close(), fromServer.Close()
				time.Sleep(2 * time.Hour) // until even the call that doesn't stop has ended
			})
		})
	}
}
