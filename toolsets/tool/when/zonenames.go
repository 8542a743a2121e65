package when

import (
	_ "embed" // the names of time zones
	"slices"
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

// ianaName is a name such as Europe/Berlin; some have no area.
type ianaName struct{ area, name string }

func (n ianaName) String() string {
	if n.area == "-" {
		return n.name
	}
	return n.area + "/" + n.name
}

// is reports whether the name is the one that key is for.
func (n ianaName) is(key string) bool {
	if n.area == "-" {
		return sameZone(n.name, key)
	}
	area := len(n.area)
	return len(key) > area && key[area] == '/' && sameZone(n.area, key[:area]) && sameZone(n.name, key[area+1:])
}

// city is the last part of the name.
func (n ianaName) city() string { return n.name[strings.LastIndexByte(n.name, '/')+1:] }

// eachIANA calls f with the IANA names and whether each is an older or another
// name of its zone, until f returns false.
func eachIANA(f func(name ianaName, other bool) bool) {
	for line := range strings.Lines(ianaNames) {
		area, names, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		other := false
		for name := range strings.FieldsSeq(names) {
			switch {
			case name == "|":
				other = true
			case !f(ianaName{area, name}, other):
				return
			}
		}
	}
}

func findIANA(key string) (zone *time.Location) {
	eachIANA(func(name ianaName, _ bool) bool {
		if name.is(key) {
			zone = loadZone(name.String())
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
	eachIANA(func(name ianaName, other bool) bool {
		switch {
		case !sameZone(name.city(), key):
		case other:
			others = append(others, name.String())
		default:
			found = append(found, name.String())
		}
		return true
	})
	if found == nil {
		return others
	}
	return found
}

// loadZone loads a zone that there is.
func loadZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return zone
}
