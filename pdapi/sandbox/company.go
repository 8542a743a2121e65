package sandbox

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// The demo company: Northwind, an online shop.
var (
	people = strings.Split("Ana Souza,Ben Carter,Chloe Nguyen,Diego Ramirez,Elif Demir,Farid Haddad,Grace Kim,Hugo Lindqvist,"+
		"Imani Okafor,Jonas Weber,Keiko Tanaka,Liam O'Brien,Maya Patel,Noah Fischer,Olga Petrova,Pablo Ortega,Qing Li,"+
		"Rania Aziz,Sven Johansson,Tara Walsh,Umar Farouk,Valeria Rossi,Wes Nakamura,Ximena Castro,Yusuf Kaya,Zoë Laurent,"+
		"Aditi Rao,Bruno Silva,Carmen Vidal,Dmitri Volkov,Emma Larsen,Felix Baumann,Gita Menon,Hana Novak,Ivan Horvat,"+
		"Jamal Brooks,Kira Jensen,Lucas Moreau,Mei Chen,Nadia Rahman,Oscar Lund,Priya Nair,Quentin Dubois,Rosa Jimenez", ",")

	homeZones = []string{"America/New_York", "America/Sao_Paulo", "Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles", "Europe/London"}

	companyTeams = []struct {
		name, description string
		services          []string
	}{
		{"Checkout", "Cart, checkout and order capture", []string{"Checkout API", "Cart Service", "Order Capture"}},
		{"Payments", "Authorizations, refunds and fraud checks", []string{"Payments API", "Fraud Scoring", "Refunds Worker"}},
		{"Catalog", "Products, prices and stock", []string{"Catalog API", "Pricing Engine", "Stock Sync"}},
		{"Search", "Search and recommendations", []string{"Search API", "Search Indexer", "Recommendations"}},
		{"Mobile", "iOS and Android apps and their gateway", []string{"Mobile Gateway", "Push Notifications"}},
		{"Platform", "Kubernetes, CI and observability", []string{"Kubernetes Production", "CI Runners", "Metrics Pipeline"}},
		{"Data", "Warehouse and streaming", []string{"Event Stream", "Data Warehouse", "Nightly Reports"}},
		{"Identity", "Login, sessions and permissions", []string{"Login Service", "Session Store"}},
		{"Fulfillment", "Warehouses and shipping", []string{"Shipping Labels", "Warehouse Sync"}},
	}

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

func newAccount(seed uint64, now time.Time) *account {
	now = now.UTC().Truncate(time.Minute)
	a := &account{rand: rand.New(rand.NewPCG(seed, 42)), ids: map[string]bool{}}
	a.addPeople()
	for _, p := range []struct{ name, description string }{
		{"P1", "Customers can't buy"}, {"P2", "A feature is down"}, {"P3", "Degraded"}, {"P4", "Minor"},
	} {
		a.priorities = append(a.priorities, &priority{a.newID('P'), p.name, p.description})
	}
	for _, t := range a.teams {
		a.addOnCall(t)
	}
	for i, t := range companyTeams {
		for n, name := range t.services {
			urgency := "high"
			if n == 2 {
				urgency = "low"
			}
			a.services = append(a.services, &service{
				id: a.newID('P'), name: name, description: name + " of " + t.name, policy: a.policies[i],
				urgencyRule: obj{"type": "constant", "urgency": urgency}, actions: []obj{}, autoResolve: 14400, ackAfter: 1800,
				created: now.AddDate(-2, 0, -n),
			})
		}
	}
	for _, s := range a.services[:3] {
		s.supportHours = obj{
			"type": "fixed_time_per_day", "time_zone": "America/New_York", "start_time": "09:00:00", "end_time": "17:00:00",
			"days_of_week": []int{1, 2, 3, 4, 5},
		}
		s.urgencyRule = obj{
			"type": "use_support_hours", "during_support_hours": obj{"type": "constant", "urgency": "high"},
			"outside_support_hours": obj{"type": "constant", "urgency": "high"},
		}
	}
	a.addHistory(now)
	a.addOngoing(now)
	a.number()
	for _, s := range a.services {
		s.addIntegration(a)
	}
	a.addGrouping(now)
	a.addOrchestrations(now)
	a.teams = append(a.teams, &team{id: a.newID('P'), name: "Empty Team", description: "Left over", defaultRole: "manager", roles: map[*user]string{}})
	a.schedules = append(a.schedules, &schedule{
		id: a.newID('P'), name: "Support Follow-the-Sun", zone: "Etc/UTC", team: a.teams[0], users: a.users[len(a.users)-2:], shiftBased: true,
	})
	return a
}

// addIntegration gives a service the integration its events come in by. Its key
// is a secret: who has it can page people.
func (s *service) addIntegration(a *account) {
	i := ref("events_api_v2_inbound_integration", a.newID('P'), "Events API v2", "services/"+s.id+"/integrations")
	i["integration_key"] = fmt.Sprintf("secret-%016x", a.rand.Uint64())
	s.integrations = append(s.integrations, i)
}

// addPeople makes users and teams. The last two users are in no team.
func (a *account) addPeople() {
	for i, name := range people {
		u := &user{
			id: a.newID('P'), name: name, role: "user", title: "Software Engineer", zone: homeZones[i%len(homeZones)],
			email: emailOf(name),
		}
		switch {
		case i == 0:
			u.role, u.title = "admin", "Site Reliability Engineer"
		case i%9 == 4:
			u.role, u.title = "limited_user", "Engineering Manager"
		case i >= len(people)-2:
			u.role, u.title = "observer", "Support Analyst"
		}
		a.users = append(a.users, u)
	}
	a.me = a.users[0]
	for i, t := range companyTeams {
		made := &team{id: a.newID('P'), name: t.name, description: t.description, defaultRole: "manager", roles: map[*user]string{}}
		a.teams = append(a.teams, made)
		for n, u := range a.users[:len(a.users)-2] {
			// Everyone is in one team, every seventh in the next one as well.
			if n%len(companyTeams) == i || n%7 == 0 && (n+1)%len(companyTeams) == i {
				role := "responder"
				if len(made.members) == 0 || u.title == "Engineering Manager" {
					role = "manager"
				}
				made.add(u, role)
			}
		}
	}
}

func emailOf(name string) string {
	plain := strings.NewReplacer("'", "", "ë", "e", " ", ".").Replace(strings.ToLower(name))
	return plain + "@northwind.example"
}

// addOnCall gives a team two schedules and a policy that uses both.
func (a *account) addOnCall(t *team) {
	var pair []*schedule
	for i, name := range []string{"Primary", "Secondary"} {
		s := &schedule{id: a.newID('P'), layer: a.newID('P'), name: t.name + " " + name, zone: homeZones[i], team: t}
		for n := range t.members {
			s.users = append(s.users, t.members[(n+i)%len(t.members)])
		}
		pair = append(pair, s)
	}
	a.schedules = append(a.schedules, pair...)
	a.policies = append(a.policies, &policy{
		id: a.newID('P'), name: t.name + " On-Call", team: t, levels: []level{
			{schedule: pair[0], delay: 15 * time.Minute},
			{schedule: pair[1], delay: 15 * time.Minute},
			{user: t.members[len(t.members)-1], delay: 30 * time.Minute},
		},
	})
}

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
	s := a.services[a.rand.IntN(len(a.services))]
	trouble := troubles[a.rand.IntN(len(troubles))]
	i := a.trigger(s, fmt.Sprintf("%s: "+trouble, s.name, 2+a.rand.IntN(90)), at, trouble)
	if a.rand.IntN(4) == 0 {
		i.priority = a.priorities[1+a.rand.IntN(3)]
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
		s := find(a.services, func(s *service) bool { return s.name == o.service })
		i := a.trigger(s, o.title, now.Add(-o.ago), o.title)
		i.urgency, i.cluster = o.urgency, o.cluster
		i.priority = find(a.priorities, func(p *priority) bool { return p.name == o.priority })
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
			user: a.policies[0].levels[0].onCall(i.created), requester: lead, message: "Please check order capture", at: i.created.Add(8 * time.Minute),
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
		id: a.newID('Q'), title: title, status: "triggered", urgency: s.urgency(), service: s, policy: s.policy,
		created: at, changed: at, changedBy: s.ref(), alerts: 1 + a.rand.IntN(5), pattern: pattern,
		key:       fmt.Sprintf("%016x%016x", a.rand.Uint64(), a.rand.Uint64()),
		assignees: []*user{s.policy.levels[0].onCall(at)},
	}
	a.incidents = append(a.incidents, i)
	return i
}

// number gives incidents their numbers in the order they happened, so that the
// major one gets [majorNumber].
func (a *account) number() {
	slices.SortStableFunc(a.incidents, func(x, y *incident) int { return x.created.Compare(y.created) })
	major := slices.IndexFunc(a.incidents, func(i *incident) bool { return i.bridge != "" })
	for n, i := range a.incidents {
		i.number = majorNumber - major + n
	}
}

// Grow gives the account a longer history: at least so many incidents.
func (s *Server) Grow(incidents int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.open()
	for oldest := a.incidents[0].created; len(a.incidents) < incidents; oldest = oldest.Add(-20 * time.Minute) {
		a.addPast(oldest)
	}
	a.number()
}

// AddServices gives the account that many more services, "Bulk Service 0" and on.
func (s *Server) AddServices(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.open()
	for i := range n {
		made := *a.services[i%3+3]
		made.id, made.name = a.newID('P'), fmt.Sprintf("Bulk Service %d", i)
		a.services = append(a.services, &made)
	}
}
