package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// addResources offers the resources whose tool is served and only reads.
func (s *Server) addResources(resources []tool.Resource) {
	for _, r := range resources {
		answered, ok := s.tools[r.Tool]
		if !ok || !answered.tool.Access().ReadOnly() {
			continue
		}
		s.resources[r.URI] = r
		read := s.resourceHandler(r, answered.tool)
		if len(r.Variables) == 0 {
			s.mcp.AddResource(mcp.Resource{URI: r.URI, Name: r.Name, Title: r.Title, Description: r.Description, MIMEType: resourceType}, read)
			continue
		}
		template := mcp.NewResourceTemplate(r.URI, r.Name, mcp.WithTemplateDescription(r.Description), mcp.WithTemplateMIMEType(resourceType))
		template.Title = r.Title
		s.mcp.AddResourceTemplate(template, read)
	}
}

// resourceType is what resources are: what tools answer.
const resourceType = "application/json"

// resourceHandler reads a resource: it makes the tool's call, with its deadline and its
// line in the log. What goes wrong is told in the words of the tool, as a JSON-RPC
// error: a resource has no other place for it.
func (s *Server) resourceHandler(r tool.Resource, t tool.Tool) func(context.Context, mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
	return func(ctx context.Context, request mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
		variables := map[string]string{}
		for _, v := range r.Variables {
			variables[v.Name] = variable(request.Params.Arguments[v.Name])
		}
		arguments, err := json.Marshal(r.Arguments(variables))
		if err != nil {
			return nil, fmt.Errorf("encoding the arguments of %s: %w", r.Tool, err)
		}
		var call mcp.CallToolRequest
		call.Params.Name, call.Params.RawArguments, call.Params.Meta = r.Tool, arguments, request.Params.Meta
		answer, err := s.carryOut(ctx, t, call, nil)
		if err != nil {
			return nil, errors.New(explain(err))
		}
		return []mcp.ResourceContents{mcp.TextResourceContents{URI: request.Params.URI, MIMEType: resourceType, Text: string(answer.text)}}, nil
	}
}

// variable is the value of a template's variable. mcp-go has a list of them.
func variable(given any) string {
	switch v := given.(type) {
	case string:
		return v
	case []string:
		if len(v) > 0 {
			return v[0]
		}
	}
	return ""
}
