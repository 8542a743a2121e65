package server_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mark3labs/mcp-go/mcp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

// TestToolDefinitions holds what clients see of each toolset, read-only and not.
func TestToolDefinitions(t *testing.T) {
	t.Parallel()
	var want []string
	for _, set := range toolsets.All() {
		for name, write := range map[string]bool{set.Name: true, set.Name + "-read-only": false} {
			want = append(want, name+".json")
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				options := []rig.Option{rig.WithSets(set)}
				if !write {
					options = append(options, rig.WithoutWrites())
				}
				r := rig.New(t, options...)
				list, err := r.Client.ListTools(t.Context(), mcp.ListToolsRequest{})
				if err != nil {
					t.Fatal(err)
				}
				got, err := json.MarshalIndent(map[string]any{"instructions": r.Instructions, "tools": list.Tools}, "", "  ")
				if err != nil {
					t.Fatal(err)
				}
				rig.Golden(t, "testdata/tools/"+name+".json", append(got, '\n'))
				if len(r.Requests()) > 0 {
					t.Errorf("listing tools asked PagerDuty for %v", r.Sent())
				}
			})
		}
	}
	rig.OnlyFiles(t, "testdata/tools", want)
}

// TestGate shows that a server without write tools neither lists nor calls them.
func TestGate(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.WithoutWrites())
	list, err := r.Client.ListTools(t.Context(), mcp.ListToolsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var listed, readers []string
	for _, listedTool := range list.Tools {
		listed = append(listed, listedTool.Name)
		if a := listedTool.Annotations; !*a.ReadOnlyHint || *a.DestructiveHint || !*a.IdempotentHint || !*a.OpenWorldHint || a.Title == "" {
			t.Errorf("%s has the wrong hints: %+v", listedTool.Name, a)
		}
	}
	for _, made := range rig.Tools() {
		if made.Access().ReadOnly() {
			readers = append(readers, made.Name())
			continue
		}
		var request mcp.CallToolRequest
		request.Params.Name = made.Name()
		result, err := r.Client.CallTool(t.Context(), request)
		if err != nil || !result.IsError || !strings.Contains(fmt.Sprint(result.Content), "--enable-write-tools") {
			t.Errorf("%s can be called although writes are not enabled: %v, %v", made.Name(), result, err)
		}
	}
	slices.Sort(listed)
	slices.Sort(readers)
	if diff := cmp.Diff(readers, listed); diff != "" {
		t.Errorf("listed tools are not the ones that read (-want +got):\n%s", diff)
	}
	if len(r.Requests()) > 0 {
		t.Errorf("sent %v", r.Sent())
	}
}
