package sandbox

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// asked are the responders whose request was not taken back.
func (i *incident) asked() []responder {
	return slices.DeleteFunc(slices.Clone(i.responders), func(r responder) bool { return r.canceled })
}

// state is what a responder answered.
func (r responder) state() string {
	switch {
	case r.canceled:
		return "user_cancelled"
	case !r.joined.IsZero():
		return "joined"
	case !r.declined.IsZero():
		return "declined"
	}
	return "pending"
}

func (r responder) object(i *incident) obj {
	updated := later(r.at, later(r.joined, r.declined))
	return obj{
		"state": r.state(), "user": r.user.ref(), "incident": i.ref(), "updated_at": stamp(updated), "message": r.message,
		"requester": r.requester.ref(), "requested_at": stamp(r.at),
	}
}

// requests are the requests for help that were made on an incident, also those that
// were taken back.
func (i *incident) requests() []obj {
	out := []obj{}
	for n, r := range i.responders {
		if n == 0 || r.request != i.responders[n-1].request {
			out = append(out, i.request(r.request))
		}
	}
	return out
}

// request is one of an incident's requests, with whom it asked.
func (i *incident) request(number int) obj {
	type target struct{ kind, id, name string }
	var first responder
	var targets []target
	asked := map[target][]responder{}
	for _, r := range i.responders {
		if r.request != number {
			continue
		}
		to := target{"user", r.user.id, r.user.name}
		if r.policy != nil {
			to = target{"escalation_policy", r.policy.id, r.policy.name}
		}
		if asked[to] == nil {
			targets = append(targets, to)
		}
		if first.user == nil {
			first = r
		}
		asked[to] = append(asked[to], r)
	}
	return obj{
		"incident": i.ref(), "requester": first.requester.ref(), "requested_at": stamp(first.at), "message": first.message,
		"responder_request_targets": rest.Render(targets, func(to target) obj {
			return obj{"responder_request_target": obj{"type": to.kind, "id": to.id, "summary": to.name, "incidents_responders": rest.Render(asked[to], func(r responder) obj { return r.object(i) })}}
		}),
	}
}

// requestResponders asks users, and whoever is on call for policies, to help. It asks
// as often as it is told to: also those who were asked before.
func requestResponders(c *call, i *incident) *rest.Answer {
	requester := c.user(rest.Text(c.Body, "requester_id"))
	if requester == nil {
		return rest.Fail(http.StatusBadRequest, 2011, "Requester Not Found")
	}
	number := 0
	if n := len(i.responders); n > 0 {
		number = i.responders[n-1].request + 1
	}
	var asked []responder
	var missing []string
	for _, item := range c.Body["responder_request_targets"].([]any) {
		kind, id := rest.Text(item.(obj), "responder_request_target", "type"), rest.Text(item.(obj), "responder_request_target", "id")
		var users []*user
		var by *policy
		if p := c.policy(id); kind == "escalation_policy_reference" && p != nil {
			users, by = p.first(c.Now), p
		} else if u := c.user(id); kind == "user_reference" && u != nil {
			users = []*user{u}
		}
		if len(users) == 0 {
			missing = append(missing, "responder request target "+id+" not found")
		}
		for _, u := range users {
			asked = append(asked, responder{user: u, requester: requester, message: rest.Text(c.Body, "message"), at: c.Now, policy: by, request: number})
		}
	}
	if len(missing) > 0 {
		return rest.FailAs(http.StatusBadRequest, missing)
	}
	i.responders = append(i.responders, asked...)
	return rest.OK(obj{"responder_request": i.request(number)})
}

// cancelResponders takes back requests that nobody has answered yet.
func cancelResponders(c *call, i *incident) *rest.Answer {
	if c.user(rest.Text(c.Body, "requester_id")) == nil {
		return rest.Fail(http.StatusBadRequest, 2011, "Requester Not Found")
	}
	results := []obj{}
	for _, item := range c.Body["responder_request_targets"].([]any) {
		kind, id := rest.Text(item.(obj), "type"), rest.Text(item.(obj), "id")
		asked := func(r responder) bool {
			return kind == "user_reference" && r.user.id == id || kind == "escalation_policy_reference" && r.policy != nil && r.policy.id == id
		}
		result := ""
		for n := range i.responders {
			switch r := &i.responders[n]; {
			case r.canceled || !asked(*r):
			case r.state() == "pending":
				r.canceled, result = true, "cancelled"
			case result == "":
				result = r.state()
			}
		}
		results = append(results, obj{"type": kind, "id": id, "result": cmp.Or(result, "not_found")})
	}
	return rest.OK(obj{"responder_request_targets": results})
}

// Answer has a user who was asked to help with an incident join or decline. It
// fails if nobody asked them.
func (s *Server) Answer(incidentID, userID string, joins bool) error {
	err := fmt.Errorf("user %s was not asked to help with incident %s", userID, incidentID)
	s.Do(func() {
		a := s.open()
		i := a.incident(incidentID)
		if i == nil {
			return
		}
		for n := range i.responders {
			if r := &i.responders[n]; r.user.id == userID && !r.canceled {
				if err = nil; joins {
					r.joined = a.now
				} else {
					r.declined = a.now
				}
			}
		}
	})
	return err
}
