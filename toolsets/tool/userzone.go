package tool

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/input"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// zoneLasts is how long a session believes what PagerDuty said of its user's zone.
const zoneLasts = 10 * time.Minute

// location returns the time zone that days are meant in: the one that was set, or
// the user's. It is UTC for a key that names no user. A failure is not remembered.
func (s *Session) location(ctx context.Context) (*time.Location, error) {
	if s.Zone != nil {
		return s.Zone, nil
	}
	s.zone.mu.Lock()
	zone, at := s.zone.zone, s.zone.at
	s.zone.mu.Unlock()
	if zone != nil && s.now().Sub(at) < zoneLasts {
		return zone, nil
	}
	zone, err := s.userZone(ctx)
	if err != nil {
		return nil, err
	}
	s.zone.mu.Lock()
	defer s.zone.mu.Unlock()
	s.zone.zone, s.zone.at = zone, s.now()
	return zone, nil
}

// errZone is a user whose time zone PagerDuty names in a way that is not known here.
type errZone struct{ name string }

func (e errZone) Error() string {
	return fmt.Sprintf("PagerDuty says that your time zone is %s, which is not known here", wording.Quote(e.name))
}

func (s *Session) userZone(ctx context.Context) (*time.Location, error) {
	me, err := s.Client.Me(ctx)
	switch {
	case errors.Is(err, pdapi.ErrAccountKey):
		return time.UTC, nil
	case err != nil:
		return nil, err
	case me.TimeZone == "":
		return s.accountZone(ctx)
	}
	if zone := when.PagerDutyZone(me.TimeZone); zone != nil {
		return zone, nil
	}
	return nil, errZone{me.TimeZone}
}

// accountZone is what PagerDuty means by the time zone of a user who has set none:
// the account's. No call tells its name, but the times of on-calls are written in
// it.
func (s *Session) accountZone(ctx context.Context) (*time.Location, error) {
	for page, err := range s.Client.OnCalls(ctx, pdapi.OnCallFilter{}, pdapi.Window{Limit: pdapi.MaxPageSize}) {
		if err != nil {
			return nil, err
		}
		for _, o := range page.Items {
			for _, at := range []pdapi.Time{o.Start, o.End} {
				if !at.IsZero() {
					_, offset := at.Zone()
					if offset == 0 {
						return time.UTC, nil
					}
					return time.FixedZone(fmt.Sprintf("UTC%+03d:%02d", offset/3600, abs(offset%3600)/60), offset), nil
				}
			}
		}
	}
	return nil, errors.New("you have set no time zone in PagerDuty, and none of its answers tells the account's")
}

// tellTime adds to an error about times what time it is where the user is, so that
// the next call can be right.
func (s *Session) tellTime(ctx context.Context, err error, d input.Decoded) error {
	var wrong *input.ArgumentError
	if !d.WrongTime || !errors.As(err, &wrong) {
		return err
	}
	zone, unknown := s.location(ctx)
	if unknown != nil {
		zone = time.UTC
	}
	return &input.ArgumentError{Problems: wrong.Problems, Know: "It is " + s.clockIn(zone) + " now."}
}

func (s *Session) clockIn(zone *time.Location) string {
	now := s.now().In(zone)
	return now.Weekday().String() + ", " + when.Clock(now.Truncate(time.Minute), zone)
}

// Today says what day and time it is, in the time zone that days are meant in as far as
// that is known: nothing is asked for it.
func (s *Session) Today() string {
	zone := s.Zone
	if zone == nil {
		s.zone.mu.Lock()
		zone = s.zone.zone
		s.zone.mu.Unlock()
	}
	if zone == nil {
		return "It is " + s.clockIn(time.UTC) + "; days and times without a zone are in the PagerDuty user's zone."
	}
	return "It is " + s.clockIn(zone) + ", the zone of days and times without one."
}

// isOffset reports whether a zone is an offset alone, without the changes of its clocks.
func isOffset(zone *time.Location) bool {
	return strings.HasPrefix(zone.String(), "UTC+") || strings.HasPrefix(zone.String(), "UTC-")
}

func abs(n int) int { return max(n, -n) }

// setZone puts the time zone into a call whose arguments need one. A call that
// only reads goes on in UTC when the zone can't be found out, and says so; a call
// that changes something is refused.
func (s *Session) setZone(ctx context.Context, c *Call, writes bool) error {
	zone, err := s.location(ctx)
	if err == nil && writes && isOffset(zone) && s.Zone == nil {
		// What was learned is the offset now. In another part of the year it may be
		// another one.
		err = fmt.Errorf("you have set no time zone in PagerDuty, and of the account's only the present offset is known, %s", zone)
	}
	if err == nil {
		c.Zone = zone
		return nil
	}
	const instead = "give times with an offset (2026-01-31T09:00:00+01:00), or set the zone with --time-zone"
	if ctx.Err() != nil || errors.Is(err, pdapi.ErrUnauthorized) {
		return err
	}
	if writes {
		return fmt.Errorf("your time zone, in which the days and times are meant, could not be found out, so nothing was changed; %s: %w", instead, err)
	}
	c.Note("Days and times are taken to be in UTC, since your time zone could not be found out (%s); %s.", err, instead)
	return nil
}
