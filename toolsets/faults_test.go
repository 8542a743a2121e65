package toolsets_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// wired makes calls of one tool by a clock that stands still but for the waiting: each
// answer of PagerDuty takes as long as [latency].
type wired struct {
	*testing.T
	made    tool.Tool
	account *sandbox.Server
}

const latency = 50 * time.Millisecond

// call makes a call that is canceled after so long, with faults in its way. The account is a new
// one after a tool that changes something.
func (w *wired) call(example json.RawMessage, within time.Duration, faults ...sandbox.Fault) (text []byte, took time.Duration, asked int, err error) {
	w.Helper()
	if w.account == nil || !w.made.Access().ReadOnly() {
		w.account = sandbox.New(sandbox.Options{Now: rig.Now})
		w.Cleanup(w.account.Close)
	}
	w.account.Heal()
	w.account.ForgetRequests()
	arguments := (&rig.Rig{Account: w.account}).Fill(w, example)
	for _, f := range faults {
		w.account.Inject(f)
	}
	synctest.Test(w.T, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		defer time.AfterFunc(within, cancel).Stop()
		wire := &rig.Wire{Account: w.account, Latency: latency}
		begun := time.Now()
		text, err = w.made.Call(ctx, rig.Session(t, wire), arguments)
		took = time.Since(begun)
		asked, _ = wire.Asked()
	})
	return text, took, asked, err
}

// whole makes a call with nothing in its way.
func (w *wired) whole(example json.RawMessage) (text []byte, took time.Duration, asked int) {
	w.Helper()
	text, took, asked, err := w.call(example, time.Hour)
	if err != nil {
		w.Fatal(err)
	}
	return text, took, asked
}

// spread are the numbers below n, or some of them with the first and the last.
func spread(n int) (some []int) {
	const most = 4
	for i := range min(n, most) {
		some = append(some, i*(n-1)/max(min(n, most)-1, 1))
	}
	return some
}

// stable is an answer without the keys that create_incident makes up.
func stable(answer []byte) []byte { return madeUp.ReplaceAll(answer, nil) }

var madeUp = regexp.MustCompile(`pagerduty-mcp-[a-z2-7]{26}`)

// TestEveryToolOutlivesARateLimit has PagerDuty refuse requests of each tool, the first
// to the last, once because of its rate limit: the answer is the same.
func TestEveryToolOutlivesARateLimit(t *testing.T) {
	t.Parallel()
	rig.EachTool(t, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
		w := &wired{T: t, made: made}
		want, _, all := w.whole(examples[0])
		for _, n := range spread(all) {
			fault := sandbox.RateLimit(1, 2)
			fault.Skip = n
			got, took, again, err := w.call(examples[0], time.Hour, fault)
			if err != nil || !bytes.Equal(stable(got), stable(want)) {
				t.Errorf("after a 429 for request %d: %v %s\nwithout: %s", n+1, err, got, want)
			}
			if again != all+1 {
				t.Errorf("%d requests after a 429 for request %d, want %d: %v", again, n+1, all+1, w.account.Requests())
			}
			if took > time.Minute {
				t.Errorf("it took %v", took)
			}
		}
	})
}

// TestEveryToolStopsWhenCanceled cancels every tool's call in the middle of requests,
// the first to the last: it ends at once.
func TestEveryToolStopsWhenCanceled(t *testing.T) {
	t.Parallel()
	rig.EachTool(t, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
		w := &wired{T: t, made: made}
		_, whole, _ := w.whole(examples[0])
		for _, n := range spread(int(whole / latency)) {
			after := time.Duration(n)*latency + latency/2
			text, took, _, err := w.call(examples[0], after)
			if took > after+latency/4 || err == nil && len(text) == 0 {
				t.Errorf("canceled after %v it ends after %v: %v %s", after, took, err, text)
			}
		}
	})
}

// lossWords are how answers say that a part of them is missing.
var lossWords = []string{"could not be read", "could_not_be_read", "left out", "notes_unread", "incident_unread", "could not be listed", "were looked at", "can't be told", "Counted from"}

// unnamed is an answer without the names beside ids.
func unnamed(answer []byte) []byte { return nameBesideID.ReplaceAll(answer, nil) }

var nameBesideID = regexp.MustCompile(`,"summary":"[^"]*"`)

// TestNoPartIsLostSilently refuses one request after another of the tools that gather:
// the call fails, or its answer says that something is missing.
func TestNoPartIsLostSilently(t *testing.T) {
	t.Parallel()
	rig.EachTool(t, func(t *testing.T, made tool.Tool, examples []json.RawMessage) {
		if made.Access().ReadOnly() {
			nothingIsLost(t, made, examples)
		}
	})
}

func nothingIsLost(t *testing.T, made tool.Tool, examples []json.RawMessage) {
	t.Helper()
	w := &wired{T: t, made: made}
	for _, example := range rig.Some(examples) {
		want, _, all := w.whole(example)
		for n := range all {
			var refused string
			fault := sandbox.Fault{Status: http.StatusBadRequest, Body: `{"error":{"message":"no","code":2001}}`, Times: 1, Skip: n}
			got, _, _, err := w.call(example, time.Hour, fault)
			for _, request := range w.account.Requests() {
				if request.Status == http.StatusBadRequest {
					refused = request.String()
				}
			}
			said := false
			for _, words := range lossWords {
				said = said || strings.Count(string(got), words) > strings.Count(string(want), words)
			}
			if err == nil && !said && !bytes.Equal(unnamed(got), unnamed(want)) {
				t.Errorf("%s: without %s it says nothing of it:\n%s\nwhole:\n%s", example, refused, got, want)
			}
		}
	}
}
