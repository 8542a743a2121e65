package pdapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// What can be asked of an error with [errors.Is], by HTTP status unless said
// otherwise. Codes are no better: several of PagerDuty's carry several
// meanings (https://developer.pagerduty.com/docs/errors).
var (
	ErrUnauthorized = errors.New("PagerDuty refused the key")              // 401
	ErrPlan         = errors.New("the account's plan lacks this feature")  // 402
	ErrForbidden    = errors.New("the key may not do this")                // 403
	ErrNotFound     = errors.New("not found")                              // 404
	ErrRateLimited  = errors.New("rate limit reached")                     // 429
	ErrAccountKey   = errors.New("an account-level key names no user")     // 400 on /users/me
	ErrFromRequired = errors.New("the call must say which user acts")      // 400, code 2016 or 1008
	ErrKeyInUse     = errors.New("an open incident has this incident_key") // 400 on POST /incidents
	// ErrAlreadyResolved is code 1001 of PUT /incidents, which then changed nothing.
	ErrAlreadyResolved = errors.New("an incident is already resolved")
)

// Error is PagerDuty's answer to a call it did not carry out.
type Error struct {
	Status  int      // HTTP status
	Code    int      // PagerDuty's error code, 0 when there is none
	Message string   // in PagerDuty's words; never the key
	Details []string // what was wrong, field by field, when PagerDuty said so
	Method  string
	Path    string // without the query
	Reads   bool   // the call changes nothing, whatever its method
	// RequestID identifies the call to PagerDuty's support.
	RequestID string
	// Wait is how long PagerDuty asked to wait, 0 when it did not.
	Wait time.Duration
	// MaybeDone is set for a write that may have taken effect all the same:
	// PagerDuty or a proxy gave up on it (5xx, 408), at last or in an earlier
	// attempt after which no further one was allowed (429).
	MaybeDone bool
	// Repeated is set for a write of which an earlier attempt may have taken
	// effect, so that this answer may be to its result: not found, say, because
	// it is deleted already.
	Repeated bool
}

func (e *Error) Error() string {
	s := fmt.Sprintf("%s %s: PagerDuty answered %d %s", e.Method, e.Path, e.Status, http.StatusText(e.Status))
	if words := e.Words(); words != "" {
		s += ": " + words
	}
	return s
}

// Words is what PagerDuty said: its message and details, without repeats.
func (e *Error) Words() string {
	words := e.Message
	for _, d := range e.Details {
		if d != "" && !strings.Contains(words, d) {
			words += "; " + d
		}
	}
	return strings.TrimPrefix(words, "; ")
}

// Is tells which of the package's sentinel errors e is.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrUnauthorized:
		return e.Status == http.StatusUnauthorized
	case ErrPlan:
		return e.Status == http.StatusPaymentRequired
	case ErrForbidden:
		return e.Status == http.StatusForbidden
	case ErrNotFound:
		return e.Status == http.StatusNotFound
	case ErrRateLimited:
		return e.Status == http.StatusTooManyRequests
	case ErrAccountKey:
		return e.Status == http.StatusBadRequest && strings.Contains(e.Words(), "account-level")
	case ErrFromRequired:
		return e.Status == http.StatusBadRequest && (e.Code == 1008 ||
			e.Code == 2016 && strings.Contains(e.Words(), "From"))
	case ErrConflict:
		return e.Status == http.StatusConflict
	case ErrShiftBased:
		return e.Status == http.StatusBadRequest && strings.Contains(strings.ToLower(e.Words()), "v3") && strings.Contains(e.Path, "/schedules/")
	case ErrAlreadyResolved:
		return e.Status == http.StatusBadRequest && e.Code == 1001
	case ErrKeyInUse:
		return e.Status == http.StatusBadRequest && strings.Contains(e.Words(), "matching dedup key")
	}
	return false
}

// TransportError is a call that brought no usable answer.
type TransportError struct {
	Method string
	Path   string // without the query
	Reads  bool   // the call changes nothing, whatever its method
	// MaybeSent is false when PagerDuty can't have received the request.
	MaybeSent bool
	// Answered is set when PagerDuty reported success in an answer that could
	// not be read: a write took effect.
	Answered bool
	// TimedOut is set when the time for the call ran out.
	TimedOut bool
	Err      error
}

func (e *TransportError) Error() string {
	return fmt.Sprintf("%s %s: %v", e.Method, e.Path, e.Err)
}

func (e *TransportError) Unwrap() error { return e.Err }

// MaybeDone reports whether a write that failed with err may have taken effect.
func MaybeDone(err error) bool {
	var transport *TransportError
	if errors.As(err, &transport) {
		return transport.MaybeSent && !transport.Reads && !errors.Is(err, ErrNoDetails)
	}
	var answer *Error
	return errors.As(err, &answer) && answer.MaybeDone
}

// transportError strips what Go's client puts around a failure: the URL with
// its query, which may hold what a person searched for. Maybe is set when an
// attempt may have been received: what counts is not the last attempt but any.
func (c *conn) transportError(ctx context.Context, r request, path string, maybe bool, err error) error {
	var over *overBudget
	if errors.As(err, &over) {
		return &Error{
			Status: http.StatusTooManyRequests, Message: "not sent: PagerDuty allows no more requests for now", Method: r.method, Path: path, Reads: r.reads,
			Wait: over.wait, MaybeDone: !r.reads && maybe,
		}
	}
	te := &TransportError{Method: r.method, Path: path, Reads: r.reads, MaybeSent: maybe, Err: err}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		te.Err = wrapped.Err
	}
	var failed *attemptError
	if errors.As(err, &failed) {
		te.TimedOut, te.Err = failed.timedOut, failed.err
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		te.TimedOut = true
	}
	if clean := c.key.redact(te.Err.Error()); clean != te.Err.Error() {
		te.Err = errors.New(clean)
	}
	return te
}

// Bounds on the words of an error, which a proxy or an attacker may have
// written: enough to act on, too little to flood a model's context.
const (
	maxMessage = 500 // bytes
	maxDetails = 10
)

// newError reads the answer to a call that failed. PagerDuty documents
// {"error":{"message","code","errors"}}, and sends other shapes too: error as a
// string or a list, errors as a string, and HTML from the proxies in front.
func newError(r request, path string, got answer, key Key) *Error {
	e := &Error{
		Status:    got.status,
		Method:    r.method,
		Path:      path,
		Reads:     r.reads,
		RequestID: clip(got.header.Get("X-Request-Id"), 64),
		Wait:      askedWait(got.status, got.header),
	}
	if !r.reads {
		e.Repeated = got.repeated
		e.MaybeDone = e.Status >= 500 || e.Status == http.StatusRequestTimeout || e.Repeated && e.Status == http.StatusTooManyRequests
	}
	var envelope struct {
		Error   json.RawMessage `json:"error"`
		Errors  json.RawMessage `json:"errors"`
		Message string          `json:"message"`
	}
	if json.Unmarshal(got.data, &envelope) != nil {
		e.Message = htmlText(string(got.data))
	} else {
		e.Message = envelope.Message
		var object struct {
			Message string          `json:"message"`
			Code    any             `json:"code"` // a number, unless someone else answers
			Errors  json.RawMessage `json:"errors"`
		}
		switch {
		case json.Unmarshal(envelope.Error, &object) == nil:
			e.Details = words(object.Errors)
			if n, ok := object.Code.(float64); ok {
				e.Code = int(n)
			}
			if object.Message != "" {
				e.Message = object.Message
			}
		default:
			e.Details = words(envelope.Error)
		}
		e.Details = append(e.Details, words(envelope.Errors)...)
	}
	e.Message = key.redact(clip(e.Message, maxMessage))
	if more := len(e.Details) - maxDetails; more > 0 {
		e.Details = append(e.Details[:maxDetails], fmt.Sprintf("and %d more", more))
	}
	for i, d := range e.Details {
		e.Details[i] = key.redact(clip(d, maxMessage))
	}
	return e
}

// words reads a string, or the strings in a list or in an object's values.
func words(raw json.RawMessage) []string {
	var value any
	if len(raw) == 0 || json.Unmarshal(raw, &value) != nil {
		return nil
	}
	var out []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				walk(v[name])
			}
		}
	}
	walk(value)
	return out
}

var (
	htmlTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	htmlTag   = regexp.MustCompile(`(?s)<[^>]*>`)
)

// htmlText is what a page from a proxy says: its title, or its text.
func htmlText(s string) string {
	s = clip(s, 8192)
	if m := htmlTitle.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	return clip(strings.Join(strings.Fields(htmlTag.ReplaceAllString(s, " ")), " "), 200)
}
