package server

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// How long the server waits for the requests at work before it stops them: after the
// client has closed its end, and after a signal. Whoever sends a signal commonly kills
// the process ten seconds later, and stopping, closing and logging take time as well.
const (
	patienceAfterEOF    = 60 * time.Second
	patienceAfterSignal = 8 * time.Second
	patienceAfterStop   = time.Second
)

// ServeStdio speaks MCP over in and out, one JSON message a line, until in ends or ctx
// does. Then it waits for the requests at work to be answered, and returns nil. It
// returns an error if in can't be read or out can't be written.
//
// It takes the place of mcp-go's stdio server, which cancels the calls at work when the
// input ends, loses a cancellation that overtakes its call, has pings wait behind
// calls, and changes the ids of requests.
func (s *Server) ServeStdio(ctx context.Context, in io.Reader, out io.Writer) error {
	// The requests outlive ctx, so that they can finish.
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	t := &stdio{mcp: s.mcp, log: s.opts.Logger, out: out, broken: make(chan struct{})}
	t.requests = requests{answer: t.answer, open: map[string]*request{}}
	session := &stdioSession{notifications: make(chan mcp.JSONRPCNotification, 64), ask: t.ask}
	if err := s.mcp.RegisterSession(working, session); err != nil {
		return fmt.Errorf("starting the session: %w", err)
	}
	defer s.mcp.UnregisterSession(working, session.SessionID())
	working = s.mcp.WithContext(working, session)
	forwarded := make(chan struct{})
	go func() {
		defer close(forwarded)
		t.forward(working, session.notifications)
	}()

	ended := make(chan error, 1)
	go func() { ended <- t.read(working, in) }()
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
	case <-t.broken:
	}
	t.finish(ctx, stop)
	// Nothing is written once the server has ended. A client that reads nothing holds
	// a write up, but not the end.
	stop()
	patience := time.NewTimer(time.Second)
	defer patience.Stop()
	select {
	case <-forwarded:
	case <-patience.C:
	}
	return errors.Join(err, t.writeError())
}

// stdio is the connection to one client, over two pipes.
type stdio struct {
	mcp      *mcpserver.MCPServer
	log      *slog.Logger
	requests requests
	// questions are the requests that the server has sent its client.
	questions questions

	writing sync.Mutex // held while a message is written
	out     io.Writer
	failed  error         // what went wrong when out could not be written
	broken  chan struct{} // closed when out could not be written
}

// read takes messages until in ends.
func (t *stdio) read(ctx context.Context, in io.Reader) error {
	lines := bufio.NewReaderSize(in, 64<<10)
	for {
		f, wrong, err := nextFrame(lines)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case wrong != nil:
			t.refuse(wrong)
		default:
			t.receive(ctx, f)
		}
	}
}

// receive handles one message. It never waits for PagerDuty: a ping or a cancellation
// may come next.
func (t *stdio) receive(ctx context.Context, f frame) {
	if f.method == string(mcp.MethodNotificationCancelled) {
		t.cancel(f)
	}
	switch {
	case f.method == "":
		t.questions.answered(f)
	case f.id == nil:
		_ = handle(ctx, t.mcp, t.log, f.message()) // a notification gets no answer
	default:
		queued := mayTakeLong(f.method)
		r, wrong := t.requests.add(ctx, f, queued)
		switch {
		case wrong != nil:
			t.refuse(wrong)
		case !queued:
			t.requests.run(r)
		}
	}
}

// cancel ends the request that a notification names. Both have the id in the bytes of
// the same client, so that the bytes can be compared.
func (t *stdio) cancel(f frame) {
	var params struct {
		RequestID json.RawMessage `json:"requestId"`
	}
	if json.Unmarshal(f.params, &params) == nil {
		t.requests.cancel(string(params.RequestID))
	}
}

// mayTakeLong reports whether the answer to a request may have to wait for PagerDuty or
// for a person. All other requests are answered from memory.
func mayTakeLong(method string) bool {
	switch mcp.MCPMethod(method) {
	case mcp.MethodToolsCall, mcp.MethodPromptsGet, mcp.MethodResourcesRead, mcp.MethodCompletionComplete, mcp.MethodSubscriptionsListen:
		return true
	}
	return false
}

// notifyKey is the context key under which a call finds its [notifier].
type notifyKey struct{}

// notifier sends the client messages about a call while the call is at work. They reach
// the client before the call's answer.
type notifier struct {
	send          func(message any)
	progressToken json.RawMessage // as the client wrote it; nil if it doesn't want to hear of progress
}

// answer answers a request.
func (t *stdio) answer(r *request) {
	message := r.message
	r.message = nil // frees the memory while the call lasts
	var answer mcp.JSONRPCMessage
	if r.ctx.Err() == nil {
		answer = handle(context.WithValue(r.ctx, notifyKey{}, notifier{t.send, r.frame.progressToken}), t.mcp, t.log, message)
	} else { // the server is ending; or the request was canceled, and wants no answer
		answer = mcp.JSONRPCError{Error: mcp.JSONRPCErrorDetails{Code: codeUnavailable, Message: whyEnding}}
	}
	if !t.requests.settle(r) {
		return
	}
	_, line := answerTo(t.log, r.frame.id, r.frame.method, answer)
	t.write(line)
}

// answerTo is the line that answers the request with an id, or an unknown request if id
// is nil, and the code of the error in it; 0 for a result.
func answerTo(log *slog.Logger, id json.RawMessage, method string, answer mcp.JSONRPCMessage) (code int, line []byte) {
	member, value := "result", any(nil)
	switch a := answer.(type) {
	case mcp.JSONRPCResponse:
		value = a.Result
	case mcp.JSONRPCError:
		a.Error.Message = withoutGoTypes(method, a.Error.Message)
		member, value, code = "error", a.Error, a.Error.Code
	}
	data, err := json.Marshal(value)
	if err != nil {
		log.Error("encoding an answer failed", "error", err)
		member, code = "error", mcp.INTERNAL_ERROR
		data = []byte(`{"code":-32603,"message":"the answer could not be written as JSON; the server's log says why"}`)
	}
	return code, answerLine(id, member, data)
}

// withoutGoTypes replaces mcp-go's words for parameters that it can't decode: they name
// Go's types, which mean nothing to a client.
func withoutGoTypes(method, message string) string {
	if strings.HasPrefix(message, "unparsable ") {
		return fmt.Sprintf("the parameters of %s are not of the form that MCP gives them; compare them with https://modelcontextprotocol.io/specification", method)
	}
	return message
}

// handle has mcp-go handle a message. If that panics, the answer says so.
func handle(ctx context.Context, s *mcpserver.MCPServer, log *slog.Logger, message json.RawMessage) (answer mcp.JSONRPCMessage) {
	defer func() {
		if p := recover(); p != nil {
			log.ErrorContext(ctx, "request panicked", "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			answer = mcp.JSONRPCError{Error: mcp.JSONRPCErrorDetails{
				Code: mcp.INTERNAL_ERROR, Message: "this failed because of a bug in pagerduty-mcp; the server's log has the details, for https://github.com/PagerDuty/pagerduty-mcp/issues"}}
		}
	}()
	return s.HandleMessage(ctx, message)
}

// finish waits for the requests at work to be answered, and calls stop if that takes
// too long. Once a signal has come, which ends ctx, it has less patience.
func (t *stdio) finish(ctx context.Context, stop context.CancelFunc) {
	answered := t.requests.end()
	patience := time.NewTimer(patienceAfterEOF)
	defer patience.Stop()
	signal := ctx.Done()
waiting:
	for {
		select {
		case <-answered:
			return
		case <-t.broken: // no answer can reach the client
			break waiting
		case <-signal:
			patience.Reset(patienceAfterSignal)
			signal = nil
		case <-patience.C:
			t.log.Warn("ending with requests unanswered", "requests", t.requests.unanswered())
			break waiting
		}
	}
	stop()
	patience.Reset(patienceAfterStop)
	select {
	case <-answered:
	case <-patience.C:
	}
}

// forward writes the notifications that mcp-go sends by itself.
func (t *stdio) forward(ctx context.Context, notifications <-chan mcp.JSONRPCNotification) {
	for {
		select {
		case n := <-notifications:
			t.send(n)
		case <-ctx.Done():
			return
		}
	}
}

// refuse answers a message that can't be handled.
func (t *stdio) refuse(wrong *frameError) {
	_, line := answerTo(t.log, wrong.id, "", mcp.JSONRPCError{Error: mcp.JSONRPCErrorDetails{Code: wrong.code, Message: wrong.message}})
	t.write(line)
}

// send sends the client a message that is not an answer.
func (t *stdio) send(message any) {
	data, err := json.Marshal(message)
	if err != nil {
		t.log.Error("encoding a message failed", "error", err)
		return
	}
	t.write(data)
}

// write writes one message. If it can't be written, the server ends.
func (t *stdio) write(message []byte) {
	t.writing.Lock()
	defer t.writing.Unlock()
	if t.failed != nil {
		return
	}
	if _, err := t.out.Write(append(message, '\n')); err != nil {
		t.failed = fmt.Errorf("writing to the client: %w", err)
		close(t.broken)
	}
}

// writeError is the error of the message that could not be written, if there is one. It
// does not wait for a write that goes on: the client may never read.
func (t *stdio) writeError() error {
	select {
	case <-t.broken:
		t.writing.Lock()
		defer t.writing.Unlock()
		return t.failed
	default:
		return nil
	}
}
