// Package e2e tests the server against what others wrote: PagerDuty's OpenAPI
// document, OpenAI's tokenizer, and MCP clients. It is a module of its own, so
// that the product does not depend on what it needs.
package e2e

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"

	"log/slog"

	"net/http"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// now is the clock of accounts and tools.
func now() time.Time { return time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC) }

// account is a simulated account, a server on it, and a client of that.
type account struct {
	*sandbox.Server
	client *client.Client
}

// newAccount serves sets on a new account whose API is wrapped, if wrap is not nil.
func newAccount(t *testing.T, sets []tool.Set, wrap func(http.Handler) http.Handler) account {
	t.Helper()
	box := sandbox.New(sandbox.Options{Now: now})
	var handler http.Handler = box
	if wrap != nil {
		handler = wrap(box)
	}
	api := httptest.NewServer(handler)
	t.Cleanup(api.Close)
	key, err := pdapi.ParseKey(sandbox.UserKey)
	if err != nil {
		t.Fatal(err)
	}
	pd, err := pdapi.New(pdapi.Config{Host: api.URL, Key: key, From: "ana.souza@northwind.example", UserAgent: "e2e"})
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(server.Options{Sets: sets, EnableWrite: true, Client: pd, Version: "test", Logger: slog.New(slog.DiscardHandler), Now: now})
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
	if _, err := c.Initialize(t.Context(), initialize); err != nil {
		t.Fatal(err)
	}
	return account{box, c}
}

// call calls a tool and returns its text.
func (a account) call(t *testing.T, name string, arguments any) (text string, isError bool) {
	t.Helper()
	var request mcp.CallToolRequest
	request.Params.Name, request.Params.Arguments = name, arguments
	result, err := a.client.CallTool(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	content, ok := mcp.AsTextContent(result.Content[0])
	if !ok {
		t.Fatalf("%s answers %T", name, result.Content[0])
	}
	return content.Text, result.IsError
}

var placeholder = regexp.MustCompile(`\$(\w+):([^$"]+)\$`)

// calls are the example calls of every tool, with the account's ids.
func (a account) calls(t *testing.T) map[string][]map[string]any {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", "calls.json"))
	if err != nil {
		t.Fatal(err)
	}
	data = placeholder.ReplaceAllFunc(data, func(found []byte) []byte {
		m := placeholder.FindSubmatch(found)
		id := a.ID(string(m[1]), string(m[2]))
		if id == "" {
			t.Fatalf("calls.json: the account has no %s", found)
		}
		return []byte(id)
	})
	var calls map[string][]map[string]any
	if err := json.Unmarshal(data, &calls); err != nil {
		t.Fatal(err)
	}
	return calls
}

// tools are all tools, in order.
func tools() []tool.Tool {
	var all []tool.Tool
	for _, set := range toolsets.All() {
		all = append(all, set.Tools...)
	}
	return all
}

// buildDir is where the program is built; [TestMain] makes and removes it.
var buildDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "pagerduty-mcp-test")
	if err != nil {
		panic(err)
	}
	buildDir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// binary builds the program, once.
var binary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(buildDir, "pagerduty-mcp")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	build := exec.Command("go", "build", "-o", path, ".")
	build.Dir = filepath.Join("..", "..")
	build.Stderr = os.Stderr
	return path, build.Run()
})

func builtBinary(t *testing.T) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
