package incidents

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// askedLately is how long after a request for help another one to the same user or
// policy is taken for the same call made again.
const askedLately = 10 * time.Minute

// responder is whom a call asks for help: a user, or whoever is on call for a policy.
type responder struct {
	id       string
	isPolicy bool
}

// claim are the words by which a session remembers that it asks somebody.
func (r responder) claim(incident string) []string { return []string{"responder", incident, r.id} }

func unclaim(call tool.Writing, incident string, all []responder) {
	for _, r := range all {
		call.Unclaim(r.claim(incident)...)
	}
}

// notAskedYet are the users and policies who were not asked to help with the incident a
// moment before, each once. Whoever was, or helps already, is paged again only if the
// call says so.
func (in addRespondersInput) notAskedYet(call tool.Writing, incident pdapi.Incident) []responder {
	var named, wanted []responder
	for _, id := range in.Users {
		named = append(named, responder{id: string(id)})
	}
	for _, id := range in.Policies {
		named = append(named, responder{id: string(id), isPolicy: true})
	}
	skipped := 0
	for n, r := range named {
		if slices.Contains(named[:n], r) {
			continue
		}
		why := r.asked(call, incident)
		if why == "" || in.Again {
			why = r.claimed(call, incident, in.Again)
		}
		if why == "" {
			wanted = append(wanted, r)
			continue
		}
		skipped++
		call.Note("%s %s: nobody was paged again.", r.name(call, incident), why)
	}
	if skipped > 0 {
		call.Note("To page them again all the same, give ask_again true.")
	}
	return wanted
}

// claimed says that the session asks somebody at this moment, or did a moment before
// without the incident showing it; if not, the session remembers that it asks now.
func (r responder) claimed(call tool.Writing, incident pdapi.Incident, again bool) string {
	words := r.claim(incident.ID)
	before, claimed := call.Claim(words...)
	switch {
	case !claimed:
		return ""
	case !again && call.Now.Sub(before) < askedLately && !r.over(incident, before):
		return fmt.Sprintf("was asked already, at %s, or may have been", when.Clock(before, call.Zone))
	}
	call.Unclaim(words...)
	_, _ = call.Claim(words...)
	return ""
}

// asked says that somebody was asked a moment before, and what the answer is, or that
// they help already; "" if neither is so.
func (r responder) asked(call tool.Writing, incident pdapi.Incident) string {
	lately := func(at pdapi.Time) bool { return call.Now.Sub(at.Time) < askedLately }
	for _, one := range slices.Backward(incident.Responders) {
		switch {
		case r.isPolicy || one.User.ID != r.id || !one.Open():
		case one.State == "joined":
			return "has joined already"
		case lately(one.RequestedAt):
			return fmt.Sprintf("was asked already, at %s, and has not answered yet", when.Clock(one.RequestedAt.Time, call.Zone))
		}
	}
	for _, request := range slices.Backward(incident.Requests) {
		i := targetOf(request, r)
		if i < 0 || !lately(request.RequestedAt) {
			continue
		}
		// Who declined may be asked anew, and so may whose request was taken back.
		if those := request.Targets[i].Target.Responders; len(those) == 0 || slices.ContainsFunc(those, pdapi.Responder.Open) {
			return fmt.Sprintf("was asked already, at %s", when.Clock(request.RequestedAt.Time, call.Zone))
		}
	}
	return ""
}

// over reports whether the incident shows what was asked since then: what of it is not
// open any more was declined, or taken back. PagerDuty's clock may be a little behind.
func (r responder) over(incident pdapi.Incident, since time.Time) bool {
	return slices.ContainsFunc(incident.Requests, func(request pdapi.RequestedResponders) bool {
		return targetOf(request, r) >= 0 && request.RequestedAt.After(since.Add(-clocksDiffer))
	})
}

// name is a user or policy by name and id.
func (r responder) name(call tool.Writing, incident pdapi.Incident) string {
	name := call.Ref(r.id).Summary
	for _, one := range incident.Responders {
		if one.User.ID == r.id {
			name = one.User.Summary
		}
	}
	if name == "" {
		return r.id
	}
	return fmt.Sprintf("%s (%s)", wording.Quote(name), r.id)
}

// targetOf is which of a request's targets somebody is, or -1.
func targetOf(request pdapi.RequestedResponders, r responder) int {
	return slices.IndexFunc(request.Targets, func(t pdapi.RequestedResponder) bool { return t.Target.ID == r.id })
}

// seeRequest looks for a request, whose answer was lost, on the incident as it is now.
func seeRequest(ctx context.Context, call tool.Writing, before pdapi.Incident, sent pdapi.ResponderRequest, wanted []responder) (pdapi.RequestedResponders, bool) {
	now, err := call.PD.Incident(ctx, before.ID)
	if err != nil {
		return pdapi.RequestedResponders{}, false
	}
	for _, request := range slices.Backward(now.Requests) {
		asksAll := !slices.ContainsFunc(wanted, func(r responder) bool { return targetOf(request, r) < 0 })
		same := func(other pdapi.RequestedResponders) bool {
			return other.RequestedAt.Equal(request.RequestedAt.Time) && other.Message == request.Message && len(other.Targets) == len(request.Targets)
		}
		if asksAll && request.Message == sent.Message && request.Requester.ID == sent.RequesterID && !slices.ContainsFunc(before.Requests, same) {
			return request, true
		}
	}
	return pdapi.RequestedResponders{}, false
}
