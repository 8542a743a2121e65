package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Confirm says which changes a person has to confirm before they are made.
type Confirm string

const (
	// ConfirmRisky holds what can't be undone or reaches many; see [tool.Prepared.Risk].
	ConfirmRisky Confirm = "risky"
	// ConfirmAlways holds every change.
	ConfirmAlways Confirm = "always"
	// ConfirmNever holds none: for pipelines, where nobody could be asked.
	ConfirmNever Confirm = "never"
)

// Confirms are the values of [Confirm].
var Confirms = []string{string(ConfirmRisky), string(ConfirmAlways), string(ConfirmNever)}

const (
	// confirmLasts is how long a confirm token can be used.
	confirmLasts = 5 * time.Minute
	// patienceWithPerson is how long a call waits for a person's answer. Clients
	// commonly give up after 60 seconds, and some say that they can ask and never do.
	patienceWithPerson = 45 * time.Second
	// confirmQuestion is the name of the question among a call's input requests.
	confirmQuestion = "confirm"
)

// Question is what a person is asked before a change is made.
type Question struct {
	Before string // what to know first, such as why the same is asked again; "" or a line
	Would  string // what would happen, in one sentence
	Why    string // why a person is asked
}

func (q Question) String() string {
	return q.Before + q.Would + "\nYou are asked because " + q.Why + "."
}

// AlwaysAsked is why a person is asked of a change that is harmless.
const AlwaysAsked = "this server asks before every change"

// errDeclined is a change that a person did not want.
var errDeclined = errors.New("nothing was done: the person who was asked said no. Don't call it again unless they ask for it")

// confirmation is how a held call goes on.
type confirmation struct {
	how   string // confirmed how, for the audit log; "" if it is not to be carried out
	reply *reply // what the client gets instead
	// asked is the call that the person was asked about, where it is not the one that came:
	// it means the present time.
	asked *tool.Prepared
}

// confirm asks a person, if one has to be asked, in the way that the client can: by a
// question that the client shows, or by a token that the call has to be repeated with.
func (s *Server) confirm(ctx context.Context, by *caller, p *tool.Prepared, request mcp.CallToolRequest, c control) (confirmation, error) {
	why := p.Risk()
	switch {
	case s.opts.Confirm == ConfirmNever:
		return confirmation{how: "not asked for"}, nil
	case s.opts.Confirm == ConfirmAlways && why == "":
		why = AlwaysAsked
	case why == "":
		return confirmation{how: "not needed"}, nil
	}
	describing, cancel := context.WithTimeout(ctx, s.opts.CallTimeout)
	defer cancel()
	held := heldCall{server: s, by: by, prepared: p, request: request, question: Question{Would: p.Describe(describing), Why: why}, arguments: c.rest}
	if s.opts.Ask != nil {
		return held.askHere(ctx)
	}
	problem := ""
	if c.token != "" {
		if problem = by.tokens.use(c.token, held.digest()); problem == "" {
			return confirmation{how: "by token"}, nil
		}
	}
	if !canElicit(ctx) {
		return held.askByToken(describing, problem)
	}
	// A token that is none, which anybody can write, does not take the place of the person.
	if problem != "" && len(request.Params.InputResponses) == 0 {
		if err := held.anew(describing); err != nil {
			return confirmation{}, err
		}
		held.question.Before = fmt.Sprintf("The call came with a confirmation that does not count: %s.\n", problem)
	}
	if info := mcpserver.RequestProtocolInfoFromContext(ctx); info != nil && info.Modern {
		return held.askByResult(describing)
	}
	answer, err := held.askByRequest(ctx)
	answer.asked = held.prepared
	return answer, err
}

// heldCall is a call that waits for a person.
type heldCall struct {
	server    *Server
	by        *caller
	prepared  *tool.Prepared
	request   mcp.CallToolRequest
	question  Question
	arguments []byte
}

// digest stands for the call, its arguments, and the state of what it is about, as far as
// the question tells it, or looked at it.
func (h heldCall) digest() []byte {
	return digest(h.prepared.Tool().Name(), inOrder(h.arguments), h.question.Would, h.prepared.State())
}

// token stands for the call in what a client sends next.
func (h heldCall) token() string { return h.by.tokens.issue(h.digest(), h.prepared.Now()) }

// anew has the call mean the present time, and says of its objects what they are like now.
func (h *heldCall) anew(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, h.server.opts.CallTimeout)
	defer cancel()
	p, err := h.prepared.Tool().Prepare(limited, h.by.session, h.arguments, nil)
	if err != nil {
		return err
	}
	h.prepared, h.question.Would = p, p.Describe(limited)
	return nil
}

// askHere asks whoever runs this process.
func (h heldCall) askHere(ctx context.Context) (confirmation, error) {
	yes, err := h.server.opts.Ask(ctx, h.question)
	switch {
	case err != nil:
		return confirmation{}, err
	case !yes:
		return confirmation{}, errDeclined
	}
	return confirmation{how: "at the terminal"}, nil
}

// askByResult asks in the way of protocol version 2026-07-28: the result is the question,
// and the client calls again with the answer.
func (h heldCall) askByResult(ctx context.Context) (confirmation, error) {
	if answer := mcpserver.ElicitationResponse(h.request.Params.InputResponses, confirmQuestion); answer != nil {
		if answer.Action != mcp.ElicitationResponseActionAccept {
			return confirmation{}, errDeclined
		}
		problem := h.by.tokens.use(h.request.Params.RequestState, h.digest())
		if problem == "" {
			return confirmation{how: "by the client's user"}, nil
		}
		if err := h.anew(ctx); err != nil {
			return confirmation{}, err
		}
		h.question.Before = fmt.Sprintf("The answer before does not count: %s.\n", problem)
	}
	asked := mcpserver.NewInputRequestBuilder(h.token()).Elicit(confirmQuestion, elicitation(h.question)).ToolResult()
	return confirmation{reply: &reply{asks: asked}}, nil
}

// askByRequest asks in the way of the older protocol versions: the server sends the
// question, and the call waits.
func (h heldCall) askByRequest(ctx context.Context) (confirmation, error) {
	waiting, cancel := context.WithTimeout(ctx, h.server.opts.PersonPatience)
	defer cancel()
	answer, err := h.server.mcp.RequestElicitation(waiting, mcp.ElicitationRequest{
		Request: mcp.Request{Method: string(mcp.MethodElicitationCreate)}, Params: elicitation(h.question),
	})
	switch {
	case ctx.Err() != nil:
		return confirmation{}, ctx.Err()
	case waiting.Err() != nil:
		return h.askByToken(ctx, fmt.Sprintf("nobody answered the question within %d seconds", int(h.server.opts.PersonPatience.Seconds())))
	case err != nil || answer == nil:
		return h.askByToken(ctx, "the client could not show the question")
	case answer.Action != mcp.ElicitationResponseActionAccept:
		return confirmation{}, errDeclined
	}
	// What was asked may have changed while the person was thinking.
	before := h.digest()
	describing, stop := context.WithTimeout(ctx, h.server.opts.CallTimeout)
	defer stop()
	h.question.Would = h.prepared.Describe(describing)
	if !sameDigest(before, h.digest()) {
		return h.askByToken(ctx, "it has changed since the person was asked")
	}
	return confirmation{how: "by the client's user"}, nil
}

// heldAnswer is what a client gets that can't ask its user.
type heldAnswer struct {
	Needed bool   `json:"confirmation_needed"`
	Would  string `json:"would"`
	Why    string `json:"why"`
	Token  string `json:"confirm"`
	Note   string `json:"note"`
}

// askByToken has the model ask: the answer is what would happen, and a token to repeat
// the call with. Problem says why a token or an answer before did not count.
func (h heldCall) askByToken(ctx context.Context, problem string) (confirmation, error) {
	if problem != "" {
		if err := h.anew(ctx); err != nil {
			return confirmation{}, err
		}
	}
	note := fmt.Sprintf("Nothing was done yet. Show this to the user; if they agree, call %s within %d minutes with the same arguments and confirm set to this token. It is good for one call.",
		h.prepared.Tool().Name(), int(confirmLasts.Minutes()))
	if problem != "" {
		note = strings.ToUpper(problem[:1]) + problem[1:] + ". " + note
	}
	text, err := wording.JSON(heldAnswer{true, h.question.Would, h.question.Why, h.token(), note})
	return confirmation{reply: &reply{text: text}}, err
}

// canElicit reports whether the client that makes a call says that it can ask its user.
func canElicit(ctx context.Context) bool {
	var capabilities *mcp.ClientCapabilities
	if info := mcpserver.RequestProtocolInfoFromContext(ctx); info != nil && info.Modern {
		capabilities = info.ClientCapabilities
	} else if session, ok := mcpserver.ClientSessionFromContext(ctx).(mcpserver.SessionWithClientInfo); ok {
		if _, asks := session.(mcpserver.SessionWithElicitation); asks {
			declared := session.GetClientCapabilities()
			capabilities = &declared
		}
	}
	if capabilities == nil || capabilities.Elicitation == nil {
		return false
	}
	// A client that says nothing of modes can do forms.
	return capabilities.Elicitation.Form != nil || capabilities.Elicitation.URL == nil
}

// elicitation is a question that wants yes or no, and no values.
func elicitation(q Question) mcp.ElicitationParams {
	return mcp.ElicitationParams{
		Mode: mcp.ElicitationModeForm, Message: q.String(),
		RequestedSchema: map[string]any{"type": "object", "properties": map[string]any{}},
	}
}
