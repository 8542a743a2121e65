package server

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// unknownTool is the name by which mcp-go knows the handler of calls to tools that
// it doesn't serve. No tool of ours has a space in its name.
const unknownTool = "unknown tool"

// answerUnknown has calls to tools that are not served answered with what there is
// instead. mcp-go refuses such calls before it asks any handler, so a hook redirects
// them to a tool that tools/list leaves out.
//
// The answer is a result with isError, as servers made with MCP's TypeScript and
// Python SDKs give it. The specification counts an unknown tool among the protocol
// errors, but has clients show a model results and lets them hide protocol errors,
// which several frameworks end the whole run with. Here the model chose the name,
// and only the model can choose another.
func (s *Server) answerUnknown(hooks *mcpserver.Hooks) {
	hooks.AddBeforeCallTool(func(_ context.Context, _ any, request *mcp.CallToolRequest) {
		if name := request.Params.Name; name == unknownTool || s.mcp.GetTool(name) == nil {
			request.Params = mcp.CallToolParams{Name: unknownTool, Arguments: name}
		}
	})
	hooks.AddAfterListTools(func(_ context.Context, _ any, _ *mcp.ListToolsRequest, result *mcp.ListToolsResult) {
		result.Tools = slices.DeleteFunc(result.Tools, func(t mcp.Tool) bool { return t.Name == unknownTool })
	})
	s.mcp.AddTool(mcp.NewToolWithRawSchema(unknownTool, "", json.RawMessage(`{"type":"object"}`)),
		func(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			name, _ := request.Params.Arguments.(string)
			s.opts.Logger.InfoContext(ctx, "tool call", slog.String("outcome", "no such tool"))
			return mcp.NewToolResultError(s.explainUnknown(name)), nil
		})
}

// explainUnknown says why there is no tool of a name, and what to do about it.
func (s *Server) explainUnknown(name string) string {
	for _, set := range s.opts.Elsewhere {
		for _, t := range set.Tools {
			isAlias := func(a tool.Alias) bool { return a.Name == name }
			if t.Name() == name || slices.ContainsFunc(t.Aliases(), isAlias) {
				why := s.explainLeftOut(set.Name, t)
				if why == "" {
					return sentence(s.opts.Policy.leftOut(t).Error())
				}
				return fmt.Sprintf("Nothing was done: %s is not served here. %s", name, why)
			}
		}
	}
	var names []string
	for _, set := range s.opts.Sets {
		for _, t := range set.Tools {
			if s.mcp.GetTool(t.Name()) != nil {
				names = append(names, t.Name())
			}
		}
	}
	guess := ""
	if near := meant(name, names); near != "" {
		guess = fmt.Sprintf(" Did you mean %s?", near)
	}
	return fmt.Sprintf("Nothing was done: there is no tool %s.%s The tools are %s.", wording.Quote(name), guess, strings.Join(names, ", "))
}

// meant is the one of names that a model most likely meant by name, which may have
// the client's prefix, as in mcp__pagerduty__get_incident; "" when none is close.
func meant(name string, names []string) string {
	for _, candidate := range names {
		if strings.HasSuffix(name, candidate) {
			return candidate
		}
	}
	if name == "" {
		return ""
	}
	return wording.Nearest(name, names)
}

// explainLeftOut says how a tool of a toolset, which is not served, can be had; "" if
// only the policy is in the way.
func (s *Server) explainLeftOut(set string, t tool.Tool) string {
	flag := ""
	if !t.Access().ReadOnly() && !s.opts.EnableWrite {
		flag = " --enable-write-tools"
	}
	i := slices.IndexFunc(s.opts.Sets, func(own tool.Set) bool { return own.Name == set })
	switch {
	case flag != "" && s.opts.ReadOnlyBecause != "":
		return "It changes PagerDuty, and nothing may be changed here, because " + s.opts.ReadOnlyBecause + "."
	case s.opts.LeftOutBecause != "":
		return s.opts.LeftOutBecause
	}
	if i < 0 {
		var words strings.Builder
		for _, own := range s.opts.Sets {
			words.WriteString(own.Name + " ")
		}
		return fmt.Sprintf("It belongs to the toolset %s, which a person can add when starting the server: pagerduty-mcp %[2]s%[1]s%[3]s.", set, words.String(), flag)
	}
	var reasons []string
	if !slices.ContainsFunc(s.opts.Sets[i].Tools, func(own tool.Tool) bool { return own.Name() == t.Name() }) {
		reasons = append(reasons, "The person who started this server left it out by --tools or --exclude-tools.")
	}
	if flag != "" {
		reasons = append(reasons, "It changes PagerDuty, and this server is read-only: a person must start it with"+flag+".")
	}
	return strings.Join(reasons, " ")
}
