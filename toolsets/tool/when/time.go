// Package when reads times as people and models write them: points in time, ranges and
// time zones. docs/names-and-times.md has the whole grammar.
package when

import (
	"fmt"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Time is a time as people and models write it; docs/names-and-times.md has the
// whole grammar. What it means can depend on the present time, on its reader's
// time zone, and on what the time is for: see [Time.At]. The zero Time is one
// that was not given.
type Time struct {
	text    string // as it was written
	form    timeForm
	instant time.Time   // of formInstant
	span    span        // of formSpan
	toward  direction   // of formSpan
	window  bool        // of formSpan: all of it, as in "last 3 days"
	date    dayRef      // of formDay
	clock   *wallClock  // of formDay: at this time of day
	part    partOfDay   // of formDay: or in this part of it
	unit    unitRef     // of formUnit
	edge    edge        // of formDay and formUnit: only its start or end
	written writtenZone // the zone that was written behind it

	zone *time.Location // for In
}

// TimeForms names the forms a [Time] has, for errors and descriptions.
const TimeForms = "RFC 3339 (2026-01-31T09:00:00Z), a date (2026-01-31), 24h, 7d or 2w (ago), +2h (ahead), now, today, yesterday 17:00, last week or monday"

// Role is what an argument's time is for. It decides what a day or a week means,
// and whether a weekday is the last one or the next.
type Role int

const (
	// Begin is where a range begins that usually lies behind: a day is its
	// beginning, a weekday or a time of day the last one, 2h is 2 hours ago.
	Begin Role = iota
	// End is where such a range ends: a day is its end.
	End
	// Ahead is for a moment to come, or the beginning of a range to come: a
	// weekday or a time of day is the next one, 2h is 2 hours from now, and
	// what has begun already, such as today, begins now.
	Ahead
	// AheadEnd is where a range to come ends.
	AheadEnd
)

func (r Role) ahead() bool { return r == Ahead || r == AheadEnd }
func (r Role) ends() bool  { return r == End || r == AheadEnd }

// pair are the roles of a range's beginning and end.
func (r Role) pair() (begin, end Role) {
	if r.ahead() {
		return Ahead, AheadEnd
	}
	return Begin, End
}

// timeForm is the form that a [Time] was written in.
type timeForm int

const (
	formNone    timeForm = iota
	formNow              // now
	formInstant          // with an offset, or as Unix time
	formSpan             // at a distance from now
	formDay              // a day, a part of it or a time on it
	formUnit             // a week, month, quarter or year
)

// edge is the start or end of a day or unit.
type edge int

const (
	wholly edge = iota
	atStart
	atEnd
)

// IsZero reports whether no time was given.
func (t Time) IsZero() bool { return t.form == formNone }

// NeedsZone reports whether the time depends on where its user is.
func (t Time) NeedsZone() bool {
	if t.written.loc != nil || t.form == formNone || t.form == formNow || t.form == formInstant {
		return false
	}
	return t.form != formSpan || t.span.months != 0
}

// Duration is the length of a time that is one and no more, such as 2h, and
// whether it is. Whoever takes such an argument can count it from another moment
// than now.
func (t Time) Duration() (d time.Duration, ok bool) {
	ok = t.form == formSpan && t.toward == either && t.span.months == 0
	if !ok {
		return 0, false
	}
	return t.span.fixed, true
}

// In returns the point in time that begins a range, seen from now; the zero time
// if none was given. What was given in the user's time zone is returned in it.
func (t Time) In(now time.Time) time.Time {
	zone := t.zone
	if zone == nil {
		zone = time.UTC
	}
	begin, _, _ := t.extent(seen{now, now, zone, false})
	return begin
}

// At returns the point in time for an argument of this role, seen from now by a
// user in zone; the zero time if none was given. A time that can't be is a
// problem: yesterday where only the future makes sense, or 9am EST in summer. One
// with its year is returned as it is, also if it is over.
func (t Time) At(now time.Time, zone *time.Location, role Role) (at time.Time, problem string) {
	return t.at(seen{now, now, zone, role.ahead()}, role)
}

func (t Time) at(from seen, role Role) (at time.Time, problem string) {
	begin, end, problem := t.extent(from)
	if problem != "" {
		return time.Time{}, problem
	}
	at = begin
	if role.ends() {
		at = end
	}
	if role.ahead() && (t.over() || !t.absolute() && at.Before(from.now)) {
		return time.Time{}, fmt.Sprintf("%s is over, and a time to come is needed; it is %s now", wording.Quote(t.text), Clock(from.now, from.zone))
	}
	return at, ""
}

// over reports whether the words say that the time is over: last night, 2h ago.
func (t Time) over() bool {
	return t.part == lastNight || t.form == formSpan && t.toward == back
}

// absolute reports whether the time is the same whenever it is read.
func (t Time) absolute() bool {
	return t.form == formNone || t.form == formInstant ||
		t.form == formDay && t.date.kind == dateDay && t.date.year != 0 ||
		t.form == formUnit && t.unit.year != 0
}

// loose reports whether the time comes again and again, so that the role decides
// which one is meant.
func (t Time) loose() bool {
	switch t.form {
	case formDay:
		d := t.date
		return d.kind == anyDay || d.kind == weekDay && d.which == either && !d.inWeek || d.kind == dateDay && d.year == 0
	case formUnit:
		return t.unit.loose
	}
	return false
}

// seen is what a time is seen from.
type seen struct {
	now   time.Time
	ref   time.Time // what comes again is the last one before, or the next one after this
	zone  *time.Location
	ahead bool
}

// extent returns the beginning and end of what was written; for a moment they
// are the same, except for a time of day that clocks show twice.
func (t Time) extent(from seen) (begin, end time.Time, problem string) {
	zone := from.zone
	if t.written.loc != nil {
		zone = t.written.loc
	}
	switch t.form {
	case formNone:
		return begin, end, ""
	case formNow:
		return from.now, from.now, ""
	case formInstant:
		return t.instant, t.instant, ""
	case formSpan:
		begin, end = t.distance(from, zone)
		return begin, end, ""
	}
	begin, end = t.choose(from, zone)
	if t.moment() {
		begin, end, problem = t.written.check(t.text, begin, end)
	} else {
		_, _, problem = t.written.check(t.text, begin, begin)
	}
	switch {
	case !from.ahead || !begin.Before(from.ref):
	case !t.moment() && end.After(from.ref): // it has begun
		begin = from.ref.In(zone)
	case t.moment() && !t.absolute() && !end.Before(from.ref): // clocks show it again
		begin = end
	}
	if problem == "" {
		problem = t.date.contradiction(t.text, begin)
	}
	return begin, end, problem
}

// moment reports whether a day or unit is only a moment of it.
func (t Time) moment() bool { return t.clock != nil || t.edge != wholly }

// distance returns what lies at a distance from now.
func (t Time) distance(from seen, zone *time.Location) (begin, end time.Time) {
	toward := t.toward
	switch {
	case toward == either && from.ahead:
		toward = ahead
	case toward == either:
		toward = back
	}
	at := t.span.from(from.now, toward, zone)
	switch {
	case !t.window:
		return at, at
	case toward == back:
		return at, from.now
	}
	return from.now, at
}

// choose returns which one is meant of what comes again: seen ahead the first
// that is not over, else the last that has begun.
func (t Time) choose(from seen, zone *time.Location) (begin, end time.Time) {
	today, step := dayOf(from.ref.In(zone)), -1
	switch {
	case !t.loose():
		today = dayOf(from.now.In(zone))
	case from.ahead:
		step = 1
	}
	// 29 February comes every four years, or after eight.
	for n := 0; n >= -8 && n <= 8; n += step {
		first, next, ok := t.occurrence(today, n, zone)
		if !ok {
			continue
		}
		begin, end = first, next
		switch t.edge {
		case atStart:
			end = begin
		case atEnd:
			begin = end
		}
		switch {
		case !t.loose(), !from.ahead && !first.After(from.ref):
			return begin, end
		case from.ahead && (end.After(from.ref) || t.moment() && end.Equal(from.ref)):
			return begin, end
		}
	}
	return begin, end
}

// occurrence is one of the days or units that come again: counted from the one
// of today. It is not ok if there is none, as of 29 February in most years.
func (t Time) occurrence(today civilDay, n int, zone *time.Location) (begin, end time.Time, ok bool) {
	if t.form == formUnit {
		first, next := t.unit.days(today, n)
		return first.begin(zone), next.begin(zone), true
	}
	d, ok := t.date.day(today, n)
	switch {
	case !ok:
	case t.clock != nil:
		begin, end = d.at(*t.clock, zone)
	case t.part != partNone:
		from, to := t.part.hours(n)
		begin, _ = d.at(wallClock{hour: from}, zone)
		_, end = d.at(wallClock{hour: to}, zone)
	default:
		begin, end = d.begin(zone), d.add(1).begin(zone)
	}
	return begin, end, ok
}

// String is the time as it was written.
func (t Time) String() string { return t.text }
