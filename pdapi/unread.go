package pdapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"strconv"
)

// This file is about answers that tell of success, but are not what they should
// be: empty, not JSON, or JSON of another form.

// ErrNoDetails is wrapped by the error of a write that PagerDuty carried out
// without sending back what its API reference promises: the answer tells of
// success and is empty. The write took effect ([MaybeDone] is false).
var ErrNoDetails = errors.New("PagerDuty accepted it and sent no details")

// Accepted reports whether err is that of a write that PagerDuty carried out: it
// said so, but its answer was empty or could not be read.
func Accepted(err error) bool {
	var transport *TransportError
	return errors.As(err, &transport) && transport.Answered && !transport.Reads
}

// empty is the failure of an answer that tells of success and has no body.
func empty(req request, got answer) error {
	if !req.reads {
		return unreadable(req, ErrNoDetails)
	}
	return unreadable(req, fmt.Errorf("the answer (HTTP %d) is empty", got.status))
}

// notExpected is the failure of an answer that can't be read; err says what it is
// instead. If the answer is not even JSON, it is not PagerDuty's.
func (c *conn) notExpected(req request, got answer, err error) error {
	secret := c.key.redactor()
	kind := "no content type"
	if t := got.header.Get("Content-Type"); t != "" {
		kind = strconv.Quote(secret.foreign(t, 60))
		if media, _, err := mime.ParseMediaType(t); err == nil { // it is one word
			kind = secret.foreign(media, 60)
		}
	}
	if !isForeign(got) {
		return unreadable(req, fmt.Errorf("the answer (HTTP %d, %s) is %s", got.status, kind, secret.foreign(err.Error(), 200)))
	}
	sent, _ := req.path.url() // it was sent, so there is no error
	said := ""
	if text := secret.page(got.data, 200); text != "" {
		said = fmt.Sprintf(", %q", text)
	}
	return &TransportError{Method: req.method, Path: sent, Reads: req.reads, MaybeSent: true, Foreign: true,
		Err: fmt.Errorf("HTTP %d, %s%s", got.status, kind, said)}
}

// checkForeign returns an error if an answer whose content nobody needs is not
// PagerDuty's.
func (c *conn) checkForeign(req request, got answer) error {
	if isForeign(got) {
		return c.notExpected(req, got, nil)
	}
	return nil
}

// unreadable is the failure of a call that PagerDuty answered with success, but
// not as it should.
func unreadable(req request, err error) error {
	sent, _ := req.path.url() // it was sent, so there is no error
	return &TransportError{Method: req.method, Path: sent, Reads: req.reads, MaybeSent: true, Answered: true, Err: err}
}

// isForeign reports whether the content of an answer is neither JSON nor nothing,
// which is all that PagerDuty's API sends: something in between answered, with the
// login page of a network, say, and its word for success says nothing about what
// PagerDuty did.
func isForeign(got answer) bool {
	data := bytes.TrimSpace(got.data)
	return len(data) > 0 && data[0] != '{' && data[0] != '[' && !json.Valid(data)
}
