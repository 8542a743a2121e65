package sandbox

import (
	"cmp"
	"fmt"
	"math/rand/v2"
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
)

func newAccount(seed uint64, scenario Scenario, now time.Time, zone *time.Location) *account {
	now = now.UTC().Truncate(time.Minute)
	a := &account{rand: rand.New(rand.NewPCG(seed, 42)), used: map[string]bool{}, zone: zone, now: now}
	a.addPeople(now)
	a.addContacts()
	for _, p := range []struct{ name, description string }{
		{"P1", "Customers can't buy"}, {"P2", "A feature is down"}, {"P3", "Degraded"}, {"P4", "Minor"},
	} {
		a.priorities.Add(&priority{a.named(p.name), p.description})
	}
	for _, t := range a.teams.All() {
		a.addOnCall(t)
	}
	a.addOddOnCall(now)
	a.addServices(now)
	a.addCustomFields(now)
	a.addHistory(now)
	a.addOngoing(scenario, now)
	a.addFlapping(seed, scenario, now)
	a.number()
	a.addAlerts(now)
	a.addChanges(seed, scenario, now)
	for _, s := range a.services.All() {
		s.addIntegration(a)
	}
	a.addWindows(now)
	a.addGrouping(now)
	a.addOrchestrations(now)
	a.teams.Add(&team{record: a.named("Empty Team"), description: "Left over", defaultRole: "manager", roles: map[*user]string{}})
	a.addIncidentTypes(now)
	if cmp.Or(scenario, Demo) == Demo {
		a.addFollowers()
	}
	a.direct(scenario, seed, now)
	a.advance(now)
	return a
}

// addServices makes the services of all teams, some of them in an odd state.
func (a *account) addServices(now time.Time) {
	for i, t := range companyTeams {
		for n, name := range t.services {
			urgency := "high"
			if n == 2 {
				urgency = "low"
			}
			a.services.Add(&service{
				record: a.named(name), description: name + " of " + t.name, policy: a.policies.All()[i],
				urgencyRule: obj{"type": "constant", "urgency": urgency}, actions: []any{}, autoResolve: 14400, ackAfter: 1800,
				created: now.AddDate(-2, 0, -n),
			})
		}
	}
	for _, s := range a.services.All()[:3] {
		s.supportHours = obj{
			"type": "fixed_time_per_day", "time_zone": "America/New_York", "start_time": "09:00:00", "end_time": "17:00:00",
			"days_of_week": []any{1.0, 2.0, 3.0, 4.0, 5.0},
		}
		s.urgencyRule = obj{
			"type": "use_support_hours", "during_support_hours": obj{"type": "constant", "urgency": "high"},
			"outside_support_hours": obj{"type": "constant", "urgency": "high"},
		}
	}
	named := a.services.Named
	// Who works on an outage has an hour until it is on the list again, and a
	// nightly import takes as long as it takes.
	named("Payments API").ackAfter, named("Checkout API").ackAfter = 3600, 3600
	named("Warehouse Sync").ackAfter, named("Warehouse Sync").autoResolve = nil, nil
	for _, name := range []string{"Order Capture", "Stock Sync", "Recommendations"} {
		named(name).quiet = &hours{zone: time.UTC, from: 22 * time.Hour, length: 8 * time.Hour}
	}
	named("Pricing Engine").disabled = now.AddDate(0, 0, -60)
	a.windows.Add(&maintenance{
		record: record{id: a.newID('P')}, description: "Rebuilding the search index", services: a.services.Where(func(s *service) bool { return s.name == "Search Indexer" }),
		start: now.Add(-30 * time.Minute), end: now.Add(90 * time.Minute), by: a.users.All()[3],
	})
	for supporting, dependents := range dependencies {
		for _, name := range dependents {
			named(supporting).supports = append(named(supporting).supports, named(name))
		}
	}
	a.services.Add(&service{
		record: a.named("Help Desk"), description: "What the shop's support can't solve", policy: a.policies.Named("Support On-Call"),
		// What customers write at night can wait until somebody is at the desk.
		urgencyRule: obj{
			"type": "use_support_hours", "during_support_hours": obj{"type": "constant", "urgency": "high"},
			"outside_support_hours": obj{"type": "constant", "urgency": "low"},
		},
		supportHours: obj{
			"type": "fixed_time_per_day", "time_zone": "Europe/Berlin", "start_time": "08:00:00", "end_time": "18:00:00",
			"days_of_week": []any{1.0, 2.0, 3.0, 4.0, 5.0},
		},
		actions:     []any{obj{"type": "urgency_change", "at": obj{"type": "named_time", "name": "support_hours_start"}, "to_urgency": "high"}},
		autoResolve: 14400, ackAfter: 1800, created: now.AddDate(0, -6, 0),
	})
}

// dependencies are the services that depend on each service.
var dependencies = map[string][]string{
	"Payments API":          {"Checkout API", "Fraud Scoring", "Mobile Gateway", "Refunds Worker"},
	"Checkout API":          {"Order Capture", "Mobile Gateway"},
	"Login Service":         {"Checkout API", "Mobile Gateway"},
	"Session Store":         {"Login Service"},
	"Catalog API":           {"Search Indexer", "Recommendations"},
	"Event Stream":          {"Data Warehouse", "Stock Sync"},
	"Data Warehouse":        {"Nightly Reports"},
	"Kubernetes Production": {"Payments API", "Checkout API", "Catalog API", "Search API"},
}

// addIntegration gives a service the integration its events come in by. Its key
// is a secret: who has it can page people.
func (s *service) addIntegration(a *account) {
	i := ref("events_api_v2_inbound_integration", a.newID('P'), "Events API v2", "services/"+s.id+"/integrations")
	i["integration_key"] = fmt.Sprintf("secret-%016x", a.rand.Uint64())
	s.integrations = append(s.integrations, i)
}

// addPeople makes users and teams. The last two users are in no team.
func (a *account) addPeople(now time.Time) {
	for i, name := range people {
		u := &user{
			record: a.named(name), role: "user", title: "Software Engineer", zone: homeZones[i%len(homeZones)],
			email: emailOf(name), sso: i%5 == 3,
		}
		switch name {
		case "Jonas Weber":
			u.zone = "" // the account's
		case "Ximena Castro":
			u.zone = railsPacific
		}
		switch {
		case i == 0:
			u.role, u.title = "admin", "Site Reliability Engineer"
		case i == 1:
			u.title = manager
		case i%9 == 4:
			u.role, u.title = "limited_user", manager
		case i >= len(people)-2:
			u.role, u.title = "observer", "Support Analyst"
			if i == len(people)-2 {
				u.role = "read_only_user"
			}
		}
		a.users.Add(u)
	}
	a.me = a.users.All()[0]
	a.gone = &user{record: a.named("Igor Stanek"), email: emailOf("Igor Stanek"), role: "user", deleted: now.AddDate(0, 0, -20)}
	for i, t := range companyTeams {
		made := &team{record: a.named(t.name), description: t.description, defaultRole: "manager", roles: map[*user]string{}}
		a.teams.Add(made)
		for n, u := range a.users.All()[:a.users.Len()-2] {
			// Everyone is in one team, every seventh in the next one as well.
			if n%len(companyTeams) == i || n%7 == 0 && (n+1)%len(companyTeams) == i {
				role := "responder"
				if len(made.members) == 0 || u.title == manager {
					role = "manager"
				}
				made.add(u, role)
			}
		}
	}
}

const manager = "Engineering Manager" // a job title

func emailOf(name string) string {
	plain := strings.NewReplacer("'", "", "ë", "e", " ", ".").Replace(strings.ToLower(name))
	return plain + "@northwind.example"
}

// AddServices gives the account that many more services, "Bulk Service 0" and on.
func (s *Server) AddServices(n int) {
	s.Do(func() {
		a := s.open()
		for i := range n {
			made := *a.services.All()[i%3+3]
			made.record = a.named(fmt.Sprintf("Bulk Service %d", i))
			a.services.Add(&made)
		}
	})
}
