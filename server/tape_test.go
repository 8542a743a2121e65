package server_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// This file records what tool calls say with an account, and repeats the calls without it.

// exchange is a request and the account's answer to it.
type exchange struct {
	request string // its method and URL, and which of those that are alike it is: "GET /users/me #1"
	status  int
	header  http.Header
	value   any // the JSON of the answer
	raw     []byte
}

// reads reports whether the request changed nothing.
func (e *exchange) reads() bool { return strings.HasPrefix(e.request, http.MethodGet+" ") }

// tape has the exchanges of a call. Calls can be repeated on it, over and over, without an account.
type tape struct {
	exchanges []*exchange
	answer    map[string]any // of the tool
	lists     bool           // the tool lists records, and does not put an answer together from several
}

// recorder sends requests to an account and writes down what is said.
type recorder struct {
	account http.Handler

	mu   sync.Mutex
	seen []*exchange
}

// exchanges are what was recorded, in the same order each time.
func (c *recorder) exchanges() []*exchange {
	c.mu.Lock()
	defer c.mu.Unlock()
	times := map[string]int{}
	for _, e := range c.seen {
		times[e.request]++
		e.request = fmt.Sprintf("%s #%d", e.request, times[e.request])
	}
	return slices.SortedStableFunc(slices.Values(c.seen), func(a, b *exchange) int { return cmp.Compare(a.request, b.request) })
}

// RoundTrip implements [http.RoundTripper].
func (c *recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	inbound := r.Clone(r.Context())
	inbound.RequestURI = r.URL.RequestURI()
	if inbound.Body == nil {
		inbound.Body = http.NoBody
	}
	got := httptest.NewRecorder()
	c.account.ServeHTTP(got, inbound)
	e := &exchange{request: r.Method + " " + r.URL.RequestURI(), status: got.Code, header: got.Header(), raw: got.Body.Bytes()}
	decoder := json.NewDecoder(bytes.NewReader(e.raw))
	decoder.UseNumber()
	_ = decoder.Decode(&e.value) // an answer may be empty
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = append(c.seen, e)
	return respond(r, e.status, e.header, e.raw), nil
}

func respond(r *http.Request, status int, header http.Header, body []byte) *http.Response {
	return &http.Response{
		StatusCode: status, Header: header.Clone(), Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
		Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
}

// player answers requests from a tape, some of the answers changed. Reads that the tape
// does not have go to the account; the answer to other writes is 404.
type player struct {
	tape    *tape
	rest    *recorder
	changed map[*exchange][]byte

	mu    sync.Mutex
	times map[string]int
}

func newPlayer(tape *tape, account http.Handler) *player {
	return &player{tape: tape, rest: &recorder{account: account}, changed: map[*exchange][]byte{}, times: map[string]int{}}
}

// RoundTrip implements [http.RoundTripper].
func (p *player) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	request := r.Method + " " + r.URL.RequestURI()
	p.times[request]++
	for n := p.times[request]; n > 0; n-- {
		for _, e := range p.tape.exchanges {
			if e.request != fmt.Sprintf("%s #%d", request, n) {
				continue
			}
			if changed, isChanged := p.changed[e]; isChanged {
				return respond(r, e.status, e.header, changed), nil
			}
			return respond(r, e.status, e.header, e.raw), nil
		}
	}
	if r.Method == http.MethodGet {
		return p.rest.RoundTrip(r)
	}
	return respond(r, http.StatusNotFound, http.Header{"Content-Type": {"application/json"}}, []byte(`{"error":{"message":"Not Found","code":2100}}`)), nil
}

// callOver calls a tool whose requests go a way of their own, with a server and a
// client that know nothing of other calls.
func callOver(t testing.TB, way http.RoundTripper, made tool.Tool, arguments json.RawMessage) (text string, isError bool) {
	t.Helper()
	key, err := pdapi.ParseKey(sandbox.UserKey)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	pd, err := pdapi.New(pdapi.Config{Host: "http://127.0.0.1:1", Key: key, UserAgent: "test", Logger: log, Now: rig.Now, Transport: way})
	if err != nil {
		t.Fatal(err)
	}
	set := tool.Set{Name: "one", Tools: []tool.Tool{made}}
	c, err := client.NewInProcessClient(server.New(server.Options{Sets: []tool.Set{set}, EnableWrite: true, Client: pd, Version: "test", Logger: log, Now: rig.Now}).MCP())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var initialize mcp.InitializeRequest
	initialize.Params.ProtocolVersion = mcp.LATEST_LEGACY_PROTOCOL_VERSION
	if _, err := c.Initialize(t.Context(), initialize); err != nil {
		t.Fatal(err)
	}
	return (&rig.Rig{Client: c}).Call(t, made.Name(), arguments)
}

// recorded are a tool's example calls, one after another on one account.
type recorded struct {
	account   http.Handler
	arguments []json.RawMessage
	tapes     []*tape
}

// recordAll records all examples of a tool.
func recordAll(t testing.TB, made tool.Tool, examples []json.RawMessage) (all recorded) {
	t.Helper()
	r := rig.New(t)
	all.account = r.Account
	for _, example := range examples {
		filled, recorder := r.Fill(t, example), &recorder{account: r.Account}
		text, isError := callOver(t, recorder, made, filled)
		call := &tape{exchanges: recorder.exchanges(), lists: strings.HasPrefix(made.Name(), "list_") && made.Name() != "list_incident_options"}
		if err := json.Unmarshal([]byte(text), &call.answer); err != nil || isError {
			t.Fatalf("%s: %v: %s", example, err, text)
		}
		all.tapes, all.arguments = append(all.tapes, call), append(all.arguments, filled)
	}
	return all
}
