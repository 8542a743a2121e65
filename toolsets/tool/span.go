package tool

import (
	"time"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/input"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Span is embedded in the input of a tool that looks at a part of time.
type Span struct {
	Since  when.Time   `json:"since,omitzero" doc:"As 24h (ago), monday 9:00, 2026-01-31, RFC 3339"`
	Until  when.Time   `json:"until,omitzero"`
	Period when.Period `json:"period,omitzero" hidden:"true" doc:"Instead of both: last week, 2026-11-01 to 2026-11-07"`
}

// Range returns the two times; one that was not given is zero. The role is [Begin]
// for times that usually lie behind and [Ahead] for times to come.
func (s Span) Range(c *Call, role when.Role) (since, until time.Time, err error) {
	var problem string
	switch {
	case !s.Period.IsZero() && (!s.Since.IsZero() || !s.Until.IsZero()):
		return since, until, input.Wrong("period: says both since and until; give it alone, or those two")
	case !s.Period.IsZero():
		since, until, problem = s.Period.Range(c.Now, c.Zone, role)
	default:
		since, until, problem = when.Between(s.Since, s.Until, c.Now, c.Zone, role)
	}
	if problem != "" {
		at := "since"
		if !s.Period.IsZero() {
			at = "period"
		} else if s.Since.IsZero() {
			at = "until"
		}
		return since, until, input.Wrong("%s: %s", at, problem)
	}
	// PagerDuty is asked in whole seconds: a range becomes a little longer, not shorter.
	if whole := until.Truncate(time.Second); whole.Before(until) {
		until = whole.Add(time.Second)
	}
	return since.Truncate(time.Second), until, nil
}

// RangeOf is [Span.Range] of times that usually lie behind, with both ends: one that was not
// given is now for the beginning, and so many days later for the end. It is zero if neither
// was given. A range that ends before it begins is refused.
func (s Span) RangeOf(c *Call, days int) (since, until time.Time, err error) {
	since, until, err = s.Range(c, Begin)
	switch {
	case err != nil || since.IsZero() && until.IsZero():
		return since, until, err
	case since.IsZero():
		since = c.Now
	case until.IsZero():
		until = since.AddDate(0, 0, days)
	}
	if !since.Before(until) {
		return since, until, Wrong("since: %s is not before until, %s", when.Clock(since, c.Zone), when.Clock(until, c.Zone))
	}
	return since, until, nil
}

// Window writes a range for an answer: RFC 3339, and the zone that days were meant in.
func (c *Call) Window(since, until time.Time) string {
	return since.Format(time.RFC3339) + " to " + c.At(until)
}

// At writes a time for an answer: RFC 3339, and the zone that days were meant in.
func (c *Call) At(t time.Time) string {
	s := t.Format(time.RFC3339)
	if c.Zone != time.UTC {
		s += " (" + c.Zone.String() + ")"
	}
	return s
}

// Moment returns the point in time that an argument means.
func (c *Call) Moment(argument string, t when.Time, role when.Role) (time.Time, error) {
	at, problem := t.At(c.Now, c.Zone, role)
	if problem != "" {
		return at, input.Wrong("%s: %s", argument, problem)
	}
	return at, nil
}

// ZoneName returns the IANA name of a time zone that an argument names, as PagerDuty
// wants it; "" for none.
func ZoneName(argument, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	zone, problem := when.ParseZone(text)
	if problem != "" {
		return "", input.Wrong("%s: %s", argument, problem)
	}
	if _, err := time.LoadLocation(zone.String()); err != nil || zone == time.Local {
		return "", input.Wrong("%s: PagerDuty takes the names of time zones only, not offsets such as %s; give one such as Europe/Berlin", argument, wording.Quote(text))
	}
	return zone.String(), nil
}
