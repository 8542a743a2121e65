package tool_test

import (
	"context"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// TestClaim: what a session did is not done again within half an hour, unless it
// failed for certain.
func TestClaim(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)
	session := &tool.Session{Client: pdapi.Client{}, Clock: func() time.Time { return now }}
	type input struct {
		Words string `json:"words"`
		Fails bool   `json:"fails,omitzero"`
	}
	type result struct {
		Done   bool      `json:"done"`
		Before time.Time `json:"before,omitzero"`
	}
	claiming := tool.Create("claim", "Claim", "", func(_ context.Context, call tool.Writing, in input) (result, error) {
		before, done := call.Claim("x", in.Words)
		if in.Fails {
			call.Unclaim("x", in.Words)
		}
		return result{done, before}, nil
	})
	for _, c := range []struct {
		after           time.Duration
		arguments, want string
	}{
		{0, `{"words":"a"}`, `{"done":false}`},
		{time.Minute, `{"words":"a"}`, `{"done":true,"before":"2026-03-02T12:00:00Z"}`},
		{time.Minute, `{"words":"b","fails":true}`, `{"done":false}`},
		{time.Minute, `{"words":"b"}`, `{"done":false}`},
		{29 * time.Minute, `{"words":"a"}`, `{"done":true,"before":"2026-03-02T12:00:00Z"}`},
		{30 * time.Minute, `{"words":"a"}`, `{"done":false}`},
		{59 * time.Minute, `{"words":"a"}`, `{"done":true,"before":"2026-03-02T12:30:00Z"}`},
	} {
		now = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC).Add(c.after)
		if got, err := claiming.Call(t.Context(), session, []byte(c.arguments)); err != nil || string(got) != c.want {
			t.Errorf("after %v, %s: %s %v, want %s", c.after, c.arguments, got, err, c.want)
		}
	}
	other := &tool.Session{Client: pdapi.Client{}, Clock: func() time.Time { return now }}
	if got, _ := claiming.Call(t.Context(), other, []byte(`{"words":"a"}`)); string(got) != `{"done":false}` {
		t.Errorf("another session was told %s", got)
	}
}
