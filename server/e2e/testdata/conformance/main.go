// Command conformance serves the fixtures of MCP's conformance suite
// (@modelcontextprotocol/conformance) by the program's own HTTP transport, which the suite
// can't test with PagerDuty's tools. It prints where it serves.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/PagerDuty/pagerduty-mcp/server"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	s := mcpserver.NewMCPServer("conformance", "1", mcpserver.WithToolCapabilities(false), mcpserver.WithResourceCapabilities(false, false),
		mcpserver.WithPromptCapabilities(false), mcpserver.WithCompletions(), mcpserver.WithPromptCompletionProvider(completer{}))
	addTools(s)
	addResources(s)
	addPrompts(s)
	h := server.NewTransport(ctx, s, slog.New(slog.DiscardHandler), server.HTTPOptions{Path: "/mcp"})
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s/mcp\n", on.Addr())
	return h.Serve(ctx, on)
}

const (
	image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
	audio = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA="
)

func text(s string) mcp.Content { return mcp.TextContent{Type: "text", Text: s} }

func embedded(uri, form, s string) mcp.Content {
	return mcp.NewEmbeddedResource(mcp.TextResourceContents{URI: uri, MIMEType: form, Text: s})
}

func addTools(s *mcpserver.MCPServer) {
	answers := map[string][]mcp.Content{
		"test_simple_text":       {text("This is a simple text response for testing.")},
		"test_image_content":     {mcp.NewImageContent(image, "image/png")},
		"test_audio_content":     {mcp.NewAudioContent(audio, "audio/wav")},
		"test_embedded_resource": {embedded("test://embedded-resource", "text/plain", "This is an embedded resource content.")},
		"test_multiple_content_types": {text("Multiple content types test:"), mcp.NewImageContent(image, "image/png"),
			embedded("test://mixed-content-resource", "application/json", `{"test":"data","value":123}`)},
	}
	for name, content := range answers {
		s.AddTool(mcp.NewTool(name, mcp.WithDescription("Answers "+name)), func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			return &mcp.CallToolResult{Content: content}, nil
		})
	}
	s.AddTool(mcp.NewTool("test_error_handling", mcp.WithDescription("Fails")), func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return mcp.NewToolResultError("This tool intentionally returns an error for testing"), nil
	})
	s.AddTool(mcp.NewTool("test_tool_with_logging", mcp.WithDescription("Logs")), func(ctx context.Context, _ mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		for _, word := range []string{"Tool execution started", "Tool processing data", "Tool execution completed"} {
			if err := s.SendNotificationToClient(ctx, "notifications/message", map[string]any{"level": "info", "data": word}); err != nil {
				return nil, err
			}
		}
		return mcp.NewToolResultText("logged"), nil
	})
	s.AddTool(mcp.NewTool("test_tool_with_progress", mcp.WithDescription("Reports progress")), func(ctx context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		for _, progress := range []int{0, 50, 100} {
			if err := s.SendNotificationToClient(ctx, "notifications/progress", map[string]any{"progressToken": r.Params.Meta.ProgressToken, "progress": progress, "total": 100}); err != nil {
				return nil, err
			}
		}
		return mcp.NewToolResultText("reported"), nil
	})
	s.AddTool(mcp.NewToolWithRawSchema("json_schema_2020_12_tool", "Has a schema of 2020-12", json.RawMessage(`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",`+
		`"$defs":{"address":{"type":"object","properties":{"street":{"type":"string"},"city":{"type":"string"}}}},`+
		`"properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"}},"additionalProperties":false}`)),
		func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			return mcp.NewToolResultText("valid"), nil
		})
}

func addResources(s *mcpserver.MCPServer) {
	add := func(uri, form string, content mcp.ResourceContents) {
		s.AddResource(mcp.NewResource(uri, uri, mcp.WithResourceDescription("Stays as it is"), mcp.WithMIMEType(form)),
			func(context.Context, mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
				return []mcp.ResourceContents{content}, nil
			})
	}
	add("test://static-text", "text/plain", mcp.TextResourceContents{URI: "test://static-text", MIMEType: "text/plain", Text: "This is the content of the static text resource."})
	add("test://static-binary", "image/png", mcp.BlobResourceContents{URI: "test://static-binary", MIMEType: "image/png", Blob: image})
	s.AddResourceTemplate(mcp.NewResourceTemplate("test://template/{id}/data", "template", mcp.WithTemplateMIMEType("application/json")),
		func(_ context.Context, r mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
			id := strings.TrimSuffix(strings.TrimPrefix(r.Params.URI, "test://template/"), "/data")
			return []mcp.ResourceContents{mcp.TextResourceContents{URI: r.Params.URI, MIMEType: "application/json",
				Text: fmt.Sprintf(`{"id":%q,"templateTest":true,"data":%q}`, id, "Data for ID: "+id)}}, nil
		})
}

func addPrompts(s *mcpserver.MCPServer) {
	add := func(prompt mcp.Prompt, contents func(arguments map[string]string) []mcp.Content) {
		s.AddPrompt(prompt, func(_ context.Context, r mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
			result := &mcp.GetPromptResult{}
			for _, content := range contents(r.Params.Arguments) {
				result.Messages = append(result.Messages, mcp.PromptMessage{Role: mcp.RoleUser, Content: content})
			}
			return result, nil
		})
	}
	add(mcp.NewPrompt("test_simple_prompt", mcp.WithPromptDescription("Simple")), func(map[string]string) []mcp.Content {
		return []mcp.Content{text("This is a simple prompt for testing.")}
	})
	add(mcp.NewPrompt("test_prompt_with_arguments", mcp.WithPromptDescription("Takes arguments"), mcp.WithArgument("arg1", mcp.RequiredArgument()), mcp.WithArgument("arg2", mcp.RequiredArgument())),
		func(a map[string]string) []mcp.Content {
			return []mcp.Content{text(fmt.Sprintf("Prompt with arguments: arg1='%s', arg2='%s'", a["arg1"], a["arg2"]))}
		})
	add(mcp.NewPrompt("test_prompt_with_embedded_resource", mcp.WithPromptDescription("Holds a resource"), mcp.WithArgument("resourceUri", mcp.RequiredArgument())),
		func(a map[string]string) []mcp.Content {
			return []mcp.Content{embedded(a["resourceUri"], "text/plain", "Embedded resource content for testing."), text("Please process the embedded resource above.")}
		})
	add(mcp.NewPrompt("test_prompt_with_image", mcp.WithPromptDescription("Holds an image")), func(map[string]string) []mcp.Content {
		return []mcp.Content{mcp.NewImageContent(image, "image/png"), text("Please analyze the image above.")}
	})
}

// completer completes every argument alike.
type completer struct{}

// CompletePromptArgument implements mcp-go's PromptCompletionProvider.
func (completer) CompletePromptArgument(context.Context, string, mcp.CompleteArgument, mcp.CompleteContext) (*mcp.Completion, error) {
	return &mcp.Completion{Values: []string{"paris", "park"}, Total: 2}, nil
}
