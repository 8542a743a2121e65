package rig

import (
	"encoding/json"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"
)

// Args are the arguments of a tool call.
type Args = map[string]any

// Call calls a tool and returns the text that it answers. Arguments are [Args], or
// JSON as a [json.RawMessage].
func (r *Rig) Call(t testing.TB, name string, arguments any) (text string, isError bool) {
	t.Helper()
	var request mcp.CallToolRequest
	request.Params.Name, request.Params.Arguments = name, arguments
	result, err := r.Client.CallTool(t.Context(), request)
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

// Answer calls a tool that must succeed and returns the object that it answers.
func (r *Rig) Answer(t testing.TB, name string, arguments any) map[string]any {
	t.Helper()
	text, isError := r.Call(t, name, arguments)
	if isError {
		t.Fatalf("%s %v: %s", name, arguments, text)
	}
	var result map[string]any
	if err := json.Unmarshal([]byte(text), &result); err != nil {
		t.Fatalf("%s: %v in %s", name, err, text)
	}
	return result
}

// Refusal calls a tool that must fail and returns what it says.
func (r *Rig) Refusal(t testing.TB, name string, arguments any) string {
	t.Helper()
	text, isError := r.Call(t, name, arguments)
	if !isError {
		t.Fatalf("%s %v succeeded: %s", name, arguments, text)
	}
	return text
}
