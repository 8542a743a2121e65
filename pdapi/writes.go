package pdapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Write is a request that changes something at PagerDuty.
type Write struct {
	// Method and Path say what was asked of which object.
	Method string `json:"method"`
	Path   string `json:"path"`
	// Body is what was sent, without the key should somebody have put it there; nil if
	// nothing was.
	Body json.RawMessage `json:"body,omitempty"`
	// Status is PagerDuty's answer, 0 if there was none. RequestID is what PagerDuty
	// calls the request when its support is asked.
	Status    int    `json:"status,omitzero"`
	RequestID string `json:"request_id,omitzero"`

	path path
}

// Writes collects what the clients write that [Client.Recording] returns. Its zero
// value is ready to use, by several goroutines at once.
type Writes struct {
	// Rehearse keeps back what would be written: it is collected and not sent, and
	// fails with a [*RehearsedError] where the caller needs an answer to go on.
	Rehearse bool

	mu   sync.Mutex
	made []Write
}

// Made are the writes so far, oldest first.
func (w *Writes) Made() []Write {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.made)
}

func (w *Writes) add(made Write) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.made = append(w.made, made)
}

func (w *Writes) rehearses() bool { return w != nil && w.Rehearse }

// RehearsedError is a write that was kept back by [Writes.Rehearse].
type RehearsedError struct{ Write Write }

func (e *RehearsedError) Error() string {
	return fmt.Sprintf("%s %s was not sent, because this is a rehearsal", e.Write.Method, e.Write.Path)
}

func isRehearsed(err error) bool {
	var kept *RehearsedError
	return errors.As(err, &kept)
}

// Recording returns a client whose writes are collected in w.
func (c Client) Recording(w *Writes) Client {
	c.writes = w
	return c
}

// Redact returns s with "[redacted]" in place of the key that r uses, and of pieces of it.
func (r Reader) Redact(s string) string { return r.key.Redact(s) }

// do is what every request of a Reader or Client goes through: it collects a write and
// what came of it, or keeps the write back.
func (r Reader) do(ctx context.Context, out outgoing) (answer, error) {
	if out.reads || r.writes == nil {
		return r.conn.do(ctx, out)
	}
	made := Write{Method: out.method, Path: out.sent, path: out.path}
	if len(out.body) > 0 {
		made.Body = json.RawMessage(r.key.Redact(string(out.body)))
	}
	if len(made.Body) > 0 && !json.Valid(made.Body) { // what stood in the place of the key was a part of an escape
		made.Body = json.RawMessage(`"(left out: the API key is in it)"`)
	}
	if r.writes.rehearses() {
		r.writes.add(made)
		return answer{}, &RehearsedError{made}
	}
	got, err := r.conn.do(ctx, out)
	made.Status, made.RequestID = got.status, r.key.redactor().foreign(got.header.Get("X-Request-Id"), 64)
	var refused *Error
	if errors.As(err, &refused) {
		made.Status, made.RequestID = refused.Status, refused.RequestID
	}
	r.writes.add(made)
	return got, err
}

// rehearsed is an object as a PUT of some of its fields would leave it, if err is that
// the PUT was kept back.
func rehearsed[T any](err error, before object[T], sent map[string]any) (object[T], error) {
	if !isRehearsed(err) {
		return object[T]{}, err
	}
	after := object[T]{fields: maps.Clone(before.fields)}
	maps.Copy(after.fields, sent)
	data, err := json.Marshal(after.fields)
	if err == nil {
		_, err = decode(data, &after.value)
	}
	return after, err
}
