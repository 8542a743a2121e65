package pdapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
)

// envelope is the JSON object that PagerDuty puts around what it answers: an
// object or a list under a key that differs from call to call, and beside a list
// the fields that say how it goes on.
type envelope map[string]json.RawMessage

// fetch sends a request that reads, and returns what its answer has under key.
func fetch[T any](ctx context.Context, r Reader, req request, key string) (T, error) {
	req.reads = true
	return ask[T](ctx, r, req, key)
}

// send sends a request that writes, and returns what its answer has under key.
func send[T any](ctx context.Context, c Client, req request, key string) (T, error) {
	req.reads = false
	return ask[T](ctx, c.Reader, req, key)
}

func ask[T any](ctx context.Context, r Reader, req request, key string) (T, error) {
	var value T
	e, err := r.open(ctx, req)
	if err != nil {
		return value, err
	}
	value, odd, err := member[T](req, e, key)
	r.reportOdd(odd)
	r.seal(&value)
	return value, err
}

// run sends a request that writes and whose answer holds nothing of interest.
func (c Client) run(ctx context.Context, req request) error {
	req.reads = false
	out, err := c.prepare(req)
	if err != nil {
		return err
	}
	got, err := c.do(ctx, out)
	if isRehearsed(err) {
		return nil // nobody waits for the answer, so that a rehearsal goes on
	}
	if err != nil {
		return err
	}
	return c.checkForeign(req, got)
}

// open sends a request and returns the envelope that it is answered with.
func (r Reader) open(ctx context.Context, req request) (envelope, error) {
	out, err := r.prepare(req)
	if err != nil {
		return nil, err
	}
	mayRecall := req.reads && !req.alone && req.body == nil
	epoch := r.Epoch()
	if e, ok := r.recall.get(out.url, epoch); ok && mayRecall {
		return e, nil
	}
	got, err := r.do(ctx, out)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(got.data)) == 0 {
		return nil, empty(req, got)
	}
	var e envelope
	if err := json.Unmarshal(got.data, &e); err != nil {
		return nil, r.notExpected(req, got, notA("an object", got.data))
	}
	if mayRecall {
		r.remember.put(out.url, epoch, e)
	}
	return e, nil
}

// member decodes what an envelope has under key. Fields that can't be read are
// left out of it and named.
func member[T any](req request, e envelope, key string) (T, []Odd, error) {
	var value T
	raw, ok := e[key]
	isNull := string(raw) == "null"
	if isNull && reflect.TypeFor[T]().Kind() == reflect.Slice {
		return value, []Odd{{Field: key}}, nil
	}
	if !ok || isNull {
		return value, nil, unreadable(req, fmt.Errorf("the answer has no %q", key))
	}
	odd, err := decode(raw, &value)
	if err != nil {
		return value, nil, unreadable(req, fmt.Errorf("%q in the answer is %w", key, err))
	}
	return value, odd, nil
}
