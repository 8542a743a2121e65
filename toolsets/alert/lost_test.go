package alert_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/alert"
)

// odd is a value of any shape, with texts that are nowhere else.
func odd(random *rand.Rand, deep int) any {
	switch kind := random.IntN(9); {
	case kind < 4:
		return fmt.Sprintf("text%d", random.IntN(1e6))
	case kind == 4:
		return float64(10_000 + random.IntN(90_000))
	case kind == 5:
		return fmt.Sprintf("https://link.example/%d", random.IntN(1e6))
	case kind == 6 || deep == 0:
		return nil
	case kind == 7:
		list := []any{}
		for range random.IntN(4) {
			list = append(list, odd(random, deep-1))
		}
		return list
	}
	object := map[string]any{}
	for range random.IntN(4) {
		object[[]string{"name", "value", "key", "Threshold", "Namespace", "Dimensions", "x", "y"}[random.IntN(8)]] = odd(random, deep-1)
	}
	return object
}

// TestNoFieldIsLost changes the payloads of the tools at random: members of them, and
// members that others have, are of any shape. Each value is shown, or it is said that
// something was cut.
func TestNoFieldIsLost(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(files) < 12 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	payloads, names := []map[string]any{}, map[string]bool{}
	for _, name := range []string{
		"unit", "value", "metric", "threshold", "host", "instance", "server", "component", "class", "group", "runbook", "url", "link", "dashboard",
		"violation_chart_url", "runbook_url", "details", "message", "location", "firing", "resolved", "host_name", "Current", "LIMIT",
	} {
		names[name] = true
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var read pdapi.Alert
		var details map[string]any
		if err := json.Unmarshal(data, &read); err != nil {
			t.Fatal(err)
		}
		if json.Unmarshal(read.Body.Details, &details) == nil {
			payloads = append(payloads, details)
			for name := range details {
				names[name] = true
			}
		}
	}
	random, all := rand.New(rand.NewPCG(1, 2)), slices.Sorted(maps.Keys(names))
	for range 3000 {
		details := maps.Clone(payloads[random.IntN(len(payloads))])
		changed := map[string]any{}
		for range 1 + random.IntN(4) {
			name := all[random.IntN(len(all))]
			details[name] = odd(random, 2)
			changed[name] = details[name]
		}
		data, err := json.Marshal(details)
		if err != nil {
			t.Fatal(err)
		}
		event := &pdapi.CommonEvent{Origin: fmt.Sprintf("origin%d", random.IntN(1e6)), Component: "component-of-it", Client: "client-of-it", Class: "class-of-it", Group: "group-of-it"}
		shown := alert.Show(pdapi.Alert{Summary: "s", Body: &pdapi.AlertBody{Details: data, Event: event}})
		text := flat(t, shown)
		if strings.Contains(text, "cut: ") || strings.Contains(text, "…") {
			continue
		}
		walk(changed, func(name, leaf string) {
			if leaf != "" && !strings.Contains(text, leaf) {
				t.Errorf("%s: %s is lost of %s\nshown: %s", name, leaf, data, text)
			}
		})
		for _, part := range []string{event.Origin, event.Component, event.Class, event.Group} {
			if !strings.Contains(text, part) {
				t.Errorf("%s of the event is lost of %s\nshown: %s", part, data, text)
			}
		}
		if t.Failed() {
			return
		}
	}
}
