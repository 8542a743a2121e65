package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// FuzzFrames has any bytes come from the client: the server survives them, writes
// nothing but JSON messages, one a line, and answers each request once, with its id
// as it was written.
func FuzzFrames(f *testing.F) {
	type in struct {
		Text string `json:"text,omitzero"`
	}
	echo := tool.Read("get_echo", "", "", func(_ context.Context, _ tool.Reading, i in) (string, error) { return i.Text, nil })
	s := server.New(server.Options{
		Sets: []tool.Set{{Name: "echo", Tools: []tool.Tool{echo}}}, Logger: slog.New(slog.DiscardHandler), CallTimeout: time.Second,
	})
	recorded, err := filepath.Glob(filepath.Join("testdata", "frames", "*.jsonl"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range recorded {
		frames, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(frames)
	}
	for _, frames := range []string{
		hello,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_echo","arguments":{"text":"\ud83d\udd25"}}}` + "\n" + `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`,
		`{"jsonrpc":"2.0","id":1,"method":"ping"}` + "\r\n\r\n\ufeff" + `{"jsonrpc":"2.0","id":1,"method":"ping"}`,
		`{"id":1e3,"method":"tools/list","params":[]}` + "\n" + `{"jsonrpc":"2.0","id":{"a":1},"method":"a"}` + "\n" + `{"jsonrpc":"2.0","id":"\u00e9","result":{}}`,
		`[{"jsonrpc":"2.0","id":1,"method":"ping"}]` + "\n" + `{"jsonrpc":"2.0","id":1,"ID":2,"method":"ping","Method":"x"}` + "\n" + `null` + "\n" + `{`,
		`{"jsonrpc":"2.0","id":7,"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}`,
	} {
		f.Add([]byte(frames))
	}
	f.Fuzz(func(t *testing.T, frames []byte) {
		var out bytes.Buffer
		ended := make(chan error, 1)
		go func() { ended <- s.ServeStdio(t.Context(), bytes.NewReader(frames), &out) }()
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("serving hangs\nsent:\n%s", frames)
		}
		expected := expectedAnswers(frames)
		got := map[string]int{}
		for line := range bytes.Lines(out.Bytes()) {
			var message struct {
				JSONRPC string
				ID      json.RawMessage
				Method  string
				Result  json.RawMessage
				Error   *struct {
					Code    int
					Message string
				}
			}
			if err := json.Unmarshal(line, &message); err != nil || !utf8.Valid(line) || line[len(line)-1] != '\n' || message.JSONRPC != "2.0" {
				t.Fatalf("%v: stdout has %q", err, line)
			}
			if message.Method != "" { // a notification
				continue
			}
			if (message.Result == nil) == (message.Error == nil) || message.Error != nil && (message.Error.Code == 0 || message.Error.Message == "") {
				t.Errorf("an answer with neither a result nor an error: %s", line)
			}
			if message.Error != nil && (strings.Contains(message.Error.Message, "json:") || strings.Contains(message.Error.Message, "Go ")) {
				t.Errorf("an answer in words of Go: %s", line)
			}
			got[string(message.ID)]++
		}
		for id, n := range expected.answers {
			if got[id] > n+expected.unreadable || got[id] < n-expected.cancellations[id] {
				t.Errorf("%d answers to the %d requests with id %s\nsent:\n%s\ngot:\n%s", got[id], n, id, frames, out.String())
			}
		}
		surplus := 0
		for id, n := range got {
			surplus += max(0, n-expected.answers[id])
		}
		if surplus > expected.unreadable {
			t.Errorf("%d answers that nobody waits for\nsent:\n%s\ngot:\n%s", surplus, frames, out.String())
		}
	})
}

// expectations say which answers frames must have.
type expectations struct {
	answers       map[string]int // by id as it is written
	cancellations map[string]int // by the id that they name; a canceled request may have no answer
	unreadable    int            // lines of which one can't say; each has one answer, with an id that may be known
}

func expectedAnswers(frames []byte) expectations {
	e := expectations{answers: map[string]int{}, cancellations: map[string]int{}}
	for line := range bytes.SplitSeq(frames, []byte("\n")) {
		line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\ufeff")))
		var members map[string]json.RawMessage
		switch {
		case len(line) == 0:
			continue
		case !utf8.Valid(line) || json.Unmarshal(line, &members) != nil:
			e.unreadable++
			continue
		}
		id, known := members["id"]
		var method string
		isMethod := json.Unmarshal(members["method"], &method) == nil && method != ""
		var params struct {
			RequestID json.RawMessage `json:"requestId"`
		}
		if method == "notifications/cancelled" && json.Unmarshal(members["params"], &params) == nil {
			e.cancellations[string(params.RequestID)]++
		}
		switch {
		case members["method"] == nil && (members["result"] != nil || members["error"] != nil): // a response
		case !isMethod && !known:
			e.answers["null"]++
		case !known, string(id) == "null" && strings.HasPrefix(method, "notifications/"): // a notification
		default:
			e.answers[string(id)]++
		}
	}
	return e
}
