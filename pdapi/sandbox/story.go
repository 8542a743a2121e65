package sandbox

import (
	"fmt"
	"regexp"
	"slices"
	"time"
)

const (
	incidentCount = 320
	historyDays   = 90
	majorNumber   = 4711
)

// trouble is what goes wrong every day: a title with a number from least to most.
type trouble struct {
	title       string
	least, most int
}

func (t trouble) of(a *account, s *service) string {
	return s.name + ": " + fmt.Sprintf(t.title, t.least+a.rand.IntN(t.most-t.least+1))
}

var (
	troubles = []trouble{
		{"p99 latency above %d ms", 400, 2600}, {"Error rate %d%% over the last 5 minutes", 3, 45},
		{"Disk usage %d%% on primary volume", 85, 99}, {"Queue depth %d and growing", 800, 25_000},
		{"%d pods in CrashLoopBackOff", 2, 9}, {"Certificate expires in %d days", 2, 14},
		{"Replication lag %d seconds", 45, 900}, {"Health check failing in %d of 3 zones", 1, 3},
		{"Memory usage at %d%% of limit", 90, 99}, {"Connection pool exhausted (%d waiting)", 15, 240},
	}

	remarks = []string{
		"Rolled back the last deploy; watching.", "Restarted the stuck workers.", "Scaled out to twice the replicas.",
		"Noisy neighbor on the node; cordoned it.", "Upstream confirmed an incident on their side.",
		"Raised the limit, follow-up ticket filed.", "False alarm: threshold too tight for the sale.",
	}

	numbers = regexp.MustCompile(`\d+`)
)

// patternOf is what similar titles have in common: all but the numbers.
func patternOf(title string) string { return numbers.ReplaceAllString(title, "<NUM>") }

// addHistory makes three months of incidents that are over.
func (a *account) addHistory(now time.Time) {
	a.addSeenBefore(now)
	for a.incidents.Len() < incidentCount-len(ongoing) {
		// Squared, so that recent weeks have more.
		ago := time.Duration(float64(historyDays*24*60)*square(a.rand.Float64()))*time.Minute + 6*time.Hour
		a.addPast(now.Add(-ago))
	}
}

// addPast makes an incident that is over, on a service that took one then.
func (a *account) addPast(at time.Time) {
	s := a.services.All()[a.rand.IntN(a.services.Len())]
	for !a.takes(s, at) {
		s = a.services.All()[a.rand.IntN(a.services.Len())]
	}
	i := a.trigger(s, troubles[a.rand.IntN(len(troubles))].of(a, s), at)
	if a.rand.IntN(4) == 0 {
		i.priority = a.priorities.All()[1+a.rand.IntN(3)]
	}
	who := i.assignees[0].user
	if a.rand.IntN(3) == 0 {
		i.notes = append(i.notes, note{a.newID('Q'), remarks[a.rand.IntN(len(remarks))], i.created.Add(3 * time.Minute), who.ref()})
	}
	by, lasted := agent(who), 4+a.rand.IntN(200)
	if a.rand.IntN(5) == 0 {
		by, lasted = s, 4+a.rand.IntN(10) // its monitoring says that it is over
	}
	if after := time.Duration(1+int(i.key[0])%9) * time.Minute; by == who && after < time.Duration(lasted)*time.Minute {
		i.acknowledge(who, at.Add(after))
	}
	i.end(by, i.created.Add(time.Duration(lasted)*time.Minute))
}

// end resolves an incident.
func (i *incident) end(by agent, at time.Time) {
	i.status, i.resolved, i.changed, i.changedBy = "resolved", at, at, by
	i.assignees, i.acknowledgers = nil, nil
	said := ""
	if i.mergedInto != nil {
		said = fmt.Sprintf("Resolved by %s: merged into %q.", by.Name(), i.mergedInto.title)
	}
	i.happened("resolve", at, by, nil, said)
}

func square(f float64) float64 { return f * f }

// addOngoing makes what is happening now in a scenario.
func (a *account) addOngoing(scenario Scenario, now time.Time) {
	for _, o := range ongoing {
		if !o.happens(scenario) {
			continue
		}
		i := a.trigger(a.services.Named(o.service), o.at(o.value), now.Add(-o.ago))
		i.urgency, i.cluster, i.priority = o.urgency, o.cluster, a.priorities.Named(o.priority)
		if o.status == "acknowledged" {
			i.acknowledge(i.assignees[0].user, i.created.Add(4*time.Minute))
		}
		if o.priority == "P1" {
			a.tellMajor(i)
		}
	}
}

// What people wrote about the major incident.
const (
	majorBridge = "https://meet.northwind.example/payments-outage"
	majorBody   = "Authorization success fell from 99.2% to 61% at the acquirer in eu-central."
)

var majorNotes = []string{
	"Acquirer's status page shows degraded authorizations in eu-central.",
	"Routing 50% of traffic to the backup acquirer.",
	"Error rate down to 22%, still above normal. Support has a banner up.",
}

func majorFields() map[string]any {
	return map[string]any{
		"environment": "production", "affected_regions": []any{"eu-central"}, "orders_lost": 1840,
		"ticket": "https://tickets.northwind.example/PAY-2214", "customer_visible": true,
	}
}

// tellMajor adds to the major incident what people did and wrote about it.
func (a *account) tellMajor(i *incident) {
	lead, joined := i.assignees[0].user, i.created.Add(10*time.Minute)
	i.bridge, i.body, i.fields = majorBridge, majorBody, majorFields()
	for n, said := range majorNotes {
		i.notes = append(i.notes, note{a.newID('Q'), said, i.created.Add(time.Duration(6+9*n) * time.Minute), lead.ref()})
	}
	asked := responder{user: a.me, requester: lead, message: "Please take the lead", at: i.created.Add(8 * time.Minute), joined: joined}
	if a.me == lead {
		asked.user, asked.message, asked.joined = a.policies.Named("Checkout On-Call").levels[1].onCall(i.created)[0], "Please check order capture", time.Time{}
	} else {
		i.assignees = append([]held{{a.me, joined}}, i.assignees...)
		i.acknowledgers = append([]held{{a.me, joined}}, i.acknowledgers...)
		i.direct = true
		i.happened("assign", joined, lead, i.assignees[:1], "")
		i.happened("acknowledge", joined, a.me, nil, "")
	}
	i.responders = append(i.responders, asked)
}

func unique(list []*user) []*user {
	var out []*user
	for _, u := range list {
		if !slices.Contains(out, u) {
			out = append(out, u)
		}
	}
	return out
}

// newIncident opens an incident that is assigned to nobody yet.
func (a *account) newIncident(s *service, title string, at time.Time, by agent) *incident {
	i := &incident{
		record: record{id: a.newID('Q')}, title: title, status: "triggered", urgency: s.urgency(at), service: s, policy: s.policy,
		created: at, changed: at, changedBy: s, grouped: 1 + a.rand.IntN(5), pattern: patternOf(title),
		key: fmt.Sprintf("%016x%016x", a.rand.Uint64(), a.rand.Uint64()),
	}
	i.happened("trigger", at, by, nil, title)
	a.incidents.Add(i)
	return i
}

// trigger opens an incident as an event does: assigned to whoever is on call.
func (a *account) trigger(s *service, title string, at time.Time) *incident {
	i := a.newIncident(s, title, at, s)
	i.start(at)
	return i
}

// number gives incidents their numbers in the order they happened, so that the
// major one gets [majorNumber], or the next one where there is no major one yet.
func (a *account) number() {
	a.incidents.Sort(func(x, y *incident) int { return x.created.Compare(y.created) })
	major := slices.IndexFunc(a.incidents.All(), func(i *incident) bool { return i.bridge != "" && i.status != "resolved" })
	if major < 0 {
		major = a.incidents.Len()
	}
	for n, i := range a.incidents.All() {
		i.number = majorNumber - major + n
	}
}

// Grow gives the account a longer history: at least so many incidents.
func (s *Server) Grow(incidents int) {
	s.Do(func() {
		a := s.open()
		for oldest := a.incidents.All()[0].created; a.incidents.Len() < incidents; oldest = oldest.Add(-20 * time.Minute) {
			a.addPast(oldest)
		}
		a.number()
		a.addAlerts(a.now)
	})
}
