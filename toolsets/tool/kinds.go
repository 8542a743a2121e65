package tool

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// kind is a kind of PagerDuty object that arguments refer to. All that the engine
// knows of a kind is in its row below.
type kind struct {
	word  string   // what people call such an object
	paths []string // what stands before the id in the URLs of such objects

	// numbered objects are known by numbers instead of names: incidents.
	numbered bool
	// people may also be meant by their e-mail address, or by "me".
	people bool
	// rare objects are few and hardly change: they are asked for once, and again
	// only for a name that is not among them.
	rare bool

	// search lists the objects whose name contains text, or all of them where
	// PagerDuty can't search that kind; nil for kinds without names. Whole means
	// that PagerDuty listed all the objects there are.
	search func(ctx context.Context, pd pdapi.Reader, text string, limit int) (found []candidate, whole bool, err error)
	// searches tells whether PagerDuty searches by text. Where it doesn't, search
	// returns everything.
	searches bool
	// named lists the objects that have a name, where PagerDuty can be asked for
	// that; nil where it can't.
	named func(ctx context.Context, pd pdapi.Reader, name string) (found []candidate, whole bool, err error)
	// byID asks for one object. It fails with [pdapi.ErrNotFound] if there is none.
	byID func(ctx context.Context, pd pdapi.Reader, id string) (candidate, error)
}

// candidate is an object that a name may mean.
type candidate struct {
	id, name, email string
	about           string // what tells it from others with that name
}

func (c candidate) String() string {
	s := Shorten(Clean(c.name), 80) + " (" + c.id
	if c.about != "" {
		s += ", " + Shorten(Clean(c.about), 80)
	}
	return s + ")"
}

var incidentKind = kind{word: "incident", paths: []string{"incidents"}, numbered: true}

var serviceKind = kind{
	word: "service", paths: []string{"service-directory", "services"}, searches: true,
	search: func(ctx context.Context, pd pdapi.Reader, text string, limit int) ([]candidate, bool, error) {
		return gather(pd.Services(ctx, pdapi.ServiceFilter{Query: text}, pdapi.Window{Limit: limit}), serviceCandidate)
	},
	named: func(ctx context.Context, pd pdapi.Reader, name string) ([]candidate, bool, error) {
		return gather(pd.Services(ctx, pdapi.ServiceFilter{Name: name}, pdapi.Window{Limit: pdapi.MaxPageSize}), serviceCandidate)
	},
	byID: func(ctx context.Context, pd pdapi.Reader, id string) (candidate, error) {
		found, err := pd.Service(ctx, id)
		return serviceCandidate(found), err
	},
}

var userKind = kind{
	word: "user", paths: []string{"users"}, people: true, searches: true,
	search: func(ctx context.Context, pd pdapi.Reader, text string, limit int) ([]candidate, bool, error) {
		return gather(pd.Users(ctx, pdapi.UserFilter{Query: text}, pdapi.Window{Limit: limit}), userCandidate)
	},
	byID: func(ctx context.Context, pd pdapi.Reader, id string) (candidate, error) {
		found, err := pd.User(ctx, id)
		return userCandidate(found), err
	},
}

var teamKind = kind{
	word: "team", paths: []string{"teams"}, searches: true,
	search: func(ctx context.Context, pd pdapi.Reader, text string, limit int) ([]candidate, bool, error) {
		return gather(pd.Teams(ctx, text, pdapi.Window{Limit: limit}), teamCandidate)
	},
	byID: func(ctx context.Context, pd pdapi.Reader, id string) (candidate, error) {
		found, err := pd.Team(ctx, id)
		return teamCandidate(found), err
	},
}

var scheduleKind = kind{
	word: "schedule", paths: []string{"schedules"}, searches: true,
	search: searchSchedules,
	byID:   scheduleByID,
}

var policyKind = kind{
	word: "escalation policy", paths: []string{"escalation_policies"}, searches: true,
	search: func(ctx context.Context, pd pdapi.Reader, text string, limit int) ([]candidate, bool, error) {
		return gather(pd.EscalationPolicies(ctx, pdapi.PolicyFilter{Query: text}, pdapi.Window{Limit: limit}), policyCandidate)
	},
	byID: func(ctx context.Context, pd pdapi.Reader, id string) (candidate, error) {
		found, err := pd.EscalationPolicy(ctx, id)
		return policyCandidate(found), err
	},
}

var priorityKind = kind{
	word: "priority", paths: []string{"priorities"}, rare: true,
	search: func(ctx context.Context, pd pdapi.Reader, _ string, limit int) ([]candidate, bool, error) {
		return gather(pd.Priorities(ctx, pdapi.Window{Limit: limit}), func(p pdapi.Priority) candidate {
			return candidate{id: p.ID, name: p.Name, about: p.Description}
		})
	},
}

var orchestrationKind = kind{
	word: "event orchestration", paths: []string{"event-orchestration", "event-orchestrations", "event_orchestrations"},
	search: func(ctx context.Context, pd pdapi.Reader, _ string, limit int) ([]candidate, bool, error) {
		return gather(pd.Orchestrations(ctx, "", pdapi.Window{Limit: limit}), orchestrationCandidate)
	},
	byID: func(ctx context.Context, pd pdapi.Reader, id string) (candidate, error) {
		found, err := pd.Orchestration(ctx, id)
		return orchestrationCandidate(found), err
	},
}

var groupingKind = kind{
	word: "alert grouping setting", paths: []string{"alert-grouping-settings", "alert_grouping_settings"},
	search: func(ctx context.Context, pd pdapi.Reader, _ string, limit int) ([]candidate, bool, error) {
		return gather(pd.AlertGroupingSettings(ctx, nil, pdapi.Window{Limit: limit}), groupingCandidate)
	},
	byID: func(ctx context.Context, pd pdapi.Reader, id string) (candidate, error) {
		found, err := pd.AlertGroupingSetting(ctx, id)
		return groupingCandidate(found), err
	},
}

func serviceCandidate(s pdapi.Service) candidate {
	about := summaries(s.Teams)
	if about == "" && s.EscalationPolicy != nil {
		about = s.EscalationPolicy.Summary
	}
	return candidate{id: s.ID, name: s.Name, about: about}
}

func userCandidate(u pdapi.User) candidate { return candidate{u.ID, u.Name, u.Email, u.Email} }

func teamCandidate(t pdapi.Team) candidate {
	return candidate{id: t.ID, name: t.Name, about: t.Description}
}

func scheduleCandidate(s pdapi.Schedule) candidate {
	return candidate{id: s.ID, name: s.Name, about: summaries(s.Teams)}
}

func policyCandidate(p pdapi.EscalationPolicy) candidate {
	return candidate{id: p.ID, name: p.Name, about: summaries(p.Teams)}
}

func orchestrationCandidate(o pdapi.Orchestration) candidate {
	return candidate{id: o.ID, name: o.Name, about: o.Description}
}

func groupingCandidate(s pdapi.AlertGroupingSetting) candidate {
	return candidate{id: s.ID, name: s.Name, about: s.Type}
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
func gather[T any](pages iter.Seq2[pdapi.Page[T], error], read func(T) candidate) (found []candidate, whole bool, err error) {
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

// article is the kind's word with "a" or "an" in front.
func (k *kind) article() string {
	if strings.ContainsRune("aeio", rune(k.word[0])) {
		return "an " + k.word
	}
	return "a " + k.word
}

// forms tells how people may write a reference to such an object, for errors.
func (k *kind) forms() string {
	switch {
	case k.numbered:
		return "give its number (4711), its id, or its URL"
	case k.people:
		return "give a name, an e-mail address, me, an id, or a URL"
	}
	return "give its name, its id, or its URL"
}

// hint is what a schema's description says of references to such objects.
func (k *kind) hint() string {
	switch {
	case k.numbered:
		return "Number, URL or id"
	case k.people:
		return "Name, e-mail, me or id"
	}
	return "Name or id"
}

// scheduleByID knows both kinds of schedules: of a shift-based one PagerDuty says
// that it is there, though not here.
func scheduleByID(ctx context.Context, pd pdapi.Reader, id string) (candidate, error) {
	found, err := pd.Schedule(ctx, id, time.Time{}, time.Time{}, "")
	if errors.Is(err, pdapi.ErrShiftBased) {
		return candidate{id: id}, nil
	}
	return scheduleCandidate(found), err
}

// searchSchedules finds schedules of both kinds. An account without shift-based ones
// may refuse to list them.
func searchSchedules(ctx context.Context, pd pdapi.Reader, text string, limit int) ([]candidate, bool, error) {
	filter, window := pdapi.ScheduleFilter{Query: text}, pdapi.Window{Limit: limit}
	layered, whole, err := gather(pd.Schedules(ctx, filter, window), scheduleCandidate)
	if err != nil {
		return nil, false, err
	}
	shifted, all, err := gather(pd.SchedulesV3(ctx, filter, window), func(r pdapi.Reference) candidate {
		return candidate{id: r.ID, name: r.Summary, about: "shift-based"}
	})
	switch {
	case errors.Is(err, pdapi.ErrNotFound), errors.Is(err, pdapi.ErrForbidden), errors.Is(err, pdapi.ErrPlan):
		return layered, whole, nil
	case err != nil:
		return nil, false, err
	}
	return append(layered, shifted...), whole && all, nil
}
