package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// Limits of the stdio transport.
const (
	maxMessage = 4 << 20 // bytes of one message from the client
	maxCalls   = 64      // tool calls at work at a time; more wait

	// How long calls in flight may go on after the client has closed its end,
	// and after a signal, whose sender will not wait long.
	drainAfterEOF    = 60 * time.Second
	drainAfterSignal = 10 * time.Second
)

// ServeStdio speaks MCP over in and out, a JSON message a line, until in ends or
// ctx does. Then calls in flight are answered before it returns nil. It returns
// an error only if in can't be read.
//
// It takes the place of mcp-go's stdio server, which cancels what is in flight
// at the end of input, loses a cancellation that overtakes its call, and makes
// pings wait behind calls.
func (s *Server) ServeStdio(ctx context.Context, in io.Reader, out io.Writer) error {
	// Calls outlive ctx, until they are drained.
	calls, cancelCalls := context.WithCancel(context.WithoutCancel(ctx))
	defer cancelCalls()
	t := &stdio{
		mcp: s.mcp, log: s.opts.Logger, out: out, cancelCalls: cancelCalls,
		inFlight: map[string]*inFlight{}, slots: make(chan struct{}, maxCalls), workers: newWorkers(maxCalls, calls.Done()),
	}
	session := &stdioSession{notifications: make(chan mcp.JSONRPCNotification, 64)}
	if err := s.mcp.RegisterSession(calls, session); err != nil {
		return fmt.Errorf("starting the session: %w", err)
	}
	defer s.mcp.UnregisterSession(calls, session.SessionID())
	calls = context.WithValue(s.mcp.WithContext(calls, session), notifyKey{}, t.send)
	go t.forward(calls, session.notifications)

	ended := make(chan error, 1)
	go func() { ended <- t.read(calls, in) }()
	select {
	case err := <-ended:
		t.drain(drainAfterEOF)
		return err
	case <-ctx.Done():
		t.drain(drainAfterSignal)
		return nil
	}
}

// notifyKey is where a call finds the function that sends a message to its
// client at once: before its answer, in order.
type notifyKey struct{}

// stdio is one client at the other end of a pipe.
type stdio struct {
	mcp         *mcpserver.MCPServer
	log         *slog.Logger
	cancelCalls context.CancelFunc
	slots       chan struct{}

	writing sync.Mutex // one message at a time
	out     io.Writer

	mu       sync.Mutex
	inFlight map[string]*inFlight // by request id, as the client wrote it
	draining bool
	requests sync.WaitGroup

	workers workers
}

// inFlight is a request that is to be answered. Requests are told apart by
// address: once one is canceled, the client may use its id for another.
type inFlight struct{ cancel context.CancelFunc }

// envelope is what the transport needs to know of a message.
type envelope struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params struct {
		RequestID json.RawMessage `json:"requestId"`
	} `json:"params"`
}

// read takes messages until in ends. A last line without a newline counts.
func (t *stdio) read(ctx context.Context, in io.Reader) error {
	lines := bufio.NewReaderSize(in, 64<<10)
	for {
		line, size, err := readLine(lines)
		switch {
		case size > maxMessage:
			t.refuse(idOf(line), mcp.INVALID_REQUEST, fmt.Sprintf("the message has %d bytes; at most %d are accepted", size, maxMessage))
		case len(bytes.TrimSpace(line)) > 0:
			t.receive(ctx, bytes.TrimSpace(line))
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading from the client: %w", err)
		}
	}
}

// readLine reads a line. Of one that is too long it returns the size and the two
// ends, which are where a message's id is.
func readLine(r *bufio.Reader) (line []byte, size int, err error) {
	const keep = 4 << 10
	for {
		part, err := r.ReadSlice('\n')
		size += len(part)
		line = append(line, part...)
		if size > maxMessage && len(line) > 3*keep {
			line = append(line[:keep], line[len(line)-keep:]...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, size, err
		}
	}
}

var (
	leadingID  = regexp.MustCompile(`^\s*\{(?:\s*"(?:jsonrpc|method)"\s*:\s*"[^"]*"\s*,)*\s*"id"\s*:\s*(\d+|"[^"\\]*")`)
	trailingID = regexp.MustCompile(`"id"\s*:\s*(\d+|"[^"\\]*")\s*(?:,\s*"jsonrpc"\s*:\s*"[^"]*"\s*)?\}\s*$`)
)

// idOf finds the id in the two ends of a message, so that its sender, who waits
// for an answer with that id, gets one.
func idOf(ends []byte) json.RawMessage {
	for _, pattern := range []*regexp.Regexp{leadingID, trailingID} {
		if m := pattern.FindSubmatch(ends); m != nil {
			return json.RawMessage(m[1])
		}
	}
	return nil
}

// receive handles one message.
func (t *stdio) receive(ctx context.Context, line []byte) {
	var e envelope
	if err := json.Unmarshal(line, &e); err != nil {
		var wrongType *json.UnmarshalTypeError
		if !errors.As(err, &wrongType) {
			t.refuse(nil, mcp.PARSE_ERROR, "the message is not valid JSON; send one JSON-RPC message a line")
			return
		}
		if line[0] != '{' {
			t.refuse(nil, mcp.INVALID_REQUEST, "the message is not a JSON object; batches are not supported, send one JSON-RPC message a line")
			return
		}
		// Parameters of an odd form are mcp-go's to refuse.
	}
	hasID := len(e.ID) > 0 && string(e.ID) != "null"
	switch {
	case e.Method == "notifications/cancelled":
		t.cancel(string(e.Params.RequestID))
	case e.Method == "":
		if !hasID { // otherwise an answer to a request that was never made
			t.refuse(nil, mcp.INVALID_REQUEST, "the message has no method")
		}
	case !hasID:
		_ = t.handle(ctx, nil, line)
	default:
		t.begin(ctx, e, line)
	}
}

// begin starts a request. Only tool calls can wait for one another, so that a
// ping never does.
func (t *stdio) begin(ctx context.Context, e envelope, line []byte) {
	id := string(e.ID)
	ctx, cancel := context.WithCancel(ctx)
	t.mu.Lock()
	_, taken := t.inFlight[id]
	if taken || t.draining {
		t.mu.Unlock()
		cancel()
		if taken {
			t.refuse(e.ID, mcp.INVALID_REQUEST, "a request with this id is still at work; give every request an id of its own")
		}
		return
	}
	this := &inFlight{cancel}
	t.inFlight[id] = this
	alone := len(t.inFlight) == 1
	t.requests.Add(1)
	t.mu.Unlock()

	work := func() {
		defer t.requests.Done()
		defer cancel()
		if e.Method == string(mcp.MethodToolsCall) {
			select {
			case t.slots <- struct{}{}:
				defer func() { <-t.slots }()
			case <-ctx.Done():
			}
		}
		var answer any
		if ctx.Err() == nil {
			answer = t.handle(ctx, e.ID, line)
		}
		t.mu.Lock()
		wanted := t.inFlight[id] == this // not if it was canceled: then no answer may be sent
		if wanted {
			delete(t.inFlight, id)
		}
		t.mu.Unlock()
		if wanted && answer != nil {
			t.send(answer)
		}
	}
	switch e.Method {
	case string(mcp.MethodInitialize), // what follows builds on it
		string(mcp.MethodPing): // done before another goroutine would have begun
		work()
		return
	}
	t.workers.run(work)
	if alone {
		// Let it run here and now: this goroutine is about to block its thread in
		// a read, and to wait until another thread has taken over costs more than
		// much of the work.
		runtime.Gosched()
	}
}

// handle lets mcp-go answer a message. What panics there is answered, too.
func (t *stdio) handle(ctx context.Context, id json.RawMessage, line []byte) (answer any) {
	defer func() {
		if p := recover(); p != nil {
			t.log.ErrorContext(ctx, "request panicked", "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			answer = refusal(id, mcp.INTERNAL_ERROR, "internal error")
		}
	}()
	if response := t.mcp.HandleMessage(ctx, line); response != nil {
		return response
	}
	return nil
}

// cancel ends a request that the client no longer wants, whether it is at work
// or still waits.
func (t *stdio) cancel(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if request, ok := t.inFlight[id]; ok {
		delete(t.inFlight, id)
		request.cancel()
	}
}

// drain waits until the requests in flight are answered, but not for ever.
func (t *stdio) drain(patience time.Duration) {
	t.mu.Lock()
	t.draining = true
	waiting := len(t.inFlight)
	t.mu.Unlock()
	done := make(chan struct{})
	go func() {
		t.requests.Wait()
		close(done)
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-done:
		return
	case <-timer.C:
		t.log.Warn("ending with calls unanswered", "calls", waiting)
	}
	t.cancelCalls()
	select { // calls end soon once canceled
	case <-done:
	case <-time.After(time.Second):
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

func (t *stdio) refuse(id json.RawMessage, code int, message string) {
	t.send(refusal(id, code, message))
}

// refusal is a JSON-RPC error; without an id it answers no request in particular.
func refusal(id json.RawMessage, code int, message string) any {
	if len(id) == 0 {
		id = json.RawMessage("null")
	}
	return map[string]any{"jsonrpc": mcp.JSONRPC_VERSION, "id": id, "error": map[string]any{"code": code, "message": message}}
}

// send writes a message. When the client's end is gone nobody wants the calls
// in flight any more.
func (t *stdio) send(message any) {
	data, err := json.Marshal(message)
	if err != nil {
		t.log.Error("encoding a message failed", "error", err)
		return
	}
	t.writing.Lock()
	defer t.writing.Unlock()
	if _, err := t.out.Write(append(data, '\n')); err != nil {
		t.log.Warn("the client is gone", "error", err)
		t.cancelCalls()
	}
}

// stdioSession is mcp-go's view of the client.
type stdioSession struct {
	notifications chan mcp.JSONRPCNotification

	mu           sync.Mutex
	initialized  bool
	version      string
	client       mcp.Implementation
	capabilities mcp.ClientCapabilities
}

var _ mcpserver.SessionWithClientInfo = (*stdioSession)(nil)

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
