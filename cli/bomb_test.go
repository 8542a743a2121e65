package cli_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestBombs has an API answer with little that unpacks to very much, as a success, as an
// error and as a page: it is refused while it unpacks, and the program lives on.
func TestBombs(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("memory is read from Linux's /proc")
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte(`{"notes":[{"content":"`))
	for zeros := bytes.Repeat([]byte("0"), 1<<20); packed.Len() < 1<<20; {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		status int
		kind   string
	}{
		"a success": {http.StatusOK, "application/json"},
		"an error":  {http.StatusBadRequest, "application/json"},
		"a page":    {http.StatusForbidden, "text/html"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.kind)
				w.Header().Set("Content-Encoding", "gzip")
				w.WriteHeader(c.status)
				_, _ = w.Write(packed.Bytes())
			}))
			t.Cleanup(api.Close)
			child := serve(t, bare("PAGERDUTY_USER_API_KEY="+sandbox.UserKey, "PAGERDUTY_API_HOST="+api.URL), "response", "--log-level", "error")
			for id := range 2 {
				child.send(toolCall(id+2, "list_incident_notes", `{"incident_id":"Q1ABC"}`))
				if got := child.next(); !strings.Contains(got, "larger than 32 MiB") || !strings.Contains(got, `"isError":true`) || len(got) > 4000 {
					t.Errorf("%.1000s", got)
				}
			}
			if peak := child.memory("VmHWM"); peak > 250 {
				t.Errorf("it took %.0f MiB", peak)
			}
			child.end()
		})
	}
}
