package record

import (
	"fmt"
	"time"
)

// When writes a time as clock and age, as people need it at night: "11:18 UTC (42 min
// ago)". The day is left out where it is today's.
func When(at, now time.Time, zone *time.Location) string {
	if at.IsZero() {
		return "at an unknown time"
	}
	layout := "15:04 MST"
	if at.In(zone).Format(time.DateOnly) != now.In(zone).Format(time.DateOnly) {
		layout = "2006-01-02 15:04 MST"
	}
	clock := at.In(zone).Format(layout)
	if at.After(now) {
		return clock + " (in " + Length(at.Sub(now)) + ")"
	}
	return clock + " (" + Length(now.Sub(at)) + " ago)"
}

// Length writes a length of time: 40 s, 42 min, 5 h 12 min, 23 days.
func Length(d time.Duration) string {
	d = max(d, 0)
	minutes := int(d.Round(time.Minute).Minutes())
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case minutes < 90:
		return fmt.Sprintf("%d min", minutes)
	case minutes < 48*60 && minutes%60 == 0:
		return fmt.Sprintf("%d h", minutes/60)
	case minutes < 48*60:
		return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
	}
	return fmt.Sprintf("%d days", int(d.Round(24*time.Hour).Hours()/24))
}
