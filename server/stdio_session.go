package server

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// stdioSession is what mcp-go knows of the client at the other end of stdio.
type stdioSession struct {
	notifications chan mcp.JSONRPCNotification
	// ask sends the client a request and waits for the result.
	ask func(ctx context.Context, method string, params any) (json.RawMessage, error)

	mu           sync.Mutex
	initialized  bool
	version      string
	client       mcp.Implementation
	capabilities mcp.ClientCapabilities
}

var (
	_ mcpserver.SessionWithClientInfo  = (*stdioSession)(nil)
	_ mcpserver.SessionWithElicitation = (*stdioSession)(nil)
)

// RequestElicitation asks the client's user.
func (s *stdioSession) RequestElicitation(ctx context.Context, request mcp.ElicitationRequest) (*mcp.ElicitationResult, error) {
	raw, err := s.ask(ctx, request.Method, request.Params)
	if err != nil {
		return nil, err
	}
	var result mcp.ElicitationResult
	if err := json.Unmarshal(raw, &result); err != nil {
		return nil, fmt.Errorf("the client's answer to a question is not of the form that MCP gives it: %w", err)
	}
	return &result, nil
}

func (s *stdioSession) SessionID() string { return "stdio" }

func (s *stdioSession) NotificationChannel() chan<- mcp.JSONRPCNotification { return s.notifications }

func (s *stdioSession) Initialize() { locked(s, func() bool { s.initialized = true; return true }) }

func (s *stdioSession) Initialized() bool { return locked(s, func() bool { return s.initialized }) }

func (s *stdioSession) GetClientInfo() mcp.Implementation {
	return locked(s, func() mcp.Implementation { return s.client })
}

func (s *stdioSession) SetClientInfo(client mcp.Implementation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.client = client
}

func (s *stdioSession) GetClientCapabilities() mcp.ClientCapabilities {
	return locked(s, func() mcp.ClientCapabilities { return s.capabilities })
}

func (s *stdioSession) SetClientCapabilities(c mcp.ClientCapabilities) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.capabilities = c
}

func (s *stdioSession) ProtocolVersion() string {
	return locked(s, func() string { return s.version })
}

func (s *stdioSession) SetProtocolVersion(version string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version = version
}

func locked[T any](s *stdioSession, read func() T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return read()
}
