package cli_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// session runs the program, inside, on an API host, sends it calls and returns its
// answers by id, with everything it wrote.
func session(t *testing.T, host string, flags []string, messages ...string) (answers map[int]string, written string) {
	t.Helper()
	env := bare("PAGERDUTY_USER_API_KEY="+sandbox.UserKey, "PAGERDUTY_API_HOST="+host)
	stdin := hello + strings.Join(messages, "\n") + "\n" + `{"jsonrpc":"2.0","id":9999,"method":"ping"}` + "\n"
	code, stdout, stderr := inside(t, env, stdin, append([]string{"all", "--enable-write-tools", "--log-level", "debug"}, flags...)...)
	if code != 0 {
		t.Errorf("it ended with %d\n%s", code, stderr)
	}
	answers = map[int]string{}
	for line := range strings.Lines(stdout) {
		var message struct {
			ID     int
			Result struct {
				Content []struct{ Text string }
				IsError bool
			}
		}
		if err := json.Unmarshal([]byte(line), &message); err != nil {
			t.Fatalf("stdout has %q", line)
		}
		for _, c := range message.Result.Content {
			answers[message.ID] = map[bool]string{true: "ERROR: "}[message.Result.IsError] + c.Text
		}
		if message.ID == 9999 {
			answers[9999] = "pong"
		}
	}
	return answers, stdout + stderr
}

// TestFaults makes one call with each fault that PagerDuty or the network can
// show: what a model is told, how many requests went out, that a change was made
// once, that the process lives on, and that the key is nowhere.
func TestFaults(t *testing.T) {
	t.Parallel()
	const (
		read  = `{"name":"get_incident","arguments":{"incident_id":"4711"}}`
		list  = `{"name":"list_incidents","arguments":{"limit":3}}`
		write = `{"name":"create_incident","arguments":{"title":"Test of faults","service_id":"$service$","incident_key":"k"}}`
	)
	limited := func(reset string) sandbox.Fault {
		f := sandbox.RateLimit(1, -1)
		f.Header = http.Header{"Ratelimit-Reset": {reset}, "Ratelimit-Remaining": {"0"}}
		return f
	}
	status := func(n int, body string) sandbox.Fault { return sandbox.Fault{Status: n, Body: body} }
	once := func(f sandbox.Fault) sandbox.Fault { f.Times = 1; return f }
	posts := func(f sandbox.Fault) sandbox.Fault { f.Method, f.Times = http.MethodPost, 1; return f }
	for name, c := range map[string]struct {
		call     string
		fault    sandbox.Fault
		flags    []string
		requests int
		made     int // incidents that exist afterwards with the title
		want     []string
	}{
		"read, reset before":                {read, once(sandbox.Fault{Reset: true}), nil, 2, 0, []string{"card authorizations"}},
		"read, reset after":                 {read, once(sandbox.Fault{ResetAfter: true}), nil, 2, 0, []string{"card authorizations"}},
		"read, reset during the body":       {read, once(sandbox.Fault{Truncate: true}), nil, 2, 0, []string{"card authorizations"}},
		"read, always reset":                {read, sandbox.Fault{Reset: true}, nil, 5, 0, []string{"ERROR", "could not be reached", "Nothing was changed"}},
		"read, invalid JSON":                {read, status(200, `{"incident":{"id":`), nil, 1, 0, []string{"ERROR", "could not be read"}},
		"read, empty body":                  {read, status(200, ""), nil, 1, 0, []string{"ERROR", "is empty"}},
		"read, something else":              {read, status(200, `{"hello":"world"}`), nil, 1, 0, []string{"ERROR", `no \"incident\"`}},
		"read, HTML of a proxy":             {read, status(502, "<html><title>502 Bad Gateway</title></html>"), nil, 5, 0, []string{"ERROR", "502 Bad Gateway", "several times over"}},
		"read, URL too long":                {list, status(414, "<html><title>414 Request-URI Too Large</title></html>"), nil, 1, 0, []string{"ERROR", "too large", "fewer"}},
		"read, 500":                         {read, status(500, `{"error":{"message":"Internal","code":2000}}`), nil, 5, 0, []string{"ERROR", "Internal"}},
		"read, one 503":                     {read, once(status(503, "")), nil, 2, 0, []string{"card authorizations"}},
		"read, one 504":                     {read, once(status(504, "")), nil, 2, 0, []string{"card authorizations"}},
		"read, one 408":                     {read, once(status(408, "")), nil, 2, 0, []string{"card authorizations"}},
		"read, hang":                        {read, sandbox.Fault{Hang: true}, []string{"--call-timeout", "4s"}, 2, 0, []string{"ERROR", "did not answer in time"}},
		"read, one hang":                    {read, once(sandbox.Fault{Hang: true}), []string{"--call-timeout", "4s"}, 2, 0, []string{"card authorizations"}},
		"read, 429 with headers":            {read, limited("1"), nil, 2, 0, []string{"card authorizations"}},
		"read, 429 without":                 {read, sandbox.RateLimit(1, -1), nil, 2, 0, []string{"card authorizations"}},
		"read, 429 for an hour":             {read, limited("3600"), nil, 1, 0, []string{"ERROR", "rate limit", "1h0m0s"}},
		"read, 429 by a date":               {read, sandbox.Fault{Times: 1, Status: 429, Header: http.Header{"Retry-After": {"Tue, 01 Jan 2019 00:00:01 GMT"}, "Date": {"Tue, 01 Jan 2019 00:00:00 GMT"}}}, nil, 2, 0, []string{"card authorizations"}},
		"read, 429 by a date long ago":      {read, sandbox.Fault{Times: 1, Status: 429, Header: http.Header{"Retry-After": {"Tue, 01 Jan 2019 00:00:01 GMT"}}}, nil, 2, 0, []string{"card authorizations"}},
		"read, 429 by an absurd number":     {read, sandbox.Fault{Times: 1, Status: 429, Header: http.Header{"Retry-After": {"1e300"}}}, nil, 1, 0, []string{"ERROR", "rate limit"}},
		"read, 401":                         {read, status(401, ""), nil, 1, 0, []string{"ERROR", "PAGERDUTY_USER_API_KEY"}},
		"read, 402":                         {read, status(402, `{"error":{"message":"no","code":2014}}`), nil, 1, 0, []string{"ERROR", "plan"}},
		"read, 403":                         {read, status(403, `{"error":"abilities.read API scope is required"}`), nil, 1, 0, []string{"ERROR", "scope is required"}},
		"read, 404":                         {read, status(404, `{"error":["Not Found"]}`), nil, 1, 0, []string{"ERROR", "knows no incident"}},
		"read, 403 for a scope":             {read, status(403, `{"error":{"message":"Token missing required scopes","required_scopes":"incidents.read"}}`), nil, 1, 0, []string{"ERROR", "lacks the scope incidents.read"}},
		"read, errors by field":             {read, status(400, `{"error":{"message":"Invalid Input Provided","errors":{"name":["has already been taken"]}}}`), nil, 1, 0, []string{"ERROR", "name: has already been taken"}},
		"read, page of a login":             {read, status(200, "<html><title>Log in</title>"), nil, 1, 0, []string{"ERROR", `other than PagerDuty's API answered (HTTP 200, text/html, \"Log in\")`, "PAGERDUTY_API_HOST"}},
		"write, page of a login":            {write, posts(status(200, "<html><title>Log in</title>")), nil, 2, 0, []string{"ERROR", "not known whether", "other than PagerDuty's API"}},
		"write, locked":                     {write, posts(status(400, `{"error":{"message":"Invalid Input Provided","code":2001,"errors":["Account could not be locked"]}}`)), nil, 2, 1, []string{"Test of faults"}},
		"read, the key in an error":         {read, status(400, `{"error":{"message":"bad `+sandbox.UserKey+`"}}`), nil, 1, 0, []string{"ERROR", "[redacted]"}},
		"write, 413":                        {write, status(413, `{"error":{"message":"too many","errors":"no"}}`), nil, 1, 0, []string{"ERROR", "too large"}},
		"write, reset before":               {write, posts(sandbox.Fault{Reset: true}), nil, 2, 0, []string{"ERROR", "not known whether", "probably not created"}},
		"write, reset after":                {write, posts(sandbox.Fault{ResetAfter: true}), nil, 2, 1, []string{"Test of faults", "found by its incident_key"}},
		"write, reset during the body":      {write, posts(sandbox.Fault{Truncate: true}), nil, 2, 1, []string{"found by its incident_key"}},
		"write, invalid JSON":               {write, posts(sandbox.Fault{Status: 201, Body: "{", AfterEffect: true}), nil, 2, 1, []string{"found by its incident_key"}},
		"write, empty body":                 {write, posts(sandbox.Fault{Status: 201, AfterEffect: true}), nil, 2, 1, []string{"found by its incident_key"}},
		"write, 500":                        {write, posts(status(500, "{}")), nil, 2, 0, []string{"ERROR", "not known whether"}},
		"write, 502 after":                  {write, posts(sandbox.Fault{Status: 502, Body: "<html>", AfterEffect: true}), nil, 2, 1, []string{"found by its incident_key"}},
		"write, 503":                        {write, posts(status(503, "")), nil, 2, 0, []string{"ERROR", "not known whether"}},
		"write, 504 after":                  {write, posts(sandbox.Fault{Status: 504, AfterEffect: true}), nil, 2, 1, []string{"found by its incident_key"}},
		"write, hang":                       {write, posts(sandbox.Fault{Hang: true}), []string{"--call-timeout", "2s"}, 2, 0, []string{"ERROR", "did not come in time"}},
		"write, 429":                        {write, posts(limited("1")), nil, 2, 1, []string{"Test of faults"}},
		"write, 401":                        {write, status(401, ""), nil, 1, 0, []string{"ERROR", "PAGERDUTY_USER_API_KEY"}},
		"write, 403 to a key that may read": {write, posts(status(403, `{"error":{"message":"Access Denied","code":2010}}`)), nil, 1, 0, []string{"ERROR", "may not do this"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box, err := sandbox.Start(sandbox.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(box.Close)
			box.Inject(c.fault)
			params := strings.ReplaceAll(c.call, "$service$", box.ID("service", "Search API"))
			answers, written := session(t, box.URL(), c.flags, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":`+params+`}`)
			for _, want := range c.want {
				if !strings.Contains(answers[1], strings.ReplaceAll(want, `\"`, `"`)) {
					t.Errorf("the answer does not say %q: %s", want, answers[1])
				}
			}
			if answers[9999] != "pong" {
				t.Error("the process does not live on")
			}
			if strings.Contains(written, sandbox.UserKey) {
				t.Errorf("the key is in the output:\n%s", written)
			}
			// Before a page goes out, it is asked whether the service's id is one, and
			// which of its incidents are open.
			sent := slices.DeleteFunc(box.Requests(), func(r sandbox.Request) bool {
				looks := strings.HasPrefix(r.Path, "/incidents?") && !strings.Contains(r.Path, "incident_key=")
				return strings.HasPrefix(r.Path, "/services/") || c.call == write && looks
			})
			if n := len(sent); n != c.requests {
				t.Errorf("%d requests, want %d: %v", n, c.requests, sent)
			}
			box.Heal()
			if n := box.Incidents("Test of faults"); n != c.made {
				t.Errorf("%d incidents were made, want %d", n, c.made)
			}
		})
	}
}

// TestAHangIsItsCallsAlone has one call hang while others are made.
func TestAHangIsItsCallsAlone(t *testing.T) {
	t.Parallel()
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	box.Inject(sandbox.Fault{Path: "/incidents/4711", Hang: true})
	answers, _ := session(t, box.URL(), []string{"--call-timeout", "2s"},
		strings.TrimSpace(toolCall(1, "get_incident", `{"incident_id":4711}`)), strings.TrimSpace(toolCall(2, "get_incident", `{"incident_id":4712}`)),
		strings.TrimSpace(toolCall(3, "list_incidents", `{"limit":1}`)))
	if !strings.Contains(answers[1], "did not answer in time") || !strings.Contains(answers[2], "orders stuck") || !strings.Contains(answers[3], "incidents") {
		t.Errorf("%v", answers)
	}
}

// TestCallsAtTheLimit shows that calls share what PagerDuty allows: after one
// refusal none of them runs into another.
func TestCallsAtTheLimit(t *testing.T) {
	t.Parallel()
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	box.Limit(8, 1500*time.Millisecond)
	var calls []string
	for i := 1; i <= 20; i++ {
		calls = append(calls, strings.TrimSpace(toolCall(i, "get_incident", fmt.Sprintf(`{"incident_id":%d}`, 4500+i))))
	}
	answers, _ := session(t, box.URL(), nil, calls...)
	for i := 1; i <= 20; i++ {
		if !strings.Contains(answers[i], `"number":`) {
			t.Errorf("call %d: %s", i, answers[i])
		}
	}
	refused := 0
	for _, r := range box.Requests() {
		if r.Status == http.StatusTooManyRequests {
			refused++
		}
	}
	// The first calls go out together, before any answer says what is allowed.
	if refused > 12 {
		t.Errorf("%d requests were refused", refused)
	}
}

// TestUnreachable has no PagerDuty to talk to.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that fail
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	call := strings.TrimSpace(toolCall(1, "list_incidents", "{}"))
	for name, c := range map[string]struct {
		host string
		want []string
	}{
		"no such host": {"https://no-such-host.invalid", []string{"no-such-host.invalid", "not found", "PAGERDUTY_API_HOST"}},
		"refused":      {"http://" + closed.Addr().String(), []string{"could not be reached", "refused", "Nothing was changed"}},
		"not trusted":  {untrusted.URL, []string{"certificate is not trusted"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers, written := session(t, c.host, []string{"--call-timeout", "8s", "--allow-host", "no-such-host.invalid"}, call)
			for _, want := range c.want {
				if !strings.Contains(answers[1], want) {
					t.Errorf("the answer does not say %q: %s", want, answers[1])
				}
			}
			if answers[9999] != "pong" || strings.Contains(written, sandbox.UserKey) {
				t.Errorf("it does not live, or told the key:\n%s", written)
			}
		})
	}
}

// TestCertificateChanges has a server whose certificate is trusted at first, and
// another one's later.
func TestCertificateChanges(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only here SSL_CERT_FILE says whom to trust")
	}
	box := sandbox.New(sandbox.Options{})
	var changed atomic.Bool
	api := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		changed.Store(true)
		w.Header().Set("Connection", "close") // so that the next request shakes hands anew
		box.ServeHTTP(w, r)
	}))
	other := selfSigned(t)
	api.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		if changed.Load() {
			return &tls.Config{Certificates: []tls.Certificate{other}}, nil
		}
		return nil, nil
	}}
	api.Config.ErrorLog = log.New(io.Discard, "", 0)
	api.StartTLS()
	t.Cleanup(api.Close)
	trusted := filepath.Join(t.TempDir(), "trusted.pem")
	if err := os.WriteFile(trusted, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: api.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	c := serve(t, bare("PAGERDUTY_USER_API_KEY="+sandbox.UserKey, "PAGERDUTY_API_HOST="+api.URL, "SSL_CERT_FILE="+trusted),
		"incidents", "--log-level", "error", "--call-timeout", "5s")
	ask := func(message string) string {
		c.send(message)
		return c.next()
	}
	if got := ask(toolCall(2, "get_incident", `{"incident_id":4711}`)); !strings.Contains(got, "card authorizations") {
		t.Errorf("while it is trusted: %s", got)
	}
	if got := ask(toolCall(3, "get_incident", `{"incident_id":4712}`)); !strings.Contains(got, "certificate is not trusted") || !strings.Contains(got, "Nothing was changed") {
		t.Errorf("when it no longer is: %s", got)
	}
	if got := ask(`{"jsonrpc":"2.0","id":4,"method":"ping"}` + "\n"); !strings.Contains(got, `"id":4`) {
		t.Errorf("afterwards: %s", got)
	}
	c.end()
}

// selfSigned is a certificate that nobody trusts.
func selfSigned(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// TestOddServers gets answers without end, and answers that never come to one.
func TestOddServers(t *testing.T) {
	t.Parallel()
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		chunk := bytes.Repeat([]byte(`"x",`), 16<<10)
		_, _ = io.WriteString(w, `{"incidents":[`)
		for range 200 << 20 / len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	t.Cleanup(endless.Close)
	drip := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, " ")
			w.(http.Flusher).Flush()
			<-time.After(20 * time.Millisecond)
		}
	}))
	t.Cleanup(drip.Close)
	call := strings.TrimSpace(toolCall(1, "list_incidents", "{}"))
	for name, c := range map[string]struct {
		host, timeout string
		want          string
	}{
		"200 MB":    {endless.URL, "50s", "larger than 32 MiB"}, // its size is to end it, not a busy machine
		"slow drip": {drip.URL, "3s", "did not answer in time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers, _ := session(t, c.host, []string{"--call-timeout", c.timeout}, call)
			if !strings.Contains(answers[1], c.want) || answers[9999] != "pong" {
				t.Errorf("the answer does not say %q: %s", c.want, answers[1])
			}
		})
	}
}

// TestNothingLeaks makes thousands of calls and looks that memory stays where it
// was, and that no goroutine stays behind but those that wait for the next call.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("memory is read from Linux's /proc")
	}
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	c := serve(t, bare("PAGERDUTY_USER_API_KEY="+sandbox.UserKey, "PAGERDUTY_API_HOST="+box.URL()), "incidents", "--log-level", "error")
	id := 10
	const together = 20
	rounds := func(n int) (mib float64) {
		for range n {
			var batch strings.Builder
			for range together {
				id++
				batch.WriteString(toolCall(id, "get_incident", fmt.Sprintf(`{"incident_id":%d}`, 4450+id%200)))
			}
			c.send(batch.String())
			for range together {
				c.next()
			}
			box.ForgetRequests()
		}
		return c.memory("VmRSS")
	}
	before := rounds(50) // a thousand calls to warm up
	after := rounds(250)
	if after > before*1.5 {
		t.Errorf("after 5,000 more calls it holds %.1f MiB, %.1f before", after, before)
	}
	// A Go program that is told to quit says what its goroutines do.
	if err := c.command.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	_ = c.command.Wait()
	goroutines := 0
	for line := range strings.Lines(c.errors.String()) {
		if strings.HasPrefix(line, "goroutine ") {
			goroutines++
		}
	}
	// The runtime's, a worker for each call at a time, and two for each connection
	// that is kept; a leak would show thousands.
	if goroutines == 0 || goroutines > 40+together+2*16 {
		t.Errorf("%d goroutines:\n%s", goroutines, c.errors.String())
	}
	t.Logf("%.1f MiB after 1,000 calls, %.1f MiB after 6,000, %d goroutines", before, after, goroutines)
}
