package pcl

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// duration reads how long events are counted, as in 1 hour 30 minutes.
func (p *parser) duration() error {
	var seen []string
	for {
		t, ok := p.peek()
		n, err := strconv.Atoi(t.text)
		if !ok || t.kind != word || err != nil || n < 1 {
			break
		}
		p.tokens = p.tokens[1:]
		unit, err := p.next("second, minute, hour or day")
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(unit.text, "s")
		if !slices.Contains([]string{"second", "minute", "hour", "day"}, name) || slices.Contains(seen, name) {
			return unit.wrong("a duration is of seconds, minutes, hours, days, each at most once, as in 1 hour 30 minutes")
		}
		seen = append(seen, name)
	}
	if len(seen) == 0 {
		return errors.New("after over, a duration is missing, as in trigger_count over 5 minutes > 3")
	}
	return nil
}

// moment reads a date, a time of day and a zone, as in 2022-01-01 08:00:00 Etc/UTC.
func (p *parser) moment(date token) (node, error) {
	clockTime, err := p.timeOfDay()
	if err != nil {
		return nil, err
	}
	zone, err := p.zone()
	if err != nil {
		return nil, err
	}
	day, _ := time.Parse(time.DateOnly, date.text)
	y, m, d := day.Date()
	return constant{time.Date(y, m, d, 0, 0, clockTime, 0, zone)}, nil
}

// timeOfDay reads a time of day, in seconds from midnight.
func (p *parser) timeOfDay() (int, error) {
	t, err := p.next("a time of day such as 09:00:00")
	if err != nil {
		return 0, err
	}
	at, err := time.Parse(time.TimeOnly, t.text)
	if err != nil || len(t.text) != len(time.TimeOnly) {
		return 0, t.wrong("is not a time of day such as 09:00:00")
	}
	return at.Hour()*3600 + at.Minute()*60 + at.Second(), nil
}

func (p *parser) zone() (*time.Location, error) {
	t, err := p.next("a time zone such as America/New_York")
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(t.text)
	if err != nil || t.text == "Local" || t.kind != word {
		return nil, t.wrong("is not a time zone of the tz database, such as America/New_York or Etc/UTC")
	}
	return zone, nil
}

var dayNames = []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}

// schedule reads a part of the week, as in Mon,Tue 22:00:00 to 06:00:00 Etc/UTC.
func (p *parser) schedule() (node, error) {
	t, err := p.next("a schedule such as Mon,Tue 09:00:00 to 17:00:00 Etc/UTC")
	if err != nil {
		return nil, err
	}
	var s schedule
	for name := range strings.SplitSeq(t.text, ",") {
		day := slices.Index(dayNames, name)
		if day < 0 {
			return nil, t.wrong("days are written Mon,Tue,Wed,Thu,Fri,Sat,Sun with commas and no spaces")
		}
		s.days[day] = true
	}
	if s.start, err = p.timeOfDay(); err != nil {
		return nil, err
	}
	if err := p.expect("to"); err != nil {
		return nil, err
	}
	if s.end, err = p.timeOfDay(); err != nil {
		return nil, err
	}
	s.zone, err = p.zone()
	return s, err
}

// schedule is a part of the week. The days are those it starts on: one that ends
// before it starts ends the next day.
type schedule struct {
	days       [7]bool
	start, end int // seconds from midnight by the clock on the wall
	zone       *time.Location
}

func (s schedule) value(in scope) any {
	now := in.now.In(s.zone)
	at := now.Hour()*3600 + now.Minute()*60 + now.Second()
	today, yesterday := s.days[now.Weekday()], s.days[(now.Weekday()+6)%7]
	if s.start < s.end {
		return today && s.start <= at && at <= s.end
	}
	return today && at >= s.start || yesterday && at <= s.end
}
