package rest

import (
	"net/http"
	"strconv"
	"time"
)

// Limit allows so many requests in each span of time, says in every answer what
// is left, and refuses more with 429, as PagerDuty does.
func (s *Server[C]) Limit(requests int, span time.Duration) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.limit = &limit{requests: requests, span: span}
}

// limit is a rate limit at work.
type limit struct {
	requests int
	span     time.Duration
	used     int
	ends     time.Time
}

// spend counts a request and returns the headers that say what is left, and
// whether it is too many.
func (f *faults) spend() (header http.Header, over bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.limit
	if l == nil {
		return nil, false
	}
	now := time.Now()
	if !now.Before(l.ends) {
		l.used, l.ends = 0, now.Add(l.span)
	}
	l.used++
	return http.Header{
		"Ratelimit-Limit":     {strconv.Itoa(l.requests)},
		"Ratelimit-Remaining": {strconv.Itoa(max(0, l.requests-l.used))},
		"Ratelimit-Reset":     {strconv.FormatFloat(l.ends.Sub(now).Seconds(), 'f', 3, 64)},
	}, l.used > l.requests
}
