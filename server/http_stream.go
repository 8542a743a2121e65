package server

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// stream is what a request is answered with: one JSON text, or a stream of events if
// something is to be said before the answer.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	streams bool // the client takes a stream
	// patience is how long the client may take to read a message.
	patience time.Duration

	mu      sync.Mutex
	begun   bool // a stream
	ended   bool
	signOff *time.Timer
}

// send sends a message before the answer, if the client takes a stream.
func (s *stream) send(message any) {
	data, err := json.Marshal(message)
	if err != nil {
		return // unreachable: the server's own notifications can be encoded
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.event("event: message\ndata: ", data)
}

// keepAlive has a stream show a sign of life now and then until stop is called, since
// proxies end connections on which nothing happens.
func (s *stream) keepAlive() (stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.streams {
		s.signOff = time.AfterFunc(keepAlive, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.event(": at work", nil)
			if !s.ended {
				s.signOff.Reset(keepAlive)
			}
		})
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.signOff != nil {
			s.signOff.Stop()
		}
	}
}

// event writes an event. The lock is held.
func (s *stream) event(head string, data []byte) {
	if !s.streams || s.ended {
		return
	}
	if !s.begun {
		s.begun = true
		s.w.Header().Set("Content-Type", "text/event-stream")
		s.w.Header().Set("X-Accel-Buffering", "no") // has nginx pass events on at once
		s.w.WriteHeader(http.StatusOK)
	}
	_ = s.control.SetWriteDeadline(time.Now().Add(s.patience))
	// A client that is gone needs no event, and the answer finds that out, too.
	_, _ = s.w.Write(append(append([]byte(head), data...), "\n\n"...))
	_ = s.control.Flush()
}

// answer sends the answer, after which nothing is sent any more.
func (s *stream) answer(line []byte, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.begun {
		s.event("event: message\ndata: ", line)
		s.ended = true
		return
	}
	s.ended = true
	_ = s.control.SetWriteDeadline(time.Now().Add(s.patience))
	s.w.Header().Set("Content-Type", "application/json")
	s.w.WriteHeader(status)
	_, _ = s.w.Write(line)
}

// accept says that a message without an answer has come.
func (s *stream) accept() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.w.WriteHeader(http.StatusAccepted)
}
