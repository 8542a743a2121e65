package sandbox

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// change is something that somebody did to a service and that may break it.
type change struct {
	record   // the name is the summary
	at       time.Time
	services []*service
	source   string // what reported it
	details  func() obj
	link     string // to where the change was made
}

// changeStory are the changes before what is happening now. The first is what broke
// Payments API: see the note on its incident of 23 days ago.
var changeStory = []struct {
	service, source, summary string
	ago                      time.Duration
	details                  obj
}{
	{"Payments API", "GitHub Actions", "Deployed payments-api 412 to production: upgrade the HTTP client to 3.0", 49 * time.Minute, obj{
		"environment": "production", "version": "412", "previous_version": "411", "commit": "9f2c1ab", "author": "Valeria Rossi", "build_state": "passed",
	}},
	{"Checkout API", "LaunchDarkly", "Flag checkout-one-page turned on for 25% of production", 66 * time.Minute, obj{
		"environment": "production", "flag": "checkout-one-page", "previous": "10%", "current": "25%", "author": "Diego Ramirez",
	}},
	{"Kubernetes Production", "Argo CD", "Node pool general upgraded to 1.31.4", 95 * time.Minute, obj{"environment": "production", "cluster": "prod-eu-1", "previous_version": "1.31.2"}},
	{"Warehouse Sync", "GitHub Actions", "Deployed warehouse-sync 88 to production: carrier file over SFTP", 19 * time.Hour, obj{
		"environment": "production", "version": "88", "previous_version": "87", "author": "Keiko Tanaka", "build_state": "passed",
	}},
	{"Payments API", "GitHub Actions", "Deployed payments-api 398 to production: one HTTP client per acquirer", 23*24*time.Hour + 3*time.Hour + 4*time.Minute, obj{
		"environment": "production", "version": "398", "previous_version": "397", "author": "Valeria Rossi", "build_state": "passed",
	}},
}

// deployed is a service as it was called when its changes were made, and what they are
// made with later.
type deployed struct {
	*service
	slug string
}

// addChanges gives the account three months of deployments and of flags that were
// switched, with random numbers of their own. They are made once somebody looks at
// them, which most don't; the services have the names then that they have now.
func (a *account) addChanges(seed uint64, scenario Scenario, now time.Time) {
	services, named := []deployed{}, map[string]deployed{}
	for _, s := range a.services.All() {
		d := deployed{s, s.slug()}
		services, named[s.name] = append(services, d), d
	}
	a.changes = sync.OnceValue(func() *rest.Table[*change] {
		all := &rest.Table[*change]{}
		routine(all, services, seed, now)
		for _, c := range changeStory {
			at := now.Add(-c.ago)
			if scenario.develops() && c.ago < 3*time.Hour { // as long before the outage as in the story
				at = at.Add(firstOfOutage().ago + begins)
			}
			if !at.After(now) {
				addChange(all, named[c.service], c.source, c.summary, at, func() obj { return c.details })
			}
		}
		all.Sort(newestFirst)
		return all
	})
}

func newestFirst(x, y *change) int { return y.at.Compare(x.at) }

// routine adds the changes that broke nothing.
func routine(all *rest.Table[*change], services []deployed, seed uint64, now time.Time) {
	random := rand.New(rand.NewPCG(seed, 44))
	for n, s := range services {
		version := 200 + 10*n
		for at := now.Add(-historyDays * 24 * time.Hour); at.Before(now.Add(-8 * time.Hour)); at = at.Add(time.Duration(20+random.IntN(60)) * time.Hour) {
			version++
			number := strconv.Itoa(version)
			summary, source := fmt.Sprintf("Deployed %s %d to production", s.slug, version), "GitHub Actions"
			details := func() obj { return obj{"environment": "production", "version": number, "build_state": "passed"} }
			if version%5 == 0 {
				summary, source = fmt.Sprintf("Flag %s-rollout turned on for %d%% of production", s.slug, 25*(1+version%4)), "LaunchDarkly"
				details = func() obj { return obj{"environment": "production", "flag": s.slug + "-rollout"} }
			}
			addChange(all, s, source, summary, at, details)
		}
	}
}

func addChange(all *rest.Table[*change], s deployed, source, summary string, at time.Time, details func() obj) {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, s.id, summary, at.Unix())
	id := "01" + strings.ToUpper(fmt.Sprintf("%11s%13s", strconv.FormatInt(at.Unix(), 36), strconv.FormatUint(h.Sum64(), 36)))
	all.Add(&change{
		record: record{strings.ReplaceAll(id, " ", "0"), summary}, at: at, services: []*service{s.service}, source: source, details: details,
		link: "https://changes.northwind.example/" + s.slug + "/" + strconv.FormatInt(at.Unix(), 36),
	})
}

func changeEventRoutes() []route {
	list := rest.Paging().With(rest.Query{"team_ids[]": rest.IDs(), "integration_ids[]": rest.IDs(), "since": rest.MomentUTC(), "until": rest.MomentUTC()})
	return []route{
		{Pattern: "GET /change_events", Query: list, Handle: func(c *call) *rest.Answer { return c.listChanges(nil) }},
		{Pattern: "GET /change_events/{id}", Handle: with((*account).change, func(_ *call, ch *change) *rest.Answer {
			return rest.OK(obj{"change_event": ch.object()})
		})},
		{Pattern: "GET /services/{id}/change_events", Query: list, Handle: with((*account).service, func(c *call, s *service) *rest.Answer { return c.listChanges(s) })},
		{Pattern: "GET /incidents/{id}/related_change_events", Query: rest.Query{"limit": rest.Whole(1, 100)}, Handle: with((*account).incident, relatedChanges)},
	}
}

func (a *account) change(id string) *change { return a.changes().Get(id) }

// listChanges answers the changes of a service, or of all, the newest first.
func (c *call) listChanges(of *service) *rest.Answer {
	q := c.URL.Query()
	since, _ := time.Parse(time.RFC3339, q.Get("since"))
	until, err := time.Parse(time.RFC3339, q.Get("until"))
	if err != nil {
		until = c.Now.Add(time.Second)
	}
	rows := c.changes().Where(func(ch *change) bool {
		return !ch.at.Before(since) && ch.at.Before(until) && (of == nil || slices.Contains(ch.services, of)) &&
			(len(q["team_ids[]"]) == 0 || slices.Contains(q["team_ids[]"], ch.services[0].policy.team.id)) &&
			(len(q["integration_ids[]"]) == 0 || slices.Contains(q["integration_ids[]"], ch.integration()))
	})
	return rest.Page(c.Call, "change_events", rows, (*change).object)
}

// relatedChanges answers what was changed in the day before an incident: on its
// service, and on those that it depends on.
func relatedChanges(c *call, i *incident) *rest.Answer {
	related := []obj{}
	for _, ch := range c.changes().All() {
		reason := ""
		switch s := ch.services[0]; {
		case ch.at.After(i.created) || ch.at.Before(i.created.Add(-24*time.Hour)) || len(related) == c.Int("limit", 25):
		case s == i.service:
			reason = "most_recent"
		case c.depends(i.service, s):
			reason = "related_service"
		}
		if reason != "" {
			o := ch.object()
			o["correlation_reason"] = obj{"reason": reason}
			related = append(related, o)
		}
	}
	return rest.OK(obj{"change_events": related})
}

func (ch *change) integration() string { return "P" + ch.id[len(ch.id)-6:] }

// object is a change. The routing key is a secret: who has it can report changes.
func (ch *change) object() obj {
	return obj{
		"id": ch.id, "type": "change_event", "summary": ch.name, "timestamp": stamp(ch.at), "source": ch.source, "routing_key": "secret-routing-key",
		"integration": obj{"id": ch.integration(), "type": "inbound_integration_reference"}, "services": rest.Render(ch.services, (*service).ref),
		"links": []obj{{"href": ch.link, "text": "View in " + ch.source}}, "images": []obj{}, "custom_details": ch.details(), "self": apiURL + "/change_events/" + ch.id, "html_url": nil,
	}
}
