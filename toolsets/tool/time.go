package tool

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Time is a point in time as an argument: RFC 3339, a date (its start in UTC),
// a span back from now (30m, 24h, 7d, 2w) or ahead of it (+2h), or now. The zero
// Time is one that was not given.
type Time struct {
	at  time.Time
	ago time.Duration // back from now, if at is zero
	set bool
}

// TimeForms names the forms a [Time] has, for errors and descriptions.
const TimeForms = "RFC 3339 (2026-01-31T09:00:00Z), a date (2026-01-31, UTC), 24h, 7d or 2w (ago), +2h (ahead), or now"

// longAgo is before PagerDuty was.
const longAgo = 30 * 365 * 24 * time.Hour

var relative = regexp.MustCompile(`^(\+|in\s+|-)?(\d{1,6})\s*(m|min|h|d|w)(\s+ago)?$`)

var units = map[string]time.Duration{"m": time.Minute, "min": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}

// ParseTime reads a time, or returns what is wrong with it and what is allowed.
func ParseTime(s string) (t Time, problem string) {
	text := strings.ToLower(strings.TrimSpace(s))
	if text == "now" {
		return Time{set: true}, ""
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
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02"} {
		if at, err := time.Parse(layout, upper); err == nil && !at.IsZero() {
			return Time{at: at.UTC(), set: true}, ""
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if at, err := time.Parse(layout, upper); err == nil {
			return Time{}, fmt.Sprintf("%s has no time zone; add Z for UTC or an offset, as in %s", quote(s), at.Format("2006-01-02T15:04:05")+"+02:00")
		}
	}
	return Time{}, fmt.Sprintf("%s is not a time; use %s", quote(s), TimeForms)
}

// IsZero reports whether no time was given.
func (t Time) IsZero() bool { return !t.set }

// In returns the point in time, seen from now; the zero time if none was given.
func (t Time) In(now time.Time) time.Time {
	switch {
	case !t.set:
		return time.Time{}
	case !t.at.IsZero():
		return t.at
	}
	return now.Add(-t.ago)
}
