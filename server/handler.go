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

// handler is what every tool call goes through: deadline, decode, run, recover,
// explain, log. It never returns a Go error, which mcp-go would turn into a
// JSON-RPC error that most clients hide from the model.
func (s *Server) handler(t tool.Tool) mcpserver.ToolHandlerFunc {
	return func(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(ctx, s.opts.CallTimeout)
		defer cancel()
		ctx = tool.WithDirectory(ctx, s.names)
		if s.opts.Now != nil {
			ctx = tool.WithClock(ctx, s.opts.Now)
		}
		result, err := s.run(withProgress(ctx, request), t, request)
		s.record(ctx, t, time.Since(start), len(result), err)
		if err != nil {
			return mcp.NewToolResultError(explain(err)), nil
		}
		return mcp.NewToolResultText(string(result)), nil
	}
}

// withProgress has a call tell its client how far it is, if the client wants to
// know and can be told in order.
func withProgress(ctx context.Context, request mcp.CallToolRequest) context.Context {
	send, ok := ctx.Value(notifyKey{}).(func(any))
	if !ok || request.Params.Meta == nil || request.Params.Meta.ProgressToken == nil {
		return ctx
	}
	token, last := request.Params.Meta.ProgressToken, 0
	return pdapi.WithProgress(ctx, func(done, of int) {
		if done <= last { // MCP wants it to grow
			return
		}
		last = done
		send(map[string]any{"jsonrpc": mcp.JSONRPC_VERSION, "method": "notifications/progress", "params": map[string]any{
			"progressToken": token, "progress": done, "total": of, "message": fmt.Sprintf("%d of %d", done, of),
		}})
	})
}

// errPanicked is what a model is told of a tool that panicked; the log has more.
var errPanicked = errors.New("this tool failed because of a bug in pagerduty-mcp. It is not known how far it got: " +
	"check before repeating a change. The server's log has the details, for https://github.com/PagerDuty/pagerduty-mcp/issues")

// run calls the tool and turns a panic into an error.
func (s *Server) run(ctx context.Context, t tool.Tool, request mcp.CallToolRequest) (result []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			// The value of a panic may hold an argument; a runtime error's can't.
			what := slog.String("panic", fmt.Sprintf("%T", p))
			if bug, ok := p.(runtime.Error); ok {
				what = slog.String("panic", bug.Error())
			}
			s.opts.Logger.ErrorContext(ctx, "tool panicked", "tool", t.Name(), what, "stack", string(debug.Stack()))
			result, err = nil, errPanicked
		}
	}()
	arguments := request.Params.RawArguments
	if len(arguments) == 0 && request.Params.Arguments != nil {
		if arguments, err = json.Marshal(request.Params.Arguments); err != nil {
			return nil, tool.Wrong("the arguments are not valid JSON: give one JSON object")
		}
	}
	return t.Call(ctx, s.opts.Client, arguments)
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
