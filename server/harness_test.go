package server_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

var update = flag.Bool("update", false, "write the golden files anew")

// now is the clock of accounts and tools.
func now() time.Time { return time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC) }

// rig is a simulated account, a server on it and a client of that.
type rig struct {
	*sandbox.Server
	server *server.Server
	client *client.Client
	logs   *logBuffer

	instructions string
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// options change a rig before it starts.
type options struct {
	server server.Options
	pdapi  pdapi.Config
	key    string
}

func newRig(t *testing.T, change ...func(*options)) *rig {
	t.Helper()
	box, err := sandbox.Start(sandbox.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	r := &rig{Server: box, logs: &logBuffer{}}
	log := slog.New(slog.NewTextHandler(r.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o := options{
		key:    sandbox.UserKey,
		pdapi:  pdapi.Config{Host: box.URL(), UserAgent: "test", Logger: log},
		server: server.Options{Sets: toolsets.All(), EnableWrite: true, Version: "test", Logger: log, Now: now},
	}
	for _, c := range change {
		c(&o)
	}
	if o.pdapi.Key, err = pdapi.ParseKey(o.key); err != nil {
		t.Fatal(err)
	}
	if o.server.Client, err = pdapi.New(o.pdapi); err != nil {
		t.Fatal(err)
	}
	r.server = server.New(o.server)
	r.client, r.instructions = connect(t, r.server)
	return r
}

func connect(t *testing.T, s *server.Server) (c *client.Client, instructions string) {
	t.Helper()
	c, err := client.NewInProcessClient(s.MCP())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var initialize mcp.InitializeRequest
	initialize.Params.ProtocolVersion = mcp.LATEST_LEGACY_PROTOCOL_VERSION
	hello, err := c.Initialize(t.Context(), initialize)
	if err != nil {
		t.Fatal(err)
	}
	return c, hello.Instructions
}

// call calls a tool and returns its text.
func (r *rig) call(t *testing.T, name string, arguments any) (text string, isError bool) {
	t.Helper()
	var request mcp.CallToolRequest
	request.Params.Name, request.Params.Arguments = name, arguments
	result, err := r.client.CallTool(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Content) != 1 || result.StructuredContent != nil {
		t.Fatalf("%s answers %d contents, structured %v; want one text", name, len(result.Content), result.StructuredContent)
	}
	content, ok := mcp.AsTextContent(result.Content[0])
	if !ok {
		t.Fatalf("%s answers %T", name, result.Content[0])
	}
	return content.Text, result.IsError
}

// answer calls a tool that must succeed and reads its result.
func (r *rig) answer(t *testing.T, name string, arguments any) map[string]any {
	t.Helper()
	text, isError := r.call(t, name, arguments)
	if isError {
		t.Fatalf("%s %v: %s", name, arguments, text)
	}
	var result map[string]any
	if err := json.Unmarshal([]byte(text), &result); err != nil {
		t.Fatalf("%s: %v in %s", name, err, text)
	}
	return result
}

// refusal calls a tool that must fail and returns what it says.
func (r *rig) refusal(t *testing.T, name string, arguments any) string {
	t.Helper()
	text, isError := r.call(t, name, arguments)
	if !isError {
		t.Fatalf("%s %v succeeded: %s", name, arguments, text)
	}
	return text
}

// sent are the requests that reached PagerDuty, without their queries.
func (r *rig) sent() []string {
	var out []string
	for _, request := range r.Requests() {
		path, _, _ := strings.Cut(request.Path, "?")
		out = append(out, request.Method+" "+path)
	}
	return out
}

// inOrder are requests in an order that is the same each time: look-ups run side by
// side, so that what reads is sorted up to the next change.
func inOrder(requests []sandbox.Request) []string {
	var out []string
	start := 0
	for _, request := range requests {
		if request.Method != http.MethodGet {
			slices.Sort(out[start:])
			start = len(out) + 1
		}
		out = append(out, request.String())
	}
	if start < len(out) {
		slices.Sort(out[start:])
	}
	return out
}

var placeholder = regexp.MustCompile(`\$(\w+):([^$"]+)\$`)

// fill replaces $kind:name$ by the account's id of that.
func (r *rig) fill(t *testing.T, data []byte) []byte {
	t.Helper()
	return placeholder.ReplaceAllFunc(data, func(found []byte) []byte {
		m := placeholder.FindSubmatch(found)
		id := r.ID(string(m[1]), string(m[2]))
		if id == "" {
			t.Fatalf("the account has no %s", found)
		}
		return []byte(id)
	})
}

// calls are the example calls of every tool, as written, by tool.
func calls(t *testing.T) map[string][]json.RawMessage {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "calls.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string][]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func allTools() []tool.Tool {
	var all []tool.Tool
	for _, set := range toolsets.All() {
		all = append(all, set.Tools...)
	}
	return all
}

// golden compares got with a file under testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", filepath.FromSlash(name))
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with: go test ./server -update", err)
	}
	if diff := cmp.Diff(string(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))), string(got)); diff != "" {
		t.Errorf("%s differs; if that is meant, run: go test ./server -update\n-want +got:\n%s", path, diff)
	}
}
