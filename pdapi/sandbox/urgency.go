package sandbox

import (
	"slices"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox/rest"
)

// urgency is what incidents that begin at a time get unless they say otherwise.
func (s *service) urgency(at time.Time) string {
	rule := s.urgencyRule
	if hours, ok := s.hours(); ok && rule["type"] == "use_support_hours" {
		name := "outside_support_hours"
		if hours.has(at) {
			name = "during_support_hours"
		}
		rule, _ = rule[name].(obj)
	}
	if rule["urgency"] == "low" {
		return "low"
	}
	return "high"
}

// hours are the support hours, if the service has any.
func (s *service) hours() (hours, bool) {
	in, ok := s.supportHours.(obj)
	if !ok {
		return hours{}, false
	}
	from, to := timeOfDay(rest.Text(in, "start_time")), timeOfDay(rest.Text(in, "end_time"))
	if to <= from {
		to += 24 * time.Hour
	}
	h := hours{zone: location(rest.Text(in, "time_zone")), from: from, length: to - from}
	numbers, _ := in["days_of_week"].([]any)
	for n, day := range everyDay {
		if slices.Contains(numbers, any(float64(n+1))) {
			h.days = append(h.days, day)
		}
	}
	return h, true
}

// timeOfDay is how long after midnight a time such as 09:00:00 is.
func timeOfDay(written string) time.Duration {
	at, _ := time.Parse(time.TimeOnly, written)
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute + time.Duration(at.Second())*time.Second
}

// raises is when a scheduled action next makes incidents of low urgency high.
func (s *service) raises(after time.Time) (at time.Time, ok bool) {
	hours, known := s.hours()
	if !known || s.urgencyRule["type"] != "use_support_hours" {
		return time.Time{}, false
	}
	for _, item := range s.actions {
		begins := hours
		if action, _ := item.(obj); rest.Text(action, "at", "name") == "support_hours_end" {
			begins.from += hours.length
		}
		if next := begins.next(after); !ok || next.Before(at) {
			at, ok = next, true
		}
	}
	return at, ok
}
