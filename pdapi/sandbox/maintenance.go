package sandbox

import (
	"slices"
	"time"
)

// maintenance is a time in which services take no incidents.
type maintenance struct {
	record      // without a name
	description string
	services    []*service
	start, end  time.Time
	by          *user
}

// maintained reports whether a service is in maintenance at a time.
func (a *account) maintained(s *service, at time.Time) bool {
	return slices.ContainsFunc(a.windows.All(), func(m *maintenance) bool {
		return slices.Contains(m.services, s) && !at.Before(m.start) && at.Before(m.end)
	})
}

// takes reports whether an event at a time makes an incident on a service: not on
// one that is disabled or in maintenance, nor where a rule suppresses it.
func (a *account) takes(s *service, at time.Time) bool {
	return (s.disabled.IsZero() || at.Before(s.disabled)) && !a.maintained(s, at) && (s.quiet == nil || !s.quiet.has(at))
}
