package pdapi

import (
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

	maxAnswer = 32 << 20 // bytes of one answer's body, as it is unpacked
)

// attempts are the attempts at one request. They are made one after another.
type attempts struct {
	*conn
	request request
	made    int    // how many
	maybe   bool   // an attempt may have been carried out, though it failed
	data    []byte // the body of the last attempt's answer
}

// client sets go-retryablehttp to this package's policy. Left alone it repeats
// POSTs after a 5xx or a reset (a second page at night), obeys a Retry-After of
// a day, ignores PagerDuty's ratelimit-reset, logs URLs, and drops the last
// answer.
func (a *attempts) client() *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport: a,
			// The API does not redirect; following would carry the key elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		RetryMax:     maxRetries,
		RetryWaitMin: minBackoff,
		RetryWaitMax: maxBackoff,
		CheckRetry:   a.again,
		Backoff:      a.pause,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// again decides whether a request goes out again. What may have been received is
// repeated only if repeating it is harmless. A 429 was not processed, nor was what
// met a lock, so these are always safe; a wait is worth it only if it ends before
// the call's deadline.
func (a *attempts) again(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, nil //nolint:nilerr // the attempt's own outcome tells more than ctx.Err()
	}
	if err != nil {
		var failed *attemptError
		sent := !errors.As(err, &failed) || failed.sent
		return (!a.request.once || !sent) && !hopeless(err), nil
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return waitFits(ctx, resp), nil
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return !a.request.once && waitFits(ctx, resp), nil
	case http.StatusBadRequest:
		return transient(resp.StatusCode, a.data), nil
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
		errors.As(err, &dns) && dns.IsNotFound || errors.Is(err, errTooLarge) || refused(err)
}

func waitFits(ctx context.Context, resp *http.Response) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Now().Add(askedWait(resp.StatusCode, resp.Header)).Before(deadline)
}

const (
	rateLimit = "PagerDuty's rate limit" // why a request waits
	leastTold = time.Second              // shorter waits are not worth telling
)

// tellWait tells of a wait that somebody would notice.
func tellWait(tell func(why string, wait time.Duration), why string, wait time.Duration) {
	if wait >= leastTold {
		tell(why, wait)
	}
}

// pause is [backoff], told to whoever waits.
func (a *attempts) pause(low, high time.Duration, attempt int, resp *http.Response) time.Duration {
	wait := backoff(low, high, attempt, resp)
	why := "no answer came"
	if resp != nil {
		why = fmt.Sprintf("PagerDuty answered %d", resp.StatusCode)
		if resp.StatusCode == http.StatusTooManyRequests {
			why = rateLimit
		}
	}
	tellWait(a.waiting, why, wait)
	return wait
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

// attemptError is an attempt that brought no whole answer.
type attemptError struct {
	sent     bool // PagerDuty may have received the request
	timedOut bool // the attempt's own deadline passed
	err      error
}

func (e *attemptError) Error() string { return e.err.Error() }
func (e *attemptError) Unwrap() error { return e.err }

// RoundTrip makes one attempt: under its own deadline, with the answer read to
// the end, so that a body that breaks off is a failed attempt like any other. The
// body is left in a.data.
func (a *attempts) RoundTrip(req *http.Request) (*http.Response, error) {
	a.data = nil
	done, err := a.budget.await(req.Context())
	if err != nil {
		if req.Body != nil {
			_ = req.Body.Close() // as a RoundTripper must
		}
		return nil, &attemptError{err: err}
	}
	defer done()
	a.made++
	start := time.Now()
	ctx, cancel := context.WithTimeout(req.Context(), a.attemptTimeout)
	defer cancel()
	// Headers are noted as written before they are flushed, so a request that
	// was not noted was not received.
	var wrote atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	ctx, ended := a.observe(ctx, req.Header)
	resp, err := a.transport.RoundTrip(req.WithContext(ctx))
	if err == nil {
		a.data, err = readAll(resp.Body)
		resp.Body = http.NoBody
	}
	if err != nil {
		ended(0, err)
		a.maybe = a.maybe || wrote.Load()
		timedOut := ctx.Err() != nil && req.Context().Err() == nil
		a.record(ctx, start, "sent", wrote.Load(), "timed_out", timedOut)
		return nil, &attemptError{sent: wrote.Load(), timedOut: timedOut, err: err}
	}
	if resp.StatusCode >= http.StatusInternalServerError || resp.StatusCode == http.StatusRequestTimeout {
		a.maybe = true
	}
	a.budget.learn(resp.StatusCode, resp.Header)
	ended(resp.StatusCode, nil)
	a.record(ctx, start, "status", resp.StatusCode, "request_id", requestID{a.key, resp.Header})
	return resp, nil
}

var errTooLarge = fmt.Errorf("the answer is larger than %d MiB", maxAnswer>>20)

// readAll reads a body to its end. It stops as soon as the body is too large,
// which a small compressed one can become while it is unpacked.
func readAll(body io.ReadCloser) ([]byte, error) {
	defer func() { _ = body.Close() }()
	data, err := io.ReadAll(io.LimitReader(body, maxAnswer+1))
	if err == nil && len(data) > maxAnswer {
		return nil, errTooLarge
	}
	return data, err
}

// requestID is the id of a request as the log has it. Whoever answers could put
// the key there.
type requestID struct {
	key    Key
	header http.Header
}

// LogValue implements [slog.LogValuer].
func (id requestID) LogValue() slog.Value {
	return slog.StringValue(id.key.redactor().foreign(id.header.Get("X-Request-Id"), 64))
}

// record logs an attempt.
func (a *attempts) record(ctx context.Context, start time.Time, outcome ...any) {
	if !a.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := append([]any{"method", a.request.method, "path", a.request.path.template, "duration", time.Since(start)}, outcome...)
	a.log.DebugContext(ctx, "request to PagerDuty", attrs...)
}
