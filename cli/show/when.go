package show

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// timeIn is the point in time that a value is.
func timeIn(data []byte) (time.Time, bool) {
	var s string
	if !bytes.HasPrefix(data, []byte(`"2`)) || json.Unmarshal(data, &s) != nil {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil
}

// age tells how long ago a time was, or how far ahead it is.
func age(t, now time.Time) string {
	d := now.Sub(t)
	if d < 0 {
		return "in " + length(-d)
	}
	return length(d) + " ago"
}

// length is a length of time: in its largest unit, with the minutes of hours, which
// somebody counts who waits for the end of a snooze.
func length(d time.Duration) string {
	const day = 24 * time.Hour
	switch d = d.Round(time.Second); {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 2*day:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%dd", int(d/day))
}

// clock is a time as a card has it: where the reader is, and how long ago.
func (o Options) clock(t time.Time) string {
	return t.In(o.zone()).Format("2006-01-02 15:04 MST") + " (" + age(t, o.Now) + ")"
}

// span is a text about a length of time with its ends as the reader's clock has them.
func (o Options) span(s string) string {
	words := strings.Fields(s)
	for i, word := range words {
		if t, err := time.Parse(time.RFC3339, word); err == nil {
			words[i] = t.In(o.zone()).Format("2006-01-02 15:04 MST")
		}
	}
	return strings.Join(words, " ")
}

func (o Options) zone() *time.Location {
	if o.Zone == nil {
		return time.Local
	}
	return o.Zone
}
