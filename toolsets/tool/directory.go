package tool

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// Directory is what a server knows of names and of its user: names that were
// looked up lately, and the time zone that days are meant in. The zero value is
// ready to use.
type Directory struct {
	// TimeZone is the zone of dates and days; nil asks PagerDuty for the user's.
	TimeZone *time.Location

	mu     sync.Mutex
	known  map[string]remembered // by kind and text
	steady map[string]remembered // by kind, of those that stay as they are
	zone   *time.Location
}

type remembered struct {
	found []candidate
	more  bool
	at    time.Time
}

// memory is how long a look-up is remembered, by tools that only read.
const memory = time.Minute

// candidate is an object that a name may mean.
type candidate struct {
	id, name, email string
	about           string // what tells it from others of that name
}

func (c candidate) String() string {
	s := fmt.Sprintf("%s (%s", Cut(Clean(c.name), 80), c.id)
	if c.about != "" {
		s += ", " + Cut(Clean(c.about), 80)
	}
	return s + ")"
}

type directoryKey struct{}

// WithDirectory lets tools use what d knows.
func WithDirectory(ctx context.Context, d *Directory) context.Context {
	return context.WithValue(ctx, directoryKey{}, d)
}

func directory(ctx context.Context) *Directory {
	if d, ok := ctx.Value(directoryKey{}).(*Directory); ok {
		return d
	}
	return &Directory{}
}

// forget drops what was looked up: a write may have changed it.
func (d *Directory) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.known = nil
}

// search returns the objects of a kind whose name contains text, and whether
// there are more than could be seen. Unless fresh, it may be a little old.
func (d *Directory) search(ctx context.Context, pd pdapi.Reader, kind, text string, fresh bool) ([]candidate, bool, error) {
	key := kind + "\x00" + strings.ToLower(text)
	d.mu.Lock()
	old, ok := d.known[key]
	if kinds[kind].steady {
		old, ok = d.steady[kind]
	}
	d.mu.Unlock()
	isNamed := func(c candidate) bool { return strings.EqualFold(c.name, text) }
	if ok && (kinds[kind].steady && slices.ContainsFunc(old.found, isNamed) || !fresh && time.Since(old.at) < memory) {
		return old.found, old.more, nil
	}
	found, more, err := kinds[kind].search(ctx, pd, text)
	if err != nil {
		return nil, false, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known == nil || len(d.known) > 1000 {
		d.known = map[string]remembered{}
	}
	d.known[key] = remembered{found, more, time.Now()}
	if kinds[kind].steady {
		if d.steady == nil {
			d.steady = map[string]remembered{}
		}
		d.steady[kind] = d.known[key]
	}
	return found, more, nil
}

// location is the time zone that days are meant in: the one that was set, the
// user's, or UTC when PagerDuty can't say.
func (d *Directory) location(ctx context.Context, pd pdapi.Reader) (*time.Location, error) {
	if d.TimeZone != nil {
		return d.TimeZone, nil
	}
	d.mu.Lock()
	zone := d.zone
	d.mu.Unlock()
	if zone != nil {
		return zone, nil
	}
	zone = time.UTC
	switch me, err := pd.Me(ctx); {
	case err == nil:
		if named, err := time.LoadLocation(me.TimeZone); err == nil && me.TimeZone != "" {
			zone = named
		}
	case ctx.Err() != nil:
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.zone = zone
	return zone, nil
}

// searcher finds objects of one kind by name.
type searcher struct {
	paths  []string // what comes before an id in the URLs of such objects
	steady bool     // such objects hardly change: they are asked for once
	// search returns objects that may be meant by text: of kinds that PagerDuty
	// can't search, all.
	search func(ctx context.Context, pd pdapi.Reader, text string) ([]candidate, bool, error)
	// exact finds an object whose name is text, where a search may miss it among
	// too many; nil where it can't be asked for.
	exact func(ctx context.Context, pd pdapi.Reader, text string) ([]candidate, bool, error)
}

var look = pdapi.Window{Limit: pdapi.MaxPageSize}

// kinds are the kinds of objects that ids refer to.
var kinds = map[string]searcher{
	"service": {
		paths: []string{"service-directory", "services"},
		search: func(ctx context.Context, pd pdapi.Reader, text string) ([]candidate, bool, error) {
			return gather(pd.Services(ctx, pdapi.ServiceFilter{Query: text}, look), serviceCandidate)
		},
		exact: func(ctx context.Context, pd pdapi.Reader, text string) ([]candidate, bool, error) {
			return gather(pd.Services(ctx, pdapi.ServiceFilter{Name: text}, look), serviceCandidate)
		},
	},
	"user": {
		paths: []string{"users"},
		search: func(ctx context.Context, pd pdapi.Reader, text string) ([]candidate, bool, error) {
			return gather(pd.Users(ctx, pdapi.UserFilter{Query: text}, look), func(u pdapi.User) candidate {
				return candidate{u.ID, u.Name, u.Email, u.Email}
			})
		},
	},
	"team": {
		paths: []string{"teams"},
		search: func(ctx context.Context, pd pdapi.Reader, text string) ([]candidate, bool, error) {
			return gather(pd.Teams(ctx, text, look), func(t pdapi.Team) candidate { return candidate{id: t.ID, name: t.Name, about: t.Description} })
		},
	},
	"schedule": {
		paths: []string{"schedules"},
		search: func(ctx context.Context, pd pdapi.Reader, text string) ([]candidate, bool, error) {
			return gather(pd.Schedules(ctx, pdapi.ScheduleFilter{Query: text}, look), func(s pdapi.Schedule) candidate {
				return candidate{id: s.ID, name: s.Name, about: summaries(s.Teams)}
			})
		},
	},
	"escalation policy": {
		paths: []string{"escalation_policies"},
		search: func(ctx context.Context, pd pdapi.Reader, text string) ([]candidate, bool, error) {
			return gather(pd.EscalationPolicies(ctx, pdapi.PolicyFilter{Query: text}, look), func(p pdapi.EscalationPolicy) candidate {
				return candidate{id: p.ID, name: p.Name, about: summaries(p.Teams)}
			})
		},
	},
	"priority": {
		paths:  []string{"priorities"},
		steady: true,
		search: func(ctx context.Context, pd pdapi.Reader, _ string) ([]candidate, bool, error) {
			return gather(pd.Priorities(ctx, look), func(p pdapi.Priority) candidate { return candidate{id: p.ID, name: p.Name, about: p.Description} })
		},
	},
	"event orchestration": {
		paths: []string{"event-orchestration", "event-orchestrations", "event_orchestrations"},
		search: func(ctx context.Context, pd pdapi.Reader, _ string) ([]candidate, bool, error) {
			return gather(pd.Orchestrations(ctx, "", look), func(o pdapi.Orchestration) candidate {
				return candidate{id: o.ID, name: o.Name, about: o.Description}
			})
		},
	},
	"alert grouping setting": {
		paths: []string{"alert-grouping-settings", "alert_grouping_settings"},
		search: func(ctx context.Context, pd pdapi.Reader, _ string) ([]candidate, bool, error) {
			return gather(pd.AlertGroupingSettings(ctx, nil, look), func(s pdapi.AlertGroupingSetting) candidate {
				return candidate{id: s.ID, name: s.Name, about: s.Type}
			})
		},
	},
	"incident": {paths: []string{"incidents"}},
}

func serviceCandidate(s pdapi.Service) candidate {
	about := summaries(s.Teams)
	if about == "" && s.EscalationPolicy != nil {
		about = s.EscalationPolicy.Summary
	}
	return candidate{id: s.ID, name: s.Name, about: about}
}

func summaries(refs []pdapi.Reference) string {
	var names []string
	for _, r := range refs {
		names = append(names, r.Summary)
	}
	return strings.Join(names, ", ")
}

func gather[T any](pages iter.Seq2[pdapi.Page[T], error], read func(T) candidate) (found []candidate, more bool, err error) {
	for page, err := range pages {
		if err != nil {
			return nil, false, err
		}
		for _, item := range page.Items {
			found = append(found, read(item))
		}
		more = page.More
	}
	return found, more, nil
}

// nearest returns the candidates whose names are most like text, the likest
// first.
func nearest(text string, found []candidate, most int) []candidate {
	text = strings.ToLower(text)
	type scored struct {
		candidate
		distance int
	}
	var list []scored
	for _, c := range found {
		name := strings.ToLower(c.name)
		// As a whole, or word by word: people leave words out.
		words := 0
		for given := range strings.FieldsSeq(text) {
			least := len(given)
			for word := range strings.FieldsSeq(name) {
				least = min(least, editDistance(given, word))
			}
			words += least
		}
		distance := min(editDistance(text, name), words)
		if distance <= max(3, len(text)/2) {
			list = append(list, scored{c, distance})
		}
	}
	slices.SortStableFunc(list, func(x, y scored) int { return cmp.Compare(x.distance, y.distance) })
	var out []candidate
	for _, s := range list[:min(most, len(list))] {
		out = append(out, s.candidate)
	}
	return out
}
