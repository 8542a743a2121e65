package pdapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// asJSON is a value as decoded JSON, in which the fields of objects can be
// compared.
func asJSON(value any) (map[string]any, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encoding a change: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber() // a float would round them
	var fields map[string]any
	if err := decoder.Decode(&fields); err != nil {
		return nil, errors.New("a value is not an object")
	}
	return fields, nil
}

// withoutDetails is a reference as PagerDuty wants it in a body, id and type
// alone; any other value is returned as it is.
func withoutDetails(value any) any {
	if reference, ok := value.(map[string]any); ok {
		return map[string]any{"id": reference["id"], "type": reference["type"]}
	}
	return value
}

// notAsSent names the fields that an object does not show as they were sent.
// Fields that it does not show at all say nothing.
func notAsSent(sent, shown map[string]any) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		if now, ok := shown[name]; ok && name != "type" && !fits(sent[name], now) {
			names = append(names, name)
		}
	}
	return names
}

// changedByOthers names the settings that changed though no field of their group
// was sent.
func changedByOthers(settings [][]string, before, after, sent map[string]any) []string {
	var names []string
	for _, group := range settings {
		if slices.ContainsFunc(group, func(name string) bool { _, ok := sent[name]; return ok }) {
			continue
		}
		for _, name := range group {
			was, known := before[name]
			now, shown := after[name]
			if known && shown && (!fits(was, now) || !fits(now, was)) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// fits reports whether a value that PagerDuty shows is the one that was sent.
// PagerDuty adds to objects what it knows besides, shows references with more
// than their id, and doesn't tell nothing from empty.
func fits(sent, shown any) bool {
	switch sent := sent.(type) {
	case map[string]any:
		now, ok := shown.(map[string]any)
		if !ok {
			return isEmpty(sent) && isEmpty(shown)
		}
		if isReference(sent) {
			return now["id"] == sent["id"]
		}
		for name, value := range sent {
			if !fits(value, now[name]) {
				return false
			}
		}
		return true
	case []any:
		now, ok := shown.([]any)
		if !ok || len(now) != len(sent) {
			return isEmpty(sent) && isEmpty(shown)
		}
		// PagerDuty shows references in an order of its own.
		for i, value := range sent {
			if !fits(value, now[i]) && !(isReference(value) && slices.ContainsFunc(now, func(n any) bool { return fits(value, n) })) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(sent, shown) || isEmpty(sent) && isEmpty(shown)
}

func isReference(value any) bool {
	object, ok := value.(map[string]any)
	kind, _ := object["type"].(string)
	return ok && object["id"] != nil && strings.HasSuffix(kind, "_reference")
}

// isEmpty reports whether a value is null, or without content.
func isEmpty(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	}
	return false
}
