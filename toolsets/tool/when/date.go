package when

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Written years are of PagerDuty's time and the plans of its users.
const firstYear, lastYear = 2000, 2099

func isDateSeparator(r rune) bool { return r == '-' || r == '/' || r == '.' }

// dateLength is the length of the date that a word begins with, year first; 0 if
// there is none.
func dateLength(word string) int {
	digits, _ := cutNumber(word)
	if len(digits) == 8 {
		return 8
	}
	rest := word[len(digits):]
	for range 2 {
		if len(digits) != 4 || rest == "" || !isDateSeparator(rune(rest[0])) {
			return 0
		}
		number, after := cutNumber(rest[1:])
		if len(number) < 1 || len(number) > 2 {
			return 0
		}
		rest = after
	}
	return len(word) - len(rest)
}

// isoClock writes the time of day of a compact date and time as others are:
// 090000Z as 09:00:00Z.
func isoClock(s string) string {
	digits, rest := cutNumber(s)
	if strings.HasPrefix(rest, ":") {
		return s
	}
	switch len(digits) {
	case 2:
		return digits + ":00" + rest
	case 4:
		return digits[:2] + ":" + digits[2:] + rest
	case 6:
		return digits[:2] + ":" + digits[2:4] + ":" + digits[4:] + rest
	}
	return s
}

// namesMonth reports whether a word is a date with a month's name: 1-Nov-2026.
func namesMonth(word string) bool {
	parts := strings.FieldsFunc(word, isDateSeparator)
	names := 0
	for _, part := range parts {
		if _, ok := monthOf(part); ok {
			names++
		} else if strings.IndexFunc(part, notDigit) >= 0 {
			return false
		}
	}
	return names == 1 && len(parts) > 1
}

// readDate reads a date of numbers.
func (r *reader) readDate() int {
	word := r.low(0)
	if len(word) == 8 && strings.IndexFunc(word, notDigit) < 0 {
		word = word[:4] + "-" + word[4:6] + "-" + word[6:]
	}
	i := strings.IndexFunc(word, isDateSeparator)
	if i < 1 {
		return 0
	}
	separator := word[i : i+1]
	parts := strings.Split(word, separator)
	numbers := make([]int, len(parts))
	for i, part := range parts {
		var ok bool
		if numbers[i], ok = atoi(part, 4); !ok {
			return 0
		}
	}
	last := len(parts) - 1
	yearFirst, yearLast := len(parts[0]) == 4, len(parts[last]) == 4
	switch {
	case last < 3 && yearFirst && !r.yearOK(numbers[0]), last < 3 && yearLast && !r.yearOK(numbers[last]):
		return 1
	case len(parts) == 2 && yearFirst && separator != ".":
		r.takeMonth(numbers[0], numbers[1])
		return 1
	case len(parts) == 2 && yearLast && separator != ".":
		r.takeMonth(numbers[1], numbers[0])
		return 1
	case len(parts) == 2 && separator == "/":
		r.wrong("lacks a year, so day and month can't be told apart; write 2026-11-01 or Nov 1")
		return 1
	case len(parts) != 3:
		return 0
	case yearFirst:
		r.takeDate(numbers[0], numbers[1], numbers[2])
		return 1
	case !yearLast:
		r.wrong("has no year of four digits; write 2026-11-01")
		return 1
	}
	first, second := numbers[0], numbers[1]
	switch {
	// With dots the day comes first in every country that writes dots.
	case separator == "." || first > 12 || first == second:
		r.takeDate(numbers[2], second, first)
		return 1
	case second > 12:
		r.takeDate(numbers[2], first, second)
		return 1
	}
	r.wrong("may be %04d-%02d-%02d or %[1]d-%02[3]d-%02[2]d; write one of these", numbers[2], first, second)
	return 1
}

func (r *reader) yearOK(year int) bool {
	if year < firstYear || year > lastYear {
		r.wrong("is too far away; years from %d to %d are understood", firstYear, lastYear)
		return false
	}
	return true
}

// takeDate takes a date; its year is 0 if none was written.
func (r *reader) takeDate(year, month, day int) {
	longest := daysIn(2000, time.Month(month)) // of any year
	if year != 0 {
		longest = daysIn(year, time.Month(month))
	}
	switch {
	case month < 1 || month > 12:
		r.wrong("is no date: there is no month %d; write 2026-11-01", month)
	case day < 1 || day > longest:
		r.wrong("is no date: the month has %d days", longest)
	case r.once(r.date == nil, "dates"):
		r.date = &dayRef{kind: dateDay, year: year, month: time.Month(month), dom: day}
	}
}

func (r *reader) takeMonth(year, month int) {
	switch {
	case month < 1 || month > 12:
		r.wrong("is no month; write 2026-11")
	case r.once(r.unit == nil, "weeks or months"):
		r.unit = &unitRef{unit: unitMonth, number: month, year: year, loose: year == 0}
	}
}

// readMonth reads a date with a month's name, or the month alone: Nov 1, 1 Nov
// 2026, November 1st, 2nd of November, November 2026.
func (r *reader) readMonth() int {
	if m, ok := monthOf(r.low(0)); ok {
		if d, ok := dayOfMonth(r.low(1)); ok && !r.isHour(2) {
			r.takeDate(0, int(m), d)
			return 2
		}
		r.takeMonth(0, int(m))
		return 1
	}
	d, ok := dayOfMonth(r.low(0))
	n := 1
	if r.low(1) == "of" {
		n = 2
	}
	m, isMonth := monthOf(r.low(n))
	if !ok || !isMonth {
		return 0
	}
	r.takeDate(0, int(m), d)
	return n + 1
}

// isHour reports whether the ith word says that the one before is an hour.
func (r *reader) isHour(i int) bool {
	return slices.Contains([]string{"am", "pm", "a.m", "p.m"}, r.low(i))
}

// dayOfMonth reads 1 or 1st.
func dayOfMonth(word string) (int, bool) {
	digits, rest := cutNumber(word)
	d, ok := atoi(digits, 2)
	return d, ok && slices.Contains([]string{"", "st", "nd", "rd", "th"}, rest)
}

// readQuarter reads a quarter or an ISO week: Q3, 2026-Q3, Q3/2026, 2026-W48.
func (r *reader) readQuarter() int {
	word := strings.ReplaceAll(strings.ReplaceAll(r.low(0), "-", ""), "/", "")
	i := strings.IndexAny(word, "qw")
	if i < 0 {
		return 0
	}
	number, after := cutNumber(word[i+1:])
	n, ok := atoi(number, 2)
	before := word[:i]
	if word[i] == 'q' && before == "" && len(number) == 5 { // Q32026
		n, ok, after = int(number[0]-'0'), true, number[1:]
	}
	year, okYear := atoi(before+after, 4)
	switch {
	case !ok || !okYear && before+after != "":
		return 0
	case before+after != "" && !r.yearOK(year):
		return 1
	case word[i] == 'q' && (n < 1 || n > 4):
		r.wrong("is no quarter; use Q1 to Q4")
		return 1
	case word[i] == 'w' && (year == 0 || n < 1 || n > 53):
		return 0
	}
	if r.once(r.unit == nil, "weeks or months") {
		r.unit = &unitRef{unit: unitQuarter, number: n, year: year, loose: year == 0}
		if word[i] == 'w' {
			r.unit.unit = unitWeek
		}
	}
	return 1
}

// readYear reads a year that belongs to a day or month, or in a period is alone.
func (r *reader) readYear() int {
	n, ok := atoi(r.low(0), 4)
	if !ok || len(r.low(0)) != 4 {
		return 0
	}
	if r.once(r.year == 0, "years") && r.yearOK(n) {
		r.year = n
	}
	return 1
}

// readUnix reads Unix time in seconds or milliseconds.
func (r *reader) readUnix() int {
	digits, rest := cutNumber(strings.TrimPrefix(r.low(0), "@"))
	fraction, after := "", rest
	if strings.HasPrefix(rest, ".") {
		fraction, after = cutNumber(rest[1:])
	}
	if len(digits) < 9 || after != "" {
		return 0
	}
	// In nanoseconds, which 19 digits can hold until 2262.
	text := digits + (fraction + "000000000")[:9]
	if len(digits) == 13 && rest == "" {
		text = digits + "000000"
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if errors.Is(err, strconv.ErrRange) && len(text) == 19 {
		n, err = math.MaxInt64, nil // in 2262, which is too far away
	}
	if err != nil || len(text) != 19 || len(fraction) > 9 {
		r.wrong("is not Unix time: that has 10 digits in seconds, or 13 in milliseconds; or use RFC 3339, such as 2026-01-31T09:00:00Z")
		return 1
	}
	if at := time.Unix(0, n).UTC(); r.once(r.instant.IsZero(), "times") && r.yearOK(at.Year()) {
		r.instant = at
	}
	return 1
}
