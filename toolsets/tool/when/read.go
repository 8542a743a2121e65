package when

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// ParseTime reads a time, or returns what is wrong with it and what is allowed.
func ParseTime(s string) (t Time, problem string) {
	t, problem, unknown := readTime(s)
	if unknown == "" {
		return t, problem
	}
	if better := nearestTime(s); better != "" {
		return Time{}, fmt.Sprintf("%s is not a time; did you mean %s? Or use %s", wording.Quote(s), wording.Quote(better), TimeForms)
	}
	return Time{}, fmt.Sprintf("%s is not a time; use %s", wording.Quote(s), TimeForms)
}

// readTime reads a time. A problem with a word that is not understood is
// returned with the word.
func readTime(s string) (t Time, problem, unknown string) { return readWords(s, false) }

// readWords is readTime; if years is set a year alone is a time too.
func readWords(s string, years bool) (t Time, problem, unknown string) {
	if len(s) > maxTime {
		return Time{}, fmt.Sprintf("%s is too long for a time; use %s", wording.Quote(s), TimeForms), ""
	}
	r := &reader{text: s, words: timeWords(s), years: years}
	if len(r.words) > 1 && slices.Contains(leading, r.low(0)) {
		r.words = r.words[1:]
	}
	for len(r.words) > 0 && r.problem == "" {
		n := r.next()
		if n == 0 {
			return Time{}, fmt.Sprintf("%s is not a time; use %s", wording.Quote(s), TimeForms), r.low(0)
		}
		r.last, r.words = r.low(n-1), r.words[n:]
	}
	if r.problem == "" {
		t = r.combine()
	}
	if r.problem != "" {
		return Time{}, r.problem, ""
	}
	t.text = s
	return t, "", ""
}

// timeWords splits a text into words: at blanks and commas, between a date and
// its time, between the parts of 1-Nov-2026, and after now in now-24h.
func timeWords(s string) (words []string) {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == ',', r == '[', r == ']':
			return ' '
		case r == '\u2212', r == '\u2013': // minus, dash
			return '-'
		}
		return r
	}, s)
	for word := range strings.FieldsSeq(s) {
		low := strings.ToLower(word)
		date := dateLength(low)
		switch {
		case date > 0 && date+1 < len(low) && low[date] == 't':
			words = append(words, word[:date], isoClock(word[date+1:]))
		case date > 0 && date < len(low) && (low[date] == 'z' || low[date] == '+'):
			words = append(words, word[:date], word[date:])
		case strings.HasPrefix(low, "now+"), strings.HasPrefix(low, "now-"):
			words = append(words, word[:3], word[3:])
		case namesMonth(low):
			words = append(words, strings.FieldsFunc(word, isDateSeparator)...)
		default:
			words = append(words, word)
		}
	}
	return words
}

// next reads what is at the beginning of the words and returns how many these
// were; 0 if it is nothing known.
func (r *reader) next() int {
	for _, read := range []func() int{
		r.readDate, r.readUnix, r.readMonth, r.readQuarter, r.readHour, r.readClock, r.readIn,
		r.readChoice, r.readSpan, r.readPhrase, r.readWeekday, r.readBareUnit, r.readYear, r.readZone,
	} {
		if n := read(); n > 0 || r.problem != "" {
			return max(n, 1)
		}
	}
	return 0
}

func (r *reader) readPhrase() int {
	for _, p := range phrases {
		first, rest, _ := strings.Cut(p.words, " ")
		if first != r.low(0) {
			continue
		}
		n := 1
		for word := range strings.FieldsSeq(rest) {
			if r.low(n) != word {
				n = 0
				break
			}
			n++
		}
		if n > 0 {
			r.mean(p)
			return n
		}
	}
	return 0
}

func (r *reader) mean(p phrase) {
	switch p.means {
	case meansNow:
		r.now = r.once(!r.now, "times")
	case meansDay:
		if r.once(r.day == nil, "days") {
			r.day = &dayRef{kind: offsetDay, days: p.n}
		}
	case meansPart, meansNight:
		if !r.once(r.part == partNone, "parts of a day") {
			return
		}
		r.part = partOfDay(p.n)
		if r.part == lastNight && r.once(r.day == nil, "days") {
			r.day = &dayRef{kind: offsetDay, days: -1}
		}
	case meansClock, meansMidnight:
		if r.once(r.clock == nil, "times of day") {
			r.clock, r.midnight = &wallClock{hour: p.n}, p.means == meansMidnight
		}
	case meansEdge, meansEnd:
		if !r.once(r.edge == wholly, "starts or ends") {
			return
		}
		r.edge = edge(p.n)
		if p.means == meansEnd {
			r.edge, r.unit = atEnd, &unitRef{unit: unit(p.n)}
		}
	case meansWay:
		if r.once(r.way == either, "directions") {
			r.way = direction(p.n)
		}
	}
}

// readIn reads in, in front of a span or a month.
func (r *reader) readIn() int {
	if r.low(0) != "in" || len(r.words) < 2 {
		return 0
	}
	if isLength(r.words[1:]) && r.once(r.sign == either, "directions") {
		r.sign = ahead
	}
	return 1
}

// readChoice reads this, last and next with what they choose.
func (r *reader) readChoice() int {
	for _, c := range choices {
		if r.low(0) == c.word && r.low(1) != "night" {
			return r.choose(c.toward, c.length)
		}
	}
	return 0
}

func (r *reader) choose(toward direction, length bool) int {
	what := r.low(1)
	if r.weekday == nil {
		if d, ok := weekdayOf(what); ok {
			r.weekday = &dayRef{kind: weekDay, weekday: d, which: toward, inWeek: toward == either}
			return 2
		}
	}
	if m, ok := monthOf(what); ok && r.once(r.unit == nil, "months") {
		r.unit = &unitRef{unit: unitMonth, number: int(m), which: toward}
		return 2
	}
	u := calendarUnit(what)
	_, hasLength := lengthOf(what)
	switch {
	case toward == either && (what == "morning" || what == "afternoon" || what == "evening"):
		if r.once(r.day == nil, "days") {
			r.day = &dayRef{kind: offsetDay}
		}
		return 1
	case u == unitWeekend && toward == ahead:
		r.wrong("may be the weekend that comes or the one after; use this weekend, or its dates")
		return 1
	case u > unitDay && !length:
		if r.once(r.unit == nil, "weeks or months") {
			r.unit = &unitRef{unit: u, offset: int(toward)}
		}
		return 2
	case toward == either:
		return 0
	case hasLength: // the last hour, the past week
		r.words = append([]string{r.words[0], "1"}, r.words[1:]...)
	}
	if !isLength(r.words[1:]) {
		return 0
	}
	if r.once(r.sign == either, "directions") {
		r.sign, r.window = toward, true
	}
	return 1
}

func (r *reader) readWeekday() int {
	d, ok := weekdayOf(r.low(0))
	if !ok {
		return 0
	}
	if r.once(r.weekday == nil, "weekdays") {
		r.weekday = &dayRef{kind: weekDay, weekday: d}
	}
	return 1
}

// readBareUnit reads the unit in start of week.
func (r *reader) readBareUnit() int {
	u := calendarUnit(r.low(0))
	if u == noUnit {
		return 0
	}
	if r.once(r.unit == nil, "weeks or months") {
		r.unit, r.bareUnit = &unitRef{unit: u}, u != unitWeekend
		r.unit.loose = u == unitWeekend
	}
	return 1
}

// readZone reads the longest name of a time zone that is next.
func (r *reader) readZone() int {
	for n := min(6, len(r.words)); n > 0; n-- {
		text := strings.Join(r.words[:n], " ")
		zone, ok := findZone(text)
		if inner, found := strings.CutPrefix(text, "("); !ok && found && strings.HasSuffix(inner, ")") {
			zone, ok = findZone(strings.TrimSuffix(inner, ")"))
		}
		if ok {
			r.zones, r.zoneText = append(r.zones, zone), append(r.zoneText, text)
			return n
		}
	}
	return 0
}

// nearestTime is text with one word replaced by the one that it resembles, if
// that makes a time of it.
func nearestTime(text string) string {
	var known []string
	for _, p := range phrases {
		known = append(known, strings.Fields(p.words)...)
	}
	for _, c := range choices {
		known = append(known, c.word)
	}
	for _, l := range lengths {
		known = append(known, strings.Fields(l.words)...)
	}
	for i := range 12 {
		known = append(known, strings.ToLower(time.Month(i+1).String()), strings.ToLower(time.Weekday(i%7).String()))
	}
	low := strings.ToLower(text)
	for written := range strings.FieldsSeq(low) {
		if best := nearestWord(written, known); best != "" {
			better := strings.Replace(low, written, best, 1)
			if _, problem, _ := readTime(better); problem == "" {
				return better
			}
		}
	}
	return ""
}
