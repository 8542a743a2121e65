package oncall

import (
	"fmt"
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
)

// urgency is what a service makes of an incident that begins at a moment.
type urgency struct {
	level  string    // high or low
	why    string    // "" where it is always the same
	raised time.Time // when one of low urgency becomes high; zero for never
}

// urgencyAt is the urgency that a service gives incidents that begin at a moment.
func urgencyAt(s pdapi.Service, at time.Time) urgency {
	rule := s.UrgencyRule
	if rule == nil {
		return urgency{level: "high"}
	}
	u := urgency{}
	if rule.Type == "use_support_hours" && s.SupportHours != nil {
		hours, ok := supportHours(*s.SupportHours)
		if !ok {
			return urgency{level: "high", why: "by support hours in a time zone that is not known here, " + s.SupportHours.TimeZone + "; taken as high"}
		}
		inside := hours.has(at)
		where := "outside"
		if rule = rule.Outside; inside {
			where, rule = "in", s.UrgencyRule.During
		}
		if rule == nil {
			rule = &pdapi.UrgencyRule{Urgency: "high"}
		}
		u.why = fmt.Sprintf("%s the support hours, %s", where, hours)
		u.raised = hours.raises(s.ScheduledActions, at)
	}
	switch rule.Urgency {
	case "low":
		u.level = "low"
	case "severity_based":
		u.level = "high"
		u.why = "by severity: critical and error are high, warning and info low; taken as high"
	default:
		u.level = "high"
	}
	if u.level != "low" {
		u.raised = time.Time{}
	}
	return u
}

// weekHours are hours of the week by the clocks of a time zone.
type weekHours struct {
	zone       *time.Location
	days       []int // 1 is Monday, 7 Sunday
	start, end time.Duration
	written    string
}

func supportHours(s pdapi.SupportHours) (weekHours, bool) {
	zone := when.PagerDutyZone(s.TimeZone)
	start, startErr := time.Parse(time.TimeOnly, s.StartTime)
	end, endErr := time.Parse(time.TimeOnly, s.EndTime)
	if zone == nil || startErr != nil || endErr != nil {
		return weekHours{}, false
	}
	h := weekHours{zone: zone, days: s.Days, start: sinceMidnight(start), end: sinceMidnight(end)}
	if h.end <= h.start {
		h.end += 24 * time.Hour // over midnight
	}
	h.written = fmt.Sprintf("%s to %s %s", start.Format("15:04"), end.Format("15:04"), zone)
	if !slices.Equal(h.days, []int{1, 2, 3, 4, 5, 6, 7}) {
		h.written = dayList(h.days) + " " + h.written
	}
	return h, true
}

func sinceMidnight(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second
}

func dayList(days []int) string {
	names := []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
	s := ""
	for _, d := range days {
		if d >= 1 && d <= 7 {
			s += "," + names[d-1]
		}
	}
	if s == "" {
		return "never"
	}
	return s[1:]
}

func (h weekHours) String() string { return h.written }

// on are the hours that begin on the day of a moment, or so many days later.
func (h weekHours) on(at time.Time, later int) (start, end time.Time, ok bool) {
	local := at.In(h.zone)
	clock := func(d time.Duration) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+later, 0, 0, int(d/time.Second), 0, h.zone)
	}
	start = clock(h.start)
	return start, clock(h.end), slices.Contains(h.days, 1+(int(start.Weekday())+6)%7)
}

func (h weekHours) has(at time.Time) bool {
	for _, day := range []int{-1, 0} {
		if start, end, ok := h.on(at, day); ok && !at.Before(start) && at.Before(end) {
			return true
		}
	}
	return false
}

// raises is when scheduled actions next make incidents of low urgency high.
func (h weekHours) raises(actions []pdapi.ScheduledAction, after time.Time) time.Time {
	var next time.Time
	for _, action := range actions {
		for day := -1; day <= 8; day++ {
			at, end, ok := h.on(after, day)
			if action.At.Name == "support_hours_end" {
				at = end
			}
			if ok && at.After(after) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next
}
