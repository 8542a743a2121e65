package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBinaryWithRecordedFrames has the program read what real clients wrote, byte by
// byte (see package server's test of the same frames): each request has one answer, a
// result, and the program ends when its input does.
func TestBinaryWithRecordedFrames(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "server", "testdata", "frames", "*.jsonl"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".jsonl"), func(t *testing.T) {
			t.Parallel()
			frames, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			program := exec.CommandContext(t.Context(), built(t), "all", "--sandbox", "--enable-write-tools")
			program.Env, program.Stdin = bare(), bytes.NewReader(frames)
			out, err := program.Output()
			if err != nil {
				t.Fatal(err)
			}
			type message struct{ ID, Result json.RawMessage }
			answered := map[string]int{}
			for line := range bytes.Lines(out) {
				var answer message
				if err := json.Unmarshal(line, &answer); err != nil || answer.Result == nil || bytes.Contains(answer.Result, []byte(`"isError":true`)) {
					t.Errorf("%v: %s", err, line)
				}
				answered[string(answer.ID)]++
			}
			requests := 0
			for line := range bytes.Lines(frames) {
				var request message
				if err := json.Unmarshal(line, &request); err != nil {
					t.Fatal(err)
				}
				if request.ID == nil {
					continue
				}
				if requests++; answered[string(request.ID)] != 1 {
					t.Errorf("%d answers to %s", answered[string(request.ID)], line)
				}
			}
			if len(answered) != requests || requests < 3 {
				t.Errorf("%d requests, %d ids in answers", requests, len(answered))
			}
		})
	}
}

// TestBinaryWithOddFrames has clients write what the specification does not have: each
// id comes back as it was written, lists stand for empty objects, no description of a
// client refuses the handshake, and a mark before the first message counts for nothing.
func TestBinaryWithOddFrames(t *testing.T) {
	t.Parallel()
	const ids = "9007199254740993,-9223372036854775809,123456789012345678901234567890,1.0,1e2,0,-0,\"\",\"\\u00fc\",\"ü\",\"9007199254740993\",1E400"
	for name, hello := range map[string]string{
		"lists for objects":  `"capabilities":[],"clientInfo":[]`,
		"lists inside":       `"capabilities":{"roots":[],"experimental":[],"elicitation":[]},"clientInfo":{"name":[],"version":7,"icons":"none"}`,
		"nothing":            `"capabilities":null,"clientInfo":null`,
		"texts":              `"capabilities":"","clientInfo":"curl"`,
		"another's metadata": `"capabilities":{},"clientInfo":{"name":"x","version":"1","title":{}},"_meta":[]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := "\ufeff" + `{"jsonrpc":"2.0","id":"hello","method":"initialize","params":{"protocolVersion":"2025-06-18",` + hello + `}}` + "\r\n" +
				`{"jsonrpc":"2.0","method":"notifications/initialized","params":[]}` + "\n" +
				`{"jsonrpc":"2.0","id":"list","method":"tools/list","params":[]}` + "\n" +
				`{"jsonrpc":"2.0","id":"call","method":"tools/call","params":{"name":"get_user_data","arguments":[],"_meta":[]}}` + "\n"
			for id := range strings.SplitSeq(ids, ",") {
				in += `{"jsonrpc":"2.0","id":` + id + `,"method":"ping"}` + "\n"
			}
			program := exec.CommandContext(t.Context(), built(t), "people", "--sandbox")
			program.Env, program.Stdin = bare(), strings.NewReader(in)
			out, err := program.Output()
			if err != nil {
				t.Fatal(err)
			}
			for id := range strings.SplitSeq(`"hello","list","call",`+ids, ",") {
				if n := strings.Count(string(out), `{"jsonrpc":"2.0","id":`+id+`,"result":`); n != 1 {
					t.Errorf("%d answers to the id %s", n, id)
				}
			}
			if !strings.Contains(string(out), "Ana Souza") || strings.Contains(string(out), `"error"`) {
				t.Errorf("%s", out)
			}
		})
	}
}

// TestBinaryWithUnknownTools calls tools that are not served by the program as it was
// started.
func TestBinaryWithUnknownTools(t *testing.T) {
	t.Parallel()
	c := serve(t, bare(), "incidents", "--sandbox")
	for name, want := range map[string]string{
		"list_incidens":   "Did you mean list_incidents? The tools are list_incidents, get_incident, ",
		"reboot":          `there is no tool \"reboot\". The tools are list_incidents, `,
		"list_oncalls":    "It belongs to the toolset people, which a person can add when starting the server: pagerduty-mcp incidents people.",
		"create_incident": "this server is read-only: a person must start it with --enable-write-tools.",
	} {
		c.send(toolCall(7, name, "{}"))
		if got := c.next(); !strings.Contains(got, want) || !strings.Contains(got, `"isError":true`) || strings.Contains(got, "tool not found") {
			t.Errorf("%s: %s", name, got)
		}
	}
	c.end()
}
