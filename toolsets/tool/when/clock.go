package when

import (
	"fmt"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Clock writes a point in time as clocks in zone show it, with the zone:
// 2026-11-25 02:07 CET (Europe/Berlin). Seconds are written if there are any.
// [ParseTime] reads it back.
func Clock(t time.Time, zone *time.Location) string {
	return showClock(t, zone) + zoneSuffix(t, zone)
}

// Window writes a range as clocks in zone show it, for what was understood:
// 2026-11-16 00:00 CET to 2026-11-23 00:00 CET (Europe/Berlin).
func Window(since, until time.Time, zone *time.Location) string {
	return showClock(since, zone) + " to " + showClock(until, zone) + zoneSuffix(until, zone)
}

func showClock(t time.Time, zone *time.Location) string {
	layout := "2006-01-02 15:04 MST"
	if t.Second() != 0 || t.Nanosecond() != 0 {
		layout = "2006-01-02 15:04:05.999999999 MST"
	}
	return t.In(zone).Format(layout)
}

// zoneSuffix names the zone unless its abbreviation does.
func zoneSuffix(t time.Time, zone *time.Location) string {
	name := zone.String()
	if abbr, _ := t.In(zone).Zone(); name == abbr || name == "Local" {
		return ""
	}
	return " (" + name + ")"
}

// writtenZone is the time zone that was written with a time.
type writtenZone struct {
	loc   *time.Location // nil if there was none, or one that may be several
	abbr  string         // what the place's clocks must be called then
	place *time.Location // whose clocks must agree with loc, which is an offset
	may   namedZone      // the one that may be several
}

// join puts the zones together that were written with a time, such as the three
// in 09:00 +0100 CET (Europe/Berlin).
func (w *writtenZone) join(zones []namedZone, words []string) (problem string) {
	var offset *time.Location
	for i, n := range zones {
		switch {
		case n.offset && offset == nil:
			offset = n.loc
		case n.abbr != "" && w.abbr == "":
			w.abbr, w.may = n.abbr, n
		case n.abbr == "" && !n.offset && w.loc == nil && n.loc != nil:
			w.loc = n.loc
		case n.loc == nil:
			return n.ambiguity(words[i])
		default:
			return "there are two time zones in it"
		}
	}
	if w.loc == nil && w.abbr != "" {
		w.loc = w.may.loc
		if w.may.unknown && w.loc != nil {
			w.abbr = ""
		}
	}
	if offset != nil {
		w.loc, w.place = offset, w.loc
	}
	return ""
}

// check takes of the moments at which clocks show a time the ones on which they
// are called what was written.
func (w writtenZone) check(text string, first, last time.Time) (begin, end time.Time, problem string) {
	place := w.place
	if place == nil {
		place = w.loc
	}
	agrees := func(t time.Time) bool {
		zone := place
		if zone == nil {
			zone = t.Location()
		}
		name, _ := t.In(zone).Zone()
		return offsetAt(t, zone) == offsetAt(t, t.Location()) && (w.abbr == "" || strings.EqualFold(name, w.abbr))
	}
	switch {
	case agrees(first) && agrees(last):
		return first, last, ""
	case agrees(first):
		return first, first, ""
	case agrees(last):
		return last, last, ""
	case place == nil:
		return first, last, w.may.ambiguity(w.abbr)
	}
	name, _ := first.In(place).Zone()
	return first, last, fmt.Sprintf("%s: the clocks of %s show %s (UTC%s) then; write that, or the offset that is meant",
		wording.Quote(text), place, name, first.In(place).Format("-07:00"))
}
