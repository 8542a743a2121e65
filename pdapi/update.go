package pdapi

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
)

// update changes one object with a PUT of the fields in body alone, read and
// merge included: PagerDuty's schema requires some fields (required) that a
// caller may not have given, and they are taken from what is there.
//
// Others are the fields outside body that are not what was read before: somebody
// else changed them in between. They keep what somebody else gave them, since
// they are not sent.
func update[T any](ctx context.Context, c *conn, key string, body map[string]any, required []string, path ...string) (after T, others []string, err error) {
	before, err := get[map[string]any](ctx, c, key, nil, path...)
	if err != nil {
		return after, nil, err
	}
	for _, name := range required {
		if _, given := body[name]; given {
			continue
		}
		value := before[name]
		if reference, ok := value.(map[string]any); ok {
			value = map[string]any{"id": reference["id"], "type": reference["type"]}
		}
		body[name] = value
	}
	r := request{method: http.MethodPut, path: path, body: map[string]any{key: body}}
	raw, err := send[json.RawMessage](ctx, c, r, key)
	if err != nil {
		return after, nil, err
	}
	envelope := map[string]json.RawMessage{key: raw}
	if after, err = open[T](r, key, envelope); err != nil {
		return after, nil, err
	}
	now, err := open[map[string]any](r, key, envelope)
	return after, changedBySomeoneElse(before, now, body), err
}

// volatile are fields that change by themselves, or with others.
var volatile = []string{"summary", "status", "last_incident_timestamp", "updated_at", "self", "html_url"}

func changedBySomeoneElse(before, after, body map[string]any) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(after)) {
		_, sent := body[name]
		was, known := before[name]
		if !sent && known && !slices.Contains(volatile, name) && !reflect.DeepEqual(was, after[name]) {
			names = append(names, name)
		}
	}
	return names
}

// setField puts a field into a body if it is given.
func setField[T any](body map[string]any, name string, value *T) {
	if value != nil {
		body[name] = *value
	}
}

// set puts a parameter into a query if it is not empty.
func set(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}
