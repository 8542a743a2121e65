package server

import (
	"encoding/json"
	"fmt"
	"regexp"
	"testing"
)

// TestPlain reads JSON into Go values that it does not fit into.
func TestPlain(t *testing.T) {
	t.Parallel()
	type Inner struct {
		Level int `json:"level"`
	}
	type record struct {
		Inner
		Name  string `json:"name"`
		On    bool   `json:"on"`
		Rules []struct {
			ID *string `json:"id"`
		} `json:"rules"`
		Map map[string]string `json:"map"`
	}
	goWords := regexp.MustCompile(`json: |unmarshal|Go |string|Inner|map\[|record|\*`)
	for text, want := range map[string]string{
		`{"name":7}`:           "name is a number, not a text",
		`{"name":["a"]}`:       "name is a list, not a text",
		`{"level":"x"}`:        "level is a text, not a whole number",
		`{"level":1.5}`:        "level is a number, not a whole number",
		`{"on":{}}`:            "on is an object, not true or false",
		`{"rules":{"id":1}}`:   "rules is an object, not a list",
		`{"rules":[{"id":1}]}`: "rules.id is a number, not a text",
		`{"map":true}`:         "map is true or false, not an object",
		`[]`:                   "the whole of it is a list, not an object",
		`"x"`:                  "the whole of it is a text, not an object",
		`{"name":`:             "it breaks off before its end",
		``:                     "it breaks off before its end",
		`{"name" 7}`:           "it is not valid JSON (at byte 9)",
		`<html>`:               "it is not valid JSON (at byte 1)",
	} {
		err := json.Unmarshal([]byte(text), new(record))
		got := plain(fmt.Errorf("reading it: %w", err))
		if want := "reading it: " + want; got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
		if goWords.MatchString(got) {
			t.Errorf("%s: %q has a word of Go's", text, got)
		}
	}
}
