package pdapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// ErrInvalidID is wrapped by the error of a call that was given something that
// can't be an id. Nothing was sent.
var ErrInvalidID = errors.New("not a PagerDuty id")

// joinPath makes a URL path of elements. Ids come from models, so whatever
// could change which URL is asked for ("/", "?", "..", nothing at all) is
// refused rather than escaped: PagerDuty's ids are opaque, but made of letters,
// digits, "-" and "_" (https://developer.pagerduty.com/docs/types).
func joinPath(elements []string) (string, error) {
	var b strings.Builder
	for _, e := range elements {
		if !IsID(e) {
			return "", fmt.Errorf("%q is %w: ids are made of letters, digits, - and _", clip(e, 80), ErrInvalidID)
		}
		b.WriteByte('/')
		b.WriteString(e)
	}
	return b.String(), nil
}

// pathWords are the elements of paths that are PagerDuty's own; all others are ids.
var pathWords = map[string]bool{
	"alert_grouping_settings": true, "escalation_policies": true, "event_orchestrations": true, "global": true, "incidents": true,
	"me": true, "members": true, "notes": true, "oncalls": true, "outlier_incident": true, "overrides": true, "past_incidents": true,
	"priorities": true, "related_incidents": true, "responder_requests": true, "router": true, "schedules": true, "services": true,
	"teams": true, "users": true,
}

// loggable is a path as logs have it: without ids, which came as arguments.
func loggable(path string) string {
	elements := strings.Split(path, "/")
	for i, e := range elements {
		if e != "" && !pathWords[e] {
			elements[i] = "{id}"
		}
	}
	return strings.Join(elements, "/")
}

// IsID reports whether s has the form of a PagerDuty id.
func IsID(s string) bool {
	if s == "" || len(s) > 128 {
		return false
	}
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
		default:
			return false
		}
	}
	return true
}

// clip cuts s to at most n bytes of whole characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 { // not inside a character
		n--
	}
	return s[:n] + "…"
}

func contentType(header http.Header) string {
	if t := header.Get("Content-Type"); t != "" {
		return clip(t, 60)
	}
	return "no content type"
}
