package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/server"
)

var soak = flag.Duration("soak", 0, "how long TestSoak runs")

// TestSoak runs a mixed load with random faults and cancellations, and fails on
// anything lost, doubled or leaked: a call without its one answer, an incident or
// note that was made twice, or made and not told, a goroutine left behind.
func TestSoak(t *testing.T) {
	if *soak == 0 {
		t.Skip("runs for as long as -soak says: task soak")
	}
	before := runtime.NumGoroutine()
	s := newSoaker(t)
	stop := time.Now().Add(*soak)
	var wg sync.WaitGroup
	for n := range 32 {
		wg.Go(func() { s.work(rand.New(rand.NewPCG(uint64(n), 1)), stop) })
	}
	wg.Go(func() { s.breakThings(rand.New(rand.NewPCG(99, 1)), stop) })
	wg.Wait()
	s.rig.Heal()
	s.finish()
	s.rig.Close()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	deadline := time.Now().Add(30 * time.Second)
	for runtime.NumGoroutine() > before+20 && time.Now().Before(deadline) {
		<-time.After(50 * time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before+20 {
		buffer := make([]byte, 1<<20)
		t.Errorf("%d goroutines, %d before\n%s", n, before, buffer[:runtime.Stack(buffer, true)])
	}
	t.Logf("%d calls, %d of them failed, %d canceled; %d incidents and %d notes written", s.calls, s.failed, s.canceled, s.incidents, s.notes)
}

// soaker is a client that makes many calls at once over one pipe.
type soaker struct {
	t     *testing.T
	rig   *rig.Rig
	in    *io.PipeWriter
	ended chan error

	writing sync.Mutex
	mu      sync.Mutex
	id      int
	waiting map[int]chan string // of calls in flight
	gone    map[int]bool        // of calls that were canceled

	calls, failed, canceled, incidents, notes int
}

func newSoaker(t *testing.T) *soaker {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	s := &soaker{
		t: t, in: inW, ended: make(chan error, 1), waiting: map[int]chan string{}, gone: map[int]bool{},
		rig: rig.New(t,
			rig.WithConfig(func(c *pdapi.Config) { c.Logger, c.AttemptTimeout, c.CallTimeout = nil, 2*time.Second, 6*time.Second }),
			rig.WithServer(func(o *server.Options) { o.CallTimeout = 8 * time.Second }),
		),
	}
	go func() { s.ended <- s.rig.Server.ServeStdio(context.WithoutCancel(t.Context()), inR, outW) }()
	go s.read(outR)
	s.send(hello)
	return s
}

func (s *soaker) send(line string) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if _, err := io.WriteString(s.in, line+"\n"); err != nil {
		s.t.Error(err)
	}
}

func (s *soaker) read(out io.Reader) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var message struct{ ID *int }
		if err := json.Unmarshal(lines.Bytes(), &message); err != nil || message.ID == nil {
			s.t.Errorf("a line that is no answer: %s", lines.Text())
			continue
		}
		s.mu.Lock()
		waiting := s.waiting[*message.ID]
		delete(s.waiting, *message.ID)
		gone := s.gone[*message.ID]
		s.mu.Unlock()
		switch {
		case waiting != nil:
			waiting <- lines.Text()
		case !gone && *message.ID != 0:
			s.t.Errorf("an answer that nobody waits for: %.200s", lines.Text())
		}
	}
}

// call makes a call and returns its answer; "" if it was canceled.
func (s *soaker) call(name string, arguments rig.Args, cancel time.Duration) string {
	params, err := json.Marshal(map[string]any{"name": name, "arguments": arguments})
	if err != nil {
		s.t.Error(err)
	}
	s.mu.Lock()
	s.id++
	id, result := s.id, make(chan string, 1)
	s.waiting[id] = result
	s.calls++
	s.mu.Unlock()
	s.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":%s}`, id, params))
	var cancels <-chan time.Time
	if cancel > 0 {
		cancels = time.After(cancel)
	}
	select {
	case answer := <-result:
		if strings.Contains(answer, `"isError":true`) {
			s.mu.Lock()
			s.failed++
			s.mu.Unlock()
		}
		return answer
	case <-cancels:
		s.mu.Lock()
		delete(s.waiting, id)
		s.gone[id] = true // an answer may be on its way already
		s.canceled++
		s.mu.Unlock()
		s.send(fmt.Sprintf(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":%d}}`, id))
		return ""
	case <-time.After(time.Minute):
		s.t.Errorf("%s %v was never answered", name, arguments)
		return ""
	}
}

func (s *soaker) work(random *rand.Rand, stop time.Time) {
	for time.Now().Before(stop) && !s.t.Failed() {
		cancel := time.Duration(0)
		if random.IntN(20) == 0 {
			cancel = time.Duration(random.IntN(50)) * time.Millisecond
		}
		number := 4500 + random.IntN(200)
		switch random.IntN(10) {
		case 0:
			s.open(random, cancel)
		case 1:
			s.note(random, number, cancel)
		case 2:
			s.call("manage_incidents", rig.Args{"incident_ids": []int{4712, 4713}, "status": "acknowledged"}, cancel)
		case 3:
			s.call("list_incidents", rig.Args{"limit": 250, "date_range": "all"}, cancel)
		case 4:
			s.call("get_service", rig.Args{"service_id": "search api"}, cancel)
		case 5:
			s.call("list_oncalls", rig.Args{"user_ids": "me"}, cancel)
		default:
			s.call("get_incident", rig.Args{"incident_id": number}, cancel)
		}
	}
}

// open creates an incident: at most one, and one if the answer says so.
func (s *soaker) open(random *rand.Rand, cancel time.Duration) {
	title := fmt.Sprintf("Soak %016x", random.Uint64())
	answer := s.call("create_incident", rig.Args{"title": title, "service_id": s.rig.ID("service", "Cart Service")}, cancel)
	n := s.rig.Incidents(title)
	told := (strings.Contains(answer, title) || strings.Contains(answer, "PagerDuty accepted the change")) && !strings.Contains(answer, `"isError":true`)
	if n > 1 || told && n != 1 || answer != "" && !told && n == 1 && !strings.Contains(answer, "not known whether") {
		s.t.Errorf("%d incidents were made; the answer was: %s", n, answer)
	}
	s.mu.Lock()
	s.incidents += n
	s.mu.Unlock()
}

// note writes a note: at most once, and once if the answer says so.
func (s *soaker) note(random *rand.Rand, number int, cancel time.Duration) {
	text := fmt.Sprintf("Soak %016x", random.Uint64())
	answer := s.call("add_note_to_incident", rig.Args{"incident_id": s.rig.ID("incident", fmt.Sprint(number)), "note": text}, cancel)
	n := s.rig.Notes(text)
	told := (strings.Contains(answer, text) || strings.Contains(answer, "PagerDuty accepted the change")) && !strings.Contains(answer, `"isError":true`)
	if n > 1 || told && n != 1 || answer != "" && !told && n == 1 && !strings.Contains(answer, "not known whether") {
		s.t.Errorf("%d notes were written; the answer was: %s", n, answer)
	}
	s.mu.Lock()
	s.notes += n
	s.mu.Unlock()
}

// breakThings injects one fault after another.
func (s *soaker) breakThings(random *rand.Rand, stop time.Time) {
	for time.Now().Before(stop) && !s.t.Failed() {
		f := sandbox.Fault{Times: 1 + random.IntN(3)}
		switch n := random.IntN(100); { // what makes everybody wait is rarer
		case n < 15:
			f.Reset = true
		case n < 30:
			f.ResetAfter = true
		case n < 45:
			f.Truncate = true
		case n < 48:
			f.Hang = true
		case n < 60:
			f.Status, f.Body = []int{500, 502, 503, 504, 408}[random.IntN(5)], "<html>"
		case n < 70:
			f.Status, f.AfterEffect = 502, true
		case n < 72:
			f = sandbox.RateLimit(f.Times, random.IntN(2))
		case n < 74:
			f = sandbox.RateLimit(f.Times, -1)
		case n < 84:
			f.Status, f.Body, f.AfterEffect = 200, "{", true
		default:
			f.Latency = time.Duration(random.IntN(500)) * time.Millisecond
		}
		s.rig.Inject(f)
		<-time.After(time.Duration(20+random.IntN(100)) * time.Millisecond)
		s.rig.ForgetRequests()
	}
}

// finish ends the session and looks that every call was answered.
func (s *soaker) finish() {
	if err := s.in.Close(); err != nil {
		s.t.Error(err)
	}
	select {
	case err := <-s.ended:
		if err != nil {
			s.t.Error(err)
		}
	case <-time.After(time.Minute):
		s.t.Error("it does not end")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting) > 0 {
		s.t.Errorf("%d calls were never answered", len(s.waiting))
	}
}
