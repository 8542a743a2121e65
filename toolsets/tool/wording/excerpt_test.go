package wording_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

func TestExcerpt(t *testing.T) {
	t.Parallel()
	if got := wording.Excerpt("short", 10); got != "short" {
		t.Errorf("%q", got)
	}
	if got, want := wording.Excerpt(strings.Repeat("é", 2000), 3), "ééé… [cut: 3 of 2,000 characters are shown]"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestExcerptJSON holds that what is cut of JSON is still JSON, fits, and says what
// was cut.
func TestExcerptJSON(t *testing.T) {
	t.Parallel()
	list, members, deep := []any{}, map[string]any{}, any("bottom")
	for i := range 3000 {
		list = append(list, map[string]any{"host": fmt.Sprintf("web-%d", i), "cpu": i})
		members[fmt.Sprintf("label%04d", i)] = strings.Repeat("v", 50)
		deep = []any{deep}
	}
	for name, value := range map[string]any{
		"long text inside": map[string]any{"message": strings.Repeat("word ", 5000), "host": "web-1", "n": json.Number("12345678901234567890")},
		"long list":        map[string]any{"hosts": list},
		"many members":     members,
		"deep":             deep,
		"long text":        strings.Repeat("x", 20_000),
	} {
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(wording.ExcerptJSON(raw, 4000))
		if err != nil || !json.Valid(got) || len(got) > 4200 || !strings.Contains(string(got), "cut: ") {
			t.Errorf("%s: %d bytes, %v: %.300s", name, len(got), err, got)
		}
		if name == "long text inside" && (!strings.Contains(string(got), `"host":"web-1"`) || !strings.Contains(string(got), "12345678901234567890")) {
			t.Errorf("%s: what is short is lost: %s", name, got)
		}
		if name != "long text" && strings.HasPrefix(string(got), `"`) {
			t.Errorf("%s: has become a text: %.100s", name, got)
		}
	}
	if got := wording.ExcerptJSON(json.RawMessage(`{"a":1}`), 100); string(got.(json.RawMessage)) != `{"a":1}` {
		t.Errorf("%v", got)
	}
	for _, none := range []string{"", "null", "{"} {
		if got := wording.ExcerptJSON(json.RawMessage(none), 100); got != nil {
			t.Errorf("%q: %v", none, got)
		}
	}
}
