package server

import (
	"context"
	"log/slog"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// announce says in the server's capabilities what it offers beside tools, and that it
// completes arguments. None of it changes while the server runs.
func (s *Server) announce() {
	var offers []mcpserver.ServerOption
	if len(s.prompts) > 0 {
		offers = append(offers, mcpserver.WithPromptCapabilities(false), mcpserver.WithPromptCompletionProvider(completer{s}))
	}
	if len(s.resources) > 0 {
		offers = append(offers, mcpserver.WithResourceCapabilities(false, false), mcpserver.WithResourceCompletionProvider(completer{s}))
	}
	if len(offers) > 0 {
		offers = append(offers, mcpserver.WithCompletions())
	}
	for _, offer := range offers {
		offer(s.mcp)
	}
}

// completer completes the arguments of prompts and the variables of resources from
// names in the account. Where that fails it completes nothing: a person can type the
// name, and an error would only get in the way.
type completer struct{ *Server }

// CompletePromptArgument implements mcp-go's PromptCompletionProvider.
func (c completer) CompletePromptArgument(ctx context.Context, prompt string, argument mcp.CompleteArgument, _ mcp.CompleteContext) (*mcp.Completion, error) {
	for _, a := range c.prompts[prompt].Arguments {
		if a.Name == argument.Name {
			return c.complete(ctx, a.Names, argument.Value), nil
		}
	}
	return &mcp.Completion{}, nil
}

// CompleteResourceArgument implements mcp-go's ResourceCompletionProvider.
func (c completer) CompleteResourceArgument(ctx context.Context, uri string, argument mcp.CompleteArgument, _ mcp.CompleteContext) (*mcp.Completion, error) {
	for _, v := range c.resources[uri].Variables {
		if v.Name == argument.Name {
			return c.complete(ctx, v.Names, argument.Value), nil
		}
	}
	return &mcp.Completion{}, nil
}

func (c completer) complete(ctx context.Context, what tool.Names, typed string) *mcp.Completion {
	values, more, err := c.callerOf(ctx).session.Complete(ctx, what, typed)
	if err != nil && ctx.Err() == nil {
		c.opts.Logger.LogAttrs(ctx, slog.LevelWarn, "completion failed", slog.String("because", explain(err)))
	}
	return &mcp.Completion{Values: values, HasMore: more}
}
