package rest

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is something that goes wrong with requests. Its fields combine: a
// delay, then a status or the real answer, which then may break off.
type Fault struct {
	Method string  // which requests: all when empty
	Path   string  // which requests: a prefix of the path
	Skip   int     // let this many pass first
	Times  int     // how many requests, 0 for all
	Share  float64 // of the requests that are left, evenly: 0.1 is every tenth; 0 for all

	Do      func()        // before anything else: what somebody else does just then
	Latency time.Duration // before the request is looked at
	Hang    bool          // never answer; the request has no effect
	// Reset breaks the connection before the request has any effect.
	Reset bool
	// ResetAfter breaks the connection after the request took effect.
	ResetAfter bool
	// Truncate sends half of the answer and breaks off.
	Truncate bool

	Status int // answer this instead; the request has no effect
	Header http.Header
	Body   string // with Status
	// AfterEffect makes Status the answer of a request that took effect.
	AfterEffect bool
}

// RateLimit is a fault that answers 429, with ratelimit-… headers if reset is
// not negative: seconds until the limit is lifted.
func RateLimit(times, reset int) Fault {
	f := Fault{Times: times, Status: http.StatusTooManyRequests, Body: `{"error":{"message":"Rate Limit Exceeded","code":2020}}`}
	if reset >= 0 {
		f.Header = http.Header{
			"Ratelimit-Limit": {"960"}, "Ratelimit-Remaining": {"0"}, "Ratelimit-Reset": {strconv.Itoa(reset)},
		}
	}
	return f
}

// Inject makes later requests go wrong. Faults are tried in the order they came;
// the first that fits a request is the one it meets.
func (s *Server[C]) Inject(f Fault) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = append(s.faults.list, &activeFault{Fault: f})
}

// Heal takes all faults and limits away.
func (s *Server[C]) Heal() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list, s.faults.limit = nil, nil
}

type faults struct {
	mu    sync.Mutex
	list  []*activeFault
	limit *limit
}

type activeFault struct {
	Fault
	seen int
	due  float64 // at 1 the next one of a share goes wrong
}

func (f *faults) take(r *http.Request) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = slices.DeleteFunc(f.list, func(a *activeFault) bool { return a.Times > 0 && a.seen >= a.Skip+a.Times })
	for _, a := range f.list {
		if a.Method != "" && a.Method != r.Method || !strings.HasPrefix(r.URL.Path, a.Path) {
			continue
		}
		a.seen++
		if a.seen <= a.Skip {
			continue
		}
		if a.Share > 0 {
			if a.due += a.Share; a.due < 1-1e-9 {
				continue
			}
			a.due--
		}
		return a.Fault
	}
	return Fault{}
}

// before does what a fault does before the request is looked at, and reports
// whether to go on.
func (f Fault) before(ctx context.Context, w http.ResponseWriter) bool {
	if f.Do != nil {
		f.Do()
	}
	if f.Latency > 0 {
		timer := time.NewTimer(f.Latency)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return false
		}
	}
	if f.Hang {
		<-ctx.Done()
		return false
	}
	if f.Reset {
		reset(w)
		return false
	}
	return true
}

func (f Fault) answer() *Answer {
	return &Answer{Status: f.Status, Header: f.Header, Raw: []byte(f.Body)}
}

// write sends the answer, or what the fault leaves of it.
func (f Fault) write(w http.ResponseWriter, a *Answer) {
	if f.ResetAfter {
		reset(w)
		return
	}
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	data := a.bytes()
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
		if len(data) > 0 && data[0] == '<' {
			w.Header().Set("Content-Type", "text/html")
		}
	}
	w.Header().Set("X-Request-Id", "sandbox-request")
	if a.Status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	}
	w.WriteHeader(a.Status)
	if f.Truncate {
		_, _ = w.Write(data[:len(data)/2])
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
		reset(w)
		return
	}
	_, _ = w.Write(data)
}

// reset breaks a connection so that the client sees a reset, not an end.
func reset(w http.ResponseWriter) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
