package server

import (
	"context"
	"errors"
	"log/slog"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// isServed reports whether a tool is served under its own name.
func (s *Server) isServed(name string) bool {
	_, ok := s.tools[name]
	return ok
}

// addPrompts offers the prompts whose tools are served.
func (s *Server) addPrompts(prompts []tool.Prompt) {
	for _, p := range prompts {
		if !p.Offered(s.isServed) {
			continue
		}
		s.prompts[p.Name] = p
		listed := mcp.Prompt{Name: p.Name, Title: p.Title, Description: p.Description}
		for _, a := range p.Arguments {
			listed.Arguments = append(listed.Arguments, mcp.PromptArgument{Name: a.Name, Description: a.Description, Required: a.Required})
		}
		s.mcp.AddPrompt(listed, s.promptHandler(p))
	}
}

// promptHandler writes a prompt. What is wrong with its arguments is told as a JSON-RPC
// error: a prompt's reader is a person, and has no other place for it.
func (s *Server) promptHandler(p tool.Prompt) mcpserver.PromptHandlerFunc {
	return func(ctx context.Context, request mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
		text, err := p.Write(request.Params.Arguments, s.isServed)
		if err != nil {
			return nil, errors.New(explain(err))
		}
		s.opts.Logger.LogAttrs(ctx, slog.LevelInfo, "prompt", slog.String("prompt", p.Name))
		return &mcp.GetPromptResult{
			Description: p.Title,
			Messages:    []mcp.PromptMessage{mcp.NewPromptMessage(mcp.RoleUser, mcp.NewTextContent(text))},
		}, nil
	}
}
