package sandbox

import (
	"hash/fnv"
	"io"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

const (
	apiURL = "https://api.pagerduty.com"
	webURL = "https://northwind-demo.pagerduty.com"
)

// obj is a JSON object on its way out or in.
type obj = rest.Object

// account is everything a simulated company has in PagerDuty.
type account struct {
	rand *rand.Rand
	used map[string]bool // ids
	me   *user           // whose key [UserKey] is
	gone *user           // who was deleted
	zone *time.Location
	now  time.Time // of the last request

	abilities []string // what its plan includes

	users          rest.Table[*user]
	teams          rest.Table[*team]
	schedules      rest.Table[*schedule]
	policies       rest.Table[*policy]
	priorities     rest.Table[*priority]
	services       rest.Table[*service]
	incidents      rest.Table[*incident] // by number
	groupings      rest.Table[*grouping]
	orchestrations rest.Table[*orchestration]
	windows        rest.Table[*maintenance]
	customFields   rest.Table[*customField] // of all incident types
	incidentTypes  rest.Table[*incidentType]
	changes        func() *rest.Table[*change] // the newest first

	coming []scene // what is going to happen, the next first
}

// record is what records have in common.
type record struct{ id, name string }

// ID is what PagerDuty knows a record by.
func (r record) ID() string { return r.id }

// Name is what people call a record.
func (r record) Name() string { return r.name }

// named makes what a new record has in common with others.
func (a *account) named(name string) record { return record{a.newID('P'), name} }

// uniqueName is the name that a record of a table gets when it is called name:
// PagerDuty cuts spaces at its end, and refuses one that another record has.
func uniqueName[R rest.Record](table *rest.Table[R], of R, name string) (string, *rest.Answer) {
	name = strings.TrimRight(name, " ")
	var none R
	other := table.First(func(r R) bool { return r != of && strings.EqualFold(r.Name(), name) })
	switch {
	case name == "":
		return "", rest.Invalid("Name can't be blank")
	case other != none:
		return "", rest.Invalid("Name has already been taken")
	}
	return name, nil
}

const idLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// newID makes an id of the form PagerDuty uses: P and six letters, or for
// incidents, notes and log entries Q and thirteen.
func (a *account) newID(prefix byte) string {
	n := 6
	if prefix == 'Q' {
		n = 13
	}
	for {
		var b strings.Builder
		b.WriteByte(prefix)
		for range n {
			b.WriteByte(idLetters[a.rand.IntN(len(idLetters))])
		}
		if id := b.String(); !a.used[id] {
			a.used[id] = true
			return id
		}
	}
}

// idFrom makes an id of words: the same words give the same id, whatever else the
// account has.
func (a *account) idFrom(prefix byte, words ...string) string {
	hash := fnv.New64a()
	_, _ = io.WriteString(hash, strings.Join(words, "\x00"))
	random := rand.New(rand.NewPCG(hash.Sum64(), 7))
	own := &account{rand: random, used: a.used}
	return own.newID(prefix)
}

// ref is a reference to an object, as it is in other objects.
func ref(of, id, summary, path string) obj {
	return obj{
		"id": id, "type": of + "_reference", "summary": summary,
		"self": apiURL + "/" + path + "/" + id, "html_url": webURL + "/" + path + "/" + id,
	}
}

func (a *account) user(id string) *user                   { return a.users.Get(id) }
func (a *account) team(id string) *team                   { return a.teams.Get(id) }
func (a *account) schedule(id string) *schedule           { return a.schedules.Get(id) }
func (a *account) policy(id string) *policy               { return a.policies.Get(id) }
func (a *account) priority(id string) *priority           { return a.priorities.Get(id) }
func (a *account) service(id string) *service             { return a.services.Get(id) }
func (a *account) incident(id string) *incident           { return a.incidents.Get(id) }
func (a *account) grouping(id string) *grouping           { return a.groupings.Get(id) }
func (a *account) orchestration(id string) *orchestration { return a.orchestrations.Get(id) }

// ID returns the id of what people call name: a user's, team's, service's,
// policy's, schedule's or priority's name, or an incident's number; for an override
// the schedule's name and its number there, the earliest 1. It is "" if there is none. Tests use it in place of ids they can't know.
func (s *Server) ID(kind, name string) (id string) {
	s.Do(func() {
		a := s.open()
		switch kind {
		case "user":
			id = idOf(&a.users, name)
		case "team":
			id = idOf(&a.teams, name)
		case "service":
			id = idOf(&a.services, name)
		case "policy":
			id = idOf(&a.policies, name)
		case "schedule":
			id = idOf(&a.schedules, name)
		case "priority":
			id = idOf(&a.priorities, name)
		case "grouping":
			id = idOf(&a.groupings, name)
		case "orchestration":
			id = idOf(&a.orchestrations, name)
		case "alert": // of an incident, by its number: the oldest
			if i := a.incidents.Named(name); i != nil && len(i.alerts) > 0 {
				id = i.alerts[0].id
			}
		case "incident":
			id = idOf(&a.incidents, name)
		case "override":
			id = a.overrideID(name)
		}
	})
	return id
}

func idOf[R rest.Record](table *rest.Table[R], name string) string {
	var none R
	if found := table.Named(name); found != none {
		return found.ID()
	}
	return ""
}

// stamp writes a time as PagerDuty does, or null.
func stamp(t time.Time) any { return stampIn(t, time.UTC) }

// stampIn writes a time with the clock of a time zone, or null.
func stampIn(t time.Time, in *time.Location) any {
	if t.IsZero() {
		return nil
	}
	return t.In(in).Format(time.RFC3339)
}

// orNull is a text, or null in the place of none.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
