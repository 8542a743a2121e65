package tool

import (
	"time"
)

// Span is embedded in the input of a tool that looks at a part of time.
type Span struct {
	Since  Time   `json:"since,omitzero" doc:"As 24h (ago), monday 9:00, 2026-01-31, RFC 3339"`
	Until  Time   `json:"until,omitzero"`
	Period Period `json:"period,omitzero" hidden:"true" doc:"Instead of both: last week, 2026-11-01 to 2026-11-07"`
}

// Range returns the two times; one that was not given is zero. The role is [Begin]
// for times that usually lie behind and [Ahead] for times to come.
func (s Span) Range(c *Call, role Role) (since, until time.Time, err error) {
	var problem string
	switch {
	case !s.Period.IsZero() && (!s.Since.IsZero() || !s.Until.IsZero()):
		return since, until, Wrong("period: says both since and until; give it alone, or those two")
	case !s.Period.IsZero():
		since, until, problem = s.Period.Range(c.Now, c.Zone, role)
	default:
		since, until, problem = Between(s.Since, s.Until, c.Now, c.Zone, role)
	}
	if problem != "" {
		at := "since"
		if !s.Period.IsZero() {
			at = "period"
		} else if s.Since.IsZero() {
			at = "until"
		}
		return since, until, Wrong("%s: %s", at, problem)
	}
	return since, until, nil
}

// Window writes a range for an answer: RFC 3339, and the zone that days were meant in.
func (c *Call) Window(since, until time.Time) string {
	s := since.Format(time.RFC3339) + " to " + until.Format(time.RFC3339)
	if c.Zone != time.UTC {
		s += " (" + c.Zone.String() + ")"
	}
	return s
}

// String is the time as it was written.
func (t Time) String() string { return t.text }

// Moment returns the point in time that an argument means.
func (c *Call) Moment(argument string, t Time, role Role) (time.Time, error) {
	at, problem := t.At(c.Now, c.Zone, role)
	if problem != "" {
		return at, Wrong("%s: %s", argument, problem)
	}
	return at, nil
}

// ZoneName returns the IANA name of a time zone that an argument names, as PagerDuty
// wants it; "" for none.
func ZoneName(argument, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	zone, problem := ParseZone(text)
	if problem != "" {
		return "", Wrong("%s: %s", argument, problem)
	}
	if _, err := time.LoadLocation(zone.String()); err != nil || zone == time.Local {
		return "", Wrong("%s: PagerDuty takes the names of time zones only, not offsets such as %s; give one such as Europe/Berlin", argument, quote(text))
	}
	return zone.String(), nil
}

// AddMonths returns the same time of day n months later, in t's zone; in a month
// that is too short, on its last day. A month before 31 March is the end of
// February.
func AddMonths(t time.Time, n int) time.Time {
	return span{months: n}.from(t, ahead, t.Location())
}
