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
	prompt, err := session.GetPrompt(t.Context(), &mcp.GetPromptParams{Name: "investigate", Arguments: map[string]string{"incident": "4711"}})
	if err != nil || !strings.Contains(fmt.Sprint(prompt.Messages[0].Content.(*mcp.TextContent).Text), "incident 4711") {
		t.Errorf("%v, %v", prompt, err)
	}
	resource, err := session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "pagerduty://incidents/4711"})
	if err != nil || !strings.Contains(resource.Contents[0].Text, "card authorizations") {
		t.Errorf("%v, %v", resource, err)
	}
	completed, err := session.Complete(t.Context(), &mcp.CompleteParams{
		Ref: &mcp.CompleteReference{Type: "ref/prompt", Name: "investigate"}, Argument: mcp.CompleteParamsArgument{Name: "incident", Value: "4711"},
	})
	if err != nil || len(completed.Completion.Values) != 1 || !strings.HasPrefix(completed.Completion.Values[0], "4711: Payments API") {
		t.Errorf("%v, %v", completed, err)
	}
	result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: "get_incident", Arguments: map[string]any{"incident_id": "Q0"}})
	if err != nil || !result.IsError || !strings.Contains(fmt.Sprint(result.Content[0].(*mcp.TextContent).Text), "knows no incident") {
		t.Errorf("%v, %v", result, err)
	}
}
