package tool

import (
	_ "embed" // the names of time zones
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Go has no list of the time zones it knows, so their names are kept here. They
// are searched when a zone is asked for, which takes some 50 microseconds, and
// cost nothing before.

//go:embed zonenames.txt
var ianaNames string

//go:embed railszones.txt
var railsNames string

// abbreviations are those in use, and the place whose clocks are meant; several
// where an abbreviation is used for different zones. PST and CDT are used in
// Manila and Havana too, but mean these hardly ever. In front of what the time
// zone database doesn't know is a tilde.
const abbreviations = `
ACDT Australia/Adelaide
ACST Australia/Adelaide
ADT America/Halifax
AEDT Australia/Sydney
AEST Australia/Sydney
AKDT America/Anchorage
AKST America/Anchorage
~AMT America/Manaus Asia/Yerevan
~ART America/Argentina/Buenos_Aires
AST America/Halifax Asia/Riyadh
AWST Australia/Perth
~BRT America/Sao_Paulo
BST Europe/London
CAT Africa/Maputo
CDT America/Chicago
CEST Europe/Brussels
CET Europe/Brussels
CHST Pacific/Guam
CST America/Chicago Asia/Shanghai America/Havana
~CT America/Chicago
EAT Africa/Nairobi
EDT America/New_York
EEST Europe/Athens
EET Europe/Athens
EST America/New_York
~ET America/New_York
~GST Asia/Dubai Atlantic/South_Georgia
HDT America/Adak
HKT Asia/Hong_Kong
HST Pacific/Honolulu
~ICT Asia/Bangkok
IDT Asia/Jerusalem
IST Asia/Kolkata Europe/Dublin Asia/Jerusalem
JST Asia/Tokyo
KST Asia/Seoul
MDT America/Denver
MSK Europe/Moscow
MST America/Denver
~MT America/Denver
~MYT Asia/Kuala_Lumpur
NDT America/St_Johns
NST America/St_Johns
NZDT Pacific/Auckland
NZST Pacific/Auckland
PDT America/Los_Angeles
PKT Asia/Karachi
PST America/Los_Angeles
~PT America/Los_Angeles
SAST Africa/Johannesburg
~SGT Asia/Singapore
SST Pacific/Pago_Pago Asia/Singapore
WAT Africa/Lagos
WEST Europe/Lisbon
WET Europe/Lisbon
WIB Asia/Jakarta
WIT Asia/Jayapura
WITA Asia/Makassar
~WST Australia/Perth Pacific/Apia`

// ParseZone reads a time zone as people write it: its IANA name in any case
// (europe/berlin), its Rails name (Pacific Time (US & Canada)), a city that is
// the last part of an IANA name (New York), an abbreviation that means one zone,
// or an offset (UTC+2, -05:30). An abbreviation means the clocks of a place all
// year, so EST and EDT are both New York's time. It returns what is wrong with
// what it can't read, and the nearest names.
func ParseZone(text string) (zone *time.Location, problem string) {
	if len(text) > maxTime {
		return nil, fmt.Sprintf("%s is too long for a time zone; %s", quote(text), zoneForms)
	}
	named, ok := findZone(text)
	switch {
	case !ok:
		return nil, fmt.Sprintf("%s is not a time zone; %s", quote(text), nearestZones(text))
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
	return fmt.Sprintf("%s may be the time zone %s; use one of these names", quote(text), orList(n.either))
}

// findZone finds the time zone that text means.
func findZone(text string) (n namedZone, ok bool) {
	key := zoneKey(text)
	if zone, ok := parseOffset(key); ok {
		return namedZone{loc: zone, offset: true}, true
	}
	for line := range strings.Lines(abbreviations) {
		words := strings.Fields(line)
		if len(words) == 0 || !strings.EqualFold(strings.TrimPrefix(words[0], "~"), key) {
			continue
		}
		n = namedZone{abbr: strings.TrimPrefix(words[0], "~"), unknown: words[0][0] == '~', either: words[1:]}
		if len(n.either) == 1 {
			n.loc, n.either = loadZone(n.either[0]), nil
		}
		return n, true
	}
	if n.loc = findIANA(key); n.loc != nil {
		return n, true
	}
	// Pages show Rails names with the offset in front: (GMT-08:00) Pacific Time.
	if strings.HasPrefix(key, "(gmt") {
		_, key, _ = strings.Cut(key, ") ")
	}
	if n.loc = findRails(key); n.loc != nil {
		return n, true
	}
	if n.either = cities(key); len(n.either) == 0 {
		n.either = cities(strings.TrimSuffix(key, " time"))
	}
	if len(n.either) == 1 {
		n.loc, n.either = loadZone(n.either[0]), nil
	}
	return n, n.loc != nil || n.either != nil
}

// zoneKey writes a name as it is compared: in small letters without accents,
// with blanks for underscores.
func zoneKey(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		const accented, plain = "áàâãäåçéèêëíîïñóôõöøúûü", "aaaaaaceeeeiiinooooouuu"
		if r == '_' {
			return ' '
		}
		if r > 0x7f {
			if i := slices.Index([]rune(accented), r); i >= 0 {
				return rune(plain[i])
			}
		}
		return r
	}, strings.ToLower(text))), " ")
}

// sameZone reports whether the zone called name is the one that key is for.
func sameZone(name, key string) bool {
	if len(name) != len(key) {
		return false
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '_':
			c = ' '
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		if c != key[i] {
			return false
		}
	}
	return true
}

// eachIANA calls f with the IANA names and whether each is an older or another
// name of its zone, until f returns false.
func eachIANA(f func(name string, other bool) bool) {
	for line := range strings.Lines(ianaNames) {
		area, names, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		other := false
		for name := range strings.FieldsSeq(names) {
			if name == "|" {
				other = true
				continue
			}
			if area != "-" {
				name = area + "/" + name
			}
			if !f(name, other) {
				return
			}
		}
	}
}

func findIANA(key string) (zone *time.Location) {
	eachIANA(func(name string, _ bool) bool {
		if sameZone(name, key) {
			zone = loadZone(name)
		}
		return zone == nil
	})
	return zone
}

func eachRails(f func(name, iana string) bool) {
	for line := range strings.Lines(railsNames) {
		name, iana, ok := strings.Cut(strings.TrimSpace(line), " = ")
		if ok && !strings.HasPrefix(line, "#") && !f(name, iana) {
			return
		}
	}
}

// findRails finds a zone by its Rails name, also without the country that some
// have in brackets.
func findRails(key string) (zone *time.Location) {
	eachRails(func(name, iana string) bool {
		if short, _, _ := strings.Cut(name, " ("); sameZone(name, key) || sameZone(short, key) {
			zone = loadZone(iana)
		}
		return zone == nil
	})
	return zone
}

// cities are the zones whose last part is key. A zone's older names count only if
// there are no others.
func cities(key string) []string {
	var found, others []string
	eachIANA(func(name string, other bool) bool {
		switch {
		case !sameZone(name[strings.LastIndexByte(name, '/')+1:], key):
		case other:
			others = append(others, name)
		default:
			found = append(found, name)
		}
		return true
	})
	if found == nil {
		return others
	}
	return found
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

// atoi reads a number of at most so many digits and nothing else.
func atoi(s string, digits int) (n int, ok bool) {
	if s == "" || len(s) > digits || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// loadZone loads a zone that there is.
func loadZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return zone
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
		distance := editDistance(key, zoneKey(written))
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
	eachIANA(func(name string, other bool) bool {
		if !other {
			consider(name, name)
			consider(name[strings.LastIndexByte(name, '/')+1:], name)
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
	return "the nearest are " + orList(names)
}
