// Package kind has a row for each kind of PagerDuty object that arguments refer to: what
// people call it, how they may write which one they mean, and how it is looked up.
package kind

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Kind is a kind of PagerDuty object that arguments refer to. All that the engine
// knows of a kind is in its row below.
type Kind struct {
	Word  string   // what people call such an object
	paths []string // what stands before the id in the URLs of such objects

	// numbered objects are known by numbers instead of names: incidents.
	numbered bool
	// people may also be meant by their e-mail address, or by "me".
	People bool
	// rare objects are few and hardly change: they are asked for once, and again
	// only for a name that is not among them.
	Rare bool

	// search lists the objects whose name contains text, or all of them where
	// PagerDuty can't search that kind; nil for kinds without names. Whole means
	// that PagerDuty listed all the objects there are.
	Search func(ctx context.Context, pd pdapi.Reader, text string, limit int) (found []Candidate, whole bool, err error)
	// searches tells whether PagerDuty searches by text. Where it doesn't, search
	// returns everything.
	Searches bool
	// named lists the objects that have a name, where PagerDuty can be asked for
	// that; nil where it can't.
	Named func(ctx context.Context, pd pdapi.Reader, name string) (found []Candidate, whole bool, err error)
	// byID asks for one object. It fails with [pdapi.ErrNotFound] if there is none.
	ByID func(ctx context.Context, pd pdapi.Reader, id string) (Candidate, error)
}

// Candidate is an object that a name may mean.
type Candidate struct {
	ID, Name, Email string
	About           string // what tells it from others with that name
}

// String names the object in a sentence.
func (c Candidate) String() string {
	s := wording.Quote(c.Name) + " (" + c.ID
	if c.About != "" {
		s += ", " + wording.Quote(c.About)
	}
	return s + ")"
}

// Incident is the row of such objects.
var Incident = Kind{
	Word: "incident", paths: []string{"incidents"}, numbered: true,
	ByID: func(ctx context.Context, pd pdapi.Reader, id string) (Candidate, error) {
		found, err := pd.Incident(ctx, id)
		return Candidate{ID: found.ID, Name: found.Title}, err
	},
}

// Service is the row of such objects.
var Service = Kind{
	Word: "service", paths: []string{"service-directory", "services"}, Searches: true,
	Search: func(ctx context.Context, pd pdapi.Reader, text string, limit int) ([]Candidate, bool, error) {
		return gather(pd.Services(ctx, pdapi.ServiceFilter{Query: text}, pdapi.Window{Limit: limit}), serviceCandidate)
	},
	Named: func(ctx context.Context, pd pdapi.Reader, name string) ([]Candidate, bool, error) {
		return gather(pd.Services(ctx, pdapi.ServiceFilter{Name: name}, pdapi.Window{Limit: pdapi.MaxPageSize}), serviceCandidate)
	},
	ByID: func(ctx context.Context, pd pdapi.Reader, id string) (Candidate, error) {
		found, err := pd.Service(ctx, id)
		return serviceCandidate(found), err
	},
}

// User is the row of such objects.
var User = Kind{
	Word: "user", paths: []string{"users"}, People: true, Searches: true,
	Search: func(ctx context.Context, pd pdapi.Reader, text string, limit int) ([]Candidate, bool, error) {
		return gather(pd.Users(ctx, pdapi.UserFilter{Query: text}, pdapi.Window{Limit: limit}), UserCandidate)
	},
	ByID: func(ctx context.Context, pd pdapi.Reader, id string) (Candidate, error) {
		found, err := pd.User(ctx, id)
		return UserCandidate(found), err
	},
}

// Team is the row of such objects.
var Team = Kind{
	Word: "team", paths: []string{"teams"}, Searches: true,
	Search: func(ctx context.Context, pd pdapi.Reader, text string, limit int) ([]Candidate, bool, error) {
		return gather(pd.Teams(ctx, text, pdapi.Window{Limit: limit}), teamCandidate)
	},
	ByID: func(ctx context.Context, pd pdapi.Reader, id string) (Candidate, error) {
		found, err := pd.Team(ctx, id)
		return teamCandidate(found), err
	},
}

// Schedule is the row of such objects.
var Schedule = Kind{
	Word: "schedule", paths: []string{"schedules"}, Searches: true,
	Search: searchSchedules,
	ByID:   scheduleByID,
}

// EscalationPolicy is the row of such objects.
var EscalationPolicy = Kind{
	Word: "escalation policy", paths: []string{"escalation_policies"}, Searches: true,
	Search: func(ctx context.Context, pd pdapi.Reader, text string, limit int) ([]Candidate, bool, error) {
		return gather(pd.EscalationPolicies(ctx, pdapi.PolicyFilter{Query: text}, pdapi.Window{Limit: limit}), policyCandidate)
	},
	ByID: func(ctx context.Context, pd pdapi.Reader, id string) (Candidate, error) {
		found, err := pd.EscalationPolicy(ctx, id)
		return policyCandidate(found), err
	},
}

// Priority is the row of such objects.
var Priority = Kind{
	Word: "priority", paths: []string{"priorities"}, Rare: true,
	Search: func(ctx context.Context, pd pdapi.Reader, _ string, limit int) ([]Candidate, bool, error) {
		return gather(pd.Priorities(ctx, pdapi.Window{Limit: limit}), func(p pdapi.Priority) Candidate {
			return Candidate{ID: p.ID, Name: p.Name, About: p.Description}
		})
	},
}

// Orchestration is the row of such objects.
var Orchestration = Kind{
	Word: "event orchestration", paths: []string{"event-orchestration", "event-orchestrations", "event_orchestrations"},
	Search: func(ctx context.Context, pd pdapi.Reader, _ string, limit int) ([]Candidate, bool, error) {
		return gather(pd.Orchestrations(ctx, "", pdapi.Window{Limit: limit}), orchestrationCandidate)
	},
	ByID: func(ctx context.Context, pd pdapi.Reader, id string) (Candidate, error) {
		found, err := pd.Orchestration(ctx, id)
		return orchestrationCandidate(found), err
	},
}

// GroupingSetting is the row of such objects.
var GroupingSetting = Kind{
	Word: "alert grouping setting", paths: []string{"alert-grouping-settings", "alert_grouping_settings"},
	Search: func(ctx context.Context, pd pdapi.Reader, _ string, limit int) ([]Candidate, bool, error) {
		return gather(pd.AlertGroupingSettings(ctx, nil, pdapi.Window{Limit: limit}), groupingCandidate)
	},
	ByID: func(ctx context.Context, pd pdapi.Reader, id string) (Candidate, error) {
		found, err := pd.AlertGroupingSetting(ctx, id)
		return groupingCandidate(found), err
	},
}

func serviceCandidate(s pdapi.Service) Candidate {
	about := summaries(s.Teams)
	if about == "" && s.EscalationPolicy != nil {
		about = s.EscalationPolicy.Summary
	}
	return Candidate{ID: s.ID, Name: s.Name, About: about}
}

// UserCandidate is a user as a name may mean one.
func UserCandidate(u pdapi.User) Candidate { return Candidate{u.ID, u.Name, u.Email, u.Email} }

func teamCandidate(t pdapi.Team) Candidate {
	return Candidate{ID: t.ID, Name: t.Name, About: t.Description}
}

func scheduleCandidate(s pdapi.Schedule) Candidate {
	return Candidate{ID: s.ID, Name: s.Name, About: summaries(s.Teams)}
}

func policyCandidate(p pdapi.EscalationPolicy) Candidate {
	return Candidate{ID: p.ID, Name: p.Name, About: summaries(p.Teams)}
}

func orchestrationCandidate(o pdapi.Orchestration) Candidate {
	return Candidate{ID: o.ID, Name: o.Name, About: o.Description}
}

func groupingCandidate(s pdapi.AlertGroupingSetting) Candidate {
	return Candidate{ID: s.ID, Name: s.Name, About: s.Type}
}

func summaries(refs []pdapi.Reference) string {
	var names []string
	for _, r := range refs {
		names = append(names, r.Summary)
	}
	return strings.Join(names, ", ")
}

// gather reads a list to the end of what was asked for. Whole is false if
// PagerDuty has more.
func gather[T any](pages iter.Seq2[pdapi.Page[T], error], read func(T) Candidate) (found []Candidate, whole bool, err error) {
	whole = true
	for page, err := range pages {
		if err != nil {
			return nil, false, err
		}
		for _, item := range page.Items {
			found = append(found, read(item))
		}
		whole = !page.More
	}
	return found, whole, nil
}

// Article is the kind's word with "a" or "an" in front.
func (k *Kind) Article() string {
	if strings.ContainsRune("aeio", rune(k.Word[0])) {
		return "an " + k.Word
	}
	return "a " + k.Word
}

// Forms tells how people may write a reference to such an object, for errors.
func (k *Kind) Forms() string {
	switch {
	case k.numbered:
		return "give its number (4711), its id, or its URL"
	case k.People:
		return "give a name, an e-mail address, me, an id, or a URL"
	}
	return "give its name, its id, or its URL"
}

// Hint is what a schema's description says of references to such objects.
func (k *Kind) Hint() string {
	switch {
	case k.numbered:
		return "Number, URL or id"
	case k.People:
		return "Name, e-mail, me or id"
	}
	return "Name or id"
}

// scheduleByID knows both kinds of schedules: of a shift-based one PagerDuty says
// that it is there, though not here.
func scheduleByID(ctx context.Context, pd pdapi.Reader, id string) (Candidate, error) {
	found, err := pd.Schedule(ctx, id, time.Time{}, time.Time{}, "")
	if errors.Is(err, pdapi.ErrShiftBased) {
		return Candidate{ID: id}, nil
	}
	return scheduleCandidate(found), err
}

// searchSchedules finds schedules of both kinds. An account without shift-based ones
// may refuse to list them.
func searchSchedules(ctx context.Context, pd pdapi.Reader, text string, limit int) ([]Candidate, bool, error) {
	filter, window := pdapi.ScheduleFilter{Query: text}, pdapi.Window{Limit: limit}
	layered, whole, err := gather(pd.Schedules(ctx, filter, window), scheduleCandidate)
	if err != nil {
		return nil, false, err
	}
	shifted, all, err := gather(pd.SchedulesV3(ctx, filter, window), func(r pdapi.Reference) Candidate {
		return Candidate{ID: r.ID, Name: r.Summary, About: "shift-based"}
	})
	switch {
	case errors.Is(err, pdapi.ErrNotFound), errors.Is(err, pdapi.ErrForbidden), errors.Is(err, pdapi.ErrPlan):
		return layered, whole, nil
	case err != nil:
		return nil, false, err
	}
	return append(layered, shifted...), whole && all, nil
}

// All are all kinds of objects.
var All = []*Kind{
	&Incident, &Service, &User, &Team, &Schedule, &EscalationPolicy, &Priority, &Orchestration, &GroupingSetting,
}

// Snake is the kind's word as a part of names: escalation_policy.
func (k *Kind) Snake() string { return strings.ReplaceAll(k.Word, " ", "_") }
