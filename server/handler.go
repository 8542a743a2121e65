package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// handler is what every tool call goes through, stage by stage: the session of the
// caller's credential, Prepare, Run, and the result as JSON, or the words for what
// went wrong. It never returns a Go error, which mcp-go would turn into a JSON-RPC
// error that most clients hide from the model.
func (s *Server) handler(t tool.Tool, fixed map[string]any) mcpserver.ToolHandlerFunc {
	return func(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		answer, err := s.carryOut(ctx, t, request, fixed)
		switch {
		case err != nil:
			return mcp.NewToolResultError(explain(err)), nil
		case answer.asks != nil:
			return answer.asks, nil
		}
		return mcp.NewToolResultText(string(answer.text)), nil
	}
}

// reply is what a call is answered with: a text, or a question to the client's user.
type reply struct {
	text []byte
	asks *mcp.CallToolResult
}

// carryOut is a call with its line in the log.
func (s *Server) carryOut(ctx context.Context, t tool.Tool, request mcp.CallToolRequest, fixed map[string]any) (reply, error) {
	start := time.Now()
	ended := func(string) {}
	if s.opts.Observe != nil {
		ctx, ended = s.opts.Observe.Call(ctx, t.Name())
	}
	if wantsLockdown(request.Params.Meta) {
		ctx = tool.WithLockdown(ctx)
	}
	answer, err := s.run(ctx, t, request, fixed)
	if note, ok := accepted(err); ok {
		answer, err = reply{text: note}, nil
	}
	ended(s.record(ctx, t, time.Since(start), len(answer.text), err))
	return answer, err
}

// Observer is told of calls as they begin. It knows neither what they are called with nor
// what they answer.
type Observer interface {
	// Call begins a call of a tool. It returns the call's context, and a function that
	// is called with the outcome when the call has ended.
	Call(ctx context.Context, tool string) (context.Context, func(outcome string))
}

// lockdownKey is the member of a request's _meta by which a client, not its model, has the
// answer to this request leave out what --lockdown leaves out of all.
const lockdownKey = "pagerduty-mcp/lockdown"

// wantsLockdown reports whether a request asks for a lockdown. In doubt it does: there is
// nothing that takes back the server's.
func wantsLockdown(meta *mcp.Meta) bool {
	if meta == nil {
		return false
	}
	asked, there := meta.AdditionalFields[lockdownKey]
	return there && asked != nil && asked != false
}

// progressOf tells a call's client how far the call is, if the client wants to know
// and can be told in order; if not, whoever runs this process.
func (s *Server) progressOf(ctx context.Context) func(done, of int) {
	client, ok := ctx.Value(notifyKey{}).(notifier)
	if !ok || client.progressToken == nil {
		return s.opts.Progress
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
func (s *Server) run(ctx context.Context, t tool.Tool, request mcp.CallToolRequest, fixed map[string]any) (answer reply, err error) {
	defer func() {
		if p := recover(); p != nil {
			// The value of a panic may hold an argument; a runtime error's can't.
			what := slog.String("panic", fmt.Sprintf("%T", p))
			if bug, ok := p.(runtime.Error); ok {
				what = slog.String("panic", bug.Error())
			}
			s.opts.Logger.ErrorContext(ctx, "tool panicked", "tool", t.Name(), what, "stack", string(debug.Stack()))
			answer, err = reply{}, errPanicked
		}
	}()
	arguments, err := argumentsOf(request, fixed)
	if err != nil {
		return reply{}, err
	}
	limited, cancel := context.WithTimeout(ctx, s.opts.CallTimeout)
	defer cancel()
	by := s.callerOf(ctx)
	if t.Access().ReadOnly() {
		prepared, err := t.Prepare(limited, by.session, arguments, s.progressOf(ctx))
		if err != nil {
			return reply{}, err
		}
		return answered(prepared.Run(limited))
	}
	own, err := takeControl(arguments)
	if err != nil {
		return reply{}, err
	}
	prepared, err := s.prepare(limited, by, t, own, request.Params.RequestState, s.progressOf(ctx))
	if err != nil {
		return reply{}, err
	}
	if err := s.opts.Policy.check(limited, by.session.Client.Reader, prepared); err != nil {
		return reply{}, err
	}
	if own.dryRun || s.opts.DryRun {
		return answered(prepared.Rehearse(limited))
	}
	return s.change(ctx, by, prepared, request, own)
}

// prepare prepares a change. One that a person has confirmed means the time when they were
// asked: what they saw as tomorrow stays that day.
func (s *Server) prepare(ctx context.Context, by *caller, t tool.Tool, own control, state string, progress func(done, of int)) (*tool.Prepared, error) {
	for _, token := range []string{state, own.token} {
		asked := by.tokens.asked(token)
		if age := by.tokens.now().Sub(asked); age >= 0 && age <= confirmLasts {
			return t.PrepareAt(ctx, by.session, asked, own.rest, progress)
		}
	}
	return t.Prepare(ctx, by.session, own.rest, progress)
}

// change makes a change that is allowed: once a person has confirmed it, where that is
// wanted, and with its lines in the audit log.
func (s *Server) change(ctx context.Context, by *caller, prepared *tool.Prepared, request mcp.CallToolRequest, own control) (reply, error) {
	// A person is not asked about what could not be done anyway.
	if err := by.writes.take(prepared.Pages(), true); err != nil {
		return reply{}, err
	}
	held, err := s.confirm(ctx, by, prepared, request, own)
	switch {
	case err != nil:
		return reply{}, err
	case held.reply != nil:
		return *held.reply, nil
	case held.asked != nil:
		prepared = held.asked
	}
	if err := by.writes.take(prepared.Pages(), false); err != nil {
		return reply{}, err
	}
	// How long a person took to answer does not count.
	limited, cancel := context.WithTimeout(ctx, s.opts.CallTimeout)
	defer cancel()
	writes := &pdapi.Writes{}
	prepared.Record(writes)
	run := func() (*tool.Result, error) { return prepared.Run(limited) }
	if s.opts.Audit != nil {
		run = func() (*tool.Result, error) {
			return s.audited(limited, by, prepared, s.whoCalls(ctx), held.how, writes)
		}
	}
	result, err := run()
	if len(writes.Made()) == 0 {
		by.writes.giveBack(prepared.Pages())
	}
	return answered(result, err)
}

// answered is the result of a call as a model reads it.
func answered(result *tool.Result, err error) (reply, error) {
	if err != nil {
		return reply{}, err
	}
	text, err := result.JSON()
	return reply{text: text}, err
}

// whoCalls names who makes a call, where there is more than one, and by which program.
func (s *Server) whoCalls(ctx context.Context) string {
	request := s.requestOf(ctx)
	program := programOf(ctx)
	if program == "" {
		program = wording.Shorten(wording.Clean(request.agent), 100)
	}
	if request.caller.name == "" || program == "" {
		return request.caller.name + program
	}
	return request.caller.name + ", with " + program
}

// programOf is the program that makes a call, as it names itself.
func programOf(ctx context.Context) string {
	client := mcp.Implementation{}
	if info := mcpserver.RequestProtocolInfoFromContext(ctx); info != nil && info.ClientInfo != nil {
		client = *info.ClientInfo
	} else if session, ok := mcpserver.ClientSessionFromContext(ctx).(mcpserver.SessionWithClientInfo); ok {
		client = session.GetClientInfo()
	}
	return wording.Shorten(wording.Clean(strings.TrimSpace(client.Name+" "+client.Version)), 100)
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

// record logs one call: which tool, how long, how it ended, which it returns. Never what
// it was called with, nor what came back.
func (s *Server) record(ctx context.Context, t tool.Tool, took time.Duration, size int, err error) (outcome string) {
	level := slog.LevelInfo
	outcome = "ok"
	attrs := []slog.Attr{slog.String("tool", t.Name()), slog.Duration("duration", took)}
	if request := s.requestOf(ctx); request.id != "" {
		attrs = append(attrs, slog.String("caller", request.caller.name), slog.String("request", request.id))
	}
	var (
		wrong     *tool.ArgumentError
		answer    *pdapi.Error
		transport *pdapi.TransportError
		denied    *PolicyError
	)
	switch {
	case err == nil:
		attrs = append(attrs, slog.Int("bytes", size))
	case errors.Is(ctx.Err(), context.Canceled):
		outcome = "canceled"
	case errors.As(err, &wrong):
		outcome = "wrong arguments"
	case errors.Is(err, errDeclined):
		outcome = "declined"
	case errors.As(err, &denied):
		outcome = "denied by policy"
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
	return outcome
}
