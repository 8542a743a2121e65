package when

import (
	"slices"
	"strings"
	"time"
)

// complain is told what is wrong with a text: words that go on after the text.
type complain func(format string, args ...any)

// readSpan reads a length of time with its sign: 24h, +2h, - 7 days, PT24H.
func (r *reader) readSpan() int {
	words, signs := slices.Clone(r.words), 0
	sign := either
	switch r.words[0][0] {
	case '+':
		sign = ahead
	case '-':
		sign = back
	}
	if sign != either {
		if words[0] = words[0][1:]; words[0] == "" {
			words, signs = words[1:], 1
		}
	}
	length, n := readLength(words, r.wrong)
	if n == 0 {
		return 0
	}
	if r.once(r.span == nil, "lengths of time") {
		r.span = &length
	}
	if sign != either && r.once(r.sign == either, "directions") {
		r.sign = sign
	}
	return signs + n
}

// readLength reads a length of time at the beginning of the words: 1h30m, 90 min,
// an hour and 5 minutes, P1DT2H. It returns how many words these were, and 0 if
// it is none.
func readLength(words []string, wrong complain) (length span, n int) {
	for n < len(words) {
		start := n
		if n > 0 && strings.ToLower(words[n]) == "and" {
			start++
		}
		one, used := readOneLength(words[start:], wrong)
		if used == 0 {
			return length, n
		}
		var ok bool
		if length, ok = length.add(one); !ok {
			wrong("is too far away; lengths of time go up to 30 years")
			return span{}, start + used
		}
		n = start + used
	}
	return length, n
}

// isLength reports whether the words begin with a length of time.
func isLength(words []string) bool {
	_, n := readLength(words, func(string, ...any) {})
	return n > 0
}

func readOneLength(words []string, wrong complain) (length span, used int) {
	if len(words) == 0 {
		return span{}, 0
	}
	rest := strings.TrimSuffix(words[0], ".")
	if length, ok := isoLength(strings.ToLower(rest), wrong); ok {
		return length, 1
	}
	if n, ok := countOf(strings.ToLower(rest)); ok && len(words) > 1 {
		if unit, ok := lengthOf(strings.ToLower(words[1])); ok {
			return times(unit, uint64(n)*1000, wrong), 2
		}
	}
	used = 1
	if _, after := cutDigits(rest); after == "" && len(words) > 1 {
		rest, used = rest+strings.TrimSuffix(words[1], "."), 2
	}
	for rest != "" {
		digits, after := cutDigits(rest)
		name, next := cutLetters(after)
		unit, ok := lengthOf(strings.ToLower(name))
		if !ok || digits == "" {
			return span{}, 0
		}
		if name == "M" { // a month to some programs, a minute to others
			wrong("may be minutes or months; write 5min or 5mo")
		}
		if length, ok = length.add(times(unit, thousandths(digits, wrong), wrong)); !ok {
			wrong("is too far away; lengths of time go up to 30 years")
			return span{}, used
		}
		rest = next
	}
	return length, used
}

func cutDigits(s string) (digits, rest string) {
	rest = strings.TrimLeft(s, "0123456789.")
	return s[:len(s)-len(rest)], rest
}

func cutLetters(s string) (letters, rest string) {
	rest = strings.TrimLeft(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	return s[:len(s)-len(rest)], rest
}

// thousandths reads a number with at most three places after the point.
func thousandths(s string, wrong complain) uint64 {
	whole, fraction, point := strings.Cut(s, ".")
	n, ok := atoi(whole, 6)
	f := 0
	if point {
		var okFraction bool
		f, okFraction = atoi((fraction + "000")[:max(3, len(fraction))], 3)
		ok = ok && okFraction
	}
	if !ok {
		wrong("has a number in it that can't be read; numbers have up to six digits, and three after the point")
		return 0
	}
	return uint64(n)*1000 + uint64(f)
}

// times returns a number of units, given in thousandths.
func times(unit span, thousandths uint64, wrong complain) span {
	switch {
	case unit.months > 0 && thousandths%1000 != 0:
		wrong("is not a whole number of months; use days or hours")
	case unit.months > 0 && thousandths/1000 > 12*30, unit.fixed > 0 && thousandths/1000 > uint64(longest/unit.fixed):
		wrong("is too far away; lengths of time go up to 30 years")
	default:
		return span{unit.months * int(thousandths/1000), unit.fixed / 1000 * time.Duration(thousandths)}
	}
	return span{}
}

// isoLength reads a duration of ISO 8601, such as p1dt2h.
func isoLength(word string, wrong complain) (length span, ok bool) {
	rest, found := strings.CutPrefix(word, "p")
	if !found || rest == "" || rest == "t" {
		return span{}, false
	}
	names, clock := map[byte]string{'y': "year", 'm': "month", 'w': "week", 'd': "day"}, false
	for rest != "" {
		if rest[0] == 't' && !clock && len(rest) > 1 {
			names, clock, rest = map[byte]string{'h': "hour", 'm': "minute", 's': "second"}, true, rest[1:]
		}
		digits, after := cutDigits(rest)
		if digits == "" || after == "" || names[after[0]] == "" {
			return span{}, false
		}
		unit, _ := lengthOf(names[after[0]])
		if length, ok = length.add(times(unit, thousandths(digits, wrong), wrong)); !ok {
			wrong("is too far away; lengths of time go up to 30 years")
			return span{}, true
		}
		delete(names, after[0]) // each comes once
		rest = after[1:]
	}
	return length, true
}

// readClock reads a time of day, with what is written without a blank behind it:
// 9am, 9:30 pm, 21:30, 09:00:00.5Z, 09:00+01:00.
func (r *reader) readClock() int {
	word, n := r.low(0), 1
	clock, minutes, rest, ok := cutClock(word)
	if !ok {
		return 0
	}
	if rest == "" && slices.Contains([]string{"am", "pm", "a.m", "p.m"}, r.low(1)) {
		rest, n = r.low(1), 2
	}
	half := rest
	for _, noon := range []string{"a.m", "p.m", "am", "pm"} {
		if after, found := strings.CutPrefix(rest, noon); found {
			half, rest = noon[:1], after
			break
		}
	}
	switch {
	case half == rest && !minutes:
		return 0
	case half == rest:
		r.half = clock.hour >= 1 && clock.hour <= 12
	case clock.hour < 1 || clock.hour > 12:
		r.wrong("has a time of day in it that is none: %d %sm; use 1am to 12pm, or 0:00 to 23:59", clock.hour, half)
		return 1
	default:
		clock.hour = clock.hour%12 + map[string]int{"a": 0, "p": 12}[half]
	}
	if clock.hour > 24 || clock.minute > 59 || clock.second > 59 || clock.hour == 24 && clock != (wallClock{hour: 24}) {
		r.wrong("has a time of day in it that is none; use 0:00 to 23:59")
		return 1
	}
	if rest != "" {
		zone, ok := findZone(rest)
		if !ok {
			return 0
		}
		r.zones, r.zoneText = append(r.zones, zone), append(r.zoneText, rest)
	}
	if r.once(r.clock == nil, "times of day") {
		r.clock = &clock
	}
	return n
}

// cutClock cuts 9, 9:30 or 9:30:15.5 off the beginning of a word.
func cutClock(word string) (clock wallClock, minutes bool, rest string, ok bool) {
	if i := strings.IndexFunc(word, notDigit); i > 2 || i < 0 && len(word) > 2 {
		return clock, false, "", false
	}
	parts := []*int{&clock.hour, &clock.minute, &clock.second}
	rest = word
	for i, part := range parts {
		size := min(2, len(rest))
		if end := strings.IndexFunc(rest[:size], notDigit); end >= 0 {
			size = end
		}
		if *part, ok = atoi(rest[:size], 2); !ok || i > 0 && size != 2 {
			return clock, false, "", false
		}
		if rest = rest[size:]; rest == "" || rest[0] != ':' || i == 2 {
			minutes = i > 0
			break
		}
		rest = rest[1:]
	}
	if clock.second > 0 || strings.HasPrefix(rest, ".") {
		if fraction, found := strings.CutPrefix(rest, "."); found && fraction != "" && !notDigit(rune(fraction[0])) {
			digits := fraction[:len(fraction)-len(strings.TrimLeft(fraction, "0123456789"))]
			clock.nanosecond, ok = atoi((digits + "00000000")[:9], 9)
			rest = fraction[len(digits):]
		}
	}
	return clock, minutes, rest, ok
}

// readHour reads an hour without minutes, which is one only after at or a day:
// tomorrow 9. It is of the 24-hour clock.
func (r *reader) readHour() int {
	hour, ok := atoi(r.low(0), 2)
	afterDay := r.day != nil || r.weekday != nil || r.part != partNone || r.last == "at"
	_, isLength := lengthOf(r.low(1))
	_, isMonth := monthOf(r.low(1))
	if !ok || !afterDay || r.clock != nil || isLength || isMonth || slices.Contains([]string{"am", "pm", "a.m", "p.m"}, r.low(1)) {
		return 0
	}
	if hour > 23 {
		r.wrong("has an hour in it that is none: %d; use 0:00 to 23:59", hour)
		return 1
	}
	r.clock, r.half, r.hourOnly = &wallClock{hour: hour}, hour >= 1 && hour <= 12, true
	return 1
}
