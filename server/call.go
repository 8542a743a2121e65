package server

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// served is a tool under one of its names.
type served struct {
	tool  tool.Tool
	fixed map[string]any // the arguments that the name stands for
}

// Call makes one call as a client's would be made, for whoever needs no protocol.
// An error is the call's own, such as a [*tool.ArgumentError]; [Explain] has the
// words for it.
func (s *Server) Call(ctx context.Context, name string, arguments json.RawMessage) (text []byte, err error) {
	called, ok := s.tools[name]
	if !ok {
		return nil, errors.New(s.explainUnknown(name))
	}
	var request mcp.CallToolRequest
	request.Params.Name, request.Params.RawArguments = name, arguments
	answer, err := s.carryOut(ctx, called.tool, request, called.fixed)
	return answer.text, err
}

// Explain says what a person needs to know of an error of [Server.Call]: what
// happened, and what to do next.
func Explain(err error) string { return explain(err) }

// Counts is how many tools are served that only read, and how many that change something.
func (s *Server) Counts() (reads, writes int) {
	for name, each := range s.tools {
		switch {
		case name != each.tool.Name(): // another name of a tool
		case each.tool.Access().ReadOnly():
			reads++
		default:
			writes++
		}
	}
	return reads, writes
}
