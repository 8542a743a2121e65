package wording

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Excerpt cuts a text that is longer than n characters and says how much of it is
// shown.
func Excerpt(s string, n int) string {
	if len(s) <= n {
		return s
	}
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n]) + fmt.Sprintf("… [cut: %s of %s characters are shown]", Thousands(n), Thousands(len(runes)))
}

// ExcerptJSON cuts a JSON value that is longer than n bytes: its long texts, lists
// and objects, more of them until it fits, so that what is left is still JSON and
// says where and how much was cut. A value that is a text is cut as [Excerpt] does.
func ExcerptJSON(raw json.RawMessage, n int) any {
	value, err := ParseJSON(raw)
	if err != nil || value == nil {
		return nil
	}
	if text, ok := value.(string); ok {
		return Excerpt(text, n)
	}
	if len(raw) <= n {
		return raw
	}
	for _, most := range []struct{ text, items int }{{2000, 100}, {500, 50}, {200, 20}, {80, 10}, {40, 5}, {20, 2}} {
		small := reduce(value, most.text, most.items, 0)
		if data, err := json.Marshal(small); err == nil && len(data) <= n {
			return json.RawMessage(data)
		}
	}
	return Excerpt(string(raw), n)
}

// deepest is how deep a value is shown that has to be cut.
const deepest = 12

// reduce cuts texts to so many characters and lists and objects to so many items.
func reduce(value any, text, items, depth int) any {
	switch value := value.(type) {
	case string:
		return Excerpt(value, text)
	case []any:
		if depth == deepest {
			return fmt.Sprintf("[cut: a list of %d items]", len(value))
		}
		var out []any
		for _, item := range value[:min(len(value), items)] {
			out = append(out, reduce(item, text, items, depth+1))
		}
		if len(value) > items {
			out = append(out, fmt.Sprintf("[cut: %d of %d items are shown]", items, len(value)))
		}
		return out
	case map[string]any:
		if depth == deepest {
			return fmt.Sprintf("[cut: an object of %d members]", len(value))
		}
		out := map[string]any{}
		names := slices.Sorted(maps.Keys(value))
		for _, name := range names[:min(len(names), items)] {
			out[Excerpt(name, 80)] = reduce(value[name], text, items, depth+1)
		}
		if len(names) > items {
			out["…"] = fmt.Sprintf("[cut: %d of %d members are shown]", items, len(names))
		}
		return out
	}
	return value
}
