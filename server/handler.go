package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// handler is what every tool call goes through, stage by stage: the session of the
// caller's credential, Prepare, Run, and the result as JSON, or the words for what
// went wrong. It never returns a Go error, which mcp-go would turn into a JSON-RPC
// error that most clients hide from the model.
func (s *Server) handler(t tool.Tool, fixed map[string]any) mcpserver.ToolHandlerFunc {
	return func(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		text, err := s.carryOut(ctx, t, request, fixed)
		if err != nil {
			return mcp.NewToolResultError(explain(err)), nil
		}
		return mcp.NewToolResultText(string(text)), nil
	}
}

// carryOut is a call with its deadline and its line in the log.
func (s *Server) carryOut(ctx context.Context, t tool.Tool, request mcp.CallToolRequest, fixed map[string]any) ([]byte, error) {
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, s.opts.CallTimeout)
	defer cancel()
	text, err := s.run(ctx, t, request, fixed)
	if note, ok := accepted(err); ok {
		text, err = note, nil
	}
	s.record(ctx, t, time.Since(start), len(text), err)
	return text, err
}

// progressOf tells a call's client how far the call is, if the client wants to know
// and can be told in order; nil if not.
func progressOf(ctx context.Context) func(done, of int) {
	client, ok := ctx.Value(notifyKey{}).(notifier)
	if !ok || client.progressToken == nil {
		return nil
	}
	last := 0
	return func(done, of int) {
		if done <= last { // MCP wants it to grow
			return
		}
		last = done
		client.send(map[string]any{"jsonrpc": mcp.JSONRPC_VERSION, "method": "notifications/progress", "params": map[string]any{
			"progressToken": client.progressToken, "progress": done, "total": of, "message": fmt.Sprintf("%d of %d", done, of),
		}})
	}
}

// errPanicked is what a model is told of a tool that panicked; the log has more.
var errPanicked = errors.New("this tool failed because of a bug in pagerduty-mcp. It is not known how far it got: " +
	"check before repeating a change. The server's log has the details, for https://github.com/PagerDuty/pagerduty-mcp/issues")

// run carries a call out and turns a panic into an error.
func (s *Server) run(ctx context.Context, t tool.Tool, request mcp.CallToolRequest, fixed map[string]any) (text []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			// The value of a panic may hold an argument; a runtime error's can't.
			what := slog.String("panic", fmt.Sprintf("%T", p))
			if bug, ok := p.(runtime.Error); ok {
				what = slog.String("panic", bug.Error())
			}
			s.opts.Logger.ErrorContext(ctx, "tool panicked", "tool", t.Name(), what, "stack", string(debug.Stack()))
			text, err = nil, errPanicked
		}
	}()
	arguments, err := argumentsOf(request, fixed)
	if err != nil {
		return nil, err
	}
	prepared, err := t.Prepare(ctx, s.session, arguments, progressOf(ctx))
	if err != nil {
		return nil, err
	}
	result, err := prepared.Run(ctx)
	if err != nil {
		return nil, err
	}
	return result.JSON()
}

// argumentsOf are a request's arguments, with those that an alias fixes.
func argumentsOf(request mcp.CallToolRequest, fixed map[string]any) (json.RawMessage, error) {
	arguments := request.Params.RawArguments
	if len(arguments) == 0 && request.Params.Arguments != nil {
		var err error
		if arguments, err = json.Marshal(request.Params.Arguments); err != nil {
			return nil, tool.Wrong("the arguments are not valid JSON: give one JSON object")
		}
	}
	return tool.WithFixed(arguments, fixed)
}

// record logs one call: which tool, how long, how it ended. Never what it was
// called with, nor what came back.
func (s *Server) record(ctx context.Context, t tool.Tool, took time.Duration, size int, err error) {
	level, outcome := slog.LevelInfo, "ok"
	attrs := []slog.Attr{slog.String("tool", t.Name()), slog.Duration("duration", took)}
	var (
		wrong     *tool.ArgumentError
		answer    *pdapi.Error
		transport *pdapi.TransportError
	)
	switch {
	case err == nil:
		attrs = append(attrs, slog.Int("bytes", size))
	case errors.Is(ctx.Err(), context.Canceled):
		outcome = "canceled"
	case errors.As(err, &wrong):
		outcome = "wrong arguments"
	case errors.As(err, &answer):
		level, outcome = slog.LevelWarn, "refused by PagerDuty"
		attrs = append(attrs, slog.Int("status", answer.Status), slog.Int("code", answer.Code), slog.String("request_id", answer.RequestID))
	case errors.As(err, &transport):
		level, outcome = slog.LevelWarn, "no answer from PagerDuty"
		attrs = append(attrs, slog.Bool("timed_out", transport.TimedOut))
	case errors.Is(err, errPanicked):
		level, outcome = slog.LevelError, "panicked"
	default:
		level, outcome = slog.LevelWarn, "failed"
	}
	s.opts.Logger.LogAttrs(ctx, level, "tool call", append(attrs, slog.String("outcome", outcome))...)
}
