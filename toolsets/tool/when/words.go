package when

import (
	"slices"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// phrase is words with a meaning of their own in a time.
type phrase struct {
	words string
	means meaning
	n     int
}

type meaning int

const (
	meansNothing meaning = iota
	meansNow
	meansDay   // n days from today
	meansPart  // part n of today, or of the day that is written with it
	meansNight // part n of a day of its own
	meansClock // hour n
	meansMidnight
	meansEdge // edge n of what follows
	meansEnd  // the end of n, a unit
	meansWay  // direction n
	meansHour // an hour without minutes follows
)

// phrases are the words that can stand anywhere; longer ones are first.
var phrases = []phrase{
	{"day before yesterday", meansDay, -2},
	{"day after tomorrow", meansDay, 2},
	{"beginning of", meansEdge, int(atStart)},
	{"start of", meansEdge, int(atStart)},
	{"end of", meansEdge, int(atEnd)},
	{"from now", meansWay, int(ahead)},
	{"last night", meansNight, int(lastNight)},
	{"at midnight", meansMidnight, 0},
	{"at noon", meansClock, 12},
	{"now", meansNow, 0},
	{"today", meansDay, 0},
	{"yesterday", meansDay, -1},
	{"tomorrow", meansDay, 1},
	{"tonight", meansNight, int(tonight)},
	{"morning", meansPart, int(morning)},
	{"afternoon", meansPart, int(afternoon)},
	{"evening", meansPart, int(evening)},
	{"night", meansPart, int(evening)},
	{"noon", meansClock, 12},
	{"midday", meansClock, 12},
	{"midnight", meansMidnight, 0},
	{"eod", meansEnd, int(unitDay)},
	{"eow", meansEnd, int(unitWeek)},
	{"eom", meansEnd, int(unitMonth)},
	{"ago", meansWay, int(back)},
	{"at", meansHour, 0},
	{"on", meansNothing, 0},
	{"of", meansNothing, 0},
	{"the", meansNothing, 0},
}

// leading are words in front of a time that say what the argument's name says.
var leading = []string{"since", "from", "until", "till", "between", "starting", "by", "over", "within", "during", "for"}

// choices are words that choose one of what comes again.
var choices = []struct {
	word   string
	toward direction
	length bool // of a length of time: past week are the last 7 days
}{
	{"this", either, false}, {"current", either, false},
	{"last", back, false}, {"previous", back, false}, {"past", back, true},
	{"next", ahead, false}, {"coming", ahead, false},
}

// units of the calendar, and lengths of time.
var calendarUnits = []struct {
	word string
	unit unit
}{{"day", unitDay}, {"week", unitWeek}, {"weekend", unitWeekend}, {"month", unitMonth}, {"quarter", unitQuarter}, {"year", unitYear}}

var lengths = []struct {
	words string
	span  span
}{
	{"s sec secs second seconds", span{0, time.Second}},
	{"m min mins minute minutes", span{0, time.Minute}},
	{"h hr hrs hour hours", span{0, time.Hour}},
	{"d day days", span{0, 24 * time.Hour}},
	{"w wk wks week weeks", span{0, 7 * 24 * time.Hour}},
	{"fortnight fortnights", span{0, 14 * 24 * time.Hour}},
	{"mo mos mth mths month months", span{1, 0}},
	{"quarter quarters", span{3, 0}},
	{"y yr yrs year years", span{12, 0}},
}

var counts = []string{"a an one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// countOf is the number that a word means.
func countOf(word string) (n int, ok bool) {
	i := slices.IndexFunc(counts, func(words string) bool { return slices.Contains(strings.Fields(words), word) })
	return i + 1, i >= 0
}

// lengthOf is the length of time that a unit is.
func lengthOf(word string) (span, bool) {
	for _, l := range lengths {
		if slices.Contains(strings.Fields(l.words), word) {
			return l.span, true
		}
	}
	return span{}, false
}

func calendarUnit(word string) unit {
	for _, u := range calendarUnits {
		if word == u.word {
			return u.unit
		}
	}
	return noUnit
}

// weekdayOf and monthOf read a name, whole or from its third letter on cut.
func weekdayOf(word string) (time.Weekday, bool) {
	if word == "weds" {
		word = "wed"
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if begins(strings.ToLower(d.String()), word) {
			return d, true
		}
	}
	return 0, false
}

func monthOf(word string) (time.Month, bool) {
	for m := time.January; m <= time.December; m++ {
		if begins(strings.ToLower(m.String()), word) {
			return m, true
		}
	}
	return 0, false
}

func begins(name, word string) bool {
	return len(word) >= 3 && strings.HasPrefix(name, word)
}

// nearestWord is the one of known that resembles word. One that begins with
// another letter doesn't: soon is not noon.
func nearestWord(word string, known []string) (best string) {
	least := (len(word)+2)/3 + 1
	for _, k := range known {
		if len(k) < 3 || k[0] != word[0] {
			continue
		}
		if d := wording.EditDistance(word, k); d < least || d == least && best != "" && len(k) == len(word) {
			best, least = k, d
		}
	}
	if least == 0 {
		return "" // it is that word
	}
	return best
}
