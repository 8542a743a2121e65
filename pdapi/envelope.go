package pdapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"sync"
)

// envelope is the JSON object that PagerDuty puts around an answer, read in one
// go: what is under a key that differs from call to call, and the paging fields.
type envelope[T any] struct {
	value *T // nil if the answer has none
	more  json.RawMessage
	total json.RawMessage
}

// scratch is what reading one envelope leaves for reading the next.
type scratch struct {
	// shapes are the struct types that envelopes are decoded into, which
	// encoding/json knows how to fill without looking at everything twice.
	shapes  sync.Map
	buffers sync.Pool // of *bytes.Buffer
}

type shapeKey struct {
	value reflect.Type
	key   string
}

// shape is a struct with a pointer to value as its member key, then "more" and
// "total".
func (s *scratch) shape(value reflect.Type, key string) reflect.Type {
	k := shapeKey{value, key}
	if t, ok := s.shapes.Load(k); ok {
		return t.(reflect.Type)
	}
	raw := reflect.TypeFor[json.RawMessage]()
	t := reflect.StructOf([]reflect.StructField{
		{Name: "Value", Type: reflect.PointerTo(value), Tag: reflect.StructTag(fmt.Sprintf("json:%q", key))},
		{Name: "More", Type: raw, Tag: `json:"more"`},
		{Name: "Total", Type: raw, Tag: `json:"total"`},
	})
	s.shapes.Store(k, t)
	return t
}

// buffer is an empty buffer, to be put back.
func (s *scratch) buffer() *bytes.Buffer {
	if b, ok := s.buffers.Get().(*bytes.Buffer); ok {
		b.Reset()
		return b
	}
	return &bytes.Buffer{}
}

// shaped is the envelope in a value of a scratch's shape.
func shaped[T any](shape reflect.Value) (e envelope[T]) {
	e.value, _ = shape.Field(0).Interface().(*T)
	e.more, _ = shape.Field(1).Interface().(json.RawMessage)
	e.total, _ = shape.Field(2).Interface().(json.RawMessage)
	return e
}

// unwrap makes a request and reads the envelope of its answer.
func unwrap[T any](ctx context.Context, c *conn, r request, key string) (envelope[T], error) {
	if r.method == http.MethodGet {
		return stream[T](ctx, c, r, key)
	}
	shape := reflect.New(c.scratch.shape(reflect.TypeFor[T](), key))
	if err := c.do(ctx, r, shape.Interface()); err != nil {
		return envelope[T]{}, err
	}
	e := shaped[T](shape.Elem())
	if e.value == nil {
		return e, missing(r, key)
	}
	return e, nil
}

// stream reads the envelope of an answer, a long one as it comes in.
func stream[T any](ctx context.Context, c *conn, r request, key string) (envelope[T], error) {
	kind := reflect.TypeFor[T]().String() + " " + key
	got, path, err := c.ask(ctx, r, kind, func(body io.Reader) (any, error) { return readEnvelope[T](&c.scratch, body, key) })
	if err != nil {
		return envelope[T]{}, err
	}
	e, _ := got.value.(envelope[T])
	switch {
	case got.status < 200 || got.status > 299:
		return e, newError(r, path, got, c.key)
	case errors.Is(got.odd, io.EOF):
		return e, empty(r, path, got)
	case got.odd != nil:
		return e, notExpected(r, path, got, got.odd)
	case e.value == nil:
		return e, missing(r, key)
	}
	return e, nil
}

// short is the size, in bytes, of answers that are held whole and decoded in one
// go, which takes less work than to decode them as they come in.
const short = 64 << 10

// readEnvelope reads an envelope. What is in it besides is passed over.
func readEnvelope[T any](s *scratch, body io.Reader, key string) (envelope[T], error) {
	buffer := s.buffer()
	defer s.buffers.Put(buffer)
	switch n, err := buffer.ReadFrom(io.LimitReader(body, short)); {
	case err != nil:
		return envelope[T]{}, err
	case n == short:
		return readLong[T](io.MultiReader(buffer, body), key)
	case len(bytes.TrimSpace(buffer.Bytes())) == 0:
		return envelope[T]{}, io.EOF
	}
	shape := reflect.New(s.shape(reflect.TypeFor[T](), key))
	if err := json.Unmarshal(buffer.Bytes(), shape.Interface()); err != nil {
		return envelope[T]{}, err
	}
	return shaped[T](shape.Elem()), nil
}

// readLong reads an envelope as it comes in, a list record by record.
func readLong[T any](body io.Reader, key string) (envelope[T], error) {
	var e envelope[T]
	decoder := json.NewDecoder(body)
	if err := begin('{', decoder); err != nil {
		return e, err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return e, err
		}
		var passed json.RawMessage
		switch name {
		case key:
			e.value, err = readValue[T](decoder)
		case "more":
			err = decoder.Decode(&e.more)
		case "total":
			err = decoder.Decode(&e.total)
		default:
			err = decoder.Decode(&passed)
		}
		if err != nil {
			return e, unexpected(err)
		}
	}
	if _, err := decoder.Token(); err != nil { // the end of the object
		return e, unexpected(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return e, errors.New("there is more after the end")
	}
	return e, nil
}

// unexpected turns the end of a body inside a value into an error that says so.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// begin reads the opening of an object or a list.
func begin(delimiter json.Delim, decoder *json.Decoder) error {
	token, err := decoder.Token()
	if err == nil && token != delimiter {
		err = fmt.Errorf("%v where %v should be", token, delimiter)
	}
	return err
}

// readValue reads a T, a list record by record; nil if there is null.
func readValue[T any](decoder *json.Decoder) (*T, error) {
	t := reflect.TypeFor[T]()
	if t.Kind() != reflect.Slice || t.Elem().Kind() == reflect.Uint8 {
		var value *T
		err := decoder.Decode(&value)
		return value, err
	}
	token, err := decoder.Token()
	if err != nil || token == nil {
		return nil, err
	}
	if token != json.Delim('[') {
		return nil, fmt.Errorf("%v where a list should be", token)
	}
	list := reflect.MakeSlice(t, 0, 0)
	for decoder.More() {
		record := reflect.New(t.Elem())
		if err := decoder.Decode(record.Interface()); err != nil {
			return nil, err
		}
		list = reflect.Append(list, record.Elem())
	}
	value, _ := list.Interface().(T)
	_, err = decoder.Token() // the end of the list
	return &value, err
}

// missing is the failure of an answer without what it should be about.
func missing(r request, key string) error {
	path, _ := joinPath(r.path)
	return &TransportError{Method: r.method, Path: path, MaybeSent: true, Answered: true, Err: fmt.Errorf("the answer has no %q", key)}
}
