package sandbox

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	apiURL = "https://api.pagerduty.com"
	webURL = "https://northwind-demo.pagerduty.com"
)

// account is everything a simulated company has in PagerDuty.
type account struct {
	rand       *rand.Rand
	me         *user
	users      []*user
	teams      []*team
	schedules  []*schedule
	policies   []*policy
	priorities []*priority
	services   []*service
	incidents  []*incident // by number
	grouping   []*grouping

	orchestrations []*orchestration
	ids            map[string]bool
}

type user struct {
	id, name, email, role, title, zone string
	teams                              []*team
}

type team struct {
	id, name, description string
	defaultRole           string
	members               []*user
	roles                 map[*user]string
}

type priority struct{ id, name, description string }

// schedule is a weekly rotation that starts on Mondays at 09:00 UTC.
type schedule struct {
	id, name, zone string
	layer          string // id of its one layer
	team           *team
	users          []*user
	overrides      []override
	shiftBased     bool // of the v3 kind, which the v2 API does not serve
}

type override struct {
	id         string
	user       *user
	start, end time.Time
}

const week = 7 * 24 * time.Hour

// monday is when the turns of every rotation began.
var monday = time.Date(2018, time.January, 1, 9, 0, 0, 0, time.UTC)

// turn is the number of the week a time is in, and when that began.
func turn(at time.Time) (n int, start time.Time) {
	n = int(at.Sub(monday) / week)
	return n, monday.Add(time.Duration(n) * week)
}

// onCall is who a schedule has on call at a time: of the overrides the one that
// came last, else whose turn it is.
func (s *schedule) onCall(at time.Time) *user {
	for _, o := range slices.Backward(s.overrides) {
		if !at.Before(o.start) && at.Before(o.end) {
			return o.user
		}
	}
	n, _ := turn(at)
	return s.users[n%len(s.users)]
}

type policy struct {
	id, name string
	team     *team
	levels   []level
}

// level is a step of an escalation policy: a schedule or a user.
type level struct {
	schedule *schedule
	user     *user
	delay    time.Duration
}

func (l level) onCall(at time.Time) *user {
	if l.schedule != nil {
		return l.schedule.onCall(at)
	}
	return l.user
}

type service struct {
	id, name, description string
	policy                *policy
	urgencyRule           obj
	supportHours          any // obj or nil
	actions               any
	autoResolve, ackAfter any // seconds or nil
	integrations          []obj
	created               time.Time
}

// urgency is what incidents get unless they say otherwise. In support hours that
// are a part of the week it is what holds outside of them.
func (s *service) urgency() string {
	rule := s.urgencyRule
	if outside, ok := rule["outside_support_hours"].(obj); ok {
		rule = outside
	}
	if rule["urgency"] == "low" {
		return "low"
	}
	return "high"
}

type incident struct {
	id, title, status, urgency, key, body string
	number                                int
	priority                              *priority
	service                               *service
	policy                                *policy
	created, changed, resolved            time.Time
	changedBy                             obj
	assignees, acknowledgers              []*user
	direct                                bool // assigned by hand, not by the policy
	alerts                                int
	notes                                 []note
	responders                            []responder
	bridge                                string
	cluster                               string // incidents with one are related
	pattern                               string // what similar titles have in common
}

type note struct {
	id, content string
	at          time.Time
	by          obj
}

type responder struct {
	user, requester *user
	message         string
	at              time.Time
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
		if id := b.String(); !a.ids[id] {
			a.ids[id] = true
			return id
		}
	}
}

func ref(kind, id, summary, path string) obj {
	return obj{
		"id": id, "type": kind + "_reference", "summary": summary,
		"self": apiURL + "/" + path + "/" + id, "html_url": webURL + "/" + path + "/" + id,
	}
}

func (u *user) ref() obj     { return ref("user", u.id, u.name, "users") }
func (t *team) ref() obj     { return ref("team", t.id, t.name, "teams") }
func (p *policy) ref() obj   { return ref("escalation_policy", p.id, p.name, "escalation_policies") }
func (s *schedule) ref() obj { return ref("schedule", s.id, s.name, "schedules") }
func (i *incident) ref() obj { return ref("incident", i.id, i.summary(), "incidents") }

func (s *service) ref() obj {
	r := ref("service", s.id, s.name, "services")
	r["html_url"] = webURL + "/service-directory/" + s.id
	return r
}

func (p *priority) object() obj {
	return obj{
		"id": p.id, "type": "priority", "summary": p.name, "self": apiURL + "/priorities/" + p.id, "html_url": nil,
		"name": p.name, "description": p.description,
	}
}

// find returns the first of list that fits.
func find[T any](list []*T, fits func(*T) bool) *T {
	for _, item := range list {
		if fits(item) {
			return item
		}
	}
	return nil
}

func (a *account) userByID(id string) *user {
	return find(a.users, func(u *user) bool { return u.id == id })
}

func (a *account) userByEmail(email string) *user {
	return find(a.users, func(u *user) bool { return strings.EqualFold(u.email, email) })
}

func (a *account) serviceByID(id string) *service {
	return find(a.services, func(s *service) bool { return s.id == id })
}

func (a *account) teamByID(id string) *team {
	return find(a.teams, func(t *team) bool { return t.id == id })
}

func (a *account) scheduleByID(id string) *schedule {
	return find(a.schedules, func(s *schedule) bool { return s.id == id })
}

func (a *account) policyByID(id string) *policy {
	return find(a.policies, func(p *policy) bool { return p.id == id })
}

func (a *account) priorityByID(id string) *priority {
	return find(a.priorities, func(p *priority) bool { return p.id == id })
}

// ID returns the id of what people call name: a user's, team's, service's,
// policy's, schedule's or priority's name, or an incident's number. It is "" if
// there is none. Tests use it in place of ids they can't know.
func (s *Server) ID(kind, name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.open()
	switch kind {
	case "user":
		return idOf(a.users, func(u *user) (string, string) { return u.id, u.name }, name)
	case "team":
		return idOf(a.teams, func(t *team) (string, string) { return t.id, t.name }, name)
	case "service":
		return idOf(a.services, func(s *service) (string, string) { return s.id, s.name }, name)
	case "policy":
		return idOf(a.policies, func(p *policy) (string, string) { return p.id, p.name }, name)
	case "schedule":
		return idOf(a.schedules, func(s *schedule) (string, string) { return s.id, s.name }, name)
	case "priority":
		return idOf(a.priorities, func(p *priority) (string, string) { return p.id, p.name }, name)
	case "grouping":
		return idOf(a.grouping, func(g *grouping) (string, string) { return g.id, fmt.Sprint(g.name) }, name)
	case "orchestration":
		return idOf(a.orchestrations, func(o *orchestration) (string, string) { return o.id, o.name }, name)
	case "incident":
		return idOf(a.incidents, func(i *incident) (string, string) { return i.id, strconv.Itoa(i.number) }, name)
	}
	return ""
}

func idOf[T any](list []*T, read func(*T) (id, name string), wanted string) string {
	for _, item := range list {
		if id, name := read(item); name == wanted {
			return id
		}
	}
	return ""
}
