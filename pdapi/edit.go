package pdapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

// Change is what became of a change to an object.
type Change[T any] struct {
	// Before is the object as it was right before it was written, After as
	// PagerDuty shows it now.
	Before, After T
	// NotAsSent are the fields that PagerDuty shows otherwise than they were
	// sent: it corrected them, or somebody else changed them right afterwards.
	NotAsSent []string
	// Others are the settings that somebody else changed between the reading and
	// the writing. Those changes stay, since these fields were not sent.
	Others []string
	// Resent are the fields that nobody asked to change and that PagerDuty
	// requires all the same. They were sent as they were read a moment before, so
	// that somebody else's change of them within that moment is undone; PagerDuty
	// gives no way to see that.
	Resent []string
	// Reread is set when After was read anew, because PagerDuty's answer to the
	// change was lost, was empty, or could not be read.
	Reread bool
}

// editable describes objects of which a PUT changes the fields that are sent.
type editable struct {
	key string // in envelopes
	// required are the fields that PagerDuty's API reference requires in a PUT,
	// whether they are to change or not.
	required []string
	// settings are the fields that people set, in groups: a change of one field
	// may change the others of its group. All other fields follow from these, or
	// change by themselves.
	settings [][]string
}

// object is an object as a Go value, and with all of its fields.
type object[T any] struct {
	value  T
	fields map[string]any
}

// edit changes an object with a PUT of the fields that change returns for the
// object as it is: it reads the object, adds the required fields that are lacking,
// writes, and compares what came of it. Changes of the same object wait for each
// other, whichever client of a [Pool] makes them.
func edit[T any](ctx context.Context, c Client, of editable, p path, change func(before T) (fields map[string]any, err error)) (result Change[T], err error) {
	release, err := c.lock(ctx, p)
	if err != nil {
		return result, err
	}
	defer release()
	before, err := readNow[T](ctx, c, of.key, p)
	if err != nil {
		return result, err
	}
	result.Before = before.value
	body, err := change(before.value)
	if err != nil {
		return result, err
	}
	for _, name := range of.required {
		if _, given := body[name]; !given && before.fields[name] != nil {
			body[name] = withoutDetails(before.fields[name])
			result.Resent = append(result.Resent, name)
		}
	}
	sent, err := asJSON(body)
	if err != nil {
		return result, err
	}
	put := request{method: http.MethodPut, path: p, body: map[string]any{of.key: body}}
	after, err := readObject[T](ctx, c.Reader, put, of.key)
	if c.writes.rehearses() {
		after, err = rehearsed(err, before, sent)
	}
	if needsLook(err) {
		there, lookup := readNow[T](ctx, c, of.key, p)
		if lookup == nil && (errors.Is(err, ErrNoDetails) || len(notAsSent(sent, there.fields)) == 0) {
			after, err, result.Reread = there, nil, true
		}
	}
	if err != nil {
		return result, err
	}
	result.After = after.value
	result.NotAsSent = notAsSent(sent, after.fields)
	result.Others = changedByOthers(of.settings, before.fields, after.fields, sent)
	return result, nil
}

// needsLook reports whether a write that failed may have taken effect, so that a
// look at the object tells more than the error.
func needsLook(err error) bool {
	return err != nil && (MaybeDone(err) || errors.Is(err, ErrNoDetails))
}

// readNow reads an object. Other than [fetch] it never shares the answer to a
// read that began before it was called.
func readNow[T any](ctx context.Context, c Client, key string, p path) (object[T], error) {
	req := get(p, nil)
	req.reads, req.alone = true, true
	return readObject[T](ctx, c.Reader, req, key)
}

// readObject sends a request, and reads the object under key in the answer.
func readObject[T any](ctx context.Context, r Reader, req request, key string) (object[T], error) {
	var o object[T]
	raw, err := ask[json.RawMessage](ctx, r, req, key)
	if err != nil {
		return o, err
	}
	odd, err := decode(raw, &o.value)
	if err == nil {
		o.fields, err = asJSON(raw)
	}
	if err != nil {
		return o, unreadable(req, err)
	}
	r.reportOdd(odd)
	r.seal(&o.value)
	return o, nil
}

var errWaiting = errors.New("the time ran out while another change of the same object was being made")

// lock waits for the lock on an object, and returns the function that gives the
// lock back.
func (c *conn) lock(ctx context.Context, p path) (release func(), err error) {
	object, err := p.url()
	if err != nil {
		return nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, c.callTimeout)
	defer cancel()
	release, err = c.locks.acquire(waiting, c.base+object)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, &TransportError{Method: http.MethodPut, Path: object, TimedOut: true, Err: errWaiting}
	}
	return release, err
}
