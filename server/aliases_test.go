package server_test

import (
	"context"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// TestAliases holds that another name of a tool is callable wherever the tool is, and
// nowhere else, and is listed nowhere.
func TestAliases(t *testing.T) {
	t.Parallel()
	type input struct {
		Group string `json:"group_by,omitzero" enum:"service,team"`
		Limit int    `json:"limit" default:"5"`
	}
	show := func(_ context.Context, in input) (map[string]any, error) {
		return map[string]any{"group": in.Group, "limit": in.Limit}, nil
	}
	set := tool.Set{Name: "test", Tools: []tool.Tool{
		tool.Read("get_metrics", "Get metrics", "", func(ctx context.Context, _ tool.Reading, in input) (map[string]any, error) { return show(ctx, in) }).
			Known("get_metrics_by_team", map[string]any{"group_by": "team"}),
		tool.Delete("drop_metrics", "Drop metrics", "", func(ctx context.Context, _ tool.Writing, in input) (map[string]any, error) { return show(ctx, in) }).
			Known("delete_metrics", nil),
	}}
	reading := rig.New(t, rig.WithSets(set), rig.WithoutWrites())
	writing := rig.New(t, rig.WithSets(set))

	if got := reading.Answer(t, "get_metrics_by_team", rig.Args{"limit": 7}); got["group"] != "team" || got["limit"] != 7.0 {
		t.Errorf("got %v", got)
	}
	if said := reading.Refusal(t, "get_metrics_by_team", rig.Args{"group_by": "service"}); !strings.Contains(said, "stands for group_by") {
		t.Errorf("%s", said)
	}
	if got := writing.Answer(t, "delete_metrics", rig.Args{}); got["limit"] != 5.0 {
		t.Errorf("got %v", got)
	}
	var request mcp.CallToolRequest
	request.Params.Name = "delete_metrics"
	if result, err := reading.Client.CallTool(t.Context(), request); err == nil && !result.IsError {
		t.Error("a tool that writes is callable by another name, though it isn't enabled")
	}
	listed, err := writing.Client.ListTools(t.Context(), mcp.ListToolsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, made := range listed.Tools {
		if strings.Contains(made.Name, "_by_team") || made.Name == "delete_metrics" {
			t.Errorf("%s is listed", made.Name)
		}
	}
	if len(listed.Tools) != 2 {
		t.Errorf("%d tools are listed", len(listed.Tools))
	}
}
