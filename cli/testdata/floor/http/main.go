// Command http is what a server over HTTP takes at least: one made with mcp-go, with one
// tool, and nothing of ours. It prints where it serves.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	s := server.NewMCPServer("floor", "1", server.WithToolCapabilities(false))
	s.AddTool(mcp.NewTool("nothing"), func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return mcp.NewToolResultText("nothing"), nil
	})
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("http://%s/mcp\n", on.Addr())
	panic(http.Serve(on, server.NewStreamableHTTPServer(s, server.WithStateLess(true))))
}
