package pdapi

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
)

// Difference is a field that a write would change, and of which of several objects.
type Difference struct {
	Object, Field string
	From, To      any // From is nil where PagerDuty doesn't show the field
}

// maxCompared is of how many objects a write is compared with what there is.
const maxCompared = 25

// compared says of the writes that change fields of objects how to read these objects.
// Writes of [edit] are not among them: it reads the object itself.
var compared = map[string]struct {
	key  string // of the object, or of the list of objects, in what is sent
	read func(ctx context.Context, r Reader, write path, id string) (map[string]any, error)
}{
	"/incidents": {"incidents", func(ctx context.Context, r Reader, _ path, id string) (map[string]any, error) {
		return fetch[map[string]any](ctx, r, get(to("/incidents/{id}", id), nil), "incident")
	}},
	"/incidents/{id}/alerts": {"alerts", func(ctx context.Context, r Reader, write path, id string) (map[string]any, error) {
		return fetch[map[string]any](ctx, r, get(to("/incidents/{id}/alerts/{id}", write.ids[0], id), nil), "alert")
	}},
	"/incidents/{id}/custom_fields/values": {"custom_fields", func(ctx context.Context, r Reader, write path, id string) (map[string]any, error) {
		fields, err := fetch[[]map[string]any](ctx, r, get(write, nil), "custom_fields")
		i := slices.IndexFunc(fields, func(f map[string]any) bool { return f["id"] == id })
		if i < 0 {
			return nil, err
		}
		return fields[i], nil
	}},
	"/v3/schedules/{id}/overrides/{id}": {"override", func(ctx context.Context, r Reader, write path, _ string) (map[string]any, error) {
		return fetch[map[string]any](ctx, r, get(write, nil), "override")
	}},
}

// Differences says what a write that was kept back would change, from what to what.
// Whole is false where it may change more than that. What adds or removes something has
// no differences. It reads the objects that the write names, most often incidents.
//
// See getIncident in https://developer.pagerduty.com/api-reference.
func (r Reader) Differences(ctx context.Context, w Write) (all []Difference, whole bool) {
	how, ok := compared[w.path.template]
	if w.Method != http.MethodPut || !ok {
		return nil, true
	}
	var body map[string]any
	if json.Unmarshal(w.Body, &body) != nil {
		return nil, false
	}
	objects, isList := body[how.key].([]any)
	if !isList {
		objects = []any{body[how.key]}
	}
	for _, one := range objects[:min(len(objects), maxCompared)] {
		sent, _ := one.(map[string]any)
		id, _ := sent["id"].(string)
		there, err := how.read(ctx, r, w.path, id)
		if err != nil {
			return all, false
		}
		for _, name := range slices.Sorted(maps.Keys(sent)) {
			if name == "id" || name == "type" || fits(sent[name], there[name]) {
				continue
			}
			all = append(all, Difference{called(there, id), name, inWords(there[name]), inWords(sent[name])})
		}
	}
	return all, len(objects) <= maxCompared
}

// called is what people call an object.
func called(object map[string]any, id string) string {
	for _, key := range []string{"display_name", "summary", "title", "name"} {
		if name, _ := object[key].(string); name != "" {
			return name
		}
	}
	return id
}

// inWords is a field's value with names in place of references.
func inWords(v any) any {
	switch v := v.(type) {
	case []any:
		var all []any
		for _, item := range v {
			all = append(all, inWords(item))
		}
		return all
	case map[string]any:
		if id, ok := v["id"].(string); ok {
			return called(v, id)
		}
		for _, key := range []string{"assignee", "user"} { // as in an incident's assignments
			if inner, ok := v[key]; ok {
				return inWords(inner)
			}
		}
	}
	return v
}
