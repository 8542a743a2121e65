package e2e

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/incidents"
)

// TestOfficialGoSDK drives the built program with the official Go SDK's client.
func TestOfficialGoSDK(t *testing.T) {
	t.Parallel()
	command := exec.Command(builtBinary(t), "incidents", "--sandbox", "--enable-write-tools")
	session, err := mcp.NewClient(&mcp.Implementation{Name: "e2e", Version: "1"}, nil).
		Connect(t.Context(), &mcp.CommandTransport{Command: command}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	list, err := session.ListTools(t.Context(), nil)
	if err != nil || len(list.Tools) != len(incidents.Set().Tools) {
		t.Fatalf("%v, %v", list, err)
	}
	for name, arguments := range map[string]map[string]any{
		"list_incidents":       {"status": []string{"triggered"}, "limit": 2},
		"get_incident":         {"incident_id": "4711"},
		"add_note_to_incident": {"incident_id": 4711, "note": "hello from the Go SDK"},
	} {
		result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: name, Arguments: arguments})
		if err != nil || result.IsError || len(result.Content) != 1 {
			t.Errorf("%s: %v, %v", name, result, err)
		}
	}
	result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: "get_incident", Arguments: map[string]any{"incident_id": "Q0"}})
	if err != nil || !result.IsError || !strings.Contains(fmt.Sprint(result.Content[0].(*mcp.TextContent).Text), "no such object") {
		t.Errorf("%v, %v", result, err)
	}
}
