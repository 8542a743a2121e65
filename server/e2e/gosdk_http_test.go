package e2e

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// servedOverHTTP starts the program over HTTP and returns where it is.
func servedOverHTTP(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), builtBinary(t), append(args, "--sandbox", "--transport", "http", "--port", "0")...)
	stderr, err := command.StderrPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	at := regexp.MustCompile(`msg=serving url=(\S+)`)
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if m := at.FindStringSubmatch(lines.Text()); m != nil {
			go func() {
				for lines.Scan() { // so that the program never waits for a reader
				}
			}()
			return m[1]
		}
	}
	t.Fatal("it does not serve")
	return ""
}

// withSecret sends a secret along.
type withSecret string

func (s withSecret) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(s))
	return http.DefaultTransport.RoundTrip(r)
}

// TestOfficialGoSDKOverHTTP drives the built program over HTTP with the official Go SDK's
// client: lists, calls, progress, and a question to the user.
func TestOfficialGoSDKOverHTTP(t *testing.T) {
	t.Parallel()
	const secret = "secret-of-the-go-sdk-0123456789abcdef"
	secrets := filepath.Join(t.TempDir(), "secrets")
	if err := os.WriteFile(secrets, []byte("go write "+secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	url := servedOverHTTP(t, "incidents", "people", "--enable-write-tools", "--auth", "secret", "--auth-token-file", secrets)
	var asked, progress atomic.Int64
	client := mcp.NewClient(&mcp.Implementation{Name: "e2e", Version: "1"}, &mcp.ClientOptions{
		ElicitationHandler: func(context.Context, *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
			asked.Add(1)
			return &mcp.ElicitResult{Action: "accept", Content: map[string]any{}}, nil
		},
		ProgressNotificationHandler: func(context.Context, *mcp.ProgressNotificationClientRequest) { progress.Add(1) },
	})
	session, err := client.Connect(t.Context(), &mcp.StreamableClientTransport{Endpoint: url, HTTPClient: &http.Client{Transport: withSecret(secret)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	if list, err := session.ListTools(t.Context(), nil); err != nil || len(list.Tools) < 20 {
		t.Fatalf("%v, %v", list, err)
	}
	call := func(name string, arguments map[string]any, wants string) {
		params := &mcp.CallToolParams{Name: name, Arguments: arguments}
		params.SetProgressToken("token")
		result, err := session.CallTool(t.Context(), params)
		if err != nil || result.IsError || len(result.Content) != 1 || !strings.Contains(result.Content[0].(*mcp.TextContent).Text, wants) {
			t.Errorf("%s: %v, %v", name, result, err)
		}
	}
	call("get_incident", map[string]any{"incident_id": "4711"}, "card authorizations")
	call("list_incidents", map[string]any{"since": "90d", "limit": 200}, "incidents")
	call("create_team", map[string]any{"name": "Night Watch"}, "Night Watch")
	call("delete_team", map[string]any{"team_id": "Night Watch"}, "")
	call("list_teams", map[string]any{"query": "Night Watch"}, `"teams":[]`)
	if asked.Load() != 1 || progress.Load() == 0 {
		t.Errorf("asked %d times, told of progress %d times", asked.Load(), progress.Load())
	}
}
