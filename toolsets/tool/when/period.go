package when

import (
	"fmt"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Period is a range of time in one text: "last week", "yesterday", "2026-11-16
// to 2026-11-22", "last 3 days", "Q3 2026", "since monday". The zero Period is
// one that was not given.
type Period struct {
	begin, end Time
	made       made
}

// made is how a period's beginning and end are.
type made int

const (
	whole    made = iota // those of one time, such as yesterday
	fromTo               // written both
	sinceNow             // one that was written, and the present time
)

// PeriodForms names the forms a [Period] has, for errors and descriptions.
const PeriodForms = "last week, yesterday, last 3 days, 2026-11-16 to 2026-11-22, November 2026 or since monday"

// ParsePeriod reads a period, or returns what is wrong with it and what is
// allowed.
func ParsePeriod(s string) (p Period, problem string) {
	text := strings.TrimSpace(s)
	if len(text) > 2*maxTime {
		return Period{}, fmt.Sprintf("%s is too long for a period; use %s", wording.Quote(s), PeriodForms)
	}
	one, problem, unknown := readPeriodTime(text)
	since, _, _ := strings.Cut(strings.ToLower(text), " ")
	switch {
	case problem != "":
	case since == "since":
		return Period{one, Time{text: "now", form: formNow}, sinceNow}, ""
	case one.form == formSpan && one.toward == either:
		one.window = true
		return Period{one, one, whole}, ""
	case one.form == formSpan && one.window, one.form == formDay && !one.moment(), one.form == formUnit && !one.moment():
		return Period{one, one, whole}, ""
	}
	// What is no period by itself has a beginning and an end: 22:00-06:00.
	for _, at := range separators(text) {
		begin, wrong, _ := readPeriodTime(text[:at.from])
		if wrong != "" {
			continue
		}
		if end, wrong, _ := readPeriodTime(text[at.to:]); wrong == "" {
			return Period{begin, end, fromTo}, ""
		}
	}
	switch {
	case unknown != "", text == "", len(text) > maxTime:
		problem = fmt.Sprintf("%s is not a period; use %s", wording.Quote(s), PeriodForms)
	case problem == "":
		problem = fmt.Sprintf("%s is a moment and not a period; add its end, such as %s, or use %s", wording.Quote(s), wording.Quote(text+" to now"), PeriodForms)
	}
	return Period{}, problem
}

// readPeriodTime reads a time in which a year alone is one.
func readPeriodTime(s string) (t Time, problem, unknown string) { return readWords(s, true) }

// cut is where a text may be cut in two.
type cut struct{ from, to int }

// maxCuts is enough for two dates and their times.
const maxCuts = 16

// separators are the places at which a period may have the word between its
// beginning and end, those first that can't be anything else.
func separators(text string) (cuts []cut) {
	low := strings.ToLower(text)
	if len(low) != len(text) { // letters that change their size have no place in a time
		return nil
	}
	for _, word := range []string{" to ", " until ", " till ", " through ", " for ", " and ", "..", "\u2013", " - ", "/", "-"} {
		if word == " and " && !strings.HasPrefix(low, "between ") {
			continue
		}
		for from := 0; ; {
			i := strings.Index(low[from:], word)
			if i < 0 {
				break
			}
			from += i + len(word)
			if cuts = append(cuts, cut{from - len(word), from}); len(cuts) == maxCuts {
				return cuts
			}
		}
	}
	return cuts
}

// IsZero reports whether no period was given.
func (p Period) IsZero() bool { return p.begin.IsZero() }

// NeedsZone reports whether the period depends on where its user is.
func (p Period) NeedsZone() bool { return p.begin.NeedsZone() || p.end.NeedsZone() }

// Range returns the period's beginning and its end, which is not in it any more,
// seen from now by a user in zone; zero times if none was given. The role is
// [Begin] for a period that usually lies behind and [Ahead] for one to come.
func (p Period) Range(now time.Time, zone *time.Location, role Role) (since, until time.Time, problem string) {
	switch {
	case p.IsZero():
		return since, until, ""
	case p.made == sinceNow:
		return between(p.begin, p.end, now, zone, Begin, true)
	case p.made == fromTo:
		return between(p.begin, p.end, now, zone, role, true)
	}
	first, last := role.pair()
	if since, problem = p.begin.At(now, zone, first); problem == "" {
		until, problem = p.end.At(now, zone, last)
	}
	return since, until, problem
}

// Between returns the range from begin to end, seen from now by a user in zone,
// and the zero time for one that was not given. The role is [Begin] for a range
// that usually lies behind and [Ahead] for one to come.
//
// The two are understood together: what comes again, as a time of day, is the
// next one after the beginning if it would else be before it (22:00 to 6:00), and
// of a range to come the length of time at its end counts from its beginning. It
// is a problem if the range doesn't begin before it ends.
func Between(begin, end Time, now time.Time, zone *time.Location, role Role) (since, until time.Time, problem string) {
	return between(begin, end, now, zone, role, false)
}

// between is [Between]; in one phrase, such as monday to friday, the end follows
// the beginning always.
func between(begin, end Time, now time.Time, zone *time.Location, role Role, phrase bool) (since, until time.Time, problem string) {
	from := seen{now, now, zone, role.ahead()}
	first, last := role.pair()
	if since, problem = begin.at(from, first); problem != "" {
		return since, until, problem
	}
	if begin.IsZero() {
		until, problem = end.at(from, last)
		return since, until, problem
	}
	after := seen{now, since, zone, true}
	length := end.form == formSpan && end.toward == either && !end.window
	switch {
	case length && (role.ahead() || phrase):
		until = end.span.from(since, ahead, zone)
	case end.loose() && (role.ahead() || phrase):
		until, problem = end.follow(after)
	default:
		until, problem = end.at(from, last)
	}
	switch {
	case problem != "" || end.IsZero() || since.Before(until):
		return since, until, problem
	case end.loose() && !role.ahead() && !phrase:
		until, problem = end.follow(after)
	case begin.loose() && !role.ahead():
		since, problem = begin.at(seen{now, until.Add(-1), zone, false}, first)
	}
	if problem == "" && !since.Before(until) {
		problem = fmt.Sprintf("%s, which is %s, is not before until, %s, which is %s",
			wording.Quote(begin.text), Clock(since, zone), wording.Quote(end.text), Clock(until, zone))
	}
	return since, until, problem
}

// follow is the end of the next one of what comes again.
func (t Time) follow(after seen) (time.Time, string) {
	_, end, problem := t.extent(after)
	if problem == "" && !end.After(after.ref) { // a time of day that is the beginning's too
		after.ref = after.ref.Add(1)
		_, end, problem = t.extent(after)
	}
	return end, problem
}
