package when

import (
	"slices"
	"time"
)

// civilDay is a day of the calendar, in no time zone.
type civilDay struct {
	year  int
	month time.Month
	day   int
}

// wallClock is a time of day as clocks on a wall show it. An hour of 24 or more
// is on the next day.
type wallClock struct {
	hour, minute, second, nanosecond int
}

func dayOf(t time.Time) civilDay {
	y, m, d := t.Date()
	return civilDay{y, m, d}
}

// show is what clocks show on that day, written as if it were UTC.
func (d civilDay) show(c wallClock) time.Time {
	return time.Date(d.year, d.month, d.day, c.hour, c.minute, c.second, c.nanosecond, time.UTC)
}

func (d civilDay) add(days int) civilDay {
	d.day += days
	return dayOf(d.show(wallClock{}))
}

// addMonths is the same day n months later, or the month's last day where the
// month is too short: a month before 31 March is the end of February.
func (d civilDay) addMonths(n int) civilDay {
	first := dayOf(time.Date(d.year, d.month+time.Month(n), 1, 0, 0, 0, 0, time.UTC))
	first.day = min(d.day, daysIn(first.year, first.month))
	return first
}

func (d civilDay) weekday() time.Weekday { return d.show(wallClock{}).Weekday() }

// monday is the beginning of the day's week.
func (d civilDay) monday() civilDay { return d.add(-(int(d.weekday()) + 6) % 7) }

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// begin is the first instant of the day in zone. That is not midnight where the
// clocks are put forward at midnight, as in Beirut.
func (d civilDay) begin(zone *time.Location) time.Time {
	m := momentsOf(d.show(wallClock{}), zone)
	if m.skipped {
		return m.change
	}
	return m.first
}

// at is when clocks in zone show c on that day. Where they show it twice these
// are the two moments; where they skip it, they are both the moment that is as
// long after the change as it was meant to be after the beginning of what is
// skipped (02:30 becomes 03:30).
func (d civilDay) at(c wallClock, zone *time.Location) (first, last time.Time) {
	m := momentsOf(d.show(c), zone)
	return m.first, m.last
}

// moments are the points in time at which clocks show a time of day.
type moments struct {
	first, last time.Time
	skipped     bool      // they never do
	change      time.Time // because they are changed at this moment
}

// momentsOf finds the moments at which clocks in zone show wall, which is written
// as if it were UTC. What [time.Date] returns for times that are skipped or
// repeated is not defined.
func momentsOf(wall time.Time, zone *time.Location) moments {
	near := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), zone)
	from, to := near.ZoneBounds()
	offsets := []time.Duration{offsetAt(near, zone)}
	for _, change := range []time.Time{from, to} {
		if change.IsZero() {
			continue
		}
		before, after := offsetAt(change.Add(-1), zone), offsetAt(change, zone)
		// Clocks jump from what they would show before the change to what they
		// show after it.
		jumpFrom, jumpTo := showIn(change, before), showIn(change, after)
		if !wall.Before(jumpFrom) && wall.Before(jumpTo) {
			forward := wall.Add(-before).In(zone)
			return moments{forward, forward, true, change.In(zone)}
		}
		offsets = append(offsets, before, after)
	}
	var found []time.Time
	for _, offset := range offsets {
		if at := wall.Add(-offset).In(zone); offsetAt(at, zone) == offset {
			found = append(found, at)
		}
	}
	if len(found) == 0 { // no known zone has changes that near to each other
		found = append(found, near)
	}
	return moments{first: slices.MinFunc(found, time.Time.Compare), last: slices.MaxFunc(found, time.Time.Compare)}
}

func offsetAt(t time.Time, zone *time.Location) time.Duration {
	_, seconds := t.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}

func showIn(t time.Time, offset time.Duration) time.Time { return t.UTC().Add(offset) }

// unit is a part of the calendar that has a beginning and an end.
type unit int

const (
	noUnit unit = iota
	unitDay
	unitWeek
	unitWeekend
	unitMonth
	unitQuarter
	unitYear
)

// first is the first day of the unit that d is in, or of the one n later.
func (u unit) first(d civilDay, n int) civilDay {
	switch u {
	case unitWeek:
		return d.monday().add(7 * n)
	case unitWeekend:
		return d.monday().add(7*n + 5)
	case unitMonth:
		return civilDay{d.year, d.month, 1}.addMonths(n)
	case unitQuarter:
		return civilDay{d.year, (d.month-1)/3*3 + 1, 1}.addMonths(3 * n)
	case unitYear:
		return civilDay{d.year + n, time.January, 1}
	}
	return d.add(n)
}

// end is the day after the last one of the unit that begins at first.
func (u unit) end(first civilDay) civilDay {
	if u == unitWeekend {
		return first.add(2)
	}
	return u.first(first, 1)
}

// span is a length of time. Days and weeks in it are of 24 hours; months are as
// long as they are.
type span struct {
	months int
	fixed  time.Duration
}

// longest is the longest span that is understood, longer than there has been
// PagerDuty.
const longest = 30 * 365 * 24 * time.Hour

// add returns the sum of two spans, and whether it is short enough.
func (s span) add(other span) (span, bool) {
	s = span{s.months + other.months, s.fixed + other.fixed}
	return s, s.months <= 12*30 && s.fixed <= longest
}

// from is the time that is the span ahead of t, or behind it if the direction
// is back. Months are counted in zone.
func (s span) from(t time.Time, toward direction, zone *time.Location) time.Time {
	if s.months != 0 {
		local := t.In(zone)
		clock := wallClock{local.Hour(), local.Minute(), local.Second(), local.Nanosecond()}
		t, _ = dayOf(local).addMonths(int(toward)*s.months).at(clock, zone)
	}
	return t.Add(time.Duration(toward) * s.fixed)
}

// AddMonths returns the same time of day n months later, in t's zone; in a month
// that is too short, on its last day. A month before 31 March is the end of
// February.
func AddMonths(t time.Time, n int) time.Time {
	return span{months: n}.from(t, ahead, t.Location())
}

type direction int

const (
	back   direction = -1
	either direction = 0 // the role decides
	ahead  direction = 1
)
