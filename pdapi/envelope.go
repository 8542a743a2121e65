package pdapi

import (
	"context"
	"encoding/json"
	"fmt"
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

// shapes remembers the struct types that envelopes are decoded into, which
// encoding/json knows how to fill without looking at everything twice.
type shapes struct{ known sync.Map }

type shapeKey struct {
	value reflect.Type
	key   string
}

func (s *shapes) of(value reflect.Type, key string) reflect.Type {
	k := shapeKey{value, key}
	if t, ok := s.known.Load(k); ok {
		return t.(reflect.Type)
	}
	raw := reflect.TypeFor[json.RawMessage]()
	t := reflect.StructOf([]reflect.StructField{
		{Name: "Value", Type: reflect.PointerTo(value), Tag: reflect.StructTag(fmt.Sprintf("json:%q", key))},
		{Name: "More", Type: raw, Tag: `json:"more"`},
		{Name: "Total", Type: raw, Tag: `json:"total"`},
	})
	s.known.Store(k, t)
	return t
}

// unwrap makes a request and reads the envelope of its answer.
func unwrap[T any](ctx context.Context, c *conn, r request, key string) (envelope[T], error) {
	var e envelope[T]
	shape := reflect.New(c.shapes.of(reflect.TypeFor[T](), key))
	if err := c.do(ctx, r, shape.Interface()); err != nil {
		return e, err
	}
	e.value, _ = shape.Elem().Field(0).Interface().(*T)
	e.more, _ = shape.Elem().Field(1).Interface().(json.RawMessage)
	e.total, _ = shape.Elem().Field(2).Interface().(json.RawMessage)
	if e.value == nil {
		return e, missing(r, key)
	}
	return e, nil
}

// missing is the failure of an answer without what it should be about.
func missing(r request, key string) error {
	path, _ := joinPath(r.path)
	return &TransportError{Method: r.method, Path: path, MaybeSent: true, Answered: true, Err: fmt.Errorf("the answer has no %q", key)}
}
