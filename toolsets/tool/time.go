package tool

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Time is a point in time as an argument: RFC 3339, a date or a time of day
// (2026-01-31, 2026-01-31T09:00), a span back from now (30m, 24h, 7d, 2w) or
// ahead of it (+2h), now, today, yesterday, tomorrow, or a weekday, which is the
// last one. Days begin at midnight, and times without an offset are meant, in
// the user's time zone. The zero Time is one that was not given.
type Time struct {
	set bool
	at  time.Time     // absolute
	ago time.Duration // or back from now

	// Or a day or wall clock time, which mean something in a zone only; the
	// zone is looked up when there is one of them.
	wall    time.Time // as in UTC
	day     *int      // counted from today
	weekday *time.Weekday
	zone    *time.Location
}

// TimeForms names the forms a [Time] has, for errors and descriptions.
const TimeForms = "RFC 3339 (2026-01-31T09:00:00Z), a date (2026-01-31), 24h, 7d or 2w (ago), +2h (ahead), now, today, yesterday, tomorrow or monday"

var relative = regexp.MustCompile(`^(\+|in\s+|-)?(\d{1,6})\s*(m|min|h|d|w)(\s+ago)?$`)

// longAgo is before PagerDuty was.
const longAgo = 30 * 365 * 24 * time.Hour

var units = map[string]time.Duration{"m": time.Minute, "min": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}

var days = map[string]int{"yesterday": -1, "today": 0, "tomorrow": 1}

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// ParseTime reads a time, or returns what is wrong with it and what is allowed.
func ParseTime(s string) (t Time, problem string) {
	text := strings.ToLower(strings.TrimSpace(s))
	if text == "now" {
		return Time{set: true}, ""
	}
	if day, ok := days[text]; ok {
		return Time{set: true, day: &day}, ""
	}
	if i := slices.Index(weekdays, strings.TrimPrefix(text, "last ")); i >= 0 {
		weekday := time.Weekday(i)
		return Time{set: true, weekday: &weekday}, ""
	}
	if m := relative.FindStringSubmatch(text); m != nil {
		ahead := m[1] == "+" || strings.HasPrefix(m[1], "in")
		n, _ := strconv.Atoi(m[2])
		unit := units[m[3]]
		switch {
		case ahead && m[4] != "":
			return Time{}, fmt.Sprintf("%s is both ahead and ago; use 2h for two hours ago, +2h for two hours ahead", quote(s))
		case n > int(longAgo/unit):
			return Time{}, fmt.Sprintf("%s is too far away", quote(s))
		case ahead:
			n = -n
		}
		return Time{ago: time.Duration(n) * unit, set: true}, ""
	}
	upper := strings.ToUpper(text)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if at, err := time.Parse(layout, upper); err == nil && !at.IsZero() {
			return Time{at: at.UTC(), set: true}, ""
		}
	}
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if wall, err := time.Parse(layout, upper); err == nil && !wall.IsZero() {
			return Time{wall: wall, set: true}, ""
		}
	}
	return Time{}, fmt.Sprintf("%s is not a time; use %s", quote(s), TimeForms)
}

// IsZero reports whether no time was given.
func (t Time) IsZero() bool { return !t.set }

// needsZone reports whether the time depends on where its user is.
func (t Time) needsZone() bool { return !t.wall.IsZero() || t.day != nil || t.weekday != nil }

// In returns the point in time, seen from now; the zero time if none was given.
// What was given in the user's time zone is returned in it.
func (t Time) In(now time.Time) time.Time {
	zone := t.zone
	if zone == nil {
		zone = time.UTC
	}
	switch y, m, d := now.In(zone).Date(); {
	case !t.set:
		return time.Time{}
	case !t.at.IsZero():
		return t.at
	case !t.wall.IsZero():
		w := t.wall
		return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 0, zone)
	case t.day != nil:
		return time.Date(y, m, d+*t.day, 0, 0, 0, 0, zone)
	case t.weekday != nil:
		back := (int(now.In(zone).Weekday()) - int(*t.weekday) + 7) % 7
		return time.Date(y, m, d-back, 0, 0, 0, 0, zone)
	}
	return now.Add(-t.ago)
}
