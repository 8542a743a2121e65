package pdapi

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

const (
	maxRetries = 4 // so five attempts
	minBackoff = 250 * time.Millisecond
	maxBackoff = 8 * time.Second
)

// newRetrier sets go-retryablehttp to this package's policy. Left alone it
// repeats POSTs after a 5xx or a reset (a second page at night), obeys a
// Retry-After of a day, ignores PagerDuty's ratelimit-reset, logs URLs, and
// drops the last answer.
func newRetrier(transport http.RoundTripper) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport: transport,
			// The API does not redirect; following would carry the key elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		RetryMax:     maxRetries,
		RetryWaitMin: minBackoff,
		RetryWaitMax: maxBackoff,
		CheckRetry:   checkRetry,
		Backoff:      backoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// course is what the attempts at one request have in common.
type course struct {
	once  bool        // it must not go out again after it may have been received
	maybe atomic.Bool // an attempt may have been carried out, though it failed
	// read, if given, reads the body of an answer that tells of success.
	read func(io.Reader) (any, error)
}

type courseKey struct{}

func withCourse(ctx context.Context, c *course) context.Context {
	return context.WithValue(ctx, courseKey{}, c)
}

func courseOf(ctx context.Context) *course {
	if c, ok := ctx.Value(courseKey{}).(*course); ok {
		return c
	}
	return &course{once: true}
}

// checkRetry decides whether a request goes out again. What may have been
// received is repeated only if repeating it is harmless. A 429 was not
// processed, so it is always safe; it is worth waiting for only if the wait
// ends before the call's deadline.
func checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, nil //nolint:nilerr // the attempt's own outcome tells more than ctx.Err()
	}
	once := courseOf(ctx).once
	if err != nil {
		var failed *attemptError
		sent := !errors.As(err, &failed) || failed.sent
		return (!once || !sent) && !hopeless(err), nil
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return waitFits(ctx, resp), nil
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return !once && waitFits(ctx, resp), nil
	}
	return false, nil
}

// hopeless reports failures that trying again soon does not mend.
func hopeless(err error) bool {
	var (
		dns       *net.DNSError
		cert      *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		over      *overBudget
	)
	return errors.As(err, &over) || errors.As(err, &cert) || errors.As(err, &authority) || errors.As(err, &hostname) ||
		errors.As(err, &dns) && dns.IsNotFound || errors.Is(err, errTooLarge)
}

func waitFits(ctx context.Context, resp *http.Response) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Now().Add(askedWait(resp.StatusCode, resp.Header)).Before(deadline)
}

// backoff waits as long as PagerDuty asks, else exponentially with jitter, so
// that several clients do not come back at the same moment.
func backoff(low, high time.Duration, attempt int, resp *http.Response) time.Duration {
	if resp != nil {
		if wait := askedWait(resp.StatusCode, resp.Header); wait > 0 {
			return wait
		}
	}
	if resp != nil && resp.StatusCode == http.StatusTooManyRequests {
		low *= 4 // limits are per minute: a 429 without headers is no blip
	}
	wait := min(low<<attempt, high)
	return wait/2 + rand.N(wait/2+1)
}

// askedWait is how long an answer asks to wait: ratelimit-reset, in seconds
// (https://developer.pagerduty.com/docs/rest-api-rate-limits), or Retry-After,
// in seconds or as a date, which PagerDuty does not document but proxies send.
func askedWait(status int, header http.Header) time.Duration {
	switch status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
	default:
		return 0
	}
	var wait time.Duration
	if status == http.StatusTooManyRequests {
		if s, err := strconv.ParseFloat(header.Get("ratelimit-reset"), 64); err == nil && s >= 0 {
			wait = seconds(s)
		}
	}
	if after := header.Get("Retry-After"); after != "" {
		if s, err := strconv.ParseFloat(after, 64); err == nil && s >= 0 {
			wait = max(wait, seconds(s))
		} else if at, err := http.ParseTime(after); err == nil {
			now := time.Now()
			if sent, err := http.ParseTime(header.Get("Date")); err == nil {
				now = sent // the server's clock, which wrote the date
			}
			wait = max(wait, at.Sub(now))
		}
	}
	return wait
}

// seconds converts without overflowing on absurd values.
func seconds(s float64) time.Duration {
	return time.Duration(min(s, 1e6) * float64(time.Second))
}

// attempter makes one attempt: under its own deadline, with the answer read to
// the end, so that a body that breaks off is a failed attempt like any other.
type attempter struct {
	next    http.RoundTripper
	timeout time.Duration
	log     *slog.Logger
	budget  *budget
}

// heldBody is an answer's body that has been read.
type heldBody struct {
	bytes.Reader
	data  []byte
	value any   // what the course's function read
	odd   error // why it could not
}

func (*heldBody) Close() error { return nil }

// attemptError is an attempt that brought no whole answer.
type attemptError struct {
	sent     bool // PagerDuty may have received the request
	timedOut bool // the attempt's own deadline passed
	err      error
}

func (e *attemptError) Error() string { return e.err.Error() }
func (e *attemptError) Unwrap() error { return e.err }

// record logs an attempt.
func (a *attempter) record(req *http.Request, start time.Time, outcome ...any) {
	if !a.log.Enabled(req.Context(), slog.LevelDebug) {
		return
	}
	attrs := append([]any{"method", req.Method, "path", loggable(req.URL.Path), "duration", time.Since(start)}, outcome...)
	a.log.DebugContext(req.Context(), "request to PagerDuty", attrs...)
}

// hold reads a body to its end, by read if the answer tells of success. Its error
// is one of the connection: what read makes of a whole body is in the result.
func hold(resp *http.Response, read func(io.Reader) (any, error)) (*heldBody, error) {
	defer func() { _ = resp.Body.Close() }()
	body := &watchedReader{Reader: io.LimitReader(resp.Body, maxAnswer+1)}
	held := &heldBody{}
	if read != nil && resp.StatusCode >= 200 && resp.StatusCode <= 299 {
		held.value, held.odd = read(body)
		_, _ = io.Copy(io.Discard, body) // so that the connection can be used again
	} else {
		held.data, _ = io.ReadAll(body)
		held.Reset(held.data)
	}
	switch {
	case body.err != nil:
		return held, body.err
	case body.size > maxAnswer:
		return held, errTooLarge
	}
	return held, nil
}

// watchedReader remembers how much was read, and how reading failed.
type watchedReader struct {
	io.Reader
	size int
	err  error
}

func (w *watchedReader) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	w.size += n
	if err != nil && !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		w.err = err
	}
	return n, err
}

var errTooLarge = fmt.Errorf("the answer is larger than %d MiB", maxAnswer>>20)

func (a *attempter) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := a.budget.await(req.Context()); err != nil {
		if req.Body != nil {
			_ = req.Body.Close() // as a RoundTripper must
		}
		return nil, &attemptError{err: err}
	}
	start := time.Now()
	ctx, cancel := context.WithTimeout(req.Context(), a.timeout)
	defer cancel()
	// Headers are noted as written before they are flushed, so a request that
	// was not noted was not received.
	var wrote atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	resp, err := a.next.RoundTrip(req.WithContext(ctx))
	if err == nil {
		resp.Body, err = hold(resp, courseOf(ctx).read)
	}
	if err != nil {
		if wrote.Load() {
			courseOf(ctx).maybe.Store(true)
		}
		timedOut := ctx.Err() != nil && req.Context().Err() == nil
		a.record(req, start, "sent", wrote.Load(), "timed_out", timedOut)
		return nil, &attemptError{sent: wrote.Load(), timedOut: timedOut, err: err}
	}
	if resp.StatusCode >= http.StatusInternalServerError || resp.StatusCode == http.StatusRequestTimeout {
		courseOf(ctx).maybe.Store(true)
	}
	a.budget.learn(resp.StatusCode, resp.Header)
	a.record(req, start, "status", resp.StatusCode, "request_id", resp.Header.Get("X-Request-Id"))
	return resp, nil
}
