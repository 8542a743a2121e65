package when

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// ParseZone reads a time zone as people write it: its IANA name in any case
// (europe/berlin), its Rails name (Pacific Time (US & Canada)), a city that is
// the last part of an IANA name (New York), an abbreviation that means one zone,
// or an offset (UTC+2, -05:30). An abbreviation means the clocks of a place all
// year, so EST and EDT are both New York's time. It returns what is wrong with
// what it can't read, and the nearest names.
func ParseZone(text string) (zone *time.Location, problem string) {
	if len(text) > maxTime {
		return nil, fmt.Sprintf("%s is too long for a time zone; %s", wording.Quote(text), zoneForms)
	}
	named, ok := findZone(text)
	switch {
	case !ok:
		return nil, fmt.Sprintf("%s is not a time zone; %s", wording.Quote(text), nearestZones(text))
	case named.loc == nil:
		return nil, named.ambiguity(text)
	}
	return named.loc, ""
}

// PagerDutyZone is the time zone that PagerDuty calls name, which is an IANA or
// Rails name, and nil if there is none. Of the two zones that people mean
// otherwise, EST and MST, PagerDuty knows only the standard time.
func PagerDutyZone(name string) *time.Location {
	if zone := findIANA(zoneKey(name)); zone != nil {
		return zone
	}
	return findRails(zoneKey(name))
}

const zoneForms = "give its IANA name, such as Europe/Berlin or America/New_York, or an offset, such as UTC+2"

// namedZone is a time zone by what was written.
type namedZone struct {
	loc     *time.Location
	offset  bool     // it is an offset, or UTC
	abbr    string   // it is an abbreviation
	unknown bool     // that the time zone database doesn't know
	either  []string // what it may mean if that is several zones
}

func (n namedZone) ambiguity(text string) string {
	return fmt.Sprintf("%s may be the time zone %s; use one of these names", wording.Quote(text), wording.OrList(n.either))
}

// findZone finds the time zone that text means.
func findZone(text string) (n namedZone, ok bool) {
	key := zoneKey(text)
	if zone, ok := parseOffset(key); ok {
		return namedZone{loc: zone, offset: true}, true
	}
	// No name begins with a digit, or with a bracket but for the offsets that
	// pages show in front of Rails names: (GMT-08:00) Pacific Time.
	shown := strings.HasPrefix(key, "(gmt")
	if key == "" || key[0] >= '0' && key[0] <= '9' || key[0] == '(' && !shown {
		return n, false
	}
	for line := range strings.Lines(abbreviations) {
		name, _, _ := strings.Cut(line, " ")
		if !strings.EqualFold(strings.TrimPrefix(name, "~"), key) {
			continue
		}
		words := strings.Fields(line)
		n = namedZone{abbr: strings.TrimPrefix(words[0], "~"), unknown: words[0][0] == '~', either: words[1:]}
		if len(n.either) == 1 {
			n.loc, n.either = loadZone(n.either[0]), nil
		}
		return n, true
	}
	if n.loc = findIANA(key); n.loc != nil {
		return n, true
	}
	if shown {
		_, key, _ = strings.Cut(key, ") ")
	}
	if n.loc = findRails(key); n.loc != nil {
		return n, true
	}
	place, _ := strings.CutSuffix(key, " time")
	n.either = cities(place)
	if len(n.either) == 1 {
		n.loc, n.either = loadZone(n.either[0]), nil
	}
	return n, n.loc != nil || n.either != nil
}

// parseOffset reads UTC, and offsets from it such as utc+2, gmt-05:30 and +0200.
// The area Etc, in which the signs are the other way round, is not read here.
func parseOffset(key string) (zone *time.Location, ok bool) {
	switch key {
	case "utc", "gmt", "z", "zulu":
		return time.UTC, true
	}
	s := strings.ReplaceAll(key, " ", "")
	named := strings.HasPrefix(s, "utc") || strings.HasPrefix(s, "gmt")
	if named {
		s = s[len("utc"):]
	}
	if s == "" || s[0] != '+' && s[0] != '-' {
		return nil, false
	}
	hours, minutes, colon := strings.Cut(s[1:], ":")
	if !colon && len(hours) > 2 {
		hours, minutes = hours[:len(hours)-2], hours[len(hours)-2:]
	}
	if minutes == "" && !colon {
		minutes = "00"
	}
	h, okHours := atoi(hours, 2)
	m, okMinutes := atoi(minutes, 2)
	seconds := h*3600 + m*60
	switch {
	case !okHours || !okMinutes || len(minutes) != 2 || len(hours) != 2 && !named, m > 59, seconds > 14*3600:
		return nil, false
	case seconds == 0:
		return time.UTC, true
	case s[0] == '-':
		seconds = -seconds
	}
	return time.FixedZone(fmt.Sprintf("UTC%c%02d:%02d", s[0], h, m), seconds), true
}

// nearestZones says which zones text resembles.
func nearestZones(text string) string {
	key := zoneKey(text)
	type candidate struct {
		name     string
		distance int
	}
	var found []candidate
	consider := func(written, name string) {
		distance := wording.EditDistance(key, zoneKey(written))
		if len(key) >= 4 && strings.Contains(zoneKey(written), key) {
			distance = 1
		}
		if distance > max(1, len(key)/3) {
			return
		}
		if i := slices.IndexFunc(found, func(c candidate) bool { return c.name == name }); i >= 0 {
			found[i].distance = min(found[i].distance, distance)
			return
		}
		found = append(found, candidate{name, distance})
	}
	eachIANA(func(name ianaName, other bool) bool {
		if !other {
			consider(name.String(), name.String())
			consider(name.city(), name.String())
		}
		return true
	})
	eachRails(func(name, iana string) bool { consider(name, iana); return true })
	if len(found) == 0 || key == "" {
		return zoneForms
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return a.distance - b.distance })
	var names []string
	for _, c := range found[:min(3, len(found))] {
		names = append(names, c.name)
	}
	return "the nearest are " + wording.OrList(names)
}
