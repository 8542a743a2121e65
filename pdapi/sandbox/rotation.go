package sandbox

import (
	"slices"
	"time"
)

// layer is a rotation: users take turns, all week or in some hours of it. What
// PagerDuty calls a layer in a schedule of version 2 is a rotation with one event
// in a shift-based one.
type layer struct {
	id, event string // the event's id, in a shift-based schedule
	name      string
	users     []*user
	turn      time.Duration
	hours     *hours // all week when nil
}

const week = 7 * 24 * time.Hour

// monday is when the turns of every rotation began.
var monday = time.Date(2018, time.January, 1, 9, 0, 0, 0, time.UTC)

// at is the number of the turn a time is in, and when that began. Before there
// were turns it is the first.
func (l *layer) at(at time.Time) (n int, start time.Time) {
	n = max(0, int(at.Sub(monday)/l.turn))
	return n, monday.Add(time.Duration(n) * l.turn)
}

// override puts a user on call in place of whom the layers say. In a shift-based
// schedule it takes the place of one member of one rotation, and may put nobody
// there.
type override struct {
	id         string
	user       *user
	start, end time.Time
	layer      *layer // of a shift-based schedule
	of         *user  // whose turn it must be there
}

func (o *override) has(at time.Time) bool { return !at.Before(o.start) && at.Before(o.end) }

// entry is a user on call for a while, and why.
type entry struct {
	user       *user
	start, end time.Time
	source     source
}

// source is what puts a user on call: an override, or a turn in a layer.
type source struct {
	override *override
	layer    *layer
	turn     int
}

// onCall is who a schedule has on call at a time, nil if that is nobody: of the
// overrides the one that came last, else whose turn it is in the last layer that
// has that hour.
func (s *schedule) onCall(at time.Time) *user {
	u, _ := s.who(at)
	return u
}

func (s *schedule) who(at time.Time) (*user, source) {
	for _, o := range slices.Backward(s.overrides) {
		if o.layer == nil && o.has(at) {
			return o.user, source{override: o}
		}
	}
	for _, l := range slices.Backward(s.layers) {
		if len(l.users) > 0 && !at.Before(monday) && (l.hours == nil || l.hours.has(at)) {
			n, _ := l.at(at)
			turn := l.users[n%len(l.users)]
			for _, o := range slices.Backward(s.overrides) {
				if o.layer == l && o.of == turn && o.has(at) {
					return o.user, source{override: o}
				}
			}
			return turn, source{layer: l, turn: n}
		}
	}
	return nil, source{}
}

// render says who is on call between two times. Entries are cut off there.
func (s *schedule) render(since, until time.Time) []entry {
	edges := []time.Time{since, until}
	for _, l := range s.layers {
		for _, start := l.at(since); start.Before(until); start = start.Add(l.turn) {
			edges = append(edges, start)
		}
		if l.hours != nil {
			edges = append(edges, l.hours.edges(since, until)...)
		}
	}
	for _, o := range s.overrides {
		edges = append(edges, o.start, o.end)
	}
	edges = slices.DeleteFunc(edges, func(t time.Time) bool { return t.Before(since) || t.After(until) })
	slices.SortFunc(edges, time.Time.Compare)
	var out []entry
	for n := range len(edges) - 1 {
		from, to := edges[n], edges[n+1]
		if !from.Before(to) {
			continue
		}
		who, why := s.who(from)
		switch last := len(out) - 1; {
		case who == nil:
		case last >= 0 && out[last].source == why && out[last].end.Equal(from):
			out[last].end = to
		default:
			out = append(out, entry{who, from, to, why})
		}
	}
	return out
}

// shifts are the entries that touch a range of time, whole: they may begin before
// it and end after it. A range without length asks for one moment.
func (s *schedule) shifts(since, until time.Time) []entry {
	from, to := since, until
	for _, l := range s.layers {
		from, to = earlier(from, since.Add(-l.turn)), later(to, until.Add(l.turn))
	}
	for _, o := range s.overrides {
		if !o.start.After(until) && !o.end.Before(since) {
			from, to = earlier(from, o.start), later(to, o.end)
		}
	}
	return slices.DeleteFunc(s.render(from, to), func(e entry) bool {
		return !e.end.After(since) || !e.start.Before(until) && !e.start.Equal(since)
	})
}

// only is a schedule with nothing but one layer.
func only(l *layer) *schedule { return &schedule{layers: []*layer{l}} }

// overridden is a schedule with nothing but overrides.
func (s *schedule) overridden() *schedule { return &schedule{overrides: s.overrides} }

// coverage is how much of a range of time entries cover, in percent.
func coverage(entries []entry, since, until time.Time) float64 {
	var covered time.Duration
	for _, e := range entries {
		if start, end := later(e.start, since), earlier(e.end, until); start.Before(end) {
			covered += end.Sub(start)
		}
	}
	if !since.Before(until) {
		return 0
	}
	return float64(covered) / float64(until.Sub(since)) * 100
}

func earlier(x, y time.Time) time.Time {
	if x.Before(y) {
		return x
	}
	return y
}

func later(x, y time.Time) time.Time {
	if x.After(y) {
		return x
	}
	return y
}
