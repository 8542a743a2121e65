package pdapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
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
	// ErrAlreadyMerged is code 1019 of a merge, which then changed nothing.
	ErrAlreadyMerged = errors.New("an incident is already merged")
)

// Error is PagerDuty's answer to a call it did not carry out.
type Error struct {
	Status  int      // HTTP status
	Code    int      // PagerDuty's error code, 0 when there is none
	Message string   // in PagerDuty's words; never the key
	Details []string // what was wrong, field by field, when PagerDuty said so
	Scopes  []string // the OAuth scopes that the token lacks, when PagerDuty said so
	// Foreign is set when the answer was no JSON, as PagerDuty's API sends it: a
	// proxy or firewall may have sent it.
	Foreign bool
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
	// Attempts is how often the request went out.
	Attempts int
}

func (e *Error) Error() string {
	s := fmt.Sprintf("%s %s: PagerDuty answered %d %s", e.Method, e.Path, e.Status, http.StatusText(e.Status))
	if words := e.Words(); words != "" {
		s += ": " + strconv.Quote(words)
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
	case ErrAlreadyMerged:
		return e.Status == http.StatusBadRequest && e.Code == 1019
	case ErrKeyInUse:
		return e.Status == http.StatusBadRequest && strings.Contains(e.Words(), "matching dedup key")
	}
	return false
}

// Transient reports whether the same call may succeed a little later, though
// nothing about it is changed: PagerDuty was too busy (429, 408), failed (5xx),
// or had another change to the account in its way (400, "could not be locked").
func (e *Error) Transient() bool {
	switch e.Status {
	case http.StatusTooManyRequests, http.StatusRequestTimeout:
		return true
	case http.StatusBadRequest:
		return metLock(e.Words())
	}
	return e.Status >= 500
}

// Repeated reports whether a write that failed with err was sent more than once, and
// may have taken effect before: then what it was refused for may be its own result.
func Repeated(err error) bool {
	var answer *Error
	return errors.As(err, &answer) && answer.Repeated
}

// GoneByRepeat reports whether a deletion failed only because an attempt at it,
// whose answer was lost, had succeeded.
func GoneByRepeat(err error) bool {
	return errors.Is(err, ErrNotFound) && Repeated(err)
}

// TransportError is a call that brought no usable answer. Err may be, or wrap, a
// [ProxyError] or [ErrNoDetails].
type TransportError struct {
	Method string
	Path   string // without the query
	Reads  bool   // the call changes nothing, whatever its method
	// MaybeSent is false when PagerDuty can't have received the request.
	MaybeSent bool
	// Answered is set when PagerDuty reported success in an answer that was empty
	// or could not be read: a write took effect. See [Accepted].
	Answered bool
	// Foreign is set when an answer came that told of success, but was no JSON, as
	// PagerDuty's API sends it: the login page of a proxy, say. It is no proof that
	// PagerDuty received the request.
	Foreign bool
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
	te.Err = withoutKey(te.Err, c.key)
	return te
}

// withoutKey is err, or an error with its text if that had the key in it: what
// Go says of a malformed answer quotes it.
func withoutKey(err error, key Key) error {
	if clean := key.Redact(err.Error()); clean != err.Error() {
		return errors.New(clean)
	}
	return err
}
