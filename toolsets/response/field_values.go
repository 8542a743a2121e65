package response

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// What PagerDuty's API reference says of the values of custom fields.
const (
	maxFieldText   = 200 // characters
	maxFieldValues = 10
)

// valueFor turns what was given into a value of a field's type, or says what is wrong
// with it.
func valueFor(f pdapi.FieldDefinition, given []string) (value any, problem string) {
	switch {
	case !f.Many() && len(given) == 1:
		return oneValue(f, given[0])
	case !f.Many():
		return nil, fmt.Sprintf("takes one value, not %d", len(given))
	}
	values := []any{}
	for _, item := range given {
		one, problem := oneValue(f, item)
		if problem != "" {
			return nil, problem
		}
		if !slices.Contains(values, one) {
			values = append(values, one)
		}
	}
	if len(values) > maxFieldValues {
		return nil, fmt.Sprintf("has %d values; at most %d are allowed", len(values), maxFieldValues)
	}
	return values, ""
}

// oneValue is valueFor for one value. What it returns can be compared.
func oneValue(f pdapi.FieldDefinition, text string) (value any, problem string) {
	said := wording.Quote(text)
	switch {
	case strings.TrimSpace(text) == "":
		return nil, "is blank; to empty the field, name it in clear"
	case f.Fixed() && len(f.Options) > 0:
		for _, option := range allowed(f) {
			if wording.SameName(option, text) {
				return option, ""
			}
		}
		return nil, fmt.Sprintf("%s is none of the allowed values: %s", said, wording.QuoteAll(allowed(f)))
	}
	switch f.DataType {
	case "boolean":
		switch strings.ToLower(text) {
		case "true", "yes":
			return true, ""
		case "false", "no":
			return false, ""
		}
	case "integer":
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return json.Number(strconv.FormatInt(n, 10)), ""
		}
	case "float":
		if n, err := strconv.ParseFloat(text, 64); err == nil && json.Valid([]byte(text)) {
			return json.Number(strconv.FormatFloat(n, 'g', -1, 64)), ""
		}
	case "datetime":
		if at, err := time.Parse(time.RFC3339, text); err == nil {
			return at.Format(time.RFC3339), ""
		}
	case "url":
		if u, err := url.Parse(text); err == nil && u.Scheme != "" && u.Host != "" && len([]rune(text)) <= maxFieldText {
			return text, ""
		}
	default:
		if n := len([]rune(text)); n > maxFieldText {
			return nil, fmt.Sprintf("has %d characters; at most %d are allowed", n, maxFieldText)
		}
		return text, ""
	}
	return nil, said + " is not " + kindOf(f)
}

// kindOf says what a value of a field has to be.
func kindOf(f pdapi.FieldDefinition) string {
	switch f.DataType {
	case "boolean":
		return "true or false"
	case "integer":
		return "a whole number"
	case "float":
		return "a number"
	case "datetime":
		return "a time in RFC 3339 (2026-01-31T09:00:00Z)"
	case "url":
		return fmt.Sprintf("a link such as https://example.com, of at most %d characters", maxFieldText)
	}
	return "a text"
}
