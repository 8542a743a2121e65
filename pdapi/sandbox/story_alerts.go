package sandbox

import (
	"math/rand/v2"
	"time"
)

// addAlerts gives the incidents that have none yet the alerts they were opened by.
func (a *account) addAlerts(now time.Time) {
	for _, i := range a.incidents.All() {
		switch {
		case len(i.alerts) > 0:
		case i.number == majorNumber:
			i.storm(now)
		case i.flaps:
			i.flap(now)
		default:
			i.addAlerts(now)
		}
	}
}

// alertOfMajor is an alert of the major incident, so long after the incident began.
type alertOfMajor struct {
	after   time.Duration
	by      *monitor
	what    measure
	summary string
	value   int
}

// alertsOfMajor are the alerts of the major incident with a title: one tool after
// another notices.
func alertsOfMajor(title string) []alertOfMajor {
	authorizations := measure{"payments.authorization.error_rate", "%", 5}
	return []alertOfMajor{
		{0, datadog, authorizations, title, 38},
		{45 * time.Second, sentry, measure{"AcquirerTimeoutError", "", 0}, "Payments API: AcquirerTimeoutError in authorize", 0},
		{time.Minute, alertmanager, measure{"http_client_open_connections", "", 500}, "Payments API: 1984 open connections to the acquirer", 1984},
		{90 * time.Second, newRelic, measure{"Error percentage", "%", 3}, "Payments API: error percentage above 3%", 31},
		{2 * time.Minute, cloudWatch, measure{"HTTPCode_Target_5XX_Count", "Count", 50}, "Payments API: 5xx from the load balancer", 412},
		{3 * time.Minute, grafana, measure{"authorization_latency_p99_ms", "ms", 1500}, "Payments API: p99 of authorizations above 1500 ms", 9400},
		{4 * time.Minute, datadog, authorizations, title, 41},
		{6 * time.Minute, eventsAPI, measure{"synthetic_checkout", "", 0}, "Payments API: synthetic purchase fails from 3 of 3 places", 3},
		{9 * time.Minute, datadog, authorizations, title, 39},
		{14 * time.Minute, alertmanager, measure{"http_client_open_connections", "", 500}, "Payments API: 2000 open connections to the acquirer", 2000},
		{26 * time.Minute, grafana, measure{"authorization_latency_p99_ms", "ms", 1500}, "Payments API: p99 of authorizations above 1500 ms", 6100},
	}
}

// storm gives the major incident the alerts that it has by now.
func (i *incident) storm(now time.Time) {
	for n, s := range alertsOfMajor(i.title) {
		if at := i.created.Add(s.after); !at.After(now) {
			al := i.addAlert(s.by, s.what, s.summary, s.value, at)
			if n == 7 { // traffic goes to the other acquirer
				al.resolved = at.Add(20 * time.Minute)
			}
		}
	}
}

// flap gives an incident an alert that comes and goes every minute.
func (i *incident) flap(now time.Time) {
	by, what := watch(i.title)
	end := now
	if !i.resolved.IsZero() {
		end = i.resolved
	}
	for n, at := 0, i.created; at.Before(end) && n < 5; n, at = n+1, at.Add(time.Minute) {
		al := i.addAlert(by, what, i.title, what.threshold+20+7*n, at)
		if over := at.Add(35 * time.Second); over.Before(end) && (n < 4 || !i.resolved.IsZero()) {
			al.resolved = over
		}
	}
	if !i.resolved.IsZero() {
		i.endAlerts(i.resolved)
	}
}

// flapping is an alert that nobody needs: it comes night after night, is over before
// anybody looks, and nobody has ever done anything about it.
var flapping = happening{
	"Push Notifications", "Push Notifications: delivery latency above %d ms", 840, "triggered", "high", "", "", 5 * time.Minute, nil,
}

// flaps is how often it has come in the last two weeks.
const flaps = 18

// addFlapping makes the incidents of that alert. They have random numbers of their
// own, so that the rest of the account is the same with and without them.
func (a *account) addFlapping(seed uint64, scenario Scenario, now time.Time) {
	random := a.rand
	defer func() { a.rand = random }()
	a.rand = rand.New(rand.NewPCG(seed, 43))
	s := a.services.Named(flapping.service)
	for n := flaps; n > 0; n-- {
		at := now.Add(-time.Duration(n)*18*time.Hour - time.Duration(n*n%50)*time.Minute)
		i := a.trigger(s, flapping.at(flapping.value-40+11*n), at)
		i.flaps = true
		i.end(s, at.Add(time.Duration(3+n%4)*time.Minute))
	}
	if flapping.happens(scenario) {
		i := a.trigger(s, flapping.at(flapping.value), now.Add(-flapping.ago))
		i.flaps = true
	}
}
