package pdapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/hashicorp/go-retryablehttp"
)

// answer is an answer of PagerDuty, read to its end. Callers of identical reads
// share it, so nobody may change it.
type answer struct {
	status int
	header http.Header
	data   []byte
	// repeated is set when an earlier attempt may have been carried out.
	repeated bool
	attempts int // how often the request went out
}

// ok reports whether the answer tells of success.
func (a answer) ok() bool { return a.status >= 200 && a.status <= 299 }

// do sends a request, again if need be, and returns the answer if it tells of
// success. Identical reads in flight at the same moment are sent once.
func (c *conn) do(ctx context.Context, out outgoing) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.callTimeout)
	defer cancel()
	got, err := c.share(ctx, out)
	if err != nil {
		return answer{}, err
	}
	if !got.ok() {
		return answer{}, newError(out.request, out.sent, got, c.key)
	}
	return got, nil
}

// share sends a request, or joins an identical read that is in flight.
func (c *conn) share(ctx context.Context, out outgoing) (answer, error) {
	exchange := func(ctx context.Context) (answer, error) { return c.exchange(ctx, out) }
	switch {
	case !out.reads:
		// Whatever becomes of the write, reads that begin after it must not be
		// answered by what was read before.
		defer c.epoch.Add(1)
		return exchange(ctx)
	case out.alone:
		return exchange(ctx)
	}
	key := fmt.Sprintf("%d %s %s %s", c.epoch.Load(), out.method, out.url, out.body)
	got, err := c.flights.join(ctx, key, exchange)
	if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = c.transportError(ctx, out.request, out.sent, false, err)
	}
	return got, err
}

// exchange sends a request and, where that is safe, sends it again when it fails.
func (c *conn) exchange(ctx context.Context, out outgoing) (answer, error) {
	var body any // nil, not a nil []byte: retryablehttp tells them apart
	if out.body != nil {
		body = out.body
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, out.method, out.url, body)
	if err != nil {
		return answer{}, fmt.Errorf("%s %s: %w", out.method, out.sent, err)
	}
	req.Header.Set("Accept", "application/vnd.pagerduty+json;version=2")
	req.Header.Set("Authorization", c.key.header())
	if c.agent != "" {
		req.Header.Set("User-Agent", c.agent)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.from != "" && !out.reads {
		req.Header.Set("From", c.from)
	}
	a := &attempts{conn: c, request: out.request}
	resp, err := a.client().Do(req)
	if err != nil {
		return answer{}, c.transportError(ctx, out.request, out.sent, a.maybe, err)
	}
	_ = resp.Body.Close() // RoundTrip has read it
	return answer{status: resp.StatusCode, header: resp.Header, data: a.data, repeated: a.maybe, attempts: a.made}, nil
}
