package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// exchange is one message from a client, and what it is answered with.
type exchange struct {
	http    *HTTP
	mcp     *mcpserver.MCPServer
	header  http.Header
	request incoming
	place   *place
	stream  *stream
}

// message handles the message in the body of a request.
func (h *HTTP) message(x *exchange, connection context.Context, body []byte) *refusal {
	f, wrong := newFrame(body)
	if wrong != nil {
		x.refuse(wrong, http.StatusBadRequest)
		return nil
	}
	version := x.header.Get(mcp.HeaderProtocolVersion)
	modern, wrong := x.checkVersion(f, version)
	switch {
	case wrong != nil:
		status := statusOf(wrong.code)
		x.refuse(wrong, status)
	case f.method == "" && modern:
		x.refuse(&frameError{f.id, mcp.INVALID_REQUEST, "a message without a method answers nothing: this server asks by results, see input_required"}, http.StatusBadRequest)
	case f.method == "":
		x.stream.accept() // an answer, and this server has asked nothing
	case f.id == nil:
		x.notified(f)
	default:
		x.answer(connection, f, modern)
	}
	return nil
}

// checkVersion tells which era of the protocol a message belongs to. In the newer one
// headers repeat what a message says, for proxies that don't read bodies, and have to
// say the same.
func (x *exchange) checkVersion(f frame, version string) (modern bool, wrong *frameError) {
	var params struct {
		Meta *mcp.Meta `json:"_meta"`
	}
	_ = json.Unmarshal(f.params, &params) // what is no object has no version
	said := params.Meta.ProtocolVersion()
	modern = mcp.IsModernProtocol(said) || mcp.IsModernProtocol(version)
	mistake := func(code int, message string) (bool, *frameError) { return modern, &frameError{f.id, code, message} }
	switch {
	case !modern:
		if version != "" && f.method != string(mcp.MethodInitialize) && !mcp.IsValidProtocolVersion(version) {
			return mistake(mcp.INVALID_REQUEST, "the protocol version in the header "+mcp.HeaderProtocolVersion+" is not known; greet the server by initialize, which says what it speaks")
		}
		return false, nil
	case f.method == "" || f.id == nil:
		return modern, nil
	case version == "":
		return mistake(mcp.HEADER_MISMATCH, "the header "+mcp.HeaderProtocolVersion+" is missing; it is to say the version that _meta says")
	case said == "":
		return mistake(mcp.INVALID_PARAMS, "_meta has no "+mcp.MetaKeyProtocolVersion+"; it is to say the version that the header says")
	case said != version:
		return mistake(mcp.HEADER_MISMATCH, "the header "+mcp.HeaderProtocolVersion+" and _meta say different versions")
	case !mcp.IsValidProtocolVersion(said):
		return modern, nil // mcp-go answers with the versions there are
	}
	if err := mcp.ValidateStandardHeaders(x.header.Get, said, mcp.MCPMethod(f.method), f.params); err != nil {
		return mistake(mcp.HEADER_MISMATCH, err.Error())
	}
	return true, nil
}

// statusOf is the HTTP status for an error of JSON-RPC, as the newer era wants it.
func statusOf(code int) int {
	switch code {
	case mcp.METHOD_NOT_FOUND:
		return http.StatusNotFound
	case mcp.HEADER_MISMATCH, mcp.MISSING_REQUIRED_CLIENT_CAPABILITY, mcp.UNSUPPORTED_PROTOCOL_VERSION, mcp.INVALID_REQUEST, mcp.INVALID_PARAMS, mcp.PARSE_ERROR:
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// refuse answers a message that can't be handled.
func (x *exchange) refuse(wrong *frameError, status int) {
	_, line := answerTo(x.http.log, wrong.id, "", mcp.JSONRPCError{Error: mcp.JSONRPCErrorDetails{Code: wrong.code, Message: wrong.message}})
	x.stream.answer(line, status)
}

// notified takes a notification.
func (x *exchange) notified(f frame) {
	if f.method == string(mcp.MethodNotificationCancelled) {
		var params struct {
			RequestID json.RawMessage `json:"requestId"`
		}
		if json.Unmarshal(f.params, &params) == nil {
			x.http.running.cancel(x.request.caller, string(params.RequestID))
		}
	} else {
		handle(x.context(x.http.base, f, nil), x.mcp, x.http.log, f.message())
	}
	x.stream.accept()
}

// answer answers a request. One of the newer era ends when its connection does; in the
// older one that is no reason to end it, since a client cancels what it doesn't want.
func (x *exchange) answer(connection context.Context, f frame, modern bool) {
	ctx := x.http.base
	if modern {
		ctx = connection
	}
	working, end := x.http.running.begin(ctx, x.request.caller, string(f.id))
	defer end()
	session := &httpSession{}
	stop := x.stream.keepAlive()
	answer := handle(x.context(working, f, session), x.mcp, x.http.log, f.message())
	stop()
	session.drain(x.stream.send)
	if errors.Is(context.Cause(working), errCanceled) {
		answer = mcp.JSONRPCError{Error: mcp.JSONRPCErrorDetails{Code: mcp.REQUEST_INTERRUPTED, Message: "canceled, as the client wanted"}}
	}
	code, line := answerTo(x.http.log, f.id, f.method, answer)
	status := http.StatusOK
	if modern {
		status = statusOf(code)
	}
	x.place.resize(len(line))
	x.stream.answer(line, status)
}

// context is the context of a message: who sent it, and how to tell them of progress.
func (x *exchange) context(ctx context.Context, f frame, session *httpSession) context.Context {
	ctx = context.WithValue(ctx, incomingKey{}, x.request)
	if x.http.options.Trace != nil {
		ctx = x.http.options.Trace(ctx, traceOf(x.header, f.params))
	}
	if session != nil {
		ctx = x.mcp.WithContext(ctx, session)
	}
	if x.stream.streams {
		ctx = context.WithValue(ctx, notifyKey{}, notifier{x.stream.send, f.progressToken})
	}
	return ctx
}

// traceOf are the headers that say which trace a message belongs to. A client that can't
// set headers says it in _meta.
func traceOf(header http.Header, params json.RawMessage) http.Header {
	if header.Get("Traceparent") != "" {
		return header
	}
	var said struct {
		Meta struct{ Traceparent, Tracestate string } `json:"_meta"`
	}
	if json.Unmarshal(params, &said) != nil || said.Meta.Traceparent == "" {
		return header
	}
	return http.Header{"Traceparent": {said.Meta.Traceparent}, "Tracestate": {said.Meta.Tracestate}}
}

// httpSession is what mcp-go calls a session: here it lasts for one request.
type httpSession struct {
	notifications chan mcp.JSONRPCNotification
	client        mcp.Implementation
	capabilities  mcp.ClientCapabilities
}

var _ mcpserver.SessionWithClientInfo = (*httpSession)(nil)

func (s *httpSession) Initialize()       {}
func (s *httpSession) Initialized() bool { return true }
func (s *httpSession) SessionID() string { return "" }

// NotificationChannel makes the channel when something is sent: most requests send nothing.
// All of a request's notifications are sent by the goroutine that handles it.
func (s *httpSession) NotificationChannel() chan<- mcp.JSONRPCNotification {
	if s.notifications == nil {
		s.notifications = make(chan mcp.JSONRPCNotification, 64)
	}
	return s.notifications
}

// drain sends what was put into the channel.
func (s *httpSession) drain(send func(any)) {
	for len(s.notifications) > 0 {
		send(<-s.notifications)
	}
}

func (s *httpSession) GetClientInfo() mcp.Implementation       { return s.client }
func (s *httpSession) SetClientInfo(client mcp.Implementation) { s.client = client }
func (s *httpSession) GetClientCapabilities() mcp.ClientCapabilities {
	return s.capabilities
}
func (s *httpSession) SetClientCapabilities(c mcp.ClientCapabilities) { s.capabilities = c }
