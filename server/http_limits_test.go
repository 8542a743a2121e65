package server_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/server"
)

// TestOneCallerIsNotAllThereIs has one caller make as many calls as are allowed, which all
// hang. The next is refused, with the time to come back; another caller is served.
func TestOneCallerIsNotAllThereIs(t *testing.T) {
	t.Parallel()
	h := hold(t, account(t))
	w := newWeb(t, h.URL, server.AuthCaller, func(_ *server.Options, h *server.HTTPOptions) { h.MaxCalls, h.MaxCallsPerCaller = 5, 3 })
	ana, ben, eve := withCredential(sandbox.UserKey), withCredential(sandbox.KeyOf("ben.carter@northwind.example")), withCredential(sandbox.KeyOf("eva.lind@northwind.example"))
	answers := make(chan httpReply, 10)
	hang := func(as headers, n int) {
		go func() { answers <- w.post(t, as, toolCall(n, "list_teams", rig.Args{"query": fmt.Sprint(n)})) }()
		<-h.came
	}
	refused := func(as headers, whose string) {
		got := w.post(t, as, aPing)
		if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" || !strings.Contains(got.body, whose) {
			t.Errorf("%d %v %s", got.status, got.header, got.body)
		}
	}
	for n := range 3 {
		hang(ana, n)
	}
	refused(ana, "because you have")
	if got := w.post(t, ben, aPing); got.status != http.StatusOK {
		t.Errorf("another caller: %d %s", got.status, got.body)
	}
	hang(ben, 0)
	hang(ben, 1)
	refused(eve, "because all callers together have")
	if stats := w.http.Stats(); stats.Calls != 5 {
		t.Errorf("%+v", stats)
	}
	close(h.free)
	for range 5 {
		if got := <-answers; got.status != http.StatusOK {
			t.Errorf("%d %s", got.status, got.body)
		}
	}
	if got := w.post(t, eve, aPing); got.status != http.StatusOK {
		t.Errorf("when there is room again: %d %s", got.status, got.body)
	}
}

// TestBodiesAreBounded sends bodies that are larger than any message, with their length
// and without. What is not read is not held either.
func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	w := newWeb(t, account(t).URL(), server.AuthSecret, nil)
	for _, chunked := range []bool{false, true} {
		for secret, want := range map[string]int{writeSecret: http.StatusRequestEntityTooLarge, canary: http.StatusUnauthorized} {
			body := &endless{}
			body.left.Store(100 << 20)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url, body)
			if err != nil {
				t.Fatal(err)
			}
			if !chunked {
				r.ContentLength = body.left.Load()
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+secret)
			resp, err := http.DefaultClient.Do(r)
			if err != nil { // the server hangs up while the client still writes
				if body.left.Load() == 0 {
					t.Errorf("all was taken: %v", err)
				}
				continue
			}
			_ = resp.Body.Close()
			if resp.StatusCode != want || body.left.Load() == 0 {
				t.Errorf("chunked %v: %d with %d bytes left to send; want %d", chunked, resp.StatusCode, body.left.Load(), want)
			}
		}
	}
	if stats := w.http.Stats(); stats.Bytes != 0 {
		t.Errorf("%+v", stats)
	}
}

// endless is a body of blanks.
type endless struct{ left atomic.Int64 }

func (e *endless) Read(p []byte) (int, error) {
	n := min(len(p), int(e.left.Load()))
	for i := range p[:n] {
		p[i] = ' '
	}
	if e.left.Add(-int64(n)); n == 0 {
		return 0, fmt.Errorf("all was read")
	}
	return n, nil
}

// serve runs a server as a process does, and returns its address and what ends it.
func serve(t *testing.T, w *web) (address string, end func() error) {
	t.Helper()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.http.Serve(ctx, on) }()
	t.Cleanup(stop)
	return on.Addr().String(), func() error { stop(); return <-ended }
}

// TestHeadersAreBounded floods the server with headers.
func TestHeadersAreBounded(t *testing.T) {
	t.Parallel()
	address, end := serve(t, newWeb(t, account(t).URL(), server.AuthNone, nil))
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_, _ = fmt.Fprint(c, "POST /mcp HTTP/1.1\r\nHost: localhost\r\n")
	go func() {
		for n := range 10_000 {
			if _, err := fmt.Fprintf(c, "X-Flood-%d: %s\r\n", n, strings.Repeat("x", 100)); err != nil {
				return
			}
		}
	}()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%s", resp.Status)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}

// TestEndingInOrder ends a server while a call is at work: it says that it is not ready,
// goes on taking requests, finishes the call, and is gone.
func TestEndingInOrder(t *testing.T) {
	t.Parallel()
	h := hold(t, account(t))
	w := newWeb(t, h.URL, server.AuthNone, func(_ *server.Options, h *server.HTTPOptions) { h.DrainWait = 2 * time.Second })
	address, end := serve(t, w)
	url := "http://" + address
	if got := send(t, http.MethodGet, url+"/readyz", nil, ""); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	answer := make(chan httpReply, 1)
	go func() { answer <- send(t, http.MethodPost, url+"/mcp", nil, toolCall(1, "list_teams", rig.Args{})) }()
	<-h.came
	ended := make(chan error, 1)
	go func() { ended <- end() }()
	until(t, "it says that it is not ready", func() bool {
		return send(t, http.MethodGet, url+"/readyz", nil, "").status == http.StatusServiceUnavailable
	})
	if got := send(t, http.MethodPost, url+"/mcp", nil, aPing); got.status != http.StatusOK || !got.last {
		t.Errorf("while load balancers notice: %d %v", got.status, got.header)
	}
	if got := send(t, http.MethodGet, url+"/healthz", nil, ""); got.status != http.StatusOK {
		t.Errorf("healthy until the end: %d", got.status)
	}
	until(t, "it takes no more connections", func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	})
	select {
	case err := <-ended:
		t.Errorf("it ended with a call at work: %v", err)
	default:
	}
	close(h.free)
	if got := <-answer; got.status != http.StatusOK || !strings.Contains(got.body, "teams") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestManyCredentials brings more credentials than are kept; see BenchmarkCredentials for
// what they take.
func TestManyCredentials(t *testing.T) {
	t.Parallel()
	w := newWeb(t, account(t).URL(), server.AuthCaller, func(_ *server.Options, h *server.HTTPOptions) { h.MaxSessions = 20 })
	for n := range 100 {
		if got := w.post(t, withCredential(fmt.Sprintf("one-of-many-credentials-%d", n)), aPing); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	if stats := w.http.Stats(); stats.Sessions != 20 {
		t.Errorf("%+v, want 20 sessions", stats)
	}
}

// TestForwardedForIsBelievedFromProxiesAlone looks at where the log says that requests
// came from.
func TestForwardedForIsBelievedFromProxiesAlone(t *testing.T) {
	t.Parallel()
	api := account(t)
	for proxies, want := range map[string]string{"": "127.0.0.1", "127.0.0.1": "10.1.1.1", "127.0.0.0/8,10.0.0.0/8": "203.0.113.7"} {
		w := newWeb(t, api.URL(), server.AuthSecret, func(_ *server.Options, h *server.HTTPOptions) {
			var err error
			if h.TrustedProxies, err = server.ParseProxies(strings.FieldsFunc(proxies, func(r rune) bool { return r == ',' })); err != nil {
				t.Fatal(err)
			}
		})
		w.post(t, headers{"X-Forwarded-For": "1.2.3.4, 203.0.113.7, 10.1.1.1", "X-Request-Id": "id-of-a-proxy"}, aPing)
		w.post(t, headers{"X-Request-Id": "forged outcome=ok"}, aPing)
		if log := w.logs.String(); !strings.Contains(log, "from="+want+" request=id-of-a-proxy") || strings.Contains(log, "forged") {
			t.Errorf("proxies %q: %s", proxies, log)
		}
	}
}
