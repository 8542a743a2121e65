package pdapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
)

// ErrNoDetails is wrapped by the error of a write that PagerDuty carried out
// without sending back what its API reference promises: the answer tells of
// success and is empty. The write took effect ([MaybeDone] is false).
var ErrNoDetails = errors.New("PagerDuty accepted it and sent no details")

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
	if err != nil {
		return err
	}
	// PagerDuty answers with JSON or with nothing. Anything else was written by
	// something in between, and says nothing about what PagerDuty did.
	if body := bytes.TrimSpace(got.data); len(body) > 0 && !json.Valid(body) {
		return notExpected(req, got, notA("an object", got.data))
	}
	return nil
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
		return nil, notExpected(req, got, notA("an object", got.data))
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

// empty is the failure of an answer that tells of success and has no body.
func empty(req request, got answer) error {
	if !req.reads {
		return unreadable(req, ErrNoDetails)
	}
	return unreadable(req, fmt.Errorf("the answer (HTTP %d) is empty", got.status))
}

// notExpected is the failure of an answer that is not the JSON it should be.
func notExpected(req request, got answer, err error) error {
	return unreadable(req, fmt.Errorf("the answer (HTTP %d, %s) is %w", got.status, contentType(got.header), err))
}

// unreadable is the failure of a call that PagerDuty answered with success, but
// not as it should.
func unreadable(req request, err error) error {
	sent, _ := req.path.url() // it was sent, so there is no error
	return &TransportError{Method: req.method, Path: sent, Reads: req.reads, MaybeSent: true, Answered: true, Err: err}
}

func contentType(header http.Header) string {
	if t := header.Get("Content-Type"); t != "" {
		return clip(t, 60)
	}
	return "no content type"
}
