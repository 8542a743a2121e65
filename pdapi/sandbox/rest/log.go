package rest

import (
	"net/http"
	"sync"
)

// Request is one request that reached the server.
type Request struct {
	Method string
	Path   string      // with the query, as sent
	Header http.Header // without Authorization
	Body   string
	Status int // of the answer; 0 when none was sent
}

func (r Request) String() string { return r.Method + " " + r.Path }

// requestLog keeps the newest requests.
type requestLog struct {
	most int // how many it keeps
	tell func(Request)

	mu     sync.Mutex
	ring   []*Request
	oldest int // where in ring the oldest is, once the ring is full
}

// note adds a request that came in.
func (l *requestLog) note(r *http.Request, body []byte) *Request {
	header := r.Header.Clone()
	header.Del("Authorization")
	entry := &Request{Method: r.Method, Path: r.URL.RequestURI(), Header: header, Body: string(body)}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ring) < l.most {
		l.ring = append(l.ring, entry)
	} else {
		l.ring[l.oldest] = entry
		l.oldest = (l.oldest + 1) % len(l.ring)
	}
	return entry
}

func (l *requestLog) answered(entry *Request, status int) {
	l.mu.Lock()
	entry.Status = status
	l.mu.Unlock()
	if l.tell != nil {
		l.tell(*entry)
	}
}

// Requests returns what has reached the server so far, in order: the newest of
// them, as many as the log keeps.
func (s *Server[C]) Requests() []Request {
	l := &s.log
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []Request
	for n := range l.ring {
		out = append(out, *l.ring[(l.oldest+n)%len(l.ring)])
	}
	return out
}

// ForgetRequests empties the log.
func (s *Server[C]) ForgetRequests() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.ring, s.log.oldest = nil, 0
}
