// Package pdapi is a client for PagerDuty's REST API v2, written by hand for
// the calls this project makes. It knows nothing of tools or of MCP.
//
// A [Reader] can only read; a [Client] is a Reader that can also write. Every
// call takes a context, is retried where repeating it is safe, and fails with
// an [*Error] (PagerDuty answered) or a [*TransportError] (it did not).
package pdapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// The limits a client works under unless its Config says otherwise.
const (
	DefaultHost           = "https://api.pagerduty.com"
	DefaultAttemptTimeout = 20 * time.Second
	DefaultCallTimeout    = 45 * time.Second

	maxAnswer = 32 << 20 // bytes of one answer's body, after decompression
)

// Config says which account to talk to, as whom, and how patiently.
type Config struct {
	// Host is the base URL of the API, [DefaultHost] when empty. EU accounts
	// use https://api.eu.pagerduty.com. See [CheckHost] for what is allowed.
	Host string
	// Key authenticates every request.
	Key Key
	// From is the login e-mail of the user who acts. PagerDuty wants it with
	// account-level keys, which name no user; see [Reader.Me].
	From string
	// UserAgent names this program and its version to PagerDuty.
	UserAgent string
	// AttemptTimeout bounds one HTTP exchange, answer read included;
	// CallTimeout one call with all its retries and waits.
	AttemptTimeout, CallTimeout time.Duration
	// Logger gets a debug line for each request: method, path without query,
	// status, duration. Nil logs nothing.
	Logger *slog.Logger
	// Transport replaces the connection pool, for tests.
	Transport http.RoundTripper
}

// A Reader makes the calls that change nothing.
type Reader struct{ *conn }

// A Client makes every call.
type Client struct{ Reader }

// conn is what Reader and Client share: the one place that sends.
type conn struct {
	base    string
	key     Key
	from    string
	agent   string
	timeout time.Duration
	log     *slog.Logger
	http    *retryablehttp.Client
	budget  *budget
	flights flights
	scratch scratch
	me      identity
}

// New returns a client, or an error that says what is wrong with cfg. It opens
// no connection: the first call does.
func New(cfg Config) (Client, error) {
	if cfg.Host == "" {
		cfg.Host = DefaultHost
	}
	base, err := CheckHost(cfg.Host)
	if err != nil {
		return Client{}, err
	}
	if cfg.Key.IsZero() {
		return Client{}, errors.New("no PagerDuty API key")
	}
	if cfg.AttemptTimeout == 0 {
		cfg.AttemptTimeout = DefaultAttemptTimeout
	}
	if cfg.CallTimeout == 0 {
		cfg.CallTimeout = DefaultCallTimeout
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Transport == nil {
		cfg.Transport = newPool()
	}
	shared := &budget{}
	return Client{Reader{&conn{
		budget:  shared,
		base:    base,
		key:     cfg.Key,
		from:    cfg.From,
		agent:   cfg.UserAgent,
		timeout: cfg.CallTimeout,
		log:     cfg.Logger,
		http:    newRetrier(&attempter{next: cfg.Transport, timeout: cfg.AttemptTimeout, log: cfg.Logger, budget: shared}),
	}}}, nil
}

// newPool keeps connections open between calls. Reads go out a few at a time,
// so the idle limit per host is raised from Go's 2.
func newPool() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 16
	return t
}

// request is one call as the resource files describe it.
type request struct {
	method string
	path   []string // elements, checked before anything is sent
	query  url.Values
	body   any // sent as JSON when not nil
	// once marks a request that must not go out again after PagerDuty may have
	// received it: every POST, and the PUTs that notify people.
	once bool
}

// do sends r and decodes the answer into out, unless out is nil.
func (c *conn) do(ctx context.Context, r request, out any) error {
	got, path, err := c.ask(ctx, r, "", nil)
	if err != nil {
		return err
	}
	return c.decode(r, path, got, out)
}

// ask sends r and returns the answer. With read, the body of an answer that
// tells of success is read by that, as it comes in. Identical reads in flight
// share one answer, which nobody may change; kind tells apart what read makes.
func (c *conn) ask(ctx context.Context, r request, kind string, read func(io.Reader) (any, error)) (got answer, path string, err error) {
	if path, err = joinPath(r.path); err != nil {
		return answer{}, "", err
	}
	var body any // nil, not a nil []byte: retryablehttp tells them apart
	if r.body != nil {
		encoded, err := json.Marshal(r.body)
		if err != nil {
			return answer{}, path, fmt.Errorf("encoding the body of %s %s: %w", r.method, path, err)
		}
		body = encoded
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	target := c.base + path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	send := func(ctx context.Context) (answer, error) { return c.exchange(ctx, r, path, target, body, read) }
	if r.method != http.MethodGet {
		got, err = send(ctx)
		return got, path, err
	}
	got, err = c.flights.join(ctx, kind+" "+target, send)
	if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = c.transportError(ctx, r, path, err)
	}
	return got, path, err
}

// answer is an answer of PagerDuty, read to the end: as it is, or by a function
// that was given for it.
type answer struct {
	status int
	header http.Header
	data   []byte
	value  any   // what the function made of it
	odd    error // why it could not
	// repeated is set when an earlier attempt may have been carried out.
	repeated bool
}

// exchange sends a request, again if need be, and reads the answer.
func (c *conn) exchange(ctx context.Context, r request, path, target string, body any, read func(io.Reader) (any, error)) (answer, error) {
	course := &course{once: r.once, read: read}
	ctx = withCourse(ctx, course)
	req, err := retryablehttp.NewRequestWithContext(ctx, r.method, target, body)
	if err != nil {
		return answer{}, fmt.Errorf("%s %s: %w", r.method, path, err)
	}
	req.Header.Set("Accept", "application/vnd.pagerduty+json;version=2")
	req.Header.Set("Authorization", c.key.header())
	if c.agent != "" {
		req.Header.Set("User-Agent", c.agent)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.from != "" && r.method != http.MethodGet {
		req.Header.Set("From", c.from)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, c.transportError(ctx, r, path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	held, ok := resp.Body.(*heldBody) // of attempter: whole, and in memory
	if !ok {
		return answer{}, fmt.Errorf("%s %s: the answer's body is a %T", r.method, path, resp.Body)
	}
	return answer{
		status: resp.StatusCode, header: resp.Header, data: held.data, value: held.value, odd: held.odd, repeated: course.maybe.Load(),
	}, nil
}

// decode turns an answer into out or into an error.
func (c *conn) decode(r request, path string, got answer, out any) error {
	if got.status < 200 || got.status > 299 {
		return newError(r, path, got, c.key)
	}
	if out == nil || got.status == http.StatusNoContent {
		return nil
	}
	if len(bytes.TrimSpace(got.data)) == 0 {
		return empty(r, path, got)
	}
	if err := json.Unmarshal(got.data, out); err != nil {
		return notExpected(r, path, got, err)
	}
	return nil
}

// empty is the failure of an answer without a body.
func empty(r request, path string, got answer) error {
	return &TransportError{Method: r.method, Path: path, MaybeSent: true, Answered: true, Err: fmt.Errorf("the answer (HTTP %d) is empty", got.status)}
}

// notExpected is the failure of an answer that can't be read.
func notExpected(r request, path string, got answer, err error) error {
	return &TransportError{Method: r.method, Path: path, MaybeSent: true, Answered: true,
		Err: fmt.Errorf("the answer (HTTP %d, %s) is not the JSON that was expected: %w", got.status, contentType(got.header), err)}
}

// get reads one object that PagerDuty wraps in an envelope with a single key.
func get[T any](ctx context.Context, c *conn, key string, query url.Values, path ...string) (T, error) {
	return send[T](ctx, c, request{method: http.MethodGet, path: path, query: query}, key)
}

// send makes a request whose answer is an envelope and returns what is in it
// under key.
func send[T any](ctx context.Context, c *conn, r request, key string) (T, error) {
	e, err := unwrap[T](ctx, c, r, key)
	if err != nil {
		var zero T
		return zero, err
	}
	return *e.value, nil
}

// open decodes the member key of an answer's envelope.
func open[T any](r request, key string, envelope map[string]json.RawMessage) (T, error) {
	var value T
	raw, ok := envelope[key]
	if !ok {
		return value, missing(r, key)
	}
	if err := json.Unmarshal(raw, &value); err != nil {
		path, _ := joinPath(r.path)
		return value, &TransportError{Method: r.method, Path: path, MaybeSent: true, Answered: true, Err: err}
	}
	return value, nil
}
