package sandbox

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Scenario says what happens in an account while it is used.
type Scenario string

// The scenarios.
const (
	// Demo is an account in the middle of an outage: what --sandbox works on.
	Demo Scenario = "demo"
	// Quiet is a night without an outage.
	Quiet Scenario = "quiet"
	// Outage begins as Quiet does. A minute later the outage of Demo develops, step by
	// step, and is over after three quarters of an hour.
	Outage Scenario = "outage"
	// Storm is Outage, while the cluster loses nodes: an incident every few seconds.
	Storm Scenario = "storm"
)

// Scenarios are all there are.
var Scenarios = []Scenario{Demo, Quiet, Outage, Storm}

// ParseScenario finds a scenario by its name. It fails with a sentence that says which
// there are.
func ParseScenario(name string) (Scenario, error) {
	if s := Scenario(name); slices.Contains(Scenarios, s) {
		return s, nil
	}
	var names []string
	for _, s := range Scenarios {
		names = append(names, string(s))
	}
	return "", fmt.Errorf("there is no scenario %q; use one of %s", name, strings.Join(names, ", "))
}

// develops reports whether the outage is still to come when the account is opened.
func (s Scenario) develops() bool { return s == Outage || s == Storm }

// begins is how long after an account was opened the outage begins that is to come.
const begins = time.Minute

// scene is something that happens in an account after it was opened.
type scene struct {
	at time.Time
	do func(at time.Time)
}

// stage adds a scene.
func (a *account) stage(at time.Time, do func(at time.Time)) {
	a.coming = append(a.coming, scene{at, do})
}

// advance does what happened until now by itself: the scenes that are due, and between
// them what open incidents do when nobody does anything.
func (a *account) advance(now time.Time) {
	for len(a.coming) > 0 && !a.coming[0].at.After(now) {
		next := a.coming[0]
		a.coming = a.coming[1:]
		a.elapse(next.at)
		next.do(next.at)
	}
	a.elapse(now)
}

// direct writes the scenes of what is to come.
func (a *account) direct(scenario Scenario, seed uint64, opened time.Time) {
	if scenario.develops() {
		a.comingOutage(opened.Add(begins))
	}
	if scenario == Storm {
		a.comingStorm(seed, opened.Add(begins))
	}
	slices.SortStableFunc(a.coming, func(x, y scene) int { return x.at.Compare(y.at) })
}

// happens reports whether an incident of the story is there when an account of a
// scenario is opened.
func (h happening) happens(s Scenario) bool {
	return cmp.Or(s, Demo) == Demo || h.cluster == "" && h.urgency == "low"
}

// comingOutage writes the outage of the story: its incidents at the distances that the
// story has them, and what people do about it.
func (a *account) comingOutage(begin time.Time) {
	open := map[string]*incident{} // by service
	first := firstOfOutage()
	for _, h := range ongoing {
		if h.cluster == "" {
			continue
		}
		a.stage(begin.Add(first.ago-h.ago), func(at time.Time) {
			i := a.trigger(a.services.Named(h.service), h.at(h.value), at)
			i.urgency, i.cluster, i.number = h.urgency, h.cluster, a.nextNumber()
			open[h.service] = i
			if h.priority != first.priority {
				i.addAlerts(at)
			}
		})
		if h.status != "acknowledged" {
			continue
		}
		a.stage(begin.Add(first.ago-h.ago+4*time.Minute), func(at time.Time) {
			i := open[h.service]
			if i.status == "resolved" {
				return
			}
			i.priority = cmp.Or(i.priority, a.priorities.Named(h.priority))
			if i.status == "triggered" && len(i.assignees) > 0 {
				i.acknowledge(i.assignees[0].user, at)
			}
		})
	}
	a.comingMajor(begin, func() *incident { return open[first.service] })
	over := begin.Add(40 * time.Minute)
	for n, h := range ongoing {
		if h.cluster == "" {
			continue
		}
		a.stage(over.Add(time.Duration(n)*30*time.Second), func(at time.Time) {
			if i := open[h.service]; i.status != "resolved" {
				i.endAlerts(at)
				i.end(i.service, at)
			}
		})
	}
}

// comingMajor writes what happens to the major incident: alert after alert, a responder
// who joins, and the deployment that is found and rolled back.
func (a *account) comingMajor(begin time.Time, major func() *incident) {
	for _, step := range alertsOfMajor(firstOfOutage().at(firstOfOutage().value)) {
		a.stage(begin.Add(step.after), func(at time.Time) {
			if i := major(); i.status != "resolved" {
				i.addAlert(step.by, step.what, step.summary, step.value, at)
			}
		})
	}
	during := func(after time.Duration, do func(i *incident, lead *user, at time.Time)) {
		a.stage(begin.Add(after), func(at time.Time) {
			i := major()
			if i.status == "resolved" {
				return
			}
			lead := a.policies.Named("Payments On-Call").levels[0].onCall(begin)[0]
			do(i, lead, at)
		})
	}
	say := func(after time.Duration, text string) {
		during(after, func(i *incident, lead *user, at time.Time) {
			i.notes = append(i.notes, note{a.idFrom('Q', i.id, text), text, at, lead.ref()})
		})
	}
	during(5*time.Minute, func(i *incident, _ *user, _ time.Time) {
		i.bridge, i.body, i.fields = majorBridge, majorBody, majorFields()
	})
	say(6*time.Minute, majorNotes[0])
	during(8*time.Minute, func(i *incident, lead *user, at time.Time) {
		checkout := a.policies.Named("Checkout On-Call").levels
		helper := checkout[1].onCall(at)[0]
		if helper == lead { // nobody asks themselves
			helper = checkout[0].onCall(at)[0]
		}
		i.responders = append(i.responders, responder{user: helper, requester: lead, message: "Please check order capture", at: at})
	})
	during(10*time.Minute, func(i *incident, _ *user, at time.Time) {
		for n, r := range i.responders {
			if r.joined.IsZero() && r.declined.IsZero() && !r.canceled && r.user != a.me {
				i.responders[n].joined = at
			}
		}
	})
	say(15*time.Minute, majorNotes[1])
	say(20*time.Minute, "Found it: payments-api 412 went out 7 minutes before the first alert, with the HTTP client 3.0. "+
		"It was the same 23 days ago. Rolling back to 411.")
	during(23*time.Minute, func(i *incident, _ *user, at time.Time) {
		addChange(a.changes(), deployed{i.service, i.service.slug()}, "GitHub Actions", "Deployed payments-api 411 to production: roll back 412", at, func() obj {
			return obj{"environment": "production", "version": "411", "previous_version": "412", "author": "Valeria Rossi", "build_state": "passed"}
		})
		a.changes().Sort(newestFirst)
	})
	say(28*time.Minute, "Errors are back to normal 4 minutes after the rollback. Watching, and replaying the stuck orders.")
}

// comingStorm writes ten minutes in which nodes of the cluster go away and take
// services with them, an incident every few seconds.
func (a *account) comingStorm(seed uint64, begin time.Time) {
	random := rand.New(rand.NewPCG(seed, 45))
	services := a.services.All()
	for at, n := begin, 0; at.Before(begin.Add(10 * time.Minute)); at, n = at.Add(time.Duration(4+random.IntN(12))*time.Second), n+1 {
		t, s := troubles[random.IntN(len(troubles))], services[random.IntN(len(services))]
		title := s.name + ": " + fmt.Sprintf(t.title, t.least+random.IntN(t.most-t.least+1))
		if n%6 == 0 {
			s, title = a.services.Named("Kubernetes Production"), fmt.Sprintf("Kubernetes Production: node prod-eu-1-%d not ready", 10+n)
		}
		a.stage(at, func(at time.Time) {
			if a.takes(s, at) {
				i := a.trigger(s, title, at)
				i.number = a.nextNumber()
				i.addAlerts(at)
			}
		})
	}
}

// nextNumber is the number of the incident that was added last.
func (a *account) nextNumber() int {
	return a.incidents.All()[a.incidents.Len()-2].number + 1
}
