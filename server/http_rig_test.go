package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

// web is a server over HTTP with what it works on.
type web struct {
	http *server.HTTP
	logs *rig.Logs
	url  string // of the endpoint
}

const (
	writeSecret = "write-secret-of-alice-0123456789abcdef"
	readSecret  = "read-secret-of-bob-0123456789abcdefgh"
)

// newWeb serves all toolsets for the API at a URL.
func newWeb(t testing.TB, api string, auth server.Auth, change func(*server.Options, *server.HTTPOptions)) *web {
	t.Helper()
	w := &web{logs: &rig.Logs{}}
	log := slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	pool := pdapi.NewPool()
	client := func(key pdapi.Key) (pdapi.Client, error) {
		return pdapi.New(pdapi.Config{Host: api, Key: key, Transport: pool, Now: rig.Now, Logger: log})
	}
	key, err := pdapi.ParseKey(sandbox.UserKey)
	if err != nil {
		t.Fatal(err)
	}
	o := server.Options{Sets: toolsets.All(), Elsewhere: toolsets.All(), EnableWrite: true, Version: "test", Logger: log, Now: rig.Now, WritesPerMinute: -1}
	h := server.HTTPOptions{Path: "/mcp", Auth: auth, APIHost: api, NewClient: client, Key: key}
	if auth == server.AuthSecret {
		if h.Secrets, err = server.OpenSecrets(secretsFile(t), log); err != nil {
			t.Fatal(err)
		}
	}
	if auth != server.AuthCaller {
		if o.Client, err = client(key); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(&o, &h)
	}
	if w.http, err = server.NewHTTP(t.Context(), server.New(o), h); err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(w.http)
	t.Cleanup(listener.Close)
	w.url = listener.URL + "/mcp"
	return w
}

func secretsFile(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secrets")
	if err := os.WriteFile(path, []byte("# who may call\nalice write "+writeSecret+"\n\nbob read "+readSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// account starts a simulated account.
func account(t testing.TB) *sandbox.Server {
	t.Helper()
	a, err := sandbox.Start(sandbox.Options{Now: rig.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// headers are a request's, by name.
type headers map[string]string

// reply is what a server answers.
type httpReply struct {
	status int
	header http.Header
	body   string
	last   bool // the server closes the connection
}

// send sends a request with a body to a URL.
func send(t testing.TB, method, url string, with headers, body string) httpReply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Error(err) // not Fatal: many are sent side by side
		return httpReply{}
	}
	all := headers{"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
	maps.Copy(all, with)
	for name, value := range all {
		if r.Header[http.CanonicalHeaderKey(name)] = []string{value}; name == "Host" {
			r.Host = value
		}
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err) // not Fatal: many are sent side by side
		return httpReply{}
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err) // not Fatal: many are sent side by side
		return httpReply{}
	}
	return httpReply{resp.StatusCode, resp.Header, string(data), resp.Close}
}

// post sends a message to the endpoint.
func (w *web) post(t testing.TB, with headers, body string) httpReply {
	t.Helper()
	return send(t, http.MethodPost, w.url, with, body)
}

// toolCall is the message that calls a tool.
func toolCall(id any, name string, arguments rig.Args) string {
	data, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": map[string]any{"name": name, "arguments": arguments}})
	if err != nil {
		panic(err)
	}
	return string(data)
}

// call calls a tool and returns the text that it answers.
func (w *web) call(t testing.TB, with headers, name string, arguments rig.Args) (text string, isError bool) {
	t.Helper()
	got := w.post(t, with, toolCall(1, name, arguments))
	return textOf(t, got)
}

// textOf is the text of the result in a reply.
func textOf(t testing.TB, got httpReply) (text string, isError bool) {
	t.Helper()
	var answer struct {
		Result struct {
			IsError bool
			Content []struct{ Text string }
		}
	}
	if err := json.Unmarshal(lastMessage(got.body), &answer); err != nil || got.status != http.StatusOK || len(answer.Result.Content) != 1 {
		t.Errorf("%d %s: %v", got.status, got.body, err)
		return "", true
	}
	return answer.Result.Content[0].Text, answer.Result.IsError
}

// lastMessage is the JSON of an answer, or of the last event of a stream.
func lastMessage(body string) []byte {
	if at := strings.LastIndex(body, "data: "); strings.HasPrefix(body, "event:") || strings.HasPrefix(body, ":") {
		return bytes.TrimSpace([]byte(body[at+len("data: "):]))
	}
	return []byte(body)
}

// bearer is the header of a secret.
func bearer(secret string) headers { return headers{"Authorization": "Bearer " + secret} }

// withCredential is the header of a PagerDuty credential.
func withCredential(key string) headers { return headers{"X-PagerDuty-Token": key} }

// ofToday is a message of the newer era with its headers.
func ofToday(id any, method string, params map[string]any) (headers, string) {
	const version = "2026-07-28"
	params["_meta"] = map[string]any{"io.modelcontextprotocol/protocolVersion": version, "io.modelcontextprotocol/clientCapabilities": map[string]any{"elicitation": map[string]any{}},
		"io.modelcontextprotocol/clientInfo": map[string]any{"name": "tester", "version": "1"}}
	data, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
	if err != nil {
		panic(err)
	}
	with := headers{"Mcp-Protocol-Version": version, "Mcp-Method": method}
	if name, ok := params["name"]; ok {
		with["Mcp-Name"] = fmt.Sprint(name)
	}
	return with, string(data)
}

func merged(all ...headers) headers {
	out := headers{}
	for _, h := range all {
		maps.Copy(out, h)
	}
	return out
}

func appendTo(t testing.TB, path, text string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, append(data, text...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
