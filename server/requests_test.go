package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// flood is a client that sends more than a server can do, in a synctest bubble.
type flood struct {
	t       *testing.T
	in      *io.PipeWriter
	answers chan map[string]any
	ended   chan error
}

func newFlood(t *testing.T) *flood {
	s := server.New(server.Options{
		Sets: []tool.Set{waitingSet()}, Logger: slog.New(slog.DiscardHandler), CallTimeout: time.Hour,
	})
	in, client := io.Pipe()
	fromServer, out := io.Pipe()
	f := &flood{t: t, in: client, answers: make(chan map[string]any, 1<<20), ended: make(chan error, 1)}
	go func() {
		f.ended <- s.ServeStdio(context.WithoutCancel(t.Context()), in, out)
		_ = out.Close()
	}()
	go func() {
		lines := bufio.NewReader(fromServer)
		for {
			line, err := lines.ReadBytes('\n')
			if err != nil {
				close(f.answers)
				return
			}
			var answer map[string]any
			if err := json.Unmarshal(line, &answer); err != nil {
				t.Errorf("%v: %.200s", err, line)
			}
			f.answers <- answer
		}
	}()
	return f
}

func (f *flood) send(line string) {
	if _, err := io.WriteString(f.in, line); err != nil {
		f.t.Error(err)
	}
}

// ping fails the test unless a ping is answered before any time passes. It returns
// the other answers that have come by then.
func (f *flood) ping() (others []map[string]any) {
	f.t.Helper()
	f.send(`{"jsonrpc":"2.0","id":"ping","method":"ping"}` + "\n")
	synctest.Wait()
	answered := false
	for len(f.answers) > 0 {
		answer := <-f.answers
		if answer["id"] == "ping" {
			answered = true
		} else {
			others = append(others, answer)
		}
	}
	if !answered {
		f.t.Fatal("the ping was not answered at once")
	}
	return others
}

// TestStdioBoundsWhatWaits floods a server whose calls hang. What it holds is
// bounded, by refusing calls; pings and cancellations are taken all the while, and
// every call is answered once.
func TestStdioBoundsWhatWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFlood(t)
		id := 0
		next := func(size int) {
			id++
			f.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"get_nothing","arguments":{},"_meta":{"padding":%q}}}`+"\n",
				id, strings.Repeat("x", size)))
		}
		for range 64 { // they are at work
			next(1)
		}
		const size = 1 << 20
		for range 42 { // they wait
			next(size)
		}
		refused := f.ping()
		if len(refused) < 10 || len(refused) > 15 {
			t.Errorf("%d of 42 calls of 1 MiB were refused, want those beyond 32 MiB", len(refused))
		}
		for _, answer := range refused {
			if text := fmt.Sprint(answer["error"]); !strings.Contains(text, "-32000") || !strings.Contains(text, "nothing was done") || !strings.Contains(text, "32 MiB") {
				t.Errorf("refused by %s", text)
			}
		}
		// A canceled one makes room, whether it waits or is at work.
		for _, canceled := range []int{70, 71, 72} {
			f.send(fmt.Sprintf(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":%d}}`+"\n", canceled))
			next(size)
			if more := f.ping(); len(more) > 0 {
				t.Errorf("after %d was canceled: %v", canceled, more)
			}
		}
		f.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}` + "\n")
		synctest.Wait()
		if more := f.ping(); len(more) > 0 {
			t.Errorf("%v", more)
		}
		_ = f.in.Close()
		if err := <-f.ended; err != nil {
			t.Error(err)
		}
		answers := map[any]int{}
		for _, answer := range refused {
			answers[answer["id"]]++
		}
		for answer := range f.answers {
			answers[answer["id"]]++
		}
		for n := 1; n <= id; n++ {
			want := 1
			if n >= 70 && n <= 72 || n == 1 {
				want = 0
			}
			if answers[float64(n)] != want {
				t.Errorf("call %d has %d answers, want %d", n, answers[float64(n)], want)
			}
		}
	})
}

// TestStdioBoundsSmallCallsToo floods a server with calls whose messages are small:
// what they cost beside their messages counts as well.
func TestStdioBoundsSmallCallsToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFlood(t)
		const calls = 32_000
		var all, cancellations strings.Builder
		for id := range calls {
			all.WriteString(getNothing(id, "{}"))
			fmt.Fprintf(&cancellations, `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":%d}}`+"\n", id)
		}
		f.send(all.String())
		if refused := len(f.ping()); refused < calls/20 {
			t.Errorf("%d of %d calls were refused", refused, calls)
		}
		// No goroutine is there for a call that only waits.
		if n := runtime.NumGoroutine(); n > 5000 {
			t.Errorf("%d goroutines", n)
		}
		f.send(cancellations.String())
		f.ping()
		f.send(getNothing(1, `{"wrong":1}`)) // there is room again
		if answers := f.ping(); len(answers) != 1 || answers[0]["result"] == nil {
			t.Errorf("%v", answers)
		}
		_ = f.in.Close()
		if err := <-f.ended; err != nil {
			t.Error(err)
		}
		if _, more := <-f.answers; more {
			t.Error("a canceled call was answered")
		}
	})
}
