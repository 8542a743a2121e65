package when

import (
	"fmt"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// dayRef names a day.
type dayRef struct {
	kind dayKind

	days, months int // of offsetDay: from today

	weekday time.Weekday // of weekDay
	which   direction    // of weekDay: the one before today, or after it
	inWeek  bool         // of weekDay: the one in the week that is
	week    int          // so many after this one

	year  int // of dateDay; 0 if not written
	month time.Month
	dom   int           // the day of the month
	named *time.Weekday // of dateDay: the weekday that was written with it
}

type dayKind int

const (
	anyDay dayKind = iota // whichever has the time of day
	offsetDay
	weekDay
	dateDay
)

// day is the day that is meant, seen today, or of those that come again the nth.
func (r dayRef) day(today civilDay, n int) (d civilDay, ok bool) {
	switch r.kind {
	case anyDay:
		return today.add(n), true
	case offsetDay:
		return today.addMonths(r.months).add(r.days), true
	case dateDay:
		d = civilDay{r.year, r.month, r.dom}
		if r.year == 0 {
			d.year = today.year + n
		}
		return d, d.day <= daysIn(d.year, d.month)
	}
	gap := (int(today.weekday()) - int(r.weekday) + 7) % 7 // since the last one
	switch {
	case r.inWeek:
		return today.monday().add(7*r.week + (int(r.weekday)+6)%7), true
	case r.which == back && gap == 0:
		return today.add(-7), true
	case r.which == back:
		return today.add(-gap), true
	case r.which == ahead:
		return today.add(7 - gap), true
	}
	return today.add(7*n - gap), true
}

// contradiction says if a date is not on the weekday that was written with it.
func (r dayRef) contradiction(text string, at time.Time) string {
	if r.named == nil || at.Weekday() == *r.named || r.dom != at.Day() {
		return ""
	}
	return fmt.Sprintf("%s: %s is a %s; correct the weekday or the date", wording.Quote(text), at.Format("2006-01-02"), at.Weekday())
}

// unitRef names a week, weekend, month, quarter or year.
type unitRef struct {
	unit   unit
	offset int // counted from this one
	number int // or this month, quarter or ISO week
	year   int // in this year; 0 if not written
	loose  bool
	which  direction // of a month without a year: the one before this month, or after it
}

// days returns the unit's first day and the day after its last, seen today, or
// of those that come again of the nth.
func (r unitRef) days(today civilDay, n int) (first, next civilDay) {
	d := today
	switch {
	case r.number == 0 && r.year == 0:
		d = r.unit.first(today, r.offset+n)
	case r.unit == unitWeek: // the ISO week 1 has 4 January in it
		d = unitWeek.first(civilDay{r.year, time.January, 4}, r.number-1)
	default:
		d = civilDay{r.year, 1, 1}
		if r.year == 0 {
			d.year = today.year + n
		}
		switch r.unit {
		case unitMonth:
			d.month = time.Month(r.number)
		case unitQuarter:
			d.month = time.Month(3*r.number - 2)
		}
		switch {
		case r.which == back && d.month >= today.month:
			d.year--
		case r.which == ahead && d.month <= today.month:
			d.year++
		}
	}
	return d, r.unit.end(d)
}

// partOfDay is a part of a day, as people say.
type partOfDay int

const (
	partNone partOfDay = iota
	morning
	afternoon
	evening
	tonight   // the evening; looked back at before it has begun, the last night
	lastNight // of the day before, until the morning
)

// hours are the hours at which the part begins and ends, n days from today.
func (p partOfDay) hours(n int) (from, to int) {
	switch {
	case p == morning:
		return 6, 12
	case p == afternoon:
		return 12, 18
	case p == lastNight || p == tonight && n < 0:
		return 18, 30
	}
	return 18, 24
}
