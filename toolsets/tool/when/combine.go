package when

import "time"

// combine makes a time of what was read, or says why that isn't one.
func (r *reader) combine() (t Time) {
	if problem := t.written.join(r.zones, r.zoneText); problem != "" {
		r.wrong("is not a time: %s", problem)
		return t
	}
	r.takeYear()
	r.length(&t)
	r.mergeDays()
	switch {
	case r.problem != "":
	case !r.instant.IsZero():
		t.form, t.instant = formInstant, r.instant
		r.alone(r.span != nil || r.now || r.unit != nil || r.hasDay() || r.edge != wholly)
	case r.span != nil:
		t.form, t.span, t.window = formSpan, *r.span, r.window
		r.alone(r.unit != nil || r.hasDay() || r.edge != wholly)
	case r.now:
		t.form = formNow
		r.alone(r.unit != nil || r.hasDay() || r.edge != wholly)
	case r.unit != nil:
		t.form, t.unit, t.edge = formUnit, *r.unit, r.edge
		r.alone(r.hasDay())
		if r.bareUnit && r.edge == wholly {
			r.wrong("doesn't say which %s; use this, last or next %s, or start of %[1]s", r.text, r.text)
		}
	case r.hasDay():
		t.form, t.edge = formDay, r.edge
		r.dayAndClock(&t)
	default:
		r.wrong("is not a time; use %s", TimeForms)
	}
	if t.form == formDay && t.absolute() && t.clock != nil && t.written.place == nil && t.written.abbr == "" && t.date.named == nil && r.onlyOffset() {
		at, _ := civilDay{t.date.year, t.date.month, t.date.dom}.at(*t.clock, t.written.loc)
		t = Time{form: formInstant, instant: at.UTC()}
	}
	return t
}

func (r *reader) onlyOffset() bool { return len(r.zones) == 1 && r.zones[0].offset }

func (r *reader) hasDay() bool {
	return r.day != nil || r.date != nil || r.weekday != nil || r.clock != nil || r.part != partNone
}

// alone says that a form doesn't go with another.
func (r *reader) alone(others bool) {
	if others {
		r.wrong("mixes forms of time that don't go together; use one of %s", TimeForms)
	}
}

// takeYear gives the year that was read to the day or month it belongs to.
func (r *reader) takeYear() {
	switch {
	case r.year == 0:
	case r.date != nil && r.date.year == 0:
		if r.date.year = r.year; r.date.dom > daysIn(r.year, r.date.month) {
			r.wrong("is no date: %s %d has no day %d", r.date.month, r.year, r.date.dom)
		}
	case r.unit != nil && r.unit.number != 0 && r.unit.year == 0 && r.unit.which == either:
		r.unit.year, r.unit.loose = r.year, false
	case (r.years || r.edge != wholly) && r.unit == nil && !r.hasDay(), r.bareUnit && r.unit.unit == unitYear:
		r.unit, r.bareUnit = &unitRef{unit: unitYear, year: r.year}, false
	default:
		r.wrong("may have a year or a time of day in it; write %d-01-01 or %02d:%02d", r.year, r.year/100, r.year%100)
	}
}

// length settles where a length of time leads. With a day or a time of day it is
// a number of days: 3 days ago at 9am, today - 7d.
func (r *reader) length(t *Time) {
	toward := r.sign
	switch {
	case r.sign != either && r.way != either && (r.sign != r.way || r.window):
		r.wrong("is both ahead and ago; use 2h for two hours ago, +2h for two hours ahead")
	case toward == either:
		toward = r.way
	}
	if r.span == nil {
		if toward != either {
			r.wrong("lacks a length of time; write 2h ago or in 2h")
		}
		return
	}
	t.toward = toward
	if !r.hasDay() {
		return
	}
	const oneDay = 24 * time.Hour
	fromToday := r.day != nil && r.day.kind == offsetDay && r.sign != either
	if r.window || toward == either || r.span.fixed%oneDay != 0 || r.date != nil || r.weekday != nil || r.day != nil && !fromToday {
		r.alone(true)
		return
	}
	if r.day == nil {
		r.day = &dayRef{kind: offsetDay}
	}
	r.day.days += int(toward) * int(r.span.fixed/oneDay)
	r.day.months = int(toward) * r.span.months
	r.span, t.toward = nil, either
}

// mergeDays puts together what names a day together: a date and its weekday, a
// weekday and its week, the end of day and its day.
func (r *reader) mergeDays() {
	if r.weekday != nil {
		switch {
		case r.day != nil:
			r.wrong("has two days in it; give one")
		case r.date != nil && !r.weekday.inWeek && r.weekday.which == either:
			r.date.named, r.weekday = &r.weekday.weekday, nil
		case r.unit != nil && r.unit.unit == unitWeek && r.unit.number == 0 && !r.bareUnit && !r.weekday.inWeek && r.weekday.which == either:
			r.weekday.inWeek, r.weekday.week, r.unit = true, r.unit.offset, nil
		}
	}
	if r.date != nil && (r.day != nil || r.weekday != nil) {
		r.wrong("has two days in it; give one")
	}
	if r.unit != nil && r.unit.unit == unitDay && r.edge != wholly && r.hasDay() {
		r.unit, r.bareUnit = nil, false
	}
}

// dayAndClock settles the day, and the time on it.
func (r *reader) dayAndClock(t *Time) {
	named := true
	switch {
	case r.date != nil:
		t.date = *r.date
	case r.weekday != nil:
		t.date = *r.weekday
	case r.day != nil:
		t.date = *r.day
	default:
		named = false
	}
	t.clock, t.part = r.clock, r.part
	switch {
	case r.clock == nil:
		return
	case r.edge != wholly:
		r.alone(true)
	case r.midnight && (named || r.part != partNone):
		r.wrong("may be the beginning or the end of the day; use start of today or end of today, tomorrow or monday, or a date with 0:00")
	case r.hourOnly && !named && r.part == partNone:
		r.wrong("doesn't say which half of the day; write 9am or 21:00")
	case r.part != partNone:
		r.clockInPart(t)
	}
}

// clockInPart settles a time of day with the part of the day that it is in: in
// tonight 9:30 it is 21:30.
func (r *reader) clockInPart(t *Time) {
	hour := r.clock.hour
	night := r.part == lastNight
	if r.half && hour < 12 && (r.part != morning && !night || night && hour >= 6) {
		hour += 12
	}
	from, to := r.part.hours(0)
	if r.part == morning {
		from = 0
	}
	inside := hour >= from && hour < to
	if night && hour < 6 { // the night ends on the next day
		inside, t.date.days = true, t.date.days+1
	}
	if !inside {
		r.wrong("has a time of day in it that is not in that part of the day; give the time alone, such as 21:30")
	}
	clock := *r.clock
	clock.hour = hour
	t.clock, t.part = &clock, partNone
	if r.part == tonight && r.day == nil && r.weekday == nil && r.date == nil {
		t.date = dayRef{kind: offsetDay}
	}
}
