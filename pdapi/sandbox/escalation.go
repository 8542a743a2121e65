package sandbox

import (
	"slices"
	"time"
)

// What happens to open incidents by itself: they go up their policies,
// acknowledgements time out, and what is left alone is resolved.

// action is something that will happen to an incident by itself.
type action struct {
	kind string // escalate, unacknowledge, resolve, urgency_change
	at   time.Time
}

// seconds is a timeout of a service: none if it is null.
func seconds(timeout any) (time.Duration, bool) {
	switch n := timeout.(type) {
	case int:
		return time.Duration(n) * time.Second, true
	case float64: // from a body
		return time.Duration(n) * time.Second, true
	}
	return 0, false
}

// pending is what will happen to an incident if nobody does anything, the next
// first.
func (i *incident) pending() []action {
	var out []action
	add := func(kind string, at time.Time) { out = append(out, action{kind, at}) }
	if i.status == "resolved" {
		return nil
	}
	if i.escalates() {
		add("escalate", i.paged.Add(i.policy.levels[i.level-1].delay))
	}
	if timeout, ok := seconds(i.service.ackAfter); ok && i.status == "acknowledged" {
		last := i.changed
		for _, held := range i.acknowledgers {
			last = later(last, held.at)
		}
		if i.snoozed.IsZero() {
			add("unacknowledge", last.Add(timeout))
		}
	}
	if !i.snoozed.IsZero() {
		add("unacknowledge", i.snoozed)
	}
	if timeout, ok := seconds(i.service.autoResolve); ok {
		add("resolve", i.changed.Add(timeout))
	}
	if at, ok := i.service.raises(i.changed); ok && i.urgency == "low" {
		add("urgency_change", at)
	}
	slices.SortStableFunc(out, func(x, y action) int { return x.at.Compare(y.at) })
	return out
}

// escalates reports whether an incident goes on to another level: those of low
// urgency don't, nor those that someone acknowledged or was given by hand.
func (i *incident) escalates() bool {
	return i.status == "triggered" && i.urgency == "high" && !i.direct && i.level > 0 &&
		(i.policy.from(i.level+1, i.paged.Add(i.policy.levels[i.level-1].delay)) > 0 || i.round < i.policy.loops)
}

// elapse does what happened to open incidents by itself until now.
func (a *account) elapse(now time.Time) {
	for _, i := range a.incidents.All() {
		for i.status != "resolved" {
			next := i.pending()
			if len(next) == 0 || next[0].at.After(now) {
				break
			}
			i.undergo(next[0])
		}
	}
}

// undergo does to an incident what was pending.
func (i *incident) undergo(next action) {
	switch next.kind {
	case "escalate":
		n := i.policy.from(i.level+1, next.at)
		if n == 0 {
			i.round++
			n = i.policy.from(1, next.at)
		}
		i.page(n, next.at, "escalate", i.service)
	case "unacknowledge":
		i.acknowledgers, i.status, i.snoozed = nil, "triggered", time.Time{}
		i.changed, i.changedBy, i.paged = next.at, i.service, next.at
		i.happened("unacknowledge", next.at, i.service, nil, "")
	case "resolve":
		i.assignees, i.acknowledgers, i.snoozed = nil, nil, time.Time{}
		i.status, i.resolved, i.changed, i.changedBy = "resolved", next.at, next.at, i.service
		i.endAlerts(next.at)
		i.happened("resolve", next.at, i.service, nil, "Resolved due to timeout.")
	case "urgency_change":
		i.urgency, i.paged = "high", next.at
		i.happened("urgency_change", next.at, i.service, nil, "high")
	}
}

// page assigns an incident to a level of its policy; to nobody if the number of
// the level is 0. The log says so as kind, which is assign or escalate.
func (i *incident) page(number int, at time.Time, kind string, by agent) {
	i.level, i.paged, i.direct, i.assignees, i.snoozed = number, at, false, nil, time.Time{}
	if number > 0 {
		i.assignees = hold(i.policy.levels[number-1].assign(at), at)
		i.happened(kind, at, by, i.assignees, "")
	}
}

// start assigns an incident to the first level of its policy that has somebody on
// call.
func (i *incident) start(at time.Time) {
	i.round = 0
	i.page(i.policy.from(1, at), at, "assign", i.service)
}

// held is a user to whom an incident is assigned, or who acknowledged it, and
// since when.
type held struct {
	user *user
	at   time.Time
}

func hold(users []*user, at time.Time) []held {
	var out []held
	for _, u := range unique(users) {
		out = append(out, held{u, at})
	}
	return out
}
