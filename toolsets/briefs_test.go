package toolsets_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestBriefsTakeFewRoundTrips holds how many requests the briefs take, and how many of
// them one after another, which is what they cost in time. Those at a time differ from
// run to run: in one moment an answer comes and another request goes out.
func TestBriefsTakeFewRoundTrips(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	table.WriteString("\n| call | requests | one after another |\n|---|---|---|\n")
	for _, b := range rig.Briefs() {
		cost := rig.CostOf(t, b.Tool, b.Arguments)
		if cost.InSequence > b.InSequence || cost.AtOnce > 8 {
			t.Errorf("%s %s takes %d round trips one after another and makes %d requests at a time, not %d and 8 at most", b.Tool, b.Arguments, cost.InSequence, cost.AtOnce, b.InSequence)
		}
		fmt.Fprintf(&table, "| `%s` `%s` | %d | %d |\n", b.Tool, b.Arguments, cost.Requests, cost.InSequence)
	}
	table.WriteString("\n")
	rig.Part(t, "../docs/performance.md", "briefs", table.String())
}

// TestBriefsAreGentle: when little of the rate limit is left, briefs have few requests
// under way at a time, and stay within what is left.
func TestBriefsAreGentle(t *testing.T) {
	t.Parallel()
	account := sandbox.New(sandbox.Options{Now: rig.Now})
	t.Cleanup(account.Close)
	for _, b := range rig.Briefs() {
		synctest.Test(t, func(t *testing.T) {
			w := &rig.Wire{Account: account, Latency: 5 * time.Second, Answer: func(r *http.Response) {
				for name, value := range map[string]string{"limit": "960", "remaining": "19", "reset": "30"} {
					r.Header.Set("ratelimit-"+name, value)
				}
			}}
			session := rig.Session(t, w)
			if _, err := session.Client.Me(t.Context()); err != nil { // PagerDuty says how little there is
				t.Fatal(err)
			}
			begun := time.Now()
			if _, err := rig.Tool(t, b.Tool).Call(t.Context(), session, json.RawMessage(b.Arguments)); err != nil {
				t.Fatal(err)
			}
			asked, atOnce := w.Asked()
			if atOnce > 3 {
				t.Errorf("%s %s has %d requests under way at a time", b.Tool, b.Arguments, atOnce)
			}
			t.Logf("%s: %d requests, %d at a time, %v", b.Tool, asked, atOnce, time.Since(begun))
		})
	}
}
