package sandbox

import (
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// subscriber is a user or team that is told of an incident's status updates.
type subscriber struct{ kind, id string }

// statusUpdate is what an incident's subscribers were told.
type statusUpdate struct {
	message string
	at      time.Time
}

// addFollowers has people follow the major incident who don't work on it, and one
// who was asked to help with what it drags along and has not answered.
func (a *account) addFollowers() {
	stuck := a.incidents.First(func(i *incident) bool { return i.status != "resolved" && i.service.name == "Checkout API" })
	stuck.responders = append(stuck.responders, responder{
		user: a.users.Named("Ben Carter"), requester: a.me, message: "Please check order capture", at: stuck.created.Add(20 * time.Minute),
	})
	major := a.incidents.First(func(i *incident) bool { return i.bridge != "" && i.status != "resolved" })
	major.subscribers = []subscriber{
		{"user", a.users.Named("Grace Kim").id}, {"user", a.users.Named("Hugo Lindqvist").id}, {"team", a.teams.Named("Mobile").id},
	}
}

func statusUpdateRoutes() []route {
	who := rest.Envelope("subscribers", rest.List(100, rest.Map(rest.Fields{
		"subscriber_id": rest.String(64).Required(), "subscriber_type": rest.Enum("user", "team").Required(),
	})))
	return []route{
		{
			Pattern: "POST /incidents/{id}/status_updates", Attributed: true, Handle: with((*account).incident, sendStatusUpdate),
			Body: rest.Map(rest.Fields{"message": rest.String(25_000).Required(), "subject": rest.String(1000), "html_message": rest.String(100_000)}),
		},
		{Pattern: "GET /incidents/{id}/status_updates/subscribers", Handle: with((*account).incident, listSubscribers)},
		{Pattern: "POST /incidents/{id}/status_updates/subscribers", Body: who, Handle: with((*account).incident, subscribe)},
		{Pattern: "POST /incidents/{id}/status_updates/unsubscribe", Body: who, Handle: with((*account).incident, unsubscribe)},
	}
}

func sendStatusUpdate(c *call, i *incident) *rest.Answer {
	update := statusUpdate{rest.Text(c.Body, "message"), c.Now}
	i.updates = append(i.updates, update)
	i.happened("status_update", c.Now, c.actor, nil, update.message)
	shown := obj{"id": c.newID('P'), "message": update.message, "created_at": stamp(update.at), "sender": c.actor.ref()}
	for _, name := range []string{"subject", "html_message"} {
		if text := rest.Text(c.Body, name); text != "" {
			shown[name] = text
		}
	}
	return rest.OK(obj{"status_update": shown})
}

func (s subscriber) object() obj { return obj{"subscriber_id": s.id, "subscriber_type": s.kind} }

func listSubscribers(_ *call, i *incident) *rest.Answer {
	shown := rest.Render(i.subscribers, func(s subscriber) obj {
		o := s.object()
		o["has_indirect_subscription"], o["subscribed_via"] = false, nil
		return o
	})
	return rest.OK(obj{"subscribers": shown, "account_id": "PACCOUNT", "limit": 100, "offset": 0, "more": false, "total": len(shown)})
}

// eachSubscriber goes through the subscribers that a request names, and says whether
// they exist.
func (c *call) eachSubscriber(each func(s subscriber, exists bool)) {
	for _, item := range c.Body["subscribers"].([]any) {
		s := subscriber{rest.Text(item.(obj), "subscriber_type"), rest.Text(item.(obj), "subscriber_id")}
		each(s, s.kind == "user" && c.user(s.id) != nil || s.kind == "team" && c.team(s.id) != nil)
	}
}

func subscribe(c *call, i *incident) *rest.Answer {
	var shown []obj
	c.eachSubscriber(func(s subscriber, exists bool) {
		result := "success"
		switch {
		case !exists:
			result = "unauthorized"
		case slices.Contains(i.subscribers, s):
			result = "duplicate"
		default:
			i.subscribers = append(i.subscribers, s)
		}
		o := s.object()
		o["account_id"], o["subscribable_id"], o["subscribable_type"], o["result"] = "PACCOUNT", i.id, "incident", result
		shown = append(shown, o)
	})
	return rest.OK(obj{"subscriptions": shown})
}

func unsubscribe(c *call, i *incident) *rest.Answer {
	deleted, unauthorized, missing := 0, 0, 0
	c.eachSubscriber(func(s subscriber, exists bool) {
		switch {
		case !exists:
			unauthorized++
		case !slices.Contains(i.subscribers, s):
			missing++
		default:
			i.subscribers = slices.DeleteFunc(i.subscribers, func(other subscriber) bool { return other == s })
			deleted++
		}
	})
	return rest.OK(obj{"deleted_count": deleted, "unauthorized_count": unauthorized, "non_existent_count": missing})
}

// StatusUpdates counts the status updates with a text.
func (s *Server) StatusUpdates(message string) int {
	n := 0
	s.Do(func() {
		for _, i := range s.open().incidents.All() {
			for _, sent := range i.updates {
				if sent.message == message {
					n++
				}
			}
		}
	})
	return n
}
