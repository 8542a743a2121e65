package sandbox

import (
	"slices"
	"time"
)

// hours are a part of the week: on some days, from a time of day on, for so long.
// They follow the clocks of a time zone, also when those are changed.
type hours struct {
	zone   *time.Location
	days   []time.Weekday // every day when empty
	from   time.Duration  // after midnight
	length time.Duration  // at most a day
}

// everyDay are the weekdays from Monday to Sunday.
var everyDay = []time.Weekday{
	time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday,
}

// on are the hours that begin on the day of a time, or on so many days after it.
func (h hours) on(at time.Time, after int) (start, end time.Time, ok bool) {
	local := at.In(h.zone)
	start = time.Date(local.Year(), local.Month(), local.Day()+after, 0, 0, int(h.from/time.Second), 0, h.zone)
	return start, start.Add(h.length), len(h.days) == 0 || slices.Contains(h.days, start.Weekday())
}

// has reports whether a time is in the hours: in those that began on its day or
// on the day before.
func (h hours) has(at time.Time) bool {
	for _, day := range []int{-1, 0} {
		if start, end, ok := h.on(at, day); ok && !at.Before(start) && at.Before(end) {
			return true
		}
	}
	return false
}

// next is when the hours begin the next time after a time.
func (h hours) next(after time.Time) time.Time {
	for day := -1; ; day++ {
		if start, _, ok := h.on(after, day); ok && start.After(after) {
			return start
		}
	}
}

// edges are when the hours begin and end, from a day before one time to a day
// after another.
func (h hours) edges(since, until time.Time) []time.Time {
	var out []time.Time
	for day := -1; ; day++ {
		start, end, ok := h.on(since, day)
		if start.After(until.Add(24 * time.Hour)) {
			return out
		}
		if ok {
			out = append(out, start, end)
		}
	}
}
