package sandbox

import (
	"fmt"
	"slices"
	"time"
)

// What happens in the demo company.
var (
	// troubles are the titles of everyday incidents; %d is a number that varies.
	troubles = []string{
		"p99 latency above %d ms", "Error rate %d%% over the last 5 minutes", "Disk usage %d%% on primary volume",
		"Queue depth %d and growing", "%d pods in CrashLoopBackOff", "Certificate expires in %d days",
		"Replication lag %d seconds", "Health check failing in %d of 3 zones", "Memory usage at %d%% of limit",
		"Connection pool exhausted (%d waiting)",
	}

	remarks = []string{
		"Rolled back the last deploy; watching.", "Restarted the stuck workers.", "Scaled out to twice the replicas.",
		"Noisy neighbor on the node; cordoned it.", "Upstream confirmed an incident on their side.",
		"Raised the limit, follow-up ticket filed.", "False alarm: threshold too tight for the sale.",
	}
)

const (
	incidentCount = 320
	historyDays   = 90
	majorNumber   = 4711
)

// addHistory makes three months of incidents that are over.
func (a *account) addHistory(now time.Time) {
	for range incidentCount - len(ongoing) {
		// Squared, so that recent weeks have more.
		ago := time.Duration(float64(historyDays*24*60)*square(a.rand.Float64()))*time.Minute + 6*time.Hour
		a.addPast(now.Add(-ago))
	}
}

// addPast makes an incident that is over.
func (a *account) addPast(at time.Time) {
	s := a.services.All()[a.rand.IntN(a.services.Len())]
	trouble := troubles[a.rand.IntN(len(troubles))]
	i := a.trigger(s, fmt.Sprintf("%s: "+trouble, s.name, 2+a.rand.IntN(90)), at, trouble)
	if a.rand.IntN(4) == 0 {
		i.priority = a.priorities.All()[1+a.rand.IntN(3)]
	}
	who := i.assignees[0]
	i.status, i.changed, i.changedBy = "resolved", i.created.Add(time.Duration(4+a.rand.IntN(240))*time.Minute), who.ref()
	i.resolved, i.assignees = i.changed, nil
	if a.rand.IntN(3) == 0 {
		i.notes = append(i.notes, note{a.newID('Q'), remarks[a.rand.IntN(len(remarks))], i.created.Add(3 * time.Minute), who.ref()})
	}
}

func square(f float64) float64 { return f * f }

// ongoing is what is happening now: a major incident, what it drags along
// (those with a cluster), and unrelated trouble.
var ongoing = []struct {
	service, title, status, urgency, priority, cluster string
	ago                                                time.Duration
}{
	{"Warehouse Sync", "Warehouse Sync: nightly import 3 hours late", "acknowledged", "low", "P4", "", 5 * time.Hour},
	{"CI Runners", "CI Runners: 14 jobs queued for more than 30 minutes", "triggered", "low", "", "", 95 * time.Minute},
	{"Payments API", "Payments API: card authorizations failing, 38% errors", "acknowledged", "high", "P1", "outage", 42 * time.Minute},
	{"Checkout API", "Checkout API: orders stuck in payment step", "acknowledged", "high", "P2", "outage", 39 * time.Minute},
	{"Fraud Scoring", "Fraud Scoring: upstream timeouts", "triggered", "high", "P3", "outage", 36 * time.Minute},
	{"Mobile Gateway", "Mobile Gateway: 5xx on /v2/pay above 20%", "triggered", "high", "P2", "outage", 31 * time.Minute},
	{"Refunds Worker", "Refunds Worker: queue depth 12400 and growing", "triggered", "low", "", "outage", 24 * time.Minute},
	// E-mail brings what strangers write: here a right-to-left override and a
	// zero-width space.
	{"Nightly Reports", "Re: invoice \u202egnp.exe\u202c attached\u200b", "triggered", "low", "", "", 11 * time.Minute},
}

func (a *account) addOngoing(now time.Time) {
	for _, o := range ongoing {
		s := a.services.First(func(s *service) bool { return s.name == o.service })
		i := a.trigger(s, o.title, now.Add(-o.ago), o.title)
		i.urgency, i.cluster = o.urgency, o.cluster
		i.priority = a.priorities.First(func(p *priority) bool { return p.name == o.priority })
		if o.status == "acknowledged" {
			i.acknowledge(i.assignees[0], i.created.Add(4*time.Minute))
		}
		if o.priority != "P1" {
			continue
		}
		// Ana is called in on the major incident.
		i.bridge = "https://meet.northwind.example/payments-outage"
		i.body = "Authorization success fell from 99.2% to 61% at the acquirer in eu-central."
		i.assignees, i.acknowledgers = append([]*user{a.me}, i.assignees...), append([]*user{a.me}, i.acknowledgers...)
		i.assignees, i.acknowledgers = unique(i.assignees), unique(i.acknowledgers)
		lead := i.assignees[len(i.assignees)-1]
		for n, said := range []string{
			"Acquirer's status page shows degraded authorizations in eu-central.",
			"Routing 50% of traffic to the backup acquirer.",
			"Error rate down to 22%, still above normal. Support has a banner up.",
		} {
			i.notes = append(i.notes, note{a.newID('Q'), said, i.created.Add(time.Duration(6+9*n) * time.Minute), lead.ref()})
		}
		i.responders = append(i.responders, responder{
			user: a.policies.All()[0].levels[0].onCall(i.created), requester: lead, message: "Please check order capture", at: i.created.Add(8 * time.Minute),
		})
	}
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

// trigger opens an incident as an event would: assigned to whoever is on call.
func (a *account) trigger(s *service, title string, at time.Time, pattern string) *incident {
	i := &incident{
		record: record{id: a.newID('Q')}, title: title, status: "triggered", urgency: s.urgency(), service: s, policy: s.policy,
		created: at, changed: at, changedBy: s.ref(), alerts: 1 + a.rand.IntN(5), pattern: pattern,
		key:       fmt.Sprintf("%016x%016x", a.rand.Uint64(), a.rand.Uint64()),
		assignees: []*user{s.policy.levels[0].onCall(at)},
	}
	a.incidents.Add(i)
	return i
}

// number gives incidents their numbers in the order they happened, so that the
// major one gets [majorNumber].
func (a *account) number() {
	a.incidents.Sort(func(x, y *incident) int { return x.created.Compare(y.created) })
	major := slices.IndexFunc(a.incidents.All(), func(i *incident) bool { return i.bridge != "" })
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
	})
}
